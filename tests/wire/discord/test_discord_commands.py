"""The registry of commands, asked without a library in between."""

from typing import Any

import pytest

from tests.wire.discord.caller import Caller, Reply, calling
from tests.wire.discord.server import open_discord

COMMAND: dict[str, Any] = {"name": "imagine", "description": "Draw"}
OPTION: dict[str, Any] = {"type": 3, "name": "prompt", "description": "What"}


async def put(caller: Caller, commands: Any, *, guild: int = 0) -> Reply:
    place = f"/guilds/{guild}" if guild else ""
    return await caller.ask("PUT", f"/applications/{caller.server.application_id}{place}/commands", commands)


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ({"name": "Imagine"}, "0.name"),
        ({"name": "im agine"}, "0.name"),
        ({"name": "i" * 33}, "0.name"),
        ({"description": ""}, "0.description"),
        ({"description": "d" * 101}, "0.description"),
        ({"options": [OPTION | {"name": str(n)} for n in range(26)]}, "0.options"),
        ({"options": [OPTION, OPTION | {"name": "second", "required": True}]}, "0.options.1"),
        ({"options": [OPTION, OPTION]}, "0.options.1"),
        ({"options": [OPTION | {"choices": [{"name": str(n), "value": str(n)} for n in range(26)]}]}, "0.options.0.choices"),
        ({"options": [OPTION | {"choices": [{"name": "n", "value": "v" * 101}]}]}, "0.options.0.choices.0.value"),
        ({"options": [OPTION | {"choices": [{"name": "n", "value": "v"}], "autocomplete": True}]}, "0.options.0"),
        ({"options": [OPTION | {"max_length": 6001}]}, "0.options.0.max_length"),
        ({"options": [OPTION | {"type": 4, "max_value": 2**53 + 1}]}, "0.options.0.max_value"),
        ({"options": [OPTION, {"type": 1, "name": "sub", "description": "d"}]}, "0.options"),
        ({"name_localizations": {"xx": "x"}}, "0.name_localizations.xx"),
        ({"name_localizations": {"de": "Male"}}, "0.name_localizations.de"),
        ({"contexts": [3]}, "0.contexts.0"),
        ({"type": 3, "name": "Use as prompt"}, "0"),
    ],
)
async def test_a_command_that_discord_does_not_take_is_refused(command: dict[str, Any], path: str) -> None:
    async with open_discord() as server, calling(server) as caller:
        assert (await put(caller, [COMMAND | command])).errors(path)
        assert server.commands == {}


async def test_eight_thousand_characters_are_enough_for_one_command() -> None:
    async with open_discord() as server, calling(server) as caller:
        choices = [{"name": f"{n:0>100}", "value": f"{n:0>100}"} for n in range(25)]
        options = [OPTION | {"name": f"o{n}", "choices": choices} for n in range(2)]
        assert (await put(caller, [COMMAND | {"options": options[:1]}])).status == 200
        assert (await put(caller, [COMMAND | {"options": options}])).errors("0")


async def test_there_can_be_a_hundred_commands_and_fifteen_entries_in_a_menu() -> None:
    async with open_discord() as server, calling(server) as caller:
        slash = [COMMAND | {"name": f"c{n}"} for n in range(101)]
        menu = [{"type": 3, "name": f"Entry {n}"} for n in range(16)]
        assert (await put(caller, slash[:100] + menu[:15])).status == 200
        assert (await put(caller, slash)).errors("body")
        assert (await put(caller, menu)).errors("body")
        assert (await put(caller, [COMMAND, COMMAND])).errors("1.name")


async def test_a_bulk_overwrite_takes_away_what_it_does_not_name_and_keeps_ids() -> None:
    async with open_discord() as server, calling(server) as caller:
        first = (await put(caller, [COMMAND, COMMAND | {"name": "help"}])).body
        second = (await put(caller, [COMMAND | {"description": "Draw something"}])).body
        assert [each["name"] for each in server.commands[""]] == ["imagine"]
        assert first[0]["id"] == second[0]["id"]
        await put(caller, [COMMAND], guild=server.guild.id)
        assert set(server.commands) == {"", "Workshop"}
        assert (await put(caller, [COMMAND], guild=server.guild_named("Far away").id)).code == 10004


async def test_a_command_for_admins_is_not_offered_to_others() -> None:
    async with open_discord() as server, calling(server) as caller:
        await put(caller, [COMMAND | {"default_member_permissions": "32", "contexts": [0]}])
        with pytest.raises(AssertionError, match="ada may not see"):
            await server.slash("ada", "general", "imagine")
        assert (await server.slash("grace", "general", "imagine", wait=False)).user.name == "grace"
        assert (await server.slash("ada", "general", "imagine", wait=False, overridden=True)).user.name == "ada"
        with pytest.raises(AssertionError, match="context 1"):
            await server.slash("grace", server.dm("grace"), "imagine")
