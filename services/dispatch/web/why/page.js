/**
 * "Why was he called before me?", to be read aloud: by the administrator with two numbers
 * (?branch=BR-D), by a visitor with the ticket's own link (?ticket=…).
 */
import { Refusal, service } from "/common/api.js";
import { chosenBranch } from "/common/branch.js";
import { language, named, onLanguage, setLanguage, t } from "/common/words.js";
import { WORDS } from "./words.js";

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const ticket = query.get("ticket");
let branch = ticket ? ticket.slice(0, ticket.lastIndexOf("-")) : null;
let answer = null;
let hint = "";

function render() {
  $("title").textContent = document.title = t(WORDS, "title");
  $("mine-field").hidden = Boolean(ticket);
  $("mine").required = !ticket;
  for (const field of ["mine", "other"]) $(`${field}-label`).textContent = t(WORDS, field);
  $("mine").placeholder = t(WORDS, "example");
  $("other").placeholder = t(WORDS, "optional");
  $("ask").textContent = t(WORDS, "ask");
  $("order").textContent = t(WORDS, "order");
  $("order").href = `/v1/branches/${encodeURIComponent(branch)}/rules/order`;
  $("language").textContent = t(WORDS, "otherLanguage");
  $("language").lang = language() === "ru" ? "en" : "ru";
  $("hint").textContent = hint && t(WORDS, hint);
  $("answer").hidden = !answer;
  if (!answer) return;
  const numbers = { mine: answer.number, other: answer.other };
  $("about").textContent = t(WORDS, answer.other ? "before" : "waits", numbers);
  $("text").textContent = named(answer.text);
}

async function ask() {
  const other = $("other").value.trim();
  const before = other ? `before=${encodeURIComponent(other)}` : "";
  const path = ticket
    ? `/v1/tickets/${encodeURIComponent(ticket)}/why?${before}`
    : `/v1/branches/${encodeURIComponent(branch)}/why?number=${encodeURIComponent($("mine").value.trim())}&${before}`;
  answer = null;
  try {
    answer = await service().get(path);
    hint = "";
  } catch (error) {
    hint = error instanceof Refusal && error.status === 404 ? "unknown" : "silent";
  }
  render();
}

$("asked").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
$("language").addEventListener("click", () => setLanguage(language() === "ru" ? "en" : "ru"));
onLanguage(render);
branch ??= await chosenBranch(document.querySelector("main"));
render();
if (ticket) await ask();
else $("mine").focus();
