/**
 * In which language a page speaks: tables of whole phrases, Russian plurals, numbers and times as people read them.
 *
 *   const WORDS = {
 *     waited: { ru: "Ждал {minutes} мин", en: "Waited {minutes} min" },
 *     people: { ru: { one: "{count} человек", few: "{count} человека", many: "{count} человек", other: "{count} человека" },
 *               en: { one: "{count} person", other: "{count} people" } },
 *   };
 *   t(WORDS, "people", { count: 3 })   // «3 человека»
 *
 * Russian first. The page's address may name the language: ?lang=en, or two for a board: ?lang=ru,en.
 */

const LANGUAGES = ["ru", "en"];
const MEMORY = "talon.language";
const NO_BREAK = "\u00a0";

const asked = (new URLSearchParams(location.search).get("lang") ?? "").split(",").filter(known);
let current = asked[0] ?? remembered() ?? LANGUAGES[0];
const listeners = new Set();
document.documentElement.lang = current;

/** The language of the page now: "ru" or "en". */
export function language() {
  return current;
}

/** All languages asked for in the address, the page's own first; one unless it says ?lang=ru,en. */
export function languages() {
  return asked.length > 1 ? asked : [current];
}

/** Change the language and tell every listener; it is remembered on this machine unless `remember` is false. */
export function setLanguage(next, { remember = true } = {}) {
  if (!known(next) || next === current) return;
  current = next;
  document.documentElement.lang = next;
  if (remember) store(next);
  for (const listener of listeners) listener(next);
}

/** Call `listener` whenever the language changes; answers a function that ends it. */
export function onLanguage(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The phrase `key` of `table`, its {names} filled from `values`; a plural is chosen by `values.count`. */
export function t(table, key, values = {}, lang = current) {
  const phrase = table[key]?.[lang];
  if (phrase === undefined) throw new Error(`no words for ${key} in ${lang}`);
  const text = typeof phrase === "string" ? phrase : phrase[plural(values.count, lang)] ?? phrase.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The name of a thing that the services give in both languages: {"ru": …, "en": …}. */
export function named(name, lang = current) {
  return name?.[lang] ?? name?.ru ?? "";
}

/** A ticket's number that never breaks over two lines: «Д 118». */
export function numberText(number) {
  return number.replaceAll(" ", NO_BREAK);
}

/** Hours and minutes in the branch's zone: «10:42». `moment` is a Date or an RFC 3339 text. */
export function timeText(moment, zone) {
  return clockFormat(zone).format(new Date(moment));
}

/** Elapsed time as a stop-watch shows it: «06:12», «1:04:09». */
export function elapsedText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${two(minutes)}:${two(whole % 60)}`;
}

/** Fill every [data-t] under `root` with its phrase, and every [data-t-label] with its aria-label. */
export function fill(root, table) {
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(table, element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(table, element.dataset.tLabel));
  }
}

const rules = new Map();
function plural(count, lang) {
  if (!rules.has(lang)) rules.set(lang, new Intl.PluralRules(lang));
  return rules.get(lang).select(count);
}

const formats = new Map();
function clockFormat(zone) {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("ru-RU", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }));
  }
  return formats.get(zone);
}

function known(lang) {
  return LANGUAGES.includes(lang);
}

function remembered() {
  try {
    const lang = localStorage.getItem(MEMORY);
    return known(lang) ? lang : null;
  } catch {
    return null; // a kiosk browser may forbid storage
  }
}

function store(lang) {
  try {
    localStorage.setItem(MEMORY, lang);
  } catch {
    // nothing to remember with: the choice lives as long as the page
  }
}
