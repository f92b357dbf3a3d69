"""Trouble with Slack and Discord: lost answers, limits, lost rights: nothing twice, nothing lost, and everybody told."""

from pathlib import Path

import pytest

from bot.model import State
from tests.flows.story import eventually
from tests.wire.chats import Chat
from tests.wire.discord_chat import open_discord_chat
from tests.wire.story import Story, open_story


@pytest.mark.slow
async def test_a_lost_answer_never_makes_a_second_message(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        jobs: list[str] = []
        for number, call in enumerate((*chat.showing, *chat.answering)):
            chat.lose(call)
            jobs.append((await story.draw(f"a boat with sail number {number}")).id)
        await assert_each_once(story, jobs)


async def test_a_whisper_whose_answer_is_lost_is_heard(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        for number, call in enumerate(chat.answering, start=1):
            chat.lose(call)
            await chat.command("ada", "imagine", prompt="a boat", model=f"nobody{number}")
            await story.whispered("ada", f"nobody{number}")
        await story.draw("a boat after all")
        for number, call in enumerate(chat.answering, start=1):
            # Nobody can look for an ephemeral message, and an answer that never comes is worse than one that comes twice.
            most = 2 if call == "chat.postEphemeral" else 1
            assert 1 <= len([one for one in chat.whispers("ada") if f"nobody{number}" in one.text]) <= most, call


@pytest.mark.slow
async def test_limits_of_any_call_lose_nothing(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        jobs: list[str] = []
        for number, call in enumerate((*chat.showing, *chat.answering)):
            # A first answer has three seconds, and no pause that Discord asks for fits in there.
            if "callback" not in call:
                chat.limit(call, 1, 1)
            jobs.append((await story.draw(f"a boat with flag number {number}")).id)
        await assert_each_once(story, jobs)
        for job in jobs:
            assert "Done" in (await story.card(job)).text


async def test_a_refused_press_is_told_although_limits_are_met(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a tower in the fog", "ivy")
        for call in chat.answering:
            if "callback" not in call:
                chat.limit(call, 1, 1)
        await chat.press("ada", await story.shown(job.id), "Delete")
        await story.whispered("ada", "Only")


async def test_whoever_is_shut_out_between_card_and_result_gets_the_pictures_alone_and_they_count(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, SKETCH_DELAY="1.5") as story:
        await chat.command("ada", "imagine", channel=chat.private if chat.name == "slack" else "general", prompt="a fox before the door")
        job = await story.until(await story.job(), State.SUBMITTED)

        async def carded() -> bool:
            return "card" in await story.app.store.posts(job.id)

        await eventually(carded)
        chat.kick(chat.private if chat.name == "slack" else "general")
        failed = await story.until(job.id)
        assert failed.state is State.FAILED
        assert failed.problem
        found = await story.sees(lambda: [one for one in (*chat.whispers("ada"), *chat.directs("ada")) if one.alts])
        assert "It counts toward your quota" in found[-1].text
        assert failed.problem.sentence.split(".")[0] in found[-1].text
        assert await story.used("ada") == 1


async def test_a_call_that_fails_for_a_while_is_made_good(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, SKETCH_DELAY="0.5") as story:
        await chat.command("ada", "imagine", prompt="a kite in the wind")
        job = await story.job()
        await story.sees(chat.messages)
        chat.break_down(chat.showing[0], 2)
        await story.done(job)
        await assert_each_once(story, [job])


async def assert_each_once(story: Story, jobs: list[str]) -> None:
    """One card and one result for each, in the channel and in the threads."""
    cards = [await story.card(job) for job in jobs]
    assert sorted(message.id for message in story.chat.messages()) == sorted(card.id for card in cards)
    for job in jobs:
        result = await story.shown(job)
        assert [message.id for message in story.chat.messages(under=result.thread) if message.alts] == [result.id]


async def test_somebody_deletes_the_card_while_it_is_drawn_and_the_pictures_are_not_lost(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, settings={"SKETCH_DELAY": "1"}) as story:
        await chat.command("ada", "imagine", prompt="a fox without a card")
        job = await story.until(await story.job(), State.SUBMITTED)
        (card,) = await story.sees(chat.messages)
        chat.forget(card)
        await story.until(job.id)
        everywhere = (*chat.messages(), *chat.whispers("ada"), *chat.directs("ada"))
        found = await story.sees(lambda: [one for one in everywhere if one.alts] or [one for one in chat.whispers("ada") if one.alts])
        assert "a fox without a card" in found[-1].alts[0]
        await story.quiet()


async def test_somebody_who_deletes_a_result_breaks_nothing(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a fox that goes")
        result = await story.shown(job.id)
        chat.forget(result)
        await chat.command("ada", "delete", job=job.id)

        async def gone() -> bool:
            return "deleted" in (await story.card(job.id)).text

        await eventually(gone)
        await story.quiet()


async def test_whom_nobody_can_reach_any_more_costs_nothing_and_stops_nothing(tmp_path: Path) -> None:
    async with open_discord_chat() as chat, open_story(tmp_path, chat, settings={"SKETCH_DELAY": "1"}) as story:
        chat.server.user("ada").takes_messages = False
        await chat.command("ada", "imagine", prompt="a letter without an address")
        job = await story.until(await story.job(), State.SUBMITTED)
        await story.sees(chat.messages)
        chat.age(20 * 60)
        chat.kick()
        assert (await story.until(job.id)).state is State.FAILED
        await story.quiet()
        await story.draw("a letter that arrives", "ivy", "grown-ups")
        assert await story.used("ada") == 0
