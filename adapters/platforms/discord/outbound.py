"""Ours to theirs: a Message as Discord's components.

Every message is of one kind, a container with a coloured edge: card, result, whisper and page. A card keeps its kind through all edits, as
Discord wants it (a message with components can never go back, platforms.md §23), pictures carry their alt text and their cover, and what is
small (`-#`), to copy or to press stands where people look for it. Classic embeds have no rows of pictures and no place for alt text beside
them, and cards and results would look unlike each other.

The components are written as the API takes them, not as discord.py's View objects: a View is kept in memory, has a clock that takes its
buttons away, and one View too many can silence a whole class of buttons (platforms.md §24). Plain values have no life of their own, and
the same ones go out over the gateway's client, an interaction's address and a signed HTTP answer.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.platforms.discord import buttons, markdown
from adapters.platforms.discord.shapes import CONTAINER, FILE, GALLERY, JSON, SEPARATOR, TEXT
from bot.model import Message, Tone

_TITLE, _CONTEXT, _TITLES, _ALT = 600, 800, 400, 1024
_LABEL, _VALUE = 120, 1200
_SPARE = 40
"""Characters kept for the line feeds between parts."""
_CELLS = 12
_PICTURES = 10
_COLOURS: Mapping[Tone, int] = {Tone.WORKING: 0x5865F2, Tone.GOOD: 0x23A55A, Tone.WARNING: 0xF0B232, Tone.BAD: 0xDA373C}
_SIGNS: Mapping[Tone, str] = {Tone.GOOD: "✅ ", Tone.WARNING: "⚠️ ", Tone.BAD: "❌ "}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A picture as it can be shown: an attachment or an address, with its alt text."""

    url: str
    """`attachment://name.png`, or https."""
    alt: str
    title: str = ""
    spoiler: bool = False


def components(
    message: Message,
    shown: Sequence[Shown] = (),
    *,
    files: Sequence[str] = (),
    notes: Sequence[str] = (),
    about: str = "",
    mark: str = "",
    more: Sequence[JSON] = (),
) -> list[JSON]:
    """A message's components: one container.

    Args:
        message: what to say.
        shown: its pictures, those that can be shown; at most ten.
        files: names of attached files to download.
        notes: small lines of our own about the pictures and files, already markup.
        about: what it is about, already markup, before the message's context.
        mark: the key to find the message by, or empty.
        more: buttons of our own, before the message's.
    """
    room = _Room()
    head = room.take(_head(message))
    context = " · ".join(part for part in (about, markdown.inline(message.context, _CONTEXT)) if part)
    context = room.take(f"-# {context}" if context else "")
    titles = room.take(f"-# {text}" if (text := _titles(shown)) else "")
    small = [room.take(f"-# {note}") for note in notes if note and room.left > markdown.MOST // 2]
    code = room.take(_code(message, room.left))
    body = room.take(_body(message, room.left))
    fields = room.take(_fields(message, room.left))
    below = message.tone is Tone.PLAIN and any(picture.original for picture in message.pictures)
    parts: list[JSON | None] = [
        _text(head, "" if below else body),
        _gallery(shown),
        _text(titles, *small, body if below else ""),
        _text(fields),
        _text(code),
        *({"type": FILE, "file": {"url": f"attachment://{name}"}} for name in files),
        {"type": SEPARATOR, "divider": True, "spacing": 1} if context else None,
        _text(context),
        *buttons.rows(message.actions, more),
    ]
    inner = [part for part in parts if part] or [{"type": TEXT, "content": "…"}]
    container: JSON = {"type": CONTAINER, "components": inner}
    if message.tone in _COLOURS:
        container["accent_color"] = _COLOURS[message.tone]
    if mark:
        container["id"], inner[0]["id"] = marks(mark)
    return [container]


def marks(key: str) -> tuple[int, int]:
    """Two numbers by which a message is found by its key: Discord keeps the ids that components have."""
    digest = hashlib.sha256(key.encode()).digest()
    # Large ones, so that they never meet those that Discord gives to components without any (1, 2, 3 ...).
    first, second = (int.from_bytes(digest[at : at + 4]) >> 2 | 1 << 30 for at in (0, 4))
    return first, second if second != first else second ^ 1


def is_marked(found: Sequence[JSON], key: str) -> bool:
    """Whether components, as Discord gives them back, were written under this key."""
    container = found[0] if found else {}
    inner: Sequence[JSON] = container.get("components") or ({},)
    return (container.get("id"), inner[0].get("id")) == marks(key)


class _Room:
    """How much text a message may still have."""

    def __init__(self) -> None:
        self.left = markdown.MOST

    def take(self, text: str) -> str:
        """The text, if there is room for it."""
        size = markdown.size(text)
        if size > self.left:
            return ""
        self.left -= size
        return text


def _text(*parts: str) -> JSON | None:
    content = "\n".join(part for part in parts if part)
    return {"type": TEXT, "content": content} if content else None


def _head(message: Message) -> str:
    title = markdown.inline(message.title, _TITLE)
    return "" if markdown.is_blank(message.title) else f"### {_SIGNS.get(message.tone, '')}{title}"


def _body(message: Message, room: int) -> str:
    """The paragraphs and the bar; the text that stands for everything where there is nothing else."""
    words = (message.title, message.body, message.code, *(value for pair in message.fields for value in pair))
    text = message.text if all(map(markdown.is_blank, words)) else message.body
    sign = "" if not markdown.is_blank(message.title) else _SIGNS.get(message.tone, "")
    bar = _bar(message)
    body = "" if markdown.is_blank(text) else markdown.escape(text, room - len(bar) - len(sign) - _SPARE)
    return "\n".join(part for part in (f"{sign}{body}" if body else "", bar) if part)


def _bar(message: Message) -> str:
    """How far it is; before it begins, and once it is over, a bar says nothing."""
    if message.tone is not Tone.WORKING or not message.progress:
        return ""
    full = round(min(1.0, message.progress) * _CELLS)
    return "▰" * full + "▱" * (_CELLS - full)


def _fields(message: Message, room: int) -> str:
    lines: list[str] = []
    room -= _SPARE
    for label, value in message.fields:
        if markdown.is_blank(label) and markdown.is_blank(value):
            continue
        name = "" if markdown.is_blank(label) else f"**{markdown.inline(label, _LABEL)}:** "
        written = name + markdown.inline(value, min(_VALUE, max(room - len(name), 1)))
        if markdown.size(written) + 1 > room:
            # What does not fit is said to be missing, never left out in silence.
            lines.append("…")
            break
        room -= markdown.size(written) + 1
        lines.append(written)
    return "\n".join(lines)


def _code(message: Message, room: int) -> str:
    """The line to copy. Where it is too long, the line that names the job does the same; part of a line would do something else."""
    if markdown.is_blank(message.code):
        return ""
    most = room - _SPARE - min(room // 3, 900)
    rerun = f"/rerun {message.job}" if message.job else ""
    return markdown.block(message.code, most) or markdown.block(rerun, most) or "-# The line to copy is too long to show here."


def _titles(shown: Sequence[Shown]) -> str:
    """What stands under the pictures, where there are several to tell apart."""
    named = [picture.title for picture in shown if picture.title]
    return markdown.inline(" | ".join(named), _TITLES) if len(named) > 1 else ""


def _gallery(shown: Sequence[Shown]) -> JSON | None:
    items = [
        {"media": {"url": picture.url}, "spoiler": picture.spoiler}
        | ({"description": markdown.plain(picture.alt, _ALT)} if not markdown.is_blank(picture.alt) else {})
        for picture in shown[:_PICTURES]
    ]
    return {"type": GALLERY, "items": items} if items else None
