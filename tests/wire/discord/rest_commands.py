"""The registry of application commands."""

from typing import Any

from aiohttp import web

from tests.wire.discord.commands import SLASH, check_commands
from tests.wire.discord.faults import Fault, Json, items
from tests.wire.discord.rest import WORLD, reply
from tests.wire.discord.uploads import read
from tests.wire.discord.world import World

GLOBAL = "/api/v10/applications/{application_id}/commands"
LOCAL = "/api/v10/applications/{application_id}/guilds/{guild_id}/commands"
routes = web.RouteTableDef()


def shelf(request: web.Request) -> tuple[World, int]:
    """Whose commands the request is about: a server's id, or 0 for everywhere."""
    world = request.app[WORLD]
    if request.match_info["application_id"] != str(world.application_id):
        raise Fault(50001)
    guild = request.match_info.get("guild_id")
    return world, world.guild(guild).id if guild else 0


def finished(world: World, body: Json, guild_id: int, old: Json | None) -> Json:
    """A command as the API gives it back; one of the same name keeps its id."""
    made: Json = {
        "id": old["id"] if old else str(world.clock.snowflake()), "application_id": str(world.application_id),
        "version": str(world.clock.snowflake()), "type": body.get("type", SLASH), "name": body["name"],
        "description": body.get("description") or "",
        "options": items(body, "options"),
        "default_member_permissions": body.get("default_member_permissions"), "nsfw": bool(body.get("nsfw")),
        "name_localizations": body.get("name_localizations"), "description_localizations": body.get("description_localizations"),
    }  # fmt: skip
    if guild_id:
        return made | {"guild_id": str(guild_id)}
    contexts = body.get("contexts")
    types = body.get("integration_types")
    return made | {
        "contexts": contexts if contexts is not None else [0, 1, 2],
        "integration_types": types if types is not None else [0],
        "dm_permission": True,
    }


def same(one: Json, other: Json) -> bool:
    return (one.get("type", SLASH), one["name"]) == (other.get("type", SLASH), other["name"])


def store(world: World, guild_id: int, bodies: list[Json]) -> None:
    old = world.commands.get(guild_id, [])
    world.commands[guild_id] = [finished(world, body, guild_id, next((each for each in old if same(each, body)), None)) for body in bodies]


@routes.get(GLOBAL)
@routes.get(LOCAL)
async def all_of(request: web.Request) -> web.Response:
    world, guild_id = shelf(request)
    return reply(world.commands.get(guild_id, []))


@routes.put(GLOBAL)
@routes.put(LOCAL)
async def overwrite(request: web.Request) -> web.Response:
    world, guild_id = shelf(request)
    body, _ = await read(request)
    bodies: Any = body
    check_commands(bodies)
    store(world, guild_id, bodies)
    return reply(world.commands[guild_id])


@routes.post(GLOBAL)
@routes.post(LOCAL)
async def add(request: web.Request) -> web.Response:
    world, guild_id = shelf(request)
    body, _ = await read(request)
    others = [each for each in world.commands.get(guild_id, []) if not same(each, {"name": "", **body})]
    check_commands([body])
    check_commands([*others, body])
    store(world, guild_id, [*others, body])
    return reply(world.commands[guild_id][-1], status=201)


@routes.delete(GLOBAL + "/{command_id}")
@routes.delete(LOCAL + "/{command_id}")
async def take_away(request: web.Request) -> web.Response:
    world, guild_id = shelf(request)
    old = world.commands.get(guild_id, [])
    left = [each for each in old if each["id"] != request.match_info["command_id"]]
    if len(left) == len(old):
        raise Fault(10063)
    world.commands[guild_id] = left
    return reply()
