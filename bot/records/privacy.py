"""Privacy: what is kept about one person, on every platform that they linked: shown, given to them, erased."""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, cast

import structlog

from bot import says
from bot.decisions import Decisions
from bot.errors import Expired, NotFound, PlatformFault
from bot.jobs import Jobs
from bot.model import LIMNER, Asker, Document, Dossier, Entry, Erasure, Inquiry, Job, Person, Post, subject_of_person
from bot.ports import ChatPlatform
from bot.records.retention import files_of

log = structlog.get_logger()

_BATCH = 100
_LOOKED_AT = 1000
_PART = 8 * 1024 * 1024
"""Bytes of a part of an export: chats take no larger files everywhere."""
_PARTS = 5
"""Parts in one message."""
_PATIENCE = timedelta(minutes=10)
"""How long an erasure waits for a card that is still being edited."""
_LONGEST = timedelta(days=1)
"""How long it tries to change posts that a chat does not let us change just now."""
_TIDY = 20
"""Tries to empty the database's log while somebody reads from it."""


class Privacy:
    """What is kept about people."""

    def __init__(self, jobs: Jobs, *, decisions: Decisions, platforms: Mapping[str, ChatPlatform], now: Callable[[], datetime]) -> None:
        self._jobs = jobs
        self._store = jobs.store
        self._files = jobs.files
        self._decisions = decisions
        self._platforms = platforms
        self._now = now

    async def dossier(self, person: Person) -> Dossier:
        """What is kept about somebody."""
        account = await self._store.account(person)
        jobs = worded = pictures = size = 0
        since: datetime | None = None
        uploads: set[str] = set()
        async for job in self._all(account.key):
            jobs += 1
            since = since or job.created
            worded += bool(job.request.prompt or job.request.negative)
            uploads |= _uploads(job)
            if job.images and "deleted" not in await self._store.marks(job.id):
                pictures += len(job.images)
                size += sum(image.bytes for image in job.images)
        subjects = [f"person:{key}" for key in account.people]
        entries = set[int]()
        for subject in subjects:
            for inquiry in (Inquiry(who=subject), Inquiry(about=subject)):
                entries |= {entry.number for entry in await self._store.entries(inquiry, limit=_LOOKED_AT)}
        return Dossier(
            people=await self._store.met(account.people),
            jobs=jobs,
            since=since,
            worded=worded,
            pictures=pictures,
            bytes=size,
            uploads=len(uploads),
            marks=Counter(mark.kind for mark in await self._store.marks_by(account.people)),
            rules=await self._store.rules(subjects),
            entries=len(entries),
            erasing=any(erasure.account == account.key for erasure in await self._store.erasures()),
        )

    async def export(self, asker: Asker, *, first: int = 1) -> tuple[list[Document], bool]:
        """Parts of everything that is kept about somebody, from one of them on, and whether there are more. It is on record.

        The first holds all facts as JSON; pictures follow, the oldest first. The files are removed after a day.
        """
        account = await self._store.account(asker.person)
        documents: list[Document] = []
        number, more = 0, False
        async for body in self._parts(account.key, account.people):
            number += 1
            if number < first:
                continue
            if len(documents) == _PARTS:
                more = True
                break
            key = await self._files.put(body, kind="exports", owner=_owner(account.key), media_type="application/zip")
            documents.append(
                Document(key=key, name=f"limner-{number}.zip", title=f"Everything about you, part {number}", media_type="application/zip")
            )
        await self._decisions.note(asker, "export.privacy", about=subject_of_person(asker.person), facts={"parts": str(len(documents))})
        return documents, more

    async def erase(self, asker: Asker) -> bool:
        """Begin to erase all that is kept about somebody; False where that is being done already."""
        account = await self._store.account(asker.person)
        met = {known.person.key: known.person for known in await self._store.met(account.people)}
        people = tuple(met.get(key) or _person_of(key) for key in account.people)
        erasure = Erasure(account=account.key, people=people, person=asker.person, place=asker.place, asked=self._now())
        return await self._store.begin_erasure(erasure, entry=self._decisions.entry(asker, "privacy.erase"))

    async def go_on(self) -> bool:
        """Go on with every erasure that was begun; gives whether all are done. Each step may be repeated."""
        done = True
        for erasure in await self._store.erasures():
            done = await self._go_on(erasure) and done
        return done

    async def _go_on(self, erasure: Erasure) -> bool:
        cards = await self._store.case_posts([person.key for person in erasure.people])
        waits = await self._empty(erasure, cards) is None
        async for job in self._all(erasure.account):
            if not await self._is_quiet(erasure, job):
                waits = True
                continue
            reached = await self._empty(erasure, [post for post, _ in (await self._store.posts(job.id)).values()])
            if reached is None:
                waits = True
                continue
            for key in files_of(job):
                await self._files.delete(key)
            for key in await self._store.orphan(job.id):
                await self._files.delete(key)
            erasure = replace(
                erasure, jobs=erasure.jobs + 1, pictures=erasure.pictures + len(job.images), unreached=erasure.unreached + reached
            )
            await self._store.save_erasure(erasure)
        if waits:
            return False
        await self._end(erasure)
        return True

    async def _is_quiet(self, erasure: Erasure, job: Job) -> bool:
        """Whether nobody is at work on a job any more, nor on its card; what still runs is cancelled."""
        if not job.state.over:
            try:
                await self._jobs.cancel(Asker(person=job.person, place=job.place, event=None), job.id)
            except (Expired, NotFound):
                # It is on its way to people this very moment.
                log.info("erasure waits", job=job.id, state=job.state.value)
            return False
        card = (await self._store.posts(job.id)).get("card")
        return card is None or card[1] >= job.version or self._now() - erasure.asked > _PATIENCE

    async def _empty(self, erasure: Erasure, posts: Sequence[Post]) -> int | None:
        """Take words and pictures out of posts: how many of these were out of reach, or None to try again later."""
        unreached = 0
        for post in posts:
            platform = self._platforms.get(post.place.platform)
            try:
                if platform is None:
                    unreached += 1
                else:
                    await platform.edit(post, says.erased_post())
            except PlatformFault as fault:
                if not fault.permanent and self._now() - erasure.asked < _LONGEST:
                    return None
                unreached += 1
        return unreached

    async def _end(self, erasure: Erasure) -> None:
        for key in await self._files.aged("exports", before=self._now() + _LONGEST):
            if f"/{_owner(erasure.account)}-" in key:
                await self._files.delete(key)
        await self._store.unname(erasure.people)
        facts = {"jobs": str(erasure.jobs), "pictures": str(erasure.pictures), "unreached": str(erasure.unreached)}
        place = erasure.place
        entry = Entry(act="privacy.erased", who=LIMNER, platform=place.platform, workspace=place.workspace, facts=facts, at=self._now())
        await self._store.end_erasure(erasure, entry=entry)
        for _ in range(_TIDY):
            if await self._store.tidy():
                break
        log.info("erased", jobs=erasure.jobs, pictures=erasure.pictures, unreached=erasure.unreached)
        platform = self._platforms.get(place.platform)
        if platform is not None:
            try:
                await platform.whisper(erasure.person, place, says.erased_page(erasure))
            except PlatformFault as fault:
                log.info("not told of an erasure", reason=fault.sentence)

    async def _all(self, account: str) -> AsyncIterator[Job]:
        last: Job | None = None
        while jobs := await self._store.jobs_of(account, after=last, limit=_BATCH):
            for job in jobs:
                yield job
            last = jobs[-1]

    async def _parts(self, account: str, people: Sequence[str]) -> AsyncIterator[bytes]:
        """Zip files of about one size: the facts first, then pictures."""
        pack = _Pack()
        pack.add("README.txt", says.export_note().encode())
        jobs = [job async for job in self._all(account)]
        subjects = [f"person:{key}" for key in people]
        facts: dict[str, Any] = {
            "people": [asdict(known.person) for known in await self._store.met(people)],
            "jobs": [asdict(job) for job in jobs],
            "marks": [asdict(mark) for mark in await self._store.marks_by(people)],
            "rules": [asdict(rule) for rule in await self._store.rules(subjects)],
            "cases": [asdict(case) for job in jobs for case in await self._store.cases_of(job.id)],
            "audit": await self._entries(subjects),
        }
        for name, value in facts.items():
            pack.add(f"{name}.json", json.dumps(value, ensure_ascii=False, indent=1, default=_plain).encode())
        for job in jobs:
            # What waits for a reviewer is theirs once it was let pass.
            images = () if job.unseen else job.images
            named = [(f"pictures/{job.id}-{image.index}.{image.key.rpartition('.')[2]}", image.key) for image in images]
            named += [(f"uploads/{job.id}-{key.rpartition('/')[2]}", key) for key in sorted(_uploads(job))]
            for name, key in named:
                try:
                    body = (await self._files.get(key)).body
                except NotFound:
                    continue
                if pack.size + len(body) > _PART and pack.size:
                    yield pack.close()
                    pack = _Pack()
                pack.add(name, body)
        yield pack.close()

    async def _entries(self, subjects: Sequence[str]) -> list[dict[str, Any]]:
        found: dict[int, Entry] = {}
        for subject in subjects:
            for inquiry in (Inquiry(who=subject), Inquiry(about=subject)):
                found |= {entry.number: entry for entry in await self._store.entries(inquiry, limit=_LOOKED_AT)}
        return [asdict(found[number]) for number in sorted(found)]


class _Pack:
    """A zip file in memory."""

    def __init__(self) -> None:
        self._body = io.BytesIO()
        self._zip = zipfile.ZipFile(self._body, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.size = 0

    def add(self, name: str, body: bytes) -> None:
        # Pictures are packed already.
        words = name.endswith((".json", ".txt"))
        info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED if words else zipfile.ZIP_STORED
        before = self._body.tell()
        self._zip.writestr(info, body)
        self.size += self._body.tell() - before

    def close(self) -> bytes:
        self._zip.close()
        return self._body.getvalue()


def _uploads(job: Job) -> set[str]:
    keys = (*job.request.sources, job.request.mask or "")
    return {key for key in keys if key.startswith(("sources/", "masks/"))}


def _owner(account: str) -> str:
    """Whose an export is, as part of its name, without saying it."""
    return hashlib.sha256(account.encode()).hexdigest()[:24]


def _person_of(key: str) -> Person:
    platform, workspace, id_ = key.split(":", 2)
    return Person(platform=platform, workspace=workspace, id=id_)


def _plain(value: object) -> object:
    return sorted(map(str, cast("frozenset[object]", value))) if isinstance(value, frozenset) else str(value)
