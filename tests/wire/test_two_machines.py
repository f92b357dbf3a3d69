"""Two machines on one journal and one chat: each thing that people do is done once, whichever machine hears it or tells of it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import config
from bot.app import App, bring_up_to_date, open_app
from bot.config import BotSettings
from bot.model import Job, State
from tests.flows.story import eventually
from tests.wire.chats import Chat
from tests.wire.discord.server import open_discord
from tests.wire.discord_chat import DiscordChat


@asynccontextmanager
async def two(folder: Path, database: str, chat: Chat, **more: str) -> AsyncGenerator[tuple[App, App]]:
    """Two bots at work on one database, both connected to the chat."""
    said: Mapping[str, str] = {
        "BOT_DATABASE_URL": database,
        "BOT_FILES_URL": f"{folder}/files",
        "BOT_SECRET_KEY": "the same on both machines, as it must be",
        "BOT_PLATFORMS": chat.name,
        "BOT_HTTP_PORT": "0",
        "BOT_RUNNING": "100",
        "BOT_WAITING": "100",
        "SKETCH_DELAY": "0.1",
        **chat.settings,
        **more,
    }
    settings = config.load(BotSettings, "bot", said)
    await bring_up_to_date(settings)
    stop = asyncio.Event()
    async with open_app(settings, said, serve=False) as one, open_app(settings, said, serve=False) as other, asyncio.TaskGroup() as group:
        running = [group.create_task(app.run(stop)) for app in (one, other)]

        async def connected() -> bool:
            return all(app.platforms[chat.name].ready for app in (one, other))

        await eventually(connected, within=20)
        try:
            yield one, other
        finally:
            stop.set()
            await asyncio.gather(*running)


async def over(app: App, many: int) -> list[Job]:
    async def there() -> list[Job]:
        found = await app.store.recent(limit=1000)
        done = len(found) >= many and all([(await app.store.find(job.id)).state.over for job in found])
        return await app.store.recent(limit=1000) if done else []

    return await eventually(there, within=40)


@pytest.mark.slow
async def test_what_two_machines_hear_is_done_and_shown_once(tmp_path: Path, blank_postgres_url: str, chat: Chat) -> None:
    async with two(tmp_path, blank_postgres_url, chat) as (one, _):
        for number in range(6):
            assert not (await chat.command("ada", "imagine", prompt=f"boat number {number}")).failed
        await chat.mention("ivy", "imagine a kite")
        (asked,) = [message.id for message in chat.messages() if message.text.endswith("imagine a kite")]
        jobs = await over(one, 7)
        assert [job.state for job in jobs] == [State.DELIVERED] * 7
        result = chat.at((await one.store.posts(jobs[-1].id))["result"][0])
        assert result
        for who in ("ada", "ivy"):
            await chat.react(who, result, "🔁")
            assert not (await chat.press(who, result, "Again")).failed
        jobs = await over(one, 11)
        assert len(jobs) == 11
        cards = [(await one.store.posts(job.id))["card"][0].id for job in jobs if not job.place.thread]
        assert sorted(message.id for message in chat.messages()) == sorted([*cards, asked])


@pytest.mark.slow
async def test_a_job_of_a_place_where_the_bot_is_no_member_may_be_drawn_by_the_machine_that_did_not_hear_it(
    tmp_path: Path, blank_postgres_url: str
) -> None:
    async with open_discord() as server, two(tmp_path, blank_postgres_url, DiscordChat(server)) as (one, _):
        for number in range(6):
            await server.slash("ada", "far", "imagine", {"prompt": f"boat number {number}"}, by_user=True)
        jobs = await over(one, 6)
        assert [(job.state, job.problem) for job in jobs] == [(State.DELIVERED, None)] * 6


@pytest.mark.slow
async def test_a_question_heard_by_two_machines_is_answered_once(tmp_path: Path, blank_postgres_url: str, chat: Chat) -> None:
    async with two(tmp_path, blank_postgres_url, chat) as (one, other):
        await chat.mention("ada", "help")
        await chat.mention("ada", "show nonesuch")
        await chat.direct("ivy", "quota")
        assert not (await chat.command("grace", "models")).failed

        async def answered() -> bool:
            return len(chat.whispers("ada")) >= 2 and len(chat.directs("ivy")) >= 2 and bool(chat.whispers("grace"))

        await eventually(answered)
        for app in (one, other):
            await chat.command("grace", "imagine", prompt=f"a pause {id(app)}")
        await over(one, 2)
        assert [len(chat.whispers("ada")), len(chat.directs("ivy"))] == [2, 2]
