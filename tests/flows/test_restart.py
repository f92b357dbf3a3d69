"""Restart: the process dies between any effect and the next, and every job still ends once."""

from pathlib import Path
from typing import Any

import pytest

from bot.app import App, Fakes
from bot.errors import PlatformFault
from bot.model import Message, Place, Post, State
from tests.flows.story import Story, eventually, open_story, said

EFFECTS = {"submit", "check", "cancel", "begin", "save", "take", "keep_post", "post", "edit", "open_thread"}


class ProcessDied(BaseException):
    """Not an Exception: nothing in the program may catch it, as nothing catches a kill."""


class Fuse:
    """Lets the process die right before or right after the n-th effect on the outside world."""

    def __init__(self, *, at: int, after: bool) -> None:
        self.left = at
        self.after = after

    def around(self, part: Any) -> Any:
        return Fused(part, self)


class Fused:
    """A part whose effects burn the fuse."""

    def __init__(self, part: Any, fuse: Fuse) -> None:
        self._part = part
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._part, name)
        if name not in EFFECTS:
            return real

        async def effect(*args: Any, **kwargs: Any) -> Any:
            if args and str(args[0]).startswith("guidelines:"):
                # What stands beside an answer, and says nothing about the job.
                return await real(*args, **kwargs)
            self._fuse.left -= 1
            if self._fuse.left == 0 and not self._fuse.after:
                raise ProcessDied
            result = await real(*args, **kwargs)
            if self._fuse.left == 0:
                raise ProcessDied
            return result

        return effect


async def drive(app: App, job_id: str) -> None:
    """What the queue's handlers would do, one step after the other."""
    for _ in range(200):
        await app.teller.tell(job_id)
        job = await app.store.find(job_id)
        if job.state.over:
            await app.teller.tell(job_id)
            return
        await app.drawer.step(job)
    pytest.fail("the job did not come to an end")


async def assert_ended_once(story: Story, job_id: str, *, ledger: Path) -> None:
    job = await story.shown(job_id)
    assert job.state is State.DELIVERED
    entries = await story.channel()
    assert len([entry for entry in entries if entry.author == "limner"]) == 1, "one card"
    assert len(await story.results(job_id)) == 1, "one message with the images"
    assert len(job.images) == 2
    assert paid(ledger) == 1, "paid once"


def paid(ledger: Path) -> int:
    """How many submissions the vendor took: each is a line of its ledger."""
    return sum(len(file.read_text().splitlines()) for file in ledger.rglob("ledger"))


async def dies(folder: Path, *, at: int, after: bool, mode: str) -> str | None:
    """Run until the fuse burns; gives the job's id, or None where the story was over before."""
    fuse = Fuse(at=at, after=after)
    vendor = {"SKETCH_MODE": mode, "SKETCH_STATE": str(folder / "vendor")}
    async with open_story(folder, vendor, fakes=Fakes(around=fuse.around), working=False) as story:
        answer = await story.say("imagine a small house --count 2 --ar 1:1")
        died = False
        try:
            await drive(story.app, answer.job)
        except* ProcessDied:
            died = True
    return answer.job if died else None


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["async", "sync"])
@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
async def test_dying_at_any_effect_the_job_still_ends_once(tmp_path: Path, mode: str, *, after: bool) -> None:
    for at in range(1, 40):
        folder = tmp_path / str(at)
        job_id = await dies(folder, at=at, after=after, mode=mode)
        if job_id is None:
            assert at > 5, "the fuse burned at every effect there is"
            return
        async with open_story(folder, SKETCH_MODE=mode, SKETCH_STATE=str(folder / "vendor")) as story:
            await assert_ended_once(story, job_id, ledger=folder / "vendor")
    pytest.fail("there were more effects than the test expects")


@pytest.mark.parametrize("when", [State.QUEUED, State.SUBMITTING, State.SUBMITTED, State.GENERATED])
async def test_a_restart_at_every_state_ends_the_job(tmp_path: Path, when: State) -> None:
    vendor = {"SKETCH_STATE": str(tmp_path / "vendor"), "SKETCH_DELAY": "0.2"}
    async with open_story(tmp_path, vendor, working=False) as story:
        answer = await story.say("imagine a small house --count 2")
        job = await story.app.store.find(answer.job)
        if when is State.SUBMITTING:
            await story.app.store.begin(job, running=3, now=job.created)
        else:
            while job.state is not when:
                job, _ = await story.app.drawer.step(job)
    async with open_story(tmp_path, vendor) as story:
        await assert_ended_once(story, answer.job, ledger=tmp_path / "vendor")


async def test_a_cancel_that_a_crash_cut_short_is_finished(tmp_path: Path) -> None:
    vendor = {"SKETCH_STATE": str(tmp_path / "vendor"), "SKETCH_DELAY": "60"}
    async with open_story(tmp_path, vendor, working=False) as story:
        answer = await story.say("imagine a small house")
        job = await story.app.store.find(answer.job)
        while job.state is not State.SUBMITTED:
            job, _ = await story.app.drawer.step(job)
        await story.app.teller.tell(job.id)
        await story.say(f"cancel {job.id}")
    async with open_story(tmp_path, vendor) as story:
        assert (await story.shown(answer.job)).state is State.CANCELLED
        assert "Cancelled" in (await story.card(answer.job))["body"]


async def test_buttons_still_work_after_a_restart(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a mountain")
        (result,) = await story.results(job.id)
        lines: list[str] = [action["line"] for action in result.content["actions"]]
    async with open_story(tmp_path) as story:
        answer = await story.say(next(line for line in lines if line.startswith("vary")))
        assert (await story.until(answer.job)).state is State.DELIVERED


async def test_a_wake_up_that_comes_twice_draws_once(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_MODE="sync", SKETCH_DELAY="0.5", SKETCH_STATE=str(tmp_path / "vendor")) as story:
        answer = await story.say("imagine a small house --count 2")
        for name in ("one", "two", "three"):
            await story.app.queue.put(answer.job, lane="sketch", once=name)
        await assert_ended_once(story, answer.job, ledger=tmp_path / "vendor")
        assert (await story.app.store.find(answer.job)).resubmitted == 0


class Archived:
    """A chat where nothing can be posted or edited any more once a card is there."""

    def __init__(self, part: Any) -> None:
        self._part = part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        if key.endswith(":result"):
            raise PlatformFault("The channel is archived.", permanent=True)
        return await self._part.post(place, message, key=key, again=again)

    async def edit(self, post: Post, message: Message) -> None:
        raise PlatformFault("The channel is archived.", permanent=True)


async def test_what_can_never_be_posted_ends_the_job_and_is_not_tried_for_ever(tmp_path: Path) -> None:
    fakes = Fakes(around=lambda part: Archived(part) if getattr(part, "name", "") == "playground" else part)
    async with open_story(tmp_path, fakes=fakes) as story:
        answer = await story.say("imagine a small house")
        assert (await story.until(answer.job)).state is State.FAILED

        async def settled() -> bool:
            return not await story.app.store.unfinished()

        await eventually(settled)
        assert "1 of 50" in said(await story.say("quota"))
