"""What the doctor says about Discord: the exact missing thing, without connecting."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from adapters.platforms.discord import PLUGIN, DiscordSettings
from bot.plugins import Finding
from tests.wire.discord.permissions import ATTACH_FILES
from tests.wire.discord.server import DiscordServer, open_discord
from tests.wire.discord_life import open_scene, settings_for
from tests.wire.discord_sender import Shelf


async def examined(settings: DiscordSettings) -> Mapping[str, Finding]:
    assert PLUGIN.examine is not None
    kit = replace(Shelf().kit(), public_url="https://limner.example")
    return {finding.subject: finding async for finding in PLUGIN.examine(settings, kit)}


async def of(server: DiscordServer, **more: Any) -> Mapping[str, Finding]:
    return await examined(settings_for(server, **more))


async def test_a_good_installation_is_good_all_over_and_comes_with_its_invite_link() -> None:
    async with open_scene() as scene:
        found = await of(scene.server)
        assert [subject for subject, finding in found.items() if not finding.good] == []
        application = scene.server.application_id
        link = f"https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions=309237763136"
        assert link in found["discord invite"].sentence
        assert found["discord commands"].sentence == f"{len(scene.server.commands[''])} registered."
        assert "discord server Workshop" in found
        assert len(scene.server.world.gateway.identifies) == 1


async def test_a_missing_and_a_refused_token_are_named() -> None:
    missing = await examined(DiscordSettings())  # pyright: ignore[reportCallIssue] - pydantic gives the defaults
    assert "DISCORD_TOKEN is missing" in missing["discord token"].sentence
    async with open_discord() as server:
        refused = await of(server, token=SecretStr("MTIzNDU2Nzg5MDEyMzQ1Njc4.GwRoNg.abcdefghijklmnopqrstuvwxyz0123456789AB"))
        assert not refused["discord token"].good
        assert "DISCORD_TOKEN is refused" in refused["discord token"].sentence


async def test_a_discord_that_does_not_answer_is_said() -> None:
    async with open_discord() as server:
        found = await of(server, api_url="http://127.0.0.1:9/api/v10")
        assert "cannot be reached" in found["discord token"].sentence


async def test_commands_that_were_never_registered_are_said() -> None:
    async with open_discord() as server:
        assert "the first start" in (await of(server))["discord commands"].sentence


async def test_a_missing_permission_is_named_with_its_server() -> None:
    async with open_discord() as server:
        guild = server.guild_named("Elsewhere")
        guild.everyone.permissions &= ~ATTACH_FILES
        found = await of(server)
        assert found["discord server Workshop"].good
        assert not found["discord server Elsewhere"].good
        assert "Attach Files" in found["discord server Elsewhere"].sentence


async def test_another_apps_public_key_is_said_and_so_is_where_to_put_the_address() -> None:
    async with open_discord() as server:
        found = await of(server, public_key="ab" * 32)
        assert "another app's" in found["discord public key"].sentence
        assert "https://limner.example/discord/interactions" in found["discord interactions"].sentence
        assert "discord public key" not in await of(server, public_key=server.public_key)


async def test_an_address_on_the_apps_page_that_nobody_listens_at_is_said() -> None:
    async with open_discord() as server:
        server.interactions_url = "https://elsewhere.example/discord/interactions"
        found = await of(server)
        assert not found["discord interactions"].good
        assert "Interactions Endpoint URL" in found["discord interactions"].sentence
        other = await of(server, public_key=server.public_key)
        assert "https://limner.example/discord/interactions" in other["discord interactions"].sentence
        server.interactions_url = "https://limner.example/discord/interactions"
        assert (await of(server, public_key=server.public_key))["discord interactions"].good


async def test_a_server_in_the_settings_that_the_bot_is_not_in_is_said() -> None:
    async with open_discord() as server:
        found = await of(server, guilds="123456789012345678")
        assert "123456789012345678" in found["discord servers"].sentence
