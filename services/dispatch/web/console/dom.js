/** Building elements: text only, never markup from data. */

/** h("p.why", {hidden: true}, "text", child): the tag with classes, properties, children; null is left out. */
export function h(tag, ...rest) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const part of rest.flat()) {
    if (part === null || part === undefined) continue;
    if (typeof part === "object" && !(part instanceof Node)) assign(element, part);
    else element.append(part);
  }
  return element;
}

function assign(element, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (key === "dataset") Object.assign(element.dataset, value);
    else if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else element[key] = value;
  }
}

/** A button that names its key: «Не пришёл [F8]». */
export function button(tag, label, key, properties = {}) {
  const cap = key ? h("kbd", { "aria-hidden": "true" }, key) : null;
  return h(tag, { type: "button", ...(key ? { "aria-keyshortcuts": key } : {}), ...properties }, label, cap);
}
