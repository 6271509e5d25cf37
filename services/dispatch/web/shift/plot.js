/** Small drawings: how long who comes now will wait, and the breaks of the day; each with its words. */
import { h, svg } from "/common/dom.js";
import { t } from "/common/words.js";
import { WORDS } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LONGEST = 45; // minutes: longer waits touch the edge
const [WIDE, HIGH] = [112, 22];

/** A band from p10 to p90 with a line at p50, on a scale with a tick every 15 minutes. */
export function band(range, now) {
  if (!range || !now) return "—";
  const minutes = (moment) => (moment ? Math.max(0, (Date.parse(moment) - now) / MINUTE) : LONGEST * 2);
  const [low, half, high] = [range.p10, range.p50, range.p90].map(minutes);
  const x = (value) => (Math.min(value, LONGEST) / LONGEST) * WIDE;
  const ticks = [15, 30].map((value) => svg("line", { x1: x(value), x2: x(value), y1: 0, y2: HIGH, class: "tick" }));
  const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, width: WIDE, height: HIGH, "aria-hidden": "true", class: "band" },
    svg("rect", { x: 0, y: 9, width: WIDE, height: 4, rx: 2, class: "ground" }), ticks,
    svg("rect", { x: x(low), y: 4, width: Math.max(3, x(high) - x(low)), height: 14, rx: 4, class: "range" }),
    svg("line", { x1: x(half), x2: x(half), y1: 1, y2: HIGH - 1, class: "half" }));
  const words = { from: Math.floor(low), to: Math.ceil(high) };
  const text = !range.p90 ? t(WORDS, "fromMinutes", words) : t(WORDS, words.to <= 1 ? "atOnce" : "fromTo", words);
  return h("span.forecast", drawing, h("span", text));
}

/** The span of hours that holds `breaks` ({at, minutes}) and `now`: whole hours, at least four. */
export function span(breaks, now) {
  const begins = [now.getTime(), ...breaks.map((one) => Date.parse(one.at))];
  const ends = [now.getTime() + HOUR, ...breaks.map((one) => Date.parse(one.at) + one.minutes * MINUTE)];
  const from = Math.floor(Math.min(...begins) / HOUR) * HOUR;
  return { from, to: Math.max(Math.ceil(Math.max(...ends) / HOUR) * HOUR, from + 4 * HOUR) };
}

/** The hours over the time line, and a function that tells where on it a moment is, in percent. */
export const place = ({ from, to }) => (moment) => Math.min(100, Math.max(0, ((moment - from) / (to - from)) * 100));

export function hours({ from, to }) {
  return Array.from({ length: (to - from) / HOUR + 1 }, (_, index) => from + index * HOUR);
}

/** One operator's day: hour lines, the break, and the line of now that `moveNow` moves. */
export function timeline(one, shown, look) {
  const at = place(shown);
  const begins = Date.parse(one.at);
  const lines = hours(shown).map((hour) => svg("line", { x1: `${at(hour)}%`, x2: `${at(hour)}%`, y1: 0, y2: "100%", class: "tick" }));
  const width = at(begins + one.minutes * MINUTE) - at(begins);
  return svg("svg", { class: "day", "aria-hidden": "true", width: "100%", height: 36 }, lines,
    svg("rect", { x: `${at(begins)}%`, width: `${width}%`, y: 6, height: 24, rx: 6, class: `rest ${look}` }),
    svg("line", { x1: 0, x2: 0, y1: 0, y2: "100%", class: "now" }));
}

export function moveNow(root, shown, now) {
  const x = `${place(shown)(now)}%`;
  for (const line of root.querySelectorAll("line.now")) {
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
  }
}
