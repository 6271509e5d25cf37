/** Why a press had no effect, and what to press instead. */
import { Refusal } from "/common/api.js";
import { language, t, timeText } from "/common/words.js";
import { WORDS } from "./words.js";

/** An illegal `command`: when it is possible, and which `moves` are possible now. */
export function illegalText(command, moves) {
  const names = moves.filter((move) => WORDS[`name_${move}`]).map((move) => t(WORDS, `name_${move}`));
  const list = new Intl.ListFormat(language(), { type: "disjunction" }).format(names);
  return [t(WORDS, `not_${command}`), names.length ? t(WORDS, "legal", { moves: list }) : ""].join(" ");
}

const TOLD = {
  "operator-busy": "operatorBusy",
  "window-taken": "windowTaken",
  "recall-too-soon": "recallTooSoon",
  "no-more-recalls": "noMoreRecalls",
  "illegal-ticket-move": "ticketMoved",
  "not-served-here": "notServedHere",
  "no-break-due": "not_withdraw-break",
  "no-priority": "not_not-confirmed",
  "unknown-ticket": "unknownTicket",
};

/** What the service's refusal or its silence means for the operator; times are those of `zone`. */
export function failureText(error, command, zone) {
  if (!(error instanceof Refusal)) return t(WORDS, "unreachable");
  const { kind, problem, status } = error;
  if (kind === "illegal-move") return illegalText(command, problem.legal ?? []);
  if (kind === "wrong-hour") return t(WORDS, "wrongHour", { latest: timeText(problem.latest, zone) });
  if (kind === "operator-busy" && !problem.may_take_over) return t(WORDS, "bothBusy", problem);
  return TOLD[kind] ? t(WORDS, TOLD[kind], problem) : t(WORDS, "refused", { kind: kind || status });
}
