"""The journal's socket for people and events."""

from datetime import datetime
from typing import Protocol

from bot.model import Account, Entry, Person


class PeopleStore(Protocol):
    """What the journal says about people, and which events were taken."""

    async def take(self, event: str) -> bool:
        """Take an event that causes no job. False when it was taken before."""
        ...

    async def meet(self, person: Person) -> None:
        """Remember a person's name and roles as last seen."""
        ...

    async def person(self, platform: str, workspace: str, id_or_name: str) -> Person | None:
        """A person by id, or by name where only one has it; by id from another workspace too, where only one there has it."""
        ...

    async def account(self, person: Person) -> Account:
        """The account of a person."""
        ...

    async def link(self, person: Person, other: Person, *, entry: Entry) -> Account:
        """Make two people one account, the older key staying, with all of their jobs; the entry in the same transaction.

        Linking who is linked already changes nothing. Gives the account as it is now.
        """
        ...

    async def unlink(self, person: Person, *, entry: Entry) -> bool:
        """Make a person an account of one again, with their own jobs. False where they were one."""
        ...

    async def keep_code(self, digest: str, person: Person, *, until: datetime) -> None:
        """Keep the digest of a code that somebody will type on the other side; a person's earlier code ends."""
        ...

    async def use_code(self, digest: str) -> Person | None:
        """The person behind a code, once; None where there is none, or its time is over."""
        ...
