/** The plan of breaks: read, changed by hand or by a proposal, and kept. */
import { Refusal, service } from "/common/api.js";
import { h, write } from "/common/dom.js";
import { momentOf } from "/common/hours.js";
import { language, t, timeText } from "/common/words.js";
import { bar, breakRows } from "./breaks.js";
import { moveNow, span } from "./plot.js";
import { WORDS } from "./words.js";

const USUAL = 30; // minutes, offered for a new break
const SEARCH_MS = 60_000; // a proposal is searched for some seconds, and may wait for another one
const dispatch = service();

export class Plan {
  #told = null; // as the service keeps it: {breaks, breaches}
  #mine = null; // as it is being changed; null: it is not
  #shift = null;
  #seen = null; // what the rows were drawn from
  #people = "";
  #busy = false;
  #searching = false;
  #judged = null; // {before, after} of a proposal that nobody has changed

  constructor(form, hint, branch, clock) {
    Object.assign(this, { form, hint, clock, path: `/v1/branches/${encodeURIComponent(branch)}/breaks` });
    this.rows = h("div");
    this.result = h("p.proposal", { hidden: true });
    this.who = h("select", { name: "add" });
    this.propose = h("button", { type: "button", onclick: () => this.#propose() });
    this.save = h("button.primary", { type: "submit" });
    this.leave = h("button.quiet", { type: "button", onclick: () => this.#forget() });
    form.append(this.rows, this.result, h("div.does", this.who, this.propose, this.leave, this.save));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#save(); });
    form.addEventListener("change", ({ target }) => (target === this.who ? this.#add() : this.#edit(target)));
  }

  /** Who is at which window; only a change of it touches the rows, for somebody may be writing in them. */
  heard(shift) {
    this.#shift = shift;
    const people = JSON.stringify(shift.windows.map((win) => [win.window, win.operator, win.state === "paused"]));
    if (people === this.#people) return;
    this.#people = people;
    if (!this.#mine) this.draw();
  }

  async load() {
    if (this.#mine || this.#busy) return;
    const told = await dispatch.get(this.path).catch(() => null); // the page's own stream tells of the loss
    if (!told || this.#mine || this.#busy || JSON.stringify(told) === JSON.stringify(this.#told)) return;
    this.#told = told;
    this.draw();
  }

  tick(now) {
    if (!this.#seen) return this.draw();
    moveNow(this.rows, this.#seen.shown, now);
  }

  draw() {
    const now = this.clock.now();
    if (!this.#shift || !this.#told || !now) return;
    const { windows, branch } = this.#shift;
    const breaks = this.#breaks();
    this.#seen = { windows, zone: branch.timezone, now, shown: span(breaks, now), breaches: this.#mine ? [] : this.#told.breaches ?? [] };
    this.rows.replaceChildren(...breakRows(breaks, this.#seen, (index) => this.#change(breaks.filter((_, at) => at !== index))));
    moveNow(this.rows, this.#seen.shown, now);
    this.#showButtons();
  }

  #breaks() {
    return this.#mine ?? this.#told.breaks;
  }

  #showButtons() {
    const planned = new Set(this.#breaks().map((one) => one.operator));
    const without = this.#shift.windows.filter((win) => win.operator && !planned.has(win.operator));
    const option = (win) => h("option", { value: win.operator }, t(WORDS, "atWindow", { operator: win.operator, window: win.window }));
    this.who.setAttribute("aria-label", t(WORDS, "addFor"));
    this.who.replaceChildren(h("option", { value: "" }, t(WORDS, "addFor")), ...without.map(option));
    this.who.hidden = !without.length;
    write(this.propose, t(WORDS, this.#searching ? "searching" : "propose"));
    this.propose.disabled = this.#busy;
    if (this.#judged) write(this.result, judgedText(this.#judged));
    write(this.save, t(WORDS, "save"));
    write(this.leave, t(WORDS, "forget"));
    this.save.hidden = this.leave.hidden = !this.#mine;
  }

  /** The plan as the head would have it, not kept yet. */
  #change(breaks, judged = null) {
    this.#mine = breaks;
    this.#judge(judged);
    this.#say(judged ? "proposed" : "unsaved");
    this.draw();
  }

  /** What a proposal would change is said until a break of it is moved. */
  #judge(judged) {
    this.#judged = judged;
    this.result.hidden = !judged;
  }

  /** Only the drawing of that row and the buttons: the focus stays in the fields. */
  #edit(field) {
    const row = field.closest("[data-index]");
    if (!row) return;
    const breaks = this.#breaks().map((one) => ({ ...one }));
    const one = breaks[row.dataset.index];
    if (field.name === "at") {
      const at = momentOf(field.value, this.clock.now(), this.#seen.zone);
      field.value = timeText(at ?? one.at, this.#seen.zone);
      if (!at) return this.#say("needHour");
      one.at = at.toISOString();
    } else {
      field.value = one.minutes = Math.min(180, Math.max(5, Math.round(field.valueAsNumber) || one.minutes));
    }
    this.#mine = breaks;
    this.#judge(null);
    this.#seen.shown = span(breaks, this.clock.now());
    row.querySelector("svg").replaceWith(bar(one, this.#seen));
    row.querySelector(".breach")?.remove();
    this.#say("unsaved");
    moveNow(this.rows, this.#seen.shown, this.clock.now());
    this.#showButtons();
  }

  #add() {
    const operator = this.who.value;
    if (!operator) return;
    const quarter = 15 * 60_000;
    const at = new Date(Math.ceil(this.clock.now() / quarter) * quarter).toISOString();
    this.#change([...this.#breaks(), { operator, at, minutes: USUAL }]);
    this.rows.querySelector(".row:last-child input").focus();
  }

  #forget() {
    this.#mine = null;
    this.#judge(null);
    write(this.hint, "");
    this.draw();
  }

  async #save() {
    if (!this.#mine) return;
    const breaks = this.#mine;
    await this.#ask(async () => {
      this.#told = await dispatch.put(this.path, { breaks });
      this.#forget();
      const breaches = this.#told.breaches?.length;
      if (breaches) this.#say("savedBreaches", { count: breaches });
      else this.#say("saved");
      this.hint.classList.toggle("good", !breaches);
    });
  }

  async #propose() {
    this.#searching = true;
    await this.#ask(async () => {
      const found = await dispatch.post(`${this.path}/plan`, {}, { timeout: SEARCH_MS });
      this.#change(found.breaks, found);
      this.hint.scrollIntoView({ block: "nearest" }); // many rows came before it
    });
    this.#searching = false;
    this.#showButtons();
  }

  #say(key, values) {
    write(this.hint, t(WORDS, key, values));
    this.hint.classList.remove("good");
  }

  /** One question at a time; what went wrong is told in words. */
  async #ask(question) {
    if (this.#busy) return;
    this.#busy = true;
    this.#showButtons();
    try {
      await question();
    } catch (error) {
      this.#excuse(error);
    } finally {
      this.#busy = false;
      this.#showButtons();
    }
  }

  #excuse(error) {
    if (!(error instanceof Refusal)) return this.#say("unreachable");
    const { kind, problem, status } = error;
    if (kind === "nothing-learned") this.#say("nothingLearned", { time: this.#hourOf(problem.possible_from) });
    else if (kind === "nobody-on-shift") this.#say("nobodyOnShift");
    else this.#say("refused", { kind: kind || status });
  }

  #hourOf(moment) {
    return timeText(moment, this.#shift.branch.timezone);
  }
}

/** Of a hundred visitors, how many are called in time: as it is, and with the plan. */
function judgedText({ before, after }) {
  const percent = ({ own_norm: late }) => ((1 - late) * 100).toLocaleString(language(), { maximumFractionDigits: 1 });
  const [was, now] = [percent(before), percent(after)];
  return t(WORDS, was === now ? "noBetter" : "proposal", { was, now });
}
