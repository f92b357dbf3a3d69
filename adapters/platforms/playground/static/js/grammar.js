// The grammar, as far as completion needs it: which command is being typed, and which of its options the caret is in.

/** Kinds of options whose values are typed freely: there is nothing to choose from. */
const FREE = new Set(["text", "integer", "number", "flag", "image", "money"]);

/**
 * What stands before the caret: null for chatter, or `{spec, option, typed, from, to, want, used}` where `want` is `command`, `flag`, `value` or `hint`.
 * `direct` is true in a conversation with Limner, where a line needs no slash.
 */
export function analyse(text, caret, menu, direct) {
  const before = text.slice(0, caret);
  const lead = /^\s*(\/|@limner[ ,:]+)/i.exec(before) ?? (direct ? /^\s*/.exec(before) : null);
  if (!lead) return null;
  const bare = !lead[1];
  const name = /^\S*/.exec(before.slice(lead[0].length))[0];
  const start = lead[0].length;
  if (start + name.length === before.length) {
    if (bare && !name) return null;
    const found = matching(menu, name);
    if (bare && !found.length) return null;
    return { want: "command", typed: name, from: start, to: caret, found };
  }
  const spec = menu.find((one) => one.name === name.toLowerCase());
  return spec ? inside(spec, before, start + name.length) : null;
}

/** Commands that fit what was typed: those that begin with it first, then those that contain it. */
function matching(menu, typed) {
  const wanted = typed.toLowerCase();
  const begin = menu.filter((one) => one.name.startsWith(wanted));
  const within = wanted ? menu.filter((one) => !begin.includes(one) && (one.name.includes(wanted) || one.about.toLowerCase().includes(wanted))) : [];
  return [...begin, ...within];
}

function inside(spec, before, start) {
  const tokens = [...before.slice(start).matchAll(/"[^"]*"?|\S+/g)].map((found) => ({ text: found[0], at: start + found.index }));
  const last = tokens.at(-1);
  const touching = last && last.at + last.text.length === before.length;
  const current = touching ? tokens.pop() : { text: "", at: before.length };
  const places = spec.options.filter((option) => option.positional);
  const used = new Set();
  let position = 0;
  let pending = null;
  let words = null;
  for (const { text } of tokens) {
    const flag = /^(?:--|—)([A-Za-z-]+)(=.*)?$/.exec(text);
    if (flag) {
      const option = spec.options.find((one) => one.name === flag[1].toLowerCase());
      used.add(flag[1].toLowerCase());
      pending = null;
      words = null;
      if (option && !flag[2] && option.kind !== "flag") {
        if (option.kind === "text") words = option;
        else pending = option;
      }
    } else if (pending) pending = null;
    else if (!words) {
      if (places[position]) used.add(places[position].name);
      if (places[position] && !places[position].rest) position += 1;
    }
  }
  const base = { spec, used, to: before.length };
  const typing = /^(?:--|—)([A-Za-z-]*)(=?)(.*)$/.exec(current.text);
  if (typing && typing[2]) {
    const option = spec.options.find((one) => one.name === typing[1].toLowerCase());
    if (option) return value(option, typing[3], before.length - typing[3].length, base);
  }
  if (typing) return { ...base, want: "flag", typed: typing[1], from: current.at, option: null };
  // A single dash is the beginning of a flag.
  if (current.text === "-") return { ...base, want: "flag", typed: "", from: current.at, option: null };
  const option = pending ?? words ?? places[position] ?? null;
  if (!option) return { ...base, want: "hint", option: null, typed: current.text, from: current.at };
  return value(option, current.text, current.at, base);
}

function value(option, typed, from, base) {
  const chosen = option.choices.length || !FREE.has(option.kind);
  return { ...base, want: chosen && !option.rest ? "value" : "hint", option, typed, from };
}

/** The flags of a command that were not given yet and fit what was typed. */
export function flags(spec, typed, used) {
  return spec.options.filter((option) => !option.rest && !used.has(option.name) && option.name.startsWith(typed.toLowerCase()));
}

/** What an option takes, in a few words. */
export function takes(option) {
  // A bound that nobody reaches by hand is no help.
  const most = option.most !== null && option.most < 1e6 ? option.most : null;
  const range =
    option.least !== null && most !== null
      ? ` ${option.least}–${most}`
      : option.least !== null
        ? ` from ${option.least}`
        : most !== null && option.kind !== "text"
          ? ` up to ${most}`
          : "";
  if (option.choices.length) return option.choices.join(" · ");
  const kinds = {
    text: "words",
    integer: `whole number${range}`,
    number: `number${range}`,
    flag: "no value",
    ratio: "width:height",
    job: "a job's id",
    model: "a model",
    style: "a style",
    person: "@somebody",
    subject: "@who, #where or a word",
    channel: "#channel",
    rate: "50/day or $20/month",
    amount: "50/day, $20/month or a number",
    money: "dollars",
    span: "90m, 2h, 2d or 1w",
    image: "attach a picture",
  };
  return kinds[option.kind] ?? option.kind;
}
