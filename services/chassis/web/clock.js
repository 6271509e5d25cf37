/**
 * What time it is at the branch, told by the service; its clock may run sixty times as fast as ours.
 *
 *   const clock = new ServerClock();
 *   clock.heard(data.now);   // at each snapshot and clock event
 *   clock.now();             // Date, or null before the first word
 */

const SPAN = 6; // samples that the rate is taken from: half a minute evens out the network's jitter
const SHORTEST_MS = 1500; // two samples nearer than this say nothing about the rate
const JUMP_MS = 3000; // farther off than any network delay: the service lives in another moment now

export class ServerClock {
  #samples = [];
  #rate = 1;

  heard(now) {
    const sample = { here: performance.now(), there: Date.parse(now) };
    const expected = this.now();
    const jumped = expected && Math.abs(sample.there - expected) > JUMP_MS * Math.max(1, this.#rate);
    if (jumped && this.#samples.length > 1) this.#samples = []; // learn anew
    this.#samples.push(sample);
    if (this.#samples.length > SPAN) this.#samples.shift();
    const first = this.#samples[0];
    const span = sample.here - first.here;
    if (span >= SHORTEST_MS) this.#rate = Math.max(0, (sample.there - first.there) / span);
  }

  now() {
    const last = this.#samples.at(-1);
    return last ? new Date(last.there + (performance.now() - last.here) * this.#rate) : null;
  }

  /** The moment of the last word from the service: what is shown is as of then. */
  get told() {
    const last = this.#samples.at(-1);
    return last ? new Date(last.there) : null;
  }

  /** How many of the branch's seconds pass in one of ours. */
  get rate() {
    return this.#rate;
  }
}
