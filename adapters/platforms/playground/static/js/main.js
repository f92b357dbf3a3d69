// The chat: puts the parts together, and keeps what is shown in step with what is known.
import { announce, toast } from "./announce.js";
import { Composer } from "./composer.js";
import { el, icon, iconButton, plural } from "./dom.js";
import { takeDrops } from "./drops.js";
import { closePicker } from "./emoji.js";
import { showForm } from "./form.js";
import { HomePage } from "./home.js";
import { MessageList } from "./list.js";
import { Sidebar } from "./sidebar.js";
import { Connection } from "./socket.js";
import { State } from "./state.js";
import { plain } from "./text.js";
import { ThreadPane } from "./thread.js";
import { startTips } from "./tips.js";
import { welcome } from "./welcome.js";

const narrow = matchMedia("(max-width: 760px)");
const middling = matchMedia("(max-width: 1080px)");

class Chat {
  constructor() {
    this.state = new State();
    this.changed = new Set();
    this.app = document.getElementById("app");
    this.room = document.getElementById("room");
    this.scrim = document.getElementById("scrim");
    this.sidebar = new Sidebar(document.getElementById("sidebar"), {
      state: this.state,
      go: (channel) => this.go(channel),
      become: (person) => this.become(person),
    });
    this.#buildRoom();
    this.thread = new ThreadPane(document.getElementById("thread"), {
      chat: this,
      load: (strand, before) => this.#load(strand, before),
      moved: () => this.#writeAddress(),
    });
    this.#readAddress();
    this.#listen();
    const asked = new URLSearchParams(location.search).get("as");
    this.connect(asked ?? remembered("limner.person") ?? "ada");
  }

  // ---- the connection -------------------------------------------------------------------------------------------------------------

  connect(person) {
    this.connection?.close();
    this.state.reset();
    this.top = null;
    const connection = new Connection(person);
    this.connection = connection;
    const on = (name, run) => connection.addEventListener(name, (event) => connection === this.connection && run(event.detail));
    on("welcome", (frame) => this.#welcome(frame));
    on("messages", (frame) => this.#take(frame.items));
    on("reset", () => {
      this.state.reset();
      this.#showChannel();
      if (this.state.root) this.openThread(this.state.root);
    });
    on("acknowledged", (frame) => this.#acknowledged(frame));
    on("unknown", () => this.become("ada"));
    on("problem", (frame) => toast(frame.sentence));
    on("lost", () => this.#banner(true));
    on("found", () => this.#banner(false));
    connection.open();
  }

  become(person) {
    remember("limner.person", person);
    this.closeThread();
    this.started = false;
    if (!this.#exists(this.state.channel) || this.state.channel.startsWith("dm-")) this.state.channel = "general";
    this.connect(person);
  }

  #welcome(frame) {
    const first = !this.started;
    this.state.welcome(frame);
    this.top ??= frame.number;
    this.started = true;
    if (!this.#exists(this.state.channel)) this.state.channel = "general";
    this.state.mine = new Set(JSON.parse(remembered(`limner.mine.${frame.me}`) ?? "[]"));
    this.sidebar.update();
    if (first) {
      this.#showChannel();
      if (this.state.root && !this.home) this.openThread(this.state.root, { focus: false });
      if (!narrow.matches) this.composer.focus();
    } else this.#loadMissing();
  }

  /** What was asked for when the connection dropped is asked for again. */
  #loadMissing() {
    if (this.home) this.home.load();
    else if (!this.list?.strand.loaded) this.#showChannel();
    if (this.thread.list && !this.thread.list.strand.loaded) this.openThread(this.state.root);
  }

  #banner(lost) {
    this.bar.hidden = !lost;
    if (lost) announce("Connection lost, reconnecting");
  }

  // ---- what comes in --------------------------------------------------------------------------------------------------------------

  #take(items) {
    for (const item of items) {
      const known = this.state.messages.get(item.id);
      if (!this.state.take(item)) continue;
      this.changed.add(item.id);
      if (item.number > this.top) this.#arrived(item);
      else if (known) this.#moved(known, item);
      this.top = Math.max(this.top, item.number);
    }
    this.#schedule();
  }

  #arrived(item) {
    const here = item.channel === this.state.channel;
    const channel = this.state.channels.get(item.channel);
    if (item.author !== this.state.me && (here || item.whisper)) announce(`${this.state.name(item.author)}: ${plain(item.content.text ?? "", this.state)}`);
    if (channel && !here && !item.root && !item.whisper && item.author !== this.state.me) {
      channel.unread += 1;
      this.sidebar.update();
    }
    this.#openResults(item);
    if (this.home && this.state.mine.has(item.content.job)) this.#refreshHome();
  }

  /** A card whose tone turned has ended, one way or another: worth saying. */
  #moved(known, item) {
    const turned = known.content.tone !== item.content.tone && item.content.tone !== "working";
    if (turned && item.channel === this.state.channel) announce(plain(item.content.text ?? "", this.state));
  }

  /** The results of what one asked for open their thread by themselves; on a phone, where it would cover everything, a note offers it. */
  #openResults(item) {
    const { state } = this;
    const pictures = (item.content.pictures ?? []).filter((picture) => picture.download).length;
    if (!item.root || !pictures || !state.mine.has(item.content.job) || item.channel !== state.channel || state.root === item.root) return;
    if (narrow.matches) toast(`${plural(pictures, "image")} ready`, { label: "Open thread", run: () => this.openThread(item.root, { focus: true }) });
    else if (!state.root || this.thread.composer.empty) this.openThread(item.root);
  }

  /** Draw at most once a frame, however much comes in; a hidden page has no frames, so there a timer does it. */
  #schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    const draw = () => {
      this.scheduled = false;
      const { changed } = this;
      this.changed = new Set();
      this.list?.strand.loaded && this.list.apply(changed);
      this.thread.apply(changed);
    };
    if (document.hidden) setTimeout(draw, 250);
    else requestAnimationFrame(draw);
  }

  // ---- what goes out --------------------------------------------------------------------------------------------------------------

  async say({ text, files, root }) {
    const { channel } = this.state;
    const pending = this.#pending(text, root);
    (root ? this.thread.list : this.list)?.toBottom();
    const answer = await this.connection.deed({ do: "say", channel, root, text, files });
    pending.remove();
    if (answer.form) this.#form(answer.form, null, channel, root);
    return answer;
  }

  async press(id, line) {
    const answer = await this.connection.deed({ do: "press", post: id, line });
    if (answer.problem) toast(answer.problem);
    const item = this.state.messages.get(id);
    if (answer.form) this.#form(answer.form, id, item.channel, item.root);
  }

  async react(id, emoji, on) {
    const answer = await this.connection.deed({ do: "react", post: id, emoji, on });
    if (answer.problem) toast(answer.problem);
    const item = this.state.messages.get(id);
    if (answer.form) this.#form(answer.form, id, item.channel, item.root);
  }

  /** Something chosen from a message's menu. */
  async choose(id, act) {
    const answer = await this.connection.deed({ do: "shortcut", post: id, act });
    if (answer.problem) toast(answer.problem);
    const item = this.state.messages.get(id);
    if (answer.form) this.#form(answer.form, id, item.channel, item.root, answer.files);
  }

  /** A button on the home page: what is drawn from there lands in one's own conversation with Limner. */
  async #pressHome(line) {
    const answer = await this.connection.deed({ do: "press", line });
    if (answer.problem) toast(answer.problem);
    const own = [...this.state.channels.values()].find((channel) => channel.direct).id;
    if (answer.form) this.#form(answer.form, null, own, null);
    if (answer.job) this.go(own);
    return answer;
  }

  dismiss(id) {
    this.connection.deed({ do: "dismiss", post: id });
    this.composer.focus();
  }

  renew(id) {
    this.connection.tell({ do: "renew", post: id });
  }

  #form(form, post, channel, root, brought = []) {
    const send = async (options, files) => {
      const answer = await this.connection.deed({ do: "submit", channel, root, post, line: form.line, options, files });
      // What was asked for elsewhere is watched where it lands.
      if (answer.job && this.home) this.go(channel);
      return answer;
    };
    showForm(form, this.state, send, brought);
  }

  #acknowledged(frame) {
    if (!frame.job) return;
    this.state.mine.add(frame.job);
    remember(`limner.mine.${this.state.me}`, JSON.stringify([...this.state.mine].slice(-50)));
    // A fast provider may have answered before the acknowledgement came.
    for (const item of this.state.messages.values()) if (item.content.job === frame.job && item.root) this.#openResults(item);
  }

  /** What is on its way: shown only when it takes long enough to wonder. */
  #pending(text, root) {
    const note = el("div", { class: "pending" }, el("span", { class: "spinner", "aria-hidden": "true" }), el("span", { class: "pending-text", text: text || "Sending a picture" }));
    (root ? this.thread.composer : this.composer).pending.append(note);
    return note;
  }

  // ---- channels -------------------------------------------------------------------------------------------------------------------

  go(channel) {
    this.#slide(false);
    if (channel === this.state.channel && this.list?.strand.loaded) {
      if (!narrow.matches) this.composer.focus();
      return;
    }
    this.state.channel = channel;
    this.closeThread();
    this.#showChannel();
    if (!narrow.matches) this.composer.focus();
  }

  #exists(channel) {
    return channel === "home" || this.state.channels.has(channel);
  }

  #showHome() {
    this.list?.close();
    this.list = null;
    this.home = new HomePage({ state: this.state, ask: (frame) => this.connection.ask(frame), press: (line) => this.#pressHome(line) });
    this.listHolder.replaceChildren(this.home.element);
    this.roomTitle.replaceChildren(icon("home"), el("h1", { text: "Home" }));
    this.roomTopic.textContent = "How to begin, what you have left, and what you made";
    document.title = "Home · Limner playground";
    this.composer.element.hidden = true;
    this.sidebar.update();
    this.#writeAddress();
    return this.home.load();
  }

  /** One's own results have come: the page follows, once for a burst of them. */
  #refreshHome() {
    clearTimeout(this.homeTimer);
    this.homeTimer = setTimeout(() => this.home?.load(), 400);
  }

  async #showChannel() {
    const { state } = this;
    if (state.channel === "home") return this.#showHome();
    this.home = null;
    this.composer.element.hidden = false;
    const channel = state.channels.get(state.channel);
    const strand = state.strand(channel.id);
    this.list?.close();
    this.list = new MessageList({
      state,
      chat: this,
      strand,
      label: channel.direct ? "Conversation with Limner" : `Conversation in #${channel.name}`,
      load: (one, before) => this.#load(one, before),
      empty: () => welcome(channel, (line) => this.composer.begin(line)),
      seen: (number) => this.#seen(channel, number),
      read: channel.unread ? channel.read : null,
    });
    const { list } = this;
    this.listHolder.replaceChildren(list.element);
    this.#nameRoom(channel);
    channel.unread = 0;
    channel.read = this.top;
    this.sidebar.update();
    this.#writeAddress();
    if (!strand.loaded) await this.#load(strand);
    if (strand.loaded && list === this.list) list.start();
    return undefined;
  }

  async #load(strand, before = null) {
    const frame = await this.connection.ask({ do: "load", channel: strand.channel, root: strand.root, before });
    if (!frame) return;
    for (const id of this.state.page(strand, frame)) this.changed.add(id);
    this.#schedule();
  }

  #seen(channel, number) {
    if (number <= (channel.seen ?? 0)) return;
    channel.seen = number;
    clearTimeout(this.seenTimer);
    this.seenTimer = setTimeout(() => this.connection.tell({ do: "read", channel: channel.id, number }), 300);
  }

  #nameRoom(channel) {
    this.roomTitle.replaceChildren(channel.direct ? icon("thread") : icon(channel.restricted || channel.closed ? "lock" : "hash"), el("h1", { text: channel.name }));
    if (channel.restricted) this.roomTitle.append(el("span", { class: "eighteen", text: "18+" }));
    this.roomTopic.textContent = channel.topic;
    const label = channel.direct ? "Message Limner" : `Message #${channel.name}`;
    this.composer.relabel(label, channel.direct ? "imagine a small boat at dusk" : narrow.matches ? label : `${label}, or type / for commands`);
    document.title = `${channel.direct ? "Limner" : `#${channel.name}`} · Limner playground`;
  }

  // ---- threads --------------------------------------------------------------------------------------------------------------------

  openThread(id, how) {
    return this.thread.open(id, how);
  }

  closeThread() {
    this.thread.close();
  }

  // ---- the page -------------------------------------------------------------------------------------------------------------------

  #buildRoom() {
    this.roomTitle = el("div", { class: "room-title" });
    this.roomTopic = el("p", { class: "topic" });
    this.bar = el("div", { class: "reconnecting", role: "status", hidden: true }, el("span", { class: "spinner", "aria-hidden": "true" }), "Reconnecting… What you send is kept and goes out when Limner is back.");
    this.listHolder = el("div", { class: "holder" });
    this.composer = new Composer({
      state: this.state,
      id: "composer-main",
      label: "Message",
      placeholder: "",
      place: () => ({ channel: this.state.channel, root: null }),
      say: (what) => this.say({ ...what, root: null }),
      ask: (frame) => this.connection.ask(frame),
    });
    this.menuButton = iconButton("menu", "Channels", () => this.#slide(true), { class: "icon-button menu-button" });
    this.room.append(
      el("header", { class: "room-header" }, this.menuButton, el("div", { class: "room-names" }, this.roomTitle, this.roomTopic)),
      this.bar,
      this.listHolder,
      this.composer.element,
    );
  }

  /** Slide the channels in or out, on a narrow page. */
  #slide(open) {
    if (!open && !this.app.classList.contains("with-sidebar")) return;
    this.app.classList.toggle("with-sidebar", open);
    this.scrim.hidden = !open;
    this.menuButton.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector(".channel.current")?.focus();
    else this.menuButton.focus();
  }

  #listen() {
    startTips();
    this.scrim.addEventListener("click", () => this.#slide(false));
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("hashchange", () => this.#followAddress());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.list?.pinned) this.list.toBottom();
    });
    takeDrops(this.room, this.composer);
    takeDrops(this.thread.element, this.thread.composer);
  }

  #key(event) {
    if (document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("textarea, input, select");
    if (event.key === "Escape") {
      if (document.querySelector(".popover")) {
        closePicker();
        return;
      }
      if (this.app.classList.contains("with-sidebar")) this.#slide(false);
      else if (this.thread.shown) this.closeThread();
    } else if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const ids = [...this.state.channels.keys()];
      const at = ids.indexOf(this.state.channel) + (event.key === "ArrowDown" ? 1 : -1);
      this.go(ids[(at + ids.length) % ids.length]);
    } else if (event.key === "F6") {
      event.preventDefault();
      this.#nextPane(event.shiftKey ? -1 : 1);
    } else if (event.key === "/" && !this.home && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.composer.begin("/");
    }
  }

  /** From pane to pane: channels, messages, composer, thread, its composer. */
  #nextPane(step) {
    const thread = this.thread.shown ? [this.thread.list.scroller, this.thread.composer.input] : [];
    const middle = (this.home ?? this.list).scroller;
    const panes = [document.querySelector(".channel.current"), middle, this.composer.input, ...thread].filter((one) => one.checkVisibility());
    const at = panes.findIndex((pane) => pane.contains(document.activeElement));
    panes[(at + step + panes.length) % panes.length].focus();
  }

  #readAddress() {
    const [channel, root] = location.hash.slice(1).split("/");
    if (/^[a-z-]+$/.test(channel)) this.state.channel = channel;
    this.state.root = /^m\d+$/.test(root ?? "") ? root : null;
  }

  #writeAddress() {
    const { channel, root } = this.state;
    const hash = `#${channel}${root ? `/${root}` : ""}`;
    if (location.hash !== hash) history.replaceState(null, "", `${location.pathname}${location.search}${hash}`);
  }

  #followAddress() {
    const before = this.state.channel;
    const root = this.state.root;
    this.#readAddress();
    if (!this.#exists(this.state.channel)) this.state.channel = before;
    const wanted = this.state.root;
    this.state.root = root;
    if (this.state.channel !== before) {
      this.closeThread();
      this.#showChannel();
    }
    if (wanted && !this.home) this.openThread(wanted, { focus: true });
    else this.closeThread();
  }
}

function remembered(name) {
  return sessionStorage.getItem(name) ?? localStorage.getItem(name);
}

function remember(name, value) {
  sessionStorage.setItem(name, value);
  localStorage.setItem(name, value);
}

middling.addEventListener("change", () => closePicker());
new Chat();
