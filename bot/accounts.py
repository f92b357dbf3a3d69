"""Accounts: one person on several platforms who has one quota, one history and one set of favourites.

Somebody asks for a code on one side and types it on the other. There they are shown with whom they would become one, and confirm: so a
code that a stranger sent links nobody who reads what stands there. A code is short, because people type it; it lives for ten minutes, is
used up by its first use, and only its digest is kept, under the installation's key: who reads the journal cannot find it by trying all.

Roles do not cross. Whoever administers one workspace was chosen by its people, and those of the other never heard of it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.decisions import Decisions
from bot.errors import Expired, NotAllowed
from bot.model import Account, Asker, Person, subject_of_person
from bot.ports import Store

CODE = 8
"""Characters of a code."""
VALID = timedelta(minutes=10)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_TRIES = 5
"""Codes that a person may type in an hour."""
_HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Two people who would become one, if the one who typed the code says yes."""

    other: Person
    """Who asked for the code."""
    token: str
    """What saying yes is worth: for the one who typed the code alone, once."""


class Accounts:
    """Who is one with whom."""

    def __init__(self, store: Store, *, decisions: Decisions, secret: bytes, now: Callable[[], datetime]) -> None:
        """`secret`: the installation's key, under which digests are made."""
        self._store = store
        self._decisions = decisions
        self._secret = secret
        self._now = now

    async def of(self, person: Person) -> Account:
        """A person's account."""
        return await self._store.account(person)

    async def people(self, person: Person) -> list[Person]:
        """Everybody who is one with a person, that person included, the oldest first, with the names that they were last seen with."""
        found: list[Person] = []
        for key in (await self.of(person)).people:
            platform, workspace, id_ = key.split(":", 2)
            met = await self._store.person(platform, workspace, id_)
            known = met if met and met.key == key else Person(platform=platform, workspace=workspace, id=id_)
            found.append(person if key == person.key else known)
        return found

    async def offer(self, asker: Asker) -> tuple[str, datetime]:
        """A new code for this person to type on the other side, and when it ends; an earlier one ends now."""
        code, until = _new(CODE), self._now() + VALID
        await self._store.keep_code(self._digest(code), asker.person, until=until)
        await self._decisions.note(asker, "link.offered", about=subject_of_person(asker.person))
        return code, until

    async def take(self, asker: Asker, typed: str) -> Proposal:
        """Take a code, which is used up by it.

        Raises:
            Expired: there is no such code, or its time is over.
            NotAllowed: the two cannot become one, or this person tried too many codes within the hour.
        """
        await self._try(asker.person)
        other = await self._store.use_code(self._digest(_plain(typed)))
        if other is None:
            await self._decisions.note(asker, "link.failed", about=subject_of_person(asker.person))
            raise Expired(
                "That code is not valid, or not any more.", advice="/link on the other side gives a new one, good for 10 minutes."
            )
        await self._must_fit(asker.person, other)
        token = _new(2 * CODE)
        await self._store.keep_code(self._digest(f"{token} {asker.person.key}"), other, until=self._now() + VALID)
        return Proposal(other=other, token=token)

    async def confirm(self, asker: Asker, token: str) -> Person:
        """Make the two one; gives the other. Raises Expired, NotAllowed."""
        other = await self._store.use_code(self._digest(f"{_plain(token)} {asker.person.key}"))
        if other is None:
            raise Expired("It is too late to confirm that.", advice="Begin again: /link on the other side gives a new code.")
        await self._must_fit(asker.person, other)
        entry = self._decisions.entry(asker, "link", about=subject_of_person(other))
        await self._store.link(other, asker.person, entry=entry)
        # The other side's admins read their own audit, and there it is somebody of theirs who was linked.
        there = {"platform": other.platform, "workspace": other.workspace, "channel": ""}
        await self._store.note(replace(entry, **there, about=subject_of_person(asker.person), who=subject_of_person(other)))
        return other

    async def end(self, asker: Asker) -> bool:
        """Make this person an account of one again, with their own jobs. False where they were one."""
        others = [person for person in await self.people(asker.person) if person.key != asker.person.key]
        entry = self._decisions.entry(asker, "unlink", about=subject_of_person(asker.person))
        if not await self._store.unlink(asker.person, entry=entry):
            return False
        for other in others:
            there = {"platform": other.platform, "workspace": other.workspace, "channel": ""}
            await self._store.note(replace(entry, **there, about=subject_of_person(other)))
        return True

    async def _try(self, person: Person) -> None:
        """Count a try, before it is looked at: so that many at once are no way round the count."""
        now = int(self._now().timestamp())
        for number in range(_TRIES):
            if await self._store.take(f"link:{person.key}:{now // _HOUR}:{number}"):
                return
        minutes = -(-(_HOUR - now % _HOUR) // 60)
        raise NotAllowed(f"You typed {_TRIES} codes within the hour.", advice=f"Try again in {minutes} min. Nothing was linked.")

    async def _must_fit(self, person: Person, other: Person) -> None:
        one, two = await self.of(person), await self.of(other)
        if one.key == two.key:
            raise NotAllowed("You two are one already.", advice="/link show tells who is.")
        # Two people of one workspace are two humans: there, nobody needs a second account to be the same one.
        homes = {key.rpartition(":")[0] for key in one.people}
        if homes & {key.rpartition(":")[0] for key in two.people}:
            raise NotAllowed(
                "Two people of one workspace cannot be linked.", advice="/link is for one person in two workspaces or on two platforms."
            )

    def _digest(self, code: str) -> str:
        return hmac.new(self._secret, f"limner link {code}".encode(), hashlib.sha256).hexdigest()


def _new(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _plain(typed: str) -> str:
    """A code as it was given, however it was typed: in small letters, in two halves."""
    return "".join(character for character in typed.upper() if character.isascii() and character.isalnum())[: 4 * CODE]
