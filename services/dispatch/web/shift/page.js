/** The shift head's page: what is wrong, what to do, and the hall at a glance. */
import { chosenBranch } from "/common/branch.js";
import { ServerClock } from "/common/clock.js";
import { h, write } from "/common/dom.js";
import { follow } from "/common/live.js";
import { fill, language, named, onLanguage, setLanguage, t, timeText } from "/common/words.js";
import { showAdvice, showAlarms, tickAlarms } from "./alarms.js";
import { showLines } from "./lines.js";
import { Plan } from "./plan.js";
import { showWindows, tickWindows } from "./windows.js";
import { WORDS } from "./words.js";

const PLAN_AGAIN_MS = 20_000; // breaks change seldom: when one is granted, or another head plans
const $ = (id) => document.getElementById(id);
const clock = new ServerClock();
const page = { branch: null, shift: null, toldAt: null, link: null, missing: false, plan: null };

function take(shift) {
  const first = !page.shift;
  page.shift = shift;
  page.toldAt = clock.now();
  render();
  page.plan.heard(shift);
  if (first) page.plan.load();
}

function heard({ now }) {
  clock.heard(now);
  page.toldAt ??= clock.now();
  if (page.shift) drawLines();
  tick();
}

function render() {
  const { shift } = page;
  fill(document, WORDS);
  document.title = t(WORDS, "title");
  write($("language"), t(WORDS, "otherLanguage"));
  $("language").lang = language() === "ru" ? "en" : "ru";
  showLink();
  $("shift").hidden = !shift;
  $("still").hidden = Boolean(shift);
  if (!shift) return page.branch && $("still").replaceChildren(h("h2", stillText()));
  write($("place"), named(shift.branch.name));
  write($("waiting"), shift.waiting ? t(WORDS, "waiting", { count: shift.waiting }) : t(WORDS, "nobodyWaits"));
  showAlarms($("alarms"), $("alarms-count"), shift.alarms, shift.branch.timezone);
  showAdvice($("advice"), $("forecast-at"), shift);
  drawLines();
  showWindows($("windows"), $("windows-rest"), $("average"), shift);
  tick();
}

/** Also when nothing is told: their minutes go by. */
function drawLines() {
  showLines($("lines"), $("lines-rest"), page.shift, page.toldAt, clock.now());
}

function stillText() {
  return page.missing ? t(WORDS, "unknownBranch", { branch: page.branch }) : t(WORDS, "loading");
}

/** The red banner while the service is silent. */
function showLink() {
  const lost = page.link === "lost";
  $("lost").hidden = !lost;
  document.body.classList.toggle("is-lost", lost);
  if (!lost) return;
  const told = clock.told && page.shift;
  write($("lost"), told ? t(WORDS, "lost", { time: timeText(clock.told, page.shift.branch.timezone) }) : t(WORDS, "lostAtStart"));
}

function tick() {
  const now = clock.now();
  if (!now || !page.shift) return;
  write($("clock"), timeText(now, page.shift.branch.timezone));
  tickAlarms($("alarms"), now);
  tickWindows($("windows"), now);
  page.plan.tick(now);
}

async function start() {
  render();
  page.branch = await chosenBranch($("still"));
  page.plan = new Plan($("breaks"), $("hint"), page.branch, clock);
  $("language").addEventListener("click", () => setLanguage(language() === "ru" ? "en" : "ru"));
  onLanguage(() => {
    render();
    page.plan.draw();
  });
  const feed = follow(`/v1/branches/${encodeURIComponent(page.branch)}/shift/events`, {
    on: { shift: take, clock: heard },
    state: (state) => { page.link = state; showLink(); },
    refused: (_, status) => {
      if (status !== 404) return;
      feed.close();
      page.missing = true;
      render();
    },
  });
  render();
  setInterval(tick, 1000);
  setInterval(() => page.shift && page.plan.load(), PLAN_AGAIN_MS);
}

start();
