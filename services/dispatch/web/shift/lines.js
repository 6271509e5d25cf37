/** The lines: who waits, which windows serve them, and what the next half hour brings. */
import { h } from "/common/dom.js";
import { named, t, timeText } from "/common/words.js";
import { band } from "./plot.js";
import { WORDS } from "./words.js";

const MINUTE = 60_000;

/** Those in trouble first; lines where nothing happens are only counted. `toldAt`: the branch's time at
 * which `shift` came; the minutes since are counted here, for that they go by is told by nobody. */
export function showLines(table, rest, { lines, branch }, toldAt, now) {
  const shown = lines.filter((line) => line.waiting > 0 || line.late_soon >= 1).sort(byTrouble);
  const quiet = lines.length - shown.length;
  const foreseen = lines.some((line) => line.taken_now); // not before the first forecast
  const heads = ["line", "waits", "longest", "promised", "served", "lateSoon", ...(foreseen ? ["takenNow"] : [])];
  const head = h("thead", h("tr", heads.map((key) => h("th", { scope: "col" }, t(WORDS, `col_${key}`)))));
  table.replaceChildren(...(shown.length ? [head, h("tbody", shown.map((line) => row(line, { now, since: now && toldAt ? now - toldAt : 0, zone: branch.timezone, foreseen })))] : []));
  const text = shown.length ? t(WORDS, "quietLines", { count: quiet }) : t(WORDS, "nobodyWaits");
  rest.textContent = shown.length && !quiet ? "" : text;
}

function byTrouble(a, b) {
  const blocked = (line) => line.waiting > 0 && line.windows.able === 0;
  return blocked(b) - blocked(a) || (b.late_soon ?? 0) - (a.late_soon ?? 0) || b.longest_wait_seconds - a.longest_wait_seconds;
}

function row(line, { now, since, zone, foreseen }) {
  const left = line.next_promise && now ? Date.parse(line.next_promise) - now : Infinity;
  const { able, paused } = line.windows;
  const late = Math.round(line.late_soon ?? 0);
  return h("tr",
    h("th", { scope: "row" }, named(line.name)),
    h("td.number", String(line.waiting)),
    h(`td.number${left < 0 ? ".over" : ""}`, t(WORDS, "minutes", { count: Math.floor((line.longest_wait_seconds * 1000 + since) / MINUTE) })),
    h(`td${left < 0 ? ".over" : ""}`, promised(line.next_promise, left, zone)),
    h(`td${able ? "" : ".over"}`, able ? h("span.number", String(able)) : t(WORDS, "noWindow"), paused ? h("small", t(WORDS, "paused", { count: paused })) : null),
    h(`td.number${late ? ".late" : ""}`, line.late_soon === null ? "—" : String(late)),
    foreseen ? h("td", band(line.taken_now, now)) : null);
}

function promised(promise, left, zone) {
  if (!promise) return "—";
  return left < 0 ? t(WORDS, "late", { count: Math.ceil(-left / MINUTE) }) : t(WORDS, "until", { time: timeText(promise, zone) });
}
