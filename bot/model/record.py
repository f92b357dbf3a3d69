"""Records: what is kept about whom, and the sums of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.model.entry import Entry
from bot.model.job import State
from bot.model.people import Person, Place
from bot.model.rule import Rule


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """Which entries of the audit somebody wants to see. What is empty does not matter."""

    workspace: str = ""
    """`platform:workspace`."""
    who: str = ""
    """The subject of who acted, or `limner`."""
    about: str = ""
    """The subject it was done to, or a case's id."""
    act: str = ""
    """An act, or the first word of several: `quota` finds `quota.set` and `quota.reset`."""
    job: str = ""
    since: datetime | None = None
    before: int | None = None
    """Only entries with a smaller number."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """Where the chain of the audit stands: whoever noted it elsewhere can prove that nothing before it was touched."""

    number: int
    digest: str

    def __str__(self) -> str:
        """`12:3f...`, as `limner audit verify --expect` reads it."""
        return f"{self.number}:{self.digest}"


@dataclass(frozen=True, kw_only=True)
class Breach:
    """The first place where the chain of the audit does not hold."""

    number: int
    why: str
    """A sentence."""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """How far the chain of the audit was walked, and what was found there."""

    seal: Seal | None
    """The last entry that holds; None where there is none."""
    count: int = 0
    """Entries that were looked at."""
    breach: Breach | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """Somebody who was met, and when they were last heard of."""

    person: Person
    seen: datetime
    drew: datetime | None = None
    """When their account last asked for a picture."""
    acted: Entry | None = None
    """Their last act on record."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What somebody thinks of an image (0: of all of a job's)."""

    job: str
    image: int
    kind: str
    made: datetime


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """A wish to be forgotten, until all of it is done."""

    account: str
    people: tuple[Person, ...]
    """Everybody who is one with the one who asked."""
    person: Person
    """Who asked, and is told."""
    place: Place
    asked: datetime
    jobs: int = 0
    pictures: int = 0
    unreached: int = 0
    """Posts that the chat did not let us change."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What ended in one way on one day with one model."""

    day: date
    state: State
    provider: str
    model: str
    jobs: int
    images: int
    reused: int
    """Jobs that gave images of before."""
    spent: int
    """Micro-dollars."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one account had."""

    account: str
    name: str
    """As last seen; empty where nobody knows any more."""
    jobs: int
    images: int
    spent: int


@dataclass(frozen=True, kw_only=True)
class Sums:
    """A workspace's jobs of some days, summed up."""

    tallies: Sequence[Tally] = ()
    shares: Sequence[Share] = ()
    """The accounts with most images, the first with most."""
    people: int = 0
    """Accounts that asked for anything."""
    p50: float | None = None
    p95: float | None = None
    """Seconds from start to end of delivered jobs, to a tenth."""


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """What is kept about one account."""

    people: Sequence[Known]
    """Everybody who is one with the one who asks."""
    jobs: int
    since: datetime | None
    """When the first of them was asked for."""
    worded: int
    """Jobs whose words are still kept."""
    pictures: int
    bytes: int
    """What the pictures take."""
    uploads: int
    """Pictures and masks that were brought along."""
    marks: Mapping[str, int]
    rules: Sequence[Rule]
    entries: int
    """Entries of the audit by or about them, of the newest thousand each."""
    erasing: bool = False
    """Whether it is being erased already."""
