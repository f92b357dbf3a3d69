"""The journal's socket for the audit."""

from typing import Protocol

from bot.model import Entry


class AuditStore(Protocol):
    """What the journal says about who did what. Nothing here is ever changed, and what is removed leaves its mark in the chain."""

    async def note(self, entry: Entry) -> Entry:
        """Append an entry; gives it with its number and digest."""
        ...

    async def entry(self, number: int) -> Entry:
        """An entry by its number. Raises NotFound."""
        ...
