/** One press, one effect: a press that is repeated after a silence carries the key of the first. */
import { newKey, service, Unreachable } from "/common/api.js";

const dispatch = service();

export class Presses {
  #unsure = null; // whether it had an effect is unknown

  /** Throws Refusal or Unreachable. */
  async post(path, body) {
    const press = JSON.stringify([path, body]);
    const key = this.#unsure?.press === press ? this.#unsure.key : newKey();
    try {
      const answer = await dispatch.post(path, body, { key });
      this.#unsure = null;
      return answer;
    } catch (error) {
      if (error instanceof Unreachable) this.#unsure = { press, key };
      throw error;
    }
  }

  /** What was unsure is known by now. */
  forget() {
    this.#unsure = null;
  }
}
