"""Reviewing: what follows from a case in the chats: its card, posts hidden and shown again, files removed, people told.

All of it is carried out from what the journal says, and may be repeated: a card is posted under a key, a mark is set once, a file that is
gone stays gone, and that somebody was told is written before they are told. The journal keeps which version of a case was carried out;
whatever a crash left behind is seen at the next start. Of several machines, one at a time carries a case.
"""

import secrets
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import says
from bot.errors import BadPicture, NotFound, PlatformFault
from bot.imaging import ORIGINAL, Studio
from bot.model import Case, CaseKind, CaseState, Job, Message, Person, Picture, Place, Post, State
from bot.ports import ChatPlatform, Files, Queue, Store
from bot.ports.queue import REVIEW, TELL
from bot.reviews import Reviews
from bot.routing import Catalog
from bot.says.results import pictures_of
from bot.worker.telling import Teller

log = structlog.get_logger()

_LEASE = timedelta(seconds=60)


class Reviewer:
    """Carries out what cases say."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        files: Files,
        catalog: Catalog,
        studio: Studio,
        platforms: Mapping[str, ChatPlatform],
        reviews: Reviews,
        teller: Teller,
        alone: bool,
        now: Callable[[], datetime],
    ) -> None:
        """`alone`: whether this process is the only one on its journal, so that no lease is needed."""
        self._store = store
        self._queue = queue
        self._files = files
        self._catalog = catalog
        self._studio = studio
        self._platforms = platforms
        self._reviews = reviews
        self._teller = teller
        self._alone = alone
        self._now = now
        self._name = secrets.token_hex(8)
        self._at_work: set[str] = set()

    async def sweep(self) -> None:
        """Let deadlines decide, and wake every case that was not carried out yet."""
        await self._reviews.expire()
        for case in await self._store.cases_untold():
            await self._queue.put(case.id, lane=REVIEW)

    async def carry(self, case_id: str) -> None:
        """Bring everything that follows from a case up to date."""
        async with self._leased(case_id) as mine:
            if not mine:
                await self._queue.put(case_id, lane=REVIEW, due=timedelta(seconds=1), once=f"leased {time.monotonic_ns()}")
                return
            case = await self._store.case(case_id)
            post, shown = await self._store.case_post(case_id)
            if shown >= case.version and post is not None:
                return
            job = await self._job(case)
            if job is not None:
                await self._settle(case, job)
            post = await self._show(case, job, post)
            await self._tell(case)
            await self._store.keep_case_post(case.id, post, shown=case.version)

    async def _job(self, case: Case) -> Job | None:
        try:
            return await self._store.find(case.job) if case.job else None
        except NotFound:
            # Erased meanwhile: there is nothing left to hide or to show.
            return None

    async def _settle(self, case: Case, job: Job) -> None:
        """What a case does to files and posts."""
        if case.state is not CaseState.OPEN:
            for key in case.dropped:
                await self._files.delete(key)
        if case.kind is CaseKind.REPORT:
            hide, remove = case.state is CaseState.OPEN, case.state is CaseState.REJECTED
            if remove:
                await self._store.mark(job.id, 0, case.person, "deleted", on=True)
                for key in filter(
                    None, [job.overview, *(key for image in job.images for key in (image.key, image.shown, image.thumbnail))]
                ):
                    await self._files.delete(key)
            await self._store.mark(job.id, 0, case.person, "hidden", on=hide)
            await self._redraw(job)
        elif case.kind is CaseKind.IMAGES and case.state is CaseState.WITHDRAWN:
            await self._store.mark(job.id, 0, case.person, "deleted", on=True)
        elif case.state is not CaseState.OPEN and case.kind.holds and not job.state.over:
            await self._queue.put(job.id, lane=TELL, priority=job.priority, once=f"v{job.version}")
            if job.state is State.QUEUED:
                await self._queue.put(job.id, lane=job.provider, priority=job.priority, once=f"v{job.version}")

    async def _redraw(self, job: Job) -> None:
        try:
            done = await self._teller.redraw(job.id)
        except PlatformFault as fault:
            if not fault.permanent:
                raise
            # Somebody removed the message itself, or the channel: there is nothing to hide or to show any more.
            log.info("posts not redrawn", job=job.id, reason=fault.sentence)
            return
        if not done:
            raise PlatformFault(f"The posts of job {job.id} are being written by another machine just now.")

    async def _show(self, case: Case, job: Job | None, post: Post | None) -> Post | None:
        """Make the card in the review channel show the case as it stands; None where there is no such channel."""
        room = post.place if post else await self._reviews.room(case)
        platform = self._platforms.get(case.place.platform)
        if room is None or platform is None:
            return None
        message = await self._card(case, job)
        try:
            if post is None:
                first = await self._store.take(f"post:{case.id}")
                post = await platform.post(room, message, key=f"{case.id}:card", again=not first)
                # At once: from here on it is edited, whatever happens next.
                await self._store.keep_case_post(case.id, post, shown=0)
            else:
                await platform.edit(post, message)
        except PlatformFault as fault:
            if not fault.permanent:
                raise
            # /review lists it all the same, and the doctor is not asked: the admin who set the channel reads the log.
            log.warning("review card not shown", case=case.id, reason=fault.sentence)
        return post

    async def _card(self, case: Case, job: Job | None) -> Message:
        pictures: list[Picture] = []
        if job is not None and case.state is CaseState.OPEN:
            pictures = [*await self._sources(job), *self._results(case, job)]
        record = await self._reviews.record(case.person, case.place)
        strikes = f"{record.strikes} in {record.days} days" if record.strikes else ""
        decider = await self._reviews.decider(case)
        return says.case_card(case, job, pictures=pictures, strikes=strikes, decider=decider)

    def _results(self, case: Case, job: Job) -> list[Picture]:
        if case.kind not in {CaseKind.IMAGES, CaseKind.REPORT} or not job.images:
            return []
        shown = pictures_of(job, self._catalog.capabilities(job.provider, job.model))
        return [replace(picture, spoiler=True, original="") for picture in shown]

    async def _sources(self, job: Job) -> list[Picture]:
        """The pictures that a request starts from, those that are still there."""
        found: list[Picture] = []
        for number, key in enumerate(job.request.sources, start=1):
            try:
                facts = await self._studio.check((await self._files.get(key)).body, most=ORIGINAL)
            except (NotFound, BadPicture):
                continue
            alt = f"Source picture {number} of job {job.id}"
            found.append(Picture(key=key, alt=alt, title="source", width=facts.width, height=facts.height, index=number, spoiler=True))
        return found

    async def _tell(self, case: Case) -> None:
        """Tell the one whom it concerns, and those who reported, once each."""
        message = says.outcome(case)
        if message is not None and await self._store.take(f"told:{case.id}:{case.version}"):
            await self._whisper(case.person, case.place, message)
        if case.kind is CaseKind.REPORT and case.state is not CaseState.OPEN:
            for person in await self._store.reporters(case.job):
                if person.key != case.person.key and await self._store.take(f"told:{case.id}:{case.version}:{person.key}"):
                    await self._whisper(person, case.place, says.reported_outcome(case))

    async def _whisper(self, person: Person, place: Place, message: Message) -> None:
        platform = self._platforms.get(person.platform)
        if platform is None:
            return
        try:
            await platform.whisper(person, place, message)
        except PlatformFault as fault:
            log.info("not told", person=person.key, reason=fault.sentence)

    @asynccontextmanager
    async def _leased(self, case_id: str) -> AsyncGenerator[bool]:
        """Whether this handler, on this machine, may carry a case now; where it may, no other does until the block ends."""
        name = f"carry:{case_id}"
        if case_id in self._at_work:
            yield False
            return
        self._at_work.add(case_id)
        try:
            if not self._alone and not await self._store.lease(name, holder=self._name, until=self._now() + _LEASE):
                yield False
                return
            try:
                yield True
            finally:
                if not self._alone:
                    await self._store.release(name, holder=self._name)
        finally:
            self._at_work.discard(case_id)
