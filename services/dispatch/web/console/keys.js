/** What a key means on this page, wherever the focus is. */
import { commandOf } from "./moves.js";

/** {digit, escape, command, enter}: one of them is set, or none; `panel` is the open one or null. */
export function meaning(event, panel) {
  if (event.ctrlKey || event.altKey || event.metaKey) return {};
  const { key, target } = event;
  if (panel && key === "Escape") return { escape: true };
  const typing = target.closest("select, textarea, input:not([type=radio])");
  const digit = panel && !typing && /^\d$/.test(key) ? panel.querySelector(`[data-digit="${key}"]`) : null;
  if (digit) return { digit };
  const command = typing && key === "Enter" ? null : commandOf(event);
  if (command) return { command };
  const control = target.closest("button, a, input, select");
  return { enter: key === "Enter" && (!control || control.type === "radio" || control.id === "go") };
}
