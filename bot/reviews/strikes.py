"""Strikes: what counts against somebody, for how long, and the pause that follows. A question to the journal, never a counter.

A strike is a request that our policy or a reviewer blocked, or a picture that was removed on reports. It is forgotten after the days that
the workspace decided, and forgiven by an appeal that was approved. Whoever has as many as the workspace decided cannot ask for pictures
until the cooldown after the last one is over. The cooldown does not grow: who is blocked again right after it has it again at once,
because the older strikes still count.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import NotAllowed
from bot.model import Asker, Person, Place
from bot.reviews.deciding import Deciding
from bot.says.words import moment


@dataclass(frozen=True, kw_only=True)
class Record:
    """What counts against somebody now."""

    strikes: int
    most: int | None
    """So many are a cooldown; None for never."""
    days: int
    until: datetime | None
    """When the cooldown ends, or None where there is none now."""


_GREETED = 10_000
"""People of whom is remembered here that they saw the guidelines; of all others the journal knows."""


class Strikes(Deciding):
    """Knows what counts against whom, and who has seen the guidelines."""

    _greeted: OrderedDict[str, None]

    async def record(self, person: Person, place: Place) -> Record:
        """What counts against a person in the workspace of a place."""
        terms = await self.terms(place)
        now = self._now()
        struck = await self._store.strikes(person, since=now - timedelta(days=terms.days), codes=terms.codes)
        until = struck[-1] + terms.cooldown if terms.strikes and len(struck) >= terms.strikes else None
        return Record(strikes=len(struck), most=terms.strikes, days=terms.days, until=until if until and until > now else None)

    async def admit(self, asker: Asker) -> None:
        """Let somebody ask for pictures. Raises NotAllowed during a cooldown, with its end in their own time."""
        record = await self.record(asker.person, asker.place)
        if record.until is not None:
            raise NotAllowed(
                f"You have to pause until {moment(record.until, asker.person.zone)}: {record.strikes} of your requests were not "
                f"allowed within {record.days} days.",
                advice="Nothing was drawn and nothing was counted. /guidelines says what is fine here; a block can be appealed.",
            )

    async def greeting(self, person: Person, place: Place) -> str:
        """The guidelines, once for each person and each wording of them; else empty."""
        text = (await self.terms(place)).guidelines
        key = f"guidelines:{hashlib.sha256(text.encode()).hexdigest()[:16]}:{person.key}"
        if key in self._greeted:
            return ""
        first = await self._store.take(key)
        self._greeted[key] = None
        while len(self._greeted) > _GREETED:
            self._greeted.popitem(last=False)
        return text if first else ""
