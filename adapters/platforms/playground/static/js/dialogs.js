// Dialogs: the question before something is undone, a note on a sheet, and the lightbox. The browser's own <dialog> keeps the focus inside and hears Escape.
import { el, icon, iconButton, plural } from "./dom.js";

/** Open a dialog; at its end it is gone, and the focus is back where it was. */
export function show(dialog) {
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

/** Show something on a sheet; gives the dialog. */
export function showSheet(label, content) {
  const dialog = el(
    "dialog",
    { class: "sheet note", "aria-label": label },
    el("header", {}, el("p", { class: "only-you" }, icon("eye"), el("span", { text: "Only visible to you" })), iconButton("close", "Close", () => dialog.close())),
    el("div", { class: "note-body" }, content),
  );
  show(dialog);
  return dialog;
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
