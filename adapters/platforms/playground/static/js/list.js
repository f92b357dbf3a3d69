// Lists: the messages of a channel or thread on the page. At most a few hundred are in the document, a window on all that is loaded: `limit`
// messages, `skip` messages before the newest. It moves when somebody scrolls to its edge.
import { el, icon, plural } from "./dom.js";
import { MessageView } from "./message.js";
import { day, dayKey } from "./text.js";

const STEP = 60;
const MOST = 300;
const NEAR = 90;
const EDGE = 160;
const TOGETHER = 5 * 60_000;

export class MessageList {
  /** `load(strand, before)` brings a page; `empty()` makes what is shown where nothing was said yet; `seen(number)` hears how far was read. */
  constructor({ state, chat, strand, label, load, empty = null, seen = () => {}, read = null }) {
    Object.assign(this, { state, chat, strand, load, empty, seen });
    this.views = new Map();
    this.days = new Map();
    this.limit = STEP;
    this.skip = 0;
    this.missed = 0;
    this.pinned = true;
    this.lastTop = 0;
    this.read = read;
    this.entries = el("div", { class: "entries" });
    this.older = el("button", { type: "button", class: "older", text: "Load older messages", hidden: true, on: { click: () => this.#loadOlder() } });
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, this.older, this.entries);
    this.pill = el("button", { type: "button", class: "pill", hidden: true, on: { click: () => this.toBottom(true) } });
    this.element = el("div", { class: "list" }, this.scroller, this.pill);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.entries.addEventListener("keydown", (event) => this.#walk(event));
    this.observer = new ResizeObserver(() => this.pinned && this.toBottom());
    this.observer.observe(this.entries);
    this.observer.observe(this.scroller);
  }

  close() {
    this.observer.disconnect();
  }

  /** Draw everything afresh: the strand was loaded. */
  start() {
    // The line above what was not read yet stays where it was when the channel was opened.
    const { messages, me } = this.state;
    const unread = (id) => messages.get(id).number > this.read && messages.get(id).author !== me && !messages.get(id).whisper;
    const first = this.read === null ? -1 : this.strand.ids.findIndex(unread);
    if (first > 0) this.divider = this.strand.ids[first];
    this.newest = this.state.messages.get(this.strand.ids.at(-1))?.number ?? 0;
    this.#arrange();
    this.#showNewest();
  }

  /** Draw what changed. */
  apply(changed) {
    const wanted = new Set(this.#window());
    let structure = false;
    let fresh = 0;
    for (const id of changed) {
      const item = this.state.messages.get(id);
      if (this.views.has(id) && wanted.has(id)) this.views.get(id).update(item);
      else if (this.views.has(id) || wanted.has(id)) structure = true;
      if (item.number > this.newest && this.strand.ids.includes(id)) fresh += 1;
    }
    if (fresh) this.newest = this.state.messages.get(this.strand.ids.at(-1)).number;
    if (!structure && !fresh) return;
    if (this.pinned) {
      this.#arrange();
      this.#showNewest();
      return;
    }
    // What one is reading stays where it is; the new messages wait below.
    this.#moveWindow(fresh, this.skip ? fresh : 0);
    if (fresh) {
      this.missed += fresh;
      this.pill.replaceChildren(icon("arrow-down"), plural(this.missed, "new message"));
      this.pill.hidden = false;
    }
  }

  toBottom(smooth = false) {
    this.pinned = true;
    if (this.skip) {
      this.skip = 0;
      this.#arrange();
    }
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const far = scrollHeight - scrollTop > 3 * clientHeight;
    this.scroller.scrollTo({ top: scrollHeight, behavior: smooth && !far ? "smooth" : "instant" });
    this.lastTop = this.scroller.scrollTop;
    this.#caughtUp();
  }

  /** The end; but a message that is taller than the window is read from its beginning. */
  #showNewest() {
    this.toBottom();
    const last = this.entries.lastElementChild;
    const { scroller } = this;
    if (!last?.classList.contains("message") || last.offsetHeight < scroller.clientHeight) return;
    scroller.scrollTop += last.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 8;
    this.pinned = false;
    this.lastTop = scroller.scrollTop;
  }

  /** Arrow keys lead from message to message, once one of them (or the list) has the focus. */
  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains("message")) return;
    const messages = [...this.entries.querySelectorAll(":scope > .message")];
    const next = messages[messages.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // Only somebody who scrolls up lets go of the end. A composer that grows moves the end away as well, and nobody asked for that.
    const below = scrollHeight - scrollTop - clientHeight;
    if (this.skip && below < EDGE) this.#moveWindow(0, -STEP);
    if (!this.skip && below < NEAR) this.pinned = true;
    else if (scrollTop < this.lastTop) this.pinned = false;
    this.lastTop = scrollTop;
    if (this.pinned) this.#caughtUp();
    if (scrollTop < EDGE && !this.older.hidden) this.#loadOlder();
  }

  #caughtUp() {
    this.missed = 0;
    this.pill.hidden = true;
    if (this.limit > MOST) {
      this.limit = MOST;
      this.strand.trim();
      this.#arrange();
    }
    const last = this.strand.ids.at(-1);
    if (last && document.visibilityState === "visible") this.seen(this.state.messages.get(last).number);
  }

  async #loadOlder() {
    if (this.loading) return;
    this.loading = true;
    const { strand } = this;
    if (strand.ids.length - this.skip <= this.limit && strand.more) await this.load(strand, this.state.messages.get(strand.ids[0])?.number);
    this.#moveWindow(STEP, 0);
    this.loading = false;
  }

  #window() {
    const end = this.strand.ids.length - this.skip;
    return this.strand.ids.slice(Math.max(0, end - this.limit), end);
  }

  /** Show `more` messages, and skip `further` of the newest; what is in view stays where it is. */
  #moveWindow(more, further) {
    this.limit += more;
    this.skip = Math.max(0, this.skip + further);
    if (this.limit > MOST) {
      this.skip += this.limit - MOST;
      this.limit = MOST;
    }
    const { scroller } = this;
    const edge = scroller.getBoundingClientRect().top;
    const messages = [...this.entries.querySelectorAll(":scope > .message")];
    const anchor = messages.find((element) => element.getBoundingClientRect().bottom > edge);
    const before = anchor?.getBoundingClientRect().top;
    this.#arrange();
    if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before;
    this.lastTop = scroller.scrollTop;
  }

  #arrange() {
    const ids = this.#window();
    const kept = new Set(ids);
    for (const [id] of this.views) if (!kept.has(id)) this.views.delete(id);
    const nodes = [];
    let previous = null;
    for (const id of ids) {
      const item = this.state.messages.get(id);
      const key = dayKey(item.at, this.state.zone);
      if (!previous || dayKey(previous.at, this.state.zone) !== key) nodes.push(this.#day(key, item.at));
      if (id === this.divider) nodes.push((this.dividerNode ??= el("div", { class: "separator unread" }, el("span", { text: "New" }))));
      let view = this.views.get(id);
      if (!view) {
        view = new MessageView(item, { state: this.state, chat: this.chat, inThread: this.strand.root !== null });
        view.element.classList.toggle("root", id === this.strand.root);
        this.views.set(id, view);
      }
      view.follow(continues(previous, item, this.state));
      nodes.push(view.element);
      if (id === this.strand.root) nodes.push(this.#replies(item));
      previous = id === this.strand.root ? null : item;
      if (id === this.strand.root) previous = { ...item, author: "" };
    }
    if (!ids.length && this.empty && this.strand.loaded) nodes.push((this.emptyNode ??= this.empty()));
    let cursor = this.entries.firstChild;
    for (const node of nodes) {
      if (node === cursor) cursor = cursor.nextSibling;
      else this.entries.insertBefore(node, cursor);
    }
    while (cursor) {
      const next = cursor.nextSibling;
      cursor.remove();
      cursor = next;
    }
    this.older.hidden = !(this.strand.more || this.strand.ids.length - this.skip > this.limit);
  }

  #day(key, at) {
    if (!this.days.has(key)) this.days.set(key, el("div", { class: "separator" }, el("span", { text: day(at, this.state.zone) })));
    return this.days.get(key);
  }

  #replies(item) {
    this.repliesNode ??= el("div", { class: "separator replies-count" }, el("span"));
    const count = item.replies?.count ?? 0;
    this.repliesNode.firstChild.textContent = count ? `${count} ${count === 1 ? "reply" : "replies"}` : "No replies yet";
    return this.repliesNode;
  }

  /** The root's count of replies changed. */
  recount() {
    const root = this.state.messages.get(this.strand.root);
    if (root && this.repliesNode) this.#replies(root);
  }
}

function continues(previous, item, state) {
  if (!previous || previous.author !== item.author || item.author === state.bot || previous.whisper !== item.whisper) return false;
  return new Date(item.at) - new Date(previous.at) < TOGETHER;
}
