// Dialogs: the form, the question before something is undone, and the lightbox. The browser's own <dialog> keeps the focus inside and hears Escape.
import { el, icon, iconButton, plural } from "./dom.js";
import { paragraphs } from "./text.js";

function show(dialog) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.showModal();
}

/** Ask a question; resolves with true for yes. */
export function confirmed(question, label, danger) {
  return new Promise((resolve) => {
    let answer = false;
    const say = (value) => () => {
      answer = value;
      dialog.close();
    };
    const dialog = el(
      "dialog",
      { class: "sheet question", "aria-labelledby": "question" },
      el("h2", { id: "question", text: question }),
      el(
        "footer",
        {},
        el("button", { type: "button", class: "button", text: "Keep", on: { click: say(false) } }),
        el("button", { type: "button", class: `button ${danger ? "danger solid" : "primary"}`, text: label, on: { click: say(true) } }),
      ),
    );
    dialog.addEventListener("close", () => resolve(answer));
    show(dialog);
  });
}

/**
 * Show a form. `send(values)` gives the acknowledgement; a problem or a correction in it is shown in place, and what was typed stays.
 */
export function showForm(form, state, send) {
  const rows = form.fields.map(row);
  const alert = el("div", { class: "form-alert", role: "alert", hidden: true });
  const submit = el("button", { type: "submit", class: "button primary", text: form.submit || "Send" });
  const body = el("div", { class: "rows" }, ...rows.map((one) => one.element));
  const inside = el(
    "form",
    { method: "dialog", novalidate: true },
    el("header", {}, el("h2", { id: "form-title", text: form.title }), iconButton("close", "Close the form", () => dialog.close())),
    alert,
    body,
    el("footer", {}, el("button", { type: "button", class: "button", text: "Cancel", on: { click: () => dialog.close() } }), submit),
  );
  const dialog = el("dialog", { class: "sheet form", "aria-labelledby": "form-title" }, inside);
  inside.addEventListener("submit", async (event) => {
    event.preventDefault();
    alert.hidden = true;
    const bad = rows.filter((one) => !one.check());
    if (bad.length) {
      bad[0].input.focus();
      return;
    }
    submit.disabled = true;
    const answer = await send(Object.fromEntries(rows.map((one) => [one.name, one.input.value.trim()])));
    submit.disabled = false;
    const wrong = answer.whisper ?? (answer.problem ? { body: answer.problem } : null);
    if (!wrong) {
      dialog.close();
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
  rows[0]?.input.focus();
}

function row(field) {
  const id = `field-${field.name}`;
  const shared = { id, name: field.name, maxlength: field.longest, "aria-describedby": `${id}-hint ${id}-problem`, required: field.required };
  let input;
  if (field.choices.length) {
    input = el("select", { id, name: field.name, "aria-describedby": shared["aria-describedby"] });
    if (!field.required) input.append(el("option", { value: "", text: "Let Limner choose" }));
    for (const choice of field.choices) input.append(el("option", { value: choice, text: choice, selected: choice === field.value }));
  } else if (field.long) {
    input = el("textarea", { ...shared, rows: "4" });
    input.value = field.value;
  } else {
    input = el("input", { ...shared, type: "text", inputmode: field.numeric ? "decimal" : false, autocomplete: "off", spellcheck: "false" });
    input.value = field.value;
  }
  const problem = el("p", { class: "problem", id: `${id}-problem` });
  const check = () => {
    const value = input.value.trim();
    let said = "";
    if (field.required && !value) said = `${field.label} is needed.`;
    else if (field.numeric && value && !/^[+-]?\d+([.,]\d+)?$/.test(value)) said = `${field.label} must be a number, such as ${field.value || "4"}.`;
    problem.textContent = said;
    if (said) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    return !said;
  };
  input.addEventListener("input", () => {
    if (problem.textContent) check();
  });
  const element = el(
    "div",
    { class: field.long ? "field wide" : "field" },
    el("label", { for: id }, field.label, field.required ? el("span", { class: "needed", text: "required" }) : null),
    input,
    el("p", { class: "hint", id: `${id}-hint`, text: field.hint.toLowerCase() === field.label.toLowerCase() ? "" : field.hint }),
    problem,
  );
  return { name: field.name, element, input, check };
}

/** Show pictures large, one at a time. `acts(picture)` gives the buttons that are about one of them. */
export function showLightbox(pictures, at, acts) {
  let index = at;
  const image = el("img", { alt: "" });
  const title = el("p", { class: "title" });
  const alt = el("p", { class: "alt", dir: "auto" });
  const count = el("p", { class: "count", "aria-live": "polite" });
  const actions = el("div", { class: "acts" });
  const download = el("a", { class: "button on-dark", rel: "noopener" }, icon("download"), "Download");
  const several = pictures.length > 1;
  const back = iconButton("left", "Previous image", () => move(-1), { class: "icon-button on-dark turn back", hidden: !several });
  const forth = iconButton("right", "Next image", () => move(1), { class: "icon-button on-dark turn forth", hidden: !several });
  const close = iconButton("close", "Close", () => dialog.close(), { class: "icon-button on-dark" });
  const dialog = el(
    "dialog",
    { class: "lightbox", "aria-label": "Image viewer" },
    el("header", {}, count, el("div", { class: "spring" }), download, close),
    el("div", { class: "stage" }, back, image, forth),
    el("footer", {}, el("div", { class: "words" }, title, alt), actions),
  );
  function move(step) {
    index = (index + step + pictures.length) % pictures.length;
    draw();
  }
  function draw() {
    const picture = pictures[index];
    image.src = picture.address;
    image.alt = picture.alt;
    image.width = picture.width;
    image.height = picture.height;
    title.textContent = picture.title;
    alt.textContent = picture.alt;
    count.textContent = several ? `${index + 1} of ${pictures.length}` : plural(1, "image");
    download.hidden = !picture.download;
    if (picture.download) {
      download.href = picture.download;
      download.download = picture.name;
    }
    actions.replaceChildren(...acts(picture, () => dialog.close()));
  }
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" && several) move(-1);
    else if (event.key === "ArrowRight" && several) move(1);
    else return;
    event.preventDefault();
  });
  dialog.querySelector(".stage").addEventListener("pointerdown", (event) => {
    if (event.target.classList.contains("stage")) dialog.close();
  });
  draw();
  show(dialog);
  close.focus();
}
