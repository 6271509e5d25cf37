/* When the visitor has gone: seconds since the last touch, counted down to the end of the visit. */

const EVENTS = ["pointerdown", "keydown", "wheel", "scroll"];

/** Calls `tick(left)` each second and at each touch; `left` is 0 at the end. Deaf while `asking()`. */
export class Idle {
  #last = performance.now();
  #limit;
  #tick;

  constructor(limit, tick, asking) {
    this.#limit = limit;
    this.#tick = tick;
    const heard = () => asking() || this.touch();
    for (const event of EVENTS) addEventListener(event, heard, { capture: true, passive: true });
    setInterval(() => this.#tick(this.left), 1000);
  }

  get left() {
    return Math.max(0, Math.round(this.#limit - (performance.now() - this.#last) / 1000));
  }

  /** Somebody is there. */
  touch() {
    this.#last = performance.now();
    this.#tick(this.left);
  }

  /** From now on the visit ends after `limit` seconds without a touch. */
  restart(limit) {
    this.#limit = limit;
    this.touch();
  }
}
