/** The operator's page: one window, one big button that says what happens next. */
import { newKey, Refusal, service, Unreachable } from "/common/api.js";
import { chosenBranch } from "/common/branch.js";
import { ServerClock } from "/common/clock.js";
import { follow } from "/common/live.js";
import { language, onLanguage, setLanguage, t, timeText } from "/common/words.js";
import { actButtons, reasonButtons } from "./buttons.js";
import { chooser } from "./choose.js";
import { h } from "./dom.js";
import { showHeader, showLink } from "./header.js";
import { failureText, illegalText } from "./hints.js";
import { showLines } from "./lines.js";
import { commandOf, legal, REASONS, VIEWS } from "./moves.js";
import { showWaiting, tick, visit } from "./visit.js";
import { WORDS } from "./words.js";

const SETTLE_MS = 600; // a second Enter this soon was meant for the step before
const SLOW_MS = 400; // before this nobody needs to be told that a request is under way
const AGAIN_MS = 3000;
const OVERTAKEN_MS = 2000;
const READ_MS = 2000;
const $ = (id) => document.getElementById(id);
const dispatch = service();
const clock = new ServerClock();
const page = {
  branch: null, number: null, hall: null, zone: undefined, // where we are
  win: null, lines: null, calledAt: new Map(), link: null, feed: null, dead: false, // what is told
  picked: {}, goes: null, pausing: false, hint: "", busy: false, changed: 0, answered: -Infinity, refused: -Infinity, unsure: null, // what the operator does
};

// --- what is told

function watch(number) {
  page.feed?.close();
  Object.assign(page, { number, win: null, lines: null, pausing: false });
  const query = new URLSearchParams(location.search);
  query.set("window", number);
  history.replaceState(null, "", `?${query}`);
  page.feed = follow(`${path(number)}/events`, {
    on: {
      window: (win) => overtaken(win) || take(win),
      lines: (told) => {
        page.lines = { ...told, mine: sum(told.lines), at: clock.now() };
        if (page.win) showWaiting($("view"), page.win, page.lines.mine);
        tickAll();
      },
      clock: ({ now }) => clock.heard(now),
    },
    state: (state) => {
      page.link = state;
      if (page.win) showLink(state, clock.told, page.zone);
      else render();
    },
    refused: (problem, status) => status === 404 && missing(number),
  });
  render();
}

const sum = (lines) => lines.reduce((total, line) => total + line.waiting, 0);

function path(number) {
  return `/v1/branches/${encodeURIComponent(page.branch)}/windows/${encodeURIComponent(number)}`;
}

/** The window as the service tells it. */
function take(win) {
  const before = page.win;
  const moved = before?.state !== win.state || before?.ticket?.id !== win.ticket?.id;
  page.win = win;
  if (win.state === "calling" && win.since) page.calledAt.set(win.ticket?.id, new Date(win.since));
  if (moved) {
    const hint = refusedNow() ? page.hint : ""; // this very change was why
    Object.assign(page, { pausing: false, hint, unsure: null, changed: performance.now() });
    if (win.state === "closed") loadHall();
  }
  render();
  if (moved) focusGo();
}

/** Just after our own command an event from before it may still be on its way: left out. */
function overtaken(win) {
  const recent = performance.now() - page.answered < OVERTAKEN_MS;
  return recent && page.win?.since && win.since && Date.parse(win.since) < Date.parse(page.win.since);
}

/** A refusal was told just now: what it brings with it leaves its words to be read. */
const refusedNow = () => performance.now() - page.refused < READ_MS;

async function loadHall() {
  for (;;) {
    try {
      page.hall = await dispatch.get(`/v1/branches/${encodeURIComponent(page.branch)}/windows`);
      page.zone = page.hall.branch.timezone;
      page.link ??= "live";
      break;
    } catch (error) {
      if (error instanceof Refusal) return noBranch();
      page.link = "lost";
      showLink(page.link, clock.told, page.zone);
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
  render();
  if (choosing()) focusGo();
}

function noBranch() {
  page.feed?.close();
  page.dead = true;
  render();
}

function missing(number) {
  page.feed.close();
  Object.assign(page, { number: null, win: null });
  say("unknownWindow", { window: number });
}

// --- what the operator does

const choosing = () => page.hall && (!page.number || page.win?.state === "closed");

function goCommand() {
  return choosing() ? page.goes : page.win && VIEWS[page.win.state].go;
}

/** The big button. */
function go() {
  const command = goCommand();
  if (choosing() && !command) return say(page.picked.window ? "needOperator" : "needWindow");
  if (page.pausing) return say("chooseReasonFirst");
  if (page.win?.state === "ready") return say("idle");
  if (!command || page.busy) return;
  if (performance.now() - page.changed < SETTLE_MS) return say("notTwice");
  if (command === "go") return watch(page.picked.window);
  if (command === "open") return send("open", { operator: page.picked.operator }, page.picked.window);
  send(command);
}

/** A small button or its key: refused here in words when the state on the screen does not allow it. */
function act(command) {
  if (page.busy || !page.win || page.win.state === "closed") return;
  if (!legal(page.win.state).includes(command)) return hint(illegalText(command, legal(page.win.state)));
  if (command !== "pause") return send(command);
  Object.assign(page, { pausing: true, hint: "" });
  render();
  $("view").querySelector(".reasons button").focus();
}

/** One press, one key; a press repeated after silence carries the same key, so it cannot act twice. */
async function send(command, body = {}, number = page.number) {
  const press = JSON.stringify([command, body, number]);
  const key = page.unsure?.press === press ? page.unsure.key : newKey();
  page.busy = true;
  hint("");
  const slow = setTimeout(() => {
    document.body.classList.add("is-busy");
    say("sending");
  }, SLOW_MS);
  try {
    const answer = await dispatch.post(`${path(number)}/${command}`, body, { key });
    Object.assign(page, { unsure: null, busy: false, answered: performance.now() });
    hint("");
    if (number !== page.number) watch(number);
    else take(windowOf(answer));
    if (command === "recall") say("recalled");
  } catch (error) {
    page.busy = false;
    clearTimeout(slow);
    if (error instanceof Unreachable) page.unsure = { press, key };
    failed(error, command);
  } finally {
    clearTimeout(slow);
    document.body.classList.remove("is-busy");
    focusGo();
  }
}

/** `next` answers with a ticket and the window around it, or with nothing when nobody waits. */
function windowOf(answer) {
  if (!answer) return { ...page.win, state: "ready" };
  return answer.decision && answer.ticket && answer.window.state ? answer.window : answer;
}

function failed(error, command) {
  if (!(error instanceof Unreachable || error instanceof Refusal)) throw error;
  if (error instanceof Refusal) page.refused = performance.now();
  if (error instanceof Refusal && choosing()) loadHall();
  hint(failureText(error, command));
}

function say(key, values) {
  hint(t(WORDS, key, values));
}

function hint(text) {
  page.hint = text;
  $("hint").textContent = text;
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const inPanel = page.pausing && (event.key === "Escape" || REASONS[event.key - 1]);
  const command = commandOf(event.key);
  const onControl = event.target.closest("button, a, input");
  const enter = event.key === "Enter" && (!onControl || onControl.type === "radio" || onControl.id === "go");
  if (event.key === "Enter" && event.repeat) return event.preventDefault();
  if (!(inPanel || command || enter)) return;
  event.preventDefault();
  if (event.repeat) return;
  if (inPanel) return event.key === "Escape" ? cancelPause() : pause(REASONS[event.key - 1]);
  if (command) return act(command);
  go();
}

const pause = (reason) => page.busy || send("pause", { reason });

function cancelPause() {
  page.pausing = false;
  render();
  focusGo();
}

function focusGo() {
  $("go").focus({ preventScroll: true });
}

// --- what is shown

function render() {
  const state = page.win?.state;
  const open = Boolean(state) && state !== "closed";
  $("view").replaceChildren(...view());
  $("hint").textContent = page.hint;
  showGo();
  $("aside").hidden = !open;
  document.body.classList.toggle("is-alone", !open);
  showHeader(page);
  $("lines-title").textContent = t(WORDS, "lines");
  showLink(page.link, clock.told, page.zone);
  tickAll();
}

function view() {
  if (choosing()) {
    const chosen = { window: page.number, ...page.picked };
    return [chooser(page.hall, chosen, (picked, goes) => {
      if (goes !== page.goes && !refusedNow()) hint("");
      Object.assign(page, { picked, goes });
      showGo();
    })];
  }
  if (!page.win) return [h("div.still", h("h2", emptyText()))];
  const seen = { zone: page.zone, waiting: page.lines?.mine, calledAt: calledAt(page.win.ticket) };
  return [...visit(page.win, seen), page.pausing ? reasonButtons(pause, cancelPause) : actButtons(page.win.state)];
}

function emptyText() {
  return page.dead ? t(WORDS, "unknownBranch", { branch: page.branch }) : t(WORDS, "loading");
}

function calledAt(ticket) {
  return ticket?.called_at ? new Date(ticket.called_at) : page.calledAt.get(ticket?.id);
}

/** The big button stays one element, so that a press is never lost to a redrawing. */
function showGo() {
  const command = goCommand() ?? (choosing() ? "open" : null);
  const idle = !choosing() && page.win?.state === "ready";
  $("idle").hidden = !idle;
  $("idle").textContent = idle ? t(WORDS, "idle") : "";
  $("go").hidden = !command;
  if (!command) return;
  $("go").setAttribute("aria-disabled", String(!goCommand() || page.pausing));
  const label = t(WORDS, `do_${command}`, { window: page.picked.window ?? page.number ?? "" });
  $("go").replaceChildren(label, h("kbd", { "aria-hidden": "true" }, "Enter"));
}

function tickAll() {
  const now = clock.now();
  const text = now ? timeText(now, page.zone) : "";
  if ($("clock").textContent !== text) $("clock").textContent = text;
  if (page.win) tick($("view"), page.win, now);
  if (page.lines && !$("aside").hidden) showLines($("lines"), $("lines-rest"), page.lines, now, page.zone);
}

async function start() {
  render();
  page.branch = await chosenBranch($("view"));
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", ({ target }) => {
    const command = target.closest("[data-command]")?.dataset.command;
    if (command) act(command);
  });
  $("go").addEventListener("click", go);
  $("language").addEventListener("click", () => {
    setLanguage(language() === "ru" ? "en" : "ru");
    focusGo();
  });
  onLanguage(() => { page.hint = ""; render(); });
  const number = new URLSearchParams(location.search).get("window");
  if (number) watch(number);
  render();
  loadHall();
  setInterval(tickAll, 500);
}

start();
