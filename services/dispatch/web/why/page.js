/** Why is somebody called before me, why do I still wait: asked by numbers, or by a visitor's own link. */
import { Refusal, service } from "/common/api.js";
import { chosenBranch } from "/common/branch.js";
import { write } from "/common/dom.js";
import { fill, language, named, numberText, onLanguage, setLanguage, t } from "/common/words.js";
import { WORDS } from "./words.js";

const AGAIN_MS = 20_000; // while somebody waits, the answer changes
const $ = (id) => document.getElementById(id);
const dispatch = service();
const page = { branch: null, ticket: null, answer: null, failure: null, asked: null, turn: 0 };

/** `asked` = {mine, other}: two numbers; the link of a visitor needs the other one alone. */
async function ask(asked) {
  const turn = ++page.turn; // a later question makes this answer worthless
  const query = new URLSearchParams();
  if (!page.ticket) query.set("number", asked.mine);
  if (asked.other) query.set("before", asked.other);
  const place = page.ticket ? `tickets/${encodeURIComponent(page.ticket)}` : `branches/${encodeURIComponent(page.branch)}`;
  try {
    const answer = await dispatch.get(`/v1/${place}/why?${query}`);
    if (turn === page.turn) Object.assign(page, { answer, asked, failure: null });
  } catch (error) {
    if (turn !== page.turn) return;
    page.failure = failureOf(error, asked);
    if (error instanceof Refusal) Object.assign(page, { answer: null, asked: null });
  }
  render();
}

/** A key of WORDS and its values. */
function failureOf(error, asked) {
  if (!(error instanceof Refusal)) return [page.answer ? "mayBeOld" : "unreachable", {}];
  const { kind, problem, status } = error;
  if (kind === "unknown-branch") return ["unknownBranch", { branch: problem.branch }];
  if (kind !== "unknown-ticket") return status === 422 ? ["badLink", {}] : ["refused", { kind: kind || status }];
  if (page.ticket && problem.ticket === page.ticket) return ["badLink", {}];
  return ["unknownTicket", { number: problem.ticket ?? asked.mine }];
}

function render() {
  const { answer, failure } = page;
  fill(document, WORDS);
  const mine = page.ticket && answer ? numberText(answer.number) : "";
  write($("title"), mine ? t(WORDS, "titleOf", { number: mine }) : t(WORDS, "title"));
  document.title = $("title").textContent;
  write($("language"), t(WORDS, "otherLanguage"));
  $("language").lang = language() === "ru" ? "en" : "ru";
  $("mine-label").hidden = Boolean(page.ticket);
  document.body.classList.toggle("is-own", Boolean(page.ticket));
  $("answer").hidden = !answer;
  $("hint").hidden = !failure;
  write($("hint"), failure ? t(WORDS, failure[0], failure[1]) : "");
  if (!answer) return;
  const numbers = { number: numberText(answer.number), other: numberText(answer.other ?? "") };
  write($("asked"), t(WORDS, answer.other ? "whyBefore" : "whyWait", numbers));
  write($("text"), named(answer.text));
}

/** The centre's order, as it hangs on the wall. */
async function showOrder() {
  const open = $("paper").hidden;
  if (open && !$("paper").textContent) {
    try {
      const response = await fetch(`/v1/branches/${encodeURIComponent(page.branch)}/rules/order`, { cache: "no-store" });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      write($("paper"), await response.text());
    } catch {
      page.failure = ["unreachable", {}];
      return render();
    }
  }
  $("paper").hidden = !open;
  $("order").setAttribute("aria-expanded", String(open));
}

function submitted(event) {
  event.preventDefault();
  const asked = { mine: $("mine").value.trim(), other: $("other").value.trim() };
  if (page.ticket || asked.mine) return ask(asked);
  page.failure = ["needNumber", {}];
  render();
  $("mine").focus();
}

async function start() {
  const query = new URLSearchParams(location.search);
  $("language").addEventListener("click", () => setLanguage(language() === "ru" ? "en" : "ru"));
  onLanguage(render);
  render();
  page.ticket = query.get("ticket");
  page.branch = page.ticket ? page.ticket.replace(/-[^-]*$/, "") : await chosenBranch($("rules"));
  $("ask").hidden = $("order").hidden = false;
  $("ask").addEventListener("submit", submitted);
  $("order").addEventListener("click", showOrder);
  render();
  if (page.ticket) ask({ mine: "", other: "" });
  else $("mine").focus();
  setInterval(() => page.asked && !document.hidden && ask(page.asked), AGAIN_MS);
}

start();
