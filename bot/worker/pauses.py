"""Pauses: what waits where it is paused waits on, without growing old, and says so on its card; what its person may not have any more ends.

That a job is paused is written into the job, so that every machine shows it, after a restart too, and the first that looks at it once the
pause is over takes it away. Nobody has to remember it: whoever pauses or resumes has the waiting jobs looked at, a pause with an end has
them looked at then, and the sweep does it anyway.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.jobs import PATIENCE, TELL
from bot.model import Job, Problem, State
from bot.ports import Queue
from bot.roles import Roles
from bot.worker.endings import Endings

log = structlog.get_logger()

_LATE = timedelta(milliseconds=50)
"""How long after its end a pause is looked at again: two clocks never agree."""


class Pauses:
    """Looks at jobs before they begin."""

    def __init__(self, *, queue: Queue, roles: Roles, endings: Endings, now: Callable[[], datetime]) -> None:
        self._queue = queue
        self._roles = roles
        self._endings = endings
        self._now = now

    async def look(self, job: Job) -> tuple[Job, bool]:
        """A QUEUED job as it is by now, and whether it may begin. One whose person was banned meanwhile is over."""
        rights = await self._roles.as_met(job.person, job.place)
        if rights.ban:
            banned = Problem(code="banned", sentence="The one who asked for it may not use Limner any more.")
            ended, _ = await self._endings.end(job, State.CANCELLED, banned)
            return ended, False
        pause = rights.pause
        if pause is None:
            return (job if not job.paused else await self._tell(replace(job, paused="", paused_until=None), was=job)), True
        now = self._now()
        # The time that it is paused is not its own: once it may begin, it has at least half of its patience left.
        deadline = (pause.until or now) + PATIENCE
        held = replace(job, paused=pause.value, paused_until=pause.until)
        if job.deadline < deadline - PATIENCE / 2:
            held = replace(held, deadline=deadline)
        if held != job:
            job = await self._tell(held, was=job)
            log.info("paused", until=pause.until.isoformat() if pause.until else "")
        if pause.until:
            due = max(pause.until - now, timedelta(0)) + _LATE
            await self._queue.put(job.id, lane=job.provider, due=due, priority=job.priority, once=f"until {pause.until.isoformat()}")
        return job, False

    async def _tell(self, job: Job, *, was: Job) -> Job:
        saved = await self._endings.save(replace(job, changed=self._now()), was=was)
        await self._queue.put(saved.id, lane=TELL, once=f"v{saved.version}")
        return saved
