"""The journal's socket for cases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Case, CaseState, Entry, Job, Limit, Person, Place, Post


class CaseStore(Protocol):
    """What the journal says about what waits for a decision."""

    async def open_case(self, case: Case) -> Case:
        """Keep a new case. A job has at most one open case of a kind: where there is one, it is given back instead."""
        ...

    async def case(self, case_id: str) -> Case:
        """A case by its id. Raises NotFound."""
        ...

    async def cases(self, workspace: str, *, state: CaseState = CaseState.OPEN, limit: int = 50) -> list[Case]:
        """A workspace's cases (`slack:T1`), the oldest first."""
        ...

    async def cases_of(self, job_id: str) -> list[Case]:
        """A job's cases, the oldest first."""
        ...

    async def cases_due(self, now: datetime, *, limit: int = 100) -> list[Case]:
        """Open cases whose deadline is over."""
        ...

    async def save_case(self, case: Case, *, was: Case, entry: Entry | None = None) -> Case:
        """Compare-and-swap, as `save` does for jobs; the entry goes into the audit in the same transaction. Raises Overtaken."""
        ...

    async def conclude(
        self, case: Case, *, was: Case, job: Job, job_was: Job, entry: Entry, limits: Sequence[Limit] = ()
    ) -> tuple[Case, Job]:
        """Decide a case and move the HELD job that waits for it, both or none; where the job goes on, its quota is asked.

        Raises Overtaken where either has moved, OverQuota; ValueError for a move that MOVES does not allow.
        """
        ...

    async def case_post(self, case_id: str) -> tuple[Post | None, int]:
        """Where a case's card is, and the version whose consequences were carried out and told (0: none)."""
        ...

    async def keep_case_post(self, case_id: str, post: Post | None, *, shown: int) -> None:
        """Remember where a case's card is, and what was carried out and told. May be repeated."""
        ...

    async def cases_untold(self, *, limit: int = 1000) -> list[Case]:
        """Cases whose last version was not carried out and told yet, the oldest first."""
        ...

    async def reporters(self, job_id: str, *, since: datetime | None = None) -> list[Person]:
        """Those who reported a job, without their names, the first first; `since`: only later reports."""
        ...

    async def strikes(self, person: Person, *, since: datetime, codes: Sequence[str]) -> list[datetime]:
        """When a person's requests were blocked for one of these problems, or their pictures removed on reports, the oldest first.

        For all that the person linked. A block that an approved appeal forgave is none.
        """
        ...

    async def moderators(self, place: Place) -> list[Person]:
        """The reviewers, admins and owners of a workspace who were seen, with their roles as last seen."""
        ...
