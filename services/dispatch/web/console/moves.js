/**
 * What an operator can do in each state of the window, and with which key.
 *
 * The service is the judge; this table only lays the buttons out and keeps a key from acting on a state
 * that the operator does not see.
 */

/** `go`: the one big button. `acts`: beside it. `more`: the quiet ones. `corner`: those of the header. */
const VIEWS = {
  closed: { go: "open", acts: [], more: [], corner: [] },
  free: { go: "next", acts: [], more: ["call"], corner: ["pause", "close"] },
  ready: { go: null, acts: [], more: ["call"], corner: ["pause", "close"] },
  calling: { go: "start", acts: ["recall", "no-show"], more: ["defer", "transfer", "not-confirmed"], corner: ["pause"] },
  serving: { go: "finish", acts: [], more: ["finish-otherwise", "defer", "transfer", "not-confirmed"], corner: ["pause"] },
  tidying: { go: "next", acts: [], more: ["call"], corner: ["pause", "close"] },
  paused: { go: "resume", acts: [], more: [], corner: ["close"] },
};

/** F5 stays the browser's: it is what people press when a page seems to hang. */
export const KEYS = {
  "finish-otherwise": "Shift+Enter", recall: "F2", call: "F3", defer: "F4", transfer: "F6", "not-confirmed": "F7",
  "no-show": "F8", pause: "F9", close: "F10",
};

export const REASONS = ["lunch", "technical", "back_office"];
export const OUTCOMES = ["no_documents", "advice", "gave_up"];
export const OUT_OF_ORDER = ["continued", "together", "health", "mistake", "shift_head"];
export const DEFERRALS = [10, 20, 30, 60]; // minutes

/** With a visitor at the window a break can be asked for, not taken. */
export const withVisitor = (win) => win.state === "calling" || win.state === "serving";

export function commandOf({ key, shiftKey }) {
  const pressed = shiftKey ? `Shift+${key}` : key;
  return Object.keys(KEYS).find((command) => KEYS[command] === pressed);
}

/** The buttons of a window: those that its visitor has no ground for are left out. */
export function viewOf(win) {
  const view = VIEWS[win.state];
  const fits = (command) => command !== "not-confirmed" || win.ticket?.priority;
  return { ...view, more: view.more.filter(fits) };
}

export function legal(win) {
  const { go, acts, more, corner } = viewOf(win);
  return [go, ...acts, ...more, ...corner, win.break_due && "withdraw-break"].filter(Boolean);
}

/** What of a window makes it another situation for the operator. */
export const situation = (win) => win && [win.state, win.ticket?.id, win.ticket?.service, win.break_due?.minutes].join();
