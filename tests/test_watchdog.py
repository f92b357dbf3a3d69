"""The watchdog knows what a test that hangs is waiting for."""

import asyncio
from io import StringIO

from tests import watchdog


async def waits_for(event: asyncio.Event) -> None:
    await event.wait()


async def test_what_hangs_is_told_with_the_calls_that_every_task_is_in() -> None:
    never, stream = asyncio.Event(), StringIO()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(asyncio.wait_for(waits_for(never), 60), name="the one that waits")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        watchdog.tell("A test takes long.", stream)
        waiting.cancel()
    said = stream.getvalue()
    assert "A test takes long." in said
    assert "name='the one that waits'" in said
    assert "\n    wait_for, " in said
    assert "waits_for, " in said
    assert "Event.wait, " in said
    assert "wait_for=<Future pending" in said


def test_without_an_event_loop_it_says_so() -> None:
    stream = StringIO()
    watchdog.tell("A test takes long.", stream)
    assert stream.getvalue() == "\nA test takes long. No event loop is running.\n"
