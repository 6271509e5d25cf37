/* The phone simulator: a wall of phones that fills as messages come. */

import { follow } from "/common/live.js";
import { fill, language, onLanguage, setLanguage, t, timeText } from "/common/words.js";
import { phone } from "./phone.js";
import { WORDS } from "./phrases.js";

const NEW_MS = 4000;            /* how long a fresh message is marked */

const at = (id) => document.getElementById(id);
const say = (key, values) => t(WORDS, key, values);
const digitsOf = (text) => text.replace(/\D/g, "");

/* `told`: the phones were heard of; `heard`: the service's time at its last word. */
const wall = { phones: new Map(), line: "waiting", told: false, heard: null, off: false };

function hear(moment) {
  wall.heard = new Date(Math.max(wall.heard ?? 0, new Date(moment)));
}

function arrive(number, messages, fresh) {
  const known = wall.phones.get(number) ?? { number, messages: new Map(), fresh: new Set(), node: null };
  for (const message of messages) {
    if (fresh && !known.messages.has(message.id)) mark(known, message.id);
    known.messages.set(message.id, message);
  }
  wall.phones.set(number, known);
  return known;
}

function mark(known, id) {
  known.fresh.add(id);
  setTimeout(() => {
    known.fresh.delete(id);
    draw(known);
  }, NEW_MS);
}

function draw(known) {
  const node = phone(known, say);
  known.node?.replaceWith(node);
  known.node = node;
  return node;
}

/** The whole wall anew: another language, or everything told again. */
function drawAll() {
  at("wall").replaceChildren(...[...wall.phones.values()].map(draw));
  tell();
}

/** What stands around the phones; which of them the filter leaves. */
function tell() {
  const typed = digitsOf(at("filter").value);
  const asked = [typed, typed.replace(/^8/, "7")];   /* 8 912 … and +7 912 … are one number */
  let shown = 0;
  for (const { number, node } of wall.phones.values()) {
    node.hidden = typed !== "" && !asked.some((part) => digitsOf(number).includes(part));
    if (!node.hidden) shown += 1;
  }
  const all = wall.phones.size;
  at("wall").dataset.count = shown === 1 ? "one" : "many";
  at("count").textContent = !wall.told ? "" : typed ? say("phonesOf", { shown, all }) : say("phones", { count: all });
  at("wall").querySelector(".nothing")?.remove();
  const reason = wall.off ? "off" : all === 0 && wall.line === "live" ? "empty" : all > 0 && shown === 0 ? "none" : null;
  if (reason) at("wall").append(nothing(reason));
  at("line").textContent = wall.off || wall.line === "lost" ? "" : say(wall.line);
  at("line").dataset.state = wall.line;
  at("lost").hidden = wall.line !== "lost" || wall.off;
  at("lost").textContent = wall.heard ? say("lost", { time: timeText(wall.heard) }) : say("lostAtStart");
}

function nothing(reason) {
  const node = document.createElement("section"), head = document.createElement("h2"), text = document.createElement("p");
  node.className = "nothing";
  head.textContent = say(reason);
  text.textContent = say(`${reason}Do`);
  node.append(head, text);
  return node;
}

function speak() {
  document.title = say("title");
  fill(document, WORDS);
  for (const lang of ["ru", "en"]) at(lang).setAttribute("aria-pressed", language() === lang);
  drawAll();
}

for (const lang of ["ru", "en"]) at(lang).addEventListener("click", () => setLanguage(lang, { remember: false }));
onLanguage(speak);
at("filter").addEventListener("input", tell);
speak();

follow("/v1/phones/events", {
  on: {
    snapshot({ phones }) {
      wall.phones.clear();
      for (const { phone: number, messages } of phones) arrive(number, messages, false);
      for (const { messages } of phones) for (const { at } of messages) hear(at);
      wall.told = true;
      drawAll();
    },
    message({ phone: number, message }) {
      const isNew = !wall.phones.get(number)?.messages.has(message.id);
      const known = arrive(number, [message], true);
      hear(message.at);
      const node = draw(known);
      if (isNew) at("wall").prepend(node);            /* newest first; a delivery report moves nobody */
      tell();
    },
    clock: ({ now }) => hear(now),
  },
  state(line) {
    wall.line = line;
    tell();
  },
  refused(problem, status) {
    wall.off = status === 404;
    tell();
  },
});
