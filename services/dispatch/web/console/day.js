/** The operator's own day: visits beside the centre's mean, and the break. */
import { h } from "/common/dom.js";
import { named, t, timeText } from "/common/words.js";
import { WORDS } from "./words.js";

/** `win.today` = {visits, mean_visits} and `win.break` = {at, minutes, state, reason}; either may be missing. */
export function showDay(section, win, zone) {
  const parts = [win?.today && load(win.today), win?.break && rest(win.break, zone)].filter(Boolean);
  section.hidden = parts.length === 0;
  section.replaceChildren(...parts);
}

function load({ visits, mean_visits: mean }) {
  const note = mean === null || mean === undefined ? "" : t(WORDS, "meanVisits", { count: Math.round(mean) });
  return figure(String(visits), t(WORDS, "visitsToday", { count: visits }), note);
}

function rest({ at, minutes, state, reason }, zone) {
  const note = reason ? named(reason) : t(WORDS, "minutes", { count: minutes });
  return figure(timeText(at, zone), t(WORDS, `rest_${state}`), note);
}

function figure(value, text, note) {
  return h("p", h("b.number", value), text, h("small", note));
}
