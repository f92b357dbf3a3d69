"""The journal's socket for cases."""

from datetime import datetime
from typing import Protocol

from bot.model import Case, CaseState, Entry


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
