"""A grant is exact: what is derived from the journal is what a purse beside the quota would have given, image by image."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Limit, Measure, Window
from bot.ports import Store
from bot.quotas.grants import Grant, concerned
from bot.quotas.purses import Purses
from bot.quotas.windows import window_of

ZONES = [ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")]
BEGINNINGS = [
    datetime(2026, 3, 28, 9, 7, tzinfo=UTC),
    datetime(2026, 10, 31, 22, 30, tzinfo=UTC),
    datetime(2026, 12, 30, 23, 59, tzinfo=UTC),
]


@dataclass
class Journal:
    """What was used, and when; knows no windows."""

    used: list[tuple[datetime, int]] = field(default_factory=list[tuple[datetime, int]])
    questions: int = 0

    async def usage(self, limits: Sequence[Limit]) -> list[int]:
        self.questions += len(limits)
        return [sum(count for moment, count in self.used if moment >= limit.since) for limit in limits]


@dataclass
class Naive:
    """A quota with purses beside it, as one would keep them by hand."""

    amount: int
    window: Window
    zone: ZoneInfo
    grants: list[Grant] = field(default_factory=list[Grant])
    left: dict[str, int] = field(default_factory=dict[str, int])
    opened: datetime | None = None
    own: int = 0

    def give(self, grant: Grant) -> None:
        self.grants.append(grant)
        self.left[grant.slot] = grant.amount

    def room(self, now: datetime) -> int:
        opened = window_of(now, self.window, self.zone)[0]
        if opened != self.opened:
            self.opened, self.own = opened, 0
        return self.amount - self.own + sum(self.left[grant.slot] for grant in self.alive(now))

    def alive(self, now: datetime) -> list[Grant]:
        found = [grant for grant in self.grants if grant.start <= now < grant.end]
        return sorted(found, key=lambda grant: (grant.end, grant.start, grant.slot))

    def take(self, now: datetime, count: int) -> None:
        own = min(count, self.amount - self.own)
        self.own += own
        count -= own
        for grant in self.alive(now):
            paid = min(count, self.left[grant.slot])
            self.left[grant.slot] -= paid
            count -= paid
        assert count == 0


def limit_at(now: datetime, amount: int, window: Window, zone: ZoneInfo, *, rolling: bool = False) -> Limit:
    since, renews = (now - window.length, now) if rolling else window_of(now, window, zone)
    return Limit(subject="p:w:grace", window=window, rolling=rolling, amount=amount, since=since, renews=renews)


DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("draw"), st.integers(1, 4), st.integers(0, 3)),
        st.tuples(st.just("grant"), st.integers(1, 8), st.integers(1, 90)),
        st.tuples(st.just("wait"), st.integers(1, 40), st.just(0)),
    ),
    max_size=40,
)


@given(
    amount=st.integers(0, 6),
    window=st.sampled_from([Window.HOUR, Window.DAY, Window.WEEK]),
    zone=st.sampled_from(ZONES),
    begins=st.sampled_from(BEGINNINGS),
    deeds=DEEDS,
)
@settings(max_examples=60)
async def test_what_is_derived_is_what_a_purse_would_have_given(
    amount: int, window: Window, zone: ZoneInfo, begins: datetime, deeds: list[tuple[str, int, int]]
) -> None:
    now, naive, journal = begins, Naive(amount, window, zone), Journal()
    purses = Purses(cast("Store", journal))
    for number, (deed, first, second) in enumerate(deeds):
        if deed == "wait":
            now += timedelta(minutes=37 * first)
        elif deed == "grant":
            naive.give(
                Grant(measure=Measure.IMAGES, amount=first, start=now, end=now + timedelta(hours=second), slot=f"images/{number:02}")
            )
        else:
            now += timedelta(minutes=second)
            limit = await purses.widen(limit_at(now, amount, window, zone), naive.grants, None, zone, now)
            (used,) = await journal.usage([limit])
            # Of a grant that ended, what it paid for is over the quota: then, too, there is no room.
            assert max(0, limit.amount - used) == naive.room(now)
            if first <= naive.room(now):
                naive.take(now, first)
                journal.used.append((now, first))
        now += timedelta(microseconds=1)


@given(amount=st.integers(1, 5), given_amount=st.integers(1, 9), draws=st.lists(st.integers(1, 300), min_size=20, max_size=60))
@settings(max_examples=40)
async def test_a_rolling_quota_never_gives_more_than_its_grant(amount: int, given_amount: int, draws: list[int]) -> None:
    begins = BEGINNINGS[0]
    grant = Grant(measure=Measure.IMAGES, amount=given_amount, start=begins, end=begins + timedelta(days=90))
    now, journal, purses, spans = begins, Journal(), Purses(cast("Store", Journal())), timedelta(hours=1)
    purses = Purses(cast("Store", journal))
    for wait in draws:
        now += timedelta(minutes=wait / 10)
        limit = await purses.widen(limit_at(now, amount, Window.HOUR, ZONES[0], rolling=True), [grant], None, ZONES[0], now)
        (used,) = await journal.usage([limit])
        for _ in range(limit.amount - used):
            journal.used.append((now, 1))
    windows = (now - begins) // spans + 1
    assert len(journal.used) <= windows * amount + given_amount


async def test_a_long_grant_beside_an_hourly_quota_asks_few_questions_and_is_still_exact() -> None:
    begins, journal = datetime(2026, 1, 1, tzinfo=UTC), Journal()
    now, naive = begins, Naive(3, Window.HOUR, ZONES[2])
    naive.give(Grant(measure=Measure.IMAGES, amount=50, start=begins, end=begins + timedelta(days=120), slot="images/a"))
    purses = Purses(cast("Store", journal))
    for number in range(90):
        now += timedelta(hours=17, minutes=number)
        count = min(5, naive.room(now))
        naive.take(now, count)
        journal.used.append((now, count))
    journal.questions = 0
    limit = await purses.widen(limit_at(now, 3, Window.HOUR, ZONES[2]), naive.grants, None, ZONES[2], now)
    (used,) = await journal.usage([limit])
    assert limit.amount - used == naive.room(now)
    assert journal.questions < 2600


def test_what_an_ended_grant_paid_is_not_paid_by_the_next() -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def grant(start: int, end: int) -> Grant:
        hours = noon + timedelta(hours=start), noon + timedelta(hours=end)
        return Grant(measure=Measure.IMAGES, amount=1, start=hours[0], end=hours[1], slot=f"images/{start}")

    first, second, third, apart = grant(-9, -5), grant(-6, -2), grant(-3, 5), grant(-20, -10)
    assert concerned([apart, third, first, second], noon) == [first, second, third]
    assert concerned([apart, first], noon) == []


@pytest.mark.parametrize("forgiven", [None, datetime(2026, 11, 24, 8, tzinfo=UTC)])
async def test_what_was_forgiven_took_nothing_from_a_grant(forgiven: datetime | None) -> None:
    begins, journal = datetime(2026, 11, 23, 8, tzinfo=UTC), Journal()
    grant = Grant(measure=Measure.IMAGES, amount=20, start=begins, end=begins + timedelta(days=3))
    journal.used.append((begins + timedelta(hours=1), 30))
    now = begins + timedelta(days=1, hours=1)
    limit = await Purses(cast("Store", journal)).widen(
        limit_at(now, 20, Window.DAY, ZoneInfo("UTC")), [grant], forgiven, ZoneInfo("UTC"), now
    )
    assert limit.amount == (40 if forgiven else 30)
