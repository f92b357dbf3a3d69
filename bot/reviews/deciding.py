"""Deciding: one decision a case, by whoever comes first: a reviewer, an admin, or its deadline."""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.errors import AlreadyTaken, Expired, NotAllowed, NotFound, OverQuota, Overtaken, StoreFault
from bot.grammar import span_of
from bot.model import (
    LIMNER,
    Asker,
    Case,
    CaseKind,
    CaseState,
    Image,
    Job,
    Level,
    Measure,
    Problem,
    State,
    Verdict,
    subject_of_person,
)
from bot.ports.queue import TELL
from bot.quotas import Quotas, read_sum
from bot.reviews.opening import MORE, MORE_FOR, Opening
from bot.says.words import days, plural

log = structlog.get_logger()

Redraw = Callable[[Case, Job, str], Awaitable[Job]]
"""Makes a new job of an appealed one, let pass by the person with this key; the same case makes one job."""
_PATIENCE = timedelta(hours=24)
"""How long an approved job may wait for its turn."""
_DECIDING = timedelta(seconds=60)


class Deciding(Opening):
    """Decides cases. Raises Refusal for what cannot be decided; whoever comes second hears who decided."""

    quotas: Quotas

    async def find(self, asker: Asker, case_id: str) -> Case:
        """A case of this workspace that this person may see. Raises NotFound, NotAllowed."""
        case = await self._store.case(case_id)
        if (case.place.platform, case.place.workspace) != (asker.place.platform, asker.place.workspace):
            raise NotFound(f"There is no case {case_id[:20]}.", advice="/review lists what is open.")
        if not asker.person.moderates:
            raise NotAllowed("Cases are for reviewers.", advice="Ask an admin of this workspace.")
        return case

    async def approve(
        self, asker: Asker, case_id: str, *, redraw: Redraw, only: Collection[int] = (), wish: str = "", span: str = ""
    ) -> Case:
        """Let it pass. `only`: these of the pictures; `wish` and `span`: how much more, for how long, where it is not what was asked for.

        Raises:
            Expired: it is decided already, or its job is gone.
            NotAllowed: this person may not decide it.
            OverQuota: the person's quota is used up; the case stays open.
        """
        case = await self._undecided(asker, case_id)
        facts = await self._must_decide(asker, case)
        decided = self._decided(case, CaseState.APPROVED, by=asker.person.key)
        if case.kind.holds:
            return await self._let_pass(asker, case, decided, only=only, facts=facts)
        if case.kind is CaseKind.APPEAL:
            return await self._grant_appeal(asker, case, decided, redraw, facts)
        if case.kind is CaseKind.MORE:
            return await self._grant_more(asker, case, decided, wish or case.wish or MORE, span or case.span or MORE_FOR)
        return await self._save(asker, case, decided, facts)

    async def reject(self, asker: Asker, case_id: str, *, words: str = "") -> Case:
        """Do not let it pass; `words` are for the one who asked. Raises as `approve`."""
        case = await self._undecided(asker, case_id)
        facts = await self._must_decide(asker, case)
        decided = self._decided(case, CaseState.REJECTED, by=asker.person.key, words=words)
        return await self._turn_down(asker, case, decided, facts)

    async def expire(self) -> int:
        """Decide what nobody decided in time, as the workspace's default says; gives how many."""
        number = 0
        for case in await self._store.cases_due(self._now()):
            default = (await self.terms(case.place)).default
            # Time alone never spends money, overrules a block or gives quota away.
            passing = default is CaseState.APPROVED and case.kind in {CaseKind.PROMPT, CaseKind.IMAGES, CaseKind.REPORT}
            try:
                if not passing or not await self._pass_by_time(case):
                    decided = self._decided(case, CaseState.REJECTED, by=LIMNER, words="Nobody decided in time.")
                    await self._turn_down(None, case, decided, {})
                number += 1
            except (Expired, Overtaken) as error:
                log.info("decided meanwhile", case=case.id, why=type(error).__name__)
        return number

    async def follow(self, job: Job) -> None:
        """Close what waited for a job that is over by itself: cancelled, removed, failed."""
        for case in await self._store.cases_of(job.id):
            if case.state is CaseState.OPEN and case.kind is not CaseKind.APPEAL:
                withdrawn = replace(self._decided(case, CaseState.WITHDRAWN, by=LIMNER), dropped=files_of(job.images, job.overview))
                try:
                    await self._save(None, case, withdrawn, {})
                except Expired:
                    continue

    async def removed(self, job: Job) -> bool:
        """Whether a reviewer removed a job's pictures on reports."""
        cases = await self._store.cases_of(job.id)
        return any(case.kind is CaseKind.REPORT and case.state is CaseState.REJECTED for case in cases)

    async def decider(self, case: Case) -> str:
        """The name of who decided a case, as people say it."""
        if case.decided_by in {"", LIMNER}:
            return "the deadline" if case.decided_by else "nobody"
        platform, workspace, id_ = case.decided_by.split(":", 2)
        known = await self._store.person(platform, workspace, id_)
        return known.name if known and known.name else f"<@{id_}>"

    async def _undecided(self, asker: Asker, case_id: str) -> Case:
        case = await self.find(asker, case_id)
        if case.state is not CaseState.OPEN:
            raise await self._too_late(case)
        return case

    async def _too_late(self, case: Case) -> Expired:
        if case.state is CaseState.WITHDRAWN:
            return Expired(f"Case {case.id} is closed: what it was about was cancelled or removed meanwhile.")
        return Expired(f"Case {case.id} was {case.state.value} by {await self.decider(case)} already.", advice="Nothing was changed.")

    async def _must_decide(self, asker: Asker, case: Case) -> dict[str, str]:
        """Facts for the record, where this person may decide. Raises NotAllowed."""
        if case.kind.for_admins and not asker.person.administers:
            raise NotAllowed("Only an admin can decide about money and quota.", advice="The case stays open for them.")
        mine = (await self._store.account(asker.person)).people
        if case.person.key not in mine:
            return {}
        others = [each for each in await self._store.moderators(case.place) if each.key not in mine]
        if not asker.person.administers or any(each.administers or not case.kind.for_admins for each in others):
            raise NotAllowed("Nobody decides about what they asked for themselves.", advice="It stays open for another reviewer.")
        return {"own": "yes, nobody else could"}

    async def _let_pass(self, asker: Asker | None, case: Case, decided: Case, *, only: Collection[int], facts: dict[str, str]) -> Case:
        """Let a held job go on. Raises OverQuota, Expired."""
        job = await self._store.find(case.job)
        if job.state is not State.HELD:
            await self.follow(job)
            raise Expired(f"Job {job.id} is {job.state.value} by now: there is nothing to decide any more.")
        now = self._now()
        owner = Asker(person=job.person, place=job.place, event=None)
        try:
            terms = await self.quotas.terms(owner, job.fitted, model=f"{job.provider}/{job.model}", estimate=job.estimate)
            moved = replace(job, approved=decided.decided_by, changed=now, deadline=now + _PATIENCE)
            limits = terms.limits
            if case.kind is CaseKind.IMAGES:
                moved, decided = _shown(moved, decided, only)
            elif case.kind is CaseKind.PROMPT and terms.approval and not (asker and asker.person.administers):
                # Its words may be drawn; its price is for an admin to approve.
                limits = ()
            else:
                moved = replace(moved, state=State.QUEUED)
            entry = self.entry(asker, decided, "case.approved", **facts)
            decided, moved = await self._store.conclude(decided, was=case, job=moved, job_was=job, limits=limits, entry=entry)
        except OverQuota as over:
            whose = job.person.name or job.person.mention
            raise OverQuota(
                f"{whose} cannot have it now: {over.sentence}", advice=f"Case {case.id} stays open. /quota grant gives more for a while."
            ) from over
        except Overtaken:
            raise await self._overtaken(case) from None
        await self._after(decided, moved)
        return decided

    async def _turn_down(self, asker: Asker | None, case: Case, decided: Case, facts: dict[str, str]) -> Case:
        if not case.kind.holds:
            async with self._alone(case):
                return await self._save(asker, case, decided, facts)
        job = await self._store.find(case.job)
        if job.state is not State.HELD:
            await self.follow(job)
            raise Expired(f"Job {job.id} is {job.state.value} by now: there is nothing to decide any more.")
        now = self._now()
        decided = replace(decided, dropped=files_of(job.images, job.overview))
        problem = Problem(code=_CODES[case.kind], sentence=_sentence(decided), advice="Ask for something else, or in other words.")
        blocked = replace(job, state=State.BLOCKED, problem=problem, images=(), overview="", changed=now, finished=now)
        entry = self.entry(asker, decided, "case.rejected", **facts, **({"reason": decided.words} if decided.words else {}))
        try:
            decided, blocked = await self._store.conclude(decided, was=case, job=blocked, job_was=job, entry=entry)
        except Overtaken:
            raise await self._overtaken(case) from None
        await self._after(decided, blocked)
        return decided

    async def _pass_by_time(self, case: Case) -> bool:
        decided = self._decided(case, CaseState.APPROVED, by=LIMNER, words="Nobody decided in time.")
        if not case.kind.holds:
            await self._save(None, case, decided, {})
            return True
        try:
            await self._let_pass(None, case, decided, only=(), facts={})
        except OverQuota:
            return False
        return True

    async def _grant_appeal(self, asker: Asker, case: Case, decided: Case, redraw: Redraw, facts: dict[str, str]) -> Case:
        job = await self._store.find(case.job)
        async with self._alone(case):
            try:
                again = await redraw(case, job, asker.person.key)
                decided = replace(decided, words=f"It is drawn now, as job {again.id}.")
            except AlreadyTaken:
                # An earlier try got as far as the job.
                decided = replace(decided, words="It is drawn now.")
            return await self._save(asker, case, decided, facts)

    async def _grant_more(self, asker: Asker, case: Case, decided: Case, wish: str, span: str) -> Case:
        measure, amount = read_sum(wish)
        time = span_of(span) or timedelta(days=2)
        much = plural(amount, "image") if measure is Measure.IMAGES else wish
        async with self._alone(case):
            # Under the case's own name: deciding it twice gives nothing twice.
            await self.quotas.grant(asker, subject_of_person(case.person), amount, measure, self._now() + time, name=case.id)
            return await self._save(asker, case, replace(decided, words=f"{much} more for {days(time)}."), {})

    async def _save(self, asker: Asker | None, case: Case, decided: Case, facts: dict[str, str]) -> Case:
        entry = self.entry(asker, decided, f"case.{decided.state.value}", **facts, **({"reason": decided.words} if decided.words else {}))
        try:
            saved = await self._store.save_case(decided, was=case, entry=entry)
        except Overtaken:
            raise await self._overtaken(case) from None
        await self.wake(saved)
        return saved

    async def _overtaken(self, case: Case) -> Expired:
        """What somebody hears who came second."""
        now = await self._store.case(case.id)
        if now.state is not CaseState.OPEN:
            return await self._too_late(now)
        if case.job:
            job = await self._store.find(case.job)
            if job.state is not State.HELD:
                await self.follow(job)
                return Expired(f"Job {job.id} is {job.state.value} by now: there is nothing to decide any more.")
        return Expired(f"Case {case.id} is moving just now.", advice="Look at it once more with /review.")

    async def _after(self, case: Case, job: Job) -> None:
        await self.wake(case)
        try:
            await self._queue.put(job.id, lane=TELL, priority=job.priority, once=f"v{job.version}")
            if job.state is State.QUEUED:
                await self._queue.put(job.id, lane=job.provider, priority=job.priority, once=f"v{job.version}")
        except StoreFault as fault:
            log.warning("queue not woken", job=job.id, reason=str(fault))
        if job.state is State.HELD:
            await self.of_job(job)

    def _decided(self, case: Case, state: CaseState, *, by: str, words: str = "") -> Case:
        return replace(case, state=state, decided_by=by, decided=self._now(), words=words)

    @asynccontextmanager
    async def _alone(self, case: Case) -> AsyncGenerator[None]:
        """Hold a case while something is done before it is decided, so that nobody decides otherwise meanwhile. Raises Expired."""
        name, holder = f"case:{case.id}", secrets.token_hex(8)
        if not await self._store.lease(name, holder=holder, until=self._now() + _DECIDING):
            raise Expired(f"Somebody is deciding case {case.id} just now.", advice=f"/review {case.id} shows how it went.")
        try:
            yield
        finally:
            await self._store.release(name, holder=holder)


_CODES = {CaseKind.PROMPT: "rejected", CaseKind.IMAGES: "unseen", CaseKind.COST: "cost"}


def _sentence(case: Case) -> str:
    what = {CaseKind.PROMPT: "the request", CaseKind.IMAGES: "the pictures", CaseKind.COST: "the price"}[case.kind]
    who = "An admin" if case.kind is CaseKind.COST else "A reviewer"
    if case.decided_by == LIMNER:
        return f"{who} should have looked at {what}, but nobody decided in time."
    return f"{who} did not approve {what}{f': “{case.words}”' if case.words else '.'}"


def files_of(images: tuple[Image, ...], overview: str = "") -> tuple[str, ...]:
    """Everything that is kept of pictures."""
    return (*(key for image in images for key in (image.key, image.shown, image.thumbnail)), *filter(None, [overview]))


def _shown(job: Job, case: Case, only: Collection[int]) -> tuple[Job, Case]:
    """The job with the pictures that were let pass, and the case with what is to be removed."""
    stays = tuple(image for image in job.images if not only or image.index in only)
    if not stays:
        raise NotFound(f"Job {job.id} has no such image.", advice=f"Its images are {', '.join(str(image.index) for image in job.images)}.")
    goes = tuple(image for image in job.images if image not in stays)
    clean = tuple(replace(image, verdict=_passed(image.verdict)) for image in stays)
    moved = replace(job, state=State.GENERATED, images=clean, overview="" if goes else job.overview)
    return moved, replace(case, images=tuple(image.index for image in stays), dropped=files_of(goes, job.overview if goes else ""))


def _passed(verdict: Verdict) -> Verdict:
    """What is left of a verdict after a reviewer let it pass; a blur stays."""
    return replace(verdict, level=Level.ALLOW) if verdict.level is Level.REVIEW else verdict
