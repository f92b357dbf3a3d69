"""Grants: more for a while, exact to the image.

A grant is a purse beside the limits: what its window's amount does not cover is taken from it, once. It is derived like everything else:

- Time is cut at the borders of the limit's windows and where a grant begins or ends. The journal tells what was used in each piece.
- In a piece, what goes beyond what its window has left of the amount is taken from the purses that are open then, the one that ends
  first before the others. So 20 more are 20 more in all, over as many windows as the grant lasts, whether two of them overlap or not.
- Now the limit is: its amount, what was used beyond it in this window, and what is left in the purses that are open.

A job that fails gives back what it took, because it is not among what was used any more. Windows of before are measured by the amount as
it stands now. Rolling limits have no windows: there the spans since the first grant stand for them, which never gives more than the
grant, and gives it back late by a window at most.

A grant stays on record after its end, for what it paid must not be paid by the next one; when another is given, those are dropped that
can have no part in any sum any more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Measure, Rule
from bot.quotas.rates import read_amount, write_amount


@dataclass(frozen=True, kw_only=True)
class Grant:
    """So many images, or micro-dollars, more from `start` on, before `end`."""

    measure: Measure
    amount: int
    start: datetime
    end: datetime
    subject: str = ""
    by: str = ""
    slot: str = ""

    @property
    def value(self) -> str:
        """As a rule keeps it: start and end are said, so that one that was taken back and put back is the same."""
        return f"{write_amount(self.measure, self.amount)} from {self.start.isoformat()} to {self.end.isoformat()}"


def read_grant(rule: Rule) -> Grant:
    """A grant from its rule. One that says no beginning and end has those of its rule."""
    amount, _, start, _, end = (*rule.value.split(" "), "", "", "", "")[:5]
    measure = Measure(rule.slot.partition("/")[0])
    return Grant(
        measure=measure,
        amount=read_amount(measure, amount) or 0,
        start=datetime.fromisoformat(start) if start else rule.created,
        end=datetime.fromisoformat(end) if end else rule.until or rule.created,
        subject=rule.subject,
        by=rule.by,
        slot=rule.slot,
    )


def concerned(grants: Sequence[Grant], now: datetime) -> list[Grant]:
    """The grants that are open now, and those before them that have a part in what is left of these, the first to end first."""
    found = [grant for grant in grants if grant.start <= now < grant.end]
    first = min((grant.start for grant in found), default=now)
    for grant in sorted((grant for grant in grants if grant.end <= now), key=lambda grant: grant.end, reverse=True):
        if grant.end > first:
            found.append(grant)
            first = min(first, grant.start)
    return sorted(found, key=lambda grant: (grant.end, grant.start, grant.slot))


@dataclass(frozen=True, kw_only=True)
class Purse:
    """What grants make of a limit."""

    limit: int
    """The amount of the window that is open now."""
    left: int
    """What is left of the grants."""


def purse(
    grants: Sequence[Grant], *, amount: int, borders: Sequence[datetime], windows: Collection[datetime], used: Sequence[int], now: datetime
) -> Purse:
    """What is left of some grants.

    Args:
        grants: the first to end first.
        amount: the limit's own.
        borders: where a piece of time begins, oldest first; the last one is open.
        windows: those of them at which a window begins, the first border included.
        used: what was used in each piece.
        now: when.
    """
    left = [grant.amount for grant in grants]
    room, over = amount, 0
    for border, spent in zip(borders, used, strict=True):
        if border in windows:
            room, over = amount, 0
        beyond = max(0, spent - room)
        room = max(0, room - spent)
        over += beyond
        for number, grant in enumerate(grants):
            if grant.start <= border < grant.end:
                taken = min(left[number], beyond)
                left[number] -= taken
                beyond -= taken
    open_now = sum(rest for grant, rest in zip(grants, left, strict=True) if grant.start <= now < grant.end)
    return Purse(limit=amount + over + open_now, left=open_now)
