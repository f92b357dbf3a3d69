"""Bad weather on one chat: walls, slowness, lines that are renewed under load, and progress that would take more edits than there are."""

import asyncio
from pathlib import Path

import pytest

from bot.model import State
from tests.wire.chats import Deed
from tests.wire.discord_chat import open_discord_chat
from tests.wire.slack_chat import open_slack_chat
from tests.wire.story import open_story


@pytest.mark.parametrize("route", ["POST /channels/*/messages", "PATCH /channels/*/messages/*", "POST /channels/*/messages/*/threads"])
@pytest.mark.parametrize("via", [True, False], ids=["of all routes", "from the wall before Discord"])
async def test_a_limit_of_everything_on_discord_loses_nothing(tmp_path: Path, route: str, *, via: bool) -> None:
    async with open_discord_chat() as chat, open_story(tmp_path, chat) as story:
        chat.server.rate_limit(route, 1.5, scope="global", via=via)
        job = await story.draw("a house behind a wall")
        result = await story.shown(job.id)
        assert [message.id for message in chat.messages(under=result.thread)] == [result.id]
        assert len(chat.messages()) == 1
        assert chat.server.invalid_requests < 10


@pytest.mark.parametrize("call", ["chat.postMessage", "chat.update", "files.completeUploadExternal", "users.info"])
async def test_a_slow_slack_makes_nobody_ask_twice(tmp_path: Path, call: str) -> None:
    async with open_slack_chat() as chat, open_story(tmp_path, chat) as story:
        chat.server.slow(call, 3.5)
        job = await story.draw("a snail on a wall")
        result = await story.shown(job.id)
        assert [message.id for message in chat.messages(under=result.thread)] == [result.id]
        assert len(chat.messages()) == 1


@pytest.mark.slow
async def test_slacks_line_is_renewed_under_load_and_every_command_is_acknowledged(tmp_path: Path) -> None:
    async with open_slack_chat() as chat:
        crowd = chat.crowd(20)
        async with open_story(tmp_path, chat, settings={"BOT_WAITING": "100", "BOT_GRACE": "0", "SKETCH_DELAY": "120"}) as story:
            deeds: list[Deed] = []

            async def ask(number: int) -> None:
                deeds.append(await chat.command(crowd[number % 20], "imagine", prompt=f"a gull with {number} feathers"))

            async with asyncio.TaskGroup() as group:
                for number in range(120):
                    group.create_task(ask(number))
                    if number in {30, 70}:
                        group.create_task(chat.server.disconnect("refresh_requested"))
                    if number == 50:
                        await chat.server.disconnect("warning")
                    await asyncio.sleep(0.02)
            assert not [deed for deed in deeds if deed.failed]
            assert len(await story.jobs(120)) == 120


@pytest.mark.slow
async def test_discord_asks_for_a_new_connection_under_load_and_nothing_is_lost(tmp_path: Path) -> None:
    async with open_discord_chat() as chat:
        crowd = chat.crowd(20)
        async with open_story(tmp_path, chat, settings={"BOT_WAITING": "100", "BOT_GRACE": "0", "SKETCH_DELAY": "120"}) as story:
            for number in range(60):
                await chat.mention(crowd[number % 20], f"imagine a gull with {number} feathers")
                if number in {20, 40}:
                    chat.server.op7()
                await asyncio.sleep(0.02)
            assert len(await story.jobs(60)) == 60


@pytest.mark.slow
async def test_progress_of_many_jobs_stays_within_the_limits_and_every_end_is_shown(tmp_path: Path) -> None:
    async with open_discord_chat() as chat:
        crowd = chat.crowd(25)
        async with open_story(tmp_path, chat, settings={"SKETCH_DELAY": "6"}) as story:
            await asyncio.gather(*(chat.command(who, "imagine", prompt=f"a slow flag for {who}") for who in crowd))
            for job in await story.jobs(25):
                assert (await story.done(job)).state is State.DELIVERED
            assert all("Done" in message.text for message in chat.messages())
            assert chat.server.invalid_requests < 25
