"""The connection to Discord: refused, dropped, resumed, stopped; and what is sent meanwhile."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from adapters.platforms.discord import Discord, DiscordSettings, open_discord
from adapters.platforms.discord.client import explain
from bot.errors import PlatformFault, SettingFault
from bot.model import Answer, Message, Place, Post
from tests.flows.story import eventually
from tests.wire.discord import server as vendor
from tests.wire.discord.server import DiscordServer
from tests.wire.discord_life import MENU, Scene, Script, open_scene, settings_for
from tests.wire.discord_sender import Shelf

HELLO = Message(text="hello", body="hello")
PUT = "PUT /applications/{application_id}/commands"


def place(server: DiscordServer) -> Place:
    return Place(platform="discord", workspace=str(server.guild.id), channel=str(server.channel("general").id))


@dataclass(kw_only=True)
class Quiet:
    """A platform that is open and does not run yet."""

    server: DiscordServer
    platform: Discord

    async def run(self) -> None:
        await self.platform.run(MENU, Script())


@asynccontextmanager
async def open_quiet(settings: dict[str, Any] | None = None, **options: Any) -> AsyncGenerator[Quiet]:
    async with (
        vendor.open_discord(**options) as server,
        open_discord(settings_for(server, **(settings or {})), Shelf().kit()) as platform,
    ):
        yield Quiet(server=server, platform=platform)


async def alive(scene: Scene, text: str) -> None:
    """Somebody says something, and it is heard."""
    before = len(scene.hub.heard)
    await scene.server.direct("ada", text)
    assert (await scene.heard(before + 1))[-1].line == text


async def test_a_missing_token_is_a_setting_and_named() -> None:
    async with open_discord(DiscordSettings(), Shelf().kit()) as platform:  # pyright: ignore[reportCallIssue] - pydantic gives the defaults
        with pytest.raises(SettingFault, match="DISCORD_TOKEN is missing"):
            await platform.run(MENU, Script())
        with pytest.raises(PlatformFault, match="DISCORD_TOKEN is missing"):
            await platform.post(Place(platform="discord", workspace="1", channel="2"), HELLO, key="k")


async def test_a_wrong_token_is_a_setting_and_asked_once() -> None:
    wrong = SecretStr("MTIzNDU2Nzg5MDEyMzQ1Njc4.GwRoNg.abcdefghijklmnopqrstuvwxyz0123456789AB")
    async with open_quiet({"token": wrong}) as quiet:
        with pytest.raises(SettingFault, match="DISCORD_TOKEN is refused") as fault:
            await quiet.run()
        assert "GwRoNg" not in str(fault.value)
        assert quiet.server.invalid_requests == 1
        with pytest.raises(PlatformFault, match="DISCORD_TOKEN is refused"):
            await quiet.platform.post(place(quiet.server), HELLO, key="k")


async def test_a_token_that_is_refused_at_the_gateway_is_a_setting() -> None:
    async with open_quiet() as quiet:
        quiet.server.world.gateway.revoked = True
        with pytest.raises(SettingFault, match="DISCORD_TOKEN is refused"):
            await quiet.run()


async def test_a_token_revoked_while_running_ends_the_platform_and_says_why() -> None:
    async with open_quiet() as quiet, asyncio.TaskGroup() as tasks:

        async def running() -> str:
            with pytest.raises(SettingFault, match="DISCORD_TOKEN is refused"):
                await quiet.run()
            return "ended"

        run = tasks.create_task(running())
        await _ready(quiet.platform)
        await quiet.server.revoke_token()
        assert await run == "ended"
        assert not quiet.platform.ready
        with pytest.raises(PlatformFault, match="DISCORD_TOKEN is refused") as fault:
            await quiet.platform.post(place(quiet.server), HELLO, key="k")
        assert not fault.value.permanent


@pytest.mark.parametrize("code", [4013, 4014])
async def test_refused_intents_are_a_setting_and_explained(code: int) -> None:
    async with open_quiet() as quiet, asyncio.TaskGroup() as tasks:

        async def running() -> str:
            with pytest.raises(SettingFault, match="intents") as fault:
                await quiet.run()
            return str(fault.value)

        run = tasks.create_task(running())
        await _ready(quiet.platform)
        await quiet.server.disconnect(code)
        assert "4014" in await run


async def test_nothing_privileged_is_asked_for() -> None:
    async with open_scene() as scene:
        [identify] = scene.server.world.gateway.identifies
        assert identify["intents"] == 13825


async def _ready(platform: Discord) -> None:
    async def look() -> bool:
        return platform.ready

    await eventually(look)


async def test_what_is_sent_before_the_login_waits_for_it() -> None:
    async with open_quiet() as quiet, asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(quiet.platform.post(place(quiet.server), HELLO, key="k"))
        run = tasks.create_task(quiet.run())
        post = await posting
        assert [str(each.id) for each in quiet.server.messages("general")] == [post.id]
        run.cancel()


async def test_what_is_sent_and_never_connected_fails_for_now_only() -> None:
    async with vendor.open_discord() as server:
        platform = Discord(settings_for(server), Shelf().kit(), patience=0.05)
        for attempt in (
            platform.post(place(server), HELLO, key="k"),
            platform.edit(Post(place=place(server), id="1"), HELLO),
            platform.open_thread(Post(place=place(server), id="1"), "hello"),
        ):
            with pytest.raises(PlatformFault, match="not connected") as fault:
                await attempt
            assert not fault.value.permanent


async def test_a_server_that_cannot_be_reached_is_no_setting() -> None:
    async with open_quiet({"api_url": "http://127.0.0.1:9/api/v10"}) as quiet:
        with pytest.raises(PlatformFault, match="cannot be reached"):
            await quiet.run()


async def test_the_wall_before_discord_is_no_setting() -> None:
    async with open_quiet() as quiet:
        quiet.server.rate_limit("GET /users/@me", 30, via=False)
        with pytest.raises(PlatformFault, match="429"):
            await quiet.run()
        assert quiet.server.invalid_requests == 1


async def test_op_7_and_a_dropped_socket_are_resumed_without_a_new_start() -> None:
    async with open_scene() as scene:
        for cut in (scene.server.op7, scene.server.drop_socket):
            lines = len(scene.server.world.gateway.lines)
            cut()
            await scene.seen(lambda lines=lines: len(scene.server.world.gateway.lines) > lines and scene.platform.ready)
            await alive(scene, f"after {lines}")
        assert len(scene.server.world.gateway.identifies) == 1


async def test_a_session_that_is_invalid_begins_anew() -> None:
    async with open_scene() as scene:
        scene.server.op9(resumable=False)
        # discord.py leaves five seconds between two beginnings, as Discord wants it.
        await scene.seen(lambda: len(scene.server.world.gateway.identifies) == 2 and scene.platform.ready)
        await alive(scene, "after")
        assert len(scene.server.called(PUT)) == 1


async def test_commands_are_registered_once_and_again_only_when_they_changed() -> None:
    kit = Shelf().kit()
    async with vendor.open_discord() as server:
        for _ in range(2):
            async with open_scene(server=server, kit=kit):
                assert {each["name"] for each in server.commands[""]} >= {"imagine", "Use as prompt", "Make variations"}
        assert len(server.called(PUT)) == 1
        async with open_discord(settings_for(server), kit) as platform, asyncio.TaskGroup() as tasks:
            run = tasks.create_task(platform.run(MENU[:3], Script()))
            await _ready(platform)
            run.cancel()
        assert len(server.called(PUT)) == 2


async def test_named_servers_have_their_commands_at_once_and_lose_them_when_they_are_named_no_more() -> None:
    kit = Shelf().kit()
    async with vendor.open_discord() as server:
        async with open_scene(server=server, kit=kit, settings={"guilds": str(server.guild.id)}):
            assert {each["name"] for each in server.commands["Workshop"]} >= {"imagine"}
        async with open_scene(server=server, kit=kit):
            assert server.commands["Workshop"] == []


async def test_commands_that_cannot_be_registered_do_not_keep_the_bot_away() -> None:
    async with vendor.open_discord() as server:
        server.fail("PUT /applications/*/commands", 400, code=50035)
        async with open_scene(server=server) as scene:
            await alive(scene, "hello")


async def test_what_is_under_way_at_the_stop_is_finished_and_sending_goes_on() -> None:
    hub = Script(hold=asyncio.Event())
    async with open_quiet() as quiet, asyncio.TaskGroup() as tasks:
        run = tasks.create_task(quiet.platform.run(MENU, hub))
        await _ready(quiet.platform)
        said = await quiet.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        run.cancel()

        async def hushed() -> bool:
            return not quiet.platform.ready and not quiet.server.lines

        await eventually(hushed)
        hub.says(Answer(whisper=HELLO))
        assert hub.hold
        hub.hold.set()
        await asyncio.wait({run})
        assert said.text == "hello"
        post = await quiet.platform.post(place(quiet.server), HELLO, key="k")
        await quiet.platform.edit(post, Message(text="done", body="done"))
        assert [each.text for each in quiet.server.messages("general")] == ["done"]
        await quiet.server.slash("ada", "general", "imagine", {"prompt": "late"}, wait=False)
        assert len(hub.heard) == 1


async def test_it_can_run_again_after_a_drop() -> None:
    async with open_quiet() as quiet, asyncio.TaskGroup() as tasks:

        async def dropped() -> None:
            with pytest.raises(PlatformFault):
                await quiet.run()

        first = tasks.create_task(dropped())
        await _ready(quiet.platform)
        await quiet.server.disconnect(4010)
        await first
        assert not quiet.platform.ready
        again = tasks.create_task(quiet.run())
        await _ready(quiet.platform)
        await quiet.platform.post(place(quiet.server), HELLO, key="k")
        again.cancel()


async def test_discords_addresses_are_put_back() -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with open_quiet({"gateway_url": "ws://127.0.0.1:9/"}) as quiet:
        assert quiet.server.api_url == Route.BASE
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "ws://127.0.0.1:9/"
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_a_gateway_of_ones_own_is_used_instead_of_the_one_that_the_api_names() -> None:
    async with vendor.open_discord(shards=2) as server:
        own = server.gateway_url
        server.world.gateway.url = "ws://127.0.0.1:9/"
        async with open_discord(settings_for(server, gateway_url=own), Shelf().kit()) as platform, asyncio.TaskGroup() as tasks:
            run = tasks.create_task(platform.run(MENU, Script()))

            async def connected() -> bool:
                return len(server.world.gateway.identifies) == 2

            await eventually(connected)
            assert [each["shard"] for each in server.world.gateway.identifies] == [[0, 2], [1, 2]]
            run.cancel()


def test_whatever_else_breaks_a_connection_is_tried_again() -> None:
    for error in (RuntimeError("x"), KeyError("y"), TimeoutError(), ValueError("z")):
        assert isinstance(explain(error), PlatformFault)
