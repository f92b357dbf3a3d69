"""Uploads: the pictures people attach, kept as bytes beside the history."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from adapters.platforms.playground.database import Database
from bot.model import Attachment

LARGEST = 25 * 1024 * 1024
"""Bytes of one upload."""
_KEPT = 200
"""So many uploads are kept; the hub keeps its own copy of what it draws from."""
_MARKS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_RIFF = 12


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A kept file."""

    attachment: Attachment
    body: bytes


def sniff(body: bytes) -> str | None:
    """The media type that the first bytes tell, or None for what is no picture of a kind we take."""
    for mark, media_type in _MARKS:
        if body.startswith(mark):
            return media_type
    if body[:4] == b"RIFF" and body[8:_RIFF] == b"WEBP":
        return "image/webp"
    return None


class Uploads:
    """Keeps files, the newest `_KEPT` of them."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def keep(self, person: str, name: str, media_type: str, body: bytes) -> Attachment:
        """Keep a file under a name of its own."""
        id_ = secrets.token_urlsafe(16)
        async with self._database.writing() as connection:
            await connection.execute(
                "INSERT INTO uploads (id, person, name, media_type, body, created) VALUES (?, ?, ?, ?, ?, ?)",
                (id_, person, name[:120], media_type, body, self._now().isoformat()),
            )
            await connection.execute("DELETE FROM uploads WHERE rowid <= (SELECT max(rowid) FROM uploads) - ?", (_KEPT,))
        return Attachment(id=id_, name=name[:120], media_type=media_type, bytes=len(body))

    async def find(self, id_: str) -> Upload | None:
        """A kept file, or None."""
        row = await self._database.row("SELECT * FROM uploads WHERE id = ?", (id_,))
        if row is None:
            return None
        body = bytes(row["body"])
        return Upload(
            attachment=Attachment(id=row["id"], name=row["name"], media_type=row["media_type"], bytes=len(body)),
            body=body,
        )
