"""Upkeep: what nobody waits for: the rounds of retention, the erasures that people asked for, and the seal of the audit in the log.

The queue's lane `upkeep` takes one entry at a time across all workers, and that is the schedule: each process puts the next round under
the number of its slot, and of equal entries the queue keeps one. Every step may be cut off and repeated.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.errors import Fault
from bot.ports import Queue, Store
from bot.records import ERASE, ROUND, UPKEEP, Records

log = structlog.get_logger()

_ROUND = timedelta(minutes=10)
_AGAIN = timedelta(seconds=2)
"""How soon an erasure that waits for something is looked at again."""


class Upkeep:
    """Does what the lane `upkeep` is asked to do."""

    def __init__(self, *, store: Store, queue: Queue, records: Records, now: Callable[[], datetime]) -> None:
        self._store = store
        self._queue = queue
        self._records = records
        self._now = now

    async def plan(self) -> None:
        """See to it that the next round comes. Called often, by every process."""
        now = datetime.now(UTC)
        slot = int(now.timestamp() // _ROUND.total_seconds()) + 1
        due = datetime.fromtimestamp(slot * _ROUND.total_seconds(), tz=UTC) - now
        await self._queue.put(ROUND, lane=UPKEEP, due=due, once=str(slot))

    async def recover(self) -> None:
        """Go on with erasures that the last process left."""
        if await self._store.erasures():
            await self._queue.put(ERASE, lane=UPKEEP, once="recovered")

    async def work(self, what: str) -> None:
        """Do one of the things that the lane is asked to do."""
        if what == ROUND:
            await self.round()
        try:
            done = await self._records.privacy.go_on()
        except Fault as fault:
            log.warning("erasure interrupted", error=type(fault).__name__)
            done = False
        if not done:
            await self._queue.put(ERASE, lane=UPKEEP, due=_AGAIN, once=f"again {self._now().timestamp()}")

    async def round(self) -> None:
        """Remove what is kept too long, and say once a day where the audit stands."""
        await self._records.retention.round()
        if await self._store.take(f"upkeep:seal:{self._now():%Y-%m-%d}") and (seal := await self._store.seal()):
            log.info("audit stands", number=seal.number, digest=seal.digest)
