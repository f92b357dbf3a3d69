"""The quota check: what an account has on the way and what was used of each limit, asked in one statement, and how it says no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, literal_column, select

from bot.errors import OverQuota, TooMany
from bot.model import MICRO, WAITING, Job, Limit, Load, Measure, Person, Pool, State, Window
from storage.journal.documents import micros
from storage.schema import LIVE, jobs

_WORDS = {
    Window.HOUR: ("this hour", "an hour", "in the last hour"),
    Window.DAY: ("today", "a day", "in the last 24 hours"),
    Window.WEEK: ("this week", "a week", "in the last 7 days"),
    Window.MONTH: ("this month", "a month", "in the last 30 days"),
}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an account stands before a new job."""

    unfinished: int
    waiting: int
    used: tuple[int, ...]
    """Used, limit by limit, in its measure."""


def used(connection: Connection, limits: Sequence[Limit]) -> list[int]:
    """What was used of each limit since its `since`."""
    if not limits:
        return []
    # Sums of integers are NUMERIC on PostgreSQL.
    row = cast("tuple[int, ...]", connection.execute(_uses(_shapes(limits)), _values(limits)).one())
    return [int(each) for each in row]


def ask(connection: Connection, account: str, limits: Sequence[Limit]) -> Standing:
    """How an account stands, in one statement."""
    values = {"account": account, **_values(limits)}
    row = cast("tuple[int, ...]", connection.execute(_standing(_shapes(limits)), values).one())
    unfinished, waiting, *sums = (int(each) for each in row)
    return Standing(unfinished=unfinished, waiting=waiting, used=tuple(sums))


Shape = tuple[Pool, Measure, bool, bool, bool]


def _shapes(limits: Sequence[Limit]) -> tuple[Shape, ...]:
    """How each limit is asked; a statement is built once for all limits of the same shapes."""
    return tuple((limit.pool, limit.measure, limit.team, bool(limit.model), bool(limit.operation)) for limit in limits)


def _values(limits: Sequence[Limit]) -> dict[str, str | int]:
    values: dict[str, str | int] = {}
    for number, limit in enumerate(limits):
        values[f"since{number}"] = micros(limit.since)
        if limit.pool is Pool.ACCOUNT:
            values[f"subject{number}"] = limit.subject
        else:
            platform, workspace, *channel = limit.subject.split(":", 2)
            values |= {f"platform{number}": platform, f"workspace{number}": workspace}
            values |= {f"channel{number}": channel[0]} if limit.pool is Pool.CHANNEL else {}
        if limit.model:
            provider, _, model = limit.model.partition("/")
            values |= {f"provider{number}": provider, f"model{number}": model or provider}
        if limit.operation:
            values[f"operation{number}"] = limit.operation
    return values


def _sum(number: int, shape: Shape) -> Select[int]:
    pool, measure, team, model, operation = shape
    column = jobs.c.charge if measure is Measure.IMAGES else jobs.c.spent if team else jobs.c.money
    names = {Pool.ACCOUNT: ("account",), Pool.CHANNEL: ("platform", "workspace", "channel"), Pool.WORKSPACE: ("platform", "workspace")}[
        pool
    ]
    names = (*names, *(("provider", "model") if model else ()), *(("operation",) if operation else ()))
    total: ColumnElement[int] = func.coalesce(func.sum(column), 0)
    same = (jobs.c[name] == bindparam(f"subject{number}" if name == "account" else f"{name}{number}") for name in names)
    return select(total).where(*same, jobs.c.created >= bindparam(f"since{number}"))


@cache
def _uses(shapes: tuple[Shape, ...]) -> Select[*tuple[Any, ...]]:
    return select(*(_sum(number, shape).scalar_subquery() for number, shape in enumerate(shapes)))


@cache
def _standing(shapes: tuple[Shape, ...]) -> Select[*tuple[Any, ...]]:
    mine = select(func.count()).select_from(jobs).where(jobs.c.account == bindparam("account"), LIVE)
    return select(
        mine.scalar_subquery(),
        mine.where(among(WAITING)).scalar_subquery(),
        *(_sum(number, shape).scalar_subquery() for number, shape in enumerate(shapes)),
    )


def among(states: Iterable[State]) -> ColumnElement[bool]:
    """Whether a job is in one of these states, spelled out: the driver would have to be told a list anew for every question."""
    return jobs.c.state.in_([literal_column(f"'{state.value}'") for state in sorted(states)])


def check(job: Job, standing: Standing, limits: Sequence[Limit], load: Load) -> None:
    """Refuse a job that would be too much.

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
    check_limits(job, standing.used, limits)


def check_limits(job: Job, used: Sequence[int], limits: Sequence[Limit]) -> None:
    """Refuse a job that would overrun a limit. Raises OverQuota."""
    left = {limit: max(limit.amount - spent, 0) for limit, spent in zip(limits, used, strict=True)}
    # What costs nothing overruns nothing: a draft is drawn even after somebody's last image.
    broken = [limit for limit in limits if (want := wanted(job, limit)) > left[limit] and want]
    if broken:
        # Of several, the one that leaves the least; of those, the one that lasts longest.
        worst = min(broken, key=lambda limit: (left[limit], -limit.renews.timestamp()))
        raise _refusal(job, worst, used[limits.index(worst)], left[worst])


def wanted(job: Job, limit: Limit) -> int:
    """What a job takes of a limit; 0 of one that is about other models or operations."""
    if limit.model and limit.model not in {job.drawn_by, f"{job.provider}/{job.model}"}:
        return 0
    if limit.operation and limit.operation != job.request.operation.value:
        return 0
    charge = job.charge
    return charge.images if limit.measure is Measure.IMAGES else charge.spent if limit.team else charge.money


def _refusal(job: Job, limit: Limit, used: int, left: int) -> OverQuota:
    now_word, each_word, rolling_word = _WORDS[limit.window]
    when = rolling_word if limit.rolling else now_word
    whose, has = (limit.of, "has") if limit.of else ("You", "have")
    only = f" with {limit.model}" if limit.model else f" for {limit.operation}" if limit.operation else ""
    if limit.amount == 0:
        owner = f"The limit of {limit.of}" if limit.of else "Your quota"
        return OverQuota(
            f"{owner} is {_amount(limit, 0)}{only} {each_word}.", advice="Ask an admin of this workspace for more; nothing was counted."
        )
    sentence = f"{whose} {has} used {_amount(limit, used, of=limit.amount)}{only} {when}."
    renews = (
        f"{'It' if limit.of else 'Your quota'} {'has room again' if limit.rolling else 'renews'} on {_moment(limit.renews, job.person)}."
    )
    if not left:
        return OverQuota(sentence, advice=renews)
    want = wanted(job, limit)
    fitting = left // job.weight if limit.measure is Measure.IMAGES and job.weight and job.request.count > 1 else 0
    hint = f"--count {fitting} would fit. " if fitting else ""
    return OverQuota(f"{sentence[:-1]}, and this would be {_amount(limit, want, bare=True)} more.", advice=f"{hint}{renews}", line="quota")


def _amount(limit: Limit, number: int, *, of: int | None = None, bare: bool = False) -> str:
    if limit.measure is Measure.MONEY:
        return f"{_dollars(number)} of {_dollars(of)}" if of is not None else _dollars(number)
    if bare:
        return str(number)
    images = "image" if (number if of is None else of) == 1 else "images"
    return f"{number} {images}" if of is None else f"{number} of {of} {images}"


def _dollars(micro: int) -> str:
    exact = Decimal(micro) / MICRO
    return f"${exact:.2f}" if exact == exact.quantize(Decimal("0.01")) else f"${exact.quantize(Decimal('0.0001')).normalize()}"


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
