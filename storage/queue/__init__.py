"""The Queue: pgqueuer keeps the entries, in memory beside a SQLite journal and on PostgreSQL otherwise.

pgqueuer's part is everything that must be right between machines: the tables, claims that no two workers share, seats that hold a lane's
limit across all workers, dedupe keys, LISTEN/NOTIFY, stale claims, and an in-memory twin with the same methods. The loop that takes
entries is ours, because pgqueuer's own gives a seat back up to 100 ms after its handler ended (ten jobs a second in a lane of one), looks
no oftener than that for what falls due, forgets the entry of a cancelled handler, and when the database goes away for a moment stops
taking entries until the last running handler has ended.

An entry is one wake-up: lane, job id and `once`. Losing one delays a job until the worker's sweep; it never loses the job.

    entries.py   how our words (job, lane, once) are written in pgqueuer's
    loop.py      takes what is due and runs handlers; the same for memory and PostgreSQL
    postgres.py  tables, connections, notifications, and putting within the journal's transaction
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import ModuleType
from typing import TYPE_CHECKING

from storage.queue.loop import HEARTBEAT, Handle, MemoryQueue, PgQueue

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["Handle", "PgQueue", "announce", "install", "open_queue"]


@asynccontextmanager
async def open_queue(url: str | None, *, heartbeat: timedelta = HEARTBEAT) -> AsyncGenerator[PgQueue]:
    """A queue in memory (`None`), or on the PostgreSQL of a URL whose tables `install` has made.

    `heartbeat` is how long a worker may be silent before another takes over what it had at work.

    Raises:
        StoreFault: the database cannot be reached, or has no queue in it.
    """
    if url is None:
        yield MemoryQueue(heartbeat)
        return
    async with _postgres().open_postgres(url, heartbeat) as queue:
        yield queue


async def install(url: str) -> None:
    """Make the queue's tables on PostgreSQL, or bring them up to date. May be repeated, and by several at once."""
    await _postgres().install(url)


async def announce(connection: "AsyncConnection", job_id: str, lane: str, priority: int = 0, *, once: str = "") -> None:
    """Put an entry in the transaction of a PostgreSQL journal: the wake-up is there when, and only when, the job is."""
    await _postgres().announce(connection, job_id, lane, priority, once=once)


def _postgres() -> ModuleType:
    # Imported when it is needed: a queue in memory starts sooner without.
    from storage.queue import postgres  # noqa: PLC0415

    return postgres
