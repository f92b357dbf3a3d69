"""Reading: how far each person has read each channel, and so what is still unread."""

from collections.abc import Sequence

from adapters.platforms.playground.database import Database


class Reading:
    """Remembers numbers of messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark(self, person: str, channel: str, number: int) -> None:
        """Remember how far a person has read."""
        async with self._database.writing() as connection:
            await connection.execute(
                "INSERT INTO reads (person, channel, number) VALUES (?, ?, ?)"
                " ON CONFLICT (person, channel) DO UPDATE SET number = max(number, excluded.number)",
                (person, channel, number),
            )

    async def unread(self, person: str, channels: Sequence[str]) -> dict[str, int]:
        """How many messages of each channel a person has not read; their own do not count, nor do replies."""
        marks = ", ".join("?" for _ in channels)
        rows = await self._database.rows(
            "SELECT m.channel, count(*) FROM messages m LEFT JOIN reads r ON r.person = ? AND r.channel = m.channel"  # noqa: S608 - marks only
            f" WHERE m.channel IN ({marks}) AND root IS NULL AND audience IS NULL AND author != ?"
            " AND m.number > coalesce(r.number, 0) GROUP BY m.channel",
            (person, *channels, person),
        )
        return {row[0]: row[1] for row in rows}

    async def reads(self, person: str) -> dict[str, int]:
        """The number of the last message a person has read, by channel."""
        rows = await self._database.rows("SELECT channel, number FROM reads WHERE person = ?", (person,))
        return {row[0]: row[1] for row in rows}
