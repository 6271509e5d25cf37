/* A phone for SMS, if the visitor wants: consent on its own, the number, a look at it. Refusing costs nothing. */

import { newKey } from "/common/api.js";
import { language, named, numberText } from "/common/words.js";
import { contact, terms } from "../desk.js";
import { button, el, icon } from "../dom.js";
import { international, isWhole, ownDigits, shown, spoken } from "../phone.js";
import { scrolling } from "../scroll.js";
import { backButton } from "./choose.js";

const TYPED_AT_MOST = 11;       /* with the 8 or 7 that people put before */

const ticketOf = (kiosk) => numberText(kiosk.visit.ticket.number);
const heading = (text) => el("h1", { tabindex: "-1" }, text);

/** Back to the ticket without SMS: nothing typed is kept. */
function refuse(kiosk) {
  Object.assign(kiosk.visit, { typed: "", agreed: false });
  kiosk.arrive("number");
}

const without = (kiosk) => button("plain big", () => refuse(kiosk), kiosk.say("refuse"));

export function consent(kiosk, step) {
  if (!kiosk.terms) return consentUntold(kiosk, step);
  const number = ticketOf(kiosk);
  const tick = el("input", { type: "checkbox", id: "agreed", on: { change: () => agree(tick.checked) } });
  tick.checked = kiosk.visit.agreed;
  const hint = el("p", { class: "hint", role: "status" });
  const go = button("primary big", () => {
    if (kiosk.visit.agreed) kiosk.open("phone");
    else hint.textContent = kiosk.say("consentFirst");
  }, kiosk.say("consentGo"));
  const agree = (agreed) => {
    kiosk.visit.agreed = agreed;
    go.setAttribute("aria-disabled", !agreed);
    hint.textContent = "";
  };
  agree(kiosk.visit.agreed);
  const list = scrolling(kiosk, step, [
    el("section", {}, el("h2", {}, kiosk.say("consentHead")), el("p", {}, named(kiosk.terms.text))),
  ], "sheet consent-text");
  return {
    head: [heading(kiosk.say("consent", { number })), el("p", { class: "lead" }, kiosk.say("consentLead"))],
    body: [list.box],
    foot: [list.controls, hint, el("label", { class: "agree", for: "agreed" }, tick, el("b", {}, kiosk.say("consentTick"))),
      el("div", { class: "acts" }, without(kiosk), go)],
    ready: list.ready,
  };
}

/* Nobody agrees to words not shown: without them there is no consent, and the ticket is good all the same. */
function consentUntold(kiosk, step) {
  const number = ticketOf(kiosk);
  const ask = async () => {
    step.failed = false;
    kiosk.terms = await terms().catch(() => null);
    step.failed = !kiosk.terms;
    kiosk.redraw(step);
  };
  const again = button("primary big", ask, kiosk.say("again"));
  return {
    head: [heading(kiosk.say(step.failed ? "smsOff" : "consent", { number })),
      el("p", { class: "lead", role: "status" }, kiosk.say(step.failed ? "smsOffDo" : "consentLoading", { number }))],
    foot: [el("div", { class: "acts" }, without(kiosk), ...(step.failed ? [again] : []))],
    ready: step.failed ? undefined : ask,
  };
}

/* Each digit keeps its place, so that the number does not jump while it is typed. */
function signs(digits) {
  const text = shown(digits), end = text.indexOf("·");
  const look = (sign, place) => `${/[\d·]/.test(sign) ? "place" : "mark"} ${end >= 0 && place >= end ? "blank" : ""}`;
  return [...text].map((sign, place) => el("span", { class: look(sign, place) }, sign));
}

export function phone(kiosk) {
  const { visit } = kiosk;
  const value = el("output", { class: "phone number", "aria-hidden": "true" });
  const told = el("p", { class: "unseen", role: "status" });
  const goOn = () => isWhole(ownDigits(visit.typed)) && kiosk.open("confirm", { key: newKey() });
  const go = button("primary big", goOn, kiosk.say("next"));
  const change = (typed) => {
    visit.typed = typed.slice(0, TYPED_AT_MOST);
    show();
  };
  const show = () => {
    const digits = ownDigits(visit.typed);
    value.replaceChildren(...signs(digits));
    told.textContent = digits ? kiosk.say("phoneValue", { phone: spoken(digits) }) : "";
    go.setAttribute("aria-disabled", !isWhole(digits));
  };
  const add = (digit) => isWhole(ownDigits(visit.typed)) || change(visit.typed + digit);
  const erase = () => change(visit.typed.slice(0, -1));
  const wipe = button("key", erase, icon("erase"));
  wipe.setAttribute("aria-label", kiosk.say("eraseDigit"));
  const digit = (sign) => button("key", () => add(sign), sign);
  const pad = el("div", { class: "pad", role: "group", "aria-label": kiosk.say("keypad") },
    ...[..."123456789"].map(digit), button("key word", () => change(""), kiosk.say("clear")), digit("0"), wipe);
  show();
  return {
    head: [heading(kiosk.say("phone")), value, told],
    body: [pad],
    foot: [el("div", { class: "acts" }, without(kiosk), go)],
    key(event) {
      if (/^\d$/.test(event.key)) add(event.key);
      if (event.key === "Backspace") erase();
    },
  };
}

export function confirm(kiosk, step) {
  const { visit } = kiosk;
  const digits = ownDigits(visit.typed);
  const told = el("p", { class: "hint", role: "alert" });
  const yes = button("primary big", () => save(kiosk, step, digits, told, yes), kiosk.say("confirmYes"));
  return {
    head: [heading(kiosk.say("confirm")), el("p", { class: "lead" }, kiosk.say("confirmLead", { number: ticketOf(kiosk) })),
      el("p", { class: "phone number" }, shown(digits))],
    body: [told],
    foot: [yes, el("div", { class: "acts" }, button("plain big", () => kiosk.back(), kiosk.say("confirmNo")), without(kiosk))],
  };
}

function save(kiosk, step, digits, told, yes) {
  return kiosk.once(async () => {
    told.textContent = "";
    yes.textContent = kiosk.say("saving");
    try {
      const saved = await contact(kiosk.visit.ticket.id, international(digits), language(), step.key);
      Object.assign(kiosk.visit, { typed: "", agreed: false, phone: saved.phone });
      kiosk.arrive("number");
    } catch (error) {
      const wrong = error.kind === "phone-invalid";
      const number = ticketOf(kiosk);
      told.replaceChildren(el("b", {}, kiosk.say(wrong ? "phoneWrong" : "smsFailed")), " ",
        kiosk.say(wrong ? "phoneWrongDo" : "smsFailedDo", { number }));
      yes.textContent = kiosk.say(wrong ? "confirmYes" : "again");
    }
  });
}
