// Forms: what is filled in instead of typed. A mistake is said beside its field, and what was typed stays.
import { show } from "./dialogs.js";
import { el, icon, iconButton } from "./dom.js";
import { paragraphs, plain } from "./text.js";
import { KINDS, upload } from "./uploads.js";

/**
 * Show a form. `send(values, files)` gives the acknowledgement; `files` are pictures that come along with it, `{id, name}` each.
 */
export function showForm(form, state, send, files = []) {
  const rows = form.fields.map((field) => (field.file ? new PictureRow(field, state, files) : new Row(field)));
  const alert = el("div", { class: "form-alert", role: "alert", hidden: true });
  const submit = el("button", { type: "submit", class: "button primary", text: form.submit || "Send" });
  const inside = el(
    "form",
    { method: "dialog", novalidate: true },
    el("header", {}, el("h2", { id: "form-title", text: form.title }), iconButton("close", "Close the form", () => dialog.close())),
    alert,
    el("div", { class: "rows" }, ...rows.map((row) => row.element)),
    el("footer", {}, el("button", { type: "button", class: "button", text: "Cancel", on: { click: () => dialog.close() } }), submit),
  );
  const dialog = el("dialog", { class: "sheet form", "aria-labelledby": "form-title" }, inside);
  inside.addEventListener("submit", async (event) => {
    event.preventDefault();
    alert.hidden = true;
    const bad = rows.filter((row) => !row.check());
    if (bad.length) {
      bad[0].focus();
      return;
    }
    submit.disabled = true;
    const values = Object.fromEntries(rows.filter((row) => row.input).map((row) => [row.name, row.input.value.trim()]));
    const answer = await send(
      values,
      rows.map((row) => row.file?.id).filter(Boolean),
    );
    submit.disabled = false;
    const wrong = answer.whisper ?? (answer.problem ? { body: answer.problem } : null);
    if (!wrong) {
      dialog.close();
      return;
    }
    const row = answer.field && rows.find((one) => one.name === answer.field);
    if (row) {
      row.refuse(correction(wrong, state));
      row.focus();
      return;
    }
    alert.replaceChildren(
      ...[
        wrong.title ? el("strong", { text: wrong.title }) : null,
        ...paragraphs(wrong.body || wrong.text, state),
        wrong.code ? el("code", { text: wrong.code }) : null,
      ].filter(Boolean),
    );
    alert.hidden = false;
    alert.scrollIntoView({ block: "nearest" });
  });
  inside.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) inside.requestSubmit();
  });
  show(dialog);
  rows[0]?.focus();
}

/** Whether a hint says no more than the label above it. */
function same(hint, label) {
  return hint.toLowerCase().replace(/^an? /, "") === label.toLowerCase();
}

/** What was wrong, for one field: without the advice that leads to a line to copy, which is of no use here. */
function correction(wrong, state) {
  const said = (wrong.body || wrong.text).split("\n").filter((part) => part.trim() && !part.trim().endsWith(":"));
  return plain(said.join(" "), state);
}

/** One field: its label, its hint, and what is wrong with it. `input` is what holds its value. */
class Row {
  constructor(field) {
    this.field = field;
    this.name = field.name;
    this.id = `field-${field.name}`;
    this.input = this.make();
    this.problem = el("p", { class: "problem", id: `${this.id}-problem` });
    this.element = el(
      "div",
      { class: field.long || field.file ? "field wide" : "field" },
      el("label", { for: this.id }, field.label, field.required ? el("span", { class: "needed", text: "required" }) : null),
      this.body ?? this.input,
      el("p", { class: "hint", id: `${this.id}-hint`, text: same(field.hint, field.label) ? "" : field.hint }),
      this.problem,
    );
  }

  get described() {
    return `${this.id}-hint ${this.id}-problem`;
  }

  make() {
    const { field, id } = this;
    const shared = { id, name: field.name, maxlength: field.longest, "aria-describedby": this.described, required: field.required };
    let input;
    if (field.choices.length) {
      input = el("select", { id, name: field.name, "aria-describedby": this.described });
      if (!field.required) input.append(el("option", { value: "", text: "Automatic" }));
      for (const choice of field.choices) input.append(el("option", { value: choice, text: choice, selected: choice === field.value }));
    } else if (field.long) {
      input = el("textarea", { ...shared, rows: "4", dir: "auto" });
      input.value = field.value;
    } else {
      input = el("input", { ...shared, type: "text", inputmode: field.numeric ? "decimal" : false, autocomplete: "off", spellcheck: "false" });
      input.value = field.value;
    }
    input.addEventListener("input", () => {
      if (this.problem.textContent) this.check();
    });
    return input;
  }

  focus() {
    this.input.focus();
  }

  /** Say what is wrong beside the field, or with an empty sentence that nothing is. */
  refuse(sentence) {
    this.problem.textContent = sentence;
    const control = this.control ?? this.input;
    if (sentence) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }

  check() {
    const { field } = this;
    const value = this.input.value.trim();
    let said = "";
    if (field.required && !value) said = `${field.label} is needed.`;
    else if (field.numeric && value && !/^[+-]?\d+([.,]\d+)?$/.test(value)) said = `${field.label} must be a number, such as ${field.value || "4"}.`;
    this.refuse(said);
    return !said;
  }
}

/** A field for a picture: chosen, dropped or pasted, shown small, and taken out again. */
class PictureRow extends Row {
  constructor(field, state, files) {
    super(field);
    this.state = state;
    this.input = null;
    if (files.length) this.#show({ ...files[0], address: `/uploads/${encodeURIComponent(files[0].id)}` });
  }

  make() {
    this.picker = el("input", { type: "file", accept: KINDS, hidden: true, tabindex: "-1" });
    this.control = el(
      "button",
      { type: "button", class: "dropzone", id: this.id, "aria-describedby": this.described, on: { click: () => this.picker.click() } },
      icon("images"),
      el("span", {}, el("strong", { text: "Choose a picture" }), el("span", { class: "with-mouse", text: " or drop one here" })),
    );
    this.chosen = el("div", { class: "chosen", hidden: true });
    this.body = el("div", { class: "picture-field" }, this.control, this.chosen, this.picker);
    this.picker.addEventListener("change", () => {
      this.#take(this.picker.files[0]);
      this.picker.value = "";
    });
    this.hearDrops();
    return null;
  }

  focus() {
    (this.control.hidden ? this.chosen.querySelector("button") : this.control).focus();
  }

  check() {
    if (this.file && !this.file.id) {
      this.refuse("The picture is still on its way; send again in a moment.");
      return false;
    }
    const missing = this.field.required && !this.file;
    this.refuse(missing ? `${this.field.label} is needed.` : "");
    return !missing;
  }

  hearDrops() {
    let depth = 0;
    const over = (by) => {
      depth = Math.max(0, depth + by);
      this.body.classList.toggle("over", depth > 0);
    };
    this.body.addEventListener("dragenter", () => over(1));
    this.body.addEventListener("dragleave", () => over(-1));
    this.body.addEventListener("dragover", (event) => event.preventDefault());
    this.body.addEventListener("drop", (event) => {
      event.preventDefault();
      over(-depth);
      this.#take(event.dataTransfer.files[0]);
    });
  }

  async #take(file) {
    if (!file) return;
    const entry = { id: "", name: file.name || "pasted picture", address: URL.createObjectURL(file) };
    const held = document.activeElement === this.control || document.activeElement === document.body;
    this.refuse("");
    this.#show(entry);
    if (held) this.focus();
    const answer = await upload(file, this.state.me);
    if (this.file !== entry) return;
    if (answer.problem) {
      this.#show(null);
      this.refuse(answer.problem);
      this.control.focus();
      return;
    }
    entry.id = answer.id;
    this.refuse("");
    this.#show(entry);
  }

  #show(entry) {
    const within = this.chosen.contains(document.activeElement);
    this.file = entry;
    this.control.hidden = Boolean(entry);
    this.chosen.hidden = !entry;
    this.chosen.classList.toggle("sending", Boolean(entry) && !entry.id);
    if (!entry) return;
    const remove = () => {
      this.#show(null);
      this.refuse("");
      this.control.focus();
    };
    this.chosen.replaceChildren(
      el("img", { src: entry.address, alt: `Preview of ${entry.name}` }),
      el(
        "div",
        { class: "chosen-words" },
        el("span", { class: "chosen-name", text: entry.name }),
        el("span", { class: "chosen-state", role: "status", text: entry.id ? "Ready" : "Sending…" }),
      ),
      iconButton("close", `Remove ${entry.name}`, remove, { class: "icon-button small" }),
    );
    if (within) this.focus();
  }
}
