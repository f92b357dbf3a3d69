// The state: who acts, who is there, and the messages known, each in its newest state.

const KEPT = 600;

/** The messages of one channel or thread, in order, as far as they are loaded. */
export class Strand {
  constructor(channel, root = null) {
    this.channel = channel;
    this.root = root;
    this.ids = [];
    this.more = false;
    this.loaded = false;
  }

  holds(item) {
    return item.channel === this.channel && (item.root === this.root || (this.root !== null && item.id === this.root));
  }

  /** Put a message where its number belongs. */
  insert(item, messages) {
    if (this.ids.includes(item.id)) return;
    let at = this.ids.length;
    while (at > 0 && messages.get(this.ids[at - 1]).number > item.number) at -= 1;
    this.ids.splice(at, 0, item.id);
  }

  remove(id) {
    const at = this.ids.indexOf(id);
    if (at >= 0) this.ids.splice(at, 1);
  }

  /** Forget the oldest, which can be loaded again. */
  trim() {
    if (this.ids.length <= KEPT) return;
    this.ids.splice(0, this.ids.length - KEPT);
    this.more = true;
  }
}

export class State {
  constructor() {
    this.me = "";
    this.bot = "limner";
    this.people = new Map();
    this.groups = new Set();
    this.channels = new Map();
    this.menu = [];
    this.messages = new Map();
    this.strands = new Map();
    /** Jobs that the acting person started from this tab: their results open the thread. */
    this.mine = new Set();
    this.channel = "general";
    this.root = null;
  }

  welcome(frame) {
    this.me = frame.me;
    this.bot = frame.bot;
    this.people = new Map(frame.people.map((person) => [person.id, person]));
    this.groups = new Set(frame.people.flatMap((person) => person.groups));
    this.channels = new Map(frame.channels.map((channel) => [channel.id, channel]));
    this.menu = frame.menu;
  }

  /** Take a message; false when a newer state of it is known. */
  take(item) {
    const known = this.messages.get(item.id);
    if (known && known.change >= item.change) return false;
    this.messages.set(item.id, item);
    for (const strand of this.strands.values()) {
      if (!strand.loaded || !strand.holds(item)) continue;
      // Older than all that is loaded: it comes with its page, in order, when somebody scrolls there.
      const first = strand.ids.length ? this.messages.get(strand.ids[0]).number : 0;
      if (strand.more && item.number < first && item.id !== strand.root) continue;
      if (item.gone) strand.remove(item.id);
      else strand.insert(item, this.messages);
    }
    return true;
  }

  strand(channel, root = null) {
    const key = `${channel}/${root ?? ""}`;
    if (!this.strands.has(key)) this.strands.set(key, new Strand(channel, root));
    return this.strands.get(key);
  }

  /** Take a loaded page of a strand; gives the ids of messages known before that it knows a newer state of, for other strands show them. */
  page(strand, frame) {
    const newer = [];
    for (const item of frame.items) {
      const known = this.messages.get(item.id);
      if (known && known.change < item.change) newer.push(item.id);
      if (!known || known.change < item.change) this.messages.set(item.id, item);
      const newest = this.messages.get(item.id);
      if (!newest.gone) strand.insert(newest, this.messages);
    }
    if (!strand.loaded) {
      // What was told while the page was on its way.
      const last = frame.items.at(-1)?.number ?? 0;
      for (const item of this.messages.values()) if (item.number > last && !item.gone && strand.holds(item)) strand.insert(item, this.messages);
    }
    strand.more = frame.more;
    strand.loaded = true;
    return newer;
  }

  /** Forget all messages: they are loaded afresh. */
  reset() {
    this.messages.clear();
    this.strands.clear();
  }

  name(id) {
    return id === this.bot ? "Limner" : (this.people.get(id)?.name ?? id);
  }

  get person() {
    return this.people.get(this.me);
  }

  /** Times are told in the acting person's own zone. */
  get zone() {
    return this.person?.zone || undefined;
  }
}
