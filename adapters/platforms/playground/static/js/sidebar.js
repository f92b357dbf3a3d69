// The sidebar: channels with what is unread, the person one acts as, and the theme.
import { attribute, el, icon, iconButton } from "./dom.js";
import { place } from "./emoji.js";
import { avatar } from "./message.js";
import { clock } from "./text.js";

const THEMES = [
  ["system", "As the system says"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export class Sidebar {
  /** `go(channel)` opens a channel, or "home"; `become(person)` acts as somebody else. */
  constructor(element, { state, go, become }) {
    Object.assign(this, { element, state, go, become });
    this.home = el(
      "button",
      { type: "button", class: "channel home-entry", on: { click: () => this.go("home") } },
      icon("home"),
      el("span", { class: "channel-name", text: "Home" }),
    );
    this.channels = el("ul", { class: "channels" });
    this.directs = el("ul", { class: "channels" });
    this.switcher = el("button", { type: "button", class: "switcher", "aria-haspopup": "menu", on: { click: () => this.#people() } });
    element.append(
      el(
        "div",
        { class: "brand" },
        el("img", { src: "/assets/mark.svg", alt: "", width: "30", height: "30" }),
        el("div", {}, el("strong", { text: "Limner" }), el("span", { text: "Studio playground" })),
        el("div", { class: "spring" }),
        this.#theme(),
      ),
      el("div", { class: "groups" }, this.home, el("h2", { text: "Channels" }), this.channels, el("h2", { text: "Direct messages" }), this.directs),
      el("div", { class: "acting" }, el("h2", { text: "Acting as" }), this.switcher),
    );
  }

  update() {
    const { state } = this;
    const row = (channel) => {
      const current = channel.id === state.channel;
      const unread = current ? 0 : channel.unread;
      return el(
        "li",
        {},
        el(
          "button",
          {
            type: "button",
            class: `channel${current ? " current" : ""}${unread ? " has-unread" : ""}`,
            "aria-current": current ? "page" : false,
            "aria-label": `${channel.direct ? "Limner, direct message" : `#${channel.name}`}${channel.restricted ? ", age-restricted" : ""}${channel.closed ? ", reviewers only" : ""}${unread ? `, ${unread} unread` : ""}`,
            on: { click: () => this.go(channel.id) },
          },
          channel.direct ? avatar(state, state.bot, "tiny") : icon(channel.restricted || channel.closed ? "lock" : "hash"),
          el("span", { class: "channel-name", text: channel.name }),
          channel.restricted ? el("span", { class: "eighteen", "aria-hidden": "true", text: "18+" }) : null,
          unread ? el("span", { class: "unread-count", "aria-hidden": "true", text: unread > 99 ? "99+" : String(unread) }) : null,
        ),
      );
    };
    const atHome = state.channel === "home";
    this.home.classList.toggle("current", atHome);
    attribute(this.home, "aria-current", atHome ? "page" : null);
    const channels = [...state.channels.values()];
    const focused = this.element.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    this.channels.replaceChildren(...channels.filter((channel) => !channel.direct).map(row));
    this.directs.replaceChildren(...channels.filter((channel) => channel.direct).map(row));
    const me = state.person;
    if (me) {
      this.switcher.setAttribute("aria-label", `Acting as ${me.name}, change`);
      this.switcher.replaceChildren(...face(state, me), icon("down"));
    }
    if (focused && document.activeElement === document.body) {
      [...this.element.querySelectorAll("button")].find((one) => one.getAttribute("aria-label")?.split(",")[0] === focused.split(",")[0])?.focus();
    }
  }

  #people() {
    const { state } = this;
    const close = (refocus) => {
      menu.remove();
      document.removeEventListener("pointerdown", outside, true);
      this.switcher.setAttribute("aria-expanded", "false");
      if (refocus) this.switcher.focus();
    };
    const outside = (event) => {
      if (!menu.contains(event.target) && !this.switcher.contains(event.target)) close(false);
    };
    if (document.querySelector(".people-menu")) {
      document.querySelector(".people-menu").remove();
      return;
    }
    const items = [...state.people.values()].map((person) =>
      el(
        "button",
        {
          type: "button",
          role: "menuitemradio",
          class: "person",
          "aria-checked": String(person.id === state.me),
          on: {
            click: () => {
              close(true);
              if (person.id !== state.me) this.become(person.id);
            },
          },
        },
        ...face(state, person),
        person.id === state.me ? icon("check") : null,
      ),
    );
    const menu = el("div", { class: "popover people-menu", role: "menu", "aria-label": "Act as" }, ...items);
    document.body.append(menu);
    place(menu, this.switcher);
    this.switcher.setAttribute("aria-expanded", "true");
    (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0]).focus();
    menu.addEventListener("keydown", (event) => {
      const at = items.indexOf(document.activeElement);
      if (event.key === "Escape" || event.key === "Tab") {
        event.stopPropagation();
        close(true);
      } else if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
      else if (event.key === "ArrowUp") items[(at - 1 + items.length) % items.length].focus();
      else return;
      event.preventDefault();
    });
    document.addEventListener("pointerdown", outside, true);
  }

  #theme() {
    const now = () => document.documentElement.dataset.theme ?? "system";
    const signs = { system: "system", light: "sun", dark: "moon" };
    const button = iconButton(signs[now()], "Theme", () => {
      const at = THEMES.findIndex(([name]) => name === now());
      const [name] = THEMES[(at + 1) % THEMES.length];
      if (name === "system") {
        delete document.documentElement.dataset.theme;
        localStorage.removeItem("limner.theme");
      } else {
        document.documentElement.dataset.theme = name;
        localStorage.setItem("limner.theme", name);
      }
      label();
    });
    const label = () => {
      const said = `Theme: ${THEMES.find(([name]) => name === now())[1].toLowerCase()}`;
      button.setAttribute("aria-label", said);
      button.dataset.tip = said;
      button.replaceChildren(icon(signs[now()]));
    };
    label();
    return button;
  }
}

function face(state, person) {
  const role = person.roles.find((one) => one !== "member");
  return [
    avatar(state, person.id, "medium"),
    el(
      "span",
      { class: "who" },
      el("span", { class: "who-name" }, person.name, role ? el("span", { class: "role-badge", text: role }) : null),
      el("span", { class: "who-title", text: [person.title, ...person.groups.map((group) => `@${group}`), clock(Date.now(), person.zone)].join(" · ") }),
    ),
  ];
}
