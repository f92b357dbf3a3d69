// The welcome: what a channel shows before anything was said in it, so that the first picture is two clicks away.
import { el, icon } from "./dom.js";
import { flagged } from "./text.js";

const EXAMPLES = [
  { scene: "snow", line: "/imagine a red fox in the snow --ar 16:9 --count 4", about: "Four pictures, wide" },
  { scene: "storm", line: "/imagine a lighthouse in a storm --no birds --seed 42", about: "Without birds, and the same every time" },
  { scene: "city", line: "/imagine neon city in the rain --ar 3:2 --count 2", about: "Two takes, side by side" },
];

/** `begin(line)` puts an example into the composer. */
export function welcome(channel, begin) {
  const direct = channel.direct;
  const restricted = channel.restricted
    ? el("p", { class: "restricted" }, icon("lock"), "This channel is age-restricted. Limner's policy here may differ from the other channels.")
    : channel.closed
      ? el("p", { class: "restricted" }, icon("lock"), "Only reviewers and admins see this channel.")
      : null;
  return el(
    "section",
    { class: "welcome", "aria-label": "Welcome" },
    el("img", { class: "welcome-mark", src: "/assets/mark.svg", alt: "", width: "56", height: "56" }),
    el("h2", { text: direct ? "Just say what you want to see" : channel.id === "general" ? "Say what you see. Limner draws it." : `Welcome to #${channel.name}` }),
    el("p", {
      class: "lede",
      text: direct
        ? "This conversation is between you and Limner. Type imagine and a few words; no slash is needed here."
        : "Pick one to try, change the words if you like, and press Send. The pictures arrive in a thread, with everything needed to draw them again.",
    }),
    restricted,
    el(
      "ul",
      { class: "examples" },
      ...EXAMPLES.map((example) => {
        const line = direct ? example.line.slice(1) : example.line;
        return el(
          "li",
          {},
          el(
            "button",
            { type: "button", class: "example", "aria-label": `Try: ${line}`, on: { click: () => begin(line) } },
            el("span", { class: `scene ${example.scene}`, "aria-hidden": "true" }),
            el("span", { class: "example-words" }, el("span", { class: "example-line" }, ...flagged(line)), el("span", { class: "example-about", text: example.about })),
          ),
        );
      }),
    ),
    el("p", { class: "more" }, "Type ", el("kbd", { text: "/" }), " for all commands, ", el("kbd", { text: "@" }), " to mention somebody, or drop a picture here to draw from it."),
  );
}
