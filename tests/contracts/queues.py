"""Queues to test with: in memory, and on a real PostgreSQL.

`queue` is a queue, once for each kind; `queue_url` what it was opened with, for tests in which several workers meet.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.ports import Queue
from storage.queue import Handle, PgQueue, install, open_queue

PATIENCE = 20.0
"""Seconds after which a test gives up waiting."""


@pytest.fixture(params=["memory", "postgres"])
async def queue_url(request: pytest.FixtureRequest) -> str | None:
    """None for memory, or a PostgreSQL database with the queue's tables."""
    if request.param == "memory":
        return None
    return await _installed(request)


@pytest.fixture
async def postgres_queue_url(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL database with the queue's tables."""
    return await _installed(request)


async def _installed(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("blank_postgres_url")
    await install(url)
    return url


@pytest.fixture
async def queue(queue_url: str | None) -> AsyncIterator[PgQueue]:
    """An empty queue of each kind."""
    async with open_queue(queue_url) as queue:
        yield queue


class Handled:
    """What a queue called, in order; handlers wait at the gate."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.ended: list[str] = []
        self.most = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.at_work = 0
        self._changed = asyncio.Condition()

    @property
    def jobs(self) -> list[str]:
        """The job ids, in the order in which their handlers started."""
        return [job_id for job_id, _ in self.calls]

    async def __call__(self, job_id: str, lane: str) -> None:
        """The handler."""
        self.calls.append((job_id, lane))
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        await self._tell()
        try:
            await self.gate.wait()
            self.ended.append(job_id)
        finally:
            self.at_work -= 1
            await self._tell()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something about this to become true."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(condition)

    async def started(self, number: int) -> None:
        """Wait until so many handlers have started."""
        await self.until(lambda: len(self.calls) >= number)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def at_work(queue: Queue, lanes: Mapping[str, int], handle: Handle) -> AsyncGenerator[None]:
    """A queue that runs within, and is stopped at the end."""
    async with asyncio.timeout(3 * PATIENCE), asyncio.TaskGroup() as tasks:
        tasks.create_task(queue.run(lanes, handle))
        try:
            yield
        finally:
            await queue.stop()


async def put(queue: Queue, *job_ids: str, lane: str = "sketch", priority: int = 0) -> None:
    """Put entries that are due at once."""
    for job_id in job_ids:
        await queue.put(job_id, lane=lane, due=timedelta(0), priority=priority)
