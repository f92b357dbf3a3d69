// Pictures: the grid of a card. Each opens large, a sensitive one only after it was asked for, and carries the buttons that are about it.
import { showLightbox } from "./dialogs.js";
import { el, icon, iconButton } from "./dom.js";
import { DIGITS } from "./emoji.js";

export class Pictures {
  /** `press(action, button)` does what a button says, `react(emoji)` reacts to the message, `broken()` hears of one that cannot be shown. */
  constructor({ press, react, broken }) {
    Object.assign(this, { press, react, broken });
    this.revealed = new Set();
    this.element = el("div", { class: "pictures" });
  }

  update(pictures, actions) {
    this.pictures = pictures;
    this.actions = actions;
    this.element.hidden = !pictures.length;
    this.element.dataset.count = Math.min(pictures.length, 5);
    const shown = [...this.element.children];
    pictures.forEach((picture, at) => {
      // Drawn again only when it is another picture: one that is on the page does not flicker when its card is edited.
      const mark = `${picture.key} ${picture.address} ${picture.spoiler} ${this.revealed.has(picture.key)}`;
      if (shown[at]?.dataset.mark === mark) return;
      const made = this.#figure(picture, at);
      made.dataset.mark = mark;
      if (shown[at]) shown[at].replaceWith(made);
      else this.element.append(made);
    });
    for (const extra of shown.slice(pictures.length)) extra.remove();
  }

  #figure(picture, at) {
    const hidden = picture.spoiler && !this.revealed.has(picture.key);
    const image = el("img", {
      src: picture.address || false,
      alt: picture.alt,
      width: picture.width,
      height: picture.height,
      decoding: "async",
      draggable: "false",
    });
    const open = el(
      "button",
      {
        type: "button",
        class: "open",
        "aria-label": hidden ? `Hidden image ${picture.index}, show it` : `Open image ${picture.index}: ${picture.alt}`,
        on: { click: () => (hidden ? this.#reveal(picture, at) : this.#enlarge(picture)) },
      },
      image,
      hidden ? el("span", { class: "cover", "aria-hidden": "true" }, icon("eye-off"), "Sensitive. Click to show") : null,
    );
    const figure = el(
      "figure",
      { class: `picture${hidden ? " spoiler" : ""}${picture.address ? "" : " broken"}` },
      el("div", { class: "frame" }, open, picture.download && !hidden ? this.#tools(picture) : null),
      picture.title ? el("figcaption", { text: picture.title }) : null,
    );
    image.addEventListener("error", () => {
      figure.classList.add("broken");
      this.broken();
    });
    return figure;
  }

  #tools(picture) {
    const digit = DIGITS[picture.index - 1];
    const reaction = digit
      ? el(
          "button",
          {
            type: "button",
            class: "icon-button",
            "aria-label": `React with ${digit} to image ${picture.index}`,
            "data-tip": `Vary image ${picture.index}`,
            on: { click: () => this.react(digit) },
          },
          el("span", { class: "emoji", "aria-hidden": "true", text: digit }),
        )
      : null;
    // The reaction does what the button would.
    const others = this.#about(picture).filter((action) => !digit || !/^vary\b/.test(action.line));
    const buttons = others.map((action) => {
      const [sign, name] = shortcut(action, picture.index);
      return iconButton(sign, name, (event) => this.press(action, event.currentTarget));
    });
    const download = { class: "icon-button", href: picture.download, download: picture.name };
    return el(
      "div",
      { class: "picture-tools" },
      reaction,
      ...buttons,
      el("a", { ...download, "aria-label": `Download image ${picture.index}`, "data-tip": "Download" }, icon("download")),
    );
  }

  #reveal(picture, at) {
    this.revealed.add(picture.key);
    this.update(this.pictures, this.actions);
    this.element.children[at].querySelector(".open").focus();
  }

  #enlarge(picture) {
    const seen = this.pictures.filter((one) => one.address && (!one.spoiler || this.revealed.has(one.key)));
    const first = Math.max(0, seen.findIndex((one) => one.key === picture.key));
    showLightbox(seen, first, (one, close) =>
      this.#about(one).map((action) => {
        const run = (event) => {
          this.press(action, event.currentTarget);
          close();
        };
        return el("button", { type: "button", class: "button on-dark", text: action.label, on: { click: run } });
      }),
    );
  }

  /** The actions that are about one picture: their line ends with its number. */
  #about(picture) {
    const ending = ` ${picture.index}`;
    return this.actions.filter((action) => action.line.endsWith(ending) && action.line.split(" ").length > 2).slice(0, 3);
  }
}

/** An icon and a name for a button on a picture; the names differ from those of the buttons below, which do the same. */
function shortcut(action, index) {
  if (/^vary\b/.test(action.line)) return ["brush", `Make variations of image ${index}`];
  if (/^upscale\b/.test(action.line)) return ["expand", `Enlarge image ${index}`];
  return ["plus", `${action.line.split(" ")[0]} image ${index}`];
}
