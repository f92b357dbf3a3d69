// Announcements: what a screen reader is told, gathered for a moment so that a burst is one sentence, and short notes for everybody.
import { el, icon } from "./dom.js";

const PAUSE = 600;
const SHOWN = 7000;
let waiting = [];
let timer = 0;

export function announce(text) {
  waiting.push(text.slice(0, 300));
  clearTimeout(timer);
  timer = setTimeout(() => {
    const said = waiting.length > 4 ? [...waiting.slice(-3), `and ${waiting.length - 3} more messages`] : waiting;
    document.getElementById("announcer").textContent = said.join(". ");
    waiting = [];
  }, PAUSE);
}

/** A note that goes away by itself; `action` is `{label, run}` or nothing. */
export function toast(text, action = null) {
  const away = () => note.remove();
  const note = el("div", { class: "toast" }, el("span", { text }));
  if (action) {
    note.append(
      el("button", {
        type: "button",
        class: "link",
        text: action.label,
        on: {
          click: () => {
            away();
            action.run();
          },
        },
      }),
    );
  }
  note.append(el("button", { type: "button", class: "icon-button small", "aria-label": "Close this note", on: { click: away } }, icon("close")));
  document.getElementById("toasts").append(note);
  setTimeout(away, SHOWN);
}
