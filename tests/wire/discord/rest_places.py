"""The app itself, people, servers and channels over the API."""

from aiohttp import web

from tests.wire.discord.faults import Fault, Json
from tests.wire.discord.permissions import overall, require, sending
from tests.wire.discord.rest import WORLD, reply
from tests.wire.discord.uploads import read

CONTENT_LIMITED, MEMBERS_LIMITED = 1 << 19, 1 << 15
routes = web.RouteTableDef()


@routes.get("/api/v10/users/@me")
async def me(request: web.Request) -> web.Response:
    return reply({**request.app[WORLD].bot.payload, "verified": True, "mfa_enabled": True, "email": None, "locale": "en-US"})


@routes.get("/api/v10/users/{user_id}")
async def user(request: web.Request) -> web.Response:
    return reply(request.app[WORLD].user(request.match_info["user_id"]).payload)


@routes.post("/api/v10/users/@me/channels")
async def direct(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    body, _ = await read(request)
    return reply(world.direct(world.bot, world.user(body.get("recipient_id") or "")).payload(world.bot))


@routes.get("/api/v10/oauth2/applications/@me")
@routes.get("/api/v10/applications/@me")
async def application(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    types: Json = {str(kind): Json() for kind in ((0, 1) if world.user_install else (0,))}
    return reply({
        "id": str(world.application_id), "name": "Limner", "icon": None, "description": "", "rpc_origins": [], "bot_public": True,
        "bot_require_code_grant": False, "owner": next(iter(world.users.values())).payload, "team": None, "summary": "",
        "verify_key": world.key.public_key().public_bytes_raw().hex(),
        "flags": CONTENT_LIMITED | MEMBERS_LIMITED if world.gateway.privileged else 0,
        "bot": world.bot.payload, "approximate_guild_count": len(world.guilds_of_bot),
        "interactions_endpoint_url": world.interactions_url or None,
        "integration_types_config": types, "install_params": {"scopes": ["bot", "applications.commands"], "permissions": "309237763136"},
    })  # fmt: skip


@routes.get("/api/v10/gateway")
async def gateway(request: web.Request) -> web.Response:
    return reply({"url": request.app[WORLD].gateway.url})


@routes.get("/api/v10/gateway/bot")
async def gateway_for_bot(request: web.Request) -> web.Response:
    gateway = request.app[WORLD].gateway
    start = {
        "total": gateway.starts,
        "remaining": max(0, gateway.starts - len(gateway.identifies)),
        "reset_after": 14_400_000,
        "max_concurrency": 1,
    }
    return reply({"url": gateway.url, "shards": gateway.shards, "session_start_limit": start})


@routes.get("/api/v10/users/@me/guilds")
async def my_guilds(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    after = int(request.query.get("after", "0"))
    shown = [each for each in sorted(world.guilds_of_bot, key=lambda guild: guild.id) if each.id > after]
    return reply(
        [
            {
                "id": str(each.id),
                "name": each.name,
                "icon": None,
                "owner": False,
                "permissions": str(overall(world.bot, each)),
                "features": [],
            }
            for each in shown
        ]
    )


@routes.get("/api/v10/guilds/{guild_id}")
async def guild(request: web.Request) -> web.Response:
    return reply(request.app[WORLD].guild(request.match_info["guild_id"]).payload)


@routes.get("/api/v10/guilds/{guild_id}/channels")
async def channels(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    return reply([each.payload(world.bot) for each in world.guild(request.match_info["guild_id"]).channels])


@routes.get("/api/v10/guilds/{guild_id}/roles")
async def roles(request: web.Request) -> web.Response:
    found = request.app[WORLD].guild(request.match_info["guild_id"])
    return reply([role.payload for role in (found.everyone, *found.roles)])


@routes.get("/api/v10/guilds/{guild_id}/members/{user_id}")
async def member(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    number = request.match_info["user_id"]
    members = world.guild(request.match_info["guild_id"]).members
    found = members.get(world.bot.id if number == "@me" else int(number))
    if found is None:
        raise Fault(10007)
    return reply(found.payload)


@routes.get("/api/v10/guilds/{guild_id}/threads/active")
async def active(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    threads = [each for each in world.guild(request.match_info["guild_id"]).threads if not each.archived]
    return reply({"threads": [each.payload(world.bot) for each in threads], "members": []})


@routes.get("/api/v10/channels/{channel_id}")
async def channel(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    found = world.channel(request.match_info["channel_id"])
    require(world.bot, found)
    return reply(found.payload(world.bot))


@routes.post("/api/v10/channels/{channel_id}/typing")
async def typing(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    found = world.channel(request.match_info["channel_id"])
    require(world.bot, found, sending(found))
    return reply()
