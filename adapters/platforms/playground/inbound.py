"""Theirs to ours: what a browser sends, checked, and how a typed text reads as a line for the hub."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from adapters.platforms.playground.cast import LIMNER, Cast
from bot.grammar import mark_names, replace_marks
from bot.model import Origin, Value

_PROMPT = re.compile(r"/imagine (.*?)(?=\s--[a-z-]+(?:\s|$)|$)")
_QUOTED = re.compile("“(.+)”")
_ASKED = re.compile(rf"^\s*<@{LIMNER}>[ ,:]*(?:/?imagine\s+)?|^\s*/?imagine\s+", re.IGNORECASE)
_MENTION = re.compile(r"<@([A-Za-z0-9_-]{1,64})>")
LONGEST = 12_000
"""Characters of one text."""

Name = Annotated[str, StringConstraints(max_length=64)]
Event = Annotated[str, StringConstraints(min_length=8, max_length=64)]
Line = Annotated[str, StringConstraints(max_length=400)]
MessageId = Annotated[str, StringConstraints(pattern=r"^m[0-9]{1,15}$")]


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Say(_Frame):
    """Something typed, in a channel or a thread."""

    do: Literal["say"]
    event: Event
    channel: Name
    root: MessageId | None = None
    text: Annotated[str, StringConstraints(max_length=LONGEST)] = ""
    files: Annotated[list[Name], Field(max_length=4)] = []


class Press(_Frame):
    """A button pressed: on a message, or without `post` on the person's home page."""

    do: Literal["press"]
    event: Event
    post: MessageId | None = None
    line: Line


class Shortcut(_Frame):
    """Something chosen from a message's menu."""

    do: Literal["shortcut"]
    event: Event
    post: MessageId
    act: Literal["prompt", "vary"]


class Submit(_Frame):
    """A form sent. `post` is the message whose button opened it, `files` the pictures that were put into its fields."""

    do: Literal["submit"]
    event: Event
    channel: Name
    root: MessageId | None = None
    post: MessageId | None = None
    line: Line
    options: dict[Name, Annotated[str, StringConstraints(max_length=LONGEST)] | bool | int | float]
    files: Annotated[list[Name], Field(max_length=4)] = []


class React(_Frame):
    """A reaction set or taken back."""

    do: Literal["react"]
    event: Event
    post: MessageId
    emoji: Annotated[str, StringConstraints(min_length=1, max_length=16)]
    on: bool


class Dismiss(_Frame):
    """A whisper put away."""

    do: Literal["dismiss"]
    event: Event
    post: MessageId


class Complete(_Frame):
    """A question for values that fit an option."""

    do: Literal["complete"]
    ask: int
    channel: Name
    root: MessageId | None = None
    command: Name
    option: Name
    typed: Annotated[str, StringConstraints(max_length=200)]


class Load(_Frame):
    """A question for older messages, or for a thread."""

    do: Literal["load"]
    ask: int
    channel: Name
    root: MessageId | None = None
    before: int | None = None


class Renew(_Frame):
    """A question for one message again, because its addresses have ended."""

    do: Literal["renew"]
    post: MessageId


class Home(_Frame):
    """A question for the person's home page."""

    do: Literal["home"]
    ask: int


class Read(_Frame):
    """How far a channel has been read."""

    do: Literal["read"]
    channel: Name
    number: int


Deed = Say | Press | Shortcut | Submit | React | Dismiss
"""What changes something: taken once, acknowledged, and sent again until it is."""
Frame = Deed | Complete | Load | Renew | Home | Read
FRAMES: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="do")])


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a typed text means: a line for the hub (or None for chatter), and whether the others see the text."""

    text: str
    """With canonical marks."""
    line: str | None
    origin: Origin
    shown: bool


def hear(text: str, cast: Cast, *, direct: bool) -> Heard:
    """Read a typed text: `/imagine ...` is a command, `@limner imagine ...` a mention, in a direct conversation anything is."""
    said = mark_names(write_mentions(text.strip(), cast), cast.marks)
    # A line keeps the names that were typed, for prompts; what the others see is named when it is drawn.
    text = replace_marks(said, str)
    if said.startswith("/"):
        return Heard(text=text, line=said[1:].strip() or "help", origin=Origin.COMMAND, shown=False)
    before, mention, after = said.partition(f"<@{LIMNER}>")
    if mention:
        line = after.lstrip(" ,:").removeprefix("/")
        # Named at the end of a sentence ("thanks @limner"), the bot is spoken about, not asked.
        line = line or ("" if before.strip() else "help")
        return Heard(text=text, line=line or None, origin=Origin.MENTION, shown=True)
    return Heard(text=text, line=said if direct and said else None, origin=Origin.MENTION, shown=True)


def write_mentions(text: str, cast: Cast) -> str:
    """A text with `@Grace` written as `<@grace>`; names that nobody here has are left alone."""
    known = {player.name.casefold(): player.id for player in cast.players.values()} | {id_: id_ for id_ in cast.players} | {LIMNER: LIMNER}
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.sub(rf"(?<![\w<@])@({names})\b", lambda found: f"<@{known[found[1].casefold()]}>", text, flags=re.IGNORECASE)


def fill(options: dict[str, str | bool | int | float], cast: Cast) -> dict[str, Value]:
    """A form's values as options; a field left empty comes as the empty text, which is a wish too."""
    return {
        name: mark_names(write_mentions(value.strip(), cast), cast.marks) if isinstance(value, str) else value
        for name, value in options.items()
    }


def quote(content: Mapping[str, Any], cast: Cast) -> str:
    """The words of a message that can become a prompt: what somebody said, or what one of Limner's pictures shows."""
    if line := str(content.get("code", "")).partition("\n")[0]:
        # Limner's own line says the prompt whole; a title may be cut short.
        found = _PROMPT.match(line)
        if found:
            return found[1].strip().strip('"')
    if title := str(content.get("title", "")):
        found = _QUOTED.search(title)
        return found[1] if found else title
    text = _ASKED.sub("", str(content.get("text", "")))
    text = _MENTION.sub(lambda found: cast.players[found[1]].name if found[1] in cast.players else "", text)
    return replace_marks(text, cast.name).strip()


def number_of(id_: str) -> int:
    """The number in a message's id (`m12`)."""
    return int(id_[1:])
