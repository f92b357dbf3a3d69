"""Sums: what a workspace's jobs were, by day, model and person, the same on every database, also when the clocks change."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from bot.model import Image, Load, Place, State
from bot.ports import Store
from bot.records.statistics import shifts_of
from bot.says import board_of, stats_words
from storage.schema import jobs
from tests.contracts.stores import NOW, a_job, a_person

BERLIN = ZoneInfo("Europe/Berlin")


def an_image(index: int) -> Image:
    return Image(
        index=index, key="k", shown="s", thumbnail="t", digest="d", media_type="image/png", width=8, height=8, bytes=80
    )  # fmt: skip


async def drawn(
    store: Store,
    number: int,
    *,
    at: datetime,
    person: str = "ann",
    model: str = "sketch",
    images: int = 1,
    state: State = State.DELIVERED,
    seconds: float = 4.0,
    reuse: str = "",
) -> None:
    """A job that is over."""
    job = a_job(f"job{number:05}", person=person, created=at, state=state)
    await store.record(
        replace(
            job,
            model=model,
            reuse=reuse,
            images=tuple(an_image(index) for index in range(1, images + 1)) if state is State.DELIVERED else (),
            cost=Decimal("0.04") * images if state is State.DELIVERED else None,
            started=at,
            finished=at + timedelta(seconds=seconds),
        ),
        event=None,
    )


async def asked(store: Store, since: datetime, until: datetime, zone: ZoneInfo = BERLIN) -> Any:
    return await store.sums("playground:home", since=since, until=until, shifts=shifts_of(since, until, zone), top=2)


async def test_days_begin_where_the_workspace_is_and_clocks_may_change(store: Store) -> None:
    # On 29 March 2026 clocks in Berlin go forward: that day has 23 hours.
    since = datetime(2026, 3, 28, tzinfo=BERLIN)
    moments = [
        datetime(2026, 3, 27, 23, 59, tzinfo=BERLIN),
        datetime(2026, 3, 28, 0, 0, tzinfo=BERLIN),
        datetime(2026, 3, 28, 23, 59, tzinfo=BERLIN),
        datetime(2026, 3, 29, 0, 0, tzinfo=BERLIN),
        datetime(2026, 3, 29, 23, 30, tzinfo=BERLIN),
        datetime(2026, 3, 30, 0, 1, tzinfo=BERLIN),
    ]
    for number, moment in enumerate(moments):
        await drawn(store, number, at=moment.astimezone(UTC))
    sums = await asked(store, since, datetime(2026, 3, 31, tzinfo=BERLIN))
    by_day = {tally.day: tally.jobs for tally in sums.tallies}
    assert by_day == {date(2026, 3, 28): 2, date(2026, 3, 29): 2, date(2026, 3, 30): 1}


async def test_sums_are_those_that_one_would_count_by_hand(store: Store) -> None:
    dice = random.Random(7)  # noqa: S311 - a test's dice
    images: Counter[tuple[date, str]] = Counter()
    people: Counter[str] = Counter()
    seconds: list[float] = []
    for number in range(60):
        at = NOW - timedelta(hours=dice.uniform(0, 72))
        person, model = dice.choice(["ann", "ben", "cid"]), dice.choice(["one", "two"])
        count, took = dice.randint(1, 4), round(dice.uniform(1, 30), 1)
        await drawn(store, number, at=at, person=person, model=model, images=count, seconds=took)
        images[at.astimezone(BERLIN).date(), model] += count
        people[person] += count
        seconds.append(took)
    for number, state in enumerate((State.FAILED, State.BLOCKED, State.EXPIRED, State.CANCELLED), start=100):
        await drawn(store, number, at=NOW, state=state)
    await drawn(store, 200, at=NOW, images=2, reuse="job00001", seconds=0.0)
    images[NOW.astimezone(BERLIN).date(), "sketch"] += 2
    people["ann"] += 2
    since = datetime(2026, 3, 11, tzinfo=BERLIN)
    sums = await asked(store, since, NOW + timedelta(hours=1))
    found: Counter[tuple[date, str]] = Counter()
    for tally in sums.tallies:
        found[tally.day, tally.model] += tally.images
    assert +found == images
    assert sums.people == 3
    best = sorted(people.items(), key=lambda each: -each[1])[:2]
    assert [share.images for share in sums.shares] == [count for _, count in best]
    ordered = sorted(seconds)
    assert sums.p50 == pytest.approx(ordered[29], abs=0.11)
    assert sums.p95 == pytest.approx(ordered[56], abs=0.11)
    board = board_of(sums, first=since.date(), last=NOW.date(), top=6)
    tiles = {tile.label: (tile.value, tile.note) for tile in board.tiles}
    total = sum(people.values())
    assert tiles["Images"] == (f"{total}", "61 jobs")
    assert tiles["Failed"] == ("3.1 %", "2 of 65")
    assert tiles["Blocked"] == ("1.5 %", "1 of 65")
    assert tiles["From the files"] == ("1.6 %", "1 of 61")
    assert "1 other " in stats_words(board)


async def test_other_workspaces_and_what_still_runs_do_not_count(store: Store) -> None:
    await store.enqueue(a_job("waiting1"), limits=(), load=Load(), event=None)
    elsewhere = replace(a_job("elsewhere", state=State.FAILED), place=Place(platform="playground", workspace="away", channel="c"))
    await store.record(elsewhere, event=None)
    sums = await asked(store, NOW - timedelta(days=1), NOW + timedelta(hours=1))
    assert (list(sums.tallies), list(sums.shares), sums.people, sums.p50) == ([], [], 0, None)


async def test_people_are_named_as_they_were_last_seen(store: Store) -> None:
    await store.meet(a_person("ann"))
    await drawn(store, 1, at=NOW)
    await drawn(store, 2, at=NOW, person="ghost")
    sums = await asked(store, NOW - timedelta(days=1), NOW + timedelta(hours=1))
    assert {share.name for share in sums.shares} == {"Ann", ""}


async def test_what_is_not_kept_any_more_still_counts(store: Any) -> None:
    await drawn(store, 1, at=NOW, images=3)
    await store.forget_pictures("job00001")
    await store.forget_words(["job00001"])
    await store.orphan("job00001")
    sums = await asked(store, NOW - timedelta(days=1), NOW + timedelta(hours=1))
    assert [(tally.images, tally.spent) for tally in sums.tallies] == [(3, 120_000)]

    def blank(connection: Connection) -> None:
        connection.execute(update(jobs).values(kept=0))

    await store._database.write(blank)
    assert await store.outdated("playground:home", before=NOW + timedelta(days=1), what="words", limit=5) == []
