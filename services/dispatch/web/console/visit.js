/** What stands in the middle of the page in each state of an open window. */
import { elapsedText, named, numberText, t, timeText } from "/common/words.js";
import { h } from "./dom.js";
import { WORDS } from "./words.js";

const MINUTE = 60_000;

/** The body of the view for `win`; `seen` = {zone, waiting, calledAt}. Timers are filled by `tick`. */
export function visit(win, seen) {
  if (win.ticket && (win.state === "calling" || win.state === "serving")) return [top(win, seen), need(win, seen)];
  if (win.state === "paused") return [paused(win, seen)];
  if (win.state === "ready") return [still(t(WORDS, "ready"), t(WORDS, "readyWhy"), "waits")];
  return [still(t(WORDS, "free"), freeText(seen.waiting))];
}

/** How many wait, told anew while the window is free. */
export function showWaiting(root, win, waiting) {
  if (win.state === "free") write(root.querySelector(".still p"), freeText(waiting));
}

function freeText(waiting) {
  if (waiting === undefined) return "";
  return waiting ? t(WORDS, "freeWaiting", { count: waiting }) : t(WORDS, "freeNobody");
}

function still(title, text, look = "") {
  return h(`div.still${look && `.${look}`}`, h("h2", title), h("p", text));
}

function paused(win, seen) {
  const title = win.reason && WORDS[`reason_${win.reason}`] ? t(WORDS, `reason_${win.reason}`) : t(WORDS, "paused");
  const since = win.since ? t(WORDS, "pausedSince", { time: timeText(win.since, seen.zone) }) : "";
  return h("div.still", h("h2", title), timer("paused"), h("p", since));
}

function top(win, { zone, calledAt }) {
  const { ticket } = win;
  const arrived = new Date(ticket.arrived_at);
  const waited = calledAt && Math.max(0, Math.round((calledAt - arrived) / MINUTE));
  const late = calledAt ? Math.floor((calledAt - new Date(ticket.promise)) / MINUTE) : 0;
  const times = { arrived: timeText(arrived, zone), promise: timeText(ticket.promise, zone) };
  return h("div.top",
    h("span.number.hero", numberText(ticket.number)),
    h("div.waited",
      calledAt ? h("b", t(WORDS, waited ? "waited" : "waitedNone", { count: waited })) : null,
      h("div.why", t(WORDS, "arrived", times)),
      win.recalls > 0 ? h("div.why", t(WORDS, "recalls", { count: win.recalls })) : null,
      late > 0 ? h("div.late", t(WORDS, "calledLate", { count: late })) : null),
    timer(win.state));
}

function timer(state) {
  return h("div.timer", { dataset: { state } }, h("span.number"), h("small"));
}

function need(win, { zone }) {
  const { ticket } = win;
  const documents = ticket.documents ?? [];
  return h("div.need", { tabIndex: 0 }, // it may scroll
    h("h2", named(ticket.service_name)),
    documents.length ? h("h3", t(WORDS, "documents")) : null,
    h("ul.docs", { lang: "ru" }, documents.map((text) => h("li", text))),
    h("p.why", why(win, zone)));
}

/** Why this one, without a word about anybody else's ticket. */
function why(win, zone) {
  const considered = (win.decision ?? win.ticket.decision)?.considered ?? [];
  if (!considered.length) return "";
  const promise = timeText(considered[0].promise, zone);
  if (considered.length === 1) return t(WORDS, "whyOnly", { promise });
  const other = timeText(considered[1].promise, zone);
  return t(WORDS, other === promise ? "whySame" : "whyEarliest", { promise, other });
}

/** Move the timer on: `now` is the branch's time. */
export function tick(root, win, now) {
  const shown = root.querySelector(".timer");
  if (!shown || !now || !win?.since) return;
  const seconds = (now - new Date(win.since)) / 1000;
  const usual = win.ticket?.minutes;
  const over = win.state === "serving" && usual ? Math.floor(seconds / 60 - usual) : 0;
  write(shown.querySelector(".number"), elapsedText(seconds));
  write(shown.querySelector("small"), note(win.state, usual, over));
  shown.classList.toggle("late", over > 0);
}

function note(state, usual, over) {
  if (over > 0) return t(WORDS, "longer", { count: over });
  if (state === "serving" && !usual) return t(WORDS, "state_serving");
  return t(WORDS, `timer_${state}`, { count: usual });
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
