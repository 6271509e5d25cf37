/* When there is nothing to choose: loading, closed, no connection, a refusal, a kiosk not set up. */

import { language, named, timeText } from "/common/words.js";
import { branches } from "../desk.js";
import { button, el, icon } from "../dom.js";
import { takeTicket } from "./service.js";

const DAY_MS = 86_400_000;

const heading = (text) => el("h1", { tabindex: "-1" }, text);
const lead = (text) => el("p", { class: "lead" }, text);
const startOver = (kiosk) => button("plain big", () => kiosk.restart(), icon("home"), kiosk.say("restart"));

export function loading(kiosk) {
  const ghosts = Array.from({ length: 8 }, () => el("div"));
  return {
    head: [heading(kiosk.say("ask")), lead(kiosk.say("loading"))],
    body: [el("div", { class: "ghosts", "aria-hidden": "true" }, ...ghosts)],
  };
}

export function unready(kiosk) {
  return { head: [icon("broken"), heading(kiosk.say("troubleStart")), lead(kiosk.say("troubleStartDo"))] };
}

export function closed(kiosk) {
  const { hours, now, next_opening: opening, branch } = kiosk.hall;
  const time = (moment) => timeText(moment, branch.timezone);
  /* Closed within the hours: the time of the last ticket has come. */
  const late = hours && Date.parse(hours.opens) <= Date.parse(now) && Date.parse(now) < Date.parse(hours.closes);
  const facts = hours
    ? [[kiosk.say("hoursToday"), kiosk.say("hoursValue", { opens: time(hours.opens), closes: time(hours.closes) })],
      [kiosk.say("lastTicket"), time(hours.last_ticket)]]
    : [[kiosk.say("hoursToday"), kiosk.say("dayOff")]];
  return {
    head: [icon("clock"), heading(kiosk.say(late ? "shutTickets" : "shut")),
      el("p", { class: "opens" }, opensText(kiosk, opening, now, branch.timezone)),
      late ? lead(kiosk.say("shutTicketsWhy", { last: time(hours.last_ticket) })) : null].filter(Boolean),
    body: [el("dl", {}, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { class: "number" }, value))))],
    foot: [el("p", { class: "help" }, kiosk.say("help")), ...(kiosk.visit.trail.length ? [startOver(kiosk)] : [])],
  };
}

function opensText(kiosk, opening, now, timeZone) {
  if (!opening) return kiosk.say("opensAsk");
  const time = timeText(opening, timeZone);
  const day = (moment) => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(moment);
  if (day(new Date(opening)) === day(new Date(now))) return kiosk.say("opensToday", { time });
  if (day(new Date(opening)) === day(Date.parse(now) + DAY_MS)) return kiosk.say("opensTomorrow", { time });
  const words = new Intl.DateTimeFormat(language(), { timeZone, weekday: "long", day: "numeric", month: "long" });
  return kiosk.say("opensOn", { time, day: words.format(new Date(opening)) });
}

export function trouble(kiosk, step) {
  const again = button("primary big", () => takeTicket(kiosk, step.code, () => {
    again.textContent = kiosk.say("taking");
  }), kiosk.say("again"));
  return {
    head: [icon("broken"), heading(kiosk.say(step.head)), lead(kiosk.say(step.text))],
    foot: step.again ? [again, startOver(kiosk)] : [startOver(kiosk)],
  };
}

export function setup(kiosk) {
  const choices = el("div", { class: "scroll rows" });
  const choose = (code) => () => location.assign(`?branch=${encodeURIComponent(code)}`);
  const show = async () => {
    const known = await branches().catch(() => []);
    choices.replaceChildren(...known.map(({ code, name }) =>
      button("row", choose(code), el("span", {}, el("b", {}, named(name)), el("small", {}, code)), icon("next"))));
  };
  return { head: [heading(kiosk.say("setup")), lead(kiosk.say("setupLead"))], body: [choices], ready: show };
}
