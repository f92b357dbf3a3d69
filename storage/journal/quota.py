"""The quota check: what a person has on the way and has used, asked in one statement, and the sentences that say no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Select, bindparam, func, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from bot.errors import OverQuota, TooMany
from bot.model import WAITING, Job, Limit, Load, Person, State, Window
from storage.journal.documents import micros
from storage.schema import LIVE, jobs

_WORDS = {Window.DAY: ("today", "a day"), Window.MONTH: ("this month", "a month")}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a person stands before a new job."""

    unfinished: int
    waiting: int
    used: tuple[int, ...]
    """Images used, limit by limit."""


def used(connection: Connection, subject: str, since: datetime) -> int:
    """The images that count for a subject since then."""
    return int(connection.execute(_used(0), {"subject0": subject, "since0": micros(since)}).scalar_one())


def ask(connection: Connection, person: Person, limits: Sequence[Limit]) -> Standing:
    """How a person stands, in one statement."""
    values: dict[str, str | int] = {"person": person.key}
    for number, limit in enumerate(limits):
        values |= {f"subject{number}": limit.subject, f"since{number}": micros(limit.since)}
    # Sums of integers are NUMERIC on PostgreSQL.
    row = cast("tuple[int, ...]", connection.execute(_standing(len(limits)), values).one())
    unfinished, waiting, *sums = (int(each) for each in row)
    return Standing(unfinished=unfinished, waiting=waiting, used=tuple(sums))


@cache
def _used(number: int) -> Select[int]:
    total: ColumnElement[int] = func.coalesce(func.sum(jobs.c.charge), 0)
    return select(total).where(jobs.c.person == bindparam(f"subject{number}"), jobs.c.created >= bindparam(f"since{number}"))


@cache
def _standing(limits: int) -> Select[*tuple[Any, ...]]:
    mine = select(func.count()).select_from(jobs).where(jobs.c.person == bindparam("person"), LIVE)
    return select(
        mine.scalar_subquery(),
        mine.where(among(WAITING)).scalar_subquery(),
        *(_used(number).scalar_subquery() for number in range(limits)),
    )


def among(states: Iterable[State]) -> ColumnElement[bool]:
    """Whether a job is in one of these states, spelled out: the driver would have to be told a list anew for every question."""
    return jobs.c.state.in_([literal_column(f"'{state.value}'") for state in sorted(states)])


def check(job: Job, standing: Standing, limits: Sequence[Limit], load: Load) -> None:
    """Refuse a job that would be too much.

    Raises:
        TooMany: the person has as many waiting jobs as one may have.
        OverQuota: a limit would be overrun.
    """
    if standing.waiting >= load.waiting:
        jobs_word = "job" if load.waiting == 1 else "jobs"
        raise TooMany(
            f"You have {standing.waiting} of {load.waiting} {jobs_word} waiting.",
            advice="Wait until one of them is drawn, or cancel one with /cancel. This one did not count.",
        )
    left = {limit: max(limit.amount - used, 0) for limit, used in zip(limits, standing.used, strict=True)}
    broken = [limit for limit in limits if job.fitted.count > left[limit]]
    if broken:
        # Of several, the one that leaves the least; of those, the one that lasts longest.
        worst = min(broken, key=lambda limit: (left[limit], -limit.renews.timestamp()))
        raise _refusal(job, worst, standing.used[limits.index(worst)], left[worst])


def _refusal(job: Job, limit: Limit, used: int, left: int) -> OverQuota:
    now_word, each_word = _WORDS[limit.window]
    images = "image" if limit.amount == 1 else "images"
    if limit.amount == 0:
        return OverQuota(f"Your quota is 0 images {each_word}.", advice="Ask an admin of this workspace for more; nothing was counted.")
    sentence = f"You have used {used} of {limit.amount} {images} {now_word}."
    renews = f"Your quota renews on {_moment(limit.renews, job.person)}."
    if not left:
        return OverQuota(sentence, advice=renews)
    return OverQuota(
        f"{sentence[:-1]}, and this would be {job.fitted.count} more.", advice=f"--count {left} would fit. {renews}", line="quota"
    )


def _moment(moment: datetime, person: Person) -> str:
    zone: ZoneInfo | None = None
    if person.zone:
        try:
            zone = ZoneInfo(person.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            # Platforms name zones that this machine may not have; UTC is always right.
            zone = None
    local = moment.astimezone(zone or UTC)
    return f"{local.day} {_MONTHS[local.month - 1]} at {local:%H:%M} {'your time' if zone else 'UTC'}"
