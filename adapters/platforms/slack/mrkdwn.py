"""Slack's markup: how a text is escaped on its way out, read on its way in, and cut to fit without breaking either."""

import re
from collections.abc import Mapping

from bot.grammar import Mark, Noun, label, mark_of, marks_in, replace_marks

_ID = re.compile(r"[A-Z][A-Z0-9]{1,31}")
_SUBTEAM = "!subteam^"
_TAG = re.compile(r"<([^<>\n]*)>")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]{1,31})>")
_CONTROL = {code: None for code in range(32) if chr(code) not in "\n\t"} | {127: None}


def plain(text: str) -> str:
    """A text that JSON and Slack both take: no control characters, no halves of a character, no blank ends."""
    return text.translate(_CONTROL).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def escape(text: str) -> str:
    """A text for `mrkdwn` and `text`: after this no `<!channel>`, `<@U1>` or `<address|label>` in it is alive."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The text that somebody typed, from what Slack made of it. `&amp;lt;` is `&lt;`, not `<`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def length(text: str) -> int:
    """Characters as the strictest counter counts them: an emoji is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def linked_markup(text: str) -> str:
    """A text for `mrkdwn` in which nothing is alive but links to channels, which ping nobody."""
    return "".join(f"<#{part}>" if number % 2 else escape(part) for number, part in enumerate(_CHANNEL.split(text)))


def cut(text: str, most: int) -> str:
    """A text of at most `most` characters, with an ellipsis where it is cut."""
    text = plain(text)
    return text if length(text) <= most else _shortened(text, most, markup=False)


def escaped(text: str, most: int) -> str:
    """A text escaped, of at most `most` characters after that; no entity is cut in two."""
    text = plain(text)
    whole = escape(text)
    return whole if length(whole) <= most else escape(_shortened(text, most, markup=True))


def _shortened(text: str, most: int, *, markup: bool) -> str:
    left, end = most - 1, 0
    for end, character in enumerate(text):  # noqa: B007 - where the loop stopped is the answer
        left -= length(escape(character) if markup else character)
        if left < 0:
            break
    return text[:end].rstrip() + "…"


def mentioned(text: str) -> set[Mark]:
    """The people, groups and channels that a text mentions in the canonical way."""
    return {mark for mark in marks_in(text) if _ID.fullmatch(mark.id)}


def name(text: str, names: Mapping[Mark, str], *, linked: bool = False) -> str:
    """A text with names where mentions were. A name pings nobody; a mention may have been typed by anyone.

    `linked`: whether channels stay, for text that shows them as links (`linked_elements`).
    """

    def show(mark: Mark) -> str:
        channel = mark.noun is Noun.CHANNEL
        if not _ID.fullmatch(mark.id) or (linked and channel):
            return str(mark)
        found = names.get(mark, "")
        return f"{mark.sign}{found}" if found else "a private channel" if channel else f"@{mark.id}"

    return replace_marks(text, show)


def linked_elements(text: str) -> list[dict[str, str]]:
    """Elements of rich text for a text: words, and links to the channels in it, which show their names to those who may read there."""
    elements: list[dict[str, str]] = []
    for number, part in enumerate(_CHANNEL.split(text)):
        if number % 2:
            elements.append({"type": "channel", "channel_id": part})
        elif part:
            elements.append({"type": "text", "text": part})
    return elements


def read(text: str) -> str:
    """What somebody typed, from the markup that Slack sends: mentions as marks, links as they were typed, entities undone."""
    parts: list[str] = []
    done = 0
    for tag in _TAG.finditer(text):
        parts += (unescape(text[done : tag.start()]), _read_tag(tag[1]))
        done = tag.end()
    return "".join((*parts, unescape(text[done:])))


def _read_tag(tag: str) -> str:
    address, _, said = tag.partition("|")
    address, said = unescape(address), unescape(said)
    match address[:1]:
        case "@":
            return f"<{address}>"
        case "#":
            mark = mark_of(f"<{address}>")
            return f"#{said}" if mark is None else label(mark, said) if said else str(mark)
        case "!" if address.startswith(_SUBTEAM) and (mark := mark_of(f"<@&{address.removeprefix(_SUBTEAM)}>")):
            return label(mark, said) if said else str(mark)
        case "!":
            # `<!here>`, `<!date^1700000000^{date}|Monday>`.
            return said or "@" + address[1:].partition("^")[0]
        case _:
            return said or address.removeprefix("mailto:")
