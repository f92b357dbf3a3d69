"""The pace: bursts, the line after them, pauses, and room for progress only while there is plenty."""

import asyncio

import pytest

from adapters.platforms.slack.pace import BUDGETS, CHANNEL, Pace
from bot.errors import PlatformFault


class Clock:
    """A clock that whoever sleeps moves on."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(now=lambda: clock.time, sleep=clock.sleep)


async def test_a_burst_is_let_through_and_then_it_is_one_by_one(pace: Pace, clock: Clock) -> None:
    budget = BUDGETS["chat.update"]
    for _ in range(budget.burst):
        await pace.turn("T1", "chat.update")
    assert clock.slept == []
    await pace.turn("T1", "chat.update")
    assert clock.slept == [pytest.approx(budget.every)]


@pytest.mark.parametrize(("method", "most"), [("chat.update", 50), ("files.info", 100), ("usergroups.list", 20)])
async def test_no_minute_has_more_calls_than_slack_allows(pace: Pace, clock: Clock, method: str, most: int) -> None:
    times: list[float] = []
    for _ in range(3 * most):
        await pace.turn("T1", method)
        times.append(clock.time)
    assert max(sum(1 for time in times if start <= time < start + 60) for start in times) <= most


async def test_one_message_a_second_in_a_channel_and_other_channels_do_not_wait(pace: Pace, clock: Clock) -> None:
    for _ in range(CHANNEL.burst + 3):
        await pace.turn("T1", "chat.postMessage", channel="C1")
    assert clock.slept == [pytest.approx(1.0)] * 3
    clock.slept.clear()
    await pace.turn("T1", "chat.postMessage", channel="C2")
    assert clock.slept == []


async def test_a_pause_holds_for_its_method_and_workspace_alone(pace: Pace, clock: Clock) -> None:
    pace.pause("T1", "chat.update", 30)
    await pace.turn("T2", "chat.update")
    await pace.turn("T1", "chat.postMessage", channel="C1")
    assert clock.slept == []
    await pace.turn("T1", "chat.update")
    assert clock.slept == [30]


async def test_whoever_waits_already_waits_for_a_new_pause_too(clock: Clock) -> None:
    async def sleep(seconds: float) -> None:
        if not clock.slept:
            pace.pause("T1", "chat.update", 12)
        await clock.sleep(seconds)

    pace = Pace(now=lambda: clock.time, sleep=sleep)
    pace.pause("T1", "chat.update", 5)
    await pace.turn("T1", "chat.update")
    assert clock.slept == [5, 7]


async def test_a_pause_that_is_too_long_is_a_passing_fault(pace: Pace, clock: Clock) -> None:
    pace.pause("T1", "chat.update", 300)
    with pytest.raises(PlatformFault) as fault:
        await pace.turn("T1", "chat.update")
    assert not fault.value.permanent
    assert clock.slept == []
    await pace.turn("T1", "chat.update", patience=400)
    assert clock.slept == [300]


async def test_progress_leaves_room_for_what_must_land(pace: Pace, clock: Clock) -> None:
    taken = 0
    while pace.spare("T1", "chat.update"):
        await pace.turn("T1", "chat.update")
        taken += 1
    assert 0 < taken < BUDGETS["chat.update"].burst
    await pace.turn("T1", "chat.update")
    assert clock.slept == []


async def test_progress_waits_out_a_pause(pace: Pace, clock: Clock) -> None:
    pace.pause("T1", "chat.update", 10)
    assert not pace.spare("T1", "chat.update")
    clock.time += 60
    assert pace.spare("T1", "chat.update")
