/** Building elements: text only, never markup from data. */

const ATTRIBUTES = new Set(["role", "list", "lang"]);

/** h("p.why", {hidden: true}, "text", child): the tag with classes, properties, children; null is left out. */
export function h(tag, ...rest) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const part of rest.flat(2)) {
    if (part === null || part === undefined || part === "") continue;
    if (typeof part === "object" && !(part instanceof Node)) assign(element, part);
    else element.append(part);
  }
  return element;
}

function assign(element, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (key === "dataset") Object.assign(element.dataset, value);
    else if (key.includes("-") || ATTRIBUTES.has(key)) element.setAttribute(key, value);
    else element[key] = value;
  }
}

/** A button that names its key: «Не пришёл [F8]». */
export function button(tag, label, key, properties = {}) {
  const cap = key ? h("kbd", { "aria-hidden": "true" }, key) : null;
  return h(tag, { type: "button", ...(key ? { "aria-keyshortcuts": key } : {}), ...properties }, label, cap);
}

/** Change a text only when it differs: a screen reader is told of changes alone. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const SVG = "http://www.w3.org/2000/svg";

/** svg("rect", {x: 0, class: "now"}, child): a drawing's element with its attributes. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.flat());
  return element;
}
