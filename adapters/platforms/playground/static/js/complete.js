// Completion: the list above a composer with commands, options and values, and the line that tells what is wanted next.
import { attribute, el, icon, refill } from "./dom.js";
import { analyse, flags, takes } from "./grammar.js";
import { avatar } from "./message.js";

const MENTION = /(?:^|\s)([@#])([\p{L}\d_-]*)$/u;
/** Kinds of options that take people, groups or channels, and the signs that begin them. */
const NAMED = { person: "@", subject: "@#", channel: "#" };

export class Completion {
  /** `ask(frame)` asks the hub for values; `place()` says where the line will be said. */
  constructor(input, { state, ask, place, id }) {
    Object.assign(this, { input, state, ask, place, id });
    this.items = [];
    this.index = 0;
    this.moved = false;
    this.asked = 0;
    this.list = el("div", { class: "options", role: "listbox", id: `${id}-options`, "aria-label": "Suggestions" });
    this.hint = el("div", { class: "usage", id: `${id}-usage` });
    this.element = el("div", { class: "completion", hidden: true }, this.list, this.hint);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    // Pressing a suggestion must not take the caret out of the composer.
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get open() {
    return this.items.length > 0;
  }

  close() {
    this.asked += 1;
    this.#show([], null);
  }

  /** Look at the text again. */
  async update() {
    const asked = ++this.asked;
    const { value, selectionStart, selectionEnd } = this.input;
    if (selectionStart !== selectionEnd) return this.close();
    const { channel, root } = this.place();
    const found = analyse(value, selectionStart, this.state.menu, Boolean(this.state.channels.get(channel)?.direct));
    const named = MENTION.exec(value.slice(0, selectionStart));
    const signs = NAMED[found?.option?.kind] ?? "";
    if (named && (!found || found.want === "hint" || signs.includes(named[1]))) {
      const from = selectionStart - named[2].length - 1;
      const offered = named[1] === "#" ? this.#channels(named[2], from, selectionStart) : this.#people(named[2], from, selectionStart, found);
      return this.#show(offered, found);
    }
    if (!found) return this.close();
    if (found.want === "command") return this.#show(this.#commands(found), null);
    if (found.want === "flag") return this.#show(this.#flags(found), found);
    if (found.want === "hint") return this.#show([], found);
    if (found.option.kind === "person") return this.#show(this.#people(found.typed, found.from, found.to, found), found);
    const values = found.option.choices.length ? found.option.choices.filter((choice) => choice.startsWith(found.typed)) : await this.#values(found, channel, root);
    // Another key was pressed while the hub was asked.
    if (asked !== this.asked) return undefined;
    // A value that stands there whole needs no suggestion: Enter sends.
    const items = values.length === 1 && values[0] === found.typed ? [] : values.map((one) => ({ label: one, about: "", insert: one, ...found }));
    const marks = [
      ...(signs.includes("@") ? this.#people(found.typed, found.from, found.to, found) : []),
      ...(signs.includes("#") ? this.#channels(found.typed, found.from, found.to) : []),
    ];
    return this.#show([...marks, ...items], found);
  }

  /** A key that the list may want; true when it was taken. */
  key(event) {
    if (event.key === "Escape" && !this.element.hidden) {
      this.close();
      return true;
    }
    if (!this.open) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.index = (this.index + (event.key === "ArrowDown" ? 1 : -1) + this.items.length) % this.items.length;
      this.moved = true;
      this.#mark();
      return true;
    }
    if (event.key === "Tab" && !event.shiftKey) {
      this.#accept(this.items[this.index]);
      return true;
    }
    const item = this.items[this.index];
    // Enter takes a suggestion that was walked to, or completes a command that is typed in part; else it sends.
    const partial = item.command && item.typed.toLowerCase() !== item.label;
    if (event.key === "Enter" && !event.shiftKey && (this.moved || partial || item.named)) {
      this.#accept(item);
      return true;
    }
    return false;
  }

  #commands({ found, from, to, typed }) {
    return found.map((spec) => ({ label: spec.name, prefix: "/", about: spec.about, role: spec.role, insert: spec.name, from, to, typed, command: true }));
  }

  #flags({ spec, typed, used, from, to }) {
    return flags(spec, typed, used).map((option) => ({
      label: option.name,
      prefix: "--",
      about: option.about,
      takes: takes(option),
      insert: `--${option.name}`,
      from,
      to,
      typed,
    }));
  }

  /** People, and groups where an option takes them or where one is only talking; Limner where one may be talking to it. */
  #people(typed, from, to, found) {
    const wanted = typed.replace(/^@/, "").toLowerCase();
    const people = [...this.state.people.values()].map((one) => ({ id: one.id, name: one.name, about: one.title }));
    if (!found) people.unshift({ id: this.state.bot, name: "Limner", about: "Draws what you say" });
    if (found?.option?.kind !== "person") people.push(...[...this.state.groups].map((id) => ({ id: "", name: id, about: this.#members(id) })));
    const names = people.filter((one) => one.name.toLowerCase().startsWith(wanted));
    if (names.length === 1 && names[0].name.toLowerCase() === wanted) return [];
    return names.map((one) => ({ label: one.name, prefix: one.id ? "" : "@", about: one.about, insert: `@${one.name}`, from, to, typed, person: one.id, named: true }));
  }

  #members(group) {
    return [...this.state.people.values()].filter((one) => one.groups.includes(group)).map((one) => one.name).join(", ");
  }

  #channels(typed, from, to) {
    const wanted = typed.replace(/^#/, "").toLowerCase();
    const channels = [...this.state.channels.values()].filter((one) => !one.direct && one.name.startsWith(wanted));
    if (channels.length === 1 && channels[0].name === wanted) return [];
    return channels.map((one) => ({ label: one.name, prefix: "#", about: one.topic, insert: `#${one.name}`, from, to, typed, named: true }));
  }

  async #values(found, channel, root) {
    const answer = await this.ask({ do: "complete", channel, root, command: found.spec.name, option: found.option.name, typed: found.typed.slice(0, 200) });
    return answer?.values ?? [];
  }

  #show(items, found) {
    this.items = items;
    this.index = 0;
    this.moved = false;
    refill(this.list, JSON.stringify(items.map((item) => [item.label, item.about, item.from])), () => items.map((item, at) => this.#option(item, at)));
    this.list.hidden = !items.length;
    this.#usage(found);
    this.element.hidden = !items.length && this.hint.hidden;
    this.#mark();
  }

  #option(item, at) {
    return el(
      "div",
      { class: "option", role: "option", id: `${this.id}-option-${at}`, on: { click: () => this.#accept(item), pointermove: () => this.#point(at) } },
      item.person ? avatar(this.state, item.person, "small") : item.named ? el("span", { class: "avatar small plain" }, icon(item.prefix === "#" ? "hash" : "people")) : null,
      el("span", { class: item.prefix && !item.named ? "name mono" : "name" }, item.prefix ? el("span", { class: "prefix", text: item.prefix }) : null, item.label),
      item.takes ? el("span", { class: "takes", text: item.takes }) : null,
      el("span", { class: "about", text: item.about }),
      item.role && item.role !== "member" ? el("span", { class: "role-badge", text: item.role }) : null,
    );
  }

  #point(at) {
    if (this.index === at) return;
    this.index = at;
    this.#mark();
  }

  #mark() {
    const options = [...this.list.children];
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.index)));
    attribute(this.input, "aria-activedescendant", this.open ? `${this.id}-option-${this.index}` : null);
    if (this.open) options[this.index].scrollIntoView({ block: "nearest" });
  }

  /** The line with the whole command, the wanted option marked, and what it takes. */
  #usage(found) {
    this.hint.hidden = !found?.spec;
    const mark = found?.spec ? `${found.spec.name} ${found.option?.name ?? ""} ${[...found.used].join()} ${found.want}` : "";
    refill(this.hint, mark, () => {
      if (!found?.spec) return [];
      const chips = found.spec.options.map((option) => {
        const current = found.option?.name === option.name;
        const label = option.positional ? option.name : `--${option.name}`;
        return el("button", {
          type: "button",
          tabindex: "-1",
          class: `chip${current ? " current" : ""}${found.used.has(option.name) && !current ? " used" : ""}${option.required ? " required" : ""}`,
          text: label,
          "data-tip": option.about,
          on: { click: () => !option.positional && this.#append(`--${option.name}`) },
        });
      });
      const { option } = found;
      const wanted = option
        ? [el("strong", { text: option.about }), el("span", { text: takes(option) }), option.example ? el("span", { class: "instance", text: `e.g. ${option.example}` }) : null]
        : [el("span", { text: found.spec.about })];
      return [
        el("div", { class: "chips" }, el("span", { class: "command", text: `/${found.spec.name}` }), ...chips),
        el("div", { class: "wanted" }, ...wanted.filter(Boolean)),
      ];
    });
  }

  #append(text) {
    const { value } = this.input;
    this.#write(value.length, value.length, `${value.endsWith(" ") ? "" : " "}${text} `);
  }

  #accept(item) {
    this.#write(item.from, item.to, `${item.insert} `);
  }

  #write(from, to, text) {
    const { input } = this;
    input.focus();
    input.setRangeText(text, from, to, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
