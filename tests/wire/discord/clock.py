"""A clock that a test can put forward, and the ids that Discord makes from it."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

EPOCH = 1_420_070_400_000
"""Milliseconds between 1970 and the first moment of 2015, where Discord's ids begin."""


@dataclass(kw_only=True)
class Clock:
    """The time as Discord sees it, in seconds since 1970."""

    skipped: float = 0.0
    last: int = 0

    def now(self) -> float:
        return time.time() + self.skipped

    def skip(self, seconds: float) -> None:
        self.skipped += seconds

    def snowflake(self) -> int:
        """A new id: milliseconds since 2015 in the upper bits, always larger than the one before."""
        self.last = max((int(self.now() * 1000) - EPOCH) << 22, self.last + 1)
        return self.last


def born(snowflake: int) -> float:
    """When an id was made, in seconds since 1970."""
    return ((snowflake >> 22) + EPOCH) / 1000


def stamp(moment: float) -> str:
    """A moment as Discord writes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat()
