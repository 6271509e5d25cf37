/**
 * Which branch a page shows: ?branch= of its address, or a choice among those that there are.
 *
 *   const branch = await chosenBranch(document.querySelector("main"));
 */
import { service } from "./api.js";
import { named, t } from "./words.js";

const WORDS = {
  choose: { ru: "Выберите филиал", en: "Choose a branch" },
  none: { ru: "Филиалов пока нет: загрузите каталог.", en: "No branches yet: import a catalogue." },
  unreachable: { ru: "Нет связи с сервером. Пробуем снова…", en: "No connection to the server. Trying again…" },
};
const AGAIN_MS = 3000;

/** The code of the branch; while it is unknown, `host` shows the choice (a link for each branch). */
export async function chosenBranch(host) {
  const asked = new URLSearchParams(location.search).get("branch");
  if (asked) return asked;
  for (;;) {
    const branches = await service("ticketing").get("/v1/branches").then((answer) => answer.branches).catch(() => null);
    if (branches?.length === 1) return go(branches[0].code);
    host.replaceChildren(branches ? choice(branches) : paragraph("unreachable"));
    await new Promise((done) => setTimeout(done, branches?.length ? 2 ** 30 : AGAIN_MS));
  }
}

function choice(branches) {
  if (!branches.length) return paragraph("none");
  const nav = document.createElement("nav");
  nav.className = "branches";
  const heading = document.createElement("h1");
  heading.textContent = t(WORDS, "choose");
  nav.append(heading, ...branches.map(link));
  return nav;
}

function link(branch) {
  const a = document.createElement("a");
  a.href = address(branch.code);
  a.textContent = named(branch.name);
  return a;
}

function paragraph(key) {
  const p = document.createElement("p");
  p.className = "branches";
  p.textContent = t(WORDS, key);
  return p;
}

function address(code) {
  const query = new URLSearchParams(location.search);
  query.set("branch", code);
  return `?${query}`;
}

function go(code) {
  history.replaceState(null, "", address(code));
  return code;
}
