"""Submitting: the one way in. A request passes roles, moderation, the choice of a model and quotas, and becomes a job.

What is written is certain; the queue is only woken.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from bot.decisions import Decisions
from bot.errors import Blocked, Misunderstood, NotAllowed, NotFound, Overtaken, StoreFault
from bot.jobs.finding import gone
from bot.model import Asker, Case, Entry, Job, Level, Operation, Parent, Problem, Promise, Request, State
from bot.moderation import Panel, refusal
from bot.ports import Files, Queue, Store
from bot.ports.queue import TELL
from bot.preferences import Preference, Preferences
from bot.quotas import Quotas, Terms
from bot.reviews import NEVER, Reviews
from bot.roles import Roles
from bot.routing import Catalog, Choice, Policy

log = structlog.get_logger()

PATIENCE = timedelta(hours=24)
"""How long a job may wait for its turn."""

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_GENERATIONS = 20
"""Jobs to look through for the one that drew a source."""
_SEEDS = 1_000_000
"""Seeds chosen by us stay short, because people read them out and type them again."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A picture that came along, kept: its key in Files, its sides in pixels."""

    key: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Submitter:
    """Makes jobs. Raises Refusal for what may not be; the caller makes a sentence of it."""

    store: Store
    queue: Queue
    files: Files
    catalog: Catalog
    panel: Panel
    quotas: Quotas
    roles: Roles
    reviews: Reviews
    preferences: Preferences
    decisions: Decisions
    now: Callable[[], datetime]

    async def submit(
        self, asker: Asker, request: Request, *, command: str, parent: Parent | None = None, fresh: bool = False, approved: str = ""
    ) -> Job:
        """Take a request as a new job. One that pins its seed and was drawn before gives the images of then, unless `fresh`.

        A job that a reviewer must look at, or an admin for its price, is HELD, with the case about it. `approved` is the key of the
        reviewer who let it pass already.

        Raises:
            NotAllowed: this person may not ask for that here, or not now.
            Blocked: moderation says no; the refusal is on record, nothing is charged.
            NothingFits: no model can serve it.
            OverQuota, TooMany: it would overrun a limit.
            AlreadyTaken: the event made a job before.
        """
        if not request.prompt and request.operation is Operation.DRAW:
            raise Misunderstood("What shall I draw?", advice="Say what you want to see.", line="imagine a red fox in the snow")
        await self.roles.admit(asker, request.operation)
        if not approved:
            await self.reviews.admit(asker)
        await self._must_be_free(asker, request, parent)
        screening = await self.panel.screen(asker.person, asker.place, request)
        policy = policy_of(await self.preferences.of(asker.place), barred=await self.roles.barred(asker.person, asker.place))
        choice = self.catalog.choose(screening.request, policy=policy, person=asker.person.key)
        for again in (True, False):
            job = await self._job(asker, screening.request, choice, command=command, parent=parent)
            job = replace(job, verdict=screening.verdict, changes=(*screening.notes, *job.changes), approved=approved)
            try:
                return await self._take(asker, job, choice, fresh=fresh)
            except Overtaken:
                # The person linked an account in this very moment: asked anew, it counts for that one.
                if not again:
                    raise
        raise AssertionError("unreachable")

    async def _must_be_free(self, asker: Asker, request: Request, parent: Parent | None) -> None:
        """Make sure that the result a request starts from may be seen here, however far up it was made. Raises NotFound, NotAllowed."""
        for _ in range(_GENERATIONS):
            if parent is None or not request.sources:
                return
            try:
                job = await self.store.find(parent.job)
            except NotFound:
                return
            if {image.key for image in job.images}.intersection(request.sources):
                if gone(await self.store.marks(job.id)):
                    raise NotFound(f"The images of job {job.id} are not to be seen any more.", advice="Start from another picture.")
                if job.place.age_restricted and not asker.place.age_restricted:
                    raise NotAllowed(
                        f"The images of job {job.id} are from an age-restricted channel.",
                        advice="Nothing was drawn and nothing was counted. Say it again there.",
                    )
                return
            parent = job.parent

    async def _job(self, asker: Asker, request: Request, choice: Choice, *, command: str, parent: Parent | None) -> Job:
        """The job as it would be, before anybody was asked whether it may be."""
        # A seed that does nothing is not kept, or the result would promise what it cannot hold.
        seed = choice.fitted.seed
        if seed is None and choice.offer.model.promise is not Promise.NOT_REPEATABLE:
            # Chosen here and kept, so that a second submission after a crash asks for the same picture.
            seed = secrets.randbelow(_SEEDS)
        now = self.now()
        return Job(
            id=new_id(),
            person=asker.person,
            place=asker.place,
            request=request,
            state=State.QUEUED,
            provider=choice.offer.provider,
            model=choice.offer.model.name,
            fitted=replace(choice.fitted, seed=seed),
            changes=choice.changes,
            command=command,
            parent=parent,
            seed=seed,
            created=now,
            changed=now,
            deadline=now + PATIENCE,
            estimate=choice.offer.model.estimate(request.operation, choice.fitted.count),
        )

    async def _take(self, asker: Asker, job: Job, choice: Choice, *, fresh: bool) -> Job:
        if choice.offer.model.promise is not Promise.NOT_REPEATABLE:
            job = replace(job, likeness=_likeness(job, choice.offer.model.version))
        passed = bool(job.approved) and job.verdict.category != NEVER
        case = await self.reviews.of_prompt(job) if job.verdict.level is Level.REVIEW and not passed else None
        if not passed and (no := refusal(job.verdict, reviewed=case is not None)):
            raise await self._refused(asker, job, no)
        terms = await self.quotas.terms(asker, job.fitted, model=choice.offer.path, estimate=job.estimate)
        job = replace(job, account=terms.account.key, weight=terms.weight, estimate=terms.estimate)
        if case is None and job.request.seed is not None:
            job = await self._drawn_before(job, fresh=fresh)
        if terms.approval and case is None and not job.reuse:
            case = await self.reviews.of_cost(job, terms.approval)
            if case is None:
                advice = "Nothing was counted. Nobody can be asked: no review channel is set. An admin sets one: /review channel #mods."
                raise NotAllowed(terms.approval, advice=advice)
        return await self._enqueue(asker, replace(job, state=State.HELD) if case else job, terms_of=terms, case=case)

    async def _refused(self, asker: Asker, job: Job, no: Blocked) -> Blocked:
        """The refusal, put on record, with the way to a reviewer where there is one."""
        doubtful = job.verdict.level is Level.REVIEW
        if doubtful and (why := await self.reviews.unasked(asker)):
            no.advice = f"{why} {no.advice}"
        problem = Problem(code="doubtful" if doubtful else "blocked", sentence=no.sentence, advice=no.advice)
        blocked = replace(job, state=State.BLOCKED, problem=problem)
        await self.store.record(blocked, event=asker.event, entry=self._verdict(asker, job, act="block"))
        log.info("blocked", job=job.id, category=job.verdict.category, source=job.verdict.source)
        await self.reviews.alarm(blocked)
        if await self.reviews.appealable(blocked):
            no.appeal = job.id
            no.advice = (
                "Nothing was drawn and it does not count toward your quota. Change the words and try again; if this is a mistake, "
                f"ask a reviewer: /appeal {job.id}"
            )
        return no

    def _verdict(self, asker: Asker, job: Job, *, act: str = "") -> Entry:
        """What the audit keeps of a verdict; `act` is what came of it, where that is more than it says."""
        facts = {"category": job.verdict.category, "source": job.verdict.source, "score": f"{job.verdict.score:g}"}
        return self.decisions.entry(asker, f"verdict.{act or job.verdict.level.name.lower()}", job=job.id, facts=facts)

    async def _enqueue(self, asker: Asker, job: Job, *, terms_of: Terms, case: Case | None) -> Job:
        limits = () if job.reuse else terms_of.limits
        entry = self._verdict(asker, job) if job.verdict.level is not Level.ALLOW else None
        job = await self.store.enqueue(job, limits=limits, load=terms_of.load, event=asker.event, case=case, entry=entry)
        try:
            if case is not None:
                await self.reviews.wake(case)
            await self.queue.put(job.id, lane=TELL, priority=job.priority)
            if job.state is State.QUEUED:
                await self.queue.put(job.id, lane=job.provider, priority=job.priority)
        except StoreFault as fault:
            # The job is written and will be drawn: the sweep puts it again. To call this broken would have it asked for twice.
            log.warning("queue not woken", job=job.id, reason=str(fault))
        return job

    async def _drawn_before(self, job: Job, *, fresh: bool) -> Job:
        """The same job, to be given from the files where a job of this workspace drew just this and its images are still there.

        Only a job that its person may look up: else the words alone would tell who drew what in private. Nothing comes out of an
        age-restricted channel, where other pictures pass than elsewhere.

        Raises:
            NotAllowed: those pictures were reported, and a reviewer looks at them or took them away.
        """
        before = await self.store.alike(job)
        if before is None:
            return job
        marks = await self.store.marks(before.id)
        if "hidden" in marks or ("deleted" in marks and await self.reviews.removed(before)):
            what = "are under review" if "hidden" in marks else "a reviewer removed them"
            raise NotAllowed(
                f"This would be the pictures of job {before.id} again. They were reported, and {what}.",
                advice="Nothing was counted. Change the words or the seed.",
            )
        if fresh or len(before.images) < job.fitted.count or gone(marks):
            return job
        hidden = (before.place.direct or before.place.private) and before.place.channel != job.place.channel
        mine = before.person.key == job.person.key
        if (hidden and not mine) or (before.place.age_restricted and not job.place.age_restricted):
            return job
        try:
            for image in before.images:
                await self.files.get(image.key)
        except NotFound:
            return job
        return replace(job, reuse=before.id, estimate=Decimal(0))


def new_id() -> str:
    """Eight characters that nobody misreads; 31**8 of them, and the journal refuses the second of a kind."""
    number, found = int.from_bytes(secrets.token_bytes(8)), ""
    while len(found) < 8:  # noqa: PLR2004 - as the docstring says
        number, digit = divmod(number, len(_ALPHABET))
        found += _ALPHABET[digit]
    return found


def _likeness(job: Job, version: str) -> str:
    """A digest of what is really asked: of whom, which version, every word and number, and the pictures it starts from."""
    said = {"provider": job.provider, "model": job.model, "version": version, **asdict(job.fitted)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def policy_of(preference: Preference, *, barred: frozenset[str] = frozenset()) -> Policy:
    """What a place's preferences mean for the choice of a model; `barred` are models that are not for this person."""
    return Policy(default=preference.model, allowed=preference.models, canary=preference.canary, barred=barred)
