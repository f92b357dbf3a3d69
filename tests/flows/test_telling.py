"""Telling: a post is announced to its platform as new or as perhaps there already, and what cannot be posted is said to one person."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import Fakes
from bot.errors import PlatformFault
from bot.model import Message, Person, Place, Post, State
from tests.flows.story import Story, eventually, open_story, said, text_of
from tests.flows.test_restart import ProcessDied, drive


class Recording:
    """A chat that writes down each post with its `again`, and fails where a test says so."""

    def __init__(self, part: Any, posts: list[tuple[str, bool]], fails: Callable[[str], BaseException | None], *, after: bool) -> None:
        self._part = part
        self._posts = posts
        self._fails = fails
        self._after = after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        kind = key.partition(":")[2]
        self._posts.append((kind, again))
        failure = self._fails(kind)
        if failure and not self._after:
            raise failure
        post = await self._part.post(place, message, key=key, again=again)
        if failure:
            raise failure
        return post


def recorded(posts: list[tuple[str, bool]], fails: Callable[[str], BaseException | None] = lambda _: None, *, after: bool = False) -> Fakes:
    return Fakes(around=lambda part: Recording(part, posts, fails, after=after) if getattr(part, "name", "") == "playground" else part)


async def test_the_first_try_of_a_post_is_no_repetition(tmp_path: Path) -> None:
    posts: list[tuple[str, bool]] = []
    async with open_story(tmp_path, fakes=recorded(posts)) as story:
        await story.drawn("imagine a small boat")
    assert posts == [("card", False), ("result", False)]


@pytest.mark.parametrize("kind", ["card", "result"])
@pytest.mark.parametrize("after", [False, True], ids=["before it landed", "after it landed"])
async def test_after_a_crash_between_intention_and_record_the_platform_is_told_to_look(tmp_path: Path, kind: str, *, after: bool) -> None:
    before: list[tuple[str, bool]] = []
    dying = recorded(before, lambda posted: ProcessDied() if posted == kind else None, after=after)
    async with open_story(tmp_path, fakes=dying, working=False) as story:
        answer = await story.say("imagine a small boat")
        with suppress(ProcessDied):
            await drive(story.app, answer.job)
    assert before[-1] == (kind, False)
    posts: list[tuple[str, bool]] = []
    async with open_story(tmp_path, fakes=recorded(posts)) as story:
        await story.until(answer.job, State.DELIVERED)
        await story.shown(answer.job)
        assert len(await story.results(answer.job)) == 1
    assert posts[0] == (kind, True)
    assert [kind for kind, _ in posts].count(kind) == 1


async def test_a_chat_that_is_away_for_a_moment_is_told_to_look_the_second_time(tmp_path: Path) -> None:
    posts: list[tuple[str, bool]] = []
    away = [PlatformFault("The chat did not answer.")]
    async with open_story(tmp_path, fakes=recorded(posts, lambda kind: away.pop() if kind == "result" and away else None)) as story:
        await story.drawn("imagine a small boat")
    assert posts == [("card", False), ("result", False), ("result", True)]


def closed(kind: str, *, also_whispers: bool = False) -> Fakes:
    """A channel that takes no posts of a kind any more."""

    class Closed(Recording):
        async def whisper(self, person: Person, place: Place, message: Message) -> None:
            if also_whispers:
                raise PlatformFault("Nor this.", permanent=True)
            await self._part.whisper(person, place, message)

    def fails(posted: str) -> BaseException | None:
        return PlatformFault("I may not write in #general. Invite me with /invite @limner.", permanent=True) if posted == kind else None

    return Fakes(around=lambda part: Closed(part, [], fails, after=False) if getattr(part, "name", "") == "playground" else part)


async def whispers(story: Story) -> list[str]:
    return [str(entry.content) for entry in await story.channel() if entry.audience == "grace"]


async def settled(story: Story) -> bool:
    return not await story.app.store.unfinished()


@pytest.mark.parametrize("kind", ["card", "result"])
async def test_what_cannot_be_posted_is_said_to_its_person_alone_and_counts_where_they_got_it(tmp_path: Path, kind: str) -> None:
    async with open_story(tmp_path, fakes=closed(kind)) as story:
        answer = await story.say("imagine a small boat")
        job = await story.until(answer.job)
        assert job.state is State.FAILED
        assert job.problem is not None
        assert "Invite me" in job.problem.sentence
        await eventually(lambda: settled(story))
        (whisper,) = await whispers(story)
        assert "Invite me with /invite @limner" in whisper
        assert ("It counts" if job.images else "did not count") in whisper
        assert (job.images[0].key in whisper) if kind == "result" else ("Nothing was drawn" in whisper or job.images[0].key in whisper)
        assert f"{len(job.images)} of 50" in said(await story.say("quota")), "a closed channel is no way to draw for nothing"
        assert await story.channel(who="linus") == [] or kind == "result"


async def test_whom_nobody_can_tell_keeps_the_sentence_with_the_job(tmp_path: Path) -> None:
    async with open_story(tmp_path, fakes=closed("result", also_whispers=True)) as story:
        answer = await story.say("imagine a small boat")
        assert (await story.until(answer.job)).state is State.FAILED
        await eventually(lambda: settled(story))
        shown = await story.say(f"show {answer.job}")
        assert shown.whisper is not None
        assert "Invite me" in text_of(shown.whisper)


async def test_the_envelope_asks_for_something_to_keep_and_show_does_not(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a small boat")
        kept = await story.react(await story.result(job.id), "✉️")
        seen = await story.say(f"show {job.id}")
        assert (kept.lasting, seen.lasting) == (True, False)
        assert kept.whisper is not None
        assert job.id in text_of(kept.whisper)


async def test_a_held_lease_is_waited_for_and_taken_over_when_it_has_ended(tmp_path: Path) -> None:
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    posts: list[tuple[str, bool]] = []
    fakes = recorded(posts)
    fakes = Fakes(around=fakes.around, now=lambda: clock[0])
    async with open_story(tmp_path, fakes=fakes, working=False) as story:
        story.app.teller._alone = False  # pyright: ignore[reportPrivateUsage] - as if a second machine worked on the journal
        answer = await story.say("imagine a small boat")
        name = f"tell:{answer.job}"
        assert await story.app.store.lease(name, holder="another machine", until=clock[0] + timedelta(seconds=60))
        await story.app.teller.tell(answer.job)
        assert posts == [], "the other one is at it"
        clock[0] += timedelta(seconds=61)
        await story.app.teller.tell(answer.job)
        assert posts == [("card", False)]
        assert await story.app.store.lease(name, holder="a third", until=clock[0]), "given back when it was done"


async def test_a_lease_is_renewed_while_a_slow_chat_takes_its_time(tmp_path: Path) -> None:
    clock = [datetime(2026, 1, 1, tzinfo=UTC)]
    leased: list[bool] = []

    class Slow(Recording):
        async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
            for _ in range(3):
                clock[0] += timedelta(seconds=50)
                await story.app.teller.renew()
            leased.append(await story.app.store.lease(f"tell:{answer.job}", holder="another", until=clock[0] + timedelta(seconds=60)))
            return await super().post(place, message, key=key, again=again)

    def around(part: Any) -> Any:
        return Slow(part, [], lambda _: None, after=False) if getattr(part, "name", "") == "playground" else part

    async with open_story(tmp_path, fakes=Fakes(around=around, now=lambda: clock[0]), working=False) as story:
        story.app.teller._alone = False  # pyright: ignore[reportPrivateUsage] - as if a second machine worked on the journal
        answer = await story.say("imagine a small boat")
        await story.app.teller.tell(answer.job)
    assert leased == [False]
