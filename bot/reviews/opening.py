"""Opening: how something comes before a reviewer: a doubtful prompt or picture, a price, reports, an appeal, a wish for more."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.decisions import Decisions
from bot.errors import Expired, NotAllowed, NotFound, StoreFault
from bot.model import Asker, Case, CaseKind, CaseState, Entry, Job, Level, Place, State, subject_of_workspace
from bot.moderation import TABLE
from bot.ports import Queue, Store
from bot.ports.queue import REVIEW
from bot.preferences import Preferences
from bot.reviews.terms import CHANNEL, ReviewTerms, room_of, terms_of

log = structlog.get_logger()

NONE = "none"
MORE, MORE_FOR = "20", "2d"
"""What somebody asks for who asks for more and says no more."""
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
APPEALABLE = frozenset({"blocked", "doubtful", "rejected"})
"""Problems of jobs that a reviewer can set aside. What an image service refused, nobody here can."""
NEVER = "minors"
"""The category that nobody can let pass."""


class Opening:
    """Opens cases. Raises Refusal for what cannot be asked."""

    def __init__(
        self, *, store: Store, queue: Queue, preferences: Preferences, decisions: Decisions, room: str, now: Callable[[], datetime]
    ) -> None:
        """`room`: `platform:workspace:channel`, the review channel of a workspace whose admins decided nothing; or empty."""
        self._store = store
        self._queue = queue
        self._preferences = preferences
        self._decisions = decisions
        self._room = room
        self._now = now

    async def terms(self, place: Place) -> ReviewTerms:
        """What holds in the workspace of a place."""
        said = dict(await self._preferences.said(subject_of_workspace(place)))
        home, _, channel = self._room.rpartition(":")
        if CHANNEL not in said and home == f"{place.platform}:{place.workspace}":
            said[CHANNEL] = channel
        return terms_of({name: "" if value == NONE else value for name, value in said.items()})

    async def room(self, case: Case) -> Place | None:
        """Where a case is decided, or None where no channel is set for it."""
        channel = (await self.terms(case.place)).room(case.kind)
        return room_of(case.place, channel) if channel else None

    async def reviewed(self, place: Place) -> bool:
        """Whether what is doubtful is brought before a reviewer here."""
        return bool((await self.terms(place)).channel)

    async def of_prompt(self, job: Job) -> Case | None:
        """The case for a job whose prompt is doubtful (`job.verdict`), to be kept with it; None where nobody could decide."""
        terms = await self.terms(job.place)
        return self._case(CaseKind.PROMPT, job, terms, _doubt("The words", job.verdict.category)) if terms.channel else None

    async def of_cost(self, job: Job, why: str) -> Case | None:
        """The case for a job that an admin must approve for its price; None where nobody could decide."""
        terms = await self.terms(job.place)
        return self._case(CaseKind.COST, job, terms, why) if terms.room(CaseKind.COST) else None

    async def of_job(self, job: Job) -> Case | None:
        """The open case that a HELD job waits for, opened where there is none yet; None where nobody could decide any more."""
        for case in await self._store.cases_of(job.id):
            if case.state is CaseState.OPEN and case.kind.holds:
                return case
        terms = await self.terms(job.place)
        if job.images:
            doubtful = [image for image in job.images if image.verdict.level is Level.REVIEW]
            worst = max((image.verdict for image in doubtful), key=lambda verdict: verdict.score, default=job.verdict)
            case = replace(
                self._case(CaseKind.IMAGES, job, terms, _doubt("The pictures", worst.category)),
                category=worst.category,
                source=worst.source,
                score=worst.score,
                images=tuple(image.index for image in job.images),
            )
        elif job.approved:
            case = self._case(CaseKind.COST, job, terms, "Its price is above what needs no approval.")
        else:
            case = self._case(CaseKind.PROMPT, job, terms, _doubt("The words", job.verdict.category))
        return await self.open(case)

    async def note_images(self, job: Job) -> None:
        """Put on record what moderation thought of a job's pictures, where it was anything."""
        found = [image.verdict for image in job.images if image.verdict.level is not Level.ALLOW]
        if found:
            worst = max(found, key=lambda verdict: (verdict.level, verdict.score))
            await self.note_verdict(job, worst.level.name.lower(), worst.category, worst.source)

    async def note_verdict(self, job: Job, level: str, category: str, source: str) -> None:
        """Put on record that pictures were not simply let pass."""
        facts = {"of": "pictures", "category": category, "source": source}
        entry = self._decisions.entry(None, f"verdict.{level}", about=job.id, job=job.id, facts=facts)
        place = job.place
        await self._store.note(replace(entry, platform=place.platform, workspace=place.workspace, channel=place.channel))

    async def open(self, case: Case) -> Case:
        """Keep a case, and have it shown. Of one kind a job has at most one open case: that one is given."""
        case = await self._store.open_case(case)
        await self.wake(case)
        return case

    async def report(self, asker: Asker, job: Job, reason: str) -> tuple[bool, Case | None]:
        """Put a report on record: whether it is this person's first, and the case that is open then, by which the pictures are hidden.

        Raises:
            NotFound: there is nothing to see any more, or not yet.
            NotAllowed: it is their own.
        """
        marks = await self._store.marks(job.id)
        if job.state is not State.DELIVERED or not job.images or "deleted" in marks:
            raise NotFound(f"Job {job.id} has no pictures that anybody sees.", advice="Nothing needs to be taken down.")
        mine = (await self._store.account(asker.person)).people
        if job.person.key in mine:
            raise NotAllowed("These pictures are your own.", advice=f"/delete {job.id} removes them.")
        cases = [case for case in await self._store.cases_of(job.id) if case.kind is CaseKind.REPORT]
        known = {person.key for person in await self._store.reporters(job.id)}
        first = known.isdisjoint(mine)
        if first:
            await self._store.mark(job.id, 0, asker.person, "report", on=True)
            # Not what they say: entries stay when words are erased.
            await self._decisions.note(asker, "report", about=job.id, job=job.id)
        if still := next((case for case in cases if case.state is CaseState.OPEN), None):
            return first, still
        kept = max((case.decided for case in cases if case.decided), default=None)
        people = await self._store.reporters(job.id, since=kept)
        accounts = {(await self._store.account(person)).key for person in people}
        terms = await self.terms(job.place)
        if not first or (len(accounts) < terms.reports and not asker.person.moderates):
            return first, None
        said = f" The last one said: “{reason}”." if reason else ""
        many = "1 person" if len(accounts) == 1 else f"{len(accounts)} people"
        return first, await self.open(self._case(CaseKind.REPORT, job, terms, f"{many} reported these pictures.{said}"))

    async def appealable(self, job: Job) -> bool:
        """Whether a reviewer could let a blocked job pass after all, and nobody was asked yet."""
        if job.state is not State.BLOCKED or job.problem is None or job.problem.code not in APPEALABLE:
            return False
        if job.verdict.category == NEVER or not await self.reviewed(job.place):
            return False
        return all(case.kind is not CaseKind.APPEAL for case in await self._store.cases_of(job.id))

    async def appeal(self, asker: Asker, job: Job) -> Case:
        """Ask a reviewer to look at a blocked request again, once.

        Raises:
            NotAllowed: it is somebody else's, or nobody here may let it pass.
            Expired: a reviewer was asked before.
            NotFound: it was not blocked, or nobody can be asked.
        """
        if job.person.key not in (await self._store.account(asker.person)).people:
            raise NotAllowed(f"Only the one who asked for job {job.id} can appeal.", advice="/report is for what you see.")
        if job.state is not State.BLOCKED or job.problem is None:
            raise NotFound(f"Job {job.id} was not blocked: it is {job.state.value}.", advice=f"/show {job.id} tells more.")
        if job.verdict.category == NEVER:
            raise NotAllowed("This is blocked for good; nobody can let it pass.", advice="Ask for something else.")
        if job.problem.code not in APPEALABLE:
            raise NotAllowed(
                "The image service itself refused this, or the finished pictures did not pass; no reviewer can change that.",
                advice="Other words or another model may do.",
            )
        before = [case for case in await self._store.cases_of(job.id) if case.kind is CaseKind.APPEAL]
        if before:
            raise Expired(f"A reviewer was asked about job {job.id} before: case {before[0].id} is {before[0].state.value}.")
        if not (terms := await self.terms(job.place)).channel:
            raise NotFound("Nobody can be asked: this workspace has no review channel.", advice=_how(asker))
        case = self._case(CaseKind.APPEAL, job, terms, f"The one who asked says that this block is a mistake. {job.problem.sentence}")
        await self._decisions.note(asker, "appeal", about=job.id, job=job.id, facts={"case": case.id})
        return await self.open(case)

    async def ask_more(self, asker: Asker, why: str, *, wish: str = "", span: str = "") -> Case:
        """Ask the admins for more quota: `20` images or `$5`, for `2d`; `why` is what they read. Who has asked already gets that case.

        Raises:
            NotFound: no review channel is set, so nobody would read it.
        """
        terms = await self.terms(asker.place)
        if not terms.room(CaseKind.MORE):
            raise NotFound("Nobody can be asked: this workspace has no review channel.", advice=_how(asker))
        for case in await self._store.cases(f"{asker.place.platform}:{asker.place.workspace}", limit=1000):
            if case.kind is CaseKind.MORE and case.person.key == asker.person.key:
                return case
        now = self._now()
        case = Case(
            id=_new_id(),
            kind=CaseKind.MORE,
            person=asker.person,
            place=asker.place,
            reason=why,
            wish=wish or MORE,
            span=span or MORE_FOR,
            opened=now,
            deadline=now + timedelta(hours=terms.hours),
        )
        await self._decisions.note(asker, "quota.asked", about=case.id)
        return await self.open(case)

    async def alarm(self, job: Job) -> None:
        """Tell admins of a request in the category that nobody can let pass. There is nothing to decide."""
        terms = await self.terms(job.place)
        if job.verdict.category == NEVER and terms.room(CaseKind.ALARM):
            case = self._case(CaseKind.ALARM, job, terms, "It was blocked, as always in this category. Nobody is asked to decide.")
            await self.open(replace(case, state=CaseState.REJECTED, decided_by="limner", decided=case.opened))

    async def unasked(self, asker: Asker) -> str:
        """Why what is doubtful is refused here without asking anybody, as a sentence; empty where a reviewer is asked."""
        if await self.reviewed(asker.place):
            return ""
        return f"It is only doubtful, but nobody can be asked: this workspace has no review channel. {_how(asker)}".strip()

    async def wake(self, case: Case) -> None:
        """Have a case's card and consequences brought up to date."""
        try:
            await self._queue.put(case.id, lane=REVIEW, once=f"v{case.version}")
        except StoreFault as fault:
            # It is written; the sweep wakes it.
            log.warning("queue not woken", case=case.id, reason=str(fault))

    def entry(self, asker: Asker | None, case: Case, act: str, **facts: str) -> Entry:
        """An entry about a case, in the workspace where it is, whoever acted."""
        about = {"kind": case.kind.value, "category": case.category, "source": case.source, **facts}
        entry = self._decisions.entry(
            asker, act, about=case.id, job=case.job, facts={name: value for name, value in about.items() if value}
        )
        return replace(entry, platform=case.place.platform, workspace=case.place.workspace, channel=case.place.channel)

    def _case(self, kind: CaseKind, job: Job, terms: ReviewTerms, reason: str) -> Case:
        now = self._now()
        return Case(
            id=_new_id(),
            kind=kind,
            job=job.id,
            person=job.person,
            place=job.place,
            category=job.verdict.category,
            source=job.verdict.source,
            score=job.verdict.score,
            reason=reason,
            opened=now,
            deadline=now + timedelta(hours=terms.hours),
        )


def _doubt(what: str, category: str) -> str:
    known = TABLE.get(category)
    return f"{what} may be about: {known.about[:1].lower()}{known.about[1:]}." if known else f"{what} are doubtful."


def _how(asker: Asker) -> str:
    return "/review channel #name sets one." if asker.person.administers else "An admin can set one."


def _new_id() -> str:
    return "c" + "".join(secrets.choice(_ALPHABET) for _ in range(7))
