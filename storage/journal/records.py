"""The records of the journal: what is kept about whom and since when, what is kept too long, and what is forgotten."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, func, literal, select, tuple_, union

from bot.model import Entry, Erasure, Job, Known, Mark, Person, Post, Sums
from storage.journal import forgetting, tallies
from storage.journal.audit import alias_of, append, read
from storage.journal.documents import micros, read_jobs, read_post
from storage.journal.jobs import PICTURES, WORDS
from storage.journal.part import Part, insert
from storage.journal.people import person_of
from storage.schema import OVER, audit, cases, erasures, events, inputs, jobs, links, marks, people, rules

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 100
_KINDS = {"words": WORDS, "pictures": PICTURES}


class Records(Part):
    """What the journal says about what it keeps."""

    async def workspaces(self) -> list[str]:
        """As the port says."""
        met = select((people.c.platform + ":" + people.c.workspace).label("of"))
        ruled = select(rules.c.workspace.label("of"))
        found = await self._database.read(lambda connection: connection.execute(union(met, ruled)).scalars().all())
        return sorted(found)

    async def everybody(self, workspace: str) -> list[Known]:
        """As the port says."""
        platform, _, name = workspace.partition(":")
        query = _known().where(people.c.platform == platform, people.c.workspace == name).order_by(people.c.id)
        return await self._database.read(lambda connection: [_read(connection, row) for row in connection.execute(query).mappings().all()])

    async def met(self, keys: Sequence[str]) -> list[Known]:
        """As the port says."""
        named = tuple_(people.c.platform, people.c.workspace, people.c.id).in_([tuple(key.split(":", 2)) for key in keys])
        query = _known().where(named).order_by(people.c.platform, people.c.workspace, people.c.id)
        return await self._database.read(lambda connection: [_read(connection, row) for row in connection.execute(query).mappings().all()])

    async def jobs_of(self, account: str, *, after: Job | None = None, limit: int = 100) -> list[Job]:
        """As the port says."""
        query = select(jobs.c.document).where(jobs.c.account == account).order_by(jobs.c.created, jobs.c.id).limit(limit)
        if after is not None:
            query = query.where(tuple_(jobs.c.created, jobs.c.id) > tuple_(literal(micros(after.created)), literal(after.id)))
        return await read_jobs(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def marks_by(self, keys: Sequence[str]) -> list[Mark]:
        """As the port says."""
        query = select(marks).where(marks.c.person.in_(keys)).order_by(marks.c.made, marks.c.job)
        found = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [Mark(job=row["job"], image=row["image"], kind=row["kind"], made=_moment(row["made"])) for row in found]

    async def case_posts(self, keys: Sequence[str]) -> list[Post]:
        """As the port says."""
        query = select(cases.c.post).where(cases.c.person.in_(keys), cases.c.post.is_not(None)).order_by(cases.c.id)
        found = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [read_post(document) for document in found if document]

    async def sums(
        self, workspace: str, *, since: datetime, until: datetime, shifts: Sequence[tuple[datetime, timedelta]], top: int
    ) -> Sums:
        """As the port says."""
        span = tallies.span_of(workspace, since, until)
        # Three questions and not one after the other: a SQLite file has two threads that read.
        days, (shares, people), (half, most) = await asyncio.gather(
            self._database.read(partial(tallies.by_day, span=span, shifts=shifts)),
            self._database.read(partial(tallies.by_account, span=span, top=top)),
            self._database.read(partial(tallies.durations, span=span)),
        )
        return Sums(tallies=days, shares=shares, people=people, p50=half, p95=most)

    async def outdated(self, workspace: str, *, before: datetime, what: str, limit: int) -> list[Job]:
        """As the port says. KeyError for what is neither words nor pictures."""
        platform, _, name = workspace.partition(":")
        here: tuple[ColumnElement[bool], ...] = (jobs.c.platform == platform, jobs.c.workspace == name, OVER)
        old = (jobs.c.created < micros(before), jobs.c.kept.bitwise_and(_KINDS[what]) > 0)
        query = select(jobs.c.document).where(*here, *old).order_by(jobs.c.created).limit(limit)
        return await read_jobs(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def forget_words(self, jobs: Sequence[str]) -> None:
        """As the port says."""

        def work(connection: Connection) -> None:
            for job_id in jobs:
                forgetting.forget_words(connection, job_id)

        await self._database.write(work)

    async def forget_pictures(self, job_id: str) -> list[str]:
        """As the port says."""
        return await self._database.write(lambda connection: forgetting.forget_pictures(connection, job_id, micros(self._now())))

    async def needed(self, keys: Sequence[str]) -> set[str]:
        """As the port says."""
        query = select(inputs.c.key).where(inputs.c.key.in_(keys)).distinct()
        return set(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def drop_events(self, *, before: datetime, limit: int = 5000) -> int:
        """As the port says."""
        # Who has seen the guidelines is not asked to read them once a month.
        passing = ~events.c.key.startswith("guidelines:")
        old = select(events.c.key).where(events.c.taken < micros(before), passing).order_by(events.c.taken).limit(limit)
        return await self._database.write(lambda connection: connection.execute(delete(events).where(events.c.key.in_(old))).rowcount)

    async def begin_erasure(self, erasure: Erasure, *, entry: Entry) -> bool:
        """As the port says."""

        def work(connection: Connection) -> bool:
            values = {"account": erasure.account, "asked": micros(erasure.asked), "document": _written(erasure)}
            keep = insert(connection.dialect.name, erasures).on_conflict_do_nothing()
            if connection.execute(keep, values).rowcount != 1:
                return False
            append(connection, entry)
            return True

        return await self._database.write(work)

    async def erasures(self) -> list[Erasure]:
        """As the port says."""
        query = select(erasures.c.document).order_by(erasures.c.asked, erasures.c.account)
        found = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        return [_erasure().validate_json(document) for document in found]

    async def save_erasure(self, erasure: Erasure) -> None:
        """As the port says."""
        change = erasures.update().where(erasures.c.account == erasure.account).values(document=_written(erasure))
        await self._database.write(lambda connection: connection.execute(change) and None)

    async def orphan(self, job_id: str) -> list[str]:
        """As the port says."""
        return await self._database.write(lambda connection: forgetting.orphan(connection, job_id, micros(self._now())))

    async def unname(self, people: Sequence[Person]) -> None:
        """As the port says."""
        found = await self._database.read(lambda connection: forgetting.approved_by(connection, people))
        for start in range(0, len(found), _BATCH):
            some = found[start : start + _BATCH]
            await self._database.write(partial(forgetting.unname, persons=people, job_ids=some))

    async def end_erasure(self, erasure: Erasure, *, entry: Entry) -> None:
        """As the port says."""

        def work(connection: Connection) -> None:
            forgetting.share_bans(connection, erasure.people)
            for person in erasure.people:
                forgetting.forget_person(connection, person, micros(self._now()))
            forgetting.close(connection, erasure)
            append(connection, entry)

        await self._database.write(work)

    async def tidy(self) -> bool:
        """As the port says."""
        return await self._database.tidy()


def _read(connection: Connection, row: RowMapping) -> Known:
    person = person_of(row)
    alias = alias_of(connection, person.key)
    last = None
    if alias is not None:
        mine = select(audit).where(audit.c.who == f"person:{alias}").order_by(audit.c.number.desc()).limit(1)
        last = connection.execute(mine).mappings().one_or_none()
    drew = None if row["drew"] is None else _moment(row["drew"])
    return Known(person=person, seen=_moment(row["seen"]), drew=drew, acted=read(connection, last) if last else None)


def _moment(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


def _written(erasure: Erasure) -> str:
    return _erasure().dump_json(erasure).decode()


@cache
def _erasure() -> TypeAdapter[Erasure]:
    return TypeAdapter(Erasure)


@cache
def _known() -> Select[Any]:
    key = people.c.platform + ":" + people.c.workspace + ":" + people.c.id
    account = func.coalesce(links.c.account, key)
    drew = select(func.max(jobs.c.created)).where(jobs.c.account == account).correlate(people, links).scalar_subquery()
    return select(people, drew.label("drew")).select_from(people.outerjoin(links, links.c.person == key))
