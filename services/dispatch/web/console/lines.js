/** The operator's own lines: how many wait, how long, and how near each line's promise is. */
import { h } from "/common/dom.js";
import { named, t, timeText } from "/common/words.js";
import { WORDS } from "./words.js";

const MINUTE = 60_000;
const SOON_MS = 5 * MINUTE;

/** `told` = {lines, at}: the last `lines` event and the branch's time at which it came. */
export function showLines(list, rest, told, now, zone) {
  const busy = told.lines.filter((line) => line.waiting > 0);
  busy.sort((a, b) => Date.parse(a.next_promise ?? 0) - Date.parse(b.next_promise ?? 0));
  const since = now && told.at ? now - told.at : 0;
  list.replaceChildren(...busy.map((line) => row(line, since, now, zone)));
  const empty = told.lines.length - busy.length;
  const text = busy.length ? t(WORDS, "emptyLines", { count: empty }) : t(WORDS, "nobodyWaits");
  rest.textContent = busy.length && !empty ? "" : text;
}

function row(line, since, now, zone) {
  const minutes = Math.floor((line.longest_wait_seconds * 1000 + since) / MINUTE);
  const { look, text } = promised(line.next_promise, now, zone);
  return h(`li.line${look && `.${look}`}`,
    h("span.name", named(line.name)),
    h("span.number", String(line.waiting)),
    h("span.number.wait", t(WORDS, "minutes", { count: minutes })),
    h("small", text));
}

function promised(promise, now, zone) {
  if (!promise) return { look: "", text: "" };
  const left = now ? Date.parse(promise) - now : Infinity;
  if (left < 0) return { look: "over", text: t(WORDS, "late", { count: Math.ceil(-left / MINUTE) }) };
  if (left < SOON_MS) return { look: "late", text: t(WORDS, "soon", { count: Math.ceil(left / MINUTE) }) };
  return { look: "", text: t(WORDS, "promised", { time: timeText(promise, zone) }) };
}
