"""The main story in Slack, with the assembled bot: ask, watch, get, vary, react, correct, and go on after a restart."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import config
from bot.app import App, open_app
from tests.flows.story import environment, eventually
from tests.wire.slack.nouns import Message
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_posts import called


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        server.commands |= {"/limner", "/settings", "/quota", "/remix"}
        yield server


@asynccontextmanager
async def running(slack: SlackServer, folder: Path, **more: str) -> AsyncGenerator[None]:
    """The bot on Slack alone, until the block ends."""
    said = {
        **environment(folder),
        "BOT_PLATFORMS": "slack",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        **more,
    }
    stop = asyncio.Event()
    served = "SLACK_MODE" in more
    async with open_app(config.load(config.BotSettings, "bot", said), said, serve=served) as app, asyncio.TaskGroup() as tasks:
        tasks.create_task(app.run(stop))
        try:
            if app.server:
                await app.server.started()
                slack.http_target = app.server.address
                await eventually(ready_of(app))
            else:
                await slack.connected()
            yield
        finally:
            stop.set()


def ready_of(app: App) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        return all(platform.ready for platform in app.platforms.values())

    return ready


async def drawn(slack: SlackServer, channel: str, thread: str | None = None, many: int = 1) -> Message:
    """The newest result in a channel or thread, once there are so many."""

    async def there() -> Message | None:
        results = [message for message in slack.messages(channel, thread) if message.images and "Vary" in " ".join(message.labels)]
        return results[-1] if len(results) >= many else None

    return await eventually(there)


async def card_in(slack: SlackServer, channel: str, number: int = 0) -> Message:
    async def there() -> Message | None:
        cards = [message for message in slack.messages(channel) if message.user == slack.team.bot.id]
        return cards[number] if len(cards) > number else None

    return await eventually(there)


async def test_from_a_command_to_pictures_in_the_cards_thread(slack: SlackServer, tmp_path: Path) -> None:
    async with running(slack, tmp_path):
        delivery = await slack.command("ada", "general", "/imagine", "a red fox --seed 42 --count 2")
        assert not delivery.failed
        card = await card_in(slack, "general")
        result = await drawn(slack, "general", card.ts)
        assert len(result.images) == 2
        assert "seed 42" in result.text
        await slack.react("ada", result, "repeat")
        second = await drawn(slack, "general", card.ts, many=2)
        assert second.ts != result.ts
        await slack.press("ada", second, "Remix")

        async def form() -> bool:
            return bool(slack.views("ada"))

        await eventually(form)
        view = slack.views("ada")[-1]
        wrong = await slack.submit("ada", view, {"Prompt": "a blue fox", "Aspect ratio": "wide"})
        assert list(wrong.errors) == ["field:ar"]
        right = await slack.submit("ada", view, {"Prompt": "a blue fox", "Aspect ratio": "3:2"})
        assert (right.failed, right.errors) == ("", {})
        third = await drawn(slack, "general", card.ts, many=3)
        assert "a blue fox" in third.text


async def test_a_mention_in_a_thread_is_drawn_there(slack: SlackServer, tmp_path: Path) -> None:
    async with running(slack, tmp_path):
        root = (await slack.say("grace", "general", "Which animal?")).message
        assert root
        await slack.mention("ada", "general", "imagine an owl & <!channel>", thread_ts=root.ts)
        assert "an owl &amp; " in (await drawn(slack, "general", root.ts)).text
        assert [message.ts for message in slack.messages("general")] == [root.ts]
        assert slack.fired == []


async def test_a_direct_message_is_drawn_where_it_was_said(slack: SlackServer, tmp_path: Path) -> None:
    async with running(slack, tmp_path):
        await slack.direct("ada", "imagine a small boat")

        async def there() -> Message | None:
            cards = [message for message in slack.messages("@ada") if message.user == slack.team.bot.id and "a small boat" in message.text]
            return cards[0] if cards else None

        card = await eventually(there)
        assert "a small boat" in (await drawn(slack, "@ada", card.ts)).text


async def test_where_the_bot_is_not_the_person_is_told(slack: SlackServer, tmp_path: Path) -> None:
    async with running(slack, tmp_path):
        await slack.command("ada", "closed", "/imagine", "a fox")

        async def told() -> bool:
            return any("invite me" in message.text for message in slack.messages("@ada"))

        await eventually(told)
        assert slack.messages("closed") == []


async def test_a_button_works_after_a_restart(slack: SlackServer, tmp_path: Path) -> None:
    async with running(slack, tmp_path):
        await slack.command("ada", "general", "/imagine", "a red fox")
        card = await card_in(slack, "general")
        result = await drawn(slack, "general", card.ts)
    async with running(slack, tmp_path):
        assert not (await slack.press("ada", result, "Again")).failed
        await drawn(slack, "general", card.ts, many=2)
        await slack.shortcut("ada", "make_variations", result)
        await drawn(slack, "general", card.ts, many=3)


async def test_a_storm_of_reactions_is_one_job_for_each_person_and_emoji(slack: SlackServer, tmp_path: Path) -> None:
    async with running(slack, tmp_path):
        await slack.command("ada", "general", "/imagine", "a red fox")
        card = await card_in(slack, "general")
        result = await drawn(slack, "general", card.ts)
        for _ in range(5):
            await slack.react("ivy", result, "repeat")
            await slack.unreact("ivy", result, "repeat")
        await drawn(slack, "general", card.ts, many=2)
        await slack.command("ada", "general", "/imagine", "the last")
        last = await card_in(slack, "general", 1)
        await drawn(slack, "general", last.ts)
        assert len([message for message in slack.messages("general", card.ts) if message.images and "Again" in message.labels]) == 2
        assert called(slack, "reactions.get") == []


async def test_the_home_page_shows_what_somebody_drew(slack: SlackServer, tmp_path: Path) -> None:
    async with running(slack, tmp_path):
        await slack.command("ada", "general", "/imagine", "a red fox")
        await drawn(slack, "general", (await card_in(slack, "general")).ts)
        await slack.open_home("ada")

        async def published() -> bool:
            return slack.home("ada") is not None

        await eventually(published)
        home = slack.home("ada")
        assert home
        assert "a red fox" in str(home.blocks)
        assert any("slack_file" in str(block) for block in home.blocks)
        await slack.press("ada", home, "Create an image")

        async def form() -> bool:
            return bool(slack.views("ada"))

        await eventually(form)
        await slack.submit("ada", slack.views("ada")[-1], {"Prompt": "a small boat"})
        assert "a small boat" in (await card_in(slack, "@ada")).text
        assert [call.error for call in slack.calls if call.method == "views.publish"] == [""]


async def test_everything_works_over_http_too(slack: SlackServer, tmp_path: Path) -> None:
    http = {"SLACK_MODE": "http", "SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_APP_TOKEN": ""}
    async with running(slack, tmp_path, **http):
        assert not (await slack.command("ada", "general", "/imagine", "a red fox")).failed
        card = await card_in(slack, "general")
        result = await drawn(slack, "general", card.ts)
        assert not (await slack.press("ada", result, "Again")).failed
        await drawn(slack, "general", card.ts, many=2)
        assert slack.sockets == 0


async def test_settings_are_for_admins_and_change_what_a_reaction_does(slack: SlackServer, tmp_path: Path) -> None:
    async with running(slack, tmp_path):
        await slack.command("ada", "general", "/settings")

        async def refused() -> bool:
            return any("for admins" in message.text for message in slack.ephemerals("ada"))

        await eventually(refused)
        await slack.command("grace", "general", "/settings", "channel --reactions :art: remix")

        async def saved() -> bool:
            return bool(slack.ephemerals("grace"))

        await eventually(saved)
        await slack.command("ada", "general", "/imagine", "a red fox")
        card = await card_in(slack, "general")
        await slack.react("ada", await drawn(slack, "general", card.ts), "art")

        async def offered() -> bool:
            return any("Open the form" in message.labels for message in slack.ephemerals("ada"))

        await eventually(offered)
