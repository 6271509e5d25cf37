/**
 * The panels that ask what a rarer command needs; they stand where the small buttons were, Esc leaves them.
 *
 * `seen` = {win, hall, services, now(), zone, problem, branch}; `does` = {send(command, body), hint(text), leave()}.
 */
import { button, h } from "/common/dom.js";
import { momentOf } from "/common/hours.js";
import { named, numberText, t, timeText } from "/common/words.js";
import { ticketsNumbered } from "./asks.js";
import { dueText } from "./buttons.js";
import { DEFERRALS, OUT_OF_ORDER, OUTCOMES, REASONS, withVisitor } from "./moves.js";
import { WORDS } from "./words.js";

const PANELS = { pause, "finish-otherwise": outcome, defer, transfer, "not-confirmed": notConfirmed, call, "take-over": takeOver };

export const asksFirst = (command) => command in PANELS;

/** The panel of `command`. */
export function panel(command, seen, does) {
  const { title, note, fields } = PANELS[command](seen, does);
  const form = h("form.panel", { "aria-label": title, noValidate: true, autocomplete: "off" },
    h("p", h("b", title), note ? ` ${note}` : null),
    fields, button("button.quiet", t(WORDS, "cancel"), "Esc", { onclick: does.leave }));
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}

/** A button that a digit presses, too. */
function choice(digit, label, chosen) {
  return button("button", label, String(digit), { dataset: { digit }, onclick: chosen });
}

const choices = (list, label, chosen) => list.map((one, index) => choice(index + 1, label(one), () => chosen(one)));

function pause({ win }, { send }) {
  if (win.break_due) return { title: dueText(win), fields: [choice(1, t(WORDS, "do_withdraw-break"), () => send("withdraw-break", {}))] };
  const ask = (digit) => choice(digit, t(WORDS, "askBreak"), () => send("break", {}));
  if (withVisitor(win)) return { title: t(WORDS, "breakAfter"), note: t(WORDS, "breakAfterNote"), fields: [ask(1)] };
  const reasons = choices(REASONS, (reason) => t(WORDS, `reason_${reason}`), (reason) => send("pause", { reason }));
  return { title: t(WORDS, "chooseReason"), fields: [...reasons, ask(REASONS.length + 1)] };
}

function outcome(_, { send }) {
  const fields = choices(OUTCOMES, (one) => t(WORDS, `outcome_${one}`), (one) => send("finish", { outcome: one }));
  return { title: t(WORDS, "chooseOutcome"), fields };
}

function notConfirmed({ win }, { send }) {
  const note = t(WORDS, "notConfirmedNote", { number: numberText(win.ticket.number) });
  return { title: t(WORDS, "do_not-confirmed"), note, fields: [choice(1, t(WORDS, "toOrdinary"), () => send("not-confirmed", {}))] };
}

function takeOver({ problem }, { send }) {
  const { kind, operator, window, asked } = problem;
  const words = kind === "operator-busy" ? "takeWindow" : "takeOperator";
  const values = { operator, window, asked: asked.operator, to: asked.window };
  const yes = choice(1, t(WORDS, `${words}Yes`, values), () => send("open", { operator: asked.operator, take_over: true }));
  return { title: t(WORDS, words, values), note: t(WORDS, `${words}Note`, values), fields: [yes] };
}

function defer({ win, now, zone }, { send, hint }) {
  const minutes = choices(DEFERRALS, (count) => t(WORDS, "minutes", { count }), (count) => send("defer", { minutes: count }));
  const hour = h("input.hour", { type: "text", inputMode: "numeric", name: "until", placeholder: "13:30", maxLength: 5 });
  const until = () => {
    const moment = now() && momentOf(hour.value, now(), zone);
    if (moment) send("defer", { until: moment.toISOString() });
    else hint(t(WORDS, "needHour"));
  };
  const fields = [...minutes, label("deferHour", hour), submit("deferUntil", until)];
  return { title: t(WORDS, "chooseDefer", { number: numberText(win.ticket.number) }), note: t(WORDS, "promiseStays"), fields };
}

function transfer({ win, hall, services }, { send, hint }) {
  const zones = [...new Set(hall.windows.map((one) => one.zone))];
  const service = h("input.wide", { type: "text", name: "service", list: "services" });
  const window = select("window", hall.windows.filter((one) => one.window !== win.window).map((one) => [one.window, place(one)]));
  const zone = select("zone", zones.map((name) => [name, name]));
  const go = () => {
    const wanted = service.value.trim();
    const found = wanted && findService(services, wanted);
    if (wanted && !found) return hint(t(WORDS, "needService"));
    if (!found && !window.value && !zone.value) return hint(t(WORDS, "needGoal"));
    send("transfer", { service: found?.code ?? null, window: window.value || null, zone: zone.value || null });
  };
  const fields = [
    services.length ? label("toService", service) : null,
    h("datalist", { id: "services" }, services.map((one) => h("option", { value: titled(one) }))),
    label("toWindow", window),
    zones.length > 1 ? label("toZone", zone) : null,
    submit("do_transfer", go),
  ];
  return { title: t(WORDS, "chooseTransfer", { number: numberText(win.ticket.number) }), note: t(WORDS, "promiseStays"), fields };
}

function call({ branch }, { send, hint, failed }) {
  const number = h("input.hour", { type: "text", name: "number", maxLength: 8 });
  const reason = select("reason", OUT_OF_ORDER.map((one) => [one, t(WORDS, `because_${one}`)]));
  const go = async () => {
    if (!number.value.trim() || !reason.value) return hint(t(WORDS, number.value.trim() ? "needReason" : "needNumber"));
    try {
      const found = await ticketsNumbered(branch, number.value);
      const waiting = found.find((ticket) => ticket.legal.includes("call"));
      if (waiting) return send("call", { ticket: waiting.id, reason: reason.value });
      const there = found[0] && { number: numberText(found[0].number), state: t(WORDS, `ticket_${found[0].state}`) };
      hint(there ? t(WORDS, "notWaiting", there) : t(WORDS, "noSuchNumber", { number: number.value.trim() }));
    } catch (error) {
      failed(error, "call");
    }
  };
  const fields = [label("ticketNumber", number), label("outOfOrderReason", reason), submit("callOutOfOrder", go)];
  return { title: t(WORDS, "do_call"), note: t(WORDS, "callNote"), fields };
}

/** By its code and name as the list shows them, or by a part of the name that only one has. */
function findService(services, wanted) {
  const exact = services.find((one) => titled(one) === wanted || one.code === wanted.toUpperCase());
  if (exact) return exact;
  const like = services.filter((one) => titled(one).toLowerCase().includes(wanted.toLowerCase()));
  return like.length === 1 ? like[0] : null;
}

const titled = (service) => `${service.code} · ${named(service.name)}`;

function place(win) {
  return t(WORDS, win.state === "closed" ? "windowClosed" : "window", { window: win.window });
}

function select(name, options) {
  return h("select", { name }, h("option", { value: "" }, "—"), options.map(([value, text]) => h("option", { value }, text)));
}

function label(key, control) {
  return h("label", h("small", t(WORDS, key)), control);
}

function submit(key, done) {
  const made = h("button", { type: "submit" }, t(WORDS, key));
  made.addEventListener("click", done);
  return made;
}

/** What is told of `command` when it had its effect; `before` is the window as it was, `after` as it is. */
export function doneText(command, before, after, zone) {
  const number = numberText(before?.ticket?.number ?? "");
  if (command === "break") return breakText(after, zone);
  if (command === "finish") return before.ticket.further?.length ? nextText(after) : "";
  return WORDS[`done_${command}`] ? t(WORDS, `done_${command}`, { number }) : "";
}

function nextText(after) {
  if (!after.ticket) return t(WORDS, "done_waitsOn");
  return t(WORDS, "done_goesOn", { service: named(after.ticket.service_name) });
}

/** The service's own words, and the hour at which a break that has to wait may begin. */
function breakText({ granted, at, text }, zone) {
  const hour = granted || !at ? "" : t(WORDS, "breakFrom", { time: timeText(at, zone) });
  return [named(text), hour].filter(Boolean).join(" ");
}
