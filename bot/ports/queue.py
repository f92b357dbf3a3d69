"""The queue's socket."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Protocol

TELL = "tell"
"""The lane for whatever people see: cards, results, and cancelling, which must not wait behind drawing."""
REVIEW = "review"
"""The lane for cases: their cards, and what follows from decisions."""


class Queue(Protocol):
    """Wakes workers; knows nothing that the journal does not know."""

    async def put(self, job_id: str, *, lane: str, due: timedelta = timedelta(0), priority: int = 0, once: str = "") -> None:
        """Wake a worker for a job, after `due`, higher priority first.

        While an entry with the same job, lane and `once` is waiting or at work, another is not added.
        """
        ...

    async def run(self, lanes: Mapping[str, int], handle: Callable[[str, str], Awaitable[None]]) -> None:
        """Call `handle(job_id, lane)` for what is put, at most `lanes[lane]` at once across all workers, until `stop`.

        Returns when running handlers have ended. A handler's error is logged and never stops the queue.
        """
        ...

    async def stop(self) -> None:
        """Take nothing more; `run` returns when running handlers have ended."""
        ...

    async def ping(self) -> None:
        """Raise StoreFault when the queue cannot be read."""
        ...
