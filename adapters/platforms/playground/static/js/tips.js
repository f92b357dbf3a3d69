// Tips: the name of a button without words, shown when the mouse rests on it or the keyboard reaches it.
import { el } from "./dom.js";

const PAUSE = 350;

export function startTips() {
  const tip = el("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  document.body.append(tip);
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    tip.hidden = true;
  };
  const show = (target) => {
    if (!target.isConnected) return;
    // A dialog is drawn above everything else, so its tips must be inside it.
    (target.closest("dialog") ?? document.body).append(tip);
    tip.textContent = target.dataset.tip;
    tip.hidden = false;
    const box = target.getBoundingClientRect();
    const left = box.left + box.width / 2 - tip.offsetWidth / 2;
    tip.style.left = `${Math.max(6, Math.min(left, innerWidth - tip.offsetWidth - 6))}px`;
    const above = box.top - tip.offsetHeight - 6;
    tip.style.top = `${above > 4 ? above : box.bottom + 6}px`;
  };
  document.addEventListener("pointerover", (event) => {
    const target = event.target.closest?.("[data-tip]");
    hide();
    if (target && event.pointerType === "mouse") timer = setTimeout(() => show(target), PAUSE);
  });
  document.addEventListener("focusin", (event) => {
    hide();
    const target = event.target.closest?.("[data-tip]");
    if (target?.matches(":focus-visible")) timer = setTimeout(() => show(target), PAUSE);
  });
  for (const event of ["pointerdown", "focusout", "scroll", "keydown"]) document.addEventListener(event, hide, true);
}
