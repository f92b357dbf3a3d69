// Texts: plain words with marks of people (`<@grace>`), groups (`<@&design>`) and channels (`<#brand>`) shown as names, and times as the
// acting person reads them.
import { el } from "./dom.js";

const MARK = /<(@&|@|#)([A-Za-z0-9_-]{1,64})>/g;

/** What a mark is called, with its sign; empty for whom and what nobody here knows. */
function named(sign, id, state) {
  if (sign === "@") return state.people.has(id) || id === state.bot ? `@${state.name(id)}` : "";
  if (sign === "@&") return state.groups.has(id) ? `@${id}` : "";
  return state.channels.has(id) ? `#${state.channels.get(id).name}` : "a private channel";
}

/** Whether a mark names the acting person, or a group they are in. */
function concerns(sign, id, state) {
  return (sign === "@" && id === state.me) || (sign === "@&" && state.person?.groups.includes(id));
}

/** A text as nodes: marks of people, groups and channels that are here become names, everything else stays as it is. */
export function words(text, state) {
  const nodes = [];
  let last = 0;
  for (const found of text.matchAll(MARK)) {
    const name = named(found[1], found[2], state);
    if (!name) continue;
    if (found.index > last) nodes.push(text.slice(last, found.index));
    const me = concerns(found[1], found[2], state) ? " me" : "";
    nodes.push(el("span", { class: `mention${me}`, text: name }));
    last = found.index + found[0].length;
  }
  if (last < text.length) nodes.push(text.slice(last));
  return nodes;
}

/** Paragraphs, parted by line feeds. */
export function paragraphs(text, state) {
  return text
    .split(/\n+/)
    .filter((part) => part.trim())
    .map((part) => el("p", { dir: "auto" }, ...words(part, state)));
}

/** A line to copy, its flags marked and kept whole: a line break inside `--ar` reads as a mistake. */
export function flagged(line) {
  return line.split(/((?<=\s)--[a-z-]{1,30}(?=\s|$))/).map((part, at) => (at % 2 ? el("span", { class: "flag", text: part }) : part));
}

/** A text for a label, or a line to copy: marks as names. */
export function plain(text, state) {
  return text.replace(MARK, (whole, sign, id) => named(sign, id, state) || whole);
}

const formats = new Map();

function format(zone, options) {
  const key = `${zone}${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

export function clock(at, zone) {
  return format(zone, { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

export function moment(at, zone) {
  return format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(
    new Date(at),
  );
}

export function dayKey(at, zone) {
  return format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));
}

export function day(at, zone) {
  const key = dayKey(at, zone);
  if (key === dayKey(Date.now(), zone)) return "Today";
  if (key === dayKey(Date.now() - 86_400_000, zone)) return "Yesterday";
  return format(zone, { weekday: "long", day: "numeric", month: "long" }).format(new Date(at));
}
