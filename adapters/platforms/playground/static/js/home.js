// Home: a page of the acting person's own: how to begin, what is left, the last images and the favourites.
import { Card } from "./card.js";
import { showSheet } from "./dialogs.js";
import { el, icon } from "./dom.js";
import { words } from "./text.js";

const SIGNS = { "Your quota": "gauge", "Your last images": "images", "Your favourites": "star" };

export class HomePage {
  /** `ask(frame)` brings the sections, `press(line)` does what a button says and gives the acknowledgement. */
  constructor({ state, ask, press }) {
    Object.assign(this, { state, ask, press });
    this.sections = el("div", { class: "home-sections", "aria-busy": "true" });
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Home" }, this.sections);
    this.element = el("div", { class: "list home" }, this.scroller);
  }

  /** Read the page again. */
  async load() {
    const frame = await this.ask({ do: "home" });
    // An open sheet gives the focus back to what opened it, which must still be there then.
    if (!frame || this.sheet) return;
    const mark = JSON.stringify(frame.sections);
    if (mark === this.mark) return;
    this.mark = mark;
    const named = (button) => button.getAttribute("aria-label") ?? button.textContent;
    const held = this.sections.contains(document.activeElement) ? named(document.activeElement) : null;
    this.sections.removeAttribute("aria-busy");
    this.sections.replaceChildren(...frame.sections.map((section, at) => (at ? this.#section(section) : this.#greeting(section))));
    if (held) [...this.sections.querySelectorAll("button")].find((one) => named(one) === held)?.focus();
  }

  #greeting(content) {
    return el(
      "section",
      { class: "home-greeting", "aria-labelledby": "home-greeting" },
      el("img", { class: "welcome-mark", src: "/assets/mark.svg", alt: "", width: "52", height: "52" }),
      el("h2", { id: "home-greeting", text: content.title }),
      el("p", { class: "lede", text: content.body ?? content.text }),
      el("div", { class: "actions" }, ...(content.actions ?? []).map((action) => this.#button(action))),
      el(
        "details",
        { class: "home-examples" },
        el("summary", { text: "Lines to try" }),
        this.#card({ text: "", title: "", body: " ", code: content.code }).element,
      ),
    );
  }

  #section(content) {
    const id = `home-${(content.title ?? "").toLowerCase().replace(/\W+/g, "-")}`;
    // A section of jobs has a button for each of them; any other section's buttons stand below its facts.
    const actions = content.actions ?? [];
    const gallery = actions.length > 0 && actions.every((action) => /^show \S+$/.test(action.line));
    return el(
      "section",
      { class: `home-section${gallery ? " gallery" : ""}`, "aria-labelledby": id },
      el("header", {}, icon(SIGNS[content.title] ?? "images"), el("h2", { id, text: content.title ?? "" })),
      gallery ? this.#gallery(content) : this.#facts(content),
    );
  }

  #facts(content) {
    const fields = content.fields ?? [];
    return el(
      "div",
      { class: "home-facts" },
      fields.length
        ? el(
            "dl",
            { class: "home-uses" },
            ...fields.map(([label, value]) => el("div", {}, el("dt", { text: label }), el("dd", {}, meter(value), ...words(value, this.state)))),
          )
        : null,
      content.body ? el("p", { class: fields.length ? "home-note" : "home-none" }, ...words(content.body, this.state)) : null,
      content.actions?.length ? el("div", { class: "actions" }, ...content.actions.map((action) => this.#button(action))) : null,
    );
  }

  /** A tile for each job's picture; one that is behind a spoiler keeps its cover. */
  #gallery(content) {
    const pictures = content.pictures ?? [];
    const tiles = content.actions.flatMap((action) => {
      const job = action.line.split(" ")[1];
      const own = pictures.filter((picture) => picture.title.split(" ")[0] === job);
      return own.length ? own.map((picture) => this.#tile(action, picture)) : [this.#tile(action, null)];
    });
    return el("ul", { class: "tiles" }, ...tiles);
  }

  #tile(action, picture) {
    const label = picture ? `${action.label}: ${picture.alt}` : `${action.label}: sensitive, not shown here`;
    const shown = picture
      ? el("img", { src: picture.address || false, alt: "", width: picture.width, height: picture.height, decoding: "async", draggable: "false" })
      : el("span", { class: "tile-cover" }, icon("eye-off"), "Sensitive");
    const said = picture ? picture.alt.replace(/^[^:]*: /, "") : "Not shown here";
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "tile", "aria-label": label, on: { click: (event) => this.#do(action.line, event.currentTarget) } },
        el("span", { class: "tile-frame" }, shown),
        el("span", { class: "tile-words", dir: "auto", text: said }),
        el("span", { class: "tile-job", text: picture?.title ?? action.line.split(" ")[1] }),
      ),
    );
  }

  #button(action) {
    const emphasis = { primary: " primary", danger: " danger" }[action.emphasis] ?? "";
    return el("button", { type: "button", class: `button${emphasis}`, text: action.label, on: { click: (event) => this.#do(action.line, event.currentTarget) } });
  }

  #card(content) {
    const act = (line) => this.#do(line, null);
    // A reaction on a sheet does what the button for that picture would.
    const react = (emoji) => {
      const wanted = (content.actions ?? []).filter((action) => /^vary\b/.test(action.line))[Number.parseInt(emoji, 10) - 1];
      if (wanted) act(wanted.line);
    };
    const card = new Card(this.state, { act, react, broken: () => {} });
    card.update(content);
    return card;
  }

  /** Do what a button says; what only this person sees is shown on a sheet. */
  async #do(line, button) {
    if (button?.getAttribute("aria-busy") === "true") return;
    button?.setAttribute("aria-busy", "true");
    const answer = await this.press(line);
    button?.removeAttribute("aria-busy");
    if (answer.whisper || answer.job || answer.form) this.sheet?.close();
    if (answer.whisper) this.#show(answer.whisper);
    else if (!answer.job && !answer.form) this.load();
  }

  #show(content) {
    const sheet = showSheet(content.title || "Limner", this.#card(content).element);
    this.sheet = sheet;
    sheet.addEventListener("close", () => {
      if (this.sheet !== sheet) return;
      this.sheet = null;
      // What was done on the sheet may have changed the page.
      this.load();
    });
  }
}

/** How much of an allowance is used, for `3 of 50 images used` and `$0.30 of $5.00 used`. */
function meter(value) {
  const found = /^\$?([\d,.]+) of \$?([\d,.]+) /.exec(value);
  if (!found) return null;
  const [used, amount] = found.slice(1).map((number) => Number(number.replaceAll(",", "")));
  const bar = el("span", { class: "meter", "aria-hidden": "true" }, el("span"));
  bar.firstChild.style.transform = `scaleX(${amount ? Math.min(1, used / amount) : 1})`;
  bar.classList.toggle("full", used >= amount);
  return bar;
}
