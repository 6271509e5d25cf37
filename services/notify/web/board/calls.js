/**
 * Which calls a board shows large and which small.
 *
 * Large are the newest whose visitor is still to come or is being received; one nobody has answered yet
 * never gives its place to one that was answered. Inside each list the newest stands first.
 */

const LARGE = 5;
const EARLIER = 6;
const KEPT = 40;
const OPEN = 0; // nobody has come yet
const TAKEN = 1; // the visit goes on
const OVER = 2;

export class Calls {
  #entries = []; // newest first, one for each number

  reset(calls) {
    this.#entries = calls.map((call) => entry(call, false));
  }

  /** A call or its repeat: goes to the top and is fresh until it is answered or `settle`d. */
  add(call) {
    const others = this.#entries.filter((known) => known.number !== call.number);
    this.#entries = [entry(call, true), ...others].slice(0, KEPT);
  }

  settle(id) {
    this.#change(id, (known) => ({ ...known, fresh: false }));
  }

  started(id) {
    this.#change(id, (known) => ({ ...known, stage: TAKEN, fresh: false }));
  }

  over(id) {
    this.#change(id, (known) => ({ ...known, stage: OVER, fresh: false }));
  }

  isOpen(id) {
    return this.#entries.some((known) => known.call === id && known.stage === OPEN);
  }

  /** {large, earlier}: entries {call, number, window, fresh}. */
  view() {
    const urgent = this.#entries.filter((known) => known.stage < OVER).sort((a, b) => a.stage - b.stage);
    const chosen = new Set(urgent.slice(0, LARGE));
    return {
      large: this.#entries.filter((known) => chosen.has(known)),
      earlier: this.#entries.filter((known) => !chosen.has(known)).slice(0, EARLIER),
    };
  }

  #change(id, to) {
    this.#entries = this.#entries.map((known) => (known.call === id ? to(known) : known));
  }
}

const STAGES = { serving: TAKEN, started: TAKEN, over: OVER, finished: OVER, no_show: OVER };

function entry(call, fresh) {
  return { call: call.call, number: call.number, window: call.window, stage: STAGES[call.state] ?? OPEN, fresh };
}
