/* The keyboard of a kiosk that has none: Russian, Latin, digits. Types into a field where its caret stands. */

import { button, el, icon } from "./dom.js";

const LAYERS = {
  ru: ["йцукенгшщзх", "фывапролджэ", "ячсмитьъбю"],
  en: ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
  digits: ["1234567890", "-/.,№"],
};

/** `step.keys` remembers the layer. */
export function keyboard(kiosk, step, field, { hide }) {
  const board = el("div", { class: "keys", role: "group", "aria-label": kiosk.say("keyboard") });
  const type = (text) => {
    const { selectionStart: from, selectionEnd: to } = field;
    field.setRangeText(text, from, to, "end");
    field.dispatchEvent(new Event("input"));
  };
  const erase = () => {
    const { selectionStart: from, selectionEnd: to } = field;
    field.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
    field.dispatchEvent(new Event("input"));
  };
  const clear = () => {
    field.value = "";
    field.dispatchEvent(new Event("input"));
  };
  const turn = (layer) => () => {
    step.keys = layer;
    lay();
    board.querySelector(".turn").focus();
  };
  const letter = (sign) => button("key", () => type(sign), sign.toUpperCase());
  const lay = () => {
    const layer = step.keys;
    const rows = LAYERS[layer].map((row) => el("div", {}, ...[...row].map(letter)));
    const backspace = button("key", erase, icon("erase"));
    backspace.setAttribute("aria-label", kiosk.say("erase"));
    rows.at(-1).append(backspace);
    const letters = kiosk.visit.letters ?? "ru";
    const other = letters === "ru" ? "en" : "ru";
    const change = () => {
      kiosk.visit.letters = other;
      turn(other)();
    };
    const hideKey = button("key wide", hide, icon("hide"));
    hideKey.setAttribute("aria-label", kiosk.say("hideKeyboard"));
    rows.push(el("div", {},
      layer === "digits" ? button("key wide turn", turn(letters), kiosk.say(letters === "ru" ? "toRussian" : "toEnglish"))
        : button("key wide turn", turn("digits"), kiosk.say("toDigits")),
      layer === "digits" ? null : button("key wide", change, kiosk.say(other === "ru" ? "toCyrillic" : "toLatin")),
      button("key space", () => type(" "), kiosk.say("space")),
      button("key wider", clear, kiosk.say("clear")), hideKey));
    board.replaceChildren(...rows);
  };
  /* A press leaves the caret in the field; with Tab the keys are reached one by one. */
  board.addEventListener("pointerdown", (event) => event.preventDefault());
  lay();
  return board;
}
