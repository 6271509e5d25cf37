/* Choosing a service: categories, the services of one, all of them by letter. */

import { language, named, timeText } from "/common/words.js";
import { button, el, icon } from "../dom.js";
import { scrolling } from "../scroll.js";

const ALIASES_SHOWN = 3;

/** The way back, for the foot of a screen. */
export const backButton = (kiosk) => button("plain big", () => kiosk.back(), icon("back"), kiosk.say("back"));

export function home(kiosk, step) {
  const { categories, services, hours, branch } = kiosk.hall;
  const count = (code) => services.filter((service) => service.category === code).length;
  const tiles = categories.filter(({ code }) => count(code)).map(({ code, name }) =>
    tile("tile", () => kiosk.open("category", { code }), named(name), kiosk.say("services", { count: count(code) })));
  /* The catalogue puts first what most people come for. */
  tiles[0]?.classList.add("primary");
  const total = kiosk.say("services", { count: services.length });
  tiles.push(tile("tile all", () => kiosk.open("all"), kiosk.say("all"), total));
  const list = scrolling(kiosk, step, tiles, "tiles");
  const time = (moment) => timeText(moment, branch.timezone);
  const today = hours ? kiosk.say("today", { closes: time(hours.closes), last: time(hours.last_ticket) }) : "";
  return {
    head: [
      el("h1", { tabindex: "-1" }, kiosk.say("ask")),
      button("find", () => kiosk.open("search"), icon("search"),
        el("span", { class: "unseen" }, kiosk.say("find"), ": "), kiosk.say("findHint")),
    ],
    body: [list.box],
    foot: [list.controls, el("p", { class: "help" }, today, " ", kiosk.say("help"))],
    ready: list.ready,
  };
}

function tile(look, press, name, note) {
  return button(look, press, el("b", {}, name), el("span", {}, note));
}

/** A service as a row: its name, and what people call it. */
export function row(kiosk, service) {
  const everyday = language() === "ru" ? service.aliases.slice(0, ALIASES_SHOWN).join(", ") : "";
  return button("row", () => kiosk.open("service", { code: service.code }),
    el("span", {}, el("b", {}, named(service.name)), everyday ? el("small", {}, everyday) : null), icon("next"));
}

const byName = (one, two) => named(one.name).localeCompare(named(two.name), language());

export function category(kiosk, step) {
  const { categories, services } = kiosk.hall;
  const chosen = categories.find(({ code }) => code === step.code);
  const rows = services.filter((service) => service.category === step.code).map((service) => row(kiosk, service));
  const list = scrolling(kiosk, step, rows, "rows");
  return {
    head: [el("h1", { tabindex: "-1" }, named(chosen?.name))],
    body: [list.box],
    foot: [el("div", { class: "acts" }, backButton(kiosk), list.controls)],
    ready: list.ready,
  };
}

export function all(kiosk, step) {
  const rows = [], heads = new Map();
  for (const service of [...kiosk.hall.services].sort(byName)) {
    const letter = named(service.name)[0].toUpperCase();
    if (!heads.has(letter)) {
      heads.set(letter, el("h2", { tabindex: "-1" }, letter));
      rows.push(heads.get(letter));
    }
    rows.push(row(kiosk, service));
  }
  const list = scrolling(kiosk, step, rows, "rows");
  const jump = (head) => () => {
    list.box.scrollTo({ top: head.offsetTop - list.box.offsetTop });
    head.focus({ preventScroll: true });
  };
  const letters = [...heads].map(([letter, head]) => button("letter", jump(head), letter));
  return {
    head: [el("h1", { tabindex: "-1" }, kiosk.say("all")),
      el("nav", { class: "letters", "aria-label": kiosk.say("letters") }, ...letters)],
    body: [list.box],
    foot: [el("div", { class: "acts" }, backButton(kiosk), list.controls)],
    ready: list.ready,
  };
}
