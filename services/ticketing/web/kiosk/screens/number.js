/* The ticket: its number, and what to do next. It leaves by itself, for it is somebody's own. */

import { numberText } from "/common/words.js";
import { button, el, icon, ring } from "../dom.js";
import { scrolling } from "../scroll.js";

const SECONDS = 20;

export function number(kiosk, step) {
  const { ticket, phone } = kiosk.visit;
  const steps = [["seat", "nextWait"], ["board", "nextBoard"], ["window", "nextGo"]];
  const timer = ring(SECONDS);
  const list = scrolling(kiosk, step, [
    ...(phone ? [el("p", { class: "set", role: "status" }, icon("tick"), el("span", {}, kiosk.say("smsSet", { phone })))] : []),
    el("ol", { class: "steps" }, ...steps.map(([sign, words]) => el("li", {}, icon(sign), el("span", {}, kiosk.say(words))))),
  ], "next");
  const closing = el("p", {});
  return {
    head: [
      el("h1", { tabindex: "-1" }, kiosk.say("yours"), " ", el("span", { class: "number ours" }, numberText(ticket.number))),
      el("p", { class: "lead" }, kiosk.say("keep")),
    ],
    body: [list.box],
    foot: [
      list.controls,
      phone ? null : button("plain big", () => kiosk.open("consent"), icon("phone"), kiosk.say("sms")),
      button("primary big", () => kiosk.restart(), kiosk.say("done")),
      el("div", { class: "closing" }, timer.node, closing),
    ].filter(Boolean),
    ready: list.ready,
    tick(left) {
      timer.show(left);
      closing.textContent = kiosk.say("closing", { count: left });
    },
  };
}
