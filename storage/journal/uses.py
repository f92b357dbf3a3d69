"""Uses: how the journal asks what was used of a limit, in as few rows as can be.

A person's use is summed over their jobs, from an index alone: a thousand rows a month. A channel's or a workspace's may be a million: it
is summed over `sums`, which triggers keep equal to the jobs at every moment (`storage/schema.py`): over whole days, then over the quarters
of an hour before the first of them, then over the few jobs before the first quarter. All calendars of the world begin their days at a
quarter of an hour, so that only rolling windows and resets need that last part.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import BindParameter, Column, ColumnElement, Connection, Select, Table, bindparam, func, literal_column, select

from bot.model import Limit, Measure, Pool, digest_of
from storage.journal.documents import micros, moment_of
from storage.schema import jobs, sums

QUARTER, DAY = 900_000_000, 86_400_000_000
"""The spans of `sums`, in microseconds."""
_SHAPES = 256
"""Statements that are kept; each mixture of limits has its own."""

Values = dict[str, str | int]
Part = tuple[int, int, int]
"""A stretch of time and what was used in it: from, to, how much."""


class Shape(NamedTuple):
    """How a limit is asked: a statement is built once for all limits of the same shapes."""

    pool: Pool
    measure: Measure
    team: bool
    names: tuple[str, ...]
    """Columns that must be as the limit says: `provider`, `model`, `operation`."""
    edge: bool
    """Whether it begins inside a quarter of an hour."""


class Question(NamedTuple):
    """A limit as it is asked."""

    shape: Shape
    values: tuple[tuple[str, str | int], ...]


def question(limit: Limit) -> Question:
    """How to ask what was used of a limit."""
    since, values = micros(limit.since), _drawn_by(limit)
    names = tuple(values)
    if limit.pool is Pool.ACCOUNT:
        values |= {"account": limit.subject, "before": digest_of(limit.subject), "since": since}
        return Question(Shape(limit.pool, limit.measure, limit.team, names, edge=True), tuple(values.items()))
    quarters, days = _borders(since)
    values |= {"place": _place(limit), "quarters": quarters, "days": days}
    edge = since != quarters
    if edge:
        values |= {"since": since, **_here(limit)}
    return Question(Shape(limit.pool, limit.measure, limit.team, names, edge), tuple(values.items()))


def ask(connection: Connection, limits: Sequence[Limit], *first: Select[Any], given: Values | None = None) -> list[int]:
    """The answers to the questions `first`, and what was used of each limit since its `since`, all in one statement."""
    asked = [question(limit) for limit in limits]
    # A person's own limit and a group's ask the same about the same person.
    once = list(dict.fromkeys(asked))
    if not once and not first:
        return []
    values = {f"{name}{number}": value for number, each in enumerate(once) for name, value in each.values}
    statement = _statement(first, tuple(each.shape for each in once))
    row = cast("tuple[int, ...]", connection.execute(statement, {**(given or {}), **values}).one())
    # Sums of integers are NUMERIC on PostgreSQL.
    found = [int(each) for each in row]
    return [*found[: len(first)], *(found[len(first) + once.index(each)] for each in asked)]


def leaves(connection: Connection, limit: Limit, *, need: int) -> datetime | None:
    """The moment at which so much of what was used of a rolling limit is behind its window; None where not so much was used."""
    stretch = _stretch(connection, limit, need)
    if stretch is None:
        return None
    start, end, need = stretch
    column, moment = _columns(limit.measure, team=limit.team)
    passed = select(moment.label("at"), func.sum(column).over(order_by=moment).label("passed"))
    passed = passed.where(*_among_jobs(limit), moment >= start, column > 0)
    each = (passed if end is None else passed.where(moment < end)).subquery()
    found = connection.execute(select(func.min(each.c.at)).where(each.c.passed >= need)).scalar_one()
    # What happened at the first moment of a window counts in it.
    return None if found is None else moment_of(found) + limit.window.length + timedelta(microseconds=1)


def _stretch(connection: Connection, limit: Limit, need: int) -> tuple[int, int | None, int] | None:
    """Where in time the use of a limit since its beginning reaches `need`: from, to, and how much of it is reached in there."""
    since = micros(limit.since)
    if limit.pool is Pool.ACCOUNT:
        return since, None, need
    column, moment = _columns(limit.measure, team=limit.team)
    quarters, days = _borders(since)
    edge = select(func.coalesce(func.sum(column), 0)).where(*_among_jobs(limit), moment >= since, moment < quarters)
    parts: list[Part] = [(since, quarters, int(connection.execute(edge).scalar_one()))]
    parts += _parts(connection, limit, QUARTER, quarters, days)
    parts += _parts(connection, limit, DAY, days, None)
    if (found := _reach(parts, need)) is None:
        return None
    start, end, need = found
    return found if end - start < DAY else _reach(_parts(connection, limit, QUARTER, start, end), need)


def _parts(connection: Connection, limit: Limit, span: int, first: int, last: int | None) -> list[Part]:
    """What was used of a limit in each span of `sums`, the oldest first."""
    column = _summed(limit.measure, team=limit.team)
    same = (sums.c[name] == value for name, value in {"place": _place(limit), **_drawn_by(limit)}.items())
    query = select(sums.c.start, func.sum(column)).where(*same, sums.c.span == span, sums.c.start >= first)
    query = query if last is None else query.where(sums.c.start < last)
    found = connection.execute(query.group_by(sums.c.start).order_by(sums.c.start))
    return [(start, start + span, int(total)) for start, total in found]


def _reach(parts: Iterable[Part], need: int) -> Part | None:
    for start, end, total in parts:
        if need <= total:
            return start, end, need
        need -= total
    return None


def _borders(since: int) -> tuple[int, int]:
    """The first quarter of an hour that begins then or later, and the first day that begins with it or later."""
    quarters = -(-since // QUARTER) * QUARTER
    return quarters, -(-quarters // DAY) * DAY


def _place(limit: Limit) -> str:
    return f"{limit.pool.value}:{limit.subject}"


def _here(limit: Limit) -> Values:
    """The columns of a job that say what a limit of a channel or workspace is about."""
    platform, workspace, *channel = limit.subject.split(":", 2)
    return {"platform": platform, "workspace": workspace, **({"channel": channel[0]} if limit.pool is Pool.CHANNEL else {})}


def _drawn_by(limit: Limit) -> Values:
    """The columns of a job that a limit of a model or operation is about."""
    provider, _, model = limit.model.partition("/")
    values: Values = {"provider": provider, "model": model or provider} if limit.model else {}
    return {**values, "operation": limit.operation} if limit.operation else values


def _among_jobs(limit: Limit) -> list[ColumnElement[bool]]:
    if limit.pool is Pool.ACCOUNT:
        mine = [jobs.c.account.in_([limit.subject, digest_of(limit.subject)])]
        return [*mine, *(jobs.c[name] == value for name, value in _drawn_by(limit).items())]
    return [jobs.c[name] == value for name, value in {**_here(limit), **_drawn_by(limit)}.items()]


def _columns(measure: Measure, *, team: bool) -> tuple[Column[int], Column[int]]:
    """What of a job is counted, and the moment that says in which window."""
    if measure is Measure.IMAGES:
        return jobs.c.charge, jobs.c.counted
    return (jobs.c.spent, jobs.c.paid) if team else (jobs.c.money, jobs.c.counted)


def _summed(measure: Measure, *, team: bool) -> Column[int]:
    return sums.c.images if measure is Measure.IMAGES else sums.c.spent if team else sums.c.money


@lru_cache(_SHAPES)
def _statement(first: tuple[Select[Any], ...], shapes: tuple[Shape, ...]) -> Select[*tuple[Any, ...]]:
    return select(*(each.scalar_subquery() for each in first), *(_total(number, shape) for number, shape in enumerate(shapes)))


def _total(number: int, shape: Shape) -> ColumnElement[int]:
    def bind(name: str) -> BindParameter[Any]:
        return bindparam(f"{name}{number}")

    column, moment = _columns(shape.measure, team=shape.team)
    if shape.pool is Pool.ACCOUNT:
        # What somebody used stays used after an erasure, under a digest: else it would be a way to get a quota twice.
        mine = jobs.c.account.in_([bind("account"), bind("before")])
        return _sum(jobs, column, shape.names, bind, mine, moment >= bind("since"))
    summed, names = _summed(shape.measure, team=shape.team), ("place", *shape.names)
    days = _sum(sums, summed, names, bind, sums.c.span == literal_column(str(DAY)), sums.c.start >= bind("days"))
    in_quarters = (sums.c.span == literal_column(str(QUARTER)), sums.c.start >= bind("quarters"), sums.c.start < bind("days"))
    total = days + _sum(sums, summed, names, bind, *in_quarters)
    if not shape.edge:
        return total
    here = ("platform", "workspace", *(("channel",) if shape.pool is Pool.CHANNEL else ()))
    return total + _sum(jobs, column, (*here, *shape.names), bind, moment >= bind("since"), moment < bind("quarters"))


def _sum(
    table: Table, column: Column[int], names: Sequence[str], bind: Callable[[str], Any], *where: ColumnElement[bool]
) -> ColumnElement[int]:
    same = (table.c[name] == bind(name) for name in names)
    return select(func.coalesce(func.sum(column), 0)).where(*same, *where).scalar_subquery()
