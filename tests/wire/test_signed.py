"""Signed requests instead of a line: the same stories with Slack's HTTP mode and Discord's interactions address, in the assembled app."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.wire.chats import Chat
from tests.wire.discord.server import open_discord
from tests.wire.discord_chat import DiscordChat, SignedDiscordChat
from tests.wire.slack.server import open_slack
from tests.wire.slack_chat import SignedSlackChat, SlackChat
from tests.wire.story import open_story


@pytest.fixture(params=["discord", "slack"])
async def chat(request: pytest.FixtureRequest) -> AsyncGenerator[Chat]:
    if request.param == "slack":
        async with open_slack(retry_pauses=(0.0, 0.0, 0.0)) as slack:
            yield SignedSlackChat(slack)
    else:
        async with open_discord() as discord:
            yield SignedDiscordChat(discord)


@pytest.mark.slow
async def test_the_main_story_is_the_same(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, serve=True) as story:
        job = await story.draw("a red fox in the snow", count=2, seed=42)
        result = await story.shown(job.id)
        assert len(result.alts) == 2
        assert "seed 42" in result.text
        known = await story.known()
        await chat.press("ivy", result, "Vary 2")
        varied = await story.done(await story.job(known))
        assert varied.person.id == chat.person("ivy").id
        await chat.press("ivy", result, "Remix")
        form = await story.form("ivy")
        known = await story.known()
        await chat.submit("ivy", form, {"Prompt": "a red fox in the rain"})
        remixed = await story.done(await story.job(known))
        assert remixed.request.prompt == "a red fox in the rain"
        known = await story.known()
        await chat.react("ada", result, "🔁")
        await story.done(await story.job(known))
        known = await story.known()
        await chat.mention("ada", "imagine a hen")
        await story.done(await story.job(known))


async def test_the_same_request_again_makes_no_second_job(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, serve=True) as story:
        deed = await chat.command("ada", "imagine", prompt="a first boat")
        await story.job()
        await chat.again(deed)
        await chat.again(deed)
        await story.draw("the last boat")
        assert len(await story.known()) == 2


async def test_what_is_not_signed_does_nothing(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, serve=True) as story:
        deed = await chat.command("ada", "imagine", prompt="a first boat")
        first = await story.job()
        await story.done(first)
        if isinstance(chat, SlackChat):
            assert await chat.server.post_forged({**deed.raw.payload, "trigger_id": "other"}) == 401
            assert await chat.server.post_stale({**deed.raw.payload, "trigger_id": "another"}) == 401
        elif isinstance(chat, DiscordChat):
            assert (await chat.server.ping(signature="wrong"))[0] == 401
            assert (await chat.server.ping(signature=None))[0] == 401
            assert await chat.server.ping() == (200, {"type": 1})
        await story.draw("the last boat")
        assert len(await story.known()) == 2
