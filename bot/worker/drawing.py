"""Drawing: a job's way through its provider, one saved step at a time.

Paid work is not repeated lightly: SUBMITTING is saved before the call, a call is repeated only when it certainly was not accepted, and a
job with a ticket is always checked, never submitted again.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.errors import FaultKind, NotFound, Overtaken, ProviderFault, Refused
from bot.jobs import TELL
from bot.model import Finished, Inputs, Job, Level, Pending, Problem, Progress, State
from bot.ports import Files, ImageProvider, Metrics, Queue, Store
from bot.preferences import Preferences
from bot.quotas import Quotas
from bot.reviews import Reviews
from bot.roles import Roles
from bot.routing import Catalog
from bot.worker.calls import LEASE, Calls
from bot.worker.endings import TRANSIENT, Endings
from bot.worker.fan import Fan, is_answered, tickets_of, without_unanswered
from bot.worker.keeping import Keeper
from bot.worker.pauses import Pauses

log = structlog.get_logger()

_HOLD = 30.0
"""Seconds that a handler waits with its slot held; a longer wait goes back into the queue."""
_LOOK_AGAIN = 10.0
"""Seconds after which a polling handler reads the job again, in case another process moved it."""
_RESUBMISSIONS = 2


class Drawer:
    """Asks providers for pictures."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        files: Files,
        catalog: Catalog,
        keeper: Keeper,
        metrics: Metrics,
        quotas: Quotas,
        roles: Roles,
        reviews: Reviews,
        alone: bool,
        hooked: bool,
        show: Callable[[str, Pending], None],
        preferences: Preferences,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._queue = queue
        self._files = files
        self._fan = Fan(files, catalog.health)
        self._catalog = catalog
        self._keeper = keeper
        self._metrics = metrics
        self._quotas = quotas
        self._reviews = reviews
        self._show = show
        self._preferences = preferences
        self._now = now
        self._alone = alone
        self._hooked = hooked
        self._name = secrets.token_hex(4)
        self._at_work: set[str] = set()
        self._missed: set[str] = set()
        self._waits: dict[str, asyncio.Event] = {}
        self._stopping = asyncio.Event()
        self._endings = Endings(
            store=store,
            queue=queue,
            catalog=catalog,
            fan=self._fan,
            metrics=metrics,
            preferences=preferences,
            roles=roles,
            quotas=quotas,
            now=now,
        )
        self._pauses = Pauses(queue=queue, roles=roles, endings=self._endings, now=now)
        self._calls = Calls(store=store, catalog=catalog, fan=self._fan, save=self._endings.save, now=now)

    def hand_back(self) -> None:
        """End every wait between two polls; the journal keeps the jobs for whoever comes next."""
        self._stopping.set()
        for waiting in self._waits.values():
            waiting.set()

    def nudge(self, job_id: str) -> bool:
        """End a job's wait between two polls: its service says that there is news. False where it does not wait here."""
        waiting = self._waits.get(job_id)
        if waiting is not None:
            waiting.set()
        return waiting is not None

    def follow(self, key: str, pending: Pending) -> None:
        """Show how far a call is that has not ended yet. `key` is what `submit` was given; what is over is not shown any more."""
        job_id, _, rest = key.partition("-")
        if job_id in self._at_work:
            # Of one call among several only the picture says something about the job.
            self._show(job_id, replace(pending, fraction=None, stage="") if "-" in rest else pending)

    async def draw(self, job_id: str) -> None:
        """Move a job through its provider until it leaves it, a long wait is due, or the worker stops.

        A job may have been put into the queue more than once; in this process, the first handler is the only one. Who comes second
        ends its wait: another machine may have been told that there is news. And where the first is just leaving, it looks once more:
        the news (a pause that is over, a place that is free) may be younger than what it read.
        """
        if job_id in self._at_work:
            self._missed.add(job_id)
            self.nudge(job_id)
            return
        self._at_work.add(job_id)
        try:
            await self._draw(job_id)
            while job_id in self._missed and not self._stopping.is_set():
                self._missed.discard(job_id)
                await self._draw(job_id)
        finally:
            self._at_work.discard(job_id)
            self._missed.discard(job_id)

    async def _draw(self, job_id: str) -> None:
        job = await self._store.find(job_id)
        read = self._now()
        while True:
            moved, wait = await self.step(job)
            if wait is None:
                return
            if wait > _HOLD or self._stopping.is_set():
                await self._queue.put(
                    job_id, lane=moved.provider, due=timedelta(seconds=wait), priority=job.priority, once=f"v{moved.version}"
                )
                return
            await self._pause(job_id, wait)
            job = moved
            if (self._now() - read).total_seconds() > _LOOK_AGAIN:
                job = await self._store.find(job_id)
                read = self._now()

    async def step(self, job: Job) -> tuple[Job, float | None]:
        """Do the one next thing. Gives the job as saved, and the seconds until there is more to do here (None: nothing)."""
        if job.state is State.QUEUED:
            job, open_ = await self._pauses.look(job)
            if not open_:
                return job, None
        if job.state is State.QUEUED and self._now() > job.deadline:
            return await self._endings.expire(job)
        if job.state is State.QUEUED:
            return await self._begin(job)
        if job.state is State.SUBMITTING:
            return await self._resubmit(job)
        if job.state is State.SUBMITTED:
            return await self._check(job)
        return job, None

    async def abandon(self, job: Job) -> None:
        """Take a job from a provider that is not switched on any more: to another one, or to its end."""
        fault = ProviderFault(f"{job.provider} is not switched on any more.", kind=FaultKind.LOST, accepted=job.state is not State.QUEUED)
        await self._endings.fail(job, fault)

    async def _begin(self, job: Job) -> tuple[Job, float | None]:
        if job.due and job.due > self._now():
            return job, (job.due - self._now()).total_seconds()
        provider = self._catalog.provider(job.provider)
        model = self._catalog.capabilities(job.provider, job.model)
        if provider is None or model is None:
            await self.abandon(job)
            return job, None
        now = self._now()
        deadline = now + timedelta(seconds=model.deadline)
        running = await self._quotas.running(job.person, job.place)
        begun = await self._store.begin(replace(job, due=None, deadline=deadline, holder=self._name), running=running, now=now)
        if begun is None:
            # The person has as many running as one may have; whichever of them ends first wakes this one.
            return job, None
        if begun.reuse:
            return await self._give_again(begun)
        log.info("submitting", provider=job.provider, model=job.model, attempt=begun.attempts)
        return await self._submit(begun, provider)

    async def _resubmit(self, job: Job) -> tuple[Job, float | None]:
        """The process died between the call and its answer: look it up by our key where the service takes one, else ask once more.

        On several machines it may not be dead: who calls a provider renews the job, and only what was not renewed is taken over.
        """
        if job.reuse:
            return await self._give_again(job)
        silent = (self._now() - job.changed).total_seconds()
        if not self._alone and job.holder != self._name and silent < LEASE:
            return job, LEASE - silent
        provider = self._catalog.provider(job.provider)
        model = self._catalog.capabilities(job.provider, job.model)
        if provider is not None and is_answered(job.ticket):
            return await self._take(job, Pending(ticket=job.ticket or ""), provider)
        if provider is not None and job.resubmitted >= _RESUBMISSIONS and (rest := without_unanswered(job.ticket)):
            # Some of its calls were answered, and perhaps paid: they are worth having without the others.
            return await self._take(job, Pending(ticket=rest), provider)
        if provider is None or model is None or job.resubmitted >= _RESUBMISSIONS:
            await self._endings.fail(job, ProviderFault(f"{job.provider} did not get through with it.", kind=FaultKind.LOST))
            return job, None
        now = self._now()
        again = replace(
            job,
            resubmitted=job.resubmitted + (0 if model.keyed else 1),
            holder=self._name,
            changed=now,
            # The time that nobody was at work is not the service's.
            deadline=now + timedelta(seconds=model.deadline),
        )
        log.warning("submitting again after a crash", provider=job.provider, suspected_double_cost=not model.keyed)
        return await self._submit(await self._endings.save(again, was=job), provider)

    async def _give_again(self, job: Job) -> tuple[Job, float | None]:
        """Give the images of the job that drew the same."""
        try:
            reviewed = await self._reviews.reviewed(job.place)
            kept = await self._keeper.copy(job, await self._store.find(job.reuse), reviewed=reviewed)
        except NotFound:
            gone = Problem(code="gone", sentence="The images of then are gone.", advice="Say it with --fresh to have it drawn.")
            return await self._endings.end(job, State.FAILED, gone)
        except Refused as refused:
            return await self._endings.refuse(job, refused)
        now = self._now()
        saved = await self._endings.save(replace(kept, state=_drawn(kept), changed=now, finished=now), was=job)
        log.info("given again", of=job.reuse, images=len(saved.images))
        await self._queue.put(job.id, lane=TELL, priority=job.priority, once=f"v{saved.version}")
        await self._endings.wake_next(job)
        return saved, None

    async def _submit(self, job: Job, provider: ImageProvider) -> tuple[Job, float | None]:
        try:
            inputs = await self._inputs(job)
        except NotFound:
            return await self._endings.end(
                job, State.FAILED, Problem(code="source", sentence="The source image is gone.", advice="Attach it again.")
            )
        job, outcome = await self._calls.make(job, inputs, provider)
        if outcome is None:
            return job, None
        if isinstance(outcome, Refused):
            return await self._endings.refuse(job, outcome)
        if isinstance(outcome, ProviderFault):
            return await self._endings.retry(job, outcome)
        return await self._take(job, outcome, provider)

    async def _check(self, job: Job) -> tuple[Job, float | None]:
        provider = self._catalog.provider(job.provider)
        if provider is None or job.ticket is None:
            await self.abandon(job)
            return job, None
        late = self._now() > job.deadline
        try:
            progress = await self._fan.check(job, provider)
        except Refused as refused:
            return await self._endings.refuse(job, refused)
        except ProviderFault as fault:
            if (await self._store.find(job.id)).version != job.version:
                # Cancelled meanwhile: that the service knows nothing of it any more is what it was asked for.
                raise Overtaken(f"Job {job.id} was moved while {job.provider} was asked.") from fault
            self._metrics.faulted(provider=job.provider, kind=fault.kind.value)
            if fault.kind in TRANSIENT:
                log.info("check failed, asking again", provider=job.provider, kind=fault.kind.value)
                return await self._endings.expire(job) if late else (job, min(_HOLD, fault.retry_after or 2.0))
            await self._endings.fail(job, fault)
            return job, None
        if late and isinstance(progress, Pending):
            progress = await self._late(job, progress, provider)
        return await (self._take(job, progress, provider) if progress else self._endings.expire(job))

    async def _late(self, job: Job, pending: Pending, provider: ImageProvider) -> Finished | None:
        """What some calls of a job gave that is at its deadline; None where there is nothing."""
        rest = await self._fan.give_up(pending.ticket, provider)
        given = await self._fan.check(replace(job, ticket=rest), provider) if rest else None
        return given if isinstance(given, Finished) else None

    async def _take(self, job: Job, progress: Progress, provider: ImageProvider) -> tuple[Job, float | None]:
        if isinstance(progress, Finished):
            return await self._keep(job, progress)
        if job.ticket != progress.ticket or job.state is not State.SUBMITTED:
            submitted = replace(job, state=State.SUBMITTED, ticket=progress.ticket, changed=self._now())
            try:
                job = await self._endings.save(submitted, was=job)
            except Overtaken:
                if (await self._store.find(job.id)).state in {State.CANCELLING, State.CANCELLED}:
                    # Cancelled while the call was on its way: the work we just ordered is not wanted any more.
                    await self._endings.stop(replace(job, ticket=progress.ticket), provider)
                raise
            log.info("submitted", provider=job.provider)
            if self._hooked:
                for ticket in tickets_of(progress.ticket):
                    await self._store.keep_ticket(job.provider, ticket, job.id)
        self._show(job.id, progress)
        return job, max(0.05, progress.check_after)

    async def _keep(self, job: Job, finished: Finished) -> tuple[Job, float | None]:
        """Keep what the provider gave, then say so in the journal."""
        try:
            kept = await self._keeper.keep(job, finished, reviewed=await self._reviews.reviewed(job.place))
        except Refused as refused:
            await self._reviews.note_verdict(job, "block", refused.category, refused.source)
            # It was drawn, and the team pays for it.
            return await self._endings.refuse(self._keeper.told(job, finished), refused)
        except ProviderFault as fault:
            await self._endings.fail(job, fault)
            return job, None
        now = self._now()
        try:
            saved = await self._endings.save(replace(kept, state=_drawn(kept), changed=now, finished=now), was=job)
        except Overtaken:
            await self._discard(kept)
            raise
        await self._fan.clear(job)
        await self._reviews.note_images(saved)
        log.info("generated", provider=job.provider, model=job.model, images=len(saved.images))
        if job.started:
            self._catalog.health.finished(f"{job.provider}/{job.model}", (now - job.started).total_seconds())
        await self._queue.put(job.id, lane=TELL, priority=job.priority, once=f"v{saved.version}")
        await self._endings.wake_next(job)
        return saved, None

    async def _discard(self, kept: Job) -> None:
        """Throw away what came for a job that was cancelled. What another machine keeps of the same job may be the same files."""
        state = (await self._store.find(kept.id)).state
        if state in {State.SUBMITTING, State.SUBMITTED}:
            return
        await self._fan.clear(kept)
        if state not in {State.CANCELLING, State.CANCELLED}:
            return
        for key in filter(None, [kept.overview, *(key for image in kept.images for key in (image.key, image.shown, image.thumbnail))]):
            await self._files.delete(key)

    async def _inputs(self, job: Job) -> Inputs:
        sources = [(await self._files.get(key)).body for key in job.fitted.sources]
        mask = (await self._files.get(job.fitted.mask)).body if job.fitted.mask else None
        return Inputs(sources=tuple(sources), mask=mask)

    async def _pause(self, job_id: str, seconds: float) -> None:
        """Wait, until it is time, the job is nudged, or the worker stops."""
        nudged = self._waits[job_id] = asyncio.Event()
        if self._stopping.is_set():
            nudged.set()
        try:
            async with asyncio.timeout(seconds):
                await nudged.wait()
        except TimeoutError:
            return
        finally:
            self._waits.pop(job_id, None)


def _drawn(job: Job) -> State:
    """Where a job goes that has its pictures: to be posted, or first before a reviewer."""
    return State.HELD if any(image.verdict.level is Level.REVIEW for image in job.images) else State.GENERATED
