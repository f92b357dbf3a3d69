"""The sums of the journal: what a workspace's jobs were, by day, model, person and how long they took, from one index alone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, Select, bindparam, case, func, select

from bot.model import Share, State, Tally
from storage.journal.documents import micros
from storage.schema import DELIVERED, OVER, jobs, people

_DAY = 86_400_000_000
_TENTH = 100_000
_EPOCH = date(1970, 1, 1)
_NEVER = 2**62
"""Microseconds: later than anything."""
_SHIFTS = 3
"""Offsets of a time zone that a span of days may have: summer, winter, summer."""


Values = dict[str, Any]


def span_of(workspace: str, since: datetime, until: datetime) -> Values:
    """What each question below is about: a workspace's jobs between two moments that are over."""
    platform, _, name = workspace.partition(":")
    return {"of_platform": platform, "of_workspace": name, "since": micros(since), "until": micros(until)}


def by_day(connection: Connection, span: Values, shifts: Sequence[tuple[datetime, timedelta]]) -> list[Tally]:
    """By day, state and model."""
    values = dict(span)
    padded = [*shifts, *[(None, timedelta(0))] * _SHIFTS][:_SHIFTS]
    for number, (begins, shift) in enumerate(padded):
        values |= {f"begins{number}": _NEVER if begins is None else micros(begins), f"shift{number}": shift // timedelta(microseconds=1)}
    return [
        Tally(
            day=_EPOCH + timedelta(days=day),
            state=State(state),
            provider=provider,
            model=model,
            jobs=int(count),
            images=int(images),
            reused=int(reused),
            spent=int(spent),
        )
        for day, state, provider, model, count, images, reused, spent in connection.execute(_by_day(), values)
    ]


def by_account(connection: Connection, span: Values, top: int) -> tuple[list[Share], int]:
    """The accounts with most images, and how many accounts there are."""
    found = connection.execute(_by_account(), {**span, "top": top}).all()
    shares = [
        Share(account=account, name=_name(connection, account), jobs=int(count), images=int(images), spent=int(spent))
        for account, count, images, spent, _ in found
    ]
    return shares, int(found[0][4]) if found else 0


def durations(connection: Connection, span: Values) -> tuple[float | None, float | None]:
    """Seconds that half, and 95 of 100, of the delivered jobs did not exceed."""
    spans = [(int(tenths), int(count)) for tenths, count in connection.execute(_spans(), span)]
    return _percentile(spans, 0.5), _percentile(spans, 0.95)


def _percentile(spans: Sequence[tuple[int, int]], share: float) -> float | None:
    """The value (in seconds) that so much of a histogram of tenths does not exceed."""
    wanted = share * sum(count for _, count in spans)
    seen = 0
    for tenths, count in spans:
        seen += count
        if seen >= wanted:
            return tenths / 10
    return None


def _name(connection: Connection, account: str) -> str:
    platform, workspace, id_ = account.split(":", 2)
    values = {"of_platform": platform, "of_workspace": workspace, "id": id_}
    return connection.execute(_named(), values).scalar_one_or_none() or ""


def _here() -> tuple[ColumnElement[bool], ...]:
    inside = (jobs.c.created >= bindparam("since"), jobs.c.created < bindparam("until"))
    return (jobs.c.platform == bindparam("of_platform"), jobs.c.workspace == bindparam("of_workspace"), *inside, OVER)


def _total(column: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)


@cache
def _by_day() -> Select[*tuple[Any, ...]]:
    def moment(name: str) -> ColumnElement[int]:
        return bindparam(name, type_=BigInteger)

    shift = case(
        (jobs.c.created >= moment("begins2"), moment("shift2")),
        (jobs.c.created >= moment("begins1"), moment("shift1")),
        else_=moment("shift0"),
    )
    day = ((jobs.c.created + shift) // _DAY).label("day")
    kinds = (jobs.c.state, jobs.c.provider, jobs.c.model)
    what = (func.count(), _total(jobs.c.images), _total(jobs.c.reused), _total(jobs.c.spent))
    # `begins0` is nowhere asked for: what is before every other shift has the first.
    return select(day, *kinds, *what).where(*_here(), moment("begins0") >= -_NEVER).group_by(day, *kinds).order_by(day)


@cache
def _by_account() -> Select[*tuple[Any, ...]]:
    images, spent = _total(jobs.c.images), _total(jobs.c.spent)
    each = (
        select(jobs.c.account, func.count().label("jobs"), images.label("images"), spent.label("spent"))
        .where(*_here())
        .group_by(jobs.c.account)
    )
    mine = each.subquery()
    return (
        select(mine, func.count().over())
        .order_by(mine.c.images.desc(), mine.c.jobs.desc(), mine.c.account)
        .limit(bindparam("top", type_=Integer))
    )


@cache
def _spans() -> Select[int, int]:
    tenths = ((jobs.c.finished - jobs.c.started) // _TENTH).label("tenths")
    drawn = (*_here(), DELIVERED, jobs.c.reused == 0, jobs.c.started.is_not(None), jobs.c.finished.is_not(None))
    return select(tenths, func.count()).where(*drawn).group_by(tenths).order_by(tenths)


@cache
def _named() -> Select[str]:
    here = (people.c.platform == bindparam("of_platform"), people.c.workspace == bindparam("of_workspace"), people.c.id == bindparam("id"))
    return select(people.c.name).where(*here)
