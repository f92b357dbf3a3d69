"""The Queue port's contract, over every implementation."""

import asyncio
import logging
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.ports import Queue
from tests.contracts.queues import PATIENCE, Handled, at_work, put

LANES = {"sketch": 3, "tell": 10}


async def test_what_is_put_is_handled_with_its_lane(queue: Queue) -> None:
    handled = Handled()
    async with at_work(queue, LANES, handled):
        await put(queue, "fox", lane="sketch")
        await handled.started(1)
        await put(queue, "fox", lane="tell")
        await handled.started(2)
    assert handled.calls == [("fox", "sketch"), ("fox", "tell")]


async def test_what_is_put_before_the_worker_runs_is_not_lost(queue: Queue) -> None:
    handled = Handled()
    await put(queue, "fox")
    async with at_work(queue, LANES, handled):
        await handled.started(1)
    assert handled.jobs == ["fox"]


async def test_entries_wait_until_they_are_due(queue: Queue) -> None:
    handled = Handled()
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with at_work(queue, LANES, handled):
        await queue.put("last", lane="sketch", due=timedelta(seconds=0.45))
        await queue.put("middle", lane="sketch", due=timedelta(seconds=0.25))
        await put(queue, "first")
        await handled.started(3)
    assert handled.jobs == ["first", "middle", "last"]
    assert loop.time() - began >= 0.45


async def test_an_entry_due_in_the_past_is_due_now(queue: Queue) -> None:
    handled = Handled()
    async with at_work(queue, LANES, handled):
        await queue.put("fox", lane="sketch", due=timedelta(seconds=-5))
        await handled.started(1)
    assert handled.jobs == ["fox"]


async def test_higher_priority_goes_first_and_equals_in_their_order(queue: Queue) -> None:
    handled = Handled()
    await put(queue, "low", priority=-60)
    await put(queue, "one", "two", "three")
    await put(queue, "high", priority=7)
    async with at_work(queue, {"sketch": 1}, handled):
        await handled.started(5)
    assert handled.jobs == ["high", "one", "two", "three", "low"]


async def test_an_entry_that_waits_already_is_not_added_again(queue: Queue) -> None:
    handled = Handled()
    for _ in range(3):
        await put(queue, "fox")
    await put(queue, "hen", priority=-1)
    async with at_work(queue, {"sketch": 1}, handled):
        await handled.until(lambda: "hen" in handled.jobs)
    assert handled.jobs == ["fox", "hen"]


async def test_an_entry_that_is_at_work_is_not_added_again(queue: Queue) -> None:
    handled = Handled()
    handled.gate.clear()
    async with at_work(queue, LANES, handled):
        await put(queue, "fox")
        await handled.started(1)
        await put(queue, "fox")
        await put(queue, "hen")
        await handled.started(2)
        handled.gate.set()
    assert handled.jobs == ["fox", "hen"]


async def test_another_lane_and_another_once_are_other_entries(queue: Queue) -> None:
    handled = Handled()
    handled.gate.clear()
    async with at_work(queue, LANES, handled):
        await put(queue, "fox", lane="sketch")
        await put(queue, "fox", lane="tell")
        await queue.put("fox", lane="tell", once="v2")
        await handled.started(3)
        handled.gate.set()
    assert sorted(handled.calls) == [("fox", "sketch"), ("fox", "tell"), ("fox", "tell")]


async def test_the_same_entry_may_come_again_when_it_has_ended(queue: Queue) -> None:
    handled = Handled()
    async with asyncio.timeout(PATIENCE), at_work(queue, LANES, handled):
        await put(queue, "fox")
        await handled.until(lambda: handled.ended == ["fox"])
        while len(handled.calls) == 1:
            await put(queue, "fox")
            await asyncio.sleep(0)
    assert set(handled.jobs) == {"fox"}


async def test_a_handler_may_put_its_own_next_step(queue: Queue) -> None:
    handled = Handled()

    async def step(job_id: str, lane: str) -> None:
        await handled(job_id, lane)
        if len(handled.calls) < 5:
            await queue.put(job_id, lane=lane, once=f"v{len(handled.calls)}")

    async with at_work(queue, {"sketch": 1}, step):
        await put(queue, "fox")
        await handled.started(5)
    assert handled.jobs == ["fox"] * 5


async def test_duplicates_are_dropped_without_a_word(queue: Queue, caplog: pytest.LogCaptureFixture) -> None:
    handled = Handled()
    with caplog.at_level(logging.INFO), capture_logs() as lines:
        for _ in range(3):
            await put(queue, "fox")
        async with at_work(queue, LANES, handled):
            await handled.started(1)
    assert not caplog.records
    assert not lines


async def test_a_failing_handler_is_logged_with_its_job_and_stops_nobody(queue: Queue) -> None:
    handled = Handled()

    async def stumble(job_id: str, lane: str) -> None:
        if job_id == "fox":
            raise RuntimeError("a vendor's surprise")
        await handled(job_id, lane)

    with capture_logs() as lines:
        async with at_work(queue, {"sketch": 1}, stumble):
            await put(queue, "fox", "hen")
            await handled.started(1)
    assert [(line["job"], line["lane"], line["log_level"]) for line in lines] == [("fox", "sketch", "error")]


async def test_a_handler_that_cancels_itself_stops_nobody(queue: Queue) -> None:
    handled = Handled()

    async def give_up(job_id: str, lane: str) -> None:
        if job_id == "fox":
            raise asyncio.CancelledError
        await handled(job_id, lane)

    with capture_logs() as lines:
        async with at_work(queue, {"sketch": 1}, give_up):
            await put(queue, "fox", "hen")
            await handled.started(1)
    assert [line["job"] for line in lines] == ["fox"]


async def test_a_lane_never_has_more_at_work_than_its_limit(queue: Queue) -> None:
    handled = Handled()
    handled.gate.clear()
    async with at_work(queue, {"sketch": 3}, handled):
        await put(queue, *(f"job{number}" for number in range(20)))
        await handled.started(3)
        handled.gate.set()
        await handled.until(lambda: len(handled.ended) == 20)
    assert handled.most == 3


async def test_a_full_lane_does_not_hold_up_another(queue: Queue) -> None:
    handled = Handled()
    handled.gate.clear()
    async with at_work(queue, {"sketch": 1, "tell": 1}, handled):
        await put(queue, *(f"job{number}" for number in range(100)), priority=5)
        await handled.started(1)
        await put(queue, "news", lane="tell", priority=-100)
        await handled.started(2)
        handled.gate.set()
        assert handled.calls[1] == ("news", "tell")


async def test_many_sleeping_handlers_share_a_lane(queue: Queue) -> None:
    handled = Handled()
    handled.gate.clear()
    async with at_work(queue, {"sketch": 2_000}, handled):
        await put(queue, *(f"job{number}" for number in range(500)))
        await handled.started(500)
        handled.gate.set()
    assert handled.most == 500
    assert len(handled.ended) == 500


@pytest.mark.parametrize(
    "lane", ["flux-2-pro", "fill_in.v2", "Bild & Ton", "éclair 🎨", 'o\'neil "x"; --', "back\\slash", "tab\tline\n", "\udcff"]
)
async def test_lanes_may_be_named_like_any_file(queue: Queue, lane: str) -> None:
    handled = Handled()
    async with at_work(queue, {lane: 1, "tell": 1}, handled):
        await put(queue, "fox", lane=lane)
        await handled.started(1)
    assert handled.calls == [("fox", lane)]


async def test_a_lane_that_nobody_runs_waits(queue: Queue) -> None:
    handled = Handled()
    async with at_work(queue, {"tell": 1}, handled):
        await put(queue, "fox", lane="sketch")
        await put(queue, "hen", lane="tell")
        await handled.started(1)
    assert handled.calls == [("hen", "tell")]


async def test_stopping_lets_running_handlers_end_and_takes_nothing_more(queue: Queue) -> None:
    handled = Handled()
    handled.gate.clear()
    async with at_work(queue, {"sketch": 1}, handled):
        await put(queue, "fox", "hen")
        await handled.started(1)
        await queue.stop()
        handled.gate.set()
    assert handled.ended == ["fox"]


async def test_an_idle_queue_stops_with_entries_due_later(queue: Queue) -> None:
    handled = Handled()
    await queue.put("fox", lane="sketch", due=timedelta(hours=1))
    async with asyncio.timeout(PATIENCE), at_work(queue, LANES, handled):
        await put(queue, "hen")
        await handled.started(1)
    assert handled.jobs == ["hen"]


async def test_a_queue_stopped_before_it_runs_takes_nothing(queue: Queue) -> None:
    handled = Handled()
    await put(queue, "fox")
    await queue.stop()
    async with asyncio.timeout(PATIENCE):
        await queue.run(LANES, handled)
    assert handled.jobs == []


async def test_cancelling_the_run_ends_running_handlers(queue: Queue) -> None:
    handled = Handled()
    handled.gate.clear()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(queue.run(LANES, handled))
        await put(queue, "fox")
        await handled.started(1)
        running.cancel()
        await asyncio.wait([running])
    assert running.cancelled()
    assert handled.at_work == 0
    assert handled.ended == []
