"""The cases of the journal: what waits for a decision; one decision each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Integer, Select, Update, bindparam, select, update
from sqlalchemy import insert as plain_insert

from bot.errors import NotFound, Overtaken
from bot.model import Case, CaseState, Entry, Post
from storage.journal.audit import append
from storage.journal.documents import micros, read_case, read_post, write_case, write_post
from storage.journal.part import Part, lock
from storage.schema import OPEN, UNTOLD, cases


class Cases(Part):
    """What the journal says about cases."""

    async def open_case(self, case: Case) -> Case:
        """As the port says."""
        return await self._database.write(lambda connection: keep(connection, case))

    async def case(self, case_id: str) -> Case:
        """As the port says."""
        found = await self._database.read(lambda connection: connection.execute(_named(), {"of": case_id}).scalar_one_or_none())
        if found is None:
            raise NotFound(f"There is no case {case_id[:20]}.", advice="/review lists what is open.")
        return read_case(found)

    async def cases(self, workspace: str, *, state: CaseState = CaseState.OPEN, limit: int = 50) -> list[Case]:
        """As the port says."""
        platform, _, name = workspace.partition(":")
        return await self._read(_listed(), platform=platform, workspace=name, state=state.value, most=limit)

    async def cases_of(self, job_id: str) -> list[Case]:
        """As the port says."""
        return await self._read(_of_job(), of=job_id)

    async def cases_due(self, now: datetime, *, limit: int = 100) -> list[Case]:
        """As the port says."""
        return await self._read(_due(), now=micros(now), most=limit)

    async def save_case(self, case: Case, *, was: Case, entry: Entry | None = None) -> Case:
        """As the port says."""
        saved = replace(case, version=was.version + 1)

        def work(connection: Connection) -> Case:
            swap(connection, saved, was=was)
            if entry is not None:
                append(connection, entry)
            return saved

        return await self._database.write(work)

    async def case_post(self, case_id: str) -> tuple[Post | None, int]:
        """As the port says."""
        found = await self._database.read(lambda connection: connection.execute(_posted(), {"of": case_id}).one_or_none())
        document, shown = found or (None, 0)
        return (read_post(document) if document else None), shown

    async def keep_case_post(self, case_id: str, post: Post | None, *, shown: int) -> None:
        """As the port says."""
        values = {"of": case_id, "post": write_post(post) if post else None, "shown": shown}
        await self._database.write(lambda connection: connection.execute(_posting(), values) and None)

    async def cases_untold(self, *, limit: int = 1000) -> list[Case]:
        """As the port says."""
        return await self._read(_untold(), most=limit)

    async def _read(self, query: Select[str], **values: object) -> list[Case]:
        found: Sequence[str] = await self._database.read(lambda connection: connection.execute(query, values).scalars().all())
        return [read_case(document) for document in found]


def keep(connection: Connection, case: Case) -> Case:
    """Write a new case, in the caller's transaction; the open one of its kind and job where there is one."""
    if case.job:
        lock(connection, [f"case {case.job}"])
        found = connection.execute(_open_of(), {"of": case.job, "kind": case.kind.value}).scalar_one_or_none()
        if found is not None:
            return read_case(found)
    connection.execute(_writing(), _row(case))
    return case


def swap(connection: Connection, case: Case, *, was: Case) -> None:
    """Write a case over what it was, or raise Overtaken."""
    values = _row(case)
    del values["id"]
    if connection.execute(_swapping(), {**values, "read_id": was.id, "read_version": was.version}).rowcount != 1:
        raise Overtaken(f"Case {was.id} is no longer at version {was.version}.")


def _row(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "kind": case.kind.value,
        "state": case.state.value,
        "version": case.version,
        "job": case.job or None,
        "person": case.person.key,
        "platform": case.place.platform,
        "workspace": case.place.workspace,
        "opened": micros(case.opened),
        "deadline": micros(case.deadline),
        "document": write_case(case),
    }


@cache
def _writing() -> Insert:
    return plain_insert(cases)


@cache
def _swapping() -> Update:
    return update(cases).where(cases.c.id == bindparam("read_id"), cases.c.version == bindparam("read_version"))


@cache
def _named() -> Select[str]:
    return select(cases.c.document).where(cases.c.id == bindparam("of"))


@cache
def _listed() -> Select[str]:
    here = (cases.c.platform == bindparam("platform"), cases.c.workspace == bindparam("workspace"), cases.c.state == bindparam("state"))
    return select(cases.c.document).where(*here).order_by(cases.c.opened, cases.c.id).limit(bindparam("most", type_=Integer))


@cache
def _of_job() -> Select[str]:
    return select(cases.c.document).where(cases.c.job == bindparam("of")).order_by(cases.c.opened, cases.c.id)


@cache
def _open_of() -> Select[str]:
    return select(cases.c.document).where(cases.c.job == bindparam("of"), cases.c.kind == bindparam("kind"), OPEN)


@cache
def _posted() -> Select[str | None, int]:
    return select(cases.c.post, cases.c.shown).where(cases.c.id == bindparam("of"))


@cache
def _posting() -> Update:
    return update(cases).where(cases.c.id == bindparam("of"))


@cache
def _untold() -> Select[str]:
    return select(cases.c.document).where(UNTOLD).order_by(cases.c.opened, cases.c.id).limit(bindparam("most", type_=Integer))


@cache
def _due() -> Select[str]:
    late = select(cases.c.document).where(OPEN, cases.c.deadline <= bindparam("now"))
    return late.order_by(cases.c.deadline, cases.c.id).limit(bindparam("most", type_=Integer))
