"""Restarts on Slack and on Discord: the bot dies at any moment, or sleeps for months, and every job ends once and every button works."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Fakes
from bot.model import State
from tests.flows.story import eventually
from tests.flows.test_restart import Fuse, ProcessDied, drive, paid
from tests.wire.chats import Chat
from tests.wire.discord_chat import open_discord_chat
from tests.wire.process import all_over, count_jobs, posts_of, started
from tests.wire.slack_chat import open_slack_chat
from tests.wire.story import Calendar, Story, open_story

ROUNDS = 4


async def assert_ended_once(story: Story, job: str, *, ledger: Path) -> None:
    await story.done(job)
    card, result = await story.card(job), await story.shown(job)
    assert [message.id for message in story.chat.messages()] == [card.id], "one card"
    assert "Done" in card.text
    assert [message.id for message in story.chat.messages(under=result.thread)] == [result.id], "one message with pictures"
    assert len(result.alts) == 2
    assert paid(ledger) == 1, "paid once"


@pytest.mark.parametrize("when", [State.QUEUED, State.SUBMITTING, State.SUBMITTED, State.GENERATED])
async def test_a_restart_at_every_state_ends_the_job(tmp_path: Path, chat: Chat, when: State) -> None:
    vendor = {"SKETCH_STATE": str(tmp_path / "vendor"), "SKETCH_DELAY": "0.2"}
    async with open_story(tmp_path, chat, working=False, settings=vendor) as story:
        await chat.command("ada", "imagine", prompt="a small house", count=2)
        job = await story.app.store.find(await story.job())
        if when is State.SUBMITTING:
            await story.app.store.begin(job, running=3, now=job.created)
        else:
            await story.app.teller.tell(job.id)
            while job.state is not when:
                job, _ = await story.app.drawer.step(job)
    async with open_story(tmp_path, chat, settings=vendor) as story:
        await assert_ended_once(story, job.id, ledger=tmp_path / "vendor")
        known = await story.known()
        await chat.press("ivy", await story.shown(job.id), "Vary 1")
        await story.done(await story.job(known))


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
async def test_dying_at_any_effect_the_job_still_ends_once(tmp_path: Path, chat: Chat, *, after: bool) -> None:
    # Every third effect: a chat allows a message a second, and tests/flows dies at each of them.
    for at in range(2 if after else 1, 40, 3):
        folder = tmp_path / str(at)
        for channel in list(chat.messages()):
            chat.forget(channel)
        fuse = Fuse(at=10**6, after=after)
        vendor = {"SKETCH_STATE": str(folder / "vendor")}
        died = False
        async with open_story(folder, chat, fakes=Fakes(around=fuse.around), working=False, settings=vendor) as story:
            await chat.command("ada", "imagine", prompt="a small house", count=2)
            job = await story.job()
            fuse.left = at
            try:
                await drive(story.app, job)
            except* ProcessDied:
                died = True
            fuse.left = 10**6
        if not died:
            assert at > 5, "the fuse burned at every effect there is"
            return
        async with open_story(folder, chat, settings=vendor) as story:
            await assert_ended_once(story, job, ledger=folder / "vendor")
    pytest.fail("there were more effects than the test expects")


@pytest.mark.slow
async def test_buttons_and_reactions_work_months_later(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a mountain in spring", count=2)
        posts = await story.app.store.posts(job.id)
    calendar = Calendar(ahead=timedelta(days=120))
    chat.age(120 * 86_400)
    async with open_story(tmp_path, chat, fakes=Fakes(now=calendar.now)) as story:
        old = chat.at(posts["result"][0])
        assert old
        for label in ("Vary 2", "Same"):
            known = await story.known()
            assert not (await chat.press("ivy", old, label)).failed
            begun = await story.done(await story.job(known))
            assert (await story.shown(begun.id)).alts
        known = await story.known()
        await chat.react("ada", old, "🔁")
        await story.done(await story.job(known))
        assert not (await chat.press("ada", old, "Delete")).failed

        async def gone() -> bool:
            return "deleted" in (await story.shown(job.id)).text

        await eventually(gone)


async def test_a_job_may_take_longer_than_an_interaction_lives(tmp_path: Path, chat: Chat) -> None:
    calendar = Calendar()
    async with open_story(tmp_path, chat, fakes=Fakes(now=calendar.now), SKETCH_DELAY="1.5") as story:
        await chat.command("ada", "imagine", prompt="a cathedral")
        job = await story.until(await story.job(), State.SUBMITTED)
        await story.sees(chat.messages)
        chat.age(20 * 60)
        await story.done(job.id)
        assert (await story.shown(job.id)).alts
        assert "Done" in (await story.card(job.id)).text
        assert not [refusal for refusal in chat.refusals if "50027" in refusal or "10062" in refusal]


@pytest.mark.slow
async def test_killed_in_a_loop_every_job_is_shown_once(tmp_path: Path, chat: Chat) -> None:
    chance = random.Random(20261121)  # noqa: S311 - moments to kill at, the same in every run
    settings = {"SKETCH_DELAY": "0.4", "BOT_WAITING": "100", "SKETCH_STATE": str(tmp_path / "vendor")}
    for number in range(ROUNDS):
        async with started(tmp_path, chat, settings=settings) as process:
            for each in range(2):
                deed = await chat.command("ada", "imagine", prompt=f"a small boat {number} {each}", count=2)
                assert not deed.failed
            await eventually(lambda wanted=2 * (number + 1): _so_many(tmp_path, wanted))
            await asyncio.sleep(chance.uniform(0.0, 1.5))
            await process.kill()
    async with started(tmp_path, chat, settings=settings) as process:
        jobs = await all_over(tmp_path)
        assert {job.state for job in jobs} == {State.DELIVERED}
        last = chat.at((await posts_of(tmp_path, jobs[0].id))["result"][0])
        assert last
        await chat.press("ivy", last, "Again")
        await eventually(lambda: _so_many(tmp_path, 2 * ROUNDS + 1))
        jobs = await all_over(tmp_path)
        assert await process.terminate() == 0
        assert not [line for line in process.lines if "exception" in line]
    cards = [(await posts_of(tmp_path, job.id))["card"][0].id for job in jobs]
    results = [(await posts_of(tmp_path, job.id))["result"][0] for job in jobs]
    shown = [message for result in {post.place.thread for post in results} for message in chat.messages(under=result)]
    assert sorted(message.id for message in shown if message.alts and "Vary 1" in message.labels) == sorted(post.id for post in results)
    own = [message.id for message in chat.messages()]
    # The last one's card stands where its button was pressed: in a thread.
    assert sorted(own) == sorted(card for card in cards if card in own)
    assert len(own) == 2 * ROUNDS
    ledger = [line for file in (tmp_path / "vendor").rglob("ledger") for line in file.read_text().splitlines()]
    assert len(ledger) == len(jobs), "every job is paid for once"


async def _so_many(folder: Path, wanted: int) -> bool:
    return await count_jobs(folder) >= wanted


@pytest.mark.slow
async def test_killed_with_both_chats_it_goes_on_in_both_and_says_nothing_it_should_not(tmp_path: Path) -> None:
    async with open_slack_chat() as slack, open_discord_chat() as discord:
        chats: tuple[Chat, ...] = (slack, discord)
        async with started(tmp_path, *chats, settings={"SKETCH_DELAY": "1"}) as process:
            for number, each in enumerate(chats, start=1):
                await each.command("ada", "imagine", prompt=f"a humming bee for {each.name}")
                await eventually(lambda wanted=number: _so_many(tmp_path, wanted))
            await process.kill()
        async with started(tmp_path, *chats) as process:
            jobs = await all_over(tmp_path)
            assert [job.state for job in jobs] == [State.DELIVERED] * 2
            assert await process.terminate() == 0
            log = process.log.read_text()
        assert not [word for each in chats for word in (*each.secrets, "a humming bee") if word in log]
        assert "Traceback" not in log
        for each in chats:
            job = next(job for job in jobs if job.place.platform == each.name)
            posts = await posts_of(tmp_path, job.id)
            assert [message.id for message in each.messages()] == [posts["card"][0].id]
            assert [message.id for message in each.messages(under=posts["result"][0].place.thread)] == [posts["result"][0].id]
