"""The log of a story, as a bot in earnest writes it: kept aside, and read at the end for what must never stand in it."""

import asyncio
import json
import logging
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import structlog

from bot import logs


@dataclass(kw_only=True)
class Logbook:
    """Every line that was logged at info and above."""

    stream: StringIO = field(default_factory=StringIO)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def assert_quiet(self, *, expected: Iterable[str] = ()) -> None:
        """Fail for anything that ended in a trace, and for errors whose event is not `expected`."""
        bad = [line for line in self.lines if "exception" in line or "never retrieved" in str(line) or "Traceback" in str(line)]
        bad += [line for line in self.lines if line["level"] in {"error", "critical"} and line["event"] not in expected]
        assert not bad, "\n".join(line.get("exception", "") + str({k: v for k, v in line.items() if k != "exception"}) for line in bad)

    def assert_discreet(self, words: Iterable[str]) -> None:
        """Fail where a secret, or what somebody typed, stands in the log."""
        told = [word for word in words if word in self.text]
        assert not told, f"{told} in the log"


@contextmanager
def keep_log() -> Generator[Logbook]:
    """Have everything logged into a book until the block ends, and then where it went before."""
    book = Logbook()
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.set_up(form="json", level="info", stream=book.stream)
    try:
        yield book
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)


@contextmanager
def count_tasks() -> Generator[None]:
    """Fail where tasks that began in the block run on after it."""
    before = asyncio.all_tasks()
    yield
    # A vendor's own connections may be kept open.
    left = [task for task in asyncio.all_tasks() - before if not task.done() and "RequestHandler.start" not in repr(task)]
    assert not left, f"still running: {left}"
