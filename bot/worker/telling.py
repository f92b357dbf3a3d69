"""Telling: what people see of a job, brought up to date: its card, its results, its end.

The first post of a job is its card; later states are edits of it, and an edit may repeat. Every new message carries a key, so that the
platform gives the same post for the same key. That a post is about to be made is written before it is made: so the platform is told
where an earlier try may have landed, and looks for it there. Of several machines, one at a time tells about a job. The journal keeps which
version of a job its card shows: whatever a crash left behind is seen at the next start and shown then.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from bot import says
from bot.errors import BadPicture, Fault, NotFound, Overtaken, PlatformFault
from bot.imaging import Studio
from bot.jobs import TELL
from bot.model import UNPOSTED, Job, Level, Message, Pending, Picture, Place, Post, Problem, State
from bot.moderation import Panel
from bot.ports import ChatPlatform, Files, Metrics, Queue, Store
from bot.preferences import Preferences, Where
from bot.reviews import Reviews
from bot.routing import Catalog
from bot.worker.fan import Fan

log = structlog.get_logger()

_EDITS_AT_ONCE = 16
_IN_A_CHANNEL = 8
"""Jobs that are told in one channel at a time; chats take about a message a second there."""
_POSITIONS_SHOWN = 100
_CARD, _RESULT = "card", "result"
_LEASE = timedelta(seconds=60)
_BY_ITSELF = frozenset({State.CANCELLED, State.FAILED, State.EXPIRED})
"""Ends that no reviewer decided: what waited for one is closed."""
_LINGER = 60.0
"""Seconds that the previews of a job stay after its end."""


class Teller:
    """Posts and edits."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        files: Files,
        catalog: Catalog,
        panel: Panel,
        studio: Studio,
        platforms: Mapping[str, ChatPlatform],
        metrics: Metrics,
        preferences: Preferences,
        reviews: Reviews,
        alone: bool,
        now: Callable[[], datetime],
    ) -> None:
        """`alone`: whether this process is the only one on its journal, so that no lease is needed."""
        self._panel = panel
        self._preferences = preferences
        self._reviews = reviews
        self._alone = alone
        self._name = secrets.token_hex(8)
        self._held: set[str] = set()
        self._store = store
        self._queue = queue
        self._files = files
        self._fan = Fan(files, catalog.health)
        self._catalog = catalog
        self._studio = studio
        self._platforms = platforms
        self._metrics = metrics
        self._now = now
        self._live: dict[str, says.Live] = {}
        self._previews: dict[str, bytes] = {}
        self._passing: dict[str, set[str]] = {}
        self._passed: deque[tuple[float, str]] = deque()
        self._dirty: dict[str, None] = {}
        self._stirred = asyncio.Event()
        self._edited: dict[str, float] = {}
        self._paces: dict[str, tuple[float, float | None]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._gates: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def tell(self, job_id: str) -> None:
        """Bring everything people see of a job up to date.

        Whoever saves a newer version puts a wake-up of its own into the queue, so what is told here need not be looked at twice.
        """
        where = (await self._store.find(job_id)).place
        async with self._gate(where), self._lock(job_id), self._leased(job_id) as mine:
            if not mine:
                # Another machine is at it. What it may not have seen is looked at once it is done.
                await self._queue.put(job_id, lane=TELL, due=timedelta(seconds=1), once=f"leased {time.monotonic_ns()}")
                return
            job = await self._store.find(job_id)
            platform = self._platforms.get(job.place.platform)
            if platform is None:
                return
            if job.state is State.CANCELLING:
                job = await self._finish_cancelling(job)
            if job.state in _BY_ITSELF:
                await self._reviews.follow(job)
            posts = await self._store.posts(job.id)
            card = await self._show_card(job, platform, posts)
            if job.state is State.GENERATED and card:
                job = await self._deliver(job, platform, card)
                await self._edit_card(job, platform, card)
            if job.state.over:
                self._forget(job_id)

    async def redraw(self, job_id: str) -> bool:
        """Make a delivered job's posts show what may be seen of it now: all of it, or that it is hidden or gone. May be repeated.

        False where another machine writes them just now.
        """
        async with self._lock(job_id), self._leased(job_id) as mine:
            job = await self._store.find(job_id)
            platform = self._platforms.get(job.place.platform)
            if not mine or platform is None:
                return mine
            posts, marks = await self._store.posts(job_id), await self._store.marks(job_id)
            if "deleted" in marks:
                await self._show_deletion(job, platform, posts)
                return True
            model = self._catalog.capabilities(job.provider, job.model)
            for key, (post, _) in posts.items():
                whole = await self._card(job) if key == _CARD else says.result(job, model)
                await platform.edit(post, says.hidden(job) if "hidden" in marks else whole)
            return True

    async def refresh(self, job_id: str) -> None:
        """Let a running job's card follow its progress. Only edits: what posts anything is `tell`, which holds the lease."""
        async with self._lock(job_id):
            job = await self._store.find(job_id)
            platform = self._platforms.get(job.place.platform)
            posts = await self._store.posts(job_id)
            if job.state.over:
                self._forget(job_id)
            elif platform and _CARD in posts:
                await self._edit_card(job, platform, posts[_CARD][0])

    def show(self, job_id: str, pending: Pending) -> None:
        """Note how far a job is; its card follows as fast as its platform allows."""
        live = self._live.get(job_id, says.Live())
        self._live[job_id] = replace(live, fraction=pending.fraction, stage=pending.stage, position=None)
        if pending.preview:
            self._previews[job_id] = pending.preview
        self._stir(job_id)

    async def paint(self) -> None:
        """Edit the cards whose progress changed, each as often as its platform allows, until cancelled."""
        gate = asyncio.Semaphore(_EDITS_AT_ONCE)

        async def edit(job_id: str) -> None:
            async with gate:
                try:
                    await self.refresh(job_id)
                except (Fault, NotFound) as error:
                    log.info("card not refreshed", job=job_id, error=type(error).__name__)

        while True:
            await self._stirred.wait()
            self._stirred.clear()
            now = time.monotonic()
            ready = [job_id for job_id in self._dirty if self._edited.get(job_id, 0.0) <= now]
            for job_id in ready:
                del self._dirty[job_id]
            async with asyncio.TaskGroup() as group:
                for job_id in ready:
                    group.create_task(edit(job_id))
            await asyncio.sleep(0.1)
            if self._dirty:
                self._stirred.set()

    async def place_in_line(self) -> None:
        """Tell the waiting cards their new place in the queue, where it changed."""
        for provider, at_once in self._catalog.lanes.items():
            for position, job_id in enumerate(await self._store.queued(provider, limit=_POSITIONS_SHOWN), start=1):
                live = self._live.get(job_id)
                if live is None or live.position != position:
                    self._live[job_id] = says.Live(position=position, eta=await self._eta(provider, position, at_once))
                    if live is not None:
                        self._stir(job_id)

    async def renew(self) -> None:
        """Keep the leases of what is being told, for a slow platform takes longer than a lease lasts; and drop previews nobody needs."""
        for name in sorted(self._held):
            await self._store.lease(name, holder=self._name, until=self._now() + _LEASE)
        while self._passed and self._passed[0][0] < time.monotonic() - _LINGER:
            await self._files.delete(self._passed.popleft()[1])

    async def give_up(self, job_id: str, fault: PlatformFault) -> None:
        """The platform will never take this job's messages: end the job if it still runs, and leave it at that.

        Its card counts as shown from then on, or every sweep would try it again.
        """
        async with self._lock(job_id):
            job = await self._store.find(job_id)
            now = self._now()
            if job.state in {State.GENERATED, State.QUEUED}:
                # Pictures count for whom they reach, so they are sent before that is written.
                reached = bool(job.images) and await self._apologise(job, fault)
                problem = Problem(code=UNPOSTED if reached or not job.images else "unreached", sentence=fault.sentence)
                try:
                    job = await self._store.save(replace(job, state=State.FAILED, problem=problem, changed=now, finished=now), was=job)
                except Overtaken:
                    # It began to be drawn just now: its end will find the channel closed as well.
                    return
                if not job.images:
                    await self._apologise(job, fault)
                self._metrics.finished(outcome=job.state.value, provider=job.provider, model=job.model, images=0, seconds=None)
            posts = await self._store.posts(job_id)
            if job.state.over and _CARD in posts:
                await self._store.keep_post(job_id, _CARD, posts[_CARD][0], shown=job.version)
                self._forget(job_id)
            log.warning("posting given up", job=job_id, sentence=fault.sentence)

    async def _show_card(self, job: Job, platform: ChatPlatform, posts: Mapping[str, tuple[Post, int]]) -> Post | None:
        """Make the card show the job as it stands; gives where the card is, or None where there is none to be."""
        if _CARD not in posts:
            if job.state is State.BLOCKED and job.started is None:
                # Refused before it ran: there never was a card, and the person has been told.
                return None
            self._throttle(job, platform)
            post = await self._post(job, platform, job.place, await self._card(job), _CARD)
            await self._store.keep_post(job.id, _CARD, post, shown=job.version)
            return post
        post, shown = posts[_CARD]
        if job.state is State.DELIVERED and shown == job.version:
            await self._show_deletion(job, platform, posts)
        elif shown < job.version and job.state is not State.GENERATED:
            await self._edit_card(job, platform, post)
        return post

    async def _edit_card(self, job: Job, platform: ChatPlatform, post: Post) -> None:
        self._throttle(job, platform)
        await platform.edit(post, await self._card(job))
        await self._store.keep_post(job.id, _CARD, post, shown=job.version)

    async def _deliver(self, job: Job, platform: ChatPlatform, card: Post) -> Job:
        """Post the pictures once, then say so in the journal: from then on the job is over and counts."""
        place = job.place
        if not place.thread and (await self._preferences.of(place)).results is Where.THREAD:
            place = await platform.open_thread(card, says.title(job))
        model = self._catalog.capabilities(job.provider, job.model)
        post = await self._post(job, platform, place, says.result(job, model), _RESULT)
        live = self._live.get(job.id, says.Live())
        self._live[job.id] = replace(live, threaded=post.place.thread is not None)
        await self._store.keep_post(job.id, _RESULT, post, shown=job.version)
        delivered = await self._store.save(replace(job, state=State.DELIVERED, changed=self._now()), was=job)
        log.info("delivered", job=job.id, provider=job.provider, images=len(job.images))
        took = (job.finished - job.started).total_seconds() if job.finished and job.started else None
        self._metrics.finished(outcome="delivered", provider=job.provider, model=job.model, images=len(job.images), seconds=took)
        return delivered

    async def _post(self, job: Job, platform: ChatPlatform, place: Place, message: Message, key: str) -> Post:
        """Post under a key, with the intention written first: who dies in between leaves word that there may be a post already."""
        first = await self._store.take(f"post:{job.id}:{key}")
        return await platform.post(place, message, key=f"{job.id}:{key}", again=not first)

    def _gate(self, place: Place) -> asyncio.Semaphore:
        """Lets a few into a channel at a time, in their order: a crowded one takes no turn away from any other."""
        return self._gates.setdefault(f"{place.platform}:{place.workspace}:{place.channel}", asyncio.Semaphore(_IN_A_CHANNEL))

    def _lock(self, job_id: str) -> asyncio.Lock:
        return self._locks.setdefault(job_id, asyncio.Lock())

    @asynccontextmanager
    async def _leased(self, job_id: str) -> AsyncGenerator[bool]:
        """Whether this machine may tell about a job now; where it may, no other does until the block ends."""
        if self._alone:
            yield True
            return
        name = f"tell:{job_id}"
        if not await self._store.lease(name, holder=self._name, until=self._now() + _LEASE):
            yield False
            return

        self._held.add(name)
        try:
            yield True
        finally:
            self._held.discard(name)
            await self._store.release(name, holder=self._name)

    async def _apologise(self, job: Job, fault: PlatformFault) -> bool:
        """Tell the person alone what cannot be posted, with the pictures where there are any; gives whether that reached them."""
        platform = self._platforms.get(job.place.platform)
        if platform is None:
            return False
        model = self._catalog.capabilities(job.provider, job.model)
        try:
            await platform.whisper(job.person, job.place, says.undelivered(job, model, fault.sentence))
        except PlatformFault as also:
            log.info("not told either", job=job.id, reason=also.sentence)
            return False
        return True

    async def _finish_cancelling(self, job: Job) -> Job:
        provider = self._catalog.provider(job.provider)
        if provider is not None and job.ticket is not None:
            try:
                await self._fan.cancel(job, provider)
            except Fault as fault:
                log.info("provider did not take the cancel", provider=job.provider, error=type(fault).__name__)
        now = self._now()
        try:
            job = await self._store.save(replace(job, state=State.CANCELLED, changed=now, finished=now), was=job)
        except Overtaken:
            return await self._store.find(job.id)
        log.info("over", job=job.id, state=job.state.value)
        self._metrics.finished(outcome="cancelled", provider=job.provider, model=job.model, images=0, seconds=None)
        for waiting in await self._store.waiting(job.person, limit=1):
            await self._queue.put(waiting.id, lane=waiting.provider, priority=waiting.priority, once=f"after {job.id}")
        return job

    async def _show_deletion(self, job: Job, platform: ChatPlatform, posts: Mapping[str, tuple[Post, int]]) -> None:
        if "deleted" in await self._store.marks(job.id):
            await self._reviews.follow(job)
            message = says.removed(job) if await self._reviews.removed(job) else says.deleted(job)
            for post, _ in posts.values():
                await platform.edit(post, message)
            for moment, key in [each for each in self._passed if job.id in each[1]]:
                self._passed.remove((moment, key))
                await self._files.delete(key)

    async def _card(self, job: Job) -> Message:
        live = self._live.get(job.id, says.Live())
        if job.state is State.HELD:
            live = replace(live, case=await self._reviews.of_job(job))
        if job.state is State.DELIVERED and job.id not in self._live:
            # After a restart only the journal knows where the pictures went.
            result = (await self._store.posts(job.id)).get(_RESULT)
            live = replace(live, threaded=result is None or result[0].place.thread is not None)
        if job.state is State.QUEUED and live.position is None:
            queued = await self._store.queued(job.provider, limit=_POSITIONS_SHOWN)
            position = queued.index(job.id) + 1 if job.id in queued else None
            eta = await self._eta(job.provider, position, self._catalog.lanes.get(job.provider, 1)) if position else None
            live = self._live[job.id] = replace(live, position=position, eta=eta)
        if (preview := self._previews.pop(job.id, None)) is not None and not job.state.over:
            live = self._live[job.id] = replace(live, preview=await self._preview(job, preview) or live.preview)
        return says.card(job, live, says.overview(job) if job.state is State.DELIVERED else None)

    async def _preview(self, job: Job, content: bytes) -> Picture | None:
        """A provider's picture so far, made small. What cannot be shown is no reason to fail: the next one may do."""
        try:
            small = await self._studio.preview(content)
            facts = await self._studio.check(small)
        except BadPicture:
            return None
        # Nobody sees a picture that was not looked at, not even half of one.
        if max(job.verdict.level, (await self._panel.image(job.place, small)).level) >= Level.BLUR:
            return None
        key = await self._files.put(small, kind="previews", owner=job.id, media_type=facts.media_type)
        self._passing.setdefault(job.id, set()).add(key)
        return Picture(key=key, alt=f"Preview of job {job.id}", width=facts.width, height=facts.height)

    async def _eta(self, provider: str, position: int, at_once: int) -> float | None:
        known_until, pace = self._paces.get(provider, (0.0, None))
        if known_until < time.monotonic():
            known = self._catalog.provider(provider)
            pace = await self._store.pace(provider, next(iter(known.models))) if known and known.models else None
            self._paces[provider] = (time.monotonic() + 10, pace)
        return pace * (1 + (position - 1) // at_once) if pace else None

    def _stir(self, job_id: str) -> None:
        self._dirty[job_id] = None
        self._stirred.set()

    def _throttle(self, job: Job, platform: ChatPlatform) -> None:
        self._edited[job.id] = time.monotonic() + platform.pause

    def _forget(self, job_id: str) -> None:
        """A job is over: drop what was worth keeping while it ran. Its previews stay for a while: somebody may be loading one just now."""
        for known in (self._live, self._previews, self._dirty, self._edited):
            known.pop(job_id, None)
        now = time.monotonic()
        self._passed.extend((now, key) for key in sorted(self._passing.pop(job_id, ())))
