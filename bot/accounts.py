"""Accounts: one person on several platforms who has one quota and one history."""

from bot.model import Account, Person
from bot.ports import Store


class Accounts:
    """Who is one with whom."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, person: Person) -> Account:
        """A person's account."""
        return await self._store.account(person)
