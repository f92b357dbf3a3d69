"""Slack's markup: how a text is escaped on its way out, read on its way in, and cut to fit without breaking either."""

import re
from collections.abc import Mapping

_MENTION = re.compile(r"<@([A-Z0-9]{2,32})>")
_TAG = re.compile(r"<([^<>\n]*)>")
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


def mentioned(text: str) -> set[str]:
    """The ids of the people whom a text mentions in the canonical way."""
    return set(_MENTION.findall(text))


def name(text: str, names: Mapping[str, str]) -> str:
    """A text with people's names where their mentions were. A name pings nobody; a mention may have been typed by anyone."""
    return _MENTION.sub(lambda found: "@" + names.get(found[1], found[1]), text)


def read(text: str) -> str:
    """What somebody typed, from the markup that Slack sends: mentions canonical, links as they were typed, entities undone."""
    parts: list[str] = []
    done = 0
    for tag in _TAG.finditer(text):
        parts += (unescape(text[done : tag.start()]), _read_tag(tag[1]))
        done = tag.end()
    return "".join((*parts, unescape(text[done:])))


def _read_tag(tag: str) -> str:
    address, _, label = tag.partition("|")
    address, label = unescape(address), unescape(label)
    match address[:1]:
        case "@":
            return f"<{address}>"
        case "#":
            return f"#{label or address[1:]}"
        case "!":
            # `<!here>`, `<!subteam^S1|@team>`, `<!date^1700000000^{date}|Monday>`.
            return label or "@" + address[1:].partition("^")[0]
        case _:
            return label or address.removeprefix("mailto:")
