/** What needs attention now, and what could be done about it. */
import { h, write } from "/common/dom.js";
import { language, named, t, timeText } from "/common/words.js";
import { WORDS } from "./words.js";

const MINUTE = 60_000;
const URGENT = new Set(["nobody_serves", "forgotten", "silent"]); // somebody may wait for ever

/** The urgent ones first, then the older; redrawn only when they change, for they are read aloud. */
export function showAlarms(list, count, alarms, zone) {
  const told = JSON.stringify([alarms, language()]);
  if (list.dataset.told === told) return;
  list.dataset.told = told;
  const sorted = [...alarms].sort((a, b) => URGENT.has(b.kind) - URGENT.has(a.kind) || Date.parse(a.since) - Date.parse(b.since));
  write(count, alarms.length ? String(alarms.length) : "");
  list.replaceChildren(...(sorted.length ? sorted.map((one) => alarm(one, zone)) : [h("li.calm", t(WORDS, "noAlarms"))]));
}

function alarm({ kind, since, text }, zone) {
  const urgent = URGENT.has(kind);
  return h(`li.${urgent ? "urgent" : "notable"}`,
    h("b.mark", t(WORDS, urgent ? "urgent" : "notable")),
    h("span", named(text)),
    h("small", { dataset: { since } }, t(WORDS, "since", { time: timeText(since, zone) }), h("span.ago")));
}

/** How long each has lasted. */
export function tickAlarms(list, now) {
  for (const note of list.querySelectorAll("[data-since]")) {
    const minutes = Math.floor((now - new Date(note.dataset.since)) / MINUTE);
    write(note.querySelector(".ago"), minutes > 0 ? `, ${t(WORDS, "minutes", { count: minutes })}` : "");
  }
}

/** Each with what it would change by the forecast. */
export function showAdvice(list, at, { advice, forecast_at: made, branch, lines }) {
  write(at, made ? t(WORDS, "forecastAt", { time: timeText(made, branch.timezone) }) : "");
  if (!made) return list.replaceChildren(h("li", t(WORDS, "noForecast")));
  const items = advice.map(({ text, late_before: before, late_after: after }) => h("li",
    h("b", named(text)),
    h("small", t(WORDS, "wouldChange"), " ", h("span.number", Math.round(before)), " → ", h("span.number.good", Math.round(after)))));
  const late = lines.some((line) => line.late_soon >= 1);
  const none = late ? h("li", t(WORDS, "noHelp")) : h("li.calm", t(WORDS, "noAdvice"));
  list.replaceChildren(...(items.length ? items : [none]));
}
