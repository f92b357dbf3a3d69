"""The quota check: how an account stands before a new job, asked in one statement, and whether that is too much."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, literal_column, select

from bot.errors import TooMany
from bot.model import WAITING, Job, Limit, Load, Measure, State
from storage.journal.refusals import refusal
from storage.journal.uses import ask as ask_sums
from storage.journal.uses import leaves
from storage.schema import LIVE, jobs


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an account stands before a new job."""

    unfinished: int
    waiting: int
    used: Sequence[int]
    """Used, limit by limit, in its measure."""


def used(connection: Connection, limits: Sequence[Limit]) -> list[int]:
    """What was used of each limit since its `since`."""
    return ask_sums(connection, limits)


def ask(connection: Connection, account: str, limits: Sequence[Limit]) -> Standing:
    """How an account stands, in one statement."""
    unfinished, waiting, *sums = ask_sums(connection, limits, *_on_the_way(), given={"account": account})
    return Standing(unfinished=unfinished, waiting=waiting, used=sums)


@cache
def _on_the_way() -> tuple[Select[int], Select[int]]:
    mine = select(func.count()).select_from(jobs).where(jobs.c.account == bindparam("account"), LIVE)
    return mine, mine.where(among(WAITING))


def among(states: Iterable[State]) -> ColumnElement[bool]:
    """Whether a job is in one of these states, spelled out: the driver would have to be told a list anew for every question."""
    return jobs.c.state.in_([literal_column(f"'{state.value}'") for state in sorted(states)])


def check(connection: Connection, job: Job, standing: Standing, limits: Sequence[Limit], load: Load) -> None:
    """Refuse a new job that would be too much.

    Raises:
        TooMany: the account has as many waiting jobs as one may have.
        OverQuota: a limit would be overrun.
    """
    if standing.waiting >= load.waiting:
        jobs_word = "job" if load.waiting == 1 else "jobs"
        raise TooMany(
            f"You have {standing.waiting} of {load.waiting} {jobs_word} waiting.",
            advice="Wait until one of them is drawn, or cancel one with /cancel. This one did not count.",
        )
    check_limits(connection, job, {limit: wanted(job, limit) for limit in limits}, dict(zip(limits, standing.used, strict=True)))


def check_limits(connection: Connection, job: Job, wants: Mapping[Limit, int], spent: Mapping[Limit, int]) -> None:
    """Refuse a job that wants more of a limit than is left. Raises OverQuota, about the tightest."""
    # What costs nothing overruns nothing: a draft is drawn even after somebody's last image.
    broken = [limit for limit, want in wants.items() if want > 0 and spent[limit] + want > limit.amount]
    if not broken:
        return
    # The tightest is the one of which the smallest part of the job would fit; of several, the one that lasts longest.
    worst = min(broken, key=lambda limit: (Fraction(max(limit.amount - spent[limit], 0), wants[limit]), -limit.renews.timestamp()))
    want, already = wants[worst], spent[worst]
    if worst.rolling and want <= worst.amount:
        worst = replace(worst, renews=leaves(connection, worst, need=already + want - worst.amount) or worst.renews)
    refused = refusal(job, worst, used=already, want=want)
    refused.own = not worst.of
    raise refused


def renewals(connection: Connection, limits: Sequence[Limit]) -> list[datetime]:
    """When something of each limit is free again."""
    return [(leaves(connection, limit, need=1) if limit.rolling else None) or limit.renews for limit in limits]


def wanted(job: Job, limit: Limit) -> int:
    """What a job takes of a limit; 0 of one that is about other models or operations."""
    if limit.model and limit.model not in {job.drawn_by, f"{job.provider}/{job.model}"}:
        return 0
    if limit.operation and limit.operation != job.request.operation.value:
        return 0
    charge = job.charge
    return charge.images if limit.measure is Measure.IMAGES else charge.spent if limit.team else charge.money
