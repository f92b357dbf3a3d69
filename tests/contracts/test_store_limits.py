"""The Store's contract on limits: images and money, of accounts, channels and workspaces, exact however many ask at once."""

import asyncio
import itertools
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.errors import OverQuota, Overtaken
from bot.model import Job, Limit, Measure, Operation, Place, Pool, State, Window
from bot.ports import Store
from storage.journal import open_journal
from tests.contracts import rush
from tests.contracts.stores import DAY_AGO, NOW, a_job, a_limit, a_person, a_place, enqueue, walk

CENT = 10_000
"""Micro-dollars."""
HOUR = timedelta(hours=1)
POOLS = {Pool.ACCOUNT: a_person("ann").key, Pool.CHANNEL: "playground:home:general", Pool.WORKSPACE: "playground:home"}


def a_paid_job(identity: str, cents: int, *, person: str = "ann", place: Place | None = None, model: str = "sketch") -> Job:
    """A new job of one image that will cost so many cents."""
    return replace(a_job(identity, person=person), estimate=Decimal(cents) / 100, place=place or a_place(), model=model)


def of_pool(limit: Limit, pool: Pool, *, of: str = "") -> Limit:
    return replace(limit, pool=pool, subject=POOLS[pool], of=of)


def money(cents: int, *, pool: Pool = Pool.ACCOUNT, window: Window = Window.MONTH) -> Limit:
    return replace(of_pool(a_limit(cents * CENT, window=window), pool), measure=Measure.MONEY)


async def used(store: Store, *limits: Limit) -> list[int]:
    return await store.usage(limits)


@pytest.mark.parametrize("pool", Pool)
@pytest.mark.parametrize("measure", Measure)
async def test_of_two_hundred_at_once_with_twenty_left_twenty_are_taken_and_it_is_exactly_full(
    store: Store, pool: Pool, measure: Measure
) -> None:
    """Twice the images of one job, and 4 cents each: 20 of them fill 40 images and 80 cents."""
    limit = of_pool(a_limit(40), pool) if measure is Measure.IMAGES else money(80, pool=pool)
    people = ["ann"] if pool is Pool.ACCOUNT else [f"ann{number}" for number in range(7)]
    jobs = [replace(a_paid_job(f"fox{n}", 4, person=people[n % len(people)]), weight=2) for n in range(200)]
    answers = await asyncio.gather(*(enqueue(store, job, limit) for job in jobs), return_exceptions=True)
    assert sum(isinstance(answer, Job) for answer in answers) == 20
    assert sum(isinstance(answer, OverQuota) for answer in answers) == 180
    assert await used(store, limit) == [limit.amount]


async def test_of_three_hundred_at_once_from_two_machines_fifty_are_taken_under_every_limit(postgres_url: str) -> None:
    """In the order in which they come the limits are of the person, the channel and the workspace: no two wait for each other for ever."""
    limits = [*(of_pool(a_limit(50), pool) for pool in Pool), *(money(200, pool=pool) for pool in Pool)]
    async with open_journal(postgres_url, migrate=False) as one, open_journal(postgres_url, migrate=False) as two:
        journals = itertools.cycle((one, two))
        asked = (enqueue(next(journals), a_paid_job(f"fox{n}", 4), *limits[n % 6 :], *limits[: n % 6]) for n in range(300))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(answer, Job) for answer in answers) == 50
        assert sum(isinstance(answer, OverQuota) for answer in answers) == 250
        assert await used(one, *limits) == [limit.amount for limit in limits]


async def test_of_a_thousand_at_once_from_two_processes_fifty_are_taken_under_every_limit(postgres_url: str) -> None:
    """For a channel in images and for the workspace in money."""
    both = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.contracts.rush", postgres_url, name, "500", stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for name in ("fox", "cat")
    ]
    ways = [(each.stdin, each.stdout) for each in both]
    for _, out in ways:
        assert out is not None
        assert await out.readline() == b"ready\n"
    for into, _ in ways:
        assert into is not None
        into.write(b"go\n")
    found = [(await each.communicate())[0].split() for each in both]
    taken, refused = (sum(int(each[which]) for each in found) for which in (0, 1))
    assert (taken, refused) == (50, 950)
    async with open_journal(postgres_url, migrate=False) as journal:
        assert await used(journal, *rush.LIMITS) == [limit.amount for limit in rush.LIMITS]


async def test_of_a_thousand_at_once_in_a_channel_fifty_are_taken_in_memory() -> None:
    limits = [of_pool(a_limit(50), Pool.CHANNEL), money(200, pool=Pool.WORKSPACE)]
    async with open_journal("sqlite:///:memory:", migrate=True) as journal:
        asked = (enqueue(journal, a_paid_job(f"fox{n}", 4, person=f"ann{n}"), *limits) for n in range(1000))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(answer, Job) for answer in answers) == 50
        assert await used(journal, *limits) == [50, 200 * CENT]


@pytest.mark.parametrize("pool", Pool)
async def test_limit_counts_what_its_pool_its_model_and_its_operation_say(store: Store, pool: Pool) -> None:
    upscale = replace(a_job("up1").request, operation=Operation.UPSCALE)
    await enqueue(store, a_paid_job("fox1", 1, model="other"))
    await enqueue(store, replace(a_paid_job("fox2", 2), request=upscale, fitted=upscale, weight=2))
    await enqueue(store, a_paid_job("fox3", 4, person="bob"))
    await enqueue(store, a_paid_job("fox4", 8, place=a_place("brand")))
    await enqueue(store, replace(a_paid_job("fox5", 16, place=replace(a_place(), workspace="away")), person=a_person("carl")))
    limit, cost = of_pool(a_limit(0), pool), money(0, pool=pool)
    asked = [limit, cost, replace(cost, team=True)]
    asked += [replace(each, model="sketch/other") for each in asked[:2]] + [replace(each, operation="upscale") for each in asked[:2]]
    all_of_it = {Pool.ACCOUNT: (4, 11), Pool.CHANNEL: (4, 7), Pool.WORKSPACE: (5, 15)}[pool]
    assert await used(store, *asked) == [all_of_it[0], all_of_it[1] * CENT, all_of_it[1] * CENT, 1, CENT, 2, 2 * CENT]


@pytest.mark.parametrize("pool", Pool)
async def test_window_begins_at_its_very_microsecond_also_inside_a_quarter_of_an_hour(store: Store, pool: Pool) -> None:
    odd = DAY_AGO + timedelta(minutes=7, seconds=3, microseconds=1)
    midnight = NOW.replace(hour=0)
    moments = [odd - timedelta(microseconds=1), odd, odd + timedelta(minutes=7), odd + timedelta(minutes=8), midnight, NOW]
    for number, moment in enumerate(moments):
        await enqueue(store, a_job(f"fox{number}", created=moment, count=2**number))
    since = (moments[0] - timedelta(days=3), *moments[:3], midnight, odd + 12 * HOUR, NOW, NOW + timedelta(microseconds=1))
    limits = [replace(of_pool(a_limit(0), pool), since=moment) for moment in since]
    assert await used(store, *limits) == [63, 63, 62, 60, 48, 32, 32, 0]


async def test_money_is_reserved_as_estimated_settled_as_charged_and_given_back_to_the_person_but_not_to_the_team(store: Store) -> None:
    mine, team = money(100), replace(money(100, pool=Pool.WORKSPACE), team=True)
    job = await enqueue(store, a_paid_job("fox1", 40), mine, team)
    assert await used(store, mine, team) == [40 * CENT, 40 * CENT]
    job = await walk(store, job, State.SUBMITTING)
    job = await walk(store, replace(job, cost=Decimal("0.25")), State.GENERATED)
    assert await used(store, mine, team) == [25 * CENT, 25 * CENT]
    await walk(store, job, State.FAILED)
    assert await used(store, mine, team) == [0, 25 * CENT]
    await enqueue(store, a_paid_job("fox2", 100), mine)
    with pytest.raises(OverQuota):
        await enqueue(store, a_paid_job("fox3", 76), team)


async def test_what_costs_nothing_overruns_nothing(store: Store) -> None:
    full = a_limit(1)
    await enqueue(store, a_job("fox1"), full)
    await enqueue(store, replace(a_job("draft1"), weight=0), full, money(0))
    with pytest.raises(OverQuota):
        await enqueue(store, a_job("fox2"), full)


async def test_job_counts_in_the_window_in_which_it_was_asked_even_if_midnight_came_between(store: Store) -> None:
    """It is made a moment before midnight, and its limits a moment after."""
    midnight = NOW.replace(hour=0)
    limit = replace(a_limit(1), since=midnight)
    await enqueue(store, a_job("fox1", created=midnight - timedelta(milliseconds=3)), limit)
    with pytest.raises(OverQuota):
        await enqueue(store, a_job("fox2", created=midnight + HOUR), limit)


async def test_held_job_counts_from_when_it_is_let_go_and_not_before(store: Store) -> None:
    yesterday, today = replace(a_limit(9), since=NOW - timedelta(days=2)), replace(a_limit(2), since=NOW)
    held = await enqueue(store, a_job("fox1", count=2, state=State.HELD, created=NOW - timedelta(days=1)), yesterday)
    assert await used(store, yesterday, today) == [0, 0]
    rival = await enqueue(store, a_job("fox2"), today)
    gone = replace(held, state=State.QUEUED, changed=NOW + HOUR)
    with pytest.raises(OverQuota):
        await store.let_go(gone, was=held, limits=[today])
    assert await store.find("fox1") == held
    await walk(store, rival, State.CANCELLED)
    assert (await store.let_go(gone, was=held, limits=[today])).state is State.QUEUED
    assert await used(store, today) == [2]


async def test_pictures_that_were_held_are_no_new_cost_for_the_budget_when_they_are_let_go(store: Store) -> None:
    """The month is over and the next budget empty: what was paid last month is shown all the same."""
    team = replace(money(0, pool=Pool.WORKSPACE), team=True, since=NOW)
    job = await walk(store, await enqueue(store, replace(a_paid_job("fox1", 7), created=NOW - timedelta(days=1))), State.SUBMITTING)
    held = await walk(store, replace(job, cost=Decimal("0.08")), State.HELD)
    assert await used(store, money(0), replace(team, since=DAY_AGO)) == [0, 8 * CENT]
    await store.let_go(replace(held, state=State.GENERATED, changed=NOW), was=held, limits=[team, money(8)])
    assert await used(store, replace(money(0), since=NOW), team, replace(team, since=DAY_AGO)) == [8 * CENT, 0, 8 * CENT]


@pytest.mark.parametrize("state", [State.QUEUED, State.GENERATED])
async def test_held_job_cannot_slip_past_its_quota(store: Store, state: State) -> None:
    held = await enqueue(store, a_job("fox1", state=State.HELD))
    with pytest.raises(ValueError, match="let go"):
        await store.save(replace(held, state=state), was=held)
    with pytest.raises(ValueError, match="drawn or shown"):
        await store.let_go(replace(held, state=State.BLOCKED), was=held, limits=[])


async def test_held_jobs_let_go_at_once_are_never_one_too_many(store: Store) -> None:
    held = [await enqueue(store, a_job(f"fox{n}", state=State.HELD)) for n in range(12)]
    gone = (store.let_go(replace(job, state=State.QUEUED), was=job, limits=[a_limit(5)]) for job in held)
    answers = await asyncio.gather(*gone, return_exceptions=True)
    assert [sum(isinstance(answer, kind) for answer in answers) for kind in (Job, OverQuota)] == [5, 7]
    assert await used(store, a_limit(0)) == [5]


async def test_same_held_job_let_go_twice_at_once_goes_once(store: Store) -> None:
    held = await enqueue(store, a_job("fox1", state=State.HELD))
    calls = (store.let_go(replace(held, state=State.QUEUED), was=held, limits=[a_limit(5)]) for _ in range(4))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [sum(isinstance(answer, kind) for answer in answers) for kind in (Job, Overtaken)] == [1, 3]


async def test_job_that_gets_dearer_on_its_way_is_asked_for_the_difference(store: Store) -> None:
    """Another model draws it after a fault: 3 of 10 cents more are left, then 4."""
    limit = money(10)
    await enqueue(store, a_paid_job("cat1", 3), limit)
    job = await walk(store, await enqueue(store, a_paid_job("fox1", 4), limit), State.SUBMITTING)
    dear = replace(job, state=State.QUEUED, model="dear", estimate=Decimal("0.08"))
    with pytest.raises(OverQuota) as refused:
        await store.save(dear, was=job, limits=[limit])
    assert refused.value.sentence == "You have used $0.07 of $0.10 this month, and this would be $0.04 more."
    assert await store.find("fox1") == job
    await store.save(replace(dear, estimate=Decimal("0.07")), was=job, limits=[limit])
    assert await used(store, limit) == [10 * CENT]


@pytest.mark.parametrize("pool", Pool)
@pytest.mark.parametrize("measure", Measure)
async def test_rolling_limit_renews_when_its_oldest_use_is_behind_it(store: Store, pool: Pool, measure: Measure) -> None:
    limit = of_pool(a_limit(9), pool) if measure is Measure.IMAGES else money(9, pool=pool)
    rolling = replace(limit, rolling=True, window=Window.DAY)
    assert await store.renewals([rolling, limit]) == [rolling.renews, limit.renews]
    oldest = NOW - timedelta(hours=23, minutes=50, seconds=1)
    free = await enqueue(store, replace(a_paid_job("draft1", 0), weight=0, created=oldest - timedelta(minutes=5)))
    assert free.charge.images == 0
    await enqueue(store, replace(a_paid_job("fox1", 1), created=oldest))
    await enqueue(store, replace(a_paid_job("fox2", 1), created=NOW))
    assert await store.renewals([rolling, limit]) == [oldest + timedelta(days=1, microseconds=1), limit.renews]


@pytest.mark.parametrize("pool", Pool)
async def test_refusal_of_a_rolling_limit_says_when_this_job_would_fit(store: Store, pool: Pool) -> None:
    """Used: 1 image a day and an hour ago, and 2, 2 and 3 since; of 8. Two more fit when the first 2 are gone, six when all but 2 are."""
    limit = replace(of_pool(a_limit(8), pool, of="" if pool is Pool.ACCOUNT else "#general"), rolling=True)
    ages = [25 * HOUR, 23 * HOUR, timedelta(hours=9, minutes=40), timedelta(minutes=1)]
    for number, (age, count) in enumerate(zip(ages, (1, 2, 2, 3), strict=True)):
        await enqueue(store, a_job(f"fox{number}", count=count, created=NOW - age))
    whose, it = ("You have", "Your quota") if pool is Pool.ACCOUNT else ("#general has", "It")
    for count, hour in ((2, "13:01"), (3, "13:01"), (4, "02:21"), (5, "02:21"), (8, "12:00")):
        with pytest.raises(OverQuota) as refused:
            await enqueue(store, a_job("fox9", count=count), limit)
        assert refused.value.sentence == f"{whose} used 7 of 8 images in the last 24 hours, and this would be {count} more."
        day = 14 if hour == "13:01" else 15
        assert refused.value.advice == f"--count 1 would fit. {it} has room for it on {day} March at {hour} UTC."
    with pytest.raises(OverQuota) as refused:
        await enqueue(store, a_job("fox9", count=9), limit)
    assert refused.value.advice == "--count 1 would fit."
