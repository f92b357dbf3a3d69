"""Crowds: what is done to many jobs at once: everything of somebody who was banned, everything that waits where it is paused."""

from collections.abc import Collection

from bot.errors import Expired, NotFound
from bot.jobs.acts import Jobs
from bot.model import Job, Place, State

_ANEW = {State.HELD, State.QUEUED, State.SUBMITTING, State.SUBMITTED}


async def stop_all(jobs: Jobs, people: Collection[str]) -> int:
    """Cancel every job of some people (keys) that is not drawn yet; gives how many. Whoever calls it has asked who may."""
    stopped = 0
    for job in await jobs.store.unfinished():
        if job.person.key in people and job.state in _ANEW:
            try:
                await jobs.stop(job)
            except (Expired, NotFound):
                # It ended by itself in this very moment.
                continue
            stopped += 1
    return stopped


async def wake_waiting(jobs: Jobs, once: str, *, place: Place | None, channel: str = "") -> int:
    """Have the waiting jobs of a place's workspace looked at again, or of one of its channels, or with None all; gives how many.

    `once` names the occasion: of two wake-ups under one name, the second may be dropped.
    """
    woken = 0
    for job in await jobs.store.unfinished():
        if job.state is State.QUEUED and (place is None or _inside(job.place, place, channel=channel)):
            await jobs.queue.put(job.id, lane=job.provider, priority=job.priority, once=once)
            woken += 1
    return woken


async def on_the_way(jobs: Jobs, place: Place, *, people: Collection[str] | None) -> list[tuple[Job, int | None]]:
    """A workspace's jobs that are not over, those being drawn first, then those that wait in the order of their turn, with their position.

    `people`: only those of these keys, wherever they asked; None for everybody's.
    """
    found = [
        job
        for job in await jobs.store.unfinished()
        if not job.state.over and (_inside(job.place, place) if people is None else job.person.key in people)
    ]
    positions: dict[str, int] = {}
    for provider in sorted({job.provider for job in found if job.state is State.QUEUED}):
        queued = await jobs.store.queued(provider, limit=_LOOKED_AT)
        positions |= {job_id: position for position, job_id in enumerate(queued, start=1)}
    order = sorted(found, key=lambda job: (job.state in {State.HELD, State.QUEUED}, positions.get(job.id, _LOOKED_AT), job.created))
    return [(job, positions.get(job.id)) for job in order]


_LOOKED_AT = 1000
"""Waiting jobs of a provider whose position is told."""


def _inside(place: Place, around: Place, *, channel: str = "") -> bool:
    same = (place.platform, place.workspace) == (around.platform, around.workspace)
    return same and channel in {"", place.channel}
