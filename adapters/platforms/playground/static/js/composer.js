// The composer: where one types, attaches pictures and sends. One for the channel, one for the thread.
import { Completion } from "./complete.js";
import { el, icon, iconButton } from "./dom.js";
import { KINDS, upload } from "./uploads.js";

const REMEMBERED = 50;
const LONGEST = 12_000;
const TALLEST = 220;

export class Composer {
  /** `say({text, files})` resolves with the acknowledgement; `place()` is where it is said. */
  constructor({ state, id, label, placeholder, place, say, ask }) {
    Object.assign(this, { state, place, say });
    this.files = [];
    this.recalled = -1;
    this.input = el("textarea", { id, rows: "1", "aria-label": label, placeholder, maxlength: LONGEST, dir: "auto", enterkeyhint: "send", autocomplete: "off" });
    this.completion = new Completion(this.input, { state, ask, place, id });
    this.problem = el("p", { class: "composer-problem", role: "alert", hidden: true });
    this.tray = el("div", { class: "tray", hidden: true });
    this.picker = el("input", { type: "file", accept: KINDS, multiple: true, hidden: true, tabindex: "-1" });
    this.button = iconButton("send", "Send", () => this.send(), { class: "icon-button send" });
    this.box = el(
      "div",
      { class: "box" },
      this.tray,
      this.input,
      el(
        "div",
        { class: "bar" },
        iconButton("clip", "Attach a picture", () => this.picker.click()),
        iconButton("slash", "Commands", () => this.begin("/")),
        el("span", { class: "keys", "aria-hidden": "true" }, el("kbd", { text: "Enter" }), " sends · ", el("kbd", { text: "Shift Enter" }), " new line"),
        this.button,
      ),
    );
    this.pending = el("div");
    this.element = el("div", { class: "composer" }, this.completion.element, this.pending, this.problem, this.box, this.picker);
    this.#listen();
    this.#fit();
  }

  focus() {
    this.input.focus();
  }

  get empty() {
    return !this.input.value.trim() && !this.files.length;
  }

  /** Put a text into the composer and the caret behind it. */
  begin(text) {
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
    this.#changed();
  }

  relabel(label, placeholder) {
    this.input.setAttribute("aria-label", label);
    this.input.placeholder = placeholder;
  }

  /** Attach files, whichever way they came. */
  attach(files) {
    for (const file of files) {
      if (this.files.length >= 4) return this.#say("Four pictures at most; remove one first.");
      this.#upload(file);
    }
    this.focus();
    return undefined;
  }

  async send() {
    const text = this.input.value.trim();
    if (this.empty) return;
    if (this.files.some((file) => !file.id)) {
      this.#say("The picture is still on its way; send again in a moment.");
      return;
    }
    const files = this.files;
    this.#remember(text);
    this.input.value = "";
    this.files = [];
    this.#tray();
    this.#changed();
    this.completion.close();
    const answer = await this.say({ text, files: files.map((file) => file.id) });
    if (answer.problem) {
      this.#say(answer.problem);
      // What was not taken is given back, unless something new is being typed already.
      if (this.empty) {
        this.files = files;
        this.#tray();
        this.begin(text);
        this.problem.hidden = false;
      }
    }
  }

  #listen() {
    this.input.addEventListener("input", () => this.#changed());
    this.input.addEventListener("click", () => this.completion.update());
    this.input.addEventListener("keyup", (event) => {
      if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) this.completion.update();
    });
    this.input.addEventListener("blur", () => this.completion.close());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (files.length) {
        event.preventDefault();
        this.attach(files);
      }
    });
    this.picker.addEventListener("change", () => {
      this.attach([...this.picker.files]);
      this.picker.value = "";
    });
  }

  #key(event) {
    // While an input method is composing, every key belongs to it.
    if (event.isComposing) return;
    if (this.completion.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && (this.recalled >= 0 || !this.input.value)) {
      if (this.#recall(1)) event.preventDefault();
    } else if (event.key === "ArrowDown" && this.recalled >= 0) {
      if (this.#recall(-1)) event.preventDefault();
    }
  }

  #changed() {
    this.problem.hidden = true;
    this.recalled = this.recalling ? this.recalled : -1;
    this.button.classList.toggle("ready", !this.empty);
    this.#fit();
    if (!this.recalling) this.completion.update();
  }

  // Grows with its text up to a height, then scrolls.
  #fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST)}px`;
  }

  get #key_() {
    return `limner.lines.${this.state.me}`;
  }

  #lines() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key_) ?? "[]");
    } catch {
      return [];
    }
  }

  #remember(text) {
    this.recalled = -1;
    if (!text) return;
    try {
      sessionStorage.setItem(this.#key_, JSON.stringify([text, ...this.#lines().filter((line) => line !== text)].slice(0, REMEMBERED)));
    } catch {
      // Without storage, the arrow up has nothing to recall.
    }
  }

  #recall(step) {
    const lines = this.#lines();
    const at = Math.min(this.recalled + step, lines.length - 1);
    if (at < -1 || !lines.length) return false;
    this.recalled = at;
    this.recalling = true;
    this.begin(at < 0 ? "" : lines[at]);
    this.recalling = false;
    return true;
  }

  async #upload(file) {
    const entry = { name: file.name || "pasted picture", id: "", address: URL.createObjectURL(file) };
    this.files.push(entry);
    this.#tray();
    const answer = await upload(file, this.state.me);
    if (answer.problem) {
      this.files = this.files.filter((one) => one !== entry);
      this.#say(answer.problem);
    } else entry.id = answer.id;
    this.#tray();
  }

  #tray() {
    this.tray.hidden = !this.files.length;
    this.tray.replaceChildren(
      ...this.files.map((file) =>
        el(
          "div",
          { class: `attached${file.id ? "" : " sending"}` },
          el("img", { src: file.address, alt: file.name }),
          el("span", { text: file.name }),
          iconButton(
            "close",
            `Remove ${file.name}`,
            () => {
              this.files = this.files.filter((one) => one !== file);
              this.#tray();
              this.focus();
            },
            { class: "icon-button small" },
          ),
        ),
      ),
    );
    this.button.classList.toggle("ready", !this.empty);
  }

  #say(sentence) {
    this.problem.replaceChildren(icon("warning"), sentence);
    this.problem.hidden = false;
  }
}
