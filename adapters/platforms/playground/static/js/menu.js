// Menus: a short list of acts beside a button. Arrow keys move, Enter chooses, Escape goes back to the button.
import { el, icon } from "./dom.js";
import { place } from "./emoji.js";

/** Open a menu; `items` are `{sign, label, run}`. */
export function openMenu(anchor, label, items) {
  document.querySelector(".acts-menu")?.remove();
  const close = (refocus) => {
    menu.remove();
    anchor.removeAttribute("aria-expanded");
    document.removeEventListener("pointerdown", outside, true);
    if (refocus) anchor.focus();
  };
  const outside = (event) => {
    if (!menu.contains(event.target)) close(false);
  };
  const buttons = items.map((item) => {
    const run = () => {
      close(true);
      item.run();
    };
    return el("button", { type: "button", role: "menuitem", class: "act", on: { click: run } }, icon(item.sign), el("span", { text: item.label }));
  });
  const menu = el("div", { class: "popover acts-menu", role: "menu", "aria-label": label }, ...buttons);
  document.body.append(menu);
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  buttons[0].focus();
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "Escape" || event.key === "Tab") {
      event.stopPropagation();
      close(true);
    } else if (event.key === "ArrowDown") buttons[(at + 1) % buttons.length].focus();
    else if (event.key === "ArrowUp") buttons[(at - 1 + buttons.length) % buttons.length].focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", outside, true);
}
