// Cards: what Limner says, drawn piece by piece, so that a card which is edited ten times a second changes only where it changed.
import { attribute, el, icon, iconButton, refill } from "./dom.js";
import { confirmed, showLightbox } from "./dialogs.js";
import { DIGITS } from "./emoji.js";
import { flagged, paragraphs, plain, words } from "./text.js";

const SIGNS = { good: ["good", "Done"], warning: ["warning", "Careful"], bad: ["bad", "Failed"] };

/** The pieces of a card. `act(line, button)` does what a button says. */
export class Card {
  constructor(state, act) {
    this.state = state;
    this.act = act;
    this.revealed = new Set();
    this.title = el("h3", { class: "card-title", dir: "auto" });
    this.body = el("div", { class: "card-body" });
    this.progress = el("div", { class: "progress", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" }, el("span"));
    this.pictures = el("div", { class: "pictures" });
    this.fields = el("dl", { class: "fields" });
    this.code = el("div", { class: "code" });
    this.context = el("p", { class: "context", dir: "auto" });
    this.actions = el("div", { class: "actions" });
    this.element = el("div", { class: "card" }, this.title, this.body, this.progress, this.pictures, this.fields, this.code, this.context, this.actions);
  }

  update(content) {
    this.content = content;
    const tone = content.tone ?? "plain";
    this.element.dataset.tone = tone;
    // A picture without an original is a look at the work so far, or at all results together.
    const finished = (content.pictures ?? []).some((picture) => picture.download);
    this.element.dataset.pictures = finished ? "results" : tone === "working" ? "preview" : "overview";
    const alone = !content.title && !content.body;
    this.title.hidden = !content.title;
    refill(this.title, content.title ?? "", () => words(content.title ?? "", this.state));
    const body = alone ? content.text : (content.body ?? "");
    this.body.hidden = !body;
    refill(this.body, `${tone}\n${body}`, () => {
      const lines = paragraphs(body, this.state);
      if (lines.length && SIGNS[tone]) lines[0].prepend(sign(...SIGNS[tone]));
      return lines;
    });
    this.#showProgress(content);
    this.#showPictures(content.pictures ?? []);
    this.#showFields(content.fields ?? []);
    this.#showCode(content.code ?? "");
    this.context.hidden = !content.context;
    refill(this.context, content.context ?? "", () => words(content.context ?? "", this.state));
    this.#showActions(content.actions ?? []);
  }

  #showProgress(content) {
    const known = content.progress !== undefined;
    this.progress.hidden = !known;
    if (!known) return;
    const percent = Math.round(content.progress * 100);
    attribute(this.progress, "aria-valuenow", percent);
    attribute(this.progress, "aria-valuetext", plain(content.body || content.text, this.state).slice(0, 120));
    attribute(this.progress, "aria-label", "Drawing");
    this.progress.classList.toggle("waiting", percent === 0);
    this.progress.firstChild.style.transform = `scaleX(${content.progress})`;
  }

  #showPictures(pictures) {
    this.pictures.hidden = !pictures.length;
    this.pictures.dataset.count = Math.min(pictures.length, 5);
    const shown = [...this.pictures.children];
    pictures.forEach((picture, at) => {
      const mark = `${picture.key} ${picture.address} ${picture.spoiler} ${this.revealed.has(picture.key)}`;
      if (shown[at]?.dataset.mark === mark) return;
      const made = this.#picture(picture, at);
      made.dataset.mark = mark;
      if (shown[at]) shown[at].replaceWith(made);
      else this.pictures.append(made);
    });
    for (const extra of shown.slice(pictures.length)) extra.remove();
  }

  #picture(picture, at) {
    const finished = Boolean(picture.download);
    const hidden = picture.spoiler && !this.revealed.has(picture.key);
    const image = el("img", {
      src: picture.address || false,
      alt: picture.alt,
      width: picture.width,
      height: picture.height,
      decoding: "async",
      draggable: "false",
    });
    image.addEventListener("error", () => {
      figure.classList.add("broken");
      this.onBroken?.();
    });
    const open = el(
      "button",
      {
        type: "button",
        class: "open",
        "aria-label": hidden ? `Hidden image ${picture.index}, show it` : `Open image ${picture.index}: ${picture.alt}`,
        on: {
          click: () => {
            if (hidden) {
              this.revealed.add(picture.key);
              this.update(this.content);
              this.pictures.children[at].querySelector(".open").focus();
            } else this.#enlarge(at);
          },
        },
      },
      image,
      hidden ? el("span", { class: "cover", "aria-hidden": "true" }, icon("eye-off"), "Sensitive. Click to show") : null,
    );
    const tools = el("div", { class: "picture-tools" });
    if (finished && !hidden) {
      const digit = DIGITS[picture.index - 1];
      if (digit && this.onReact) {
        const name = `React with ${digit} to image ${picture.index}`;
        tools.append(
          el(
            "button",
            { type: "button", class: "icon-button", "aria-label": name, "data-tip": `Vary image ${picture.index}`, on: { click: () => this.onReact(digit) } },
            el("span", { class: "emoji", "aria-hidden": "true", text: digit }),
          ),
        );
      }
      for (const action of this.#about(picture)) {
        if (digit && /^vary\b/.test(action.line)) continue;
        const [name, about] = shortcut(action, picture.index);
        tools.append(iconButton(name, about, (event) => this.press(action, event.currentTarget)));
      }
      tools.append(
        el(
          "a",
          { class: "icon-button", href: picture.download, download: picture.name, "aria-label": `Download image ${picture.index}`, "data-tip": "Download" },
          icon("download"),
        ),
      );
    }
    const figure = el(
      "figure",
      { class: `picture${hidden ? " spoiler" : ""}` },
      el("div", { class: "frame" }, open, tools.childElementCount ? tools : null),
      picture.title ? el("figcaption", { text: picture.title }) : null,
    );
    return figure;
  }

  /** The actions that are about one picture: their line ends with its number. */
  #about(picture) {
    const ending = ` ${picture.index}`;
    const mine = (this.content.actions ?? []).filter((action) => action.line.endsWith(ending) && action.line.split(" ").length > 2);
    return mine.slice(0, 3);
  }

  #enlarge(at) {
    const pictures = this.content.pictures.filter((picture) => picture.address && (!picture.spoiler || this.revealed.has(picture.key)));
    const first = Math.max(0, pictures.findIndex((picture) => picture.key === this.content.pictures[at].key));
    showLightbox(pictures, first, (picture, close) =>
      this.#about(picture).map((action) =>
        el("button", {
          type: "button",
          class: "button on-dark",
          text: action.label,
          on: {
            click: (event) => {
              this.press(action, event.currentTarget);
              close();
            },
          },
        }),
      ),
    );
  }

  #showFields(fields) {
    this.fields.hidden = !fields.length;
    // Many short facts stand in columns; a long one needs the whole width.
    this.fields.classList.toggle("many", fields.length > 7 && fields.every(([label, value]) => label.length + value.length < 70));
    refill(this.fields, JSON.stringify(fields), () =>
      fields.map(([label, value]) => el("div", {}, el("dt", { text: label }), el("dd", { dir: "auto" }, ...words(value, this.state)))),
    );
  }

  #showCode(code) {
    this.code.hidden = !code;
    refill(this.code, code, () =>
      code.split("\n").map((line) => {
        const copy = el("button", { type: "button", class: "copy", "aria-label": `Copy: ${line.slice(0, 80)}` }, icon("copy"), el("span", { text: "Copy" }));
        copy.addEventListener("click", () => copyText(line, copy));
        return el("div", { class: "line" }, el("code", { dir: "ltr" }, ...flagged(line)), copy);
      }),
    );
  }

  #showActions(actions) {
    this.actions.hidden = !actions.length;
    refill(this.actions, JSON.stringify(actions), () => grouped(actions).map((group) => this.#group(group)));
  }

  #group({ stem, actions }) {
    if (!stem) return this.#button(actions[0], actions[0].label);
    return el(
      "div",
      { class: "segments", role: "group", "aria-label": stem },
      el("span", { class: "stem", "aria-hidden": "true", text: stem }),
      ...actions.map((action) => this.#button(action, action.label.slice(stem.length + 1), "segment")),
    );
  }

  #button(action, text, kind = "button") {
    const emphasis = { primary: " primary", danger: " danger" }[action.emphasis] ?? "";
    return el("button", {
      type: "button",
      class: kind + emphasis,
      text,
      "aria-label": text === action.label ? false : action.label,
      on: { click: (event) => this.press(action, event.currentTarget) },
    });
  }

  /** Do what a button says, after its question where it has one. */
  async press(action, button) {
    if (button.getAttribute("aria-busy") === "true") return;
    if (action.confirm && !(await confirmed(action.confirm, action.label, action.emphasis === "danger"))) return;
    button.setAttribute("aria-busy", "true");
    await this.act(action.line);
    button.removeAttribute("aria-busy");
  }
}

/** Actions in order, those that differ only in a number at the end put together. */
function grouped(actions) {
  const groups = [];
  for (const action of actions) {
    const stem = /^(.+) \d+$/.exec(action.label)?.[1] ?? "";
    const last = groups.at(-1);
    if (stem && last?.stem === stem) last.actions.push(action);
    else groups.push({ stem, actions: [action] });
  }
  return groups.map((group) => (group.actions.length > 1 ? group : { stem: "", actions: group.actions }));
}

function sign(name, label) {
  return el("span", { class: "sign", role: "img", "aria-label": label }, icon(name));
}

/** An icon and a name for a button on a picture; the names differ from those of the buttons below, which do the same. */
function shortcut(action, index) {
  if (/^vary\b/.test(action.line)) return ["brush", `Make variations of image ${index}`];
  if (/^upscale\b/.test(action.line)) return ["expand", `Enlarge image ${index}`];
  return ["plus", `${action.line.split(" ")[0]} image ${index}`];
}

async function copyText(text, button) {
  const label = button.lastChild;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard on pages that are not on this machine: the old way still works there.
    const area = el("textarea", { class: "unseen" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.classList.add("done");
  button.firstChild.firstChild.setAttribute("href", "/assets/icons.svg#check");
  label.textContent = "Copied";
  setTimeout(() => {
    button.classList.remove("done");
    button.firstChild.firstChild.setAttribute("href", "/assets/icons.svg#copy");
    label.textContent = "Copy";
  }, 1600);
}
