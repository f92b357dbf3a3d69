"""Endings: what becomes of a job that its provider did not draw: tried again, taken elsewhere, refused, given up, over."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import says
from bot.errors import FaultKind, NotAllowed, NothingFits, OverQuota, ProviderFault, Refused, StoreFault
from bot.jobs import PATIENCE, TELL, policy_of
from bot.model import Job, Limit, Problem, Promise, State
from bot.ports import ImageProvider, Metrics, Queue, Store
from bot.preferences import Preferences
from bot.quotas import Quotas
from bot.roles import Roles
from bot.routing import Catalog
from bot.worker.fan import Fan

log = structlog.get_logger()

TRANSIENT = frozenset({FaultKind.RATE_LIMITED, FaultKind.UNAVAILABLE, FaultKind.TIMEOUT})
"""Faults that pass by themselves."""
_ATTEMPTS = 5


class Endings:
    """Moves a job on, or to its end, and saves it. Each gives the job as saved, and the seconds until there is more to do."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        catalog: Catalog,
        fan: Fan,
        metrics: Metrics,
        preferences: Preferences,
        roles: Roles,
        quotas: Quotas,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._queue = queue
        self._catalog = catalog
        self._fan = fan
        self._metrics = metrics
        self._preferences = preferences
        self._roles = roles
        self._quotas = quotas
        self._now = now

    async def refuse(self, job: Job, refused: Refused) -> tuple[Job, float | None]:
        """A refusal is final: another provider is not asked, or failover would be a way round the filter."""
        log.info("refused by moderation", provider=job.provider, category=refused.category, source=refused.source)
        # Neither is an appeal's affair: an image service's word is its own, and pictures that did not pass are not kept.
        code = "refused" if refused.source in {"provider", job.provider} else "unseen"
        problem = Problem(code=code, sentence=refused.sentence, advice="Change the words and try again.")
        return await self.end(job, State.BLOCKED, problem)

    async def retry(self, job: Job, fault: ProviderFault) -> tuple[Job, float | None]:
        """After a failed submission: the same provider again if it certainly did not take the work, else the next, else the end."""
        self._metrics.faulted(provider=job.provider, kind=fault.kind.value)
        if fault.accepted or fault.kind not in TRANSIENT or job.attempts >= _ATTEMPTS:
            await self.fail(job, fault)
            return job, None
        if not self._catalog.health.well(f"{job.provider}/{job.model}") and await self.move_on(job, fault):
            return job, None
        pause = fault.retry_after if fault.retry_after is not None else min(60.0, 2.0**job.attempts) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        now = self._now()
        again = now + timedelta(seconds=pause)
        queued = replace(job, state=State.QUEUED, due=again, deadline=job.created + PATIENCE, ticket=None, changed=now)
        saved = await self.save(queued, was=job)
        log.info("trying again later", provider=job.provider, kind=fault.kind.value, seconds=round(pause, 1))
        await self._queue.put(job.id, lane=TELL, once=f"v{saved.version}")
        await self._queue.put(job.id, lane=job.provider, due=timedelta(seconds=pause), priority=job.priority, once=f"v{saved.version}")
        return saved, None

    async def fail(self, job: Job, fault: ProviderFault) -> None:
        """A provider's fault: to the next model that may and can, else the end."""
        log.warning("provider failed", provider=job.provider, kind=fault.kind.value, sentence=fault.sentence)
        if not await self.move_on(job, fault):
            tried = (*job.tried, f"{job.provider}/{job.model}")
            await self.end(replace(job, tried=tried), State.FAILED, says.provider_problem(job.provider, fault))

    async def move_on(self, job: Job, fault: ProviderFault) -> bool:
        """To the next model that may and can, never when the work may still come. False where there is none."""
        if (fault.accepted and fault.kind is FaultKind.TIMEOUT) or job.request.model is not None:
            return False
        saved = await self._next(job)
        if saved is None:
            return False
        await self._fan.clear(job)
        log.info("next provider", provider=saved.provider, model=saved.model)
        await self._queue.put(job.id, lane=saved.provider, priority=job.priority, once=f"v{saved.version}")
        await self._queue.put(job.id, lane=TELL, once=f"v{saved.version}")
        return True

    async def _next(self, job: Job) -> Job | None:
        """The job as saved for the next model that may and can and is not too dear; None where there is none."""
        tried = (*job.tried, f"{job.provider}/{job.model}")
        dear: tuple[str, ...] = ()
        # By the roles of now: what the job knows may have been taken back since.
        barred = (await self._roles.as_met(job.person, job.place)).barred
        policy = policy_of(await self._preferences.of(job.place), barred=barred)
        while True:
            try:
                choice = self._catalog.choose(job.request, tried=(*tried, *dear), policy=policy, person=job.person.key)
            except (NothingFits, NotAllowed):
                return None
            model = choice.offer.model
            seed = None if model.promise is Promise.NOT_REPEATABLE else job.fitted.seed
            moved = replace(
                job,
                state=State.QUEUED,
                provider=choice.offer.provider,
                model=model.name,
                fitted=replace(choice.fitted, seed=seed),
                seed=seed,
                changes=choice.changes,
                estimate=model.estimate(job.request.operation, choice.fitted.count),
                # Its pictures are not what the model of before would draw: nobody is given them for its own.
                likeness="",
                tried=tried,
                attempts=0,
                ticket=None,
                due=None,
                deadline=job.created + PATIENCE,
                changed=self._now(),
            )
            try:
                # Never past a budget: the next model may be dearer, or nobody knows its price.
                moved, limits = await self._quotas.moved(moved, was=job)
                return await self.save(moved, was=job, limits=limits)
            except OverQuota as over:
                log.info("next model is too dear", provider=moved.provider, model=moved.model, why=type(over).__name__)
                dear = (*dear, choice.offer.path)

    async def expire(self, job: Job) -> tuple[Job, float | None]:
        """The job's time is over: its service is told, and the person."""
        provider = self._catalog.provider(job.provider)
        if provider is not None and job.ticket is not None:
            await self.stop(job, provider)
        waited = job.state is State.QUEUED
        sentence = "It waited too long in the queue." if waited else f"{job.provider} did not finish it in time."
        return await self.end(job, State.EXPIRED, Problem(code="expired", sentence=sentence, advice="Try it again, or with another model."))

    async def end(self, job: Job, state: State, problem: Problem) -> tuple[Job, float | None]:
        """The job is over without a picture."""
        now = self._now()
        was = job
        ended = await self.save(replace(job, state=state, problem=problem, changed=now, finished=now), was=was)
        await self._fan.clear(job)
        log.info("over", state=state.value, problem=problem.code)
        self._metrics.finished(outcome=state.value, provider=job.provider, model=job.model, images=0, seconds=None)
        await self._queue.put(job.id, lane=TELL, once=f"v{ended.version}")
        await self.wake_next(job)
        return ended, None

    async def stop(self, job: Job, provider: ImageProvider) -> None:
        """Tell the service that nobody waits any more. That it did not hear us changes nothing."""
        try:
            await self._fan.cancel(job, provider)
        except (Refused, ProviderFault) as fault:
            log.info("provider did not take the cancel", provider=job.provider, error=type(fault).__name__)

    async def wake_next(self, job: Job) -> None:
        """Let the person's next waiting job begin, now that this one makes room."""
        for waiting in await self._store.waiting(job.person, limit=1):
            # A name of its own, so that a wake-up is not dropped because the job's last handler is just leaving.
            await self._queue.put(waiting.id, lane=waiting.provider, priority=waiting.priority, once=f"after {job.id}")

    async def save(self, job: Job, *, was: Job, limits: Sequence[Limit] = ()) -> Job:
        """Save; a journal that hiccups is asked again, because what a provider just told is worth money."""
        for attempt in range(5):
            try:
                return await self._store.save(job, was=was, limits=limits)
            except StoreFault:
                log.warning("journal did not take it, trying again", attempt=attempt)
                await asyncio.sleep(0.2 * 2**attempt)
        return await self._store.save(job, was=was, limits=limits)
