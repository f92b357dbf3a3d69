"""Threads over the API: made, changed, joined and deleted."""

from typing import Any

from aiohttp import web

from tests.wire.discord.faults import Fault, Form, Json, items
from tests.wire.discord.gateway import GUILDS
from tests.wire.discord.messages import Message
from tests.wire.discord.people import ANNOUNCEMENT_THREAD, ANNOUNCEMENTS, FORUM, PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel
from tests.wire.discord.permissions import (
    ATTACH_FILES,
    CREATE_PRIVATE_THREADS,
    CREATE_PUBLIC_THREADS,
    MANAGE_THREADS,
    SEND,
    SEND_IN_THREADS,
    require,
)
from tests.wire.discord.posting import announce, publish
from tests.wire.discord.rest import WORLD, reply
from tests.wire.discord.rest_messages import seen
from tests.wire.discord.uploads import read
from tests.wire.discord.world import World

ARCHIVE_AFTER = (60, 1440, 4320, 10080)
ACTIVE_THREADS = 1000
routes = web.RouteTableDef()


@routes.patch("/api/v10/channels/{channel_id}")
async def change_thread(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    found = world.channel(request.match_info["channel_id"])
    body, _ = await read(request)
    if not found.is_thread:
        raise Fault(50013)
    # Whoever may write in a thread may open it again, unless it is locked; its owner may do a little more.
    opens = body == {"archived": False}
    mine = found.owner_id == world.bot.id and set(body) <= {"name", "archived"}
    require(world.bot, found, MANAGE_THREADS if found.locked or not (opens or mine) else SEND_IN_THREADS)
    if found.archived and body.get("archived") is not False:
        raise Fault(50083)
    form = Form()
    form.length("name", body.get("name"), 100, 1)
    form.check()
    found.name = body.get("name") or found.name
    found.archived, found.locked = body.get("archived", found.archived), body.get("locked", found.locked)
    world.emit("THREAD_UPDATE", found.payload(world.bot), found, GUILDS)
    return reply(found.payload(world.bot))


@routes.delete("/api/v10/channels/{channel_id}")
async def delete(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    found = world.channel(request.match_info["channel_id"])
    if found.guild is None or not found.is_thread:
        raise Fault(50013)
    require(world.bot, found, MANAGE_THREADS)
    del world.channels[found.id]
    found.guild.threads.remove(found)
    body = {
        "id": str(found.id),
        "guild_id": str(found.guild.id),
        "parent_id": str(found.parent.id if found.parent else 0),
        "type": found.kind,
    }
    world.emit("THREAD_DELETE", body, found, GUILDS)
    return reply(found.payload(world.bot))


@routes.put("/api/v10/channels/{channel_id}/thread-members/@me")
async def join(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    found = world.channel(request.match_info["channel_id"])
    require(world.bot, found)
    if found.archived:
        raise Fault(50083)
    found.joined.add(world.bot.id)
    return reply()


def new_thread(world: World, parent: Channel, body: Json, kind: int, number: int) -> Channel:
    """A thread of the bot's; raises what keeps it from being made."""
    if parent.guild is None or parent.is_thread or parent.kind not in {TEXT, ANNOUNCEMENTS, FORUM}:
        raise Fault(50024)
    require(world.bot, parent, CREATE_PRIVATE_THREADS if kind == PRIVATE_THREAD else CREATE_PUBLIC_THREADS)
    form = Form()
    form.length("name", body.get("name"), 100, 1, required=True)
    form.choice("auto_archive_duration", body.get("auto_archive_duration", 1440), (None, *ARCHIVE_AFTER))
    form.check()
    if sum(not each.archived for each in parent.guild.threads) >= ACTIVE_THREADS:
        raise Fault(160006)
    thread = Channel(
        id=number, name=body["name"], kind=kind, guild=parent.guild, parent=parent, owner_id=world.bot.id, nsfw=parent.nsfw,
        archive_after=body.get("auto_archive_duration") or 1440, joined={world.bot.id},
    )  # fmt: skip
    world.channels[thread.id] = thread
    parent.guild.threads.append(thread)
    world.emit("THREAD_CREATE", {**thread.payload(world.bot), "newly_created": True}, thread, GUILDS)
    return thread


@routes.post("/api/v10/channels/{channel_id}/messages/{message_id}/threads")
async def thread_of_message(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    parent = world.channel(request.match_info["channel_id"])
    body, _ = await read(request)
    require(world.bot, parent)
    message = world.message(parent, request.match_info["message_id"])
    if message.thread:
        raise Fault(160004)
    kind = ANNOUNCEMENT_THREAD if parent.kind == ANNOUNCEMENTS else PUBLIC_THREAD
    thread = new_thread(world, parent, body, kind, message.id)
    message.has_thread(thread)
    announce(world, "MESSAGE_UPDATE", message)
    return reply(thread.payload(world.bot), status=201)


@routes.post("/api/v10/channels/{channel_id}/threads")
async def thread_alone(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    parent = world.channel(request.match_info["channel_id"])
    body, files = await read(request)
    if parent.kind == FORUM:
        return await forum_post(world, parent, body, files)
    kind: Any = body.get("type", PRIVATE_THREAD)
    possible = (ANNOUNCEMENT_THREAD,) if parent.kind == ANNOUNCEMENTS else (PUBLIC_THREAD, PRIVATE_THREAD)
    form = Form()
    form.choice("type", kind, possible)
    form.check()
    return reply(new_thread(world, parent, body, kind, world.clock.snowflake()).payload(world.bot), status=201)


async def forum_post(world: World, parent: Channel, body: Json, files: dict[str, tuple[str, bytes]]) -> web.Response:
    """A forum's thread, which begins with a message of the same id."""
    require(world.bot, parent, SEND, *([ATTACH_FILES] if files else []))
    form = Form()
    if not isinstance(body.get("message"), dict):
        form.wrong("message", "BASE_TYPE_REQUIRED", "This field is required")
    form.count("applied_tags", items(body, "applied_tags"), 5)
    form.check()
    thread = new_thread(world, parent, body, PUBLIC_THREAD, world.clock.snowflake())
    message = Message(id=thread.id, channel=thread, author=world.bot)
    try:
        publish(world, message, body["message"], files)
    except Fault:
        del world.channels[thread.id]
        if parent.guild:
            parent.guild.threads.remove(thread)
        raise
    return reply({**thread.payload(world.bot), "message": seen(world, message)}, status=201)
