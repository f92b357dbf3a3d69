"""The database: the playground's own small SQLite file, since it plays the vendor's servers, which remember what was said.

One connection, WAL, `synchronous=NORMAL`: an application crash (`kill -9` included) loses nothing that was committed. Writes take turns
under a lock, because coroutines share the connection and a transaction spans several awaits.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

from bot.errors import PlatformFault

Cell = str | int | float | bytes | None

_TABLES = """
CREATE TABLE IF NOT EXISTS messages (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  change INTEGER NOT NULL,
  channel TEXT NOT NULL,
  root INTEGER,
  author TEXT NOT NULL,
  audience TEXT,
  key TEXT UNIQUE,
  content TEXT NOT NULL,
  pictures INTEGER NOT NULL DEFAULT 0,
  thread TEXT,
  gone INTEGER NOT NULL DEFAULT 0,
  created TEXT NOT NULL,
  edited TEXT
);
CREATE INDEX IF NOT EXISTS messages_by_channel ON messages (channel, root, number);
CREATE INDEX IF NOT EXISTS messages_by_root ON messages (root, number);
CREATE INDEX IF NOT EXISTS messages_by_change ON messages (change);
CREATE INDEX IF NOT EXISTS whispers ON messages (audience, channel, number) WHERE audience IS NOT NULL;
CREATE TABLE IF NOT EXISTS reactions (
  number INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (number, emoji, person)
);
CREATE TABLE IF NOT EXISTS reads (person TEXT NOT NULL, channel TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (person, channel));
CREATE TABLE IF NOT EXISTS answers (event TEXT PRIMARY KEY, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS uploads (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  body BLOB NOT NULL,
  created TEXT NOT NULL
);
"""


class Database:
    """The connection, and whose turn it is to write."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    async def rows(self, query: str, values: Iterable[Cell] = ()) -> list[sqlite3.Row]:
        """What a query finds. Raises PlatformFault."""
        try:
            return list(await self._connection.execute_fetchall(query, tuple(values)))
        except sqlite3.Error as error:
            raise PlatformFault(f"The playground's own database cannot be read: {error}") from error

    async def row(self, query: str, values: Iterable[Cell] = ()) -> sqlite3.Row | None:
        """The first row, or None."""
        found = await self.rows(query, values)
        return found[0] if found else None

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[aiosqlite.Connection]:
        """A transaction: all of it is kept, or none. Raises PlatformFault."""
        async with self._turn:
            try:
                await self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                except BaseException:
                    await self._connection.rollback()
                    raise
                await self._connection.commit()
            except sqlite3.Error as error:
                raise PlatformFault(f"The playground's own database cannot be written: {error}") from error


@asynccontextmanager
async def open_database(path: Path) -> AsyncGenerator[Database]:
    """The database in a file, its tables made when they are not there. Closed at the end."""
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        connection.row_factory = sqlite3.Row
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=NORMAL")
        await connection.execute("PRAGMA busy_timeout=5000")
        await connection.executescript(_TABLES)
        yield Database(connection)
