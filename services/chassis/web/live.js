/**
 * How a page follows a service's events: server-sent events that resume, and say when the line is silent.
 *
 *   import { follow } from "/common/live.js";
 *   const line = follow("/v1/branches/BR-D/board/events", {
 *     on: { snapshot: (data) => …, call: (data, id) => … },
 *     state: (state) => …,      // "live" | "lost"; starts unknown until one of them is told
 *     refused: (problem, status) => …, // the service answers, but not with events (404: no such branch)
 *   });
 *   line.close();
 *
 * Built on fetch, not EventSource: a half-dead connection must be dropped after a silence and resumed from
 * the same Last-Event-ID, and EventSource forgets the id when it is closed.
 */

const SILENCE_MS = 12_000; // the services send a clock every 5 s
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5_000;

export function follow(url, { on, state = () => {}, refused = () => {}, silence = SILENCE_MS }) {
  const line = { lastId: null, closed: false, told: null, heard: performance.now(), failures: 0 };
  let stop = new AbortController();
  let wake = () => {};

  const tell = (next) => {
    if (line.told === next) return;
    line.told = next;
    state(next);
  };
  const alive = () => {
    line.heard = performance.now();
  };
  const take = (event) => {
    if (event.id !== undefined) line.lastId = event.id;
    line.failures = 0;
    try {
      on[event.name]?.(JSON.parse(event.data), event.id);
    } catch (error) {
      console.error(error); // a page's mistake in one event must not cost it the others
    }
    tell("live");
  };
  const watch = setInterval(() => {
    const now = performance.now();
    const patience = line.heard > line.opened ? silence : silence / 2; // a sound connection speaks at once
    if (now - Math.max(line.heard, line.opened) > patience) stop.abort(); // half-dead: try a new one
    if (now - line.heard > silence) tell("lost");
  }, 1000);

  const listen = async () => {
    const headers = { Accept: "text/event-stream" };
    if (line.lastId) headers["Last-Event-ID"] = line.lastId;
    stop = new AbortController();
    line.opened = performance.now();
    const response = await fetch(url, { headers, cache: "no-store", signal: stop.signal });
    if (response.ok) return read(response.body, alive, take);
    const problem = await response.json().catch(() => ({}));
    if (response.status < 500) refused(problem, response.status); // 5xx passes: keep trying
  };

  const keep = async () => {
    while (!line.closed) {
      await listen().catch((error) => line.closed || report(error));
      if (line.closed) return;
      await new Promise((done) => {
        wake = done;
        setTimeout(done, pause(line.failures));
      });
      line.failures += 1;
    }
  };
  const hurry = () => wake();
  addEventListener("online", hurry);
  keep();

  return {
    close() {
      line.closed = true;
      clearInterval(watch);
      removeEventListener("online", hurry);
      stop.abort();
    },
  };
}

/** Spread out, so that a hundred boards do not come back in one instant. */
function pause(failures) {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2);
}

/** A lost connection is everyday (TypeError in all browsers); anything else is a mistake of ours. */
function report(error) {
  if (error.name !== "AbortError" && !(error instanceof TypeError)) console.error(error);
}

async function read(body, alive, take) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive(); // comments count: somebody is there
    rest = (rest + value).replace(/\r\n/g, "\n");
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parse(block);
      if (event.data !== undefined) take(event);
    }
  }
}

function parse(block) {
  const event = { name: "message", data: undefined, id: undefined };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 1) continue;
    const field = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event.name = value;
    if (field === "id") event.id = value;
    if (field === "data") event.data = event.data === undefined ? value : `${event.data}\n${value}`;
  }
  return event;
}
