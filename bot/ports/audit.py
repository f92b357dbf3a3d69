"""The journal's socket for the audit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.model import Entry, Inquiry, Seal, Walk


class AuditStore(Protocol):
    """What the journal says about who did what. Nothing here is ever changed, and what is removed leaves its mark in the chain."""

    async def note(self, entry: Entry) -> Entry:
        """Append an entry; gives it with its number and digest."""
        ...

    async def entry(self, number: int) -> Entry:
        """An entry by its number. Raises NotFound."""
        ...

    async def entries(self, inquiry: Inquiry, *, limit: int = 10) -> list[Entry]:
        """Entries that answer an inquiry, newest first."""
        ...

    async def chain(self, *, after: int, limit: int) -> list[Entry]:
        """Entries of all workspaces in their order, behind a number."""
        ...

    async def noted(self, trace: str) -> bool:
        """Whether one of the newest entries came of this trace."""
        ...

    async def seal(self) -> Seal | None:
        """Where the chain stands; None while it is empty."""
        ...

    async def walk(self, after: Seal | None, *, limit: int = 2000) -> Walk:
        """Check the next entries behind one that holds, or from the first: none changed, missing or moved.

        A chain whose front is gone holds where an entry of it records up to which number and digest that was removed.
        """
        ...

    async def prune(self, until: Mapping[str, datetime | None], *, usual: datetime | None, now: datetime) -> int:
        """Remove entries from the front, as far as every workspace lets its own go; gives how many, at most some thousands at a time.

        `until` goes by `platform:workspace`: older entries may go; None: never. `usual` is for all others. What is removed is put on
        record, with number and digest, in the same transaction.
        """
        ...
