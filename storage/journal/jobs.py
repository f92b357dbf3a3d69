"""The jobs of the journal: taken, begun, saved, and looked up."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Insert, Integer, Select, Update, and_, bindparam, func, insert, literal_column, select, union_all, update
from sqlalchemy.sql.elements import ColumnElement

from bot.errors import AlreadyTaken, NotFound, Overtaken
from bot.model import MOVES, RUNNING, UNFINISHED, Case, Entry, Job, Limit, Load, Person, Pool, State
from storage.journal import cases, quota
from storage.journal.audit import append
from storage.journal.database import Database
from storage.journal.documents import micros, micros_or_none, read_job, read_jobs, write_job
from storage.journal.part import Insert as Upsert
from storage.journal.part import Part, lock, take_event
from storage.journal.part import insert as upsert
from storage.journal.people import key_of
from storage.schema import BEHIND, DELIVERED, LIVE, inputs, jobs, links, tickets

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

Announce = Callable[["AsyncConnection", Job], Awaitable[None]]
"""What is awaited inside the transaction that takes a job, after the job is written."""

UPLOADS = ("sources/", "masks/")
"""How the keys of what people brought along begin."""
_PREFIX = 4
"""Characters of an id that are enough where they fit one job."""
WORDS, PICTURES = 1, 2
"""The bits of `kept`."""
_PACE = 20
"""Jobs whose median is a model's pace."""


class Jobs(Part):
    """What the journal says about jobs."""

    def __init__(self, database: Database, now: Callable[[], datetime], announce: Announce | None) -> None:
        super().__init__(database, now)
        self._announce = announce

    async def enqueue(
        self,
        job: Job,
        *,
        limits: Sequence[Limit],
        load: Load,
        event: str | None,
        case: Case | None = None,
        entry: Entry | None = None,
    ) -> Job:
        """As the port says. ValueError for a job that is neither QUEUED nor HELD."""
        if job.state not in {State.QUEUED, State.HELD}:
            raise ValueError(f"A new job is queued or held, not {job.state}.")

        def work(connection: Connection) -> Job:
            _take(connection, event, self._now())
            lock(connection, [job.counted_for, *(limit.subject for limit in limits)])
            if key_of(connection, job.person.key) != job.counted_for:
                raise Overtaken(f"{job.person.key} was linked or unlinked meanwhile.")
            standing = quota.ask(connection, job.counted_for, limits)
            quota.check(connection, job, standing, limits, load)
            taken = replace(job, priority=load.priority - standing.unfinished)
            _write(connection, taken, since=_since(job.created, limits))
            if case is not None:
                cases.keep(connection, case)
            if entry is not None:
                append(connection, entry)
            return taken

        return await self._database.write(work, then=self._announce)

    async def record(self, job: Job, *, event: str | None, entry: Entry | None = None) -> None:
        """As the port says. ValueError for a job that is not over."""
        if not job.state.over:
            raise ValueError(f"A job that is only recorded is over, not {job.state}.")

        def work(connection: Connection) -> None:
            _take(connection, event, self._now())
            # Who links at this very moment waits, or their history would not have it.
            lock(connection, [key_of(connection, job.person.key)])
            _write(connection, job, account=key_of(connection, job.person.key))
            if entry is not None:
                append(connection, entry)

        await self._database.write(work)

    async def begin(self, job: Job, *, running: int, now: datetime) -> Job | None:
        """As the port says. ValueError for a job that is not QUEUED."""
        if job.state is not State.QUEUED:
            raise ValueError(f"Only a queued job can begin, not one that is {job.state}.")
        begun = replace(job, state=State.SUBMITTING, version=job.version + 1, attempts=job.attempts + 1, started=now, changed=now)

        def work(connection: Connection) -> Job | str | None:
            lock(connection, [account])
            # Not all of its person's jobs, if it was linked since the job was taken. Nothing is done yet, so it is asked again.
            if (now_of := key_of(connection, job.person.key)) != account:
                return now_of
            if connection.execute(_running(), {"account": account}).scalar_one() >= running:
                _must_stand(connection, job)
                return None
            swap(connection, begun, was=job)
            return begun

        account, found = "", job.counted_for
        while isinstance(found, str):
            account, found = found, None
            found = await self._database.write(work)
        return found

    async def save(self, job: Job, *, was: Job, limits: Sequence[Limit] = ()) -> Job:
        """As the port says. Times are the caller's, `changed` included."""
        if job.state not in MOVES[was.state]:
            raise ValueError(f"A job cannot move from {was.state} to {job.state}.")
        if was.state is State.HELD and job.state.counts:
            raise ValueError(f"A held job is let go, with its quota asked, and not just saved as {job.state}.")
        if job.id != was.id or job.person.key != was.person.key:
            raise ValueError("A job keeps its id and its person.")
        saved = replace(job, version=was.version + 1)

        def work(connection: Connection) -> None:
            if limits:
                _lock(connection, job, limits)
            swap(connection, saved, was=was)
            _must_fit(connection, saved, was, limits)

        await self._database.write(work)
        return saved

    async def let_go(self, job: Job, *, was: Job, limits: Sequence[Limit]) -> Job:
        """As the port says. ValueError for a job that is not HELD, or is to be anything but QUEUED or GENERATED."""
        if was.state is not State.HELD or job.state not in {State.QUEUED, State.GENERATED}:
            raise ValueError(f"A held job is let go to be drawn or shown, not from {was.state} to {job.state}.")
        saved = replace(job, version=was.version + 1)

        def work(connection: Connection) -> Job:
            go_on(connection, saved, was=was, limits=limits)
            return saved

        return await self._database.write(work, then=self._announce if saved.state is State.QUEUED else None)

    async def find(self, job_id: str) -> Job:
        """As the port says."""
        # What cannot be printed is no id, and PostgreSQL would not even look at it.
        found = await self._documents(*_like(job_id)) if job_id and job_id.isprintable() else []
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
            query = query.where(jobs.c.account == _account(person.key))
        if before is not None:
            query = query.where(jobs.c.created < micros(before))
        return await read_jobs(await self._documents(query))

    async def unfinished(self, *, changed_before: datetime | None = None) -> list[Job]:
        """As the port says."""
        # Two questions and not one with OR, so that each has its index. Whatever is behind changed at some moment: it is said, or SQLite
        # would look through the index of all jobs that are over.
        conditions = (LIVE, and_(BEHIND, jobs.c.changed >= literal_column("0")))
        parts = [select(jobs.c.document, jobs.c.created, jobs.c.id).where(condition) for condition in conditions]
        if changed_before is not None:
            parts = [part.where(jobs.c.changed < micros(changed_before)) for part in parts]
        both = union_all(*parts).subquery()
        return await read_jobs(await self._documents(select(both.c.document).order_by(both.c.created, both.c.id)))

    async def waiting(self, person: Person, *, limit: int) -> list[Job]:
        """As the port says."""
        return await read_jobs(await self._documents(_waiting(), {"person": person.key, "most": limit}))

    async def queued(self, provider: str, *, limit: int) -> list[str]:
        """As the port says."""
        return await self._documents(_queued(), {"provider": provider, "most": limit})

    async def counts(self) -> Mapping[str, int]:
        """As the port says; states without a job are there with 0."""
        found = await self._database.read(lambda connection: connection.execute(_counts()).all())
        return {state.value: 0 for state in sorted(UNFINISHED)} | dict(found)

    async def usage(self, limits: Sequence[Limit]) -> list[int]:
        """As the port says."""
        return await self._database.read(lambda connection: quota.used(connection, limits))

    async def renewals(self, limits: Sequence[Limit]) -> list[datetime]:
        """As the port says."""
        # One statement where nothing is rolling; else a few, each about what is certain to be there: what was used before.
        return await self._database.write(lambda connection: quota.renewals(connection, limits))

    async def pace(self, provider: str, model: str) -> float | None:
        """As the port says."""
        drawn = {"provider": provider, "model": model}
        found = await self._database.read(lambda connection: connection.execute(_paces(), drawn).scalars().all())
        return median(found) / 1_000_000 if found else None

    async def alike(self, job: Job) -> Job | None:
        """As the port says."""
        values = {"likeness": job.likeness, "platform": job.place.platform, "workspace": job.place.workspace}
        found = await self._documents(_likeness(), values) if job.likeness else []
        return read_job(found[0]) if found else None

    async def keep_ticket(self, provider: str, ticket: str, job_id: str) -> None:
        """As the port says."""
        values = {"provider": provider, "ticket": ticket, "job": job_id}
        await self._database.write(lambda connection: connection.execute(_ticketing(connection.dialect.name), values) and None)

    async def job_of_ticket(self, provider: str, ticket: str) -> str | None:
        """As the port says."""
        values = {"of": provider, "named": ticket}
        return await self._database.read(lambda connection: connection.execute(_ticketed(), values).scalar_one_or_none())

    async def _documents(self, query: Select[str], values: Mapping[str, object] | None = None) -> list[str]:
        return list(await self._database.read(lambda connection: connection.execute(query, values).scalars().all()))


def _like(job_id: str) -> tuple[Select[str], Mapping[str, str]]:
    """The job of this id and, where it is long enough to be the beginning of one, those that begin so; two are enough to know."""
    if len(job_id) < _PREFIX or not job_id.isascii():
        return _named(), {"id": job_id}
    return _beginning(), {"first": job_id, "behind": job_id[:-1] + chr(ord(job_id[-1]) + 1)}


def _take(connection: Connection, event: str | None, now: datetime) -> None:
    if event is not None and not take_event(connection, event, now):
        raise AlreadyTaken(f"The event {event} was taken before.")


def _since(moment: datetime, limits: Sequence[Limit]) -> int:
    """From when a job counts: from this moment, but in the windows in which its quota was asked, if one has just begun."""
    return micros(max([moment, *(limit.since for limit in limits)]))


def go_on(connection: Connection, job: Job, *, was: Job, limits: Sequence[Limit]) -> None:
    """Move a HELD job on: from now on (`changed`) it counts, with its quota asked. Raises Overtaken, OverQuota."""
    _lock(connection, job, limits)
    swap(connection, job, was=was)
    since = _since(job.changed, limits)
    # What was drawn before it was held was paid then.
    moments = {"counted": since, "paid": since} if job.state is State.QUEUED else {"counted": since}
    connection.execute(update(jobs).where(jobs.c.id == job.id).values(**moments))
    _must_fit(connection, job, was, limits)


def _lock(connection: Connection, job: Job, limits: Sequence[Limit]) -> None:
    """Let nobody else ask about what these limits are about, nor link this person. Raises Overtaken where somebody just did."""
    account = key_of(connection, job.person.key)
    lock(connection, [account, *(limit.subject for limit in limits)])
    mine = {key_of(connection, job.person.key), *(limit.subject for limit in limits if limit.pool is Pool.ACCOUNT)}
    if mine != {account}:
        raise Overtaken(f"{job.person.key} was linked or unlinked meanwhile.")


def _must_fit(connection: Connection, job: Job, was: Job, limits: Sequence[Limit]) -> None:
    """Refuse a job that takes more of a limit than it did where there is not so much. Raises OverQuota.

    It is written already: so it is counted where its window is, whatever it counted for before, and a refusal takes it back with all else.
    """
    if limits:
        grows = {limit: quota.wanted(job, limit) - quota.wanted(was, limit) for limit in limits}
        used = dict(zip(limits, quota.used(connection, limits), strict=True))
        quota.check_limits(connection, job, grows, {limit: used[limit] - grows[limit] for limit in limits})


def _write(connection: Connection, job: Job, *, since: int | None = None, account: str = "") -> None:
    """Write a new job, with the uploads that it starts from."""
    counted = micros(job.created) if since is None else since
    moved = {"counted": counted, "paid": counted, "account": account or job.counted_for}
    connection.execute(_writing(), {**_row(job), **moved})
    for key in sorted(uploads_of(job)):
        connection.execute(_starting(), {"job": job.id, "key": key})


def uploads_of(job: Job) -> set[str]:
    """The files that people brought along for a job; results of other jobs belong to those."""
    keys = (*job.request.sources, *job.fitted.sources, job.request.mask, job.fitted.mask)
    return {key for key in keys if key and key.startswith(UPLOADS)}


def swap(connection: Connection, job: Job, *, was: Job) -> None:
    """Write a job over what it was, or raise Overtaken."""
    values = _row(job)
    # Who asked, where and when stays as it was taken.
    del values["id"], values["person"], values["account"], values["created"]
    if connection.execute(_swapping(), {**values, **_read(was)}).rowcount != 1:
        raise _overtaken(was)


def _must_stand(connection: Connection, job: Job) -> None:
    if connection.execute(_standing(), _read(job)).scalar_one_or_none() is None:
        raise _overtaken(job)


def _read(job: Job) -> dict[str, Any]:
    return {"read_id": job.id, "read_state": job.state.value, "read_version": job.version}


def _overtaken(job: Job) -> Overtaken:
    return Overtaken(f"Job {job.id} is no longer {job.state} at version {job.version}.")


def _row(job: Job) -> dict[str, Any]:
    charge = job.charge
    return {
        "id": job.id,
        "person": job.person.key,
        "account": job.counted_for,
        "operation": job.request.operation.value,
        "platform": job.place.platform,
        "workspace": job.place.workspace,
        "channel": job.place.channel,
        "state": job.state.value,
        "live": int(not job.state.over),
        "version": job.version,
        "provider": job.provider,
        "model": job.model,
        "priority": job.priority,
        "charge": charge.images,
        "money": charge.money,
        "spent": charge.spent,
        "parent": job.parent.job if job.parent else None,
        "created": micros(job.created),
        "changed": micros(job.changed),
        "due": micros_or_none(job.due),
        "started": micros_or_none(job.started),
        "finished": micros_or_none(job.finished),
        "deadline": micros(job.deadline),
        "likeness": job.likeness or None,
        "images": len(job.images) if job.state is State.DELIVERED else 0,
        "reused": int(bool(job.reuse)),
        "kept": WORDS | (PICTURES if job.images else 0),
        "document": write_job(job),
    }


# Statements are built once: SQLAlchemy needs longer to build and recognise one than SQLite to run it.


@cache
def _writing() -> Insert:
    return insert(jobs)


@cache
def _starting() -> Insert:
    return insert(inputs)


@cache
def _swapping() -> Update:
    return update(jobs).where(*_as_read())


@cache
def _standing() -> Select[str]:
    return select(jobs.c.id).where(*_as_read())


def _as_read() -> tuple[ColumnElement[bool], ...]:
    return jobs.c.id == bindparam("read_id"), jobs.c.state == bindparam("read_state"), jobs.c.version == bindparam("read_version")


def _account(person: str | ColumnElement[str]) -> ColumnElement[str]:
    """The key of a person's account, for a question about it."""
    linked = select(links.c.account).where(links.c.person == person).scalar_subquery()
    return func.coalesce(linked, person)


@cache
def _running() -> Select[int]:
    return select(func.count()).select_from(jobs).where(jobs.c.account == bindparam("account"), LIVE, quota.among(RUNNING))


@cache
def _named() -> Select[str]:
    return select(jobs.c.document).where(jobs.c.id == bindparam("id"))


@cache
def _beginning() -> Select[str]:
    return select(jobs.c.document).where(jobs.c.id >= bindparam("first"), jobs.c.id < bindparam("behind")).order_by(jobs.c.id).limit(2)


@cache
def _waiting() -> Select[str]:
    return _first_to_run(select(jobs.c.document).where(jobs.c.account == _account(bindparam("person"))))


@cache
def _queued() -> Select[str]:
    return _first_to_run(select(jobs.c.id).where(jobs.c.provider == bindparam("provider")))


def _first_to_run(query: Select[str]) -> Select[str]:
    queued = query.where(jobs.c.state == State.QUEUED.value, LIVE)
    return queued.order_by(jobs.c.priority.desc(), jobs.c.created, jobs.c.id).limit(bindparam("most", type_=Integer))


@cache
def _likeness() -> Select[str]:
    same = (jobs.c.likeness == bindparam("likeness"), jobs.c.platform == bindparam("platform"), jobs.c.workspace == bindparam("workspace"))
    return select(jobs.c.document).where(*same, DELIVERED).order_by(jobs.c.finished.desc()).limit(1)


@cache
def _ticketing(dialect: str) -> Upsert:
    return upsert(dialect, tickets).on_conflict_do_nothing()


@cache
def _ticketed() -> Select[str]:
    return select(tickets.c.job).where(tickets.c.provider == bindparam("of"), tickets.c.ticket == bindparam("named"))


@cache
def _counts() -> Select[str, int]:
    return select(jobs.c.state, func.count()).where(LIVE).group_by(jobs.c.state)


@cache
def _paces() -> Select[int]:
    return (
        select(jobs.c.finished - jobs.c.started)
        .where(jobs.c.provider == bindparam("provider"), jobs.c.model == bindparam("model"), DELIVERED)
        .where(jobs.c.finished.is_not(None), jobs.c.started.is_not(None))
        .order_by(jobs.c.finished.desc())
        .limit(_PACE)
    )
