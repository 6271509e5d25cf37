/**
 * What an operator can do in each state of the window, and with which key.
 *
 * The service is the judge; this table only lays the buttons out and keeps a key from acting on a state
 * that the operator does not see.
 */

/** `go`: the one big button. `acts`: the small ones beside it. `corner`: those of the header. */
export const VIEWS = {
  closed: { go: "open", acts: [], corner: [] },
  free: { go: "next", acts: [], corner: ["pause", "close"] },
  ready: { go: null, acts: [], corner: ["pause", "close"] },
  calling: { go: "start", acts: ["recall", "no-show"], corner: [] },
  serving: { go: "finish", acts: [], corner: [] },
  paused: { go: "resume", acts: [], corner: ["close"] },
};

export const KEYS = { recall: "F2", "no-show": "F8", pause: "F9", close: "F10" };

export const REASONS = ["lunch", "technical", "back_office"];

export function commandOf(key) {
  return Object.keys(KEYS).find((command) => KEYS[command] === key);
}

export function legal(state) {
  const view = VIEWS[state];
  return [view.go, ...view.acts, ...view.corner].filter(Boolean);
}
