/**
 * How calls are announced aloud: one at a time, a gong, then the browser's own speech.
 *
 * First calls go before repeats. A repeat older than 20 s is dropped; so is any call already answered.
 * A first call that had to wait longer is still announced, but briefly: no gong, one language.
 * Where the browser has no voice for a language, the gong alone calls people to look at the board.
 */

const OLD_MS = 20_000;
const LONGEST_SPEECH_MS = 12_000; // some browsers never tell that an utterance has ended
const LONGEST_QUEUE = 12;

export class Announcer {
  #context = new AudioContext();
  #queue = [];
  #busy = false;
  #languages;
  #stillOpen;
  #blocked;

  /** `stillOpen(callId)`: does anybody still wait for it? `blocked(yes)`: the browser wants a touch first. */
  constructor({ languages, stillOpen, blocked }) {
    this.#languages = languages;
    this.#stillOpen = stillOpen;
    this.#blocked = blocked;
    this.#context.onstatechange = () => this.#tellBlocked();
    this.unlock();
    setTimeout(() => this.#tellBlocked(), 500); // resume() of a blocked context never answers
  }

  /** To be called from a touch or a key: the browser then allows sound. */
  unlock() {
    this.#context.resume().then(() => this.#run(), () => {});
  }

  /** `age` in ms: how long ago the call was made (after a lost connection they come late). */
  announce(call, age = 0) {
    const item = { id: call.call, number: call.number, repeat: call.recall, spoken: call.spoken ?? {}, made: performance.now() - age };
    if (age > OLD_MS || this.#queue.some((known) => known.number === item.number)) return;
    this.#queue.push(item);
    this.#run();
  }

  #tellBlocked() {
    this.#blocked(this.#context.state === "suspended");
  }

  async #run() {
    if (this.#busy || this.#context.state !== "running") return;
    this.#busy = true;
    for (let item = this.#next(); item; item = this.#next()) {
      const late = performance.now() - item.made > OLD_MS;
      if (!late) await this.#gong();
      for (const lang of late ? this.#languages.slice(0, 1) : this.#languages) await this.#speak(item.spoken[lang], lang);
    }
    this.#busy = false;
  }

  #next() {
    const now = performance.now();
    const wanted = this.#queue.filter((item) => this.#stillOpen(item.id) && !(item.repeat && now - item.made > OLD_MS));
    wanted.sort((a, b) => a.repeat - b.repeat); // among equals as they came: the stream is in order
    this.#queue = wanted.slice(0, LONGEST_QUEUE);
    return this.#queue.shift();
  }

  #gong() {
    const start = this.#context.currentTime + 0.02;
    this.#stroke(659.3, start);
    this.#stroke(523.3, start + 0.42);
    return new Promise((done) => setTimeout(done, 1150));
  }

  /** A bell: the note, its octave and a twelfth, each fading faster than the one below. */
  #stroke(pitch, start) {
    for (const [partial, loudness, seconds] of [[1, 0.32, 1.3], [2, 0.12, 0.8], [3.01, 0.05, 0.45]]) {
      const tone = this.#context.createOscillator();
      const volume = this.#context.createGain();
      tone.frequency.value = pitch * partial;
      volume.gain.setValueAtTime(0.0001, start);
      volume.gain.exponentialRampToValueAtTime(loudness, start + 0.012);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
      tone.connect(volume).connect(this.#context.destination);
      tone.start(start);
      tone.stop(start + seconds);
    }
  }

  #speak(text, lang) {
    const voice = voiceOf(lang);
    if (!text || !voice) return Promise.resolve();
    return new Promise((done) => {
      const speech = new SpeechSynthesisUtterance(text);
      speech.voice = voice;
      speech.lang = voice.lang;
      speech.rate = 0.95;
      speech.onend = done;
      speech.onerror = (event) => {
        if (event.error === "not-allowed") this.#blocked(true);
        done();
      };
      setTimeout(done, LONGEST_SPEECH_MS);
      speechSynthesis.speak(speech);
    });
  }
}

/** A voice that lives on this machine if there is one: a hall may have no internet. */
function voiceOf(lang) {
  const voices = (globalThis.speechSynthesis?.getVoices() ?? []).filter((voice) => voice.lang.toLowerCase().startsWith(lang));
  return voices.find((voice) => voice.localService) ?? voices[0];
}
