/* Finding a service in the visitor's own words. */

import { button, el, icon } from "../dom.js";
import { find } from "../find.js";
import { keyboard } from "../keyboard.js";
import { scrolling } from "../scroll.js";
import { backButton, row } from "./choose.js";
import { language } from "/common/words.js";

const LONGEST = 60;             /* letters: a longer question is a finger left on a key */

export function search(kiosk, step) {
  step.keys ??= kiosk.visit.letters ??= language();
  const field = el("input", {
    type: "text", inputmode: "none", autocomplete: "off", spellcheck: "false", maxlength: LONGEST,
    "aria-label": kiosk.say("findAsk"), placeholder: kiosk.say("findHint"),
  });
  field.value = kiosk.visit.query;
  const told = el("p", { class: "told", role: "status" });
  const results = el("div", { class: "results" });
  const moves = el("div", { class: "acts" });
  const show = (open) => keys.classList.toggle("away", !open);
  const keys = keyboard(kiosk, step, field, { hide: () => show(false) });
  field.addEventListener("pointerdown", () => show(true));

  const answer = () => {
    kiosk.visit.query = field.value;
    const { services, read } = find(kiosk.index, field.value);
    const asked = field.value.trim() !== "";
    told.textContent = tellFound(kiosk, asked, services.length, read);
    const rows = services.map((service) => row(kiosk, service));
    const nothing = asked && !rows.length ? [el("p", { class: "nothing" }, kiosk.say("nothingDo")),
      button("plain big", () => kiosk.open("all"), kiosk.say("all"))] : [];
    const list = scrolling(kiosk, step, [...rows, ...nothing], "rows");
    results.replaceChildren(list.box);
    moves.replaceChildren(backButton(kiosk), list.controls);
    list.ready();
  };
  field.addEventListener("input", () => {
    step.scroll = 0;
    answer();
  });
  return {
    head: [el("h1", { tabindex: "-1" }, kiosk.say("findTitle")), el("div", { class: "find" }, icon("search"), field), told],
    body: [results, moves],
    foot: [keys],
    focus: field,
    ready: answer,
  };
}

function tellFound(kiosk, asked, count, read) {
  if (!asked) return "";
  if (!count) return kiosk.say("nothing");
  return read ? kiosk.say("foundRead", { count, read }) : kiosk.say("found", { count });
}
