"""A database runs a piece of work in one transaction: SQLite in threads of its own, PostgreSQL on the event loop.

Work is a plain function over a SQLAlchemy `Connection`, the same for both.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import Connection

from bot.errors import SettingFault
from storage.journal.faults import translated
from storage.journal.sqlite import Sqlite

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from storage.journal.postgres import Postgres

T = TypeVar("T")


class Database(Protocol):
    """Runs work in transactions. Raises StoreFault where the database fails; what the work raises by itself rolls back and passes."""

    async def write(self, work: Callable[[Connection], T], *, then: "Callable[[AsyncConnection, T], Awaitable[None]] | None" = None) -> T:
        """Run `work`, and after it `then` with what it gave, in one transaction that may write."""
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which reads with one statement: each statement sees the journal as it is when it starts."""
        ...

    async def tidy(self) -> bool:
        """Overwrite what was deleted wherever the database still keeps it. False while somebody else reads."""
        ...


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[Database]:
    """A database by its URL: `sqlite:///path`, `sqlite:///:memory:` or `postgresql://user:password@host/name`.

    Raises:
        SettingFault: it is no such URL.
        StoreFault: the folder of the file cannot be made.
    """
    with translated():
        database = Sqlite(read_path(url)) if url.startswith("sqlite") else _postgres(url)
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


def _postgres(url: str) -> "Postgres":
    # Imported when it is needed: a bot on SQLite starts sooner without.
    from storage.journal.postgres import Postgres  # noqa: PLC0415

    return Postgres(read_dsn(url))
