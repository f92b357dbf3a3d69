"""PostgreSQL runs a piece of work on the event loop, through asyncpg and `AsyncConnection.run_sync`."""

import importlib
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import SettingFault, StoreFault
from storage.journal.faults import PATIENCE, sentence, translated

T = TypeVar("T")
_POOL = 10
"""Connections to PostgreSQL a process."""
_SLOWEST = 60
"""Seconds that a statement may take on PostgreSQL before the connection counts as lost."""


class Postgres:
    """PostgreSQL through asyncpg."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._asyncpg = _driver()
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            # An error's text goes into the log, and a statement's values hold prompts.
            hide_parameters=True,
            async_creator=self._connect,
            pool_size=_POOL,
            max_overflow=0,
            pool_timeout=30,
            # A connection that was cut while it rested is replaced before anybody notices.
            pool_pre_ping=True,
        )
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def _connect(self) -> Any:  # noqa: ANN401 - asyncpg has no types
        try:
            return await self._asyncpg.connect(self._dsn, timeout=PATIENCE, command_timeout=_SLOWEST)
        except (ValueError, TypeError):
            # Its message may quote a part of the password that was taken for a port.
            raise SettingFault(
                "BOT_DATABASE_URL cannot be read: write postgresql://user:password@host/name, "
                "with special characters in the password encoded (/ as %2F, @ as %40)."
            ) from None

    async def write(self, work: Callable[[Connection], T], *, then: Callable[[AsyncConnection, T], Awaitable[None]] | None = None) -> T:
        """As the protocol says, on a connection of the pool."""
        with self._translated():
            async with self._engine.begin() as connection:
                result = await connection.run_sync(work)
                if then is not None:
                    await then(connection, result)
                return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        """As the protocol says, without BEGIN and COMMIT: two round trips less."""
        with self._translated():
            async with self._reading.connect() as connection:
                return await connection.run_sync(work)

    async def tidy(self) -> bool:
        """Nothing: the server's own vacuum does it, in its own time."""
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    @contextmanager
    def _translated(self) -> Generator[None]:
        # While connecting, asyncpg's own errors arrive unwrapped.
        try:
            with translated():
                yield
        except (self._asyncpg.PostgresError, self._asyncpg.InterfaceError) as error:
            raise StoreFault(sentence(error)) from error


def _driver() -> Any:  # noqa: ANN401 - asyncpg has no types
    return importlib.import_module("asyncpg")
