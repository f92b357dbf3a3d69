"""Retention: what is kept too long goes, all of it and nothing else, and says that it went."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import Fakes
from bot.errors import NotFound
from bot.model import Inquiry, State
from bot.records import verify
from tests.flows.story import Story, eventually, open_story, said

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(kw_only=True)
class Years:
    """A story whose clock can be moved."""

    story: Story
    clock: list[datetime] = field(default_factory=lambda: [START])

    async def passes(self, days: float) -> None:
        """Time goes by, and the next round comes."""
        self.clock[0] += timedelta(days=days)
        await self.story.app.worker.upkeep.round()

    async def acts(self, act: str) -> list[dict[str, str]]:
        return [dict(entry.facts) for entry in await self.story.app.store.entries(Inquiry(act=act))]


@asynccontextmanager
async def open_years(folder: Path, **settings: str) -> AsyncGenerator[Years]:
    clock = [START]
    async with open_story(folder, settings, fakes=Fakes(now=lambda: clock[0])) as story:
        yield Years(story=story, clock=clock)


async def gone(story: Story, key: str) -> bool:
    try:
        await story.app.files.get(key)
    except NotFound:
        return True
    return False


async def test_nothing_goes_by_itself_but_what_is_temporary(tmp_path: Path) -> None:
    async with open_years(tmp_path) as years:
        story = years.story
        job = await story.drawn("imagine a red fox")
        source = await story.upload(job)
        edited = await story.until((await story.say("imagine a blue fox", attachments=(source,))).job, State.DELIVERED)
        unused = await story.app.files.put(b"nobody needs this", kind="sources", media_type="image/png")
        export = (await story.say("audit export", who="ada")).whisper
        assert export
        await years.passes(0.5)
        assert not await gone(story, unused)
        await years.passes(4000)
        assert await gone(story, unused)
        assert await gone(story, export.documents[0].key)
        assert not await gone(story, edited.request.sources[0]), "a job starts from it"
        assert not await gone(story, job.images[0].key)
        assert (await story.app.store.find(job.id)).request.prompt == "a red fox"
        assert await years.acts("retention") == []


async def test_prompts_go_after_their_time_and_pictures_stay(tmp_path: Path) -> None:
    async with open_years(tmp_path) as years:
        story = years.story
        old = await story.drawn("imagine a red fox --no birds")
        assert "forever → 90d" in said(await story.say("privacy keep prompts 90d", who="ada")).replace("nothing", "forever")
        assert "audit for good" in said(await story.say("privacy")), "nobody removes entries by hand"
        await years.passes(60)
        young = await story.drawn("imagine a green fox")
        await years.passes(40)
        kept = await story.app.store.find(old.id)
        assert (kept.request.prompt, kept.fitted.prompt, kept.request.negative) == ("", "", "")
        assert (await story.app.store.find(young.id)).request.prompt == "a green fox"
        picture = await story.app.files.get(kept.images[0].key)
        assert (bool(picture.body), picture.facts) == (True, {})
        assert await years.acts("retention.prompts") == [{"jobs": "1"}]
        await years.passes(0.1)
        assert await years.acts("retention.prompts") == [{"jobs": "1"}]


async def test_pictures_go_with_all_their_copies_and_their_posts_say_so(tmp_path: Path) -> None:
    async with open_years(tmp_path) as years:
        story = years.story
        first = await story.drawn("imagine a red fox --count 2")
        source = await story.upload(first)
        job = await story.until((await story.say("imagine a blue fox", attachments=(source,))).job, State.DELIVERED)
        await story.shown(job.id)
        await story.say("privacy keep images 1y", who="ada")
        await years.passes(300)
        assert not await gone(story, job.images[0].key)
        await years.passes(100)
        for each in (first, job):
            for image in each.images:
                assert [await gone(story, key) for key in (image.key, image.shown, image.thumbnail)] == [True] * 3
        assert await gone(story, first.overview)
        assert await gone(story, job.request.sources[0])
        assert await years.acts("retention.images") == [{"jobs": "2"}]

        async def told() -> bool:
            return "were deleted" in str((await story.card(first.id)).get("text"))

        await eventually(told)
        assert "were deleted" in said(await story.say(f"vary {first.id} 1"))


async def test_old_entries_of_the_audit_go_and_the_chain_holds(tmp_path: Path) -> None:
    async with open_years(tmp_path) as years:
        await years.story.say("privacy keep temporary 2d", who="ada")
        await years.story.say("privacy keep audit 2y", who="ada")
        await years.passes(365)
        await years.story.say("privacy keep temporary 3d", who="ada")
        await years.passes(400)
        store = years.story.app.store
        assert [entry.act for entry in await store.chain(after=0, limit=9)] == ["retention.set", "retention.audit"]
        assert (await verify(store)).breach is None


async def test_the_settings_say_what_holds_where_nobody_decided(tmp_path: Path) -> None:
    async with open_years(tmp_path, BOT_KEEP_PROMPTS="30d") as years:
        story = years.story
        assert "prompts 30 days" in said(await story.say("privacy"))
        job = await story.drawn("imagine a red fox")
        await story.say("privacy keep prompts forever", who="ada")
        await years.passes(40)
        assert (await story.app.store.find(job.id)).request.prompt
        await story.say("privacy keep prompts usual", who="ada")
        await years.passes(1)
        assert not (await story.app.store.find(job.id)).request.prompt


async def test_events_are_forgotten_after_a_month(tmp_path: Path) -> None:
    async with open_years(tmp_path) as years:
        store: Any = years.story.app.store
        assert await store.take("reaction 1")
        await years.passes(29)
        assert not await store.take("reaction 1")
        await years.passes(2)
        assert await store.take("reaction 1")


@pytest.mark.parametrize(
    ("line", "who", "words"),
    [
        ("privacy keep prompts 90d", "grace", "Only an admin"),
        ("privacy keep prompts 1h", "ada", "24 hours are the least"),
        ("privacy keep audit 3d", "ada", "720 hours are the least"),
        ("privacy keep prompts soon", "ada", "forever or usual"),
        ("privacy keep prompts", "ada", "for how long"),
    ],
)
async def test_a_time_that_makes_no_sense_is_refused(tmp_path: Path, line: str, who: str, words: str) -> None:
    async with open_story(tmp_path, working=False) as story:
        assert words in said(await story.say(line, who=who))
        assert await story.app.store.entries(Inquiry(act="retention")) == []
