"""The verdicts of the journal: a decision with what becomes of its job, who could decide, and what counts against somebody."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from bot.model import MOVES, Case, CaseKind, CaseState, Entry, Job, Limit, Person, Place, Role, State, digest_of
from storage.journal import cases
from storage.journal.audit import append
from storage.journal.documents import micros, read_case, read_jobs
from storage.journal.jobs import Jobs, go_on, swap
from storage.journal.people import account_of
from storage.schema import BLOCKED, jobs, marks, people
from storage.schema import cases as table


class Verdicts(Jobs):
    """What the journal says about decisions."""

    async def conclude(
        self, case: Case, *, was: Case, job: Job, job_was: Job, entry: Entry, limits: Sequence[Limit] = ()
    ) -> tuple[Case, Job]:
        """As the port says."""
        if job_was.state is not State.HELD or job.state not in MOVES[State.HELD]:
            raise ValueError(f"A job that waits for a decision cannot move from {job_was.state} to {job.state}.")
        decided, moved = replace(case, version=was.version + 1), replace(job, version=job_was.version + 1)

        def work(connection: Connection) -> Job:
            if moved.state.counts:
                go_on(connection, moved, was=job_was, limits=limits)
            else:
                swap(connection, moved, was=job_was)
            cases.swap(connection, decided, was=was)
            append(connection, entry)
            return moved

        await self._database.write(work, then=self._announce if moved.state is State.QUEUED else None)
        return decided, moved

    async def reporters(self, job_id: str, *, since: datetime | None = None) -> list[Person]:
        """As the port says."""
        values = {"of": job_id, "since": micros(since) if since else 0}
        found = await self._database.read(lambda connection: connection.execute(_reporters(), values).scalars().all())
        return [_person(key) for key in found]

    async def strikes(self, person: Person, *, since: datetime, codes: Sequence[str]) -> list[datetime]:
        """As the port says."""

        def work(connection: Connection) -> tuple[list[str], list[str]]:
            account = account_of(connection, person.key)
            # What an erasure left counts on, or it would be a way out of every pause.
            accounts = [account.key, *map(digest_of, account.people)]
            blocked = connection.execute(_blocked(), {"accounts": accounts, "since": micros(since)}).scalars().all()
            about = connection.execute(_against(), {"people": list(account.people)}).scalars().all()
            return list(blocked), list(about)

        blocked, about = await self._database.read(work)
        known = [read_case(document) for document in about]
        forgiven = {case.job for case in known if case.kind is CaseKind.APPEAL and case.state is CaseState.APPROVED}
        removed = [case.decided for case in known if case.kind is CaseKind.REPORT and case.state is CaseState.REJECTED]
        refused = [
            job.changed
            for job in await read_jobs(blocked)
            if job.problem is not None and job.problem.code in codes and job.id not in forgiven
        ]
        return sorted([*refused, *(moment for moment in removed if moment is not None and moment >= since)])

    async def moderators(self, place: Place) -> list[Person]:
        """As the port says."""
        here = {"platform": place.platform, "workspace": place.workspace}
        found = await self._database.read(lambda connection: connection.execute(_moderators(), here).all())
        return [
            Person(
                platform=place.platform,
                workspace=place.workspace,
                id=id_,
                name=name,
                roles=frozenset(Role(role) for role in roles.split(",") if role in set(Role)),
            )
            for id_, name, roles in found
        ]


def _person(key: str) -> Person:
    platform, workspace, id_ = key.split(":", 2)
    return Person(platform=platform, workspace=workspace, id=id_)


@cache
def _reporters() -> Select[str]:
    reported = (marks.c.job == bindparam("of"), marks.c.kind == "report", marks.c.made > bindparam("since"))
    return select(marks.c.person).where(*reported).group_by(marks.c.person).order_by(func.min(marks.c.made), marks.c.person)


@cache
def _blocked() -> Select[str]:
    mine = (jobs.c.account.in_(bindparam("accounts", expanding=True)), jobs.c.created >= bindparam("since"))
    return select(jobs.c.document).where(*mine, BLOCKED)


@cache
def _against() -> Select[str]:
    decided = table.c.kind.in_((CaseKind.APPEAL.value, CaseKind.REPORT.value))
    return select(table.c.document).where(table.c.person.in_(bindparam("people", expanding=True)), decided)


@cache
def _moderators() -> Select[str, str, str]:
    here = (people.c.platform == bindparam("platform"), people.c.workspace == bindparam("workspace"))
    roles = or_(*(people.c.roles.contains(role.value) for role in (Role.REVIEWER, Role.ADMIN, Role.OWNER)))
    return select(people.c.id, people.c.name, people.c.roles).where(*here, roles).order_by(people.c.id)
