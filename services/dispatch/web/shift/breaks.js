/** The time line of breaks: a row for each, with fields that change it. */
import { h } from "/common/dom.js";
import { named, t, timeText } from "/common/words.js";
import { hours, place, timeline } from "./plot.js";
import { WORDS } from "./words.js";

/** `seen` = {windows, zone, now, shown, breaches}; `remove(index)` takes a break away. */
export function breakRows(breaks, seen, remove) {
  if (!breaks.length) return [h("p", t(WORDS, "noBreaks"))];
  return [h("div.row.head", h("span"), axis(seen)), ...breaks.map((one, index) => row(one, index, seen, remove))];
}

function axis({ shown, zone }) {
  const at = place(shown);
  return h("div.axis", { "aria-hidden": "true" }, hours(shown).map((hour) => {
    const label = h("span.number", timeText(hour, zone));
    label.style.left = `${at(hour)}%`;
    return label;
  }));
}

function row(one, index, seen, remove) {
  const win = seen.windows.find((place) => place.operator === one.operator);
  const breach = seen.breaches.find((found) => found.operator === one.operator);
  const who = t(WORDS, win ? "atWindow" : "atNone", { operator: one.operator, window: win?.window ?? "" });
  const label = (key) => ({ "aria-label": t(WORDS, key, { operator: one.operator }) });
  return h("div.row", { dataset: { index } },
    h("span", h("b", who), h("small", t(WORDS, `stage_${stageOf(one, seen)}`))),
    bar(one, seen),
    h("input", { type: "text", inputMode: "numeric", name: "at", maxLength: 5, value: timeText(one.at, seen.zone), ...label("breakAt") }),
    h("input.minutes", { type: "number", name: "minutes", min: 5, max: 180, step: 5, value: one.minutes, ...label("breakMinutes") }),
    h("button.quiet", { type: "button", onclick: () => remove(index), ...label("removeBreak") }, "✕"),
    breach ? h("p.breach", named(breach.text)) : null);
}

/** The drawing of a row, to be redrawn alone while its fields are in use. */
export const bar = (one, seen) => timeline(one, seen.shown, stageOf(one, seen));

function stageOf(one, { windows, now }) {
  if (Date.parse(one.at) > now) return "planned";
  return windows.some((win) => win.operator === one.operator && win.state === "paused") ? "taken" : "due";
}
