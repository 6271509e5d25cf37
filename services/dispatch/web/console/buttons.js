/** The small buttons of the page, each with its key. */
import { t } from "/common/words.js";
import { button, h } from "./dom.js";
import { KEYS, legal, REASONS, VIEWS } from "./moves.js";
import { WORDS } from "./words.js";

/** Those beside the visit; a press is told by [data-command]. */
export function actButtons(state) {
  return h("div.acts", VIEWS[state].acts.map((command) =>
    button("button", t(WORDS, `do_${command}`), KEYS[command], { dataset: { command } })));
}

/** One of the header: always in its place while the window is open, and grey when it must wait. */
export function cornerButton(command, state) {
  const properties = { id: command, dataset: { command }, hidden: !state || state === "closed" };
  const made = button("button.quiet", t(WORDS, `do_${command}`), KEYS[command], properties);
  if (state && !legal(state).includes(command)) made.setAttribute("aria-disabled", "true");
  return made;
}

/** Why the break: an inline panel, keys 1 to 3. */
export function reasonButtons(choose, cancel) {
  const buttons = REASONS.map((reason, index) =>
    button("button", t(WORDS, `reason_${reason}`), String(index + 1), { onclick: () => choose(reason) }));
  const label = t(WORDS, "chooseReason");
  return h("div.acts.reasons", { role: "group", "aria-label": label },
    h("p", label), buttons, button("button.quiet", t(WORDS, "cancel"), "Esc", { onclick: cancel }));
}
