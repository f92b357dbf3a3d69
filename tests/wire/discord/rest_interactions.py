"""Answers to interactions, and the webhook that each of them is for fifteen minutes."""

from aiohttp import web

from tests.wire.discord.faults import Fault, Json
from tests.wire.discord.interactions import Interaction
from tests.wire.discord.posting import change, remove
from tests.wire.discord.rest import WORLD, reply
from tests.wire.discord.uploads import read

routes = web.RouteTableDef()


def interaction_of(request: web.Request) -> Interaction:
    """The interaction of a webhook's token; raises 50027 for a token that never was, 10015 for another app's."""
    world = request.app[WORLD]
    found = world.interactions.get(request.match_info["webhook_token"])
    if found is None:
        raise Fault(50027)
    if request.match_info["webhook_id"] != str(world.application_id):
        raise Fault(10015)
    return found


@routes.post("/api/v10/interactions/{interaction_id}/{webhook_token}/callback")
async def callback(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    body, files = await read(request)
    interaction = world.interactions.get(request.match_info["webhook_token"])
    if interaction is None or str(interaction.id) != request.match_info["interaction_id"]:
        raise Fault(10062)
    interaction.respond(body, files)
    if request.query.get("with_response", "").lower() not in {"1", "true"}:
        return reply()
    resource: Json = {"type": interaction.response}
    answer: Json = {"id": str(interaction.id), "type": interaction.kind}
    if interaction.original:
        answer |= {"response_message_id": str(interaction.original.id), "response_message_loading": interaction.original.loading}
        answer |= {"response_message_ephemeral": interaction.original.ephemeral}
        resource["message"] = interaction.original.payload(world, world.bot)
    return reply({"interaction": answer, "resource": resource})


@routes.post("/api/v10/webhooks/{webhook_id}/{webhook_token}")
async def follow_up(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    body, files = await read(request)
    message = interaction_of(request).follow_up(body, files)
    return reply(message.payload(world, world.bot))


@routes.get("/api/v10/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}")
async def get(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    return reply(interaction_of(request).find(request.match_info["message_id"]).payload(world, world.bot))


@routes.patch("/api/v10/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}")
async def edit(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    body, files = await read(request)
    message = interaction_of(request).find(request.match_info["message_id"])
    change(world, message, body, files, webhook=True)
    return reply(message.payload(world, world.bot))


@routes.delete("/api/v10/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}")
async def delete(request: web.Request) -> web.Response:
    interaction = interaction_of(request)
    message = interaction.find(request.match_info["message_id"])
    remove(request.app[WORLD], message)
    interaction.deleted |= message is interaction.original
    return reply()
