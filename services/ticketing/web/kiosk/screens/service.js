/* One service: what to have with you, what it costs, how long it takes; then the ticket. */

import { Unreachable } from "/common/api.js";
import { language, named } from "/common/words.js";
import { issue } from "../desk.js";
import { button, el, icon } from "../dom.js";
import { scrolling } from "../scroll.js";
import { backButton } from "./choose.js";

export function service(kiosk, step) {
  const chosen = kiosk.hall.services.find(({ code }) => code === step.code);
  if (!chosen) return gone(kiosk);
  const papers = chosen.documents.map((text) => el("li", {}, icon("tick"), el("span", { lang: "ru" }, text)));
  const list = scrolling(kiosk, step, [
    el("div", { class: "facts" },
      fact("clock", kiosk.say("minutes"), kiosk.say("minutesValue", { count: chosen.minutes })),
      fact("paper", kiosk.say("fee"), feeText(kiosk, chosen.fee))),
    el("h2", {}, kiosk.say("documents")),
    papers.length ? el("ul", { class: "papers" }, ...papers) : el("p", {}, kiosk.say("documentsAsk")),
    el("p", { class: "note" }, kiosk.say("documentsNote")),
  ], "sheet");
  const take = button("primary big take", () => takeTicket(kiosk, chosen.code, busy),
    el("b", {}, kiosk.say("take")), el("small", {}, kiosk.say("takeWhy")));
  const busy = () => {
    take.replaceChildren(el("b", { role: "status" }, kiosk.say("taking")));
    take.setAttribute("aria-disabled", "true");
  };
  return {
    head: [el("h1", { tabindex: "-1" }, named(chosen.name))],
    body: [list.box],
    foot: [take, el("div", { class: "acts" }, backButton(kiosk), list.controls)],
    ready: list.ready,
  };
}

function gone(kiosk) {
  return {
    head: [el("h1", { tabindex: "-1" }, kiosk.say("troubleTicket")), el("p", { class: "lead" }, kiosk.say("troubleService"))],
    foot: [backButton(kiosk)],
  };
}

function fact(sign, name, value) {
  return el("div", {}, icon(sign), el("p", {}, el("span", {}, name), " ", el("b", {}, value)));
}

function feeText(kiosk, fee) {
  if (fee === null) return kiosk.say("feeAsk");
  if (fee === 0) return kiosk.say("feeNone");
  return kiosk.say("feeValue", { sum: new Intl.NumberFormat(language(), { useGrouping: true }).format(fee) });
}

/** Ask for the ticket. Repeated in one visit it is the same command, so two presses make one ticket. */
export function takeTicket(kiosk, code, busy) {
  return kiosk.once(async () => {
    busy();
    try {
      kiosk.visit.ticket = await issue(kiosk.branch, code, kiosk.keyOf(code));
      kiosk.arrive("number");
    } catch (error) {
      refused(kiosk, code, error);
    }
  });
}

function refused(kiosk, code, error) {
  if (error.kind === "branch-closed") {
    kiosk.learn({ open: false, hours: error.problem.hours, next_opening: error.problem.next_opening });
    return kiosk.arrive("closed");
  }
  if (!(error instanceof Unreachable)) console.error(error);
  if (kiosk.step.screen === "trouble") kiosk.visit.trail.pop();
  kiosk.open("trouble", { code, ...wordsFor(error) });
}

function wordsFor(error) {
  if (error instanceof Unreachable) return { again: true, head: "troubleUnknown", text: "troubleUnknownDo" };
  const text = error.kind === "unknown-service" ? "troubleService" : "troubleOther";
  return { again: false, head: "troubleTicket", text };
}
