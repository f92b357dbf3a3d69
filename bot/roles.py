"""Roles: who is what, and who may do what where. Asked in the hub for every way in: command, button, form, reaction, page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.decisions import Decisions
from bot.model import Asker, Operation, Person, Place, Role
from bot.ports import Store


class Roles:
    """What people may do."""

    def __init__(self, store: Store, *, decisions: Decisions, admins: frozenset[str], now: Callable[[], datetime]) -> None:
        """`admins`: `platform:user-id` of those named in the settings."""
        self._store = store
        self._decisions = decisions
        self._admins = admins
        self._now = now

    async def known(self, person: Person, place: Place) -> Person:
        """The same person with every role: the platform's, those that rules give, and that of the settings."""
        del place
        if f"{person.platform}:{person.id}" not in self._admins or person.administers:
            return person
        return replace(person, roles=person.roles | {Role.ADMIN})

    async def admit(self, asker: Asker, operation: Operation) -> None:
        """Let somebody ask for pictures here, or raise NotAllowed: banned, muted, paused, or not for them."""

    async def barred(self, person: Person, place: Place) -> frozenset[str]:
        """The models (`provider/model`) that are not for this person here."""
        del person, place
        return frozenset()
