// Emoji: the ones Limner understands as a request, and some that are only kind.
import { el } from "./dom.js";

export const KNOWN = [
  { emoji: "🔁", about: "Draw it again" },
  { emoji: "🎲", about: "New seed" },
  { emoji: "1️⃣", about: "Vary image 1" },
  { emoji: "2️⃣", about: "Vary image 2" },
  { emoji: "3️⃣", about: "Vary image 3" },
  { emoji: "4️⃣", about: "Vary image 4" },
  { emoji: "⬆️", about: "Upscale" },
  { emoji: "✉️", about: "Send details" },
  { emoji: "⭐", about: "Keep" },
  { emoji: "👍", about: "Rate it up" },
  { emoji: "👎", about: "Rate it down" },
  { emoji: "🚩", about: "Report" },
  { emoji: "❌", about: "Cancel or delete" },
];
/** The reactions that are about one image of a message, by its number. */
export const DIGITS = ["1️⃣", "2️⃣", "3️⃣", "4️⃣"];

const ORDINARY = [
  ["❤️", "Heart"],
  ["🎉", "Party"],
  ["🔥", "Fire"],
  ["😂", "Tears of joy"],
  ["😍", "Heart eyes"],
  ["👀", "Looking"],
  ["🙌", "Hands up"],
  ["👏", "Clapping"],
  ["🤔", "Thinking"],
  ["💯", "Hundred"],
  ["✅", "Done"],
  ["🙏", "Thank you"],
  ["🚀", "Rocket"],
  ["🌈", "Rainbow"],
  ["🦊", "Fox"],
  ["☕", "Coffee"],
];

export function about(emoji) {
  return KNOWN.find((one) => one.emoji === emoji)?.about ?? ORDINARY.find(([one]) => one === emoji)?.[1] ?? "";
}

let open = null;

/** Close the picker, if it is open. */
export function closePicker() {
  open?.();
}

/**
 * Show the picker beside a button; `choose` gets the emoji. `asking` puts the reactions first that Limner acts on.
 * Arrow keys move, Enter chooses, Escape goes back to the button.
 */
export function pick(anchor, { asking, choose }) {
  closePicker();
  const button = (emoji, name, wide) =>
    el(
      "button",
      {
        type: "button",
        class: wide ? "pick wide" : "pick",
        "aria-label": `${emoji} ${name}`,
        "data-tip": wide ? false : name,
        on: {
          click: () => {
            close();
            choose(emoji);
          },
        },
      },
      el("span", { class: "emoji", "aria-hidden": "true", text: emoji }),
      wide ? el("span", { text: name }) : null,
    );
  const known = [
    el("h3", { text: "Limner acts on these" }),
    el("div", { class: "picks known" }, ...KNOWN.map((one) => button(one.emoji, one.about, true))),
  ];
  const ordinary = [el("h3", { text: "Just saying" }), el("div", { class: "picks" }, ...ORDINARY.map(([emoji, name]) => button(emoji, name, false)))];
  const panel = el("div", { class: "popover picker", role: "dialog", "aria-label": "Choose a reaction" }, ...(asking ? [...known, ...ordinary] : ordinary));
  document.body.append(panel);
  place(panel, anchor);
  anchor.setAttribute("aria-expanded", "true");
  const buttons = [...panel.querySelectorAll("button")];
  buttons[0].focus();

  function close(refocus = true) {
    panel.remove();
    anchor.removeAttribute("aria-expanded");
    document.removeEventListener("pointerdown", outside, true);
    open = null;
    if (refocus) anchor.focus();
  }
  function outside(event) {
    if (!panel.contains(event.target)) close(false);
  }
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
      return;
    }
    const next = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 }[event.key];
    if (next === undefined) {
      if (event.key === "Tab") close();
      return;
    }
    event.preventDefault();
    step(buttons, event.key)?.focus();
  });
  document.addEventListener("pointerdown", outside, true);
  open = close;
}

/** The neighbour of the focused button: the next one, or the nearest in the row above or below. */
function step(buttons, key) {
  const at = buttons.indexOf(document.activeElement);
  if (key === "ArrowRight") return buttons[at + 1];
  if (key === "ArrowLeft") return buttons[at - 1];
  const here = buttons[at].getBoundingClientRect();
  const sign = key === "ArrowDown" ? 1 : -1;
  let best = null;
  for (const button of buttons) {
    const there = button.getBoundingClientRect();
    const rows = (there.top - here.top) * sign;
    if (rows <= 4) continue;
    const distance = rows * 4 + Math.abs(there.left - here.left);
    if (!best || distance < best.distance) best = { button, distance };
  }
  return best?.button;
}

/** Put a popover beside its anchor, inside the window. */
export function place(panel, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const wanted = box.left + width < innerWidth - 8 ? box.left : box.right - width;
  const left = Math.max(8, Math.min(wanted, innerWidth - width - 8));
  const below = box.bottom + 6;
  const top = below + height < innerHeight - 8 ? below : Math.max(8, box.top - height - 6);
  panel.style.left = `${left}px`;
  panel.style.top = `${top}px`;
}
