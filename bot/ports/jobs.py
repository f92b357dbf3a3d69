"""The journal's socket for jobs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Case, Entry, Job, Limit, Load, Person


class JobStore(Protocol):
    """What the journal says about jobs."""

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
        """Take a new job (state QUEUED, or HELD), with its quota asked in the same transaction, serialised per subject of a limit.

        Sets `priority` to `load.priority` minus the number of the account's unfinished jobs. What it counts for is `job.charge`; a HELD job
        counts for nothing yet. `case` and `entry` are kept in the same transaction.

        Raises:
            AlreadyTaken: the event was taken before; nothing is written.
            Overtaken: the person's account is not `job.counted_for` any more; nothing is written.
            OverQuota: a limit would be overrun; nothing is written, the event included.
            TooMany: the person has `load.waiting` waiting jobs already; nothing is written.
        """
        ...

    async def record(self, job: Job, *, event: str | None, entry: Entry | None = None) -> None:
        """Keep a job that never ran (BLOCKED), for the record; the entry in the same transaction. Raises AlreadyTaken."""
        ...

    async def begin(self, job: Job, *, running: int, now: datetime) -> Job | None:
        """Move QUEUED to SUBMITTING (attempts + 1, started set), or None while the account has `running` jobs running.

        Raises Overtaken when the job is not as it was read.
        """
        ...

    async def save(self, job: Job, *, was: Job, limits: Sequence[Limit] = ()) -> Job:
        """Compare-and-swap: write `job` if the journal still has `was.state` and `was.version`; gives it with version + 1.

        A DELIVERED job's charge becomes the number of its images. Raises Overtaken; ValueError for a move that MOVES does not allow, and
        for a HELD job that would count: that is `let_go`. With `limits`, what it takes more than before (another model may be dearer) is
        asked in the same transaction: OverQuota, with nothing written.
        """
        ...

    async def find(self, job_id: str) -> Job:
        """A job by its id, or by the first 4 or more characters of it where only one job fits. Raises NotFound."""
        ...

    async def recent(self, *, person: Person | None = None, limit: int = 10, before: datetime | None = None) -> list[Job]:
        """The newest jobs, newest first."""
        ...

    async def unfinished(self, *, changed_before: datetime | None = None) -> list[Job]:
        """Jobs that are not over, and jobs that are over but whose card does not show it yet; oldest first."""
        ...

    async def waiting(self, person: Person, *, limit: int) -> list[Job]:
        """The person's QUEUED jobs, first to run first."""
        ...

    async def queued(self, provider: str, *, limit: int) -> list[str]:
        """Ids of the provider's QUEUED jobs in the order they will run: position and refresh of waiting cards."""
        ...

    async def alike(self, job: Job) -> Job | None:
        """The newest delivered job of the same workspace that was asked for the same (`likeness`), or None."""
        ...

    async def keep_ticket(self, provider: str, ticket: str, job_id: str) -> None:
        """Remember which job a service's ticket belongs to. May be repeated."""
        ...

    async def job_of_ticket(self, provider: str, ticket: str) -> str | None:
        """The id of the job that a ticket belongs to."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Jobs by state value that are not over, for metrics and health."""
        ...

    async def usage(self, limits: Sequence[Limit]) -> list[int]:
        """What was used of each limit since its `since`, in its measure."""
        ...

    async def renewals(self, limits: Sequence[Limit]) -> list[datetime]:
        """When something of each limit is free again: `renews`, but of a rolling one the moment at which its oldest use is behind it."""
        ...

    async def pace(self, provider: str, model: str) -> float | None:
        """Median seconds from start to finish of the last 20 delivered jobs of a model, or None."""
        ...

    async def let_go(self, job: Job, *, was: Job, limits: Sequence[Limit]) -> Job:
        """Save a HELD job as QUEUED or GENERATED: from now on it counts, with its quota asked in the same transaction.

        It counts for its person in the windows that hold `job.changed`; pictures that were drawn already stay on the budget where they
        were paid. Raises OverQuota, with nothing written; Overtaken, also where the person's account is not that of the limits any more.
        """
        ...
