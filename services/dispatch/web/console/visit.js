/** What stands in the middle of the page in each state of an open window. */
import { h, write } from "/common/dom.js";
import { elapsedText, named, numberText, t, timeText } from "/common/words.js";
import { withVisitor } from "./moves.js";
import { WORDS } from "./words.js";

const MINUTE = 60_000;

/** The body of the view for `win`; `seen` = {zone, waiting, calledAt, services}. Timers are filled by `tick`. */
export function visit(win, seen) {
  if (win.ticket && withVisitor(win)) return [top(win, seen), need(win, seen)];
  if (win.state === "paused") return [paused(win, seen)];
  if (win.state === "ready") return [still(t(WORDS, "ready"), t(WORDS, "readyWhy"), "waits")];
  if (win.state === "tidying") return [tidying(seen)];
  return [still(t(WORDS, "free"), freeText(seen.waiting))];
}

/** How many wait, told anew while the window has no visitor. */
export function showWaiting(root, win, waiting) {
  if (win.state === "free" || win.state === "tidying") write(root.querySelector(".still p"), freeText(waiting));
}

function freeText(waiting) {
  if (waiting === undefined) return "";
  return waiting ? t(WORDS, "freeWaiting", { count: waiting }) : t(WORDS, "freeNobody");
}

function still(title, text, look = "") {
  return h(`div.still${look && `.${look}`}`, h("h2", title), h("p", text));
}

function tidying(seen) {
  return h("div.still", h("h2", t(WORDS, "tidying")), timer("tidying"), h("p", freeText(seen.waiting)));
}

function paused(win, seen) {
  const title = win.reason && WORDS[`reason_${win.reason}`] ? t(WORDS, `reason_${win.reason}`) : t(WORDS, "paused");
  const since = win.since ? t(WORDS, "pausedSince", { time: timeText(win.since, seen.zone) }) : "";
  const text = win.reason === "console_lost" ? t(WORDS, "lostNote") : since;
  return h("div.still", h("h2", title), timer("paused"), h("p", text));
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
      ticket.returned > 0 ? h("div.why", t(WORDS, "returned")) : null,
      win.recalls > 0 ? h("div.why", t(WORDS, "recalls", { count: win.recalls })) : null,
      late > 0 ? h("div.late", t(WORDS, "calledLate", { count: late })) : null),
    timer(win.state));
}

function timer(state) {
  return h("div.timer", { dataset: { state } }, h("span.number"), h("small"));
}

function need(win, seen) {
  const { ticket } = win;
  const documents = ticket.documents ?? [];
  return h("div.need", { tabIndex: 0 }, // it may scroll
    h("h2", named(ticket.service_name)),
    ticket.priority ? h("p.check", t(WORDS, "checkPriority")) : null,
    ticket.further?.length ? h("p.then", t(WORDS, "further", { services: furtherNames(ticket, seen.services) })) : null,
    documents.length ? h("h3", t(WORDS, "documents")) : null,
    h("ul.docs", { lang: "ru" }, documents.map((text) => h("li", text))),
    h("p.why", why(win, seen.zone)));
}

function furtherNames(ticket, services) {
  const names = new Map(services.map((service) => [service.code, named(service.name)]));
  return ticket.further.map((code) => names.get(code) ?? code).join(" → ");
}

/** Why this one, without a word about anybody else's ticket. */
function why(win, zone) {
  const decision = win.decision;
  const [first, second] = decision?.considered ?? [];
  if (!first) return "";
  const times = { promise: timeText(first.promise, zone), weighed: timeText(first.weighed, zone), other: second ? timeText(second.weighed, zone) : "" };
  switch (decision.rule) {
    case "out_of_order": return t(WORDS, "whyOutOfOrder", { reason: t(WORDS, `because_${decision.reason}`) });
    case "statutory": return t(WORDS, "whyStatutory");
    case "helps_out": return t(WORDS, "whyHelpsOut", times);
    case "only_one": return t(WORDS, "whyOnly", times);
    default: return second ? t(WORDS, promised(first, times), times) : t(WORDS, "whyOnly", times);
  }
}

/** A line with too few windows counts its promises as earlier than they are. */
function promised(first, times) {
  if (first.weighed !== first.promise) return "whyPressed";
  return times.other === times.promise ? "whySame" : "whyEarliest";
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
