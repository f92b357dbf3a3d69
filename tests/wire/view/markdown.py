"""Discord's markdown as Discord reads it, drawn as HTML. It is the vendor's reading, and knows nothing of how ours is written."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from tests.wire.view.markup import Html, element, join, span, text

_FENCE = re.compile(r"```(?:[a-z0-9+-]*\n)?(.*?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`{1,2})(?P<code>.+?)(?P=ticks)(?!`)"
    r"|\|\|(?P<spoiler>.+?)\|\|"
    r"|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)"
    r"|__(?P<under>(?:\\.|[^\\])+?)__(?!_)"
    r"|~~(?P<gone>(?:\\.|[^\\])+?)~~"
    r"|\*(?P<star>(?:\\.|[^\\*\s])(?:(?:\\.|[^\\*])*(?:\\.|[^\\*\s]))?)\*"
    r"|\b_(?P<italic>(?:\\.|[^\\_])+?)_\b"
    r"|<(?P<special>(?:@[!&]?|\#)\d+|/[^:<>\n]+:\d+|t:-?\d+(?::[tTdDfFR])?|a?:\w+:\d+)>"
    r"|\[(?P<label>[^\[\]\n]+)\]\(<?(?P<target>https?://[^\s<>)]+)>?\)"
    r"|<(?P<quiet>https?://[^\s<>]+)>"
    r"|(?P<link>https?://[^\s<>]*[^\s<>.,:;\"')\]])"
    r"|(?P<shout>@everyone|@here)"
)
_LINE = re.compile(r"(?P<head>\#{1,3}|-\#|[-*]|>) (?P<rest>.+)")
_TAGS: Mapping[str, str] = {"bold": "b", "under": "u", "gone": "s", "star": "i", "italic": "i"}


def draw(said: str, people: Mapping[str, str]) -> Html:
    """A text of a message, an embed or a component. `people` gives names by id, for mentions."""
    parts: list[Html] = []
    at = 0
    for fence in _FENCE.finditer(said):
        before = said[at : fence.start()].removesuffix("\n")
        parts += [_block(before, people), element("pre", fence[1])]
        at = fence.end()
    return join([*parts, _block(said[at:].removeprefix("\n") if at else said, people)])


def _block(said: str, people: Mapping[str, str]) -> Html:
    return join(_line(line, people) for line in said.split("\n")) if said else Html()


def _line(said: str, people: Mapping[str, str]) -> Html:
    found = _LINE.fullmatch(said)
    if not found:
        return element("p", inline(said, people) if said else Html("<br>"))
    inside = inline(found["rest"], people)
    match found["head"]:
        case "-#":
            return element("p", inside, class_="small")
        case ">":
            return element("blockquote", inside)
        case "-" | "*":
            return element("ul", element("li", inside))
        case head:
            return element(f"h{len(head)}", inside)


def inline(said: str, people: Mapping[str, str]) -> Html:
    """One line."""
    parts: list[Html] = []
    at = 0
    for found in _INLINE.finditer(said):
        parts += [text(said[at : found.start()]), _drawn(found, people)]
        at = found.end()
    return join([*parts, text(said[at:])])


def _drawn(found: re.Match[str], people: Mapping[str, str]) -> Html:
    kind = next(name for name, value in found.groupdict().items() if value is not None and name != "ticks")
    said = found[kind]
    match kind:
        case "escaped":
            return text(said)
        case "code":
            return element("code", said)
        case "spoiler":
            return span("spoiler", inline(said, people))
        case "special":
            return _special(said, people)
        case _:
            return element(_TAGS[kind], inline(said, people)) if kind in _TAGS else _linked(kind, found)


def _linked(kind: str, found: re.Match[str]) -> Html:
    if kind == "shout":
        return span("mention", found["shout"])
    return element("a", found["label"] or found[kind], href=found["target"] or found[kind])


def _special(said: str, people: Mapping[str, str]) -> Html:
    """What stands in angle brackets: a mention, a command, a time, an emoji of the server's own."""
    if said.startswith("t:"):
        return span("when", f"{datetime.fromtimestamp(int(said.split(':')[1]), UTC):%d %B %Y %H:%M}")
    if said.startswith("/"):
        return span("mention", said.rpartition(":")[0])
    if said[0] in "@#":
        name = said.lstrip("@!&#")
        return span("mention", said[0] + people.get(name, name))
    return text(f":{said.split(':')[-2]}:")
