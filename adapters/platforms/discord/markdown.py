"""Markdown: plain, untrusted text as Discord's markup that shows exactly that text, however long it may be.

Nothing a person typed becomes a link to elsewhere, a heading, a spoiler or a mention. What is let through are marks of people, roles and
channels (`<@id>`, `<@&id>`, `<#id>`), which show names; they wake nobody, because every message we send or edit says that nobody is to be
pinged.
"""

import re
from collections.abc import Iterator

MOST = 4000
"""Characters of all text in one message with components (platforms.md §23)."""
_ELLIPSIS = "…"
_MENTION = r"<(?P<noun>@&|@!?|#)(?P<id>\d{15,21})>"
_TOKEN = re.compile(rf"{_MENTION}|(?P<crowd>@)(?=everyone|here)|(?P<address>:)(?=//)|(?P<mark>[\\*_~`|<>\[\]])|(?P<other>.)", re.DOTALL)
# What begins a heading, small text, a quotation or a list, and only at the beginning of a line.
_START = re.compile(r"(?P<before>\s*)(?:(?P<mark>[#+-])|(?P<number>\d+)(?P<point>[.)]))")
# Controls, halves of characters, and marks that turn the direction of whatever follows.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\u2800\u3164\ufeff\uffa0]*")


def size(text: str) -> int:
    """Characters as Discord may count them: an emoji beyond the basic plane is two, in case it counts as browsers do."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """Text without what nobody can see or store; line feeds stay."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def flat(text: str) -> str:
    """Text on one line."""
    return " ".join(clean(text).split())


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen; Discord refuses such text."""
    return _INVISIBLE.fullmatch(clean(text)) is not None


def escape(text: str, most: int = MOST) -> str:
    """Text as markup that shows just it, in at most so many characters of markup; what is cut ends in an ellipsis."""
    pieces = [piece for line in clean(text).strip().split("\n") for piece in (*_pieces(line.rstrip()), "\n")][:-1]
    if sum(map(size, pieces)) <= most:
        return "".join(pieces)
    kept: list[str] = []
    room = most - len(_ELLIPSIS)
    for piece in pieces:
        room -= size(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + _ELLIPSIS if most > 0 else ""


def inline(text: str, most: int = MOST) -> str:
    """Text as markup on one line."""
    return escape(flat(text), most)


def plain(text: str, most: int) -> str:
    """Text on one line for where Discord reads no markup: labels, thread names, alt text."""
    whole = flat(text)
    if size(whole) <= most:
        return whole
    room = most - len(_ELLIPSIS)
    while size(whole) > room:
        whole = whole[:-1] if size(whole) - room < 64 else whole[: -(size(whole) - room) // 2]  # noqa: PLR2004 - near the end, one at a time
    return whole.rstrip() + _ELLIPSIS


def block(text: str, most: int) -> str:
    """Text as a block of code to copy, or empty where it does not fit: half a line is worse than none.

    Three backticks would end the block. A mark between them that nobody sees and the grammar reads as nothing keeps the line exact.
    """
    inner = clean(text).strip("\n")
    if "```" in inner:
        inner = re.sub("`(?=`)", "`\ufeff", inner)
    fenced = f"```\n{inner}\n```"
    return fenced if size(fenced) <= most and not is_blank(inner) else ""


def _pieces(text: str) -> Iterator[str]:
    """The markup of one line, in pieces that may not be cut."""
    if start := _START.match(text):
        yield from start["before"] + (start["number"] or "")
        yield f"\\{start['mark'] or start['point']}"
        text = text[start.end() :]
    for token in _TOKEN.finditer(text):
        if token["id"]:
            yield f"<{token['noun'].removesuffix('!')}{token['id']}>"
        elif token["crowd"]:
            # No parser of Discord's, now or later, finds the word with a gap in it.
            yield "@\u200b"
        elif token["address"]:
            yield "\\:"
        else:
            yield f"\\{token['mark']}" if token["mark"] else token["other"]
