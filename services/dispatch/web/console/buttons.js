/** The small buttons of the page, each with its key; a press is told by [data-command]. */
import { button, h, write } from "/common/dom.js";
import { elapsedText, t } from "/common/words.js";
import { KEYS, legal, viewOf } from "./moves.js";
import { WORDS } from "./words.js";

/** Those beside the visit: what is often needed, and the quiet rest; with them a break that comes after it. */
export function actButtons(win) {
  const { acts, more } = viewOf(win);
  const made = (tag) => (command) => button(tag, t(WORDS, `do_${command}`), KEYS[command], { dataset: { command } });
  return [
    acts.length ? h("div.acts", acts.map(made("button"))) : null,
    more.length ? h("div.more", more.map(made("button.quiet"))) : null,
    win.break_due ? h("p.due", dueText(win), made("button.quiet")("withdraw-break")) : null,
  ].filter(Boolean);
}

export const dueText = (win) => t(WORDS, "breakDue", { count: win.break_due.minutes });

/** One of the header: always in its place while the window is open, and grey when it must wait. */
export function cornerButton(command, win) {
  const open = win && win.state !== "closed";
  const made = button("button.quiet", t(WORDS, `do_${command}`), KEYS[command], { id: command, dataset: { command }, hidden: !open });
  if (open && !legal(win).includes(command)) made.setAttribute("aria-disabled", "true");
  return made;
}

/** Seconds until the same visitor may be called again; 0: now, Infinity: no more, by the centre's rules. */
export function untilRecall({ recall }, now) {
  if (!recall) return 0; // the service will say
  if (recall.left <= 0) return Infinity;
  return now ? Math.max(0, Math.ceil((new Date(recall.at) - now) / 1000)) : 0;
}

/** The count-down on «Вызвать ещё раз». */
export function tickRecall(root, win, now) {
  const recall = root.querySelector('[data-command="recall"]');
  if (!recall) return;
  const left = untilRecall(win, now);
  const label = left === Infinity ? t(WORDS, "recallsOver") : left ? t(WORDS, "recallIn", { left: elapsedText(left) }) : t(WORDS, "do_recall");
  recall.setAttribute("aria-disabled", String(left > 0));
  if (recall.firstChild.data !== label) recall.firstChild.data = label;
  write(recall.lastChild, KEYS.recall);
}
