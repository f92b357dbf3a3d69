// The thread pane: the messages under one message, beside the channel or, on a narrow page, over it.
import { Composer } from "./composer.js";
import { el, iconButton } from "./dom.js";
import { MessageList } from "./list.js";

const narrow = matchMedia("(max-width: 760px)");

export class ThreadPane {
  /** `load(strand, before)` brings a page; `moved()` hears that another thread, or none, is shown. */
  constructor(element, { chat, load, moved }) {
    Object.assign(this, { element, chat, load, moved, state: chat.state });
    this.list = null;
    this.where = el("span", { class: "thread-place" });
    this.holder = el("div", { class: "holder" });
    this.closer = iconButton("close", "Close thread", () => this.close());
    this.composer = new Composer({
      state: this.state,
      id: "composer-thread",
      label: "Reply in thread",
      placeholder: "Reply, or type / for commands",
      place: () => ({ channel: this.state.channel, root: this.state.root }),
      say: (what) => chat.say({ ...what, root: this.state.root }),
      ask: (frame) => chat.connection.ask(frame),
    });
    element.append(
      el("header", { class: "thread-header" }, el("h2", { text: "Thread" }), this.where, el("div", { class: "spring" }), this.closer),
      this.holder,
      this.composer.element,
    );
  }

  get shown() {
    return !this.element.hidden;
  }

  /** Draw what changed. */
  apply(changed) {
    if (!this.list?.strand.loaded) return;
    this.list.apply(changed);
    if (changed.has(this.state.root)) this.list.recount();
  }

  /** Open the thread under a message, or the one that a reply is in. With `focus`, the focus moves there, as somebody asked for it. */
  async open(id, { focus = false } = {}) {
    const { state } = this;
    const root = state.messages.get(id)?.root ?? id;
    if (focus) this.opener = document.activeElement;
    const strand = state.strand(state.channel, root);
    if (state.root !== root || !this.list?.strand.loaded) {
      state.root = root;
      this.list?.close();
      this.list = new MessageList({ state, chat: this.chat, strand, label: "Conversation in this thread", load: this.load });
      this.holder.replaceChildren(this.list.element);
      this.moved();
    }
    const channel = state.channels.get(state.channel);
    this.where.textContent = channel.direct ? "Limner" : `#${channel.name}`;
    this.element.hidden = false;
    this.chat.app.classList.add("with-thread");
    // On a phone the keyboard would cover what somebody came to see.
    if (focus) (narrow.matches ? this.closer : this.composer).focus();
    const { list } = this;
    if (!strand.loaded) await this.load(strand);
    if (!strand.loaded || list !== this.list) return;
    if (strand.ids.length) list.start();
    else this.close();
  }

  close() {
    if (!this.shown) return;
    this.list?.close();
    this.list = null;
    this.state.root = null;
    const held = this.element.contains(document.activeElement) || document.activeElement === document.body;
    this.element.hidden = true;
    this.chat.app.classList.remove("with-thread");
    this.moved();
    if (held) (this.opener?.isConnected ? this.opener : this.chat.composer).focus();
    this.opener = null;
  }
}
