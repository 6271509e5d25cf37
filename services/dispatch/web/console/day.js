/** The operator's own day: visits beside the centre's mean, and the break that is planned. */
import { service } from "/common/api.js";
import { h } from "/common/dom.js";
import { t, timeText } from "/common/words.js";
import { breaksOf, pathOf } from "./asks.js";
import { WORDS } from "./words.js";

export class Day {
  #section;
  #load = null; // {visits, average_visits}
  #rest = null; // {at, minutes}
  #began = null; // when it did, if it has
  #shown = "";

  constructor(section) {
    this.#section = section;
  }

  /** Read anew when the window's situation changed: a visit ended, a break was granted. */
  async read(branch, win) {
    if (!win.operator) return;
    const quietly = (reading) => reading.catch(() => null); // no reason to disturb a visit
    const [load, breaks] = await Promise.all([quietly(service().get(`${pathOf(branch, win.window)}/today`)), quietly(breaksOf(branch))]);
    this.#load = load;
    this.#rest = breaks?.find((one) => one.operator === win.operator) ?? null;
    this.#began = win.state === "paused" && win.reason !== "console_lost" ? win.since : null;
  }

  show(now, zone) {
    const parts = [this.#load && visits(this.#load), this.#rest && now && breakOf(this.#rest, this.#began, now, zone)].filter(Boolean);
    const told = parts.map((part) => part.textContent).join();
    if (told === this.#shown) return;
    this.#shown = told;
    this.#section.hidden = parts.length === 0;
    this.#section.replaceChildren(...parts);
  }
}

function visits({ visits: count, average_visits: mean }) {
  const note = mean < 1 ? "" : t(WORDS, "meanVisits", { count: Math.round(mean) }); // of an hour with no visits nothing is to be said
  return figure(String(count), t(WORDS, "visitsToday", { count }), note);
}

function breakOf({ at, minutes }, began, now, zone) {
  const due = Date.parse(at) <= now;
  if (due && began) return figure(timeText(Date.parse(began) + minutes * 60_000, zone), t(WORDS, "rest_until"), "");
  return figure(timeText(at, zone), t(WORDS, due ? "rest_due" : "rest_planned", { count: minutes }), "");
}

function figure(value, text, note) {
  return h("p", h("b.number", value), text, h("small", note));
}
