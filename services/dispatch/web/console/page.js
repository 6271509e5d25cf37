/** The operator's page: one window, one big button that says what happens next. */
import { newKey, Refusal, service, Unreachable } from "/common/api.js";
import { chosenBranch } from "/common/branch.js";
import { ServerClock } from "/common/clock.js";
import { follow } from "/common/live.js";
import { language, onLanguage, setLanguage, t, timeText } from "/common/words.js";
import { chooser } from "./choose.js";
import { button, h } from "./dom.js";
import { showLines } from "./lines.js";
import { commandOf, KEYS, legal, REASONS, VIEWS } from "./moves.js";
import { showWaiting, tick, visit } from "./visit.js";
import { WORDS } from "./words.js";

const SETTLE_MS = 600; // a second Enter this soon was meant for the step before
const SLOW_MS = 200; // before this nobody needs to be told that a request is under way
const AGAIN_MS = 3000;
const $ = (id) => document.getElementById(id);
const dispatch = service();
const clock = new ServerClock();
const page = {
  branch: null, number: null, hall: null, zone: undefined, // where we are
  win: null, lines: null, calledAt: new Map(), link: null, feed: null, // what is told
  picked: {}, goes: null, pausing: false, hint: "", busy: false, changed: 0, unsure: null, // what the operator does
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
      window: take,
      lines: (told) => {
        page.lines = { ...told, at: clock.now() };
        if (page.win) showWaiting($("view"), page.win, told.waiting);
        tickAll();
      },
      clock: ({ now }) => clock.heard(now),
    },
    state: (state) => { page.link = state; showLink(); },
    refused: (problem, status) => status === 404 && missing(number),
  });
  render();
}

function path(number) {
  return `/v1/branches/${encodeURIComponent(page.branch)}/windows/${encodeURIComponent(number)}`;
}

/** The window as the service tells it. An older word that comes late is left out. */
function take(win) {
  const before = page.win;
  if (before?.since && win.since && Date.parse(win.since) < Date.parse(before.since)) return;
  const moved = before?.state !== win.state || before?.ticket?.id !== win.ticket?.id;
  page.win = win;
  if (win.state === "calling" && win.since) page.calledAt.set(win.ticket?.id, new Date(win.since));
  if (moved) {
    Object.assign(page, { pausing: false, hint: "", unsure: null, changed: performance.now() });
    if (win.state === "closed") loadHall();
  }
  render();
  if (moved) focusGo();
}

async function loadHall() {
  for (;;) {
    try {
      page.hall = await dispatch.get(`/v1/branches/${encodeURIComponent(page.branch)}/windows`);
      page.zone = page.hall.branch.timezone;
      page.link ??= "live";
      break;
    } catch (error) {
      if (error instanceof Refusal) return say("unknownBranch", { branch: page.branch });
      page.link = "lost";
      showLink();
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
  showLink();
  render();
  if (choosing()) focusGo();
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
  if (!command || page.busy) return;
  if (performance.now() - page.changed < SETTLE_MS) return say("notTwice");
  if (command === "go") return watch(page.picked.window);
  if (command === "open") return send("open", { operator: page.picked.operator }, page.picked.window);
  send(command);
}

/** A small button or its key: refused here in words when the state on the screen does not allow it. */
function act(command) {
  if (page.busy || !page.win || page.win.state === "closed") return;
  if (!legal(page.win.state).includes(command)) return explain(command, legal(page.win.state));
  if (command !== "pause") return send(command);
  Object.assign(page, { pausing: true, hint: "" });
  render();
  $("view").querySelector(".reasons button").focus();
}

/** One press, one key; a press repeated after silence carries the same key, so it cannot act twice. */
async function send(command, body = {}, number = page.number) {
  const same = page.unsure?.command === command && page.unsure.number === number;
  const key = same ? page.unsure.key : newKey();
  page.busy = true;
  hint("");
  const slow = setTimeout(() => document.body.classList.add("is-busy"), SLOW_MS);
  try {
    const answer = await dispatch.post(`${path(number)}/${command}`, body, { key });
    page.unsure = null;
    page.busy = false;
    if (number !== page.number) watch(number);
    else take(answer ? { decision: answer.decision, ...(answer.window?.state ? answer.window : answer) } : { ...page.win, state: "ready" });
    if (command === "recall") say("recalled");
  } catch (error) {
    page.busy = false;
    if (error instanceof Unreachable) page.unsure = { command, number, key };
    failed(error, command);
  } finally {
    clearTimeout(slow);
    document.body.classList.remove("is-busy");
    focusGo();
  }
}

function failed(error, command) {
  if (error instanceof Unreachable) return say("unreachable");
  if (!(error instanceof Refusal)) throw error;
  const { kind, problem } = error;
  if (kind === "illegal-move") return explain(command, problem.legal ?? []);
  if (choosing()) loadHall();
  if (kind === "operator-busy") return say("operatorBusy", problem);
  if (kind === "window-taken") return say("windowTaken", problem);
  say("refused", { kind: kind || error.status });
}

function explain(command, moves) {
  const names = moves.map((move) => t(WORDS, `name_${move}`));
  const list = new Intl.ListFormat(language(), { type: "disjunction" }).format(names);
  hint([t(WORDS, `not_${command}`), names.length ? t(WORDS, "legal", { moves: list }) : ""].join(" "));
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
  if (!page.pausing) go();
}

function pause(reason) {
  if (!page.busy) send("pause", { reason });
}

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
  $("title").textContent = page.number ? t(WORDS, "window", { window: page.number }) : t(WORDS, "title");
  document.title = [page.win?.ticket?.number, $("title").textContent].filter(Boolean).join(" · ");
  $("operator").textContent = open ? page.win.operator ?? "" : "";
  $("state").hidden = !state;
  $("state").className = `state ${state}`;
  if (state) $("state").textContent = t(WORDS, `state_${state}`);
  for (const command of ["pause", "close"]) corner(command, open, state);
  $("language").textContent = t(WORDS, "otherLanguage");
  $("language").lang = language() === "ru" ? "en" : "ru";
  $("lines-title").textContent = t(WORDS, "lines");
  tickAll();
}

function view() {
  if (choosing()) {
    const chosen = { window: page.number, ...page.picked };
    return [chooser(page.hall, chosen, (picked, goes) => { Object.assign(page, { picked, goes }); showGo(); })];
  }
  if (!page.win) return [h("div.still", h("h2", t(WORDS, page.link === "lost" ? "lostAtStart" : "loading")))];
  const seen = { zone: page.zone, waiting: page.lines?.waiting, calledAt: calledAt(page.win.ticket) };
  return [...visit(page.win, seen), page.pausing ? reasons() : acts()];
}

function calledAt(ticket) {
  return ticket?.called_at ? new Date(ticket.called_at) : page.calledAt.get(ticket?.id);
}

/** The big button stays one element, so that a press is never lost to a redrawing. */
function showGo() {
  const command = goCommand() ?? (choosing() ? "open" : null);
  const idle = !choosing() && page.win?.state === "ready";
  $("idle").hidden = !idle;
  $("idle").textContent = idle ? t(WORDS, "ready") : "";
  $("go").hidden = !command;
  if (!command) return;
  $("go").setAttribute("aria-disabled", String(!goCommand() || page.pausing));
  const label = t(WORDS, `do_${command}`, { window: page.picked.window ?? page.number ?? "" });
  $("go").replaceChildren(label, h("kbd", { "aria-hidden": "true" }, "Enter"));
}

function acts() {
  const buttons = VIEWS[page.win.state].acts.map((command) =>
    button("button", t(WORDS, `do_${command}`), KEYS[command], { dataset: { command } }));
  return h("div.acts", buttons);
}

function reasons() {
  const buttons = REASONS.map((reason, index) => button("button", t(WORDS, `reason_${reason}`), String(index + 1), { onclick: () => pause(reason) }));
  return h("div.acts.reasons", { role: "group", "aria-label": t(WORDS, "chooseReason") },
    h("p", t(WORDS, "chooseReason")), buttons, button("button.quiet", t(WORDS, "cancel"), "Esc", { onclick: cancelPause }));
}

function corner(command, open, state) {
  const made = button("button.quiet", t(WORDS, `do_${command}`), KEYS[command], { id: command, dataset: { command }, hidden: !open });
  if (open && !legal(state).includes(command)) made.setAttribute("aria-disabled", "true");
  $(command).replaceWith(made);
}

function showLink() {
  const lost = page.link === "lost";
  $("lost").hidden = !lost;
  document.body.classList.toggle("is-lost", lost);
  if (lost) $("lost").textContent = clock.told ? t(WORDS, "lost", { time: timeText(clock.told, page.zone) }) : t(WORDS, "lostAtStart");
}

function tickAll() {
  const now = clock.now();
  const text = now ? timeText(now, page.zone) : "";
  if ($("clock").textContent !== text) $("clock").textContent = text;
  if (page.win) tick($("view"), page.win, now);
  if (page.lines && !$("aside").hidden) showLines($("lines"), $("lines-rest"), page.lines, now, page.zone);
}

async function start() {
  document.body.classList.add("is-alone");
  page.branch = await chosenBranch($("view"));
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", ({ target }) => {
    const command = target.closest("[data-command]")?.dataset.command;
    if (command) act(command);
  });
  $("go").addEventListener("click", go);
  $("language").addEventListener("click", () => setLanguage(language() === "ru" ? "en" : "ru"));
  onLanguage(() => { page.hint = ""; showLink(); render(); });
  const number = new URLSearchParams(location.search).get("window");
  if (number) watch(number);
  render();
  loadHall();
  setInterval(tickAll, 500);
}

start();
