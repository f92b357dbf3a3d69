"""Pauses: what is refused, what waits, and that everything goes on by itself."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import Fakes
from bot.model import RuleKind, State
from tests.flows.story import Story, eventually, open_story, said

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


async def card_says(story: Story, job_id: str, words: str) -> None:
    async def there() -> bool:
        return "card" in await story.app.store.posts(job_id) and words in (await story.card(job_id))["body"]

    await eventually(there)


async def test_a_pause_refuses_what_is_new_lets_what_waits_wait_and_what_runs_end(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_DELAY="0.6", BOT_RUNNING="1") as story:
        running, waiting = await story.say("imagine a mill"), await story.say("imagine a pond")
        elsewhere = await story.say("imagine a hut", who="linus", channel="design")
        await story.until(running.job, State.SUBMITTED)
        for channel in ("<#brand>", "#nowhere", "<#brand> too busy"):
            assert "that you say it in" in said(await story.say(f"pause {channel}", who="ada")), channel
        paused = said(await story.say("pause too busy --for 2h", who="ada"))
        assert "nothing → too busy until" in paused
        assert "(Europe/London)" in paused
        refused = said(await story.say("imagine a road"))
        assert "paused in this channel until" in refused
        assert "(America/New_York): too busy." in refused
        assert "Nothing was counted" in refused
        await story.until(running.job, State.DELIVERED)
        await story.until(elsewhere.job, State.DELIVERED)
        await card_says(story, waiting.job, "too busy")
        assert (await story.app.store.find(waiting.job)).state is State.QUEUED
        assert "paused until" in said(await story.say("queue"))
        assert "1 waiting job goes on now" in said(await story.say("resume", who="ada"))
        await story.until(waiting.job, State.DELIVERED)
        assert (await story.say("imagine a road")).job


async def test_a_pause_that_ends_by_itself_lets_everything_go_on(tmp_path: Path) -> None:
    clock = Clock()
    async with open_story(tmp_path, fakes=Fakes(now=clock), working=False) as story:
        answer = await story.say("imagine a mill")
        await story.say("pause workspace --for 2h", who="ada")
        await story.app.drawer.draw(answer.job)
        job = await story.app.store.find(answer.job)
        assert (job.state, job.paused_until) == (State.QUEUED, NOON + timedelta(hours=2))
        clock.now += timedelta(hours=2)
        assert (await story.say("imagine a pond", who="linus")).job
        await story.app.drawer.draw(answer.job)
        job = await story.app.store.find(answer.job)
        assert job.state is not State.QUEUED
        assert not job.paused


async def test_what_waits_for_days_does_not_expire_because_of_the_pause(tmp_path: Path) -> None:
    clock = Clock()
    async with open_story(tmp_path, fakes=Fakes(now=clock), working=False) as story:
        answer = await story.say("imagine a mill")
        await story.say("pause", who="ada")
        for _ in range(10):
            await story.app.drawer.draw(answer.job)
            clock.now += timedelta(hours=9)
        await story.say("resume", who="ada")
        await story.app.drawer.draw(answer.job)
        assert (await story.app.store.find(answer.job)).state not in {State.QUEUED, State.EXPIRED}


async def test_a_pause_outlives_a_restart_and_its_end_does_too(tmp_path: Path) -> None:
    async with open_story(tmp_path, working=False) as story:
        answer = await story.say("imagine a mill")
        await story.say("pause", who="ada")
    async with open_story(tmp_path) as story:
        await card_says(story, answer.job, "Paused: no reason given")
        assert "paused in this channel" in said(await story.say("imagine a pond"))
    async with open_story(tmp_path, working=False) as story:
        await story.say("resume", who="ada")
    async with open_story(tmp_path) as story:
        await story.until(answer.job, State.DELIVERED)


@pytest.mark.parametrize("act", ["pause", "resume"])
async def test_only_those_whom_the_settings_name_pause_everything(tmp_path: Path, act: str) -> None:
    async with open_story(tmp_path, working=False, BOT_ADMINS="playground:kenji") as story:
        await story.say("role set <@grace> owner", who="kenji")
        for who in ("ada", "grace"):
            assert "whom the settings name" in said(await story.say(f"{act} everything", who=who))
        assert "Paused" in said(await story.say("pause everything for a while", who="kenji"))
        assert "paused everywhere: for a while." in said(await story.say("imagine a mill", who="linus", channel="brand"))
        assert "still paused by another decision, for everything" in said(await story.say("resume", who="ada"))
        answer = await story.say("resume everything", who="kenji")
        assert (await story.say("imagine a mill", who="linus")).job
        assert answer.whisper is not None
        assert "settings name" in said(await story.say(answer.whisper.actions[0].line, who="ada"))


async def test_an_undone_pause_lets_what_waited_go_on(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        paused = await story.say("pause", who="ada")
        resumed = await story.say("resume", who="ada")
        assert paused.whisper is not None
        assert resumed.whisper is not None
        await story.say(resumed.whisper.actions[0].line, who="ada")
        assert "paused" in said(await story.say("imagine a mill"))
        number = int(resumed.whisper.actions[0].line.split()[1]) + 1
        await story.say(f"undo {number}", who="ada")
        await story.drawn("imagine a mill")


async def test_a_resume_that_comes_while_the_job_is_looked_at_is_not_missed(tmp_path: Path) -> None:
    """The handler that still reads of the pause is the only one of its job; whoever wakes the job then must not be in vain."""
    gate, reading = asyncio.Event(), asyncio.Event()

    class Slow:
        """A journal that takes its time to say what is paused, once."""

        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

        async def rules(self, *arguments: Any) -> Any:
            found = await self._inner.rules(*arguments)
            if any(rule.kind is RuleKind.PAUSE for rule in found) and asyncio.current_task() is drawing and not reading.is_set():
                reading.set()
                await gate.wait()
            return found

    def around(part: Any) -> Any:
        return Slow(part) if hasattr(part, "rules_of") else part

    async with open_story(tmp_path, fakes=Fakes(around=around), working=False) as story:
        answer = await story.say("imagine a mill")
        await story.say("pause", who="ada")
        async with asyncio.TaskGroup() as group:
            drawing = group.create_task(story.app.drawer.draw(answer.job))
            await reading.wait()
            await story.say("resume", who="ada")
            await story.app.drawer.draw(answer.job)
            gate.set()
        assert (await story.app.store.find(answer.job)).state is not State.QUEUED
