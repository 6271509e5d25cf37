/**
 * How a page speaks to Talon's services: addresses, JSON, one key for each command, refusals in words.
 *
 *   import { service, newKey, Refusal, Unreachable } from "/common/api.js";
 *   const dispatch = service();             // the service this page came from
 *   const ticketing = service("ticketing"); // another one, found through /v1/addresses
 *   const ticket = await ticketing.post("/v1/branches/BR-D/tickets", { service: "B01" });
 *
 * A network failure is tried again with the same Idempotency-Key, so a repeated POST has one effect.
 */

const TIME_OUT_MS = 6000;
const PAUSES_MS = [300, 1000]; // between three tries
const PASSING = new Set([502, 503, 504]); // a proxy or a service that is just starting

/** The service understood and refused: `.problem` is the RFC 9457 body, `.kind` the end of its type. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.name = "Refusal";
    this.status = status;
    this.problem = problem;
    this.kind = String(problem.type || "").split("/").pop();
  }
}

/** No answer came: whether the command had an effect is unknown; the same key may be sent again. */
export class Unreachable extends Error {
  constructor(cause) {
    super("no answer");
    this.name = "Unreachable";
    this.cause = cause;
  }
}

/** A new Idempotency-Key. Pages on plain http have no crypto.randomUUID, but they have random values. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let known = null;

/** Where browsers reach the services: {"ticketing": "http://…", …}. Asked once. */
export function addresses() {
  known ??= send("/v1/addresses", { method: "GET" }).catch((error) => {
    known = null; // a failed question is asked again next time
    throw error;
  });
  return known;
}

/**
 * A service's face: get(path), post(path, body), put(path, body), url(path).
 * Options of each: `key` (a command's own key, to repeat it later), `signal`, `timeout` in ms.
 * Answers the parsed body, or null for 204. Throws Refusal or Unreachable.
 */
export function service(name = null) {
  const url = async (path) => {
    if (!name) return path;
    const base = (await addresses())[name];
    if (!base) throw new Error(`no address for ${name}`);
    return base.replace(/\/$/, "") + path;
  };
  const command = (method) => async (path, body = {}, { key = newKey(), ...options } = {}) => {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    return send(await url(path), { ...options, method, headers, body: JSON.stringify(body) });
  };
  return {
    url,
    get: async (path, options = {}) => send(await url(path), { ...options, method: "GET" }),
    post: command("POST"),
    put: command("PUT"),
  };
}

async function send(url, { timeout = TIME_OUT_MS, signal, ...request }) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(url, request, timeout, signal);
    } catch (error) {
      const settled = !(error instanceof Unreachable) || signal?.aborted || attempt >= PAUSES_MS.length;
      if (settled) throw error;
      await sleep(PAUSES_MS[attempt] * (0.5 + Math.random()));
    }
  }
}

async function once(url, request, timeout, signal) {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, timeout);
  signal?.addEventListener("abort", abort);
  try {
    const headers = { Accept: "application/json", ...request.headers };
    const response = await fetch(url, { ...request, headers, signal: stop.signal, cache: "no-store" });
    if (PASSING.has(response.status)) throw new Unreachable(new Error(`HTTP ${response.status}`));
    const text = await response.text();
    if (response.ok) return text ? JSON.parse(text) : null;
    throw new Refusal(response.status, problemOf(text));
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unreachable) throw error;
    throw new Unreachable(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

function problemOf(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // something between us and the service answered in its own words
  }
}

function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
