/** Why a press had no effect, and what to press instead. */
import { Refusal } from "/common/api.js";
import { language, t } from "/common/words.js";
import { WORDS } from "./words.js";

/** An illegal `command`: when it is possible, and which `moves` are possible now. */
export function illegalText(command, moves) {
  const names = moves.map((move) => t(WORDS, `name_${move}`));
  const list = new Intl.ListFormat(language(), { type: "disjunction" }).format(names);
  return [t(WORDS, `not_${command}`), names.length ? t(WORDS, "legal", { moves: list }) : ""].join(" ");
}

/** What the service's refusal or its silence means for the operator. */
export function failureText(error, command) {
  if (!(error instanceof Refusal)) return t(WORDS, "unreachable");
  const { kind, problem, status } = error;
  if (kind === "illegal-move") return illegalText(command, problem.legal ?? []);
  if (kind === "operator-busy") return t(WORDS, "operatorBusy", problem);
  if (kind === "window-taken") return t(WORDS, "windowTaken", problem);
  return t(WORDS, "refused", { kind: kind || status });
}
