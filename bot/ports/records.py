"""The journal's socket for records: what is kept about whom, for how long, and the sums of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import Entry, Erasure, Job, Known, Mark, Person, Post, Sums


class RecordStore(Protocol):
    """What the journal says about what it keeps."""

    async def workspaces(self) -> list[str]:
        """Every workspace (`platform:workspace`) where anybody was met or anything decided, sorted."""
        ...

    async def everybody(self, workspace: str) -> list[Known]:
        """Everybody who was met in a workspace, with what they last did, by id."""
        ...

    async def met(self, keys: Sequence[str]) -> list[Known]:
        """Those of these persons who were met."""
        ...

    async def jobs_of(self, account: str, *, after: Job | None = None, limit: int = 100) -> list[Job]:
        """An account's jobs, the oldest first, behind one of them."""
        ...

    async def marks_by(self, keys: Sequence[str]) -> list[Mark]:
        """What these persons think of images, the oldest first."""
        ...

    async def case_posts(self, keys: Sequence[str]) -> list[Post]:
        """Where the cards of cases about these persons are, for reviewers."""
        ...

    async def sums(
        self, workspace: str, *, since: datetime, until: datetime, shifts: Sequence[tuple[datetime, timedelta]], top: int
    ) -> Sums:
        """A workspace's jobs that were asked for between two moments and are over.

        `shifts` are the offsets from UTC that days are counted in, each with the moment from which it holds, the oldest first.
        """
        ...

    async def outdated(self, workspace: str, *, before: datetime, what: str, limit: int) -> list[Job]:
        """Jobs from before a moment that are over and of which `words` or `pictures` are still kept, the oldest first."""
        ...

    async def forget_words(self, jobs: Sequence[str]) -> None:
        """Blank what was asked for in words, and what could tell it. May be repeated."""
        ...

    async def forget_pictures(self, job_id: str) -> list[str]:
        """Say that a job's pictures are gone; gives the uploads that no job needs any more. May be repeated."""
        ...

    async def needed(self, keys: Sequence[str]) -> set[str]:
        """Those of these uploads that some job starts from."""
        ...

    async def drop_events(self, *, before: datetime, limit: int = 5000) -> int:
        """Forget events that were taken before a moment; gives how many."""
        ...

    async def begin_erasure(self, erasure: Erasure, *, entry: Entry) -> bool:
        """Keep a wish to be forgotten, with its entry; False where it is being done already."""
        ...

    async def erasures(self) -> list[Erasure]:
        """The wishes to be forgotten that are not done yet, the oldest first."""
        ...

    async def save_erasure(self, erasure: Erasure) -> None:
        """Keep how far one is."""
        ...

    async def orphan(self, job_id: str) -> list[str]:
        """Make a job nobody's: its sums stay, for budgets and statistics; its words, posts, marks, cases and person go.

        Gives the uploads that no job needs any more. May be repeated.
        """
        ...

    async def unname(self, people: Sequence[Person]) -> None:
        """Take persons out of other people's jobs, which they let pass as reviewers. May be repeated."""
        ...

    async def end_erasure(self, erasure: Erasure, *, entry: Entry) -> None:
        """Forget who they are: names, links, codes, marks, rules, aliases. A ban stays, under a digest. Entry in the same step."""
        ...

    async def tidy(self) -> bool:
        """Overwrite what was deleted wherever the database still keeps it. False while somebody else reads: try again."""
        ...
