/** The hall's board: whom to which window, live, seen and heard. */
import { chosenBranch } from "/common/branch.js";
import { ServerClock } from "/common/clock.js";
import { follow } from "/common/live.js";
import { languages, named, numberText, t, timeText } from "/common/words.js";
import { Calls } from "./calls.js";
import { Announcer } from "./sound.js";
import { WORDS } from "./words.js";

const FRESH_MS = 15_000;
const query = new URLSearchParams(location.search);
const $ = (id) => document.getElementById(id);
const clock = new ServerClock();
const calls = new Calls();
const settling = new Map(); // call -> timer that ends its freshness
let zone; // the branch's time zone
let announcer = null;

/** Fill `element` with whole phrases side by side, one for each language of the board. */
function say(element, key, values) {
  element.replaceChildren(...languages().map((lang) => span(t(WORDS, key, values, lang), lang)));
}

function span(text, lang) {
  const element = document.createElement("span");
  element.textContent = text;
  element.lang = lang;
  return element;
}

function showPlace(branch, hall) {
  const count = /^hall-(\d+)$/.exec(hall ?? "")?.[1];
  $("place").replaceChildren(...languages().map((lang) => {
    const name = span(named(branch.name, lang), lang);
    if (count) name.append(" · ", t(WORDS, "hall", { count }, lang));
    return name;
  }));
}

function showCounts({ waiting, average_wait_minutes: average }) {
  say($("waiting"), waiting ? "waiting" : "nobody", { count: waiting });
  $("average").hidden = average === null || average === undefined || !waiting;
  if (!$("average").hidden) say($("average"), "average", { count: Math.round(average) });
}

function showCalls() {
  const { large, earlier } = calls.view();
  place($("large"), large, largeRow);
  place($("earlier"), earlier, smallRow);
  document.querySelector("aside h2").hidden = earlier.length === 0;
  $("heads").hidden = large.length === 0;
  $("blank").hidden = large.length > 0;
  if (large.length === 0) say($("blank"), "empty");
}

/** Keep a row's element while it stays, so that only what is new moves. */
function place(list, entries, make) {
  const known = new Map([...list.children].map((row) => [row.dataset.call, row]));
  const rows = entries.map((entry) => {
    const row = known.get(entry.call) ?? make(entry);
    row.classList.toggle("new", entry.fresh);
    return row;
  });
  for (const row of known.values()) if (!rows.includes(row)) row.remove();
  rows.forEach((row, index) => {
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
}

function largeRow(entry) {
  const row = smallRow(entry);
  row.className = "call";
  row.firstChild.after(arrow());
  return row;
}

function smallRow(entry) {
  const row = document.createElement("li");
  row.dataset.call = entry.call;
  const number = span(numberText(entry.number), "ru");
  const window = span(entry.window, "ru");
  number.className = "number";
  window.className = "number window";
  row.append(number, window);
  return row;
}

function arrow() {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const path = document.createElementNS(ns, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M3 12h18M14 5l7 7-7 7");
  svg.append(path);
  return svg;
}

function showLink(state) {
  const lost = state === "lost";
  document.body.classList.toggle("is-lost", lost);
  $("link").className = state;
  say($("link"), lost ? "offline" : "live");
  $("lost").hidden = !lost;
  if (!lost) return;
  const told = clock.told;
  say($("lost"), told ? "lost" : "lostAtStart", told ? { time: timeText(told, zone) } : {});
  if (!told) $("blank").replaceChildren();
}

function showClock() {
  const now = clock.now();
  const text = now ? timeText(now, zone) : "";
  if ($("clock").textContent !== text) $("clock").textContent = text;
}

function onSnapshot(data) {
  zone = data.timezone;
  clock.heard(data.now);
  calls.reset(data.calls);
  showPlace(data.branch, data.zone);
  showCounts(data);
  showCalls();
  showClock();
}

function onCall(call) {
  calls.add(call);
  showCalls();
  clearTimeout(settling.get(call.call)); // a repeat begins anew
  settling.set(call.call, setTimeout(() => {
    settling.delete(call.call);
    calls.settle(call.call);
    showCalls();
  }, FRESH_MS));
  const now = clock.now();
  announcer?.announce(call, now ? (now - Date.parse(call.called_at)) / Math.max(1, clock.rate) : 0);
}

function onClock(data) {
  clock.heard(data.now);
  showCounts(data);
}

function turnSoundOn() {
  const wake = () => announcer.unlock();
  announcer = new Announcer({
    languages: languages(),
    stillOpen: (id) => calls.isOpen(id),
    blocked: (yes) => ($("sound").hidden = !yes),
  });
  addEventListener("pointerdown", wake);
  addEventListener("keydown", wake);
}

async function start() {
  document.title = t(WORDS, "title");
  document.body.classList.toggle("many-languages", languages().length > 1);
  for (const element of document.querySelectorAll("[data-words]")) say(element, element.dataset.words);
  say($("sound"), "sound");
  say($("blank"), "connecting");
  const branch = await chosenBranch($("board"));
  if (!$("large")) return location.reload(); // the choice of a branch took the place of the board
  if (query.get("sound") === "1") turnSoundOn();
  const hall = query.get("zone");
  const path = `/v1/branches/${encodeURIComponent(branch)}/board/events`;
  follow(hall ? `${path}?zone=${encodeURIComponent(hall)}` : path, {
    on: {
      snapshot: onSnapshot,
      call: onCall,
      clock: onClock,
      started: ({ call }) => { calls.started(call); showCalls(); },
      over: ({ call }) => { calls.over(call); showCalls(); },
    },
    state: showLink,
    refused: () => say($("blank"), "unknownBranch", { branch }),
  });
  setInterval(showClock, 250);
}

start();
