"""The watchdog: a test that hangs says what each of its tasks waits for; a minute later it fails alone, and the other tests go on.

The first is done here. The second is `faulthandler_timeout` in pyproject.toml: the stacks of all threads, and the end of the worker.
"""

import asyncio
import signal
import sys
from collections.abc import Generator, Iterator
from typing import Any, TextIO

import pytest

PATIENCE = 120.0
"""Seconds after which a test is taken to hang: several times what the longest one needs on a busy machine."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Watch over a test with its fixtures."""
    # Typed by pytest as any plugin; this one is always there, and knows how to write past what it captures.
    captured: Any = item.config.pluginmanager.getplugin("capturemanager")

    def bark(*_: object) -> None:
        with captured.global_and_fixture_disabled():
            tell(f"{item.nodeid} takes longer than {PATIENCE:.0f} s.", sys.stderr)

    before = signal.signal(signal.SIGALRM, bark)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def tell(what: str, stream: TextIO) -> None:
    """Write what every task of the running event loop waits for, from its outermost call to its innermost."""
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:
        stream.write(f"\n{what} No event loop is running.\n")
        return
    stream.write(f"\n{what} Its tasks, each with the calls that it is in:\n")
    for task in sorted(tasks, key=lambda task: task.get_name()):
        asked = f", asked {task.cancelling()} times to end" if task.cancelling() else ""
        stream.write(f"{task!r}{asked}\n")
        stream.writelines(f"    {call}\n" for call in calls(task.get_coro()))
    stream.flush()


def calls(awaited: object) -> Iterator[str]:
    """The calls that a coroutine is in, from its own to the innermost one."""
    while awaited is not None:
        for kind in ("cr", "gi", "ag"):
            frame = getattr(awaited, f"{kind}_frame", None)
            if frame:
                yield f"{frame.f_code.co_qualname}, {frame.f_code.co_filename}:{frame.f_lineno}"
                awaited = getattr(awaited, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")
                break
        else:
            return
