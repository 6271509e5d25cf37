/* A long list that is moved by two big buttons as well as by a finger, and says how far it is. */

import { button, el, icon } from "./dom.js";

const OVERLAP = 0.15;           /* of a page: the last row seen stays in sight */
const SLACK = 8;                /* px that nobody misses */

/** A scrolling box for `items`, its buttons, and `ready` to call once both stand on the page. */
export function scrolling(kiosk, step, items, look) {
  const box = el("div", { class: `scroll ${look}`, tabindex: "-1" }, ...items);
  const move = (way) => () => box.scrollBy({ top: way * box.clientHeight * (1 - OVERLAP), behavior: "smooth" });
  const up = button("plain big", move(-1), icon("up"), kiosk.say("up"));
  const down = button("plain big", move(1), icon("down"), kiosk.say("down"));
  const where = el("span", { class: "where number" });
  const controls = el("div", { class: "moves" }, up, where, down);
  const rows = items.filter((item) => item.matches("button"));
  where.hidden = !rows.length;

  const tell = () => {
    step.scroll = box.scrollTop;
    const frame = box.getBoundingClientRect();
    const seen = rows.map((row) => row.getBoundingClientRect())
      .map((row) => row.top >= frame.top - row.height / 2 && row.bottom <= frame.bottom + row.height / 2);
    up.disabled = box.scrollTop < SLACK;
    down.disabled = box.scrollTop + box.clientHeight > box.scrollHeight - SLACK;
    box.classList.toggle("more", !controls.hidden && !down.disabled);
    where.textContent = kiosk.say("place", { first: seen.indexOf(true) + 1, last: seen.lastIndexOf(true) + 1, all: rows.length });
  };
  /* Measured without the buttons: they take room themselves, and are not shown where all fits. */
  const fit = () => {
    controls.hidden = true;
    const long = box.scrollHeight > box.clientHeight + SLACK;
    controls.hidden = !long;
    box.tabIndex = long && !rows.length ? 0 : -1; /* text that has no button of its own is scrolled with arrows */
    tell();
  };
  box.addEventListener("scroll", tell, { passive: true });
  const ready = () => {
    const before = step.scroll ?? 0;
    fit();
    box.scrollTop = before;
    new ResizeObserver(fit).observe(box);
  };
  return { box, controls, ready };
}
