"""Reviews: what waits for a person to decide: prompts, pictures, costs, reports, appeals, wishes for more."""

from collections.abc import Callable
from datetime import datetime

from bot.decisions import Decisions
from bot.model import Case, Job
from bot.ports import Queue, Store
from bot.preferences import Preferences


class Reviews:
    """Opens cases, and carries out what was decided."""

    def __init__(self, *, store: Store, queue: Queue, preferences: Preferences, decisions: Decisions, now: Callable[[], datetime]) -> None:
        self._store = store
        self._queue = queue
        self._preferences = preferences
        self._decisions = decisions
        self._now = now

    async def of_prompt(self, job: Job) -> Case | None:
        """The case for a job whose prompt is doubtful (`job.verdict`), to be kept with it; None where nobody could decide."""
        del job
        return None

    async def of_cost(self, job: Job, why: str) -> Case | None:
        """The case for a job that an admin must approve for its price; None where nobody could decide."""
        del job, why
        return None
