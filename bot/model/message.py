"""What to show, in nobody's markup. All text is plain and untrusted; each platform escapes it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model.people import Place


class Tone(StrEnum):
    """How a message feels; never the only carrier of its meaning."""

    PLAIN = "plain"
    WORKING = "working"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Emphasis(StrEnum):
    """How an action looks."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, kw_only=True)
class Action:
    """A labelled line somebody could have typed: `vary 3f2a 2`. Under 100 characters, a job id and no prompt."""

    label: str
    line: str
    emphasis: Emphasis = Emphasis.NORMAL
    confirm: str = ""
    """A question to ask before it is done, or empty."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture to show."""

    key: str
    """What to show, in Files."""
    original: str = ""
    """What to download, in Files; empty for a preview."""
    alt: str
    title: str = ""
    """A short line under the picture: `1 · seed 42`."""
    width: int
    height: int
    index: int = 1
    spoiler: bool = False


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file to download: a list, an export."""

    key: str
    """What to give, in Files."""
    name: str
    """What it is saved as: `audit.csv`."""
    title: str = ""
    """What it is, in a few words; empty where the name says enough."""
    media_type: str = "text/plain"


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something the bot says. `text` alone carries the whole meaning, for screen readers and notifications."""

    text: str
    title: str = ""
    body: str = ""
    """Paragraphs, parted by line feeds."""
    fields: tuple[tuple[str, str], ...] = ()
    """Labels and values."""
    context: str = ""
    """A small line below: `model · 1024×1024 · seed 42 · 8.2 s · $0.04`."""
    code: str = ""
    """A line to copy."""
    pictures: tuple[Picture, ...] = ()
    documents: tuple[Document, ...] = ()
    """Files to download, shown after the pictures."""
    actions: tuple[Action, ...] = ()
    progress: float | None = None
    """0 to 1 for a bar, None for none."""
    tone: Tone = Tone.PLAIN
    job: str = ""
    """The job it is about, or empty."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input of a form."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    choices: tuple[str, ...] = ()
    """Where not empty: one of these, or nothing."""
    required: bool = False
    long: bool = False
    """Several lines."""
    numeric: bool = False
    longest: int = 2000
    """Characters."""
    file: bool = False
    """A picture to attach instead of words; it comes back as the invocation's attachment."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form to fill. On sending, the platform makes an Invocation (FORM) of `line` with the filled fields as options.

    A field that comes back as the empty text was emptied, which is a wish too; one that the platform did not show does not come back.
    An answer that names a `field` is shown beside that field, with everything typed still there, where the platform can.
    """

    title: str
    line: str
    fields: tuple[Field, ...]
    submit: str = "Send"


@dataclass(frozen=True, kw_only=True)
class Post:
    """Where a message landed, so it can be edited and found again."""

    place: Place
    id: str
