// Elements: how the page is built. Text goes in as text nodes only; nothing in the page parses markup.

/**
 * An element. `props`: `class`, `text`, `on` (listeners by event), `data` (dataset), and attributes; false, null and undefined leave one out.
 * Children may be nodes, strings, or nothing.
 */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A picture from the sprite; decoration only, so it is hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A button with an icon and a name that is read aloud and shown as a tip. */
export function iconButton(name, label, onClick, props = {}) {
  return el(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, "data-tip": label, on: { click: onClick }, ...props },
    icon(name),
  );
}

/** Replace an element's children only when `mark` differs from the last time: nothing flickers, no focus is lost. */
export function refill(element, mark, make) {
  if (element.dataset.mark === mark) return;
  element.dataset.mark = mark;
  element.replaceChildren(...make());
}

/** Set an attribute, or take it away. */
export function attribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** A word for a number of things. */
export function plural(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
