"""An invocation: what somebody did on a platform, in nobody's dialect, and what they get back at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.model.menu import Value
from bot.model.message import Form, Message, Post
from bot.model.people import Person, Place


class Origin(StrEnum):
    """How it was said."""

    COMMAND = "command"
    MENTION = "mention"
    BUTTON = "button"
    FORM = "form"
    REACTION = "reaction"
    SHORTCUT = "shortcut"
    """A platform's own menu on a message or on nothing: `line` is `imagine` or `vary`, `post` the message it was used on."""
    TERMINAL = "terminal"


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that came with an invocation, still at the platform; `ChatPlatform.fetch` gets its bytes."""

    id: str
    name: str
    media_type: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """What somebody did. Either `line` is set (as typed, without the slash) or `line` names the command and `options` fill it."""

    person: Person
    place: Place
    event: str
    """The platform's own key of the event; the same event is taken once."""
    origin: Origin
    line: str = ""
    options: Mapping[str, Value] | None = None
    attachments: tuple[Attachment, ...] = ()
    emoji: str = ""
    """For a reaction: the emoji itself, as Unicode."""
    post: Post | None = None
    """For a button, reaction or shortcut: the message it sits on."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, where, and the platform's key of the event: the same event makes one job."""

    person: Person
    place: Place
    event: str | None
    trace: str = ""
    """The id under which the log tells of it."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the person gets at once: something only they see, a form, or nothing (the card says it all)."""

    whisper: Message | None = None
    form: Form | None = None
    job: str = ""
    """The job that came of it, or empty."""
    field: str = ""
    """For a form: the field that `whisper` is about, or empty."""
    lasting: bool = False
    """True for a whisper that the person asked to keep: where whispers fade, it goes into their direct conversation with the bot."""
