"""Rules: an admin's decisions, and the limits that follow from them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Window(StrEnum):
    """A calendar window in the installation's time zone."""

    DAY = "day"
    MONTH = "month"


class RuleKind(StrEnum):
    """What a rule is about."""

    QUOTA = "quota"
    """Images a window; `amount` None means unlimited."""
    RESET = "reset"
    """Use before `created` is forgiven."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """An admin's decision. The newest rule of a kind, subject and window holds."""

    kind: RuleKind
    subject: str
    """A person's key, or `*` for everybody."""
    window: Window | None = None
    amount: int | None = None
    by: str
    """The key of the person who decided."""
    created: datetime


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A question for the journal: may `subject` have this many more since `since`?"""

    subject: str
    window: Window
    amount: int
    since: datetime
    renews: datetime


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many jobs a person may have on their way."""

    running: int = 3
    waiting: int = 10


@dataclass(frozen=True, kw_only=True)
class Use:
    """What one person used of one window."""

    window: Window
    used: int
    amount: int | None
    """None for no limit."""
    renews: datetime
