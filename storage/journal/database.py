"""A database runs a piece of work in one transaction: on SQLite in threads of its own, on PostgreSQL on the event loop.

Work is a plain function over a SQLAlchemy `Connection`, the same for both. On SQLite it runs whole in one thread: a driver that
crosses threads for every call (aiosqlite) was measured at 1.4 ms for a transaction of three statements, this at 0.2 ms, and a task
that is cancelled cannot leave a transaction half done. On PostgreSQL the same function runs through `AsyncConnection.run_sync`.
"""

import asyncio
import importlib
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import SettingFault, StoreFault

T = TypeVar("T")
_PATIENCE = 10
"""Seconds to wait for a lock of another process, or for a connection."""
_READERS = 2
"""Threads that read a SQLite file beside the one that writes; more only wait for the interpreter."""
_POOL = 10
"""Connections to PostgreSQL a process."""
_SLOWEST = 60
"""Seconds that a statement may take on PostgreSQL before the connection counts as lost."""


class Database(Protocol):
    """Runs work in transactions. Raises StoreFault where the database fails; what the work raises by itself rolls back and passes."""

    async def write(self, work: Callable[[Connection], T], *, then: Callable[[AsyncConnection, T], Awaitable[None]] | None = None) -> T:
        """Run `work`, and after it `then` with what it gave, in one transaction that may write."""
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which reads with one statement: each statement sees the journal as it is when it starts."""
        ...


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[Database]:
    """A database by its URL: `sqlite:///path`, `sqlite:///:memory:` or `postgresql://user:password@host/name`.

    Raises:
        SettingFault: it is no such URL.
        StoreFault: the folder of the file cannot be made.
    """
    with translated():
        database = Sqlite(read_path(url)) if url.startswith("sqlite") else Postgres(read_dsn(url))
    try:
        yield database
    finally:
        await database.close()


def read_path(url: str) -> str:
    """The path in a SQLite URL as it stands there, or `:memory:`. Raises SettingFault."""
    scheme, separator, path = url.partition("://")
    if scheme not in {"sqlite", "sqlite+aiosqlite"} or not separator or (path and not path.startswith("/")):
        raise _unknown()
    return path[1:] or ":memory:"


def read_dsn(url: str) -> str:
    """What asyncpg takes, from a PostgreSQL URL as people and hosts write it. Raises SettingFault."""
    scheme, separator, rest = url.partition("://")
    if scheme.partition("+")[0] not in {"postgresql", "postgres"} or not separator:
        raise _unknown()
    address, question, query = rest.partition("?")
    # A word of libpq about what asyncpg does by itself; asyncpg would send it to the server, which does not know it.
    words = [word for word in query.split("&") if not word.startswith("channel_binding=")]
    return f"postgresql://{address}{question if any(words) else ''}{'&'.join(words)}"


def _unknown() -> SettingFault:
    # The URL itself may hold a password, and is not repeated.
    return SettingFault(
        "BOT_DATABASE_URL is no database we know: write sqlite:///path or postgresql://user:password@host/name, "
        "or leave it out for sqlite:///data/limner.db."
    )


@contextmanager
def translated() -> Generator[None]:
    """Turns what drivers raise into StoreFault. Statements and their values stay out of it: they hold prompts."""
    try:
        yield
    except DBAPIError as error:
        raise StoreFault(_sentence(error.orig or error)) from error
    except (SQLAlchemyError, sqlite3.Error, OSError, TimeoutError, UnicodeError) as error:
        raise StoreFault(_sentence(error)) from error


def _sentence(error: BaseException) -> str:
    if "locked" in str(error):
        return f"The journal is locked by another process for more than {_PATIENCE} seconds; is a backup or a second bot at work on it?"
    first = next(iter(str(error).splitlines()), "")
    return f"The journal cannot be read or written: {first or type(error).__name__}. Check BOT_DATABASE_URL and the database behind it."


class Sqlite:
    """A SQLite file with one thread that writes and a few that read, or a database in memory with one thread for both."""

    def __init__(self, path: str) -> None:
        if path == ":memory:":
            self._writer = self._reader = _Threads(":memory:", 1, begin="BEGIN IMMEDIATE")
        else:
            file = Path(path).expanduser()
            file.parent.mkdir(parents=True, exist_ok=True)
            # One writer: SQLite has but one at a time anyway, and ours wait in order, where its own lock waits by sleeping.
            # IMMEDIATE, because a reader that turns into a writer half-way is refused, whatever it is willing to wait.
            self._writer = _Threads(str(file), 1, begin="BEGIN IMMEDIATE")
            self._reader = _Threads(str(file), _READERS, begin=None)

    async def write(self, work: Callable[[Connection], T], *, then: Callable[[AsyncConnection, T], Awaitable[None]] | None = None) -> T:
        """As the protocol says, in the one thread that writes. ValueError for `then`."""
        if then is not None:
            raise ValueError("A queue shares the journal's transaction on PostgreSQL only; with SQLite it is in memory.")
        return await self._writer.run(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """As the protocol says, in a thread that reads."""
        return await self._reader.run(work)

    async def close(self) -> None:
        """End the threads, when what they do is done."""
        await self._reader.close()
        if self._writer is not self._reader:
            await self._writer.close()


class _Threads:
    """Threads with a SQLite connection each."""

    def __init__(self, path: str, count: int, *, begin: str | None) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="journal")
        # Connections between two pieces of work: to take one from SQLAlchemy's pool and give it back costs as much as a short statement.
        self._idle: list[Connection] = []
        self._engine = create_engine(
            URL.create("sqlite", database=path),
            poolclass=QueuePool,
            pool_size=count,
            max_overflow=0,
            connect_args={"timeout": _PATIENCE, "check_same_thread": False},
            # Without a BEGIN each statement is its own transaction, which is what a single read wants.
            **({} if begin else {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}),
        )
        _prepare(self._engine, begin)

    async def run(self, work: Callable[[Connection], T]) -> T:
        def transact() -> T:
            with translated():
                connection = self._idle.pop() if self._idle else self._engine.connect()
                try:
                    with connection.begin():
                        result = work(connection)
                except BaseException:
                    # Whatever state it is in, the next piece of work gets another.
                    connection.close()
                    raise
                self._idle.append(connection)
                return result

        return await asyncio.get_running_loop().run_in_executor(self._pool, transact)

    async def close(self) -> None:
        def end() -> None:
            while self._idle:
                self._idle.pop().close()
            self._engine.dispose()

        await asyncio.get_running_loop().run_in_executor(self._pool, end)
        self._pool.shutdown()


def _prepare(engine: Engine, begin: str | None) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:  # pyright: ignore[reportUnusedFunction] - SQLAlchemy calls it
        # Python would start transactions by itself, too late and as DEFERRED.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    if begin:

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction] - SQLAlchemy calls it
            # Said to the driver itself: SQLAlchemy's way to it takes ten times as long.
            driver: Any = connection.connection.driver_connection
            driver.execute(begin).close()


class Postgres:
    """PostgreSQL through asyncpg."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._asyncpg = _driver()
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
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
            return await self._asyncpg.connect(self._dsn, timeout=_PATIENCE, command_timeout=_SLOWEST)
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
            raise StoreFault(_sentence(error)) from error


def _driver() -> Any:  # noqa: ANN401 - asyncpg has no types
    # Imported when it is needed: a bot on SQLite starts sooner without.
    return importlib.import_module("asyncpg")
