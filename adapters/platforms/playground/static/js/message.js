// Messages: one view per message, whoever said it. Cards of Limner are articles; what people say is a group; a whisper is a note.
import { attribute, el, icon, iconButton, plural, refill } from "./dom.js";
import { Card } from "./card.js";
import { about, pick } from "./emoji.js";
import { openMenu } from "./menu.js";
import { clock, moment, paragraphs, plain } from "./text.js";

/** A person's (or Limner's) picture: a coloured square with initials. */
export function avatar(state, id, size = "") {
  if (id === state.bot) return el("img", { class: `avatar bot ${size}`, src: "/assets/mark.svg", alt: "", width: "36", height: "36" });
  const person = state.people.get(id);
  const initials = (person?.name ?? id).slice(0, 1).toUpperCase() + (person?.name ?? id).slice(1, 2);
  return el("span", { class: `avatar ${size}`, "aria-hidden": "true", data: { colour: person?.colour ?? "grey" }, text: initials });
}

/** A person's role, where they have one. */
function badge(person) {
  const role = person?.roles.find((one) => one !== "member");
  return role ? el("span", { class: "role-badge", text: role }) : null;
}

/** One stop for the Tab key, and arrow keys between the buttons. */
function rove(all, toolbar) {
  all.forEach((button, at) => button.setAttribute("tabindex", at ? "-1" : "0"));
  toolbar.addEventListener("keydown", (event) => {
    const buttons = all.filter((button) => !button.hidden);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length].focus();
  });
}

/** What a message's menu offers: its words for a form, its picture for variations. */
function offers(content, bot) {
  const pictures = content.pictures ?? [];
  const drawn = pictures.some((picture) => picture.download) || (pictures.length > 0 && content.tone === "good");
  const words = bot ? (content.code ?? "").startsWith("/imagine ") || /“.+”/.test(content.title ?? "") || (drawn && content.title) : (content.text ?? "").trim();
  const varied = bot ? content.job && drawn : content.files?.length;
  return [
    ...(words ? [{ act: "prompt", sign: "words", label: "Use as prompt" }] : []),
    ...(varied ? [{ act: "vary", sign: "brush", label: "Make variations" }] : []),
  ];
}

export class MessageView {
  /** `chat` does things: `press`, `react`, `choose`, `openThread`, `dismiss`, `renew`. `inThread` leaves out what leads to the thread. */
  constructor(item, { state, chat, inThread }) {
    this.state = state;
    this.chat = chat;
    this.inThread = inThread;
    this.id = item.id;
    const bot = item.author === state.bot;
    this.time = el("time", { datetime: item.at, "data-tip": moment(item.at, state.zone), text: clock(item.at, state.zone) });
    this.edited = el("span", { class: "edited", text: "edited", hidden: true });
    const name = el(
      "div",
      { class: "byline" },
      el("span", { class: "author", text: state.name(item.author) }),
      bot ? el("span", { class: "app-badge", text: "APP" }) : badge(state.people.get(item.author)),
      this.time,
      this.edited,
    );
    this.content = el("div", { class: "content" });
    this.reactions = el("div", { class: "reactions" });
    this.replies = el("div", { class: "replies-row" });
    this.element = el(
      item.whisper || !bot ? "div" : "article",
      {
        class: `message${bot ? " from-bot" : ""}${item.whisper ? " whisper" : ""}`,
        id: `${inThread ? "t-" : ""}${item.id}`,
        tabindex: "-1",
        role: item.whisper ? "note" : bot ? false : "group",
        data: { author: item.author },
      },
      avatar(state, item.author),
      el(
        "div",
        { class: "main" },
        item.whisper ? el("div", { class: "only-you" }, icon("eye"), el("span", { text: "Only visible to you" })) : null,
        name,
        this.content,
        this.reactions,
        this.replies,
      ),
      item.whisper
        ? iconButton("close", "Dismiss this message", () => chat.dismiss(item.id), { class: "icon-button small dismiss" })
        : this.#tools(item, bot),
    );
    if (bot) {
      this.card = new Card(state, { act: (line) => chat.press(this.id, line), react: (emoji) => this.#toggle(emoji), broken: () => this.#renew() });
      this.content.append(this.card.element);
    }
    this.update(item);
  }

  update(item) {
    const { state } = this;
    this.item = item;
    const label = plain(item.content.text ?? "", state);
    attribute(this.element, "aria-label", `${state.name(item.author)}, ${clock(item.at, state.zone)}: ${label.slice(0, 400)}`);
    if (this.card) this.card.update(item.content);
    else this.#showWords(item.content);
    this.#showReactions(item.reactions);
    this.#showReplies(item);
    this.offered = offers(item.content, item.author === state.bot);
    if (this.more) this.more.hidden = !this.offered.length;
  }

  /** A message right after another of the same author needs no second name. */
  follow(close) {
    this.element.classList.toggle("follows", close);
  }

  #showWords(content) {
    refill(this.content, JSON.stringify(content), () => [
      ...paragraphs(content.text ?? "", this.state),
      ...(content.files ?? []).map((file) => {
        const address = `/uploads/${encodeURIComponent(file.id)}`;
        return el(
          "a",
          { class: "attachment", href: address, target: "_blank", rel: "noopener", "aria-label": `Attached picture ${file.name}` },
          el("img", { src: address, alt: file.name }),
        );
      }),
    ]);
  }

  #showReactions(reactions) {
    const entries = Object.entries(reactions);
    // Results show the way to react to them: there it starts something.
    const inviting = !this.item.whisper && (this.item.content.pictures ?? []).some((picture) => picture.download);
    this.reactions.hidden = !entries.length && !inviting;
    refill(this.reactions, JSON.stringify([entries, this.state.me, inviting]), () => {
      const chips = entries.map(([emoji, people]) => {
        const mine = people.includes(this.state.me);
        const names = people.map((id) => (id === this.state.me ? "you" : this.state.name(id))).join(", ");
        const tip = [names, about(emoji)].filter(Boolean).join(": ");
        return el(
          "button",
          {
            type: "button",
            class: "reaction",
            "aria-pressed": String(mine),
            "aria-label": `${emoji} ${people.length}, ${names}`,
            "aria-description": about(emoji),
            "data-tip": tip,
            on: { click: () => this.#toggle(emoji) },
          },
          el("span", { class: "emoji", text: emoji }),
          el("span", { text: String(people.length) }),
        );
      });
      if (chips.length || inviting) chips.push(iconButton("smile-plus", "Add a reaction", (event) => this.#pick(event.currentTarget), { class: "reaction add" }));
      return chips;
    });
  }

  #showReplies(item) {
    const { replies } = item;
    const shown = !this.inThread && replies && replies.count > 0;
    this.replies.hidden = !shown;
    refill(this.replies, shown ? JSON.stringify(replies) : "", () => {
      if (!shown) return [];
      const words = replies.pictures ? plural(replies.pictures, "image") : plural(replies.count, "reply").replace("replys", "replies");
      return [
        el(
          "button",
          { type: "button", class: "replies", "aria-label": `${words}, open thread`, on: { click: () => this.chat.openThread(this.id, { focus: true }) } },
          el("span", { class: "faces" }, ...replies.authors.slice(0, 3).map((id) => avatar(this.state, id, "tiny"))),
          el("span", { class: "count", text: words }),
          el("span", { class: "last", text: `Last reply ${clock(replies.last, this.state.zone)}` }),
          el("span", { class: "view", "aria-hidden": "true" }, "View thread", icon("right")),
        ),
      ];
    });
  }

  #tools(item, bot) {
    const quick = (emoji) =>
      el(
        "button",
        {
          type: "button",
          class: "icon-button quick",
          "aria-label": `React with ${emoji}`,
          "aria-description": about(emoji),
          "data-tip": about(emoji),
          on: { click: () => this.#toggle(emoji) },
        },
        el("span", { class: "emoji", "aria-hidden": "true", text: emoji }),
      );
    this.more = iconButton("more", "More actions", (event) => this.#menu(event.currentTarget), { "aria-haspopup": "menu" });
    const tools = el(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "Quick actions" },
      ...(bot ? ["🔁", "⭐", "👍"] : ["❤️", "👀", "🎉"]).map(quick),
      iconButton("smile-plus", "More reactions", (event) => this.#pick(event.currentTarget)),
      this.inThread || item.root ? null : iconButton("thread", "Reply in thread", () => this.chat.openThread(this.id, { focus: true })),
      this.more,
    );
    rove([...tools.children], tools);
    return tools;
  }

  #menu(anchor) {
    const items = this.offered.map(({ act, sign, label }) => ({ sign, label, run: () => this.chat.choose(this.id, act) }));
    openMenu(anchor, "More actions", items);
  }

  #toggle(emoji) {
    this.chat.react(this.id, emoji, !(this.item.reactions[emoji] ?? []).includes(this.state.me));
  }

  #pick(anchor) {
    pick(anchor, {
      asking: this.item.author === this.state.bot,
      choose: (emoji) => this.#toggle(emoji),
    });
  }

  // A picture that cannot be shown has probably outlived its address: ask for a new one, once.
  #renew() {
    if (this.renewed) return;
    this.renewed = true;
    this.chat.renew(this.id);
  }
}
