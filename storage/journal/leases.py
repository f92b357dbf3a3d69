"""The leases of the journal: which machine is at what."""

from datetime import datetime
from functools import cache

from sqlalchemy import Delete, bindparam, delete, or_

from storage.journal.documents import micros
from storage.journal.part import Insert, Part, insert
from storage.schema import leases


class Leases(Part):
    """What the journal says about leases."""

    async def lease(self, name: str, *, holder: str, until: datetime) -> bool:
        """As the port says."""
        now = micros(self._now())
        values = {"name": name, "holder": holder, "until": micros(until), "now": now}
        return await self._database.write(lambda connection: connection.execute(_leasing(connection.dialect.name), values).rowcount == 1)

    async def release(self, name: str, *, holder: str) -> None:
        """As the port says."""
        await self._database.write(lambda connection: connection.execute(_releasing(), {"lease": name, "of": holder}) and None)


@cache
def _leasing(dialect: str) -> Insert:
    take = insert(dialect, leases).values(name=bindparam("name"), holder=bindparam("holder"), until=bindparam("until"))
    taken = {"holder": take.excluded.holder, "until": take.excluded.until}
    free = or_(leases.c.holder == take.excluded.holder, leases.c.until <= bindparam("now"))
    return take.on_conflict_do_update(index_elements=[leases.c.name], set_=taken, where=free)


@cache
def _releasing() -> Delete:
    return delete(leases).where(leases.c.name == bindparam("lease"), leases.c.holder == bindparam("of"))
