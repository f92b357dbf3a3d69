"""The history: what was said, edited, answered and reacted to, each change with a number that only grows.

A browser remembers the highest change it saw and asks for what came after: that is how a dropped connection leaves no gap and no duplicate.
Messages are numbered in the order in which they were said; a thread is named after the message it hangs on.
"""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Row
from typing import Any

from adapters.platforms.playground.database import Cell, Database

JSON = dict[str, Any]
WHISPERS = 50
"""So many whispers are kept for a person in a channel."""
_ANSWERS = 2000
"""So many answers are kept for browsers that ask again after a dropped connection."""
_LEAP = 1000
"""Added to the change number at every start: a crash may have taken numbers with it that a browser had heard of already."""


@dataclass(frozen=True, kw_only=True)
class Replies:
    """What hangs under a message."""

    count: int
    pictures: int
    last: str
    authors: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One message as it stands."""

    number: int
    change: int
    channel: str
    root: int | None
    """The number of the message that its thread hangs on."""
    author: str
    audience: str | None
    """The one who sees it, or None for everybody in the channel."""
    content: JSON
    thread: str | None
    """The title of the thread under it, or None while there is none."""
    gone: bool
    """A whisper that was dismissed."""
    created: str
    edited: str | None
    reactions: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    replies: Replies | None = None


class History:
    """Reads and writes messages. Times come from `now`."""

    def __init__(self, database: Database, now: Callable[[], datetime], *, change: int) -> None:
        self._database = database
        self._now = now
        self.change = change
        """The highest change there is."""

    async def add(
        self,
        *,
        channel: str,
        root: int | None,
        author: str,
        content: JSON,
        key: str | None = None,
        audience: str | None = None,
        pictures: int = 0,
    ) -> tuple[Entry, bool]:
        """A new message, and whether it is new: under a key that was used before, the old one is given and nothing is written."""
        async with self._database.writing() as connection:
            taken = await connection.execute_fetchall("SELECT number FROM messages WHERE key = ?", (key,))
            if taken:
                number, fresh = next(iter(taken))[0], False
            else:
                cursor = await connection.execute(
                    "INSERT INTO messages (change, channel, root, author, audience, key, content, pictures, created)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (self._next(), channel, root, author, audience, key, _dump(content), pictures, self._time()),
                )
                number, fresh = cursor.lastrowid or 0, True
                if root is not None and audience is None:
                    await connection.execute("UPDATE messages SET change = ? WHERE number = ?", (self._next(), root))
                if audience is not None:
                    await connection.execute(
                        "DELETE FROM messages WHERE number IN (SELECT number FROM messages WHERE audience = ? AND channel = ?"
                        " ORDER BY number DESC LIMIT -1 OFFSET ?)",
                        (audience, channel, WHISPERS),
                    )
        return await self.get(number), fresh

    async def rewrite(self, number: int, content: JSON, *, pictures: int) -> Entry:
        """A message with other content. KeyError when there is none."""
        async with self._database.writing() as connection:
            # The message it hangs under counts its pictures: that one changes too when the count does.
            await connection.execute(
                "UPDATE messages SET change = ? WHERE number = (SELECT root FROM messages WHERE number = ? AND pictures != ?)",
                (self._next(), number, pictures),
            )
            await connection.execute(
                "UPDATE messages SET change = ?, content = ?, pictures = ?, edited = ? WHERE number = ?",
                (self._next(), _dump(content), pictures, self._time(), number),
            )
        return await self.get(number)

    async def begin_thread(self, number: int, title: str) -> Entry:
        """A message with a thread under it; a thread that is there already keeps its title."""
        await self._change(number, "thread = coalesce(thread, ?)", (title,))
        return await self.get(number)

    async def dismiss(self, number: int) -> Entry:
        """A whisper that is not shown any more."""
        await self._change(number, "gone = 1", ())
        return await self.get(number)

    async def react(self, number: int, emoji: str, person: str, *, on: bool) -> Entry:
        """A message with a person's reaction set or taken back. May be repeated."""
        query = (
            "INSERT OR IGNORE INTO reactions (number, emoji, person) VALUES (?, ?, ?)"
            if on
            else "DELETE FROM reactions WHERE number = ? AND emoji = ? AND person = ?"
        )
        async with self._database.writing() as connection:
            await connection.execute(query, (number, emoji, person))
            await connection.execute("UPDATE messages SET change = ? WHERE number = ?", (self._next(), number))
        return await self.get(number)

    async def get(self, number: int) -> Entry:
        """A message by its number. KeyError when there is none."""
        found = await self._entries("number = ?", (number,), limit=1)
        if not found:
            raise KeyError(number)
        return found[0]

    async def last(self) -> int:
        """The number of the newest message, or 0."""
        row = await self._database.row("SELECT max(number) FROM messages")
        return (row[0] or 0) if row else 0

    async def page(self, person: str, channel: str, *, root: int | None = None, before: int | None = None, limit: int = 60) -> list[Entry]:
        """The last messages of a channel or thread that a person sees, before a number; oldest first. A thread begins with its root."""
        where = "channel = ? AND (audience IS NULL OR audience = ?) AND gone = 0 AND number < ?"
        values: list[Cell] = [channel, person, before if before is not None else 2**62]
        if root is None:
            where += " AND root IS NULL"
        else:
            where += " AND (root = ? OR number = ?)"
            values += [root, root]
        return (await self._entries(where, values, limit=limit, newest=True))[::-1]

    async def since(self, person: str, channels: Sequence[str], change: int, *, limit: int) -> list[Entry]:
        """What a person sees of everything after a change, in order; at most `limit`."""
        marks = ", ".join("?" for _ in channels)
        return await self._entries(
            f"change > ? AND channel IN ({marks}) AND (audience IS NULL OR audience = ?)",
            (change, *channels, person),
            limit=limit,
            order="change",
        )

    async def keep_answer(self, event: str, answer: JSON) -> None:
        """Remember what an event was answered with, for a browser that sends it again."""
        async with self._database.writing() as connection:
            await connection.execute("INSERT OR REPLACE INTO answers (event, answer) VALUES (?, ?)", (event, _dump(answer)))
            await connection.execute("DELETE FROM answers WHERE rowid <= (SELECT max(rowid) FROM answers) - ?", (_ANSWERS,))

    async def answer(self, event: str) -> JSON | None:
        """What an event was answered with, or None where it was not."""
        row = await self._database.row("SELECT answer FROM answers WHERE event = ?", (event,))
        return None if row is None else json.loads(row[0])

    async def _change(self, number: int, assignments: str, values: Sequence[Cell]) -> None:
        async with self._database.writing() as connection:
            await connection.execute(
                f"UPDATE messages SET change = ?, {assignments} WHERE number = ?",  # noqa: S608 - written above, by us
                (self._next(), *values, number),
            )

    async def _entries(self, where: str, values: Sequence[Cell], *, limit: int, newest: bool = False, order: str = "number") -> list[Entry]:
        direction = "DESC" if newest else "ASC"
        rows = await self._database.rows(
            f"SELECT * FROM messages WHERE {where} ORDER BY {order} {direction} LIMIT ?",  # noqa: S608 - written above, by us
            (*values, limit),
        )
        numbers = [int(row["number"]) for row in rows]
        reactions = await self._reactions(numbers)
        replies = await self._replies(numbers)
        return [_entry(row, reactions.get(int(row["number"]), {}), replies.get(int(row["number"]))) for row in rows]

    async def _reactions(self, numbers: Sequence[int]) -> dict[int, dict[str, list[str]]]:
        marks = ", ".join("?" for _ in numbers)
        rows = await self._database.rows(
            f"SELECT number, emoji, person FROM reactions WHERE number IN ({marks}) ORDER BY rowid",  # noqa: S608 - question marks only
            numbers,
        )
        found: dict[int, dict[str, list[str]]] = {}
        for row in rows:
            found.setdefault(row["number"], {}).setdefault(row["emoji"], []).append(row["person"])
        return found

    async def _replies(self, numbers: Sequence[int]) -> dict[int, Replies]:
        marks = ", ".join("?" for _ in numbers)
        rows = await self._database.rows(
            "SELECT root, count(*) AS count, sum(pictures) AS pictures, max(created) AS last,"  # noqa: S608 - question marks only
            " group_concat(DISTINCT author) AS authors"
            f" FROM messages WHERE root IN ({marks}) AND audience IS NULL GROUP BY root",
            numbers,
        )
        return {
            row["root"]: Replies(
                count=row["count"], pictures=row["pictures"], last=row["last"], authors=tuple(str(row["authors"]).split(","))
            )
            for row in rows
        }

    def _next(self) -> int:
        self.change += 1
        return self.change

    def _time(self) -> str:
        return self._now().isoformat(timespec="milliseconds")


@asynccontextmanager
async def open_history(database: Database, now: Callable[[], datetime]) -> AsyncGenerator[History]:
    """The history in a database, going on with the change numbers where it stopped."""
    row = await database.row("SELECT coalesce(max(change), 0) FROM messages")
    yield History(database, now, change=(row[0] if row else 0) + _LEAP)


def _dump(content: JSON) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _entry(row: Row, reactions: Mapping[str, Sequence[str]], replies: Replies | None) -> Entry:
    return Entry(
        number=row["number"],
        change=row["change"],
        channel=row["channel"],
        root=row["root"],
        author=row["author"],
        audience=row["audience"],
        content=json.loads(row["content"]),
        thread=row["thread"],
        gone=bool(row["gone"]),
        created=row["created"],
        edited=row["edited"],
        reactions=reactions,
        replies=replies,
    )
