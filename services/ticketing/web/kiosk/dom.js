/* Building what is shown: elements from names and texts. Texts only ever become text nodes. */

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (`on` holds listeners, null and false are left out) and children. */
export function el(tag, { on = {}, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  for (const [event, listener] of Object.entries(on)) node.addEventListener(event, listener);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A button that does `press`. */
export function button(look, press, ...children) {
  return el("button", { type: "button", class: look, on: { click: press } }, ...children);
}

/** One of the page's drawn signs (index.html keeps them), for decoration only. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${name}`);
  drawing.append(use);
  return drawing;
}

/** A ring that empties with the seconds left, which it also says; the texts around it name them in words. */
export function ring(whole) {
  const part = (look) => {
    const circle = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ class: look, cx: 50, cy: 50, r: 42, pathLength: 100 })) {
      circle.setAttribute(name, value);
    }
    return circle;
  };
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 100 100");
  const arc = part("arc");
  drawing.append(part("track"), arc);
  const seconds = el("span", { class: "number" });
  const node = el("div", { class: "ring", "aria-hidden": "true" }, drawing, seconds);
  const show = (left) => {
    arc.setAttribute("stroke-dashoffset", 100 - (100 * left) / whole);
    seconds.textContent = left;
  };
  show(whole);
  return { node, show };
}
