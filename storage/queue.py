"""The Queue: pgqueuer keeps the entries, in memory beside a SQLite journal and on PostgreSQL otherwise.

pgqueuer's part is everything that must be right between machines: the tables, claims that no two workers share, seats that hold a lane's
limit across all workers, dedupe keys, LISTEN/NOTIFY, stale claims, and an in-memory twin with the same methods. The loop that takes
entries is ours, because pgqueuer's own gives a seat back up to 100 ms after its handler ended (ten jobs a second in a lane of one), looks
no oftener than that for what falls due, forgets the entry of a cancelled handler, and when the database goes away for a moment stops
taking entries until the last running handler has ended.

An entry is one wake-up: lane, job id and `once`. Losing one delays a job until the worker's sweep; it never loses the job.
"""

import asyncio
import importlib
import json
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.inmemory import InMemoryDriver, InMemoryQueries
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job as Entry
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel, JobId, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreFault

log = structlog.get_logger()

Handle = Callable[[str, str], Awaitable[None]]
Wake = Callable[[], None]
Entries = Queries | InMemoryQueries
_HEARTBEAT = timedelta(seconds=30)
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
        heartbeat: timedelta = _HEARTBEAT,
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
            await _enqueue(self._entries, job_id, lane=lane, due=due, priority=priority, once=once)
        except self._troubles as trouble:
            raise StoreFault(f"The queue's database did not take an entry: {trouble}") from trouble
        self._wake.set()

    async def run(self, lanes: Mapping[str, int], handle: Handle) -> None:
        """Call `handle` until `stop`. Cancelling ends running handlers and hands their entries back."""
        limits = {_written(lane): EntrypointExecutionParameter(concurrency_limit=limit) for lane, limit in lanes.items() if limit > 0}
        names = {_written(lane): lane for lane in lanes}
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
        try:
            taken = await self._entries.dequeue(
                batch_size=_BATCH,
                entrypoints=limits,
                queue_manager_id=self._worker,
                global_concurrency_limit=None,
                heartbeat_timeout=self._heartbeat,
            )
            pause = 0.0 if taken else await self._patience(list(limits))
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

    async def _patience(self, lanes: list[QueueEntrypoint]) -> float:
        # In this order: an entry that falls due between the questions is seen by the second.
        eta = await self._entries.next_deferred_eta(lanes)
        crowded = await self._entries.eligible_queued_work(lanes) > 0
        longest = min(self._beat, _CROWDED) if crowded else self._beat
        return longest if eta is None else min(longest, max(eta.total_seconds(), 0.001))

    async def _work(self, entry: Entry, lane: str, handle: Handle) -> None:
        job_id = _read(entry.payload)
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


@asynccontextmanager
async def open_queue(url: str | None, *, heartbeat: timedelta = _HEARTBEAT) -> AsyncGenerator[PgQueue]:
    """A queue in memory (`None`), or on the PostgreSQL of a URL whose tables `install` has made.

    `heartbeat` is how long a worker may be silent before another takes over what it had at work.

    Raises:
        StoreFault: the database cannot be reached, or has no queue in it.
    """
    if url is None:
        yield PgQueue(InMemoryQueries(InMemoryDriver(), **_builders()), heartbeat=heartbeat)
        return
    dsn = _dsn(url)
    troubles = _troubles()
    try:
        pool = await _driver().create_pool(dsn, min_size=1, max_size=6, command_timeout=30)
    except troubles as trouble:
        raise StoreFault(f"The queue's database cannot be reached: {trouble}. Check BOT_DATABASE_URL.") from trouble

    async def listen(wake: Wake) -> None:
        while True:
            with suppress(*troubles):
                await _listen(dsn, wake)
            await asyncio.sleep(_AGAIN)

    async with pool:
        entries = Queries(AsyncpgPoolDriver(pool), **_builders())
        if not await entries.schema_is_installed():
            raise StoreFault("The queue's tables are not in the database yet; run `limner migrate` once.")
        yield PgQueue(entries, heartbeat=heartbeat, listen=listen, troubles=troubles)


async def install(url: str) -> None:
    """Make the queue's tables on PostgreSQL, or bring them up to date. May be repeated, and by several at once."""
    try:
        connection = await _driver().connect(_dsn(url))
    except _troubles() as trouble:
        raise StoreFault(f"The queue's database cannot be reached: {trouble}. Check BOT_DATABASE_URL.") from trouble
    try:
        entries = Queries(AsyncpgDriver(connection), **_builders())
        async with entries.schema_lock():
            if await entries.schema_is_installed():
                await entries.upgrade()
            else:
                await entries.install()
    finally:
        await connection.close()


async def announce(connection: AsyncConnection, job_id: str, lane: str, priority: int = 0, *, once: str = "") -> None:
    """Put an entry in the transaction of a PostgreSQL journal: the wake-up is there when, and only when, the job is.

    Workers hear of it when the transaction commits. Errors are the database's own and end the transaction like any other statement's.
    """
    raw: Any = (await connection.get_raw_connection()).driver_connection
    if not raw.is_in_transaction():
        # SQLAlchemy begins with its own first statement; without one, this entry would be committed by itself.
        await connection.exec_driver_sql("SELECT 1")
    await _enqueue(Queries(AsyncpgDriver(raw), **_builders()), job_id, lane=lane, due=timedelta(0), priority=priority, once=once)


async def _enqueue(entries: Entries, job_id: str, *, lane: str, due: timedelta, priority: int, once: str) -> None:
    await entries.enqueue(
        _written(lane),
        job_id.encode(errors="surrogatepass"),
        priority=priority,
        execute_after=max(due, timedelta(0)),
        dedupe_key=json.dumps([lane, job_id, once]),
        on_conflict="skip",
    )


async def _listen(dsn: str, wake: Wake) -> None:
    """Hear of every change until the connection is lost. It has a connection of its own, which a pool would reset."""
    connection = await _driver().connect(dsn)
    try:
        lost = asyncio.Event()
        connection.add_termination_listener(_deaf(lost.set))
        await connection.add_listener(_settings().channel, _deaf(wake))
        # Whatever was put before the ear was open has been missed.
        wake()
        await lost.wait()
    finally:
        await connection.close(timeout=1)


def _deaf(wake: Wake) -> Callable[..., None]:
    # asyncpg tells who, where and what; a worker looks for itself.
    def hear(*_: object) -> None:
        wake()

    return hear


def _builders() -> dict[str, Any]:
    settings = _settings()
    return {
        "qbe": QueryBuilderEnvironment(settings),
        "qbq": QueryQueueBuilder(settings),
        "qbs": QuerySchedulerBuilder(settings),
    }


def _settings() -> DBSettings:
    # Every name is said, because pgqueuer looks for what is left out in the environment (CHANNEL, FUNCTION, QUEUE_TABLE ...).
    return DBSettings(
        prefix="limner_",
        db_schema=None,
        channel=Channel("limner_queue"),
        function="limner_queue_changed",
        trigger="limner_queue_changed",
        queue_table="limner_queue",
        queue_table_log="limner_queue_log",
        queue_status_type="limner_queue_status",
        statistics_table="limner_queue_statistics",
        schedules_table="limner_queue_schedules",
        durability=Durability.durable,
        widen_id=True,
    )


def _driver() -> Any:  # noqa: ANN401 - asyncpg has no types
    # Imported when it is needed: the embedded default never is, and starts sooner without.
    return importlib.import_module("asyncpg")


def _troubles() -> tuple[type[Exception], ...]:
    # A connection that is cut in the middle of a statement can end in the driver's complaint about its own state.
    driver = _driver()
    return (OSError, driver.PostgresError, driver.InterfaceError, driver.InternalClientError)


def _dsn(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def _written(lane: str) -> QueueEntrypoint:
    # A lane is named after a file, which may hold what PostgreSQL's text cannot.
    return QueueEntrypoint(lane.encode("unicode_escape").decode("ascii"))


def _read(payload: bytes | None) -> str:
    return (payload or b"").decode(errors="surrogatepass")
