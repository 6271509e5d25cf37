/** Choosing a window and an operator to open it, or an open window to go to. */
import { h } from "/common/dom.js";
import { named, t } from "/common/words.js";
import { WORDS } from "./words.js";

/**
 * A form; `hall` = GET …/windows, `picked` = {window, operator} chosen before (both may be missing).
 * `changed(picked, goes, byHand)` tells each choice, the first one, too; `goes` is "open", "go" (it is open already),
 * "take" (from or for somebody who serves now) or null.
 */
export function chooser(hall, picked, changed) {
  const form = h("form.chooser", { "aria-label": t(WORDS, "welcome") });
  const find = (number) => hall.windows.find((win) => win.window === number);
  const choice = { window: find(picked.window)?.window, operator: picked.operator };
  const people = h("fieldset.people");

  const tell = (byHand) => {
    const win = find(choice.window);
    if (!win) return changed(choice, null, byHand);
    const held = win.state !== "closed";
    const elsewhere = hall.operators.find((one) => one.id === choice.operator)?.at;
    if (!choice.operator || choice.operator === win.operator) return changed(choice, held ? "go" : null, byHand);
    changed(choice, held || elsewhere ? "take" : "open", byHand);
  };
  const showPeople = () => {
    const win = find(choice.window);
    const held = win && win.state !== "closed";
    if (!held) choice.operator = known(hall, choice.operator) ?? usual(hall, choice.window);
    people.replaceChildren(
      h("legend", t(WORDS, "chooseOperator")),
      ...(held ? [h("p", t(WORDS, "heldBy", { window: win.window, operator: win.operator }))] : []),
      ...hall.operators.filter((one) => !held || one.id !== win.operator).map((one) => person(hall, one, choice)),
    );
    requestAnimationFrame(() => people.querySelector(":checked")?.closest("label").scrollIntoView({ block: "nearest" }));
  };
  form.append(
    h("fieldset.windows", h("legend", t(WORDS, "chooseWindow")), hall.windows.map((win) => tile(win, choice))),
    people,
  );
  form.addEventListener("change", ({ target }) => {
    choice[target.name] = target.value;
    if (target.name === "window") {
      choice.operator = undefined; // the window's usual operator comes first
      showPeople();
    }
    tell(true);
  });
  showPeople();
  tell(false);
  return form;
}

function known(hall, id) {
  return hall.operators.find((one) => one.id === id)?.id;
}

function usual(hall, window) {
  return hall.operators.find((one) => one.window === window && !one.at)?.id;
}

/** «Паспорта, Недвижимость»: a list, in the language of the page. */
export function skillNames(hall, codes) {
  const names = new Map((hall?.skills ?? []).map((skill) => [skill.code, named(skill.name)]));
  return codes.map((code) => names.get(code) ?? code).join(", ");
}

function tile(win, choice) {
  const open = win.state !== "closed";
  return h(`label.tile${open ? ".open" : ""}`,
    radio("window", win.window, choice.window),
    h("span.number", win.window),
    h("small", open ? t(WORDS, "windowOpen") : ""));
}

function person(hall, one, choice) {
  const skills = skillNames(hall, one.skills);
  const where = one.at ? t(WORDS, "busyAt", { window: one.at }) : one.window && t(WORDS, "usual", { window: one.window });
  return h(`label.person${one.at ? ".busy" : ""}`,
    radio("operator", one.id, choice.operator),
    h("b", one.id),
    h("span.skills", { title: skills }, skills),
    h("small", where || ""));
}

function radio(name, value, chosen) {
  return h("input", { type: "radio", name, value, checked: value === chosen });
}
