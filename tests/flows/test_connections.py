"""Connections: one platform refused for good leaves the others up, and the last one stops a start that never connected."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import config
from bot.app import App, Fakes, manifest, open_app, see_off
from bot.errors import PlatformFault, SettingFault
from bot.model import CommandSpec
from bot.ports import Hub
from tests.bench.easel import InstantProvider, SilentPlatform, imagine, png
from tests.flows.story import eventually


class Refused(SilentPlatform):
    """A vendor that does not take our token."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.tries = 0

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        self.tries += 1
        raise SettingFault(f"{self.name.upper()}_TOKEN: is not accepted; copy it again.")


@asynccontextmanager
async def opened(folder: Path, *platforms: SilentPlatform) -> AsyncGenerator[App]:
    environment = {"BOT_DATABASE_URL": f"sqlite:///{folder}/limner.db", "BOT_FILES_URL": f"{folder}/files"}
    fakes = Fakes(platforms={each.name: each for each in platforms}, providers={"easel": InstantProvider(png(32))}, moderators=[])
    async with open_app(config.load(config.BotSettings, "bot", environment), environment, fakes=fakes, serve=False) as app:
        yield app


async def test_a_platform_refused_for_good_leaves_the_other_up(tmp_path: Path) -> None:
    refused, easel = Refused("slack"), SilentPlatform()
    async with opened(tmp_path, refused, easel) as app:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(app.run(stop))

            async def tried() -> bool:
                return refused.tries == 1

            await eventually(tried)
            answer = await imagine(app)
            async with asyncio.timeout(20):
                await easel.results.acquire()
            assert f"{answer.job}:result" in easel.posted
            stop.set()
            await running
    assert refused.tries == 1, "what is refused for good is not tried for ever"


async def test_the_last_one_refused_before_it_was_ever_connected_stops_the_start(tmp_path: Path) -> None:
    async with opened(tmp_path, Refused("slack"), Refused("discord")) as app:
        with pytest.raises(ExceptionGroup) as group:
            async with asyncio.timeout(20):
                await app.run(asyncio.Event())
    sentence = str(group.value.exceptions[0])
    assert "_TOKEN: is not accepted; copy it again." in sentence
    assert isinstance(group.value.exceptions[0], SettingFault)


class Dropped(SilentPlatform):
    """A chat whose connection is lost at first, and holds the second time."""

    def __init__(self) -> None:
        super().__init__()
        self.held = asyncio.Event()
        self.tries = 0

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        self.tries += 1
        if self.tries == 1:
            raise PlatformFault("The connection was lost.")
        self.held.set()
        await asyncio.Event().wait()


async def test_a_dropped_connection_is_made_again(tmp_path: Path) -> None:
    dropped = Dropped()
    async with opened(tmp_path, dropped) as app:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(app.run(stop))
            async with asyncio.timeout(20):
                await dropped.held.wait()
            stop.set()
            await running
    assert dropped.tries == 2


def test_a_platform_without_a_manifest_says_so() -> None:
    environment = {"BOT_PLATFORMS": "playground"}
    with pytest.raises(SettingFault, match="playground takes no manifest"):
        manifest(config.load(config.BotSettings, "bot", environment), environment, "playground")
    with pytest.raises(SettingFault, match="no platform called 'irc'"):
        manifest(config.load(config.BotSettings, "bot", environment), environment, "irc")


async def test_a_platform_that_misses_the_word_to_end_is_told_again() -> None:
    async def deaf() -> None:
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue
        await asyncio.Event().wait()

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(deaf())
        await asyncio.sleep(0)
        task.cancel()
        await see_off([task], patience=0.02)
        assert task.cancelled()
