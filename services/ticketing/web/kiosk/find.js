/* Finding a service by everyday words: aliases, ё/е, word endings, small typos, the wrong keyboard layout. */

const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";
const TO_CYRILLIC = new Map([...LATIN].map((key, place) => [key, CYRILLIC[place]]));
const TO_LATIN = new Map([...CYRILLIC].map((key, place) => [key, LATIN[place]]));

/* Said by people, telling nothing: "мне нужна справка" is a search for "справка". */
const FILLERS = new Set(("в во на и для по с со до от о об к из за я мне мой мою мои нам нужно нужен нужна "
  + "надо хочу как где можно a an the of for to my i need want get").split(" "));

const EXACT = 10, BEGINS = 8, SAME_ROOT = 6, INSIDE = 4, MISSPELT = 3;
const ASIDE = 0.3;            /* a hit in the category's name counts less than one in the service's own words */

const plain = (text) => text.toLowerCase().replaceAll("ё", "е");
const words = (text) => plain(text).split(/[^a-zа-я0-9]+/).filter(Boolean);
const retyped = (text, keys) => [...text.toLowerCase()].map((key) => keys.get(key) ?? key).join("");

/** Prepare the services of a branch for `find`. */
export function indexOf(services, categories) {
  const named = new Map(categories.map((category) => [category.code, category.name]));
  return services.map((service) => {
    const own = [service.name.ru, service.name.en, ...service.aliases];
    const { ru = "", en = "" } = named.get(service.category) ?? {};
    return {
      service,
      phrases: own.map(words),
      aside: words(`${ru} ${en}`),
    };
  });
}

/** Services for `query`, best first; `read` tells how the query was read when its layout was wrong. */
export function find(index, query) {
  const typed = ranked(index, query);
  const readings = query.trim().length < 3 ? [] : [retyped(query, TO_CYRILLIC), retyped(query, TO_LATIN)];
  let chosen = { ...typed, read: null };
  for (const text of readings) {
    const other = ranked(index, text);
    if (other.quality > Math.max(chosen.quality, MISSPELT)) chosen = { ...other, read: text };
  }
  return { services: chosen.services, read: chosen.read };
}

function ranked(index, query) {
  const all = words(query);
  const telling = all.filter((word) => !FILLERS.has(word));
  const asked = telling.length ? telling : all;
  if (!asked.length) return { services: [], quality: 0 };
  const phrase = asked.join(" ");
  const scored = index.map((entry) => score(entry, asked, phrase)).filter(({ hits }) => hits > 0);
  const whole = scored.filter(({ hits }) => hits === asked.length);
  const kept = whole.length ? whole : scored.filter(({ hits }) => hits * 2 >= asked.length);
  kept.sort((one, two) => two.points - one.points || one.service.name.ru.localeCompare(two.service.name.ru, "ru"));
  return {
    services: kept.map(({ service }) => service),
    quality: whole.length ? Math.max(...whole.map(({ weakest }) => weakest)) : 0,
  };
}

function score(entry, asked, phrase) {
  const likely = entry.phrases.map((own) => asked.map((word) => best(word, own)));
  const aside = asked.map((word) => best(word, entry.aside) * ASIDE);
  const found = asked.map((_, place) => Math.max(aside[place], ...likely.map((points) => points[place])));
  const closest = likely.map((points, place) => sum(points) / entry.phrases[place].length);
  const own = entry.phrases.map((phraseWords) => phraseWords.join(" "));
  let points = sum(found) + Math.max(...closest);
  if (own.includes(phrase)) points += EXACT;
  else if (own.some((text) => text.startsWith(phrase))) points += MISSPELT;
  return { service: entry.service, points, hits: found.filter(Boolean).length, weakest: Math.min(...found) };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const best = (asked, others) => Math.max(0, ...others.map((other) => likeness(asked, other)));

function likeness(asked, word) {
  if (word === asked) return EXACT;
  if (word.startsWith(asked)) return BEGINS;
  if (asked.length < 4) return 0;
  const shared = sharedStart(asked, word);
  if (shared >= Math.max(4, asked.length - 2) && word.length - shared <= 3) return SAME_ROOT;
  if (word.includes(asked)) return INSIDE;
  const allowed = asked.length < 7 ? 1 : 2;
  const slips = slipsToStart(asked, word);
  return slips <= allowed ? MISSPELT + (allowed - slips) * 0.5 : 0;
}

function sharedStart(one, two) {
  let length = 0;
  while (length < one.length && one[length] === two[length]) length += 1;
  return length;
}

/* Damerau-Levenshtein (neighbours swapped count once) from `asked` to the nearest beginning of `word`. */
function slipsToStart(asked, word) {
  let before = [], row = Array.from({ length: word.length + 1 }, (_, column) => column);
  for (let i = 1; i <= asked.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= word.length; j += 1) {
      const same = asked[i - 1] === word[j - 1] ? 0 : 1;
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + same);
      if (i > 1 && j > 1 && asked[i - 1] === word[j - 2] && asked[i - 2] === word[j - 1]) {
        next[j] = Math.min(next[j], before[j - 2] + 1);
      }
    }
    [before, row] = [row, next];
  }
  return Math.min(...row.slice(Math.max(1, asked.length - 2)));
}
