/** The head of the page: which window, who serves, in which state; and whether the service is heard. */
import { language, t, timeText } from "/common/words.js";
import { cornerButton } from "./buttons.js";
import { skillNames } from "./choose.js";
import { WORDS } from "./words.js";

const $ = (id) => document.getElementById(id);

/** `number` may be null (no window chosen yet), `win` too (not heard of yet). */
export function showHeader({ number, win, hall }) {
  const state = win?.state;
  $("title").textContent = number ? t(WORDS, "window", { window: number }) : t(WORDS, "title");
  document.title = [win?.ticket?.number, $("title").textContent].filter(Boolean).join(" · ");
  $("operator").textContent = win?.operator ? whoServes(win.operator, hall) : "";
  $("state").hidden = !state;
  $("state").className = `state ${state}`;
  $("state").textContent = state ? t(WORDS, `state_${state}`) : "";
  for (const command of ["pause", "close"]) $(command).replaceWith(cornerButton(command, win));
  $("language").textContent = t(WORDS, "otherLanguage");
  $("language").lang = language() === "ru" ? "en" : "ru";
}

function whoServes(operator, hall) {
  const skills = hall?.operators.find((one) => one.id === operator)?.skills ?? [];
  return [operator, skillNames(hall, skills)].filter(Boolean).join(" · ");
}

/** The red banner while the service is silent; `told` = the moment of its last word, if any. */
export function showLink(link, told, zone) {
  const lost = link === "lost";
  $("lost").hidden = !lost;
  document.body.classList.toggle("is-lost", lost);
  if (!lost) return;
  $("lost").textContent = told ? t(WORDS, "lost", { time: timeText(told, zone) }) : t(WORDS, "lostAtStart");
}
