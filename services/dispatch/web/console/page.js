/** The operator's page: one window, one big button that says what happens next. */
import { Refusal, Unreachable } from "/common/api.js";
import { chosenBranch } from "/common/branch.js";
import { ServerClock } from "/common/clock.js";
import { h, write } from "/common/dom.js";
import { follow } from "/common/live.js";
import { language, onLanguage, setLanguage, t, timeText } from "/common/words.js";
import { hallOf, pathOf, servicesOf } from "./asks.js";
import { actButtons, tickRecall, untilRecall } from "./buttons.js";
import { chooser } from "./choose.js";
import { Day } from "./day.js";
import { showHeader, showLink } from "./header.js";
import { failureText, illegalText } from "./hints.js";
import { meaning } from "./keys.js";
import { showLines } from "./lines.js";
import { legal, situation, viewOf } from "./moves.js";
import { asksFirst, doneText, panel } from "./panels.js";
import { Presses } from "./press.js";
import { showWaiting, tick, visit } from "./visit.js";
import { WORDS } from "./words.js";

const SETTLE_MS = 600; // a second Enter this soon was meant for the step before
const SLOW_MS = 400; // before this nobody needs to be told that a request is under way
const AGAIN_MS = 3000;
const OVERTAKEN_MS = 2000;
const READ_MS = 2000;
const $ = (id) => document.getElementById(id);
const presses = new Presses();
const clock = new ServerClock();
const day = new Day($("day"));
const page = {
  branch: null, number: null, hall: null, services: [], zone: undefined, // where we are
  win: null, lines: null, calledAt: new Map(), link: null, feed: null, dead: false, // what is told
  picked: {}, goes: null, panel: null, hint: "", busy: false, changed: 0, answered: -Infinity, refused: -Infinity, // what the operator does
};

// --- what is told

function watch(number) {
  page.feed?.close();
  Object.assign(page, { number, win: null, lines: null, panel: null });
  const query = new URLSearchParams(location.search);
  query.set("window", number);
  history.replaceState(null, "", `?${query}`);
  page.feed = follow(`${pathOf(page.branch, number)}/events`, {
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

/** The window as the service tells it. */
function take(win) {
  const before = page.win;
  const moved = situation(before) !== situation(win);
  page.win = { ...win, recall: win.recall ?? (moved ? null : before?.recall) };
  if (win.state === "calling" && win.since) page.calledAt.set(win.ticket?.id, new Date(win.since));
  if (moved) {
    const hint = refusedNow() ? page.hint : ""; // this very change was why
    const closed = win.state === "closed";
    const ours = page.busy || performance.now() - page.answered < OVERTAKEN_MS;
    Object.assign(page, { panel: null, hint: before && closed && !ours ? t(WORDS, "closedElsewhere") : hint, changed: performance.now() });
    presses.forget();
    day.read(page.branch, win);
    if (closed) loadHall();
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
      page.hall = await hallOf(page.branch);
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
  if (choosing() && !page.panel) focusGo();
}

async function loadServices() {
  page.services = await servicesOf(page.branch);
  if (page.win?.ticket?.further?.length) render();
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
  return choosing() ? page.goes : page.win && viewOf(page.win).go;
}

const tooSoon = () => performance.now() - page.changed < SETTLE_MS;

/** The big button. */
function go() {
  const command = goCommand();
  if (page.panel) return say("panelFirst");
  if (choosing() && !command) return say(page.picked.window ? "needOperator" : "needWindow");
  if (page.win?.state === "ready") return say("idle");
  if (!command || page.busy) return;
  if (tooSoon()) return say("notTwice");
  if (command === "go") return watch(page.picked.window);
  if (choosing()) return send("open", { operator: page.picked.operator }, page.picked.window);
  send(command);
}

/** A small button or its key: refused here in words when the state on the screen does not allow it. */
function act(command) {
  if (page.busy || !page.win || page.win.state === "closed") return;
  if (!legal(page.win).includes(command)) return hint(illegalText(command, legal(page.win)));
  if (asksFirst(command)) return ask(command);
  const wait = command === "recall" ? untilRecall(page.win, clock.now()) : 0;
  if (wait) return wait === Infinity ? say("recallsAreOver") : say("recallTooSoon", { wait_seconds: wait });
  send(command);
}

/** Open the panel that asks what `command` needs. */
async function ask(command, problem = null) {
  if (command === "transfer") page.hall = await hallOf(page.branch).catch(() => page.hall);
  Object.assign(page, { panel: { command, problem }, changed: performance.now() });
  if (!problem) hint("");
  render();
  $("acts").querySelector(".panel :is(input, select, button)").focus();
}

function leave() {
  page.panel = null;
  render();
  focusGo();
}

async function send(command, body = {}, number = page.panel?.problem?.asked.window ?? page.number) {
  if (page.busy) return;
  if (page.panel && tooSoon()) return say("notTwice");
  const before = page.win;
  page.busy = true;
  $("acts").ariaBusy = "true"; // keys are left out until the answer
  hint("");
  const slow = setTimeout(() => {
    document.body.classList.add("is-busy");
    say("sending");
  }, SLOW_MS);
  try {
    const answer = await presses.post(`${pathOf(page.branch, number)}/${command}`, body);
    Object.assign(page, { busy: false, answered: performance.now(), panel: null });
    hint("");
    if (number !== page.number) watch(number);
    else take(windowOf(answer));
    hint(doneText(command, before, answer, page.zone), answer?.granted !== false);
  } catch (error) {
    page.busy = false;
    failed(error, command, { ...body, window: number });
  } finally {
    clearTimeout(slow);
    $("acts").ariaBusy = "false";
    document.body.classList.remove("is-busy");
    if (!page.panel) focusGo();
  }
}

/** `next` and `break` answer with the window among other things, `next` with nothing when nobody waits. */
function windowOf(answer) {
  if (!answer) return { ...page.win, state: "ready" };
  return answer.window.state ? answer.window : answer;
}

function failed(error, command, asked) {
  if (!(error instanceof Unreachable || error instanceof Refusal)) throw error;
  hint(failureText(error, command, page.zone));
  if (!(error instanceof Refusal)) return;
  page.refused = performance.now();
  const { kind, problem } = error;
  if (choosing()) loadHall();
  if (problem.may_take_over && !asked.take_over) ask("take-over", { ...problem, kind, asked });
  if (kind === "recall-too-soon" && clock.now()) page.win.recall = { left: 1, at: Number(clock.now()) + problem.wait_seconds * 1000 };
  if (kind === "no-more-recalls") page.win.recall = { left: 0 };
}

const say = (key, values) => hint(t(WORDS, key, values));

/** `good`: something was done; else something is to be done. */
function hint(text, good = false) {
  page.hint = text;
  $("hint").textContent = text;
  $("hint").classList.toggle("good", good);
}

function onKey(event) {
  const { escape, digit, command, enter } = meaning(event, $("acts").querySelector(".panel"));
  if (event.key === "Enter" && event.repeat) return event.preventDefault();
  if (!(digit || escape || command || enter)) return;
  event.preventDefault();
  if (event.repeat) return;
  if (escape) return leave();
  if (digit) return digit.click();
  if (command) return act(command);
  go();
}

function focusGo() {
  $("go").focus({ preventScroll: true });
}

// --- what is shown

function render() {
  const state = page.win?.state;
  const open = Boolean(state) && state !== "closed";
  $("view").replaceChildren(...view());
  showActs();
  write($("hint"), page.hint);
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
    return [chooser(page.hall, chosen, (picked, goes, byHand) => {
      if (byHand) hint("");
      Object.assign(page, { picked: { ...picked }, goes });
      if (byHand && page.panel) leave();
      showGo();
    })];
  }
  if (!page.win) return [h("div.still", h("h2", emptyText()))];
  return visit(page.win, { zone: page.zone, waiting: page.lines?.mine, calledAt: calledAt(page.win.ticket), services: page.services });
}

/** The small buttons, or the panel in their place: that stays as it is while somebody writes in it. */
function showActs() {
  const held = $("acts").querySelector(".panel");
  if (page.panel && held?.dataset.of === page.panel.command && held.lang === language()) return;
  if (!page.panel) return $("acts").replaceChildren(...(page.win && !choosing() ? actButtons(page.win) : []));
  const { win, hall, services, zone, branch } = page;
  const seen = { win, hall, services, zone, branch, now: () => clock.now(), problem: page.panel.problem };
  const made = panel(page.panel.command, seen, { send, hint, leave, failed });
  Object.assign(made, { lang: language() }).dataset.of = page.panel.command;
  $("acts").replaceChildren(made);
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
  $("go").setAttribute("aria-disabled", String(!goCommand() || Boolean(page.panel)));
  const goesOn = command === "finish" && page.win.ticket?.further?.length;
  const label = t(WORDS, goesOn ? "do_finishOne" : `do_${command}`, { window: page.picked.window ?? page.number ?? "" });
  $("go").replaceChildren(label, h("kbd", { "aria-hidden": "true" }, "Enter"));
}

function tickAll() {
  const now = clock.now();
  write($("clock"), now ? timeText(now, page.zone) : "");
  if (page.win) {
    tick($("view"), page.win, now);
    tickRecall($("acts"), page.win, now);
  }
  day.show(now, page.zone);
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
  loadServices();
  setInterval(tickAll, 500);
}

start();
