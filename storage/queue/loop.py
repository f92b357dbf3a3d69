"""The loop: takes entries when they are due and a seat is free, runs handlers, and says that they have ended."""

import asyncio
import heapq
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from pgqueuer.adapters.inmemory import InMemoryDriver, InMemoryQueries
from pgqueuer.domain.models import Job as Entry
from pgqueuer.domain.types import JobId, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter

from bot.errors import StoreFault
from storage.queue.entries import Entries, builders, enqueue, read, written

log = structlog.get_logger()

Handle = Callable[[str, str], Awaitable[None]]
Wake = Callable[[], None]
HEARTBEAT = timedelta(seconds=30)
_BATCH = 50
_CROWDED = 0.1
"""Seconds until a look at entries that wait for a seat, should the news of a free one be lost."""
_AGAIN = 1.0
"""Seconds until the next try after the database did not answer."""
_FAREWELL = 2.0
"""Seconds that handing back may take at the end; what is not handed back is found by its missing heartbeat."""


class PgQueue:
    """A `bot.ports.Queue`, for one `run` in its life: after `stop`, open another."""

    def __init__(
        self,
        entries: Entries,
        *,
        heartbeat: timedelta = HEARTBEAT,
        listen: Callable[[Wake], Coroutine[Any, Any, None]] | None = None,
        troubles: tuple[type[Exception], ...] = (),
    ) -> None:
        """`listen` calls its argument whenever another process put or ended something; `troubles` mean "no answer just now"."""
        self._entries = entries
        self._heartbeat = heartbeat
        self._beat = heartbeat.total_seconds() / 3
        self._listen = listen
        self._troubles = troubles
        self._worker = QueueManagerId(uuid.uuid4())
        self._wake = asyncio.Event()
        self._stopped = False
        self._mine: dict[JobId, Entry] = {}
        self._ended: list[Entry] = []
        self._settling = asyncio.Lock()

    async def put(self, job_id: str, *, lane: str, due: timedelta = timedelta(0), priority: int = 0, once: str = "") -> None:
        """Wake a worker for a job; silently nothing while the same entry waits or is at work. Raises StoreFault."""
        try:
            await enqueue(self._entries, job_id, lane=lane, due=due, priority=priority, once=once)
        except self._troubles as trouble:
            raise StoreFault(f"The queue's database did not take an entry: {trouble}") from trouble
        self._wake.set()

    async def run(self, lanes: Mapping[str, int], handle: Handle) -> None:
        """Call `handle` until `stop`. Cancelling ends running handlers and hands their entries back."""
        limits = {written(lane): EntrypointExecutionParameter(concurrency_limit=limit) for lane, limit in lanes.items() if limit > 0}
        names = {written(lane): lane for lane in lanes}
        try:
            async with asyncio.TaskGroup() as beside:
                beating = beside.create_task(self._keep(list(limits)))
                listening = beside.create_task(self._listen(self._wake.set)) if self._listen else None
                async with asyncio.TaskGroup() as work:
                    while not self._stopped:
                        for entry in await self._take(limits):
                            work.create_task(self._work(entry, names[entry.entrypoint], handle))
                beating.cancel()
                if listening:
                    listening.cancel()
        finally:
            await self._settle()
            await self._hand_back(list(self._mine.values()))

    async def stop(self) -> None:
        """Take nothing more; `run` returns when running handlers have ended."""
        self._stopped = True
        self._wake.set()

    async def ping(self) -> None:
        """Raise StoreFault when the queue cannot be read."""
        try:
            await self._entries.eligible_queued_work([])
        except self._troubles as trouble:
            raise StoreFault(f"The queue's database does not answer: {trouble}") from trouble

    async def _take(self, limits: dict[QueueEntrypoint, EntrypointExecutionParameter]) -> list[Entry]:
        """What may begin now, best first; when there is nothing, wait until there may be something and give nothing."""
        self._wake.clear()
        if self._stopped:
            return []
        looked = time.time()
        try:
            taken = await self._entries.dequeue(
                batch_size=_BATCH,
                entrypoints=limits,
                queue_manager_id=self._worker,
                global_concurrency_limit=None,
                heartbeat_timeout=self._heartbeat,
            )
            pause = 0.0 if taken else await self._patience(list(limits), looked)
        except self._troubles as trouble:
            log.warning("the queue's database does not answer; trying again", trouble=str(trouble))
            taken, pause = [], _AGAIN
        # A claim of our own comes back to us when its heartbeat was late; the handler is still at work.
        fresh = [entry for entry in taken if entry.id not in self._mine]
        self._mine.update({entry.id: entry for entry in fresh})
        if self._stopped:
            await self._hand_back(fresh)
            return []
        if pause:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
        return fresh

    async def _patience(self, lanes: list[QueueEntrypoint], looked: float) -> float:  # noqa: ARG002 - for those who keep count themselves
        """Seconds to wait after a look (at this Unix time) that found nothing."""
        # In this order: an entry that falls due between the questions is seen by the second.
        eta = await self._entries.next_deferred_eta(lanes)
        crowded = await self._entries.eligible_queued_work(lanes) > 0
        longest = min(self._beat, _CROWDED) if crowded else self._beat
        return longest if eta is None else min(longest, max(eta.total_seconds(), 0.001))

    async def _work(self, entry: Entry, lane: str, handle: Handle) -> None:
        job_id = read(entry.payload)
        try:
            await handle(job_id, lane)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            log.exception("a handler was cancelled by something of its own", job=job_id, lane=lane)
        except Exception:
            # The queue's one entry point: a handler's error ends that handler and nothing else.
            log.exception("a handler failed", job=job_id, lane=lane)
        self._ended.append(entry)
        await self._settle()

    async def _settle(self) -> None:
        """Remove what has ended, all of it at once: who waits for the lock finds it done by the one before."""
        async with self._settling:
            ended, self._ended = self._ended, []
            if not ended:
                return
            try:
                await self._entries.log_jobs([(entry, "successful", None) for entry in ended])
            except self._troubles as trouble:
                log.warning("the queue's database does not answer; entries that have ended are removed later", trouble=str(trouble))
                self._ended += ended
                return
            for entry in ended:
                self._mine.pop(entry.id, None)
        self._wake.set()

    async def _keep(self, lanes: list[QueueEntrypoint]) -> None:
        """Say every third of the heartbeat's time that this worker lives, and keep house."""
        while True:
            await asyncio.sleep(self._beat)
            await self._settle()
            with suppress(*self._troubles):
                if self._mine:
                    await self._entries.update_heartbeat(list(self._mine))
                # pgqueuer writes a history that nobody reads here, because the journal is the truth; it would grow without end.
                await self._entries.clear_queue_log([str(lane) for lane in lanes])

    async def _hand_back(self, entries: Sequence[Entry]) -> None:
        with suppress(TimeoutError, *self._troubles):
            async with asyncio.timeout(_FAREWELL):
                await asyncio.gather(*(self._entries.retry_job(entry, timedelta(0), None) for entry in entries))
        for entry in entries:
            self._mine.pop(entry.id, None)


class MemoryQueue(PgQueue):
    """The same in one process, where nobody else puts or ends anything: it knows what falls due next without asking all entries."""

    def __init__(self, heartbeat: timedelta) -> None:
        super().__init__(InMemoryQueries(InMemoryDriver(), **builders()), heartbeat=heartbeat)
        self._dues: list[float] = []

    async def put(self, job_id: str, *, lane: str, due: timedelta = timedelta(0), priority: int = 0, once: str = "") -> None:
        """Wake a worker for a job; silently nothing while the same entry waits or is at work."""
        await super().put(job_id, lane=lane, due=due, priority=priority, once=once)
        if due > timedelta(0):
            heapq.heappush(self._dues, time.time() + due.total_seconds())

    async def _patience(self, lanes: list[QueueEntrypoint], looked: float) -> float:  # noqa: ARG002 - whatever the lane
        while self._dues and self._dues[0] <= looked:
            heapq.heappop(self._dues)
        return min(self._beat, max(self._dues[0] - time.time(), 0.001)) if self._dues else self._beat
