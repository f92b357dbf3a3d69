// Lists: the messages of a channel or thread on the page. At most a few hundred are in the document; older ones come when somebody scrolls there.
import { el, icon, plural } from "./dom.js";
import { MessageView } from "./message.js";
import { day, dayKey } from "./text.js";

const STEP = 60;
const MOST = 300;
const NEAR = 90;
const TOGETHER = 5 * 60_000;

export class MessageList {
  /** `load(strand, before)` brings a page; `empty()` makes what is shown where nothing was said yet; `seen(number)` hears how far was read. */
  constructor({ state, chat, strand, label, load, empty = null, seen = () => {}, unread = 0 }) {
    Object.assign(this, { state, chat, strand, load, empty, seen });
    this.views = new Map();
    this.days = new Map();
    this.limit = STEP;
    this.missed = 0;
    this.pinned = true;
    this.dividerAfter = unread;
    this.entries = el("div", { class: "entries" });
    this.older = el("button", { type: "button", class: "older", text: "Load older messages", hidden: true, on: { click: () => this.#loadOlder() } });
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, this.older, this.entries);
    this.pill = el("button", { type: "button", class: "pill", hidden: true, on: { click: () => this.toBottom(true) } });
    this.element = el("div", { class: "list" }, this.scroller, this.pill);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.observer = new ResizeObserver(() => this.pinned && this.toBottom());
    this.observer.observe(this.entries);
    this.observer.observe(this.scroller);
  }

  close() {
    this.observer.disconnect();
  }

  /** Draw everything afresh: the strand was loaded. */
  start() {
    const { ids } = this.strand;
    // The line above what was not read yet stands where it was when the channel was opened.
    if (this.dividerAfter > 0 && this.dividerAfter < ids.length) this.divider = ids[ids.length - this.dividerAfter];
    this.#arrange();
    this.toBottom();
  }

  /** Draw what changed. */
  apply(changed) {
    const before = new Set(this.views.keys());
    const wanted = new Set(this.strand.ids.slice(-this.limit));
    let structure = false;
    let fresh = 0;
    for (const id of changed) {
      const item = this.state.messages.get(id);
      if (this.views.has(id) && wanted.has(id)) this.views.get(id).update(item);
      else if (this.views.has(id) || wanted.has(id)) structure = true;
      if (wanted.has(id) && !before.has(id) && item.author !== this.state.me) fresh += 1;
    }
    if (!structure) return;
    if (!this.pinned) this.limit += fresh;
    this.#arrange();
    if (this.pinned) this.toBottom();
    else if (fresh) {
      this.missed += fresh;
      this.pill.replaceChildren(icon("arrow-down"), plural(this.missed, "new message"));
      this.pill.hidden = false;
    }
  }

  toBottom(smooth = false) {
    this.pinned = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.#caughtUp();
  }

  /** Bring a message into view and put the focus on it. */
  reveal(id) {
    const view = this.views.get(id);
    view?.element.scrollIntoView({ block: "center" });
    view?.element.focus({ preventScroll: true });
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.pinned = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.pinned) this.#caughtUp();
    if (scrollTop < 120 && !this.older.hidden) this.#loadOlder();
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
    const { scroller } = this;
    if (this.strand.ids.length <= this.limit && this.strand.more) await this.load(this.strand, this.state.messages.get(this.strand.ids[0])?.number);
    const before = scroller.scrollHeight - scroller.scrollTop;
    this.limit += STEP;
    this.#arrange();
    scroller.scrollTop = scroller.scrollHeight - before;
    this.loading = false;
  }

  #arrange() {
    const ids = this.strand.ids.slice(-this.limit);
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
    this.older.hidden = !(this.strand.more || this.strand.ids.length > this.limit);
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
