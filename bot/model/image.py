"""Pictures: what a provider gave, what we keep, and what a moderator thinks of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum


class Level(IntEnum):
    """How strict a verdict is; the strictest wins."""

    ALLOW = 0
    BLUR = 1
    REVIEW = 2
    BLOCK = 3


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What follows from what the moderators found, by the policy of the place."""

    level: Level = Level.ALLOW
    category: str = ""
    source: str = ""
    """The moderator's name, and the list or model it spoke from: `terms/block`."""
    score: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Concern:
    """What a moderator found. It says what and how surely; what follows from it is the policy's affair."""

    category: str
    """A name of `bot.moderation.categories`."""
    score: float = 1.0
    """How sure it is, 0 to 1. From 0.8 on a finding is sure, from 0.3 on doubtful."""
    source: str = ""
    """The moderator's name, and the list or model it spoke from: `terms/sexual`."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where in the text it stands, begin and end, where that is known."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word or phrase that the admins of a place listed."""

    text: str
    category: str
    """What it counts as; `allow` for a harmless phrase that wins over every list."""
    score: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Image:
    """One result, kept."""

    index: int
    """From 1, as people type it."""
    key: str
    """The original in Files, metadata inside."""
    shown: str
    """A WebP or JPEG copy for showing."""
    thumbnail: str
    digest: str
    """SHA-256 of the original, hex."""
    media_type: str
    width: int
    height: int
    bytes: int
    seed: int | None = None
    verdict: Verdict = field(default_factory=Verdict)


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A provider is still at work."""

    ticket: str
    check_after: float = 1.0
    """Seconds until it makes sense to ask again."""
    fraction: float | None = None
    stage: str = ""
    preview: bytes | None = None
    """A small PNG, JPEG or WebP of the picture so far."""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A provider is done."""

    images: tuple[bytes, ...]
    seed: int | None = None
    """The seed of the first image, as the vendor reports it."""
    seeds: tuple[int | None, ...] = ()
    """The seed of each image, where they do not follow the first; else empty."""
    cost: Decimal | None = None
    """What the vendor charged in US dollars, where it tells."""
    vendor_id: str = ""
    version: str = ""
    short: str = ""
    """Why there are fewer images than asked for, in words, or empty."""


Progress = Pending | Finished


@dataclass(frozen=True, kw_only=True)
class Content:
    """Bytes with a media type and facts, as Files give them back."""

    body: bytes
    media_type: str
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
