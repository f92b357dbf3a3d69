"""The files' socket."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import Content


class Files(Protocol):
    """Immutable files under content-hash keys. StoreFault when it cannot; NotFound for a key that is not there."""

    async def put(self, content: bytes, *, kind: str, media_type: str, owner: str = "", facts: Mapping[str, str] | None = None) -> str:
        """Keep bytes; gives their key, `<kind>/<yyyy>/<mm>/<owner>-<sha256>.<ext>`. Same bytes, kind and owner in a month, same key.

        `owner` is a job's id: two jobs with the same pixels keep files of their own, so that either can be deleted.
        `facts` (prompt, seed, parameters ...) are kept beside it as `<key>.json`.
        """
        ...

    async def get(self, key: str) -> Content:
        """The bytes, media type and facts."""
        ...

    async def delete(self, key: str) -> None:
        """Remove a file and its facts. Removing what is gone is no error."""
        ...

    async def strip(self, key: str) -> None:
        """Remove the facts beside a file; the file itself stays. Stripping what has none is no error."""
        ...

    async def aged(self, kind: str, *, before: datetime) -> list[str]:
        """Keys of a kind that were last written before a moment."""
        ...

    async def link(self, key: str, *, expires: timedelta, download: str = "") -> str:
        """A signed link that ends; with `download`, a browser saves it under that name."""
        ...

    async def redeem(self, path: str, query: Mapping[str, str]) -> Content:
        """The content behind a link of ours (`/files/<key>?...`), every query parameter covered by the signature.

        Raises Expired or NotFound. Buckets serve their own links; there this raises NotFound.
        """
        ...

    async def ping(self) -> None:
        """Raise StoreFault when files cannot be written and read."""
        ...
