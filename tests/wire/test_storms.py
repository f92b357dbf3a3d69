"""Storms on Slack and on Discord: many people at once, one person again and again, and five hundred commands in ten seconds."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.model import State
from tests.flows.story import eventually
from tests.wire.chats import Chat, Deed
from tests.wire.story import open_story

STILL = {"BOT_WAITING": "100", "BOT_GRACE": "0", "SKETCH_DELAY": "120"}
"""Settings with which everything is taken and nothing is drawn for now."""
DEADLINE = 3.0
"""Seconds in which a command has to be acknowledged."""


@pytest.mark.slow
async def test_fifty_people_react_alike_and_each_gets_one_job_of_their_own(tmp_path: Path, chat: Chat) -> None:
    crowd = chat.crowd(50)
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a quiet harbour")
        result = await story.shown(job.id)
    # What counts here is who asked for what: drawing and showing it all would take a minute.
    async with open_story(tmp_path, chat, settings=STILL) as story:
        deeds = await asyncio.gather(*(chat.react(who, result, "🔁") for who in crowd))
        await story.jobs(50, {job.id})
        await asyncio.gather(*(chat.again(deed) for deed in deeds[:10]))
        await chat.mention("ada", "imagine something after the storm")
        jobs = [await story.app.store.find(each) for each in await story.jobs(51, {job.id})]
        assert len(jobs) == 51
        assert len({each.person.id for each in jobs}) == 51


async def test_one_person_with_fifty_emoji_gets_what_these_say_and_no_more(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a quiet harbour")
        result = await story.shown(job.id)
    async with open_story(tmp_path, chat, settings=STILL) as story:
        emoji = ["🔁", "🎲", "1️⃣", "⬆️", "⭐", *SIGNS]
        assert len(emoji) == 50
        for each in emoji:
            await chat.react("ivy", result, each)
        await chat.command("ada", "imagine", prompt="something after the storm")
        jobs = [await story.app.store.find(each) for each in await story.jobs(5, {job.id})]
        assert sorted(each.person.id for each in jobs) == sorted([*[chat.person("ivy").id] * 4, chat.person("ada").id])
        assert await story.app.store.marks(job.id) == {"keep": 1}


async def test_taking_a_reaction_back_and_setting_it_again_pays_once(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a quiet harbour")
        result = await story.shown(job.id)
        await chat.react("ivy", result, "🔁")
        first = await story.job({job.id})
        for _ in range(3):
            await chat.unreact("ivy", result, "🔁")
            await chat.react("ivy", result, "🔁")
        await story.done(first)
        await story.draw("something after it", "ada")
        assert len(await story.known()) == 3


@pytest.mark.slow
async def test_five_hundred_commands_in_ten_seconds_are_all_acknowledged_in_time(tmp_path: Path, chat: Chat) -> None:
    crowd = chat.crowd(50)
    async with open_story(tmp_path, chat, settings=STILL) as story:
        deeds: list[Deed] = []

        async def ask(number: int) -> None:
            deeds.append(await chat.command(crowd[number % 50], "imagine", prompt=f"a fish with {number} scales"))

        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(500):
                await asyncio.sleep(max(0.0, began + number / 50 - time.monotonic()))
                group.create_task(ask(number))
        assert not [deed for deed in deeds if deed.failed]
        assert max(deed.seconds or DEADLINE for deed in deeds) < DEADLINE

        async def accepted() -> bool:
            return sum((await story.app.store.counts()).values()) >= 500

        await eventually(accepted, within=60)
        assert sum((await story.app.store.counts()).values()) == 500


@pytest.mark.slow
async def test_twenty_jobs_at_once_are_all_shown_in_the_end(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        crowd = chat.crowd(20)
        await asyncio.gather(*(chat.command(who, "imagine", prompt=f"a flag for {who}") for who in crowd))
        jobs = await story.jobs(20)
        for job in jobs:
            assert (await story.done(job)).state is State.DELIVERED
        assert len([message for message in chat.messages() if "Done" in message.text]) == 20
        for job in jobs:
            result = await story.shown(job)
            assert [message.id for message in chat.messages(under=result.thread)] == [result.id]


SIGNS = "😀😁😂😃😄😅😆😇😈😉😊😋😌😍😎😏😐😑😒😓😔😕😖😗😘😙😚😛😜😝😞😟😠😡😢😣😤😥😦😧😨😩😪😫😬"
