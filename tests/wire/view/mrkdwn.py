"""Slack's mrkdwn as Slack reads it, drawn as HTML. It is the vendor's reading, and knows nothing of how ours is written."""

import re
from collections.abc import Mapping

from tests.wire.view.markup import JSON, NOTHING, Html, element, join, span, text

EMOJI: Mapping[str, str] = {
    "repeat": "🔁", "game_die": "🎲", "one": "1️⃣", "two": "2️⃣", "three": "3️⃣", "four": "4️⃣", "arrow_up": "⬆️", "envelope": "✉️",
    "star": "⭐", "+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "triangular_flag_on_post": "🚩", "x": "❌",
    "white_check_mark": "✅", "warning": "⚠️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "art": "🎨", "frame_with_picture": "🖼️",
    "no_entry": "⛔", "no_entry_sign": "🚫", "heavy_check_mark": "✔️", "pencil2": "✏️", "lock": "🔒", "eyes": "👀", "bulb": "💡",
    "arrows_counterclockwise": "🔄", "information_source": "ℹ️", "octagonal_sign": "🛑", "wave": "👋", "tada": "🎉",
}  # fmt: skip
"""The emoji that a bot like this one uses; another is shown by its name."""

_NAMED = re.compile(r":([a-z0-9_+-]+):")
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<special>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<gone>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
    r"|:(?P<emoji>[a-z0-9_+-]+):"
)


def unescape(said: str) -> str:
    """The three escapes that Slack has, and no others."""
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def draw(said: str, people: Mapping[str, str]) -> Html:
    """A mrkdwn text. `people` gives names by id, for mentions."""
    parts: list[Html] = []
    at = 0
    for fence in _FENCE.finditer(said):
        parts.append(_block(said[at : fence.start()].removesuffix("\n"), people))
        parts.append(element("pre", unescape(fence[1])))
        at = fence.end()
    parts.append(_block(said[at:].removeprefix("\n") if at else said, people))
    return join(parts)


def _block(said: str, people: Mapping[str, str]) -> Html:
    if not said:
        return NOTHING
    drawn: list[Html] = []
    quoted: list[Html] = []
    for line in said.split("\n"):
        # A quote begins with the escaped sign, or with the bare one.
        body = line.removeprefix("&gt;") if line.startswith("&gt;") else line.removeprefix(">") if line.startswith(">") else None
        if body is not None:
            quoted.append(inline(body.strip(), people))
            continue
        drawn += _quote(quoted)
        drawn.append(inline(line, people))
        quoted = []
    return join(drawn + _quote(quoted), "<br>")


def _quote(quoted: list[Html]) -> list[Html]:
    return [element("blockquote", join(quoted, "<br>"))] if quoted else []


def inline(said: str, people: Mapping[str, str]) -> Html:
    """One line of mrkdwn."""
    parts: list[Html] = []
    at = 0
    for found in _INLINE.finditer(said):
        parts += [text(unescape(said[at : found.start()])), _drawn(found, people)]
        at = found.end()
    return join([*parts, text(unescape(said[at:]))])


def _drawn(found: re.Match[str], people: Mapping[str, str]) -> Html:
    match found.lastgroup:
        case "code":
            return element("code", unescape(found["code"]))
        case "special":
            return special(found["special"], people)
        case "bold":
            return element("b", inline(found["bold"], people))
        case "italic":
            return element("i", inline(found["italic"], people))
        case "gone":
            return element("s", inline(found["gone"], people))
        case _:
            return emoji(found["emoji"])


def emoji(name: str) -> Html:
    return span("emoji", EMOJI[name], role="img", aria_label=name) if name in EMOJI else text(f":{name}:")


def special(said: str, people: Mapping[str, str]) -> Html:
    """What stands in angle brackets: a mention, a channel, a group, a time, a call to everybody, or a link."""
    target, _, label = said.partition("|")
    label = unescape(label)
    match target[0]:
        case "@":
            return span("mention", f"@{people.get(target[1:], label or target[1:])}")
        case "#":
            return span("mention", f"#{people.get(target[1:], label or target[1:])}")
        case "!":
            kind = target[1:].partition("^")[0]
            if kind == "date":
                return text(label or target)
            return span("mention shout", label or f"@{kind}")
        case _:
            return element("a", label or unescape(target), href=unescape(target)) if _linkable(target) else text(f"<{unescape(said)}>")


def _linkable(target: str) -> bool:
    return target.startswith(("http://", "https://", "mailto:"))


def plain(composed: JSON) -> Html:
    """A plain_text object: nothing in it is markup but the names of emoji, and those only where it does not say otherwise."""
    said = str(composed["text"])
    if not composed.get("emoji", True):
        return join(said.split("\n"), "<br>")
    return join(
        (join(emoji(part) if at % 2 else text(part) for at, part in enumerate(_NAMED.split(line))) for line in said.split("\n")), "<br>"
    )
