"""The jobs of the journal: taken, begun, saved, and looked up."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyTaken, NotFound, Overtaken
from bot.model import MOVES, RUNNING, UNFINISHED, Job, Limit, Load, Person, State
from storage.journal import quota
from storage.journal.database import Database
from storage.journal.documents import micros, micros_or_none, read_job, read_jobs, write_job
from storage.journal.part import Part, lock, take_event
from storage.schema import BEHIND, DELIVERED, LIVE, jobs

Announce = Callable[[AsyncConnection, Job], Awaitable[None]]
"""What is awaited inside the transaction that takes a job, after the job is written."""

_PREFIX = 4
"""Characters of an id that are enough where they fit one job."""
_PACE = 20
"""Jobs whose median is a model's pace."""


class Jobs(Part):
    """What the journal says about jobs."""

    def __init__(self, database: Database, now: Callable[[], datetime], announce: Announce | None) -> None:
        super().__init__(database, now)
        self._announce = announce

    async def enqueue(self, job: Job, *, limits: Sequence[Limit], load: Load, event: str | None) -> Job:
        """As the port says. ValueError for a job that is neither QUEUED nor HELD."""
        if job.state not in {State.QUEUED, State.HELD}:
            raise ValueError(f"A new job is queued or held, not {job.state}.")

        def work(connection: Connection) -> Job:
            _take(connection, event, self._now())
            lock(connection, [job.person.key, *(limit.subject for limit in limits)])
            standing = quota.ask(connection, job.person, limits)
            quota.check(job, standing, limits, load)
            taken = replace(job, priority=-standing.unfinished)
            connection.execute(insert(jobs).values(_row(taken)))
            return taken

        return await self._database.write(work, then=self._announce)

    async def record(self, job: Job, *, event: str | None) -> None:
        """As the port says. ValueError for a job that is not over."""
        if not job.state.over:
            raise ValueError(f"A job that is only recorded is over, not {job.state}.")

        def work(connection: Connection) -> None:
            _take(connection, event, self._now())
            connection.execute(insert(jobs).values(_row(job)))

        await self._database.write(work)

    async def begin(self, job: Job, *, running: int, now: datetime) -> Job | None:
        """As the port says. ValueError for a job that is not QUEUED."""
        if job.state is not State.QUEUED:
            raise ValueError(f"Only a queued job can begin, not one that is {job.state}.")
        begun = replace(job, state=State.SUBMITTING, version=job.version + 1, attempts=job.attempts + 1, started=now, changed=now)

        def work(connection: Connection) -> Job | None:
            lock(connection, [job.person.key])
            mine = select(func.count()).select_from(jobs).where(jobs.c.person == job.person.key, LIVE, jobs.c.state.in_(sorted(RUNNING)))
            if connection.execute(mine).scalar_one() >= running:
                _must_stand(connection, job)
                return None
            _swap(connection, begun, was=job)
            return begun

        return await self._database.write(work)

    async def save(self, job: Job, *, was: Job) -> Job:
        """As the port says. Times are the caller's, `changed` included."""
        if job.state not in MOVES[was.state]:
            raise ValueError(f"A job cannot move from {was.state} to {job.state}.")
        if job.id != was.id or job.person.key != was.person.key:
            raise ValueError("A job keeps its id and its person.")
        saved = replace(job, version=was.version + 1)
        await self._database.write(lambda connection: _swap(connection, saved, was=was))
        return saved

    async def find(self, job_id: str) -> Job:
        """As the port says."""
        # What cannot be printed is no id, and PostgreSQL would not even look at it.
        found = await self._documents(_like(job_id)) if job_id and job_id.isprintable() else []
        shown = job_id[:40]
        for document in found:
            job = read_job(document)
            if job.id == job_id or len(found) == 1:
                return job
        if found:
            raise NotFound(f"More than one job begins with {shown}.", advice="Give more characters of its id; /history lists yours.")
        raise NotFound(f"There is no job {shown}." if shown.isprintable() else "There is no such job.", advice="/history lists yours.")

    async def recent(self, *, person: Person | None = None, limit: int = 10, before: datetime | None = None) -> list[Job]:
        """As the port says."""
        query = select(jobs.c.document).order_by(jobs.c.created.desc(), jobs.c.id.desc()).limit(limit)
        if person is not None:
            query = query.where(jobs.c.person == person.key)
        if before is not None:
            query = query.where(jobs.c.created < micros(before))
        return await read_jobs(await self._documents(query))

    async def unfinished(self, *, changed_before: datetime | None = None) -> list[Job]:
        """As the port says."""
        # Two questions and not one with OR, so that each has its index.
        parts = [select(jobs.c.document, jobs.c.created, jobs.c.id).where(condition) for condition in (LIVE, BEHIND)]
        if changed_before is not None:
            parts = [part.where(jobs.c.changed < micros(changed_before)) for part in parts]
        both = union_all(*parts).subquery()
        return await read_jobs(await self._documents(select(both.c.document).order_by(both.c.created, both.c.id)))

    async def waiting(self, person: Person, *, limit: int) -> list[Job]:
        """As the port says."""
        query = select(jobs.c.document).where(jobs.c.person == person.key, jobs.c.state == State.QUEUED.value, LIVE)
        return await read_jobs(await self._documents(_first_to_run(query).limit(limit)))

    async def queued(self, provider: str, *, limit: int) -> list[str]:
        """As the port says."""
        query = select(jobs.c.id).where(jobs.c.provider == provider, jobs.c.state == State.QUEUED.value, LIVE)
        return await self._documents(_first_to_run(query).limit(limit))

    async def counts(self) -> Mapping[str, int]:
        """As the port says; states without a job are there with 0."""
        query: Select[str, int] = select(jobs.c.state, func.count()).where(LIVE).group_by(jobs.c.state)
        found = await self._database.read(lambda connection: connection.execute(query).all())
        return {state.value: 0 for state in sorted(UNFINISHED)} | dict(found)

    async def usage(self, subject: str, since: datetime) -> int:
        """As the port says."""
        query = quota.used(subject, since)
        return int(await self._database.read(lambda connection: connection.execute(query).scalar_one()))

    async def pace(self, provider: str, model: str) -> float | None:
        """As the port says."""
        query = (
            select(jobs.c.finished - jobs.c.started)
            .where(jobs.c.provider == provider, jobs.c.model == model, DELIVERED, jobs.c.finished.is_not(None), jobs.c.started.is_not(None))
            .order_by(jobs.c.finished.desc())
            .limit(_PACE)
        )
        found = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        return median(found) / 1_000_000 if found else None

    async def _documents(self, query: Select[str]) -> list[str]:
        return list(await self._database.read(lambda connection: connection.execute(query).scalars().all()))


def _like(job_id: str) -> Select[str]:
    """The job of this id and, where it is long enough to be the beginning of one, those that begin so; two are enough to know."""
    query = select(jobs.c.document).order_by(jobs.c.id).limit(2)
    if len(job_id) < _PREFIX or not job_id.isascii():
        return query.where(jobs.c.id == job_id)
    return query.where(jobs.c.id >= job_id, jobs.c.id < job_id[:-1] + chr(ord(job_id[-1]) + 1))


def _first_to_run(query: Select[str]) -> Select[str]:
    return query.order_by(jobs.c.priority.desc(), jobs.c.created, jobs.c.id)


def _take(connection: Connection, event: str | None, now: datetime) -> None:
    if event is not None and not take_event(connection, event, now):
        raise AlreadyTaken(f"The event {event} was taken before.")


def _swap(connection: Connection, job: Job, *, was: Job) -> None:
    """Write a job over what it was, or not at all."""
    values = _row(job)
    swap = update(jobs).where(jobs.c.id == was.id, jobs.c.state == was.state.value, jobs.c.version == was.version)
    # Who asked, where and when stays as it was taken.
    del values["id"], values["person"], values["created"]
    if connection.execute(swap.values(values)).rowcount != 1:
        raise _overtaken(was)


def _must_stand(connection: Connection, job: Job) -> None:
    query = select(jobs.c.id).where(jobs.c.id == job.id, jobs.c.state == job.state.value, jobs.c.version == job.version)
    if connection.execute(query).scalar_one_or_none() is None:
        raise _overtaken(job)


def _overtaken(job: Job) -> Overtaken:
    return Overtaken(f"Job {job.id} is no longer {job.state} at version {job.version}.")


def _charge(job: Job) -> int:
    if job.state is State.DELIVERED:
        return len(job.images)
    return job.fitted.count if job.state.counts else 0


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "person": job.person.key,
        "platform": job.place.platform,
        "workspace": job.place.workspace,
        "channel": job.place.channel,
        "state": job.state.value,
        "live": int(not job.state.over),
        "version": job.version,
        "provider": job.provider,
        "model": job.model,
        "priority": job.priority,
        "charge": _charge(job),
        "parent": job.parent.job if job.parent else None,
        "created": micros(job.created),
        "changed": micros(job.changed),
        "due": micros_or_none(job.due),
        "started": micros_or_none(job.started),
        "finished": micros_or_none(job.finished),
        "deadline": micros(job.deadline),
        "document": write_job(job),
    }
