"""Balances: how a person's use and a workspace's money stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.model.rule import Load, Measure, Use, Window


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody used, and what holds for them in a place."""

    uses: tuple[Use, ...]
    grants: tuple[tuple[Measure, int, datetime], ...] = ()
    """The grants that are open now: measure, images or micro-dollars, and the end."""
    load: Load = Load()  # noqa: RUF009 - a frozen value
    caps: Mapping[str, int] = field(default_factory=dict[str, int])
    """The most of one request: count, steps, size."""
    zone: str = "UTC"
    """The workspace's time zone."""


BORDERS = (50, 80, 100)
"""Per cent of a budget at which people are told."""


@dataclass(frozen=True, kw_only=True)
class Balance:
    """How a budget stands; money in micro-dollars."""

    window: Window
    amount: int
    used: int
    """What was spent and what is reserved."""
    reserved: int
    since: datetime
    renews: datetime
    forecast: int | None
    """What will be used when the window ends if it goes on like this; None where it is too early to say."""
    zone: str
    models: tuple[tuple[str, int], ...] = ()
    """The dearest models of the window."""

    @property
    def border(self) -> int:
        """The highest border that was reached, in per cent; 0 for none."""
        reached = [border for border in BORDERS if self.used * 100 >= self.amount * border]
        return max(reached, default=0) if self.amount else 0

    @property
    def left(self) -> int:
        """What may still be used."""
        return max(0, self.amount - self.used)
