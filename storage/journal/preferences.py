"""The preferences and leases of the journal: how a channel wants things, and which machine is at what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Delete, Select, bindparam, delete, or_, select

from bot.model import Person
from storage.journal.documents import micros
from storage.journal.part import Insert, Part, insert
from storage.schema import leases, preferences


class Preferences(Part):
    """What the journal says about preferences and leases."""

    async def preferences(self, subjects: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """As the port says."""
        about = {"subjects": list(subjects)}
        found = await self._database.read(lambda connection: connection.execute(_preferred(), about).all())
        kept: dict[str, dict[str, str]] = {}
        for subject, name, value in found:
            kept.setdefault(subject, {})[name] = value
        return kept

    async def prefer(self, subject: str, name: str, value: str, *, by: Person) -> None:
        """As the port says."""
        values = {"subject": subject, "name": name, "value": value, "by": by.key, "changed": micros(self._now())}
        forgotten = {"of": subject, "called": name}
        if value:
            await self._database.write(lambda connection: connection.execute(_preferring(connection.dialect.name), values) and None)
        else:
            await self._database.write(lambda connection: connection.execute(_forgetting(), forgotten) and None)

    async def lease(self, name: str, *, holder: str, until: datetime) -> bool:
        """As the port says."""
        now = micros(self._now())
        values = {"name": name, "holder": holder, "until": micros(until), "now": now}
        return await self._database.write(lambda connection: connection.execute(_leasing(connection.dialect.name), values).rowcount == 1)

    async def release(self, name: str, *, holder: str) -> None:
        """As the port says."""
        await self._database.write(lambda connection: connection.execute(_releasing(), {"lease": name, "of": holder}) and None)


@cache
def _preferred() -> Select[str, str, str]:
    chosen = (preferences.c.subject, preferences.c.name, preferences.c.value)
    return select(*chosen).where(preferences.c.subject.in_(bindparam("subjects", expanding=True)))


@cache
def _preferring(dialect: str) -> Insert:
    keep = insert(dialect, preferences)
    kept = {column.name: keep.excluded[column.name] for column in preferences.c if not column.primary_key}
    return keep.on_conflict_do_update(index_elements=[preferences.c.subject, preferences.c.name], set_=kept)


@cache
def _forgetting() -> Delete:
    return delete(preferences).where(preferences.c.subject == bindparam("of"), preferences.c.name == bindparam("called"))


@cache
def _leasing(dialect: str) -> Insert:
    take = insert(dialect, leases).values(name=bindparam("name"), holder=bindparam("holder"), until=bindparam("until"))
    taken = {"holder": take.excluded.holder, "until": take.excluded.until}
    free = or_(leases.c.holder == take.excluded.holder, leases.c.until <= bindparam("now"))
    return take.on_conflict_do_update(index_elements=[leases.c.name], set_=taken, where=free)


@cache
def _releasing() -> Delete:
    return delete(leases).where(leases.c.name == bindparam("lease"), leases.c.holder == bindparam("of"))
