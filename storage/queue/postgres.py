"""The queue on PostgreSQL: its tables, its connections, and the journal's transaction."""

import asyncio
import importlib
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import Any

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import SettingFault, StoreFault
from storage.journal.database import read_dsn
from storage.queue.entries import builders, enqueue, queue_settings
from storage.queue.loop import PgQueue, Wake

_AGAIN = 1.0
"""Seconds until the next try to listen."""


@asynccontextmanager
async def open_postgres(url: str, heartbeat: timedelta) -> AsyncGenerator[PgQueue]:
    """A queue on a PostgreSQL whose tables `install` has made. Raises StoreFault, SettingFault."""
    dsn = read_dsn(url)
    troubles = _troubles()
    with _connecting():
        pool = await _driver().create_pool(dsn, min_size=1, max_size=6, command_timeout=30)

    async def listen(wake: Wake) -> None:
        while True:
            with suppress(*troubles):
                await _listen(dsn, wake)
            await asyncio.sleep(_AGAIN)

    async with pool:
        entries = Queries(AsyncpgPoolDriver(pool), **builders())
        if not await entries.schema_is_installed():
            raise StoreFault("The queue's tables are not in the database yet; run `limner migrate` once.")
        yield PgQueue(entries, heartbeat=heartbeat, listen=listen, troubles=troubles)


async def install(url: str) -> None:
    """Make the queue's tables on PostgreSQL, or bring them up to date. May be repeated, and by several at once."""
    with _connecting():
        connection = await _driver().connect(read_dsn(url))
    try:
        entries = Queries(AsyncpgDriver(connection), **builders())
        async with entries.schema_lock():
            if await entries.schema_is_installed():
                await entries.upgrade()
            else:
                await entries.install()
    finally:
        await connection.close()


async def announce(connection: AsyncConnection, job_id: str, lane: str, priority: int = 0, *, once: str = "") -> None:
    """Put an entry in the transaction of a PostgreSQL journal: the wake-up is there when, and only when, the job is.

    Workers hear of it when the transaction commits. Errors are the database's own and end the transaction like any other statement's.
    """
    raw: Any = (await connection.get_raw_connection()).driver_connection
    if not raw.is_in_transaction():
        # SQLAlchemy begins with its own first statement; without one, this entry would be committed by itself.
        await connection.exec_driver_sql("SELECT 1")
    await enqueue(Queries(AsyncpgDriver(raw), **builders()), job_id, lane=lane, due=timedelta(0), priority=priority, once=once)


async def _listen(dsn: str, wake: Wake) -> None:
    """Hear of every change until the connection is lost. It has a connection of its own, which a pool would reset."""
    connection = await _driver().connect(dsn)
    try:
        lost = asyncio.Event()
        connection.add_termination_listener(_deaf(lost.set))
        await connection.add_listener(queue_settings().channel, _deaf(wake))
        # Whatever was put before the ear was open has been missed.
        wake()
        await lost.wait()
    finally:
        await connection.close(timeout=1)


@contextmanager
def _connecting() -> Generator[None]:
    try:
        yield
    except (ValueError, TypeError):
        # asyncpg's message may quote a part of the password that was taken for a port.
        raise SettingFault("BOT_DATABASE_URL cannot be read: write postgresql://user:password@host/name.") from None
    except _troubles() as trouble:
        raise StoreFault(f"The queue's database cannot be reached: {trouble}. Check BOT_DATABASE_URL.") from trouble


def _deaf(wake: Wake) -> Callable[..., None]:
    # asyncpg tells who, where and what; a worker looks for itself.
    def hear(*_: object) -> None:
        wake()

    return hear


def _driver() -> Any:  # noqa: ANN401 - asyncpg has no types
    # Imported when it is needed: the embedded default never is, and starts sooner without.
    return importlib.import_module("asyncpg")


def _troubles() -> tuple[type[Exception], ...]:
    # A connection that is cut in the middle of a statement can end in the driver's complaint about its own state.
    driver = _driver()
    return (OSError, driver.PostgresError, driver.InterfaceError, driver.InternalClientError)
