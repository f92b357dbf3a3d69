// Cards: what Limner says, drawn piece by piece, so that a card which is edited ten times a second changes only where it changed.
import { attribute, el, icon, refill } from "./dom.js";
import { confirmed } from "./dialogs.js";
import { Pictures } from "./pictures.js";
import { flagged, paragraphs, plain, words } from "./text.js";

const SIGNS = { good: ["good", "Done"], warning: ["warning", "Careful"], bad: ["bad", "Failed"] };

/** The pieces of a card. `act(line)` does what a button says; `react(emoji)` and `broken()` are for its pictures. */
export class Card {
  constructor(state, { act, react, broken }) {
    this.state = state;
    this.act = act;
    this.title = el("h3", { class: "card-title", dir: "auto" });
    this.body = el("div", { class: "card-body" });
    this.progress = el("div", { class: "progress", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" }, el("span"));
    this.pictures = new Pictures({ press: (action, button) => this.press(action, button), react, broken });
    this.fields = el("dl", { class: "fields" });
    this.documents = el("ul", { class: "documents" });
    this.code = el("div", { class: "code" });
    this.context = el("p", { class: "context", dir: "auto" });
    this.actions = el("div", { class: "actions" });
    this.element = el("div", { class: "card" }, this.title, this.body, this.progress, this.pictures.element, this.documents, this.fields, this.code, this.context, this.actions);
  }

  update(content) {
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
    this.pictures.update(content.pictures ?? [], content.actions ?? []);
    this.#showDocuments(content.documents ?? []);
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

  #showFields(fields) {
    this.fields.hidden = !fields.length;
    // Many short facts stand in columns; a long one needs the whole width.
    this.fields.classList.toggle("many", fields.length > 7 && fields.every(([label, value]) => label.length + value.length < 70));
    refill(this.fields, JSON.stringify(fields), () =>
      fields.map(([label, value]) => el("div", {}, el("dt", { text: plain(label, this.state) }), el("dd", { dir: "auto" }, ...words(value, this.state)))),
    );
  }

  /** Files to download; one whose file is gone says so. */
  #showDocuments(documents) {
    this.documents.hidden = !documents.length;
    refill(this.documents, JSON.stringify(documents), () =>
      documents.map(({ name, title, address }) =>
        el(
          "li",
          {},
          address
            ? el("a", { class: "document", href: address, download: name }, icon("download"), el("span", { text: title || name }), title ? el("span", { class: "file-name", text: name }) : null)
            : el("span", { class: "document gone", text: `${title || name} is not kept any more.` }),
        ),
      ),
    );
  }

  #showCode(code) {
    this.code.hidden = !code;
    refill(this.code, code, () =>
      plain(code, this.state).split("\n").map((line) => {
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

  #button(action, label, kind = "button") {
    const text = plain(label, this.state);
    const emphasis = { primary: " primary", danger: " danger" }[action.emphasis] ?? "";
    return el("button", {
      type: "button",
      class: kind + emphasis,
      text,
      "aria-label": label === action.label ? false : plain(action.label, this.state),
      on: { click: (event) => this.press(action, event.currentTarget) },
    });
  }

  /** Do what a button says, after its question where it has one. */
  async press(action, button) {
    if (button.getAttribute("aria-busy") === "true") return;
    if (action.confirm && !(await confirmed(plain(action.confirm, this.state), plain(action.label, this.state), action.emphasis === "danger"))) return;
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
