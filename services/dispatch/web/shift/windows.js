/** The windows as tiles: who works there, with whom, since when. */
import { h, write } from "/common/dom.js";
import { elapsedText, numberText, t } from "/common/words.js";
import { WORDS } from "./words.js";

/** Closed ones are only named. */
export function showWindows(list, rest, average, { windows, average_visits: mean }) {
  const open = windows.filter((win) => win.state !== "closed");
  const closed = windows.filter((win) => win.state === "closed");
  list.replaceChildren(...open.map(tile));
  write(average, mean ? t(WORDS, "average", { count: Math.round(mean) }) : "");
  const numbers = closed.map((win) => win.window).join(", ");
  if (!open.length) write(rest, t(WORDS, "allClosed"));
  else write(rest, closed.length ? t(WORDS, "closed", { numbers }) : "");
}

function tile(win) {
  const reason = win.state === "paused" && WORDS[`reason_${win.reason}`] ? t(WORDS, `reason_${win.reason}`) : "";
  const label = t(WORDS, `state_${win.state}`);
  return h(`li.${win.state}`,
    h("b.number", win.window),
    h("span.state", label),
    h("span.who", win.operator, " ", h("small", t(WORDS, "visits", { count: win.today.visits }))),
    h("span.what", win.ticket ? numberText(win.ticket.number) : reason, h("small.number.elapsed", { dataset: { since: win.since ?? "" } })),
    win.silent ? h("strong.silent", t(WORDS, "silent")) : null);
}

/** How long each has been in its state. */
export function tickWindows(list, now) {
  for (const shown of list.querySelectorAll(".elapsed")) {
    const { since } = shown.dataset;
    write(shown, since ? elapsedText((now - new Date(since)) / 1000) : "");
  }
}
