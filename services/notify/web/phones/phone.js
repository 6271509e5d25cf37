/* One drawn phone: its number, its messages, newest first. */

import { numberText, timeText } from "/common/words.js";

const KINDS = new Set(["issued", "approaching", "called", "recalled", "missed"]);
const STATES = new Set(["queued", "sending", "sent", "delivered", "failed", "unknown", "skipped"]);
const SIGNS = { queued: "…", sending: "…", sent: "→", delivered: "✓", failed: "!", unknown: "?", skipped: "–" };

const make = (tag, look, ...children) => {
  const node = document.createElement(tag);
  node.className = look;
  node.append(...children);
  return node;
};

/** "+7 912 345-67-89"; other countries' numbers as they came. */
const pretty = (number) =>
  number.replace(/^(\+7)(\d{3})(\d{3})(\d{2})(\d{2})$/, "$1 $2 $3-$4-$5").replaceAll(" ", "\u00a0");

/** Draw `known`: {number, messages, fresh}. `say` gives the words. */
export function phone(known, say) {
  const messages = [...known.messages.values()].sort((one, two) => Date.parse(two.at) - Date.parse(one.at));
  const list = make("ol", "messages", ...messages.map((message) => bubble(message, known.fresh.has(message.id), say)));
  list.tabIndex = 0;
  list.setAttribute("aria-label", say("messages", { phone: pretty(known.number) }));
  const node = make("article", "phone", make("i", "ear"),
    make("h2", "number", pretty(known.number)), make("p", "sender", say("sender")), list);
  node.classList.toggle("fresh", known.fresh.size > 0);
  return node;
}

function bubble(message, fresh, say) {
  const kind = say(KINDS.has(message.kind) ? message.kind : "otherKind");
  const known = STATES.has(message.state);
  const sign = make("i", "sign", known ? SIGNS[message.state] : "?");
  sign.setAttribute("aria-hidden", "true");
  const state = make("span", "state", sign, " ", say(known ? message.state : "otherState"));
  state.dataset.state = message.state;
  const time = make("time", "", timeText(message.at));
  time.dateTime = message.at;
  return make("li", fresh ? "fresh" : "",
    make("p", "kind", make("b", "", kind), " ", make("span", "number", numberText(message.ticket_number ?? ""))),
    make("p", "text", message.text), make("p", "foot", time, state));
}
