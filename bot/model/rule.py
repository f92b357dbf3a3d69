"""Rules: admins' decisions, the limits that follow from them, and what somebody used."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class Window(StrEnum):
    """A span of time: by the calendar in the workspace's time zone, or rolling (the last 60 minutes, 24 hours, 7 and 30 days)."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def length(self) -> timedelta:
        """How long it is where it is rolling."""
        return timedelta(hours={"hour": 1, "day": 24, "week": 7 * 24, "month": 30 * 24}[self.value])


class Measure(StrEnum):
    """What is counted."""

    IMAGES = "images"
    MONEY = "money"
    """Micro-dollars, as integers, so that sums are exact."""


class Pool(StrEnum):
    """Whose use is summed."""

    ACCOUNT = "account"
    """One person, on every platform that they linked."""
    CHANNEL = "channel"
    WORKSPACE = "workspace"


class RuleKind(StrEnum):
    """What a rule is about. `slot` tells rules of one kind and subject apart; `value` is what was decided."""

    QUOTA = "quota"
    """Slot `images/day`, `money/month/rolling`, with `/model=NAME` or `/operation=NAME` behind it; value `50`, `$20` or `unlimited`."""
    GRANT = "grant"
    """More for a while. Slot `images/NUMBER` or `money/NUMBER`; value an amount with its beginning and end (`bot.quotas.grants`)."""
    RESET = "reset"
    """Use before a moment is forgiven; value that moment, as ISO 8601."""
    WEIGHT = "weight"
    """How many images one image counts as. Slot `operation=upscale` or `model=NAME`, which goes first; value a whole number, 0 for none."""
    CAP = "cap"
    """The most of something at once. Slot `count`, `steps`, `size`, `running`, `waiting`, `priority`; value a number."""
    BUDGET = "budget"
    """The team's money. Slot a window; value dollars."""
    APPROVAL = "approval"
    """Value: dollars above which an admin must approve a job."""
    PRICE = "price"
    """What an image of a model costs where nobody tells. Slot `provider/model`; value dollars."""
    ROLE = "role"
    """Value: a role of ours, for a person or a group."""
    ACCESS = "access"
    """Who may use something. Slot `model=NAME`, `operation=NAME` or `here`; value subjects parted by spaces."""
    BAN = "ban"
    MUTE = "mute"
    PAUSE = "pause"
    """Value of all three: the reason."""
    POLICY = "policy"
    """Slot a category, with `@restricted` for age-restricted channels; value what is done about it."""
    TERM = "term"
    """Slot the term; value category and sureness."""
    OPTION = "option"
    """A named decision of its own: slot `review channel`, `review hours`, `strikes`, `guidelines`, `retention prompts` ..."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """An admin's decision. The newest of a kind, subject and slot holds; an empty value takes it back."""

    kind: RuleKind
    subject: str
    """As in `bot.model.subject`."""
    slot: str = ""
    value: str
    by: str
    """The key of the person who decided."""
    created: datetime
    until: datetime | None = None
    """When it ends by itself, or None."""

    @property
    def said(self) -> str:
        """The value with its end, as entries have it; `ending_of` reads it."""
        if self.until and self.value:
            return f"{self.value}{_UNTIL}{self.until.isoformat()}"
        # A reason may end as if it had an end.
        return self.value if ending_of(self.value) == (self.value, None) else f"{self.value}{_UNTIL}{_EVER}"

    @property
    def key(self) -> tuple[RuleKind, str, str]:
        """What there is one standing rule for."""
        return self.kind, self.subject, self.slot


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A question for the journal: may this be used so much more since `since`?"""

    subject: str
    """An account's key, `platform:workspace:channel` or `platform:workspace`, as `pool` says."""
    pool: Pool = Pool.ACCOUNT
    measure: Measure = Measure.IMAGES
    team: bool = False
    """Money that vendors really charged, failed jobs included (a budget), instead of what is charged to people."""
    window: Window
    rolling: bool = False
    amount: int
    """Images, or micro-dollars."""
    since: datetime
    renews: datetime
    """When the window ends; for a rolling one the moment at which something is free again, as far as is known."""
    model: str = ""
    """Where not empty: only this `provider/model` counts."""
    operation: str = ""
    """Where not empty: only this operation counts."""
    of: str = ""
    """Whose limit it is, for the sentence: empty for one's own, else `#brand`, `this workspace`."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many jobs a person may have on their way, and how early theirs go."""

    running: int = 3
    waiting: int = 10
    priority: int = 0
    """Added to a job's priority: above 0 for those whose jobs go first."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """What was used of one limit."""

    window: Window
    used: int
    """Images, or micro-dollars."""
    amount: int | None
    """None for no limit."""
    renews: datetime
    measure: Measure = Measure.IMAGES
    rolling: bool = False
    model: str = ""
    operation: str = ""
    of: str = ""
    """Whose limit it is: empty for one's own."""
    granted: int = 0
    """How much of the amount is a grant that ends."""


def ending_of(said: str) -> tuple[str, datetime | None]:
    """The value of a rule and when it ends, from how an entry has them."""
    plain, _, ends = said.rpartition(_UNTIL)
    if plain and ends == _EVER:
        return plain, None
    try:
        moment = datetime.fromisoformat(ends)
    except ValueError:
        return said, None
    return (plain, moment) if plain and moment.tzinfo else (said, None)


_UNTIL, _EVER = " until ", "further notice"
MICRO = 1_000_000
"""Micro-dollars in a dollar."""


def micro_dollars(dollars: Decimal | None) -> int:
    """US dollars as integer micro-dollars, rounded up: a price that nobody can pay exactly is not given away. None is nothing."""
    if dollars is None:
        return 0
    exact = dollars * MICRO
    return int(exact) + (exact > int(exact))
