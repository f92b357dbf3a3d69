"""The routes of a small Discord: the API, the gateway and the CDN."""

from aiohttp import web

from tests.wire.discord import rest_commands, rest_interactions, rest_messages, rest_places, rest_threads
from tests.wire.discord.rest import RATES, WORLD, Rates, keep_the_rules
from tests.wire.discord.uploads import Attachment
from tests.wire.discord.world import World


async def serve_file(request: web.Request) -> web.Response:
    """A file from the CDN, as long as its link is good."""
    world = request.app[WORLD]
    number = int(request.match_info["attachment_id"])
    found: Attachment | None = world.uploads.get(number)
    for message in world.messages.values():
        found = found or next((each for each in message.attachments if each.id == number and not message.deleted), None)
    expires = int(request.query.get("ex", "0"), 16)
    if found is None or expires < world.clock.now() or request.query.get("hm") != found.signature(expires):
        return web.Response(status=404, text="This content is no longer available.")
    return web.Response(body=found.content, headers={"Content-Type": found.media_type or "application/octet-stream"})


def make_app(world: World, rates: Rates) -> web.Application:
    app = web.Application(middlewares=[keep_the_rules], client_max_size=1 << 30)
    app[WORLD], app[RATES] = world, rates
    for family in (rest_places, rest_threads, rest_messages, rest_interactions, rest_commands):
        app.add_routes(family.routes)
    app.router.add_get("/gateway", world.gateway.serve)
    app.router.add_get("/gateway/resume", world.gateway.serve)
    app.router.add_get("/cdn/attachments/{channel_id}/{attachment_id}/{name}", serve_file)
    return app
