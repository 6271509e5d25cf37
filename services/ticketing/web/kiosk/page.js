/* The kiosk: one visit at a time, one question a screen, everything forgotten when the visitor has gone. */

import { Unreachable, newKey } from "/common/api.js";
import { fill, language, named, onLanguage, setLanguage, t } from "/common/words.js";
import { offer } from "./desk.js";
import { button, el, ring } from "./dom.js";
import { indexOf } from "./find.js";
import { Idle } from "./idle.js";
import { WORDS } from "./phrases.js";
import { all, category, home } from "./screens/choose.js";
import { search } from "./screens/search.js";
import { service } from "./screens/service.js";
import { number } from "./screens/number.js";
import { confirm, consent, phone } from "./screens/sms.js";
import { closed, loading, setup, trouble, unready } from "./screens/states.js";

const SCREENS = {
  home, category, all, search, service, number, consent, phone, confirm, closed, loading, setup, trouble, unready,
};
const VISIT_SECONDS = 60;
const ASK_SECONDS = 15;         /* before the end of a visit: "do you need more time?" */
const NUMBER_SECONDS = 20;      /* a number may be read by others: it stays no longer than needed */
const REFRESH_MS = 20_000;
const REFRESH_LOST_MS = 4_000;

const settings = new URLSearchParams(location.search);
const mother = settings.get("lang") === "en" ? "en" : "ru";
const at = (id) => document.getElementById(id);

const freshVisit = () => ({ trail: [], keys: new Map(), query: "", typed: "", agreed: false, ticket: null, phone: null });

const kiosk = {
  branch: settings.get("branch"),
  hall: null,
  index: [],
  lost: false,
  busy: false,
  terms: null,                  /* the words of consent, as notify told them */
  visit: freshVisit(),
  say: (key, values) => t(WORDS, key, values),

  /** The step that is shown: the visitor's last one, or what the branch's state says. */
  get step() {
    return this.visit.trail.at(-1) ?? { screen: this.base };
  },
  get base() {
    if (!this.branch) return "setup";
    if (!this.hall) return this.lost ? "unready" : "loading";
    return this.hall.open ? "home" : "closed";
  },

  /** Go on to a screen; `details` belong to that step and come back with "back". */
  open(screen, details = {}) {
    this.visit.trail.push({ screen, ...details });
    draw();
  },
  /** Show a step anew, if the visitor is still there. */
  redraw(step) {
    if (this.step === step) draw();
  },
  /** Leave the steps before behind: from here "back" leads to the beginning. */
  arrive(screen, details = {}) {
    this.visit.trail = [];
    this.open(screen, details);
  },
  /** One step back; from a ticket in hand there is no way back, only a new visit. */
  back() {
    if (this.visit.ticket && this.visit.trail.length === 1) return this.restart();
    this.visit.trail.pop();
    draw();
  },
  /** The visit is over: forget its phone, its ticket, its language. */
  restart() {
    this.visit = freshVisit();
    document.documentElement.removeAttribute("data-look");
    setLanguage(mother, { remember: false });
    draw();
  },
  /** The same service asked for again in this visit is the same command: one ticket. */
  keyOf(command) {
    if (!this.visit.keys.has(command)) this.visit.keys.set(command, newKey());
    return this.visit.keys.get(command);
  },
  /** Do something that must not be cut off by the end of the visit, nor begun twice. */
  async once(action) {
    if (this.busy) return;
    this.busy = true;
    try {
      await action();
    } finally {
      this.busy = false;
      idle.touch();
    }
  },
  /** The branch's offer changed under the visit (it closed, for one). */
  learn(change) {
    this.hall = { ...this.hall, ...change };
  },
};

let shown = null;                /* the step and how it was drawn */

function draw({ focus = true } = {}) {
  const step = kiosk.step;
  const screen = SCREENS[step.screen](kiosk, step);
  at("screen").className = `screen ${step.screen}`;
  at("screen").replaceChildren(...screen.head, ...(screen.body ?? []));
  at("foot").replaceChildren(...(screen.foot ?? []));
  shown = { step, screen };
  document.title = kiosk.say("page");
  fill(document, WORDS);
  at("branch").textContent = kiosk.hall ? named(kiosk.hall.branch.name) : "";
  for (const lang of ["ru", "en"]) at(lang).setAttribute("aria-pressed", language() === lang);
  at("look").setAttribute("aria-pressed", document.documentElement.dataset.look === "contrast");
  tellLost();
  screen.ready?.();
  if (focus) (screen.focus ?? at("screen").querySelector("h1"))?.focus({ preventScroll: true });
  idle.restart(step.screen === "number" ? NUMBER_SECONDS : VISIT_SECONDS);
}

function tellLost() {
  const told = kiosk.lost && kiosk.hall !== null;
  at("lost").hidden = !told;
  at("lost").textContent = told ? kiosk.say("lost") : "";
}

/* The end of a visit */

const question = at("still");
const answer = (press) => () => {
  question.close();
  press();
};

function ask() {
  const timer = ring(ASK_SECONDS);
  const why = el("p", { id: "still-why" });
  question.replaceChildren(
    el("h2", { id: "still-head" }, kiosk.say("still")), timer.node, why,
    button("primary big", answer(() => idle.touch()), kiosk.say("stillYes")),
    button("plain big", answer(() => kiosk.restart()), kiosk.say("stillNo")));
  question.tick = (left) => {
    timer.show(left);
    why.textContent = kiosk.say("stillWhy", { count: left });
  };
  question.showModal();
}

question.addEventListener("close", () => idle.touch());
question.addEventListener("click", (event) => event.target === question && question.close());

function tick(left) {
  if (kiosk.busy || !shown) return;
  if (left === 0) return leave();
  if (shown.screen.tick) return shown.screen.tick(left);
  if (left > ASK_SECONDS || kiosk.visit.trail.length === 0) return;
  if (!question.open) ask();
  question.tick(left);
}

function leave() {
  if (question.open) question.close();
  const untouched = kiosk.visit.trail.length === 0 && language() === mother && !document.documentElement.dataset.look;
  if (untouched) idle.touch();
  else kiosk.restart();
}

const idle = new Idle(VISIT_SECONDS, tick, () => question.open);

/* The branch's offer, kept fresh */

async function refresh() {
  try {
    const hall = await offer(kiosk.branch);
    const known = JSON.stringify(kiosk.hall?.services) === JSON.stringify(hall.services);
    if (!known) kiosk.index = indexOf(hall.services, hall.categories);
    const changed = !known || kiosk.hall?.open !== hall.open || kiosk.hall?.next_opening !== hall.next_opening;
    kiosk.hall = hall;
    kiosk.lost = false;
    if (changed && kiosk.visit.trail.length === 0) draw({ focus: false });
  } catch (error) {
    if (error.kind === "unknown-branch") kiosk.branch = null;
    else if (!(error instanceof Unreachable)) console.error(error);
    kiosk.lost = error.kind !== "unknown-branch";
    if (!kiosk.hall) draw({ focus: false });
  }
  tellLost();
  if (kiosk.branch) setTimeout(refresh, kiosk.lost ? REFRESH_LOST_MS : REFRESH_MS);
}

/* The look and the language, on every screen */

for (const lang of ["ru", "en"]) at(lang).addEventListener("click", () => setLanguage(lang, { remember: false }));
at("look").addEventListener("click", () => {
  const root = document.documentElement;
  if (root.dataset.look) delete root.dataset.look;
  else root.dataset.look = "contrast";
  draw({ focus: false });
});
onLanguage(() => draw({ focus: false }));

addEventListener("keydown", (event) => {
  if (question.open || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key !== "Escape") shown.screen.key?.(event);
  else if (kiosk.visit.trail.length && !kiosk.busy) kiosk.back();
});
addEventListener("contextmenu", (event) => event.preventDefault()); /* a long press opens no menu */

setLanguage(mother, { remember: false });
draw({ focus: false });
if (kiosk.branch) refresh();
