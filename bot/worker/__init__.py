"""The worker: moves one job one saved step forward, and tells people about it.

`drawing` moves jobs through providers (queued -> submitting -> submitted -> generated; `calls` is one call on its way, `fan` several for
one job, `endings` what becomes of a job that was not drawn), `keeping` checks, labels and stores what they give,
`telling` talks to people (cards, results, cancelling), `reviewing` carries out what cases say, `alerts` watches budgets, `upkeep` does what
nobody waits for, and `Worker` here ties them to the queue: lanes, recovery at the start, the sweep, the stop. The journal is the truth:
every step loads the job, does the one next thing and saves with compare-and-swap; whoever comes second drops what they did.

A drawing handler keeps its lane's slot for as long as the provider is at work, and sleeps between polls. So the lane's limit is the
number of jobs in flight at the provider across all workers, not only of calls. Waits that may be long (a rate limit's pause) give the slot
back. A package, because drawing and telling are subjects that meet in the journal alone.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.errors import Fault, NotFound, Overtaken, PlatformFault
from bot.jobs import TELL
from bot.model import Delivery, Job, State
from bot.ports import Queue, Store
from bot.ports.queue import REVIEW
from bot.records import UPKEEP
from bot.routing import Catalog
from bot.worker.alerts import Alerts
from bot.worker.drawing import Drawer
from bot.worker.reviewing import Reviewer
from bot.worker.telling import Teller
from bot.worker.upkeep import Upkeep

log = structlog.get_logger()

_SWEEP = 30.0
_POSITIONS = 1.0
_RENEW = 20.0
_ALERTED = 1.0
_TELLING_AT_ONCE = 1024
"""Many, because most of them wait for their turn in a crowded channel; a chat's connections are limited by the chat."""
_REVIEWED_AT_ONCE = 8
_LONGEST_PAUSE = 300.0
_TROUBLE = 3
"""Tries after which a chat that asks to come again is worth a warning."""


class Worker:
    """Runs the queue's handlers until stopped."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        drawer: Drawer,
        teller: Teller,
        reviewer: Reviewer,
        alerts: Alerts,
        upkeep: Upkeep,
        catalog: Catalog,
        now: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._queue = queue
        self._drawer = drawer
        self._teller = teller
        self.reviewer = reviewer
        self._alerts = alerts
        self.upkeep = upkeep
        self._lanes = catalog.lanes
        self._now = now
        self._failures: dict[tuple[str, str], int] = {}

    async def run(self, *, sweep: float = _SWEEP) -> None:
        """Recover what is unfinished, then work until `stop` and until what runs has ended."""
        await self.recover()
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(self._teller.paint()),
                group.create_task(self._every(_POSITIONS, self._teller.place_in_line)),
                group.create_task(self._every(sweep, self._sweep)),
                group.create_task(self._every(sweep, self.reviewer.sweep)),
                group.create_task(self._every(sweep, self.upkeep.plan)),
                group.create_task(self._every(_RENEW, self._teller.renew)),
                group.create_task(self._every(_ALERTED, self._alerts.look)),
            ]
            await self._queue.run({TELL: _TELLING_AT_ONCE, REVIEW: _REVIEWED_AT_ONCE, UPKEEP: 1, **self._lanes}, self._handle)
            for task in beside:
                task.cancel()

    async def receive(self, provider: str, delivery: Delivery) -> bool:
        """Take a delivery to a provider's webhook: the job it is about is looked at again now. False where it proves nothing.

        Its body is believed no further than that; a delivery that came before does nothing.
        """
        known = self._catalog.provider(provider)
        notice = await known.receive(delivery) if known else None
        if notice is None:
            return False
        job_id = await self._store.job_of_ticket(provider, notice.ticket)
        # One that comes before its ticket is written is not used up: sent again, it finds its job.
        if job_id and await self._store.take(f"webhook:{provider}:{notice.event}"):
            if not self._drawer.nudge(job_id):
                await self._queue.put(job_id, lane=provider, once=f"hook {notice.event}")
            log.info("delivery taken", provider=provider, job=job_id)
        return True

    async def stop(self) -> None:
        """Take nothing more; what waits between two polls is handed back at once, what is in the middle of a step ends it."""
        self._drawer.hand_back()
        await self._queue.stop()

    async def recover(self) -> int:
        """Put every unfinished job of the journal into the queue again; gives how many."""
        jobs = await self._store.unfinished()
        for job in jobs:
            await self._wake(job)
        await self.reviewer.sweep()
        await self.upkeep.recover()
        if jobs:
            log.info("recovered", jobs=len(jobs))
        return len(jobs)

    async def _sweep(self) -> None:
        for job in await self._store.unfinished(changed_before=self._now() - timedelta(seconds=_SWEEP)):
            await self._wake(job)

    async def _wake(self, job: Job) -> None:
        if job.state in {State.QUEUED, State.SUBMITTING, State.SUBMITTED}:
            if job.provider not in self._lanes:
                await self._drawer.abandon(job)
            else:
                due = max(timedelta(0), job.due - self._now()) if job.due else timedelta(0)
                await self._queue.put(job.id, lane=job.provider, priority=job.priority, due=due)
        await self._queue.put(job.id, lane=TELL, priority=job.priority)

    async def _handle(self, job_id: str, lane: str) -> None:
        """One entry of the queue. The one place where a worker's error ends; the journal keeps the job whatever happens here."""
        with structlog.contextvars.bound_contextvars(job=job_id):
            try:
                act = {TELL: self._teller.tell, REVIEW: self.reviewer.carry, UPKEEP: self.upkeep.work}.get(lane, self._drawer.draw)
                await act(job_id)
                self._alerts.stir()
            except (Overtaken, NotFound) as error:
                self._failures.pop((job_id, lane), None)
                log.debug("dropped", why=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - a handler's error must not end the worker
                await self._try_later(job_id, lane, error)
            else:
                self._failures.pop((job_id, lane), None)

    async def _try_later(self, job_id: str, lane: str, error: Exception) -> None:
        failures = self._failures[job_id, lane] = self._failures.get((job_id, lane), 0) + 1
        known = isinstance(error, PlatformFault)
        why = {"reason": error.sentence} if isinstance(error, PlatformFault) else {"exc_info": not isinstance(error, Fault)}
        # A busy chat asks many to come again, once or twice: that is how it works, and no trouble yet.
        tell = log.info if known and failures < _TROUBLE else log.warning
        tell("step failed", lane=lane, failures=failures, error=type(error).__name__, **why)
        if isinstance(error, PlatformFault) and error.permanent and lane != REVIEW:
            self._failures.pop((job_id, lane), None)
            await self._teller.give_up(job_id, error)
            return
        pause = min(_LONGEST_PAUSE, 0.5 * 2**failures)
        await self._queue.put(job_id, lane=lane, due=timedelta(seconds=pause), once=f"retry{failures}")

    @staticmethod
    async def _every(seconds: float, act: Callable[[], object]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                outcome = act()
                if asyncio.iscoroutine(outcome):
                    await outcome
            except Fault as fault:
                log.warning("round failed", round=getattr(act, "__name__", ""), error=type(fault).__name__)
