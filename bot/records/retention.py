"""Retention: for how long each kind of data is kept, and the round that removes what is older."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.config import span_of
from bot.decisions import Decisions
from bot.errors import Misunderstood
from bot.jobs import TELL
from bot.model import LIMNER, Asker, Entry, Job, RuleKind, subject_of_workspace
from bot.ports import Files, Queue, Store

log = structlog.get_logger()

KINDS = ("prompts", "images", "temporary", "audit")
_FOREVER = "forever"
_SLOT = "retention "
_LEAST = {"prompts": timedelta(days=1), "images": timedelta(days=1), "temporary": timedelta(hours=1), "audit": timedelta(days=30)}
"""A job may wait for a day, a preview is shown while it is drawn, and an audit of less than a month proves nothing."""
_PASSING = ("previews", "parts", "exports", "charts")
"""Kinds of files that nobody needs for long."""
_UPLOADS = ("sources", "masks")
_EVENTS = timedelta(days=30)
"""How long an event that was taken is remembered: the same reaction on the same message asks for a picture once."""
_BATCH = 50


class Retention:
    """What is kept for how long. None is for ever."""

    def __init__(
        self,
        store: Store,
        *,
        files: Files,
        queue: Queue,
        decisions: Decisions,
        usual: Mapping[str, timedelta | None],
        now: Callable[[], datetime],
    ) -> None:
        """`usual` by kind: what holds where nobody decided."""
        self._store = store
        self._files = files
        self._queue = queue
        self._decisions = decisions
        self._usual = usual
        self._now = now

    async def of(self, workspace: str) -> dict[str, timedelta | None]:
        """What holds in a workspace (`platform:workspace`), by kind."""
        said = {
            rule.slot.removeprefix(_SLOT): span_of(rule.value)
            for rule in await self._store.rules([f"workspace:{workspace}"], (RuleKind.OPTION,))
            if rule.slot.startswith(_SLOT)
        }
        return {kind: said.get(kind, self._usual[kind]) for kind in KINDS}

    async def keep(self, asker: Asker, kind: str, span: str) -> Entry:
        """Decide for how long a kind of data is kept in the asker's workspace; `usual` goes back. Raises Misunderstood."""
        value = "" if span == "usual" else _FOREVER
        if span not in {"usual", _FOREVER}:
            length = span_of(span)
            if length is None or length < _LEAST[kind]:
                raise Misunderstood(
                    f"“{span[:30]}” is no time to keep {kind} for: {round(_LEAST[kind] / timedelta(hours=1))} hours are the least.",
                    advice="Say 90d, 12w, 6mo, 2y, forever or usual.",
                    line=f"privacy keep {kind} 90d",
                    option="span",
                )
            value = _written(length)
        rule = self._decisions.rule(asker, RuleKind.OPTION, subject_of_workspace(asker.place), value, slot=f"{_SLOT}{kind}")
        return await self._decisions.decide(asker, [rule], act="retention.set")

    async def round(self) -> None:
        """Remove what is kept too long, everywhere. May be cut off and repeated at any time."""
        held = {workspace: await self.of(workspace) for workspace in await self._store.workspaces()}
        for workspace, spans in held.items():
            if spans["prompts"] is not None:
                await self._blank(workspace, self._now() - spans["prompts"])
            if spans["images"] is not None:
                await self._clear(workspace, self._now() - spans["images"])
        passing = [spans["temporary"] for spans in held.values()] or [self._usual["temporary"]]
        # Files of this sort belong to no workspace, so the most patient decides.
        lengths = [span for span in passing if span is not None]
        if len(lengths) == len(passing):
            await self._sweep(self._now() - max(lengths))
        while await self._store.drop_events(before=self._now() - _EVENTS):
            pass
        await self._prune(held)

    async def _blank(self, workspace: str, before: datetime) -> None:
        count = 0
        while jobs := await self._store.outdated(workspace, before=before, what="words", limit=_BATCH):
            for job in jobs:
                for image in job.images:
                    await self._files.strip(image.key)
            await self._store.forget_words([job.id for job in jobs])
            count += len(jobs)
        await self._note(workspace, "retention.prompts", count)

    async def _clear(self, workspace: str, before: datetime) -> None:
        count = 0
        while jobs := await self._store.outdated(workspace, before=before, what="pictures", limit=_BATCH):
            for job in jobs:
                for key in files_of(job):
                    await self._files.delete(key)
                for key in await self._store.forget_pictures(job.id):
                    await self._files.delete(key)
                # Its posts say so from then on.
                await self._queue.put(job.id, lane=TELL, once="delete")
            count += len(jobs)
        await self._note(workspace, "retention.images", count)

    async def _sweep(self, before: datetime) -> None:
        for kind in _PASSING:
            for key in await self._files.aged(kind, before=before):
                await self._files.delete(key)
        for kind in _UPLOADS:
            aged = await self._files.aged(kind, before=before)
            for start in range(0, len(aged), _BATCH):
                keys = aged[start : start + _BATCH]
                needed = await self._store.needed(keys)
                for key in keys:
                    if key not in needed:
                        await self._files.delete(key)

    async def _prune(self, held: Mapping[str, Mapping[str, timedelta | None]]) -> None:
        now = self._now()
        ends = {workspace: None if (span := spans["audit"]) is None else now - span for workspace, spans in held.items()}
        usual = None if (span := self._usual["audit"]) is None else now - span
        if usual is None and all(end is None for end in ends.values()):
            return
        # Once a day, because each removal adds an entry itself.
        if await self._store.take(f"upkeep:audit:{now:%Y-%m-%d}"):
            while await self._store.prune(ends, usual=usual, now=now):
                pass

    async def _note(self, workspace: str, act: str, count: int) -> None:
        if not count:
            return
        platform, _, name = workspace.partition(":")
        log.info("removed by retention", act=act, workspace=workspace, jobs=count)
        facts = {"jobs": str(count)}
        await self._store.note(Entry(act=act, who=LIMNER, platform=platform, workspace=name, facts=facts, at=self._now()))


def files_of(job: Job) -> list[str]:
    """The files that a job owns: its pictures with all their copies."""
    keys = [key for image in job.images for key in (image.key, image.shown, image.thumbnail)]
    return [key for key in (*keys, job.overview) if key]


def _written(length: timedelta) -> str:
    return f"{length.days}d" if length >= timedelta(days=1) and not length.seconds else f"{round(length / timedelta(hours=1))}h"
