// The connection: one WebSocket, kept open. Deeds are sent until they are acknowledged, and after a gap the page catches up by number.

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4000;
const SHOWN_AFTER = 700;
/** The close code for a person who is not of the cast: a name kept from another version, or mistyped in the address. */
const NOBODY = 4404;

/** An id that nobody else makes. `crypto.randomUUID` is missing on pages that are served over plain HTTP from another machine. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Events: `welcome`, `messages`, `reset`, `problem`, `acknowledged`, `lost`, `found`, `unknown`, each with its frame in `detail`. */
export class Connection extends EventTarget {
  #socket = null;
  #pause = FIRST_PAUSE;
  #timer = 0;
  #shown = 0;
  #asks = new Map();
  #ask = 0;
  #outbox = new Map();
  #closed = false;
  #change = 0;

  constructor(person) {
    super();
    this.person = person;
    for (const frame of this.#kept()) this.#outbox.set(frame.event, { frame, resolve: () => {} });
    this.connected = false;
    this.wake = () => this.#retry(0);
    addEventListener("online", this.wake);
  }

  open() {
    const since = this.#change ? `&since=${this.#change}` : "";
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/live?as=${encodeURIComponent(this.person)}${since}`);
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => (event.code === NOBODY ? this.#emit("unknown") : this.#lose(socket)));
  }

  /** No more: another person acts now. */
  close() {
    this.#closed = true;
    removeEventListener("online", this.wake);
    clearTimeout(this.#timer);
    clearTimeout(this.#shown);
    this.#socket?.close();
  }

  /** Do something that must happen exactly once; resolves with the acknowledgement, however often the connection drops. */
  deed(frame) {
    const whole = { ...frame, event: freshId() };
    return new Promise((resolve) => {
      this.#outbox.set(whole.event, { frame: whole, resolve });
      this.#keep();
      this.#send(whole);
    });
  }

  /** Ask for something; resolves with the answer, or with null when the connection is lost. */
  ask(frame) {
    if (!this.connected) return Promise.resolve(null);
    const ask = ++this.#ask;
    return new Promise((resolve) => {
      this.#asks.set(ask, resolve);
      this.#send({ ...frame, ask });
    });
  }

  /** Say something that needs no answer. */
  tell(frame) {
    this.#send(frame);
  }

  /** What has been typed but not taken yet, oldest first. */
  get waiting() {
    return [...this.#outbox.values()].map((entry) => entry.frame).filter((frame) => frame.do === "say");
  }

  #send(frame) {
    if (this.connected) this.#socket.send(JSON.stringify(frame));
  }

  #receive(frame) {
    switch (frame.is) {
      case "welcome":
        this.connected = true;
        this.#pause = FIRST_PAUSE;
        clearTimeout(this.#shown);
        // After a gap the number rises only with what really came, or a second drop would skip the rest.
        this.#change ||= frame.change;
        this.#emit("welcome", frame);
        this.#emit("found");
        for (const { frame: deed } of this.#outbox.values()) this.#send(deed);
        break;
      case "messages":
        for (const item of frame.items) this.#change = Math.max(this.#change, item.change);
        this.#emit("messages", frame);
        break;
      case "reset":
        this.#change = frame.change;
        this.#emit("reset", frame);
        break;
      case "page":
      case "values":
      case "home":
        this.#asks.get(frame.ask)?.(frame);
        this.#asks.delete(frame.ask);
        break;
      case "ack": {
        const entry = this.#outbox.get(frame.event);
        this.#outbox.delete(frame.event);
        this.#keep();
        entry?.resolve(frame);
        this.#emit("acknowledged", frame);
        break;
      }
      default:
        this.#emit(frame.is, frame);
    }
  }

  #lose(socket) {
    if (socket !== this.#socket || this.#closed) return;
    this.connected = false;
    for (const resolve of this.#asks.values()) resolve(null);
    this.#asks.clear();
    clearTimeout(this.#shown);
    this.#shown = setTimeout(() => this.#emit("lost"), SHOWN_AFTER);
    this.#retry(this.#pause * (0.7 + Math.random() * 0.6));
    this.#pause = Math.min(this.#pause * 1.7, LONGEST_PAUSE);
  }

  #retry(after) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#closed && !this.connected && this.#socket?.readyState === WebSocket.CLOSED) this.open();
    }, after);
  }

  #emit(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // What was typed survives a reload of the page as well; buttons and forms need not.
  #keep() {
    try {
      sessionStorage.setItem(`limner.outbox.${this.person}`, JSON.stringify(this.waiting));
    } catch {
      // A full or forbidden storage costs this extra only.
    }
  }

  #kept() {
    try {
      return JSON.parse(sessionStorage.getItem(`limner.outbox.${this.person}`) ?? "[]");
    } catch {
      return [];
    }
  }
}
