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

from storage.queue.loop import HEARTBEAT, Handle, MemoryQueue, PgQueue
from storage.queue.postgres import announce, install, open_postgres

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
    async with open_postgres(url, heartbeat) as queue:
        yield queue
