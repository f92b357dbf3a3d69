"""Messages and reactions over the API, with the bot's token."""

from urllib.parse import unquote

from aiohttp import web

from tests.wire.discord.clock import born
from tests.wire.discord.faults import Fault, Form, Json, within
from tests.wire.discord.gateway import DIRECT_REACTIONS, GUILD_REACTIONS, MESSAGE_CONTENT
from tests.wire.discord.messages import REPLY, Message
from tests.wire.discord.people import DM, FORUM, Channel, User
from tests.wire.discord.permissions import (
    ADD_REACTIONS,
    ATTACH_FILES,
    EMBED_LINKS,
    MANAGE_MESSAGES,
    MANAGE_THREADS,
    READ_HISTORY,
    allowed,
    require,
    sending,
)
from tests.wire.discord.posting import change, publish, remove
from tests.wire.discord.rest import WORLD, reply
from tests.wire.discord.uploads import read
from tests.wire.discord.world import World

FEW_MINUTES, HOUR = 5 * 60, 60 * 60
routes = web.RouteTableDef()


def seen(world: World, message: Message) -> Json:
    """A message as the API shows it to the bot, whose app may not read what is not meant for it."""
    return message.payload(world, world.bot, redacted=not world.gateway.privileged & MESSAGE_CONTENT)


def open_for_writing(world: World, user: User, channel: Channel) -> None:
    """Raises what keeps somebody from writing here; a thread that was archived opens again, unless it is locked."""
    require(user, channel, sending(channel))
    if channel.kind == FORUM:
        raise Fault(40058)
    if channel.kind == DM and not all(each.takes_messages for each in channel.recipients if each is not user):
        raise Fault(50007)
    if channel.locked and not allowed(user, channel) & MANAGE_THREADS:
        raise Fault(160005)
    world.archive(channel, archived=False)


def referenced(world: World, channel: Channel, body: Json) -> Message | None:
    """The message that a new one replies to."""
    reference: Json = within(body, "message_reference")
    if not reference:
        return None
    if not allowed(world.bot, channel) & READ_HISTORY:
        raise Fault(160002)
    try:
        return world.message(channel, reference.get("message_id") or "")
    except Fault:
        if not reference.get("fail_if_not_exists", True):
            return None
        form = Form()
        form.wrong("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        form.check()
        raise


def repeated(world: World, body: Json) -> Message | None:
    """The message of a few minutes ago that had the same nonce."""
    nonce = body.get("nonce")
    if nonce is None or not body.get("enforce_nonce"):
        return None
    after = world.clock.now() - FEW_MINUTES
    recent = (each for each in reversed(world.messages.values()) if each.author is world.bot and born(each.id) > after)
    return next((each for each in recent if each.nonce is not None and str(each.nonce) == str(nonce)), None)


@routes.post("/api/v10/channels/{channel_id}/messages")
async def post(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    channel = world.channel(request.match_info["channel_id"])
    body, files = await read(request)
    open_for_writing(world, world.bot, channel)
    require(world.bot, channel, *([ATTACH_FILES] if files else []), *([EMBED_LINKS] if body.get("embeds") else []))
    old = repeated(world, body)
    if old:
        return reply(seen(world, old))
    target = referenced(world, channel, body)
    message = Message(
        id=world.clock.snowflake(), channel=channel, author=world.bot, nonce=body.get("nonce"), reply_to=target, type=REPLY if target else 0
    )
    publish(world, message, body, files)
    return reply(seen(world, message))


@routes.get("/api/v10/channels/{channel_id}/messages")
async def history(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    channel = world.channel(request.match_info["channel_id"])
    require(world.bot, channel)
    if not allowed(world.bot, channel) & READ_HISTORY:
        return reply([])
    found = [each for each in world.messages.values() if each.channel is channel and not each.deleted and not each.ephemeral]
    query = request.query
    if "before" in query:
        found = [each for each in found if each.id < int(query["before"])]
    if "after" in query:
        found = [each for each in found if each.id > int(query["after"])]
    limit = int(query.get("limit", "50"))
    form = Form()
    form.number("limit", limit, 1, 100)
    form.check()
    page = found[:limit] if "after" in query else found[-limit:]
    return reply([seen(world, each) for each in reversed(page)])


@routes.get("/api/v10/channels/{channel_id}/messages/{message_id}")
async def get(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    channel = world.channel(request.match_info["channel_id"])
    require(world.bot, channel)
    if not allowed(world.bot, channel) & READ_HISTORY:
        raise Fault(50001)
    return reply(seen(world, world.message(channel, request.match_info["message_id"])))


@routes.patch("/api/v10/channels/{channel_id}/messages/{message_id}")
async def edit(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    channel = world.channel(request.match_info["channel_id"])
    body, files = await read(request)
    require(world.bot, channel)
    message = world.message(channel, request.match_info["message_id"])
    if message.author is not world.bot:
        raise Fault(50005)
    if channel.archived:
        raise Fault(50083)
    if not world.old_edits and world.clock.now() - born(message.id) > HOUR:
        raise Fault(30046)
    require(world.bot, channel, *([ATTACH_FILES] if files else []), *([EMBED_LINKS] if body.get("embeds") else []))
    change(world, message, body, files)
    return reply(seen(world, message))


@routes.delete("/api/v10/channels/{channel_id}/messages/{message_id}")
async def delete(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    channel = world.channel(request.match_info["channel_id"])
    require(world.bot, channel)
    message = world.message(channel, request.match_info["message_id"])
    if message.author is not world.bot:
        if channel.guild is None:
            raise Fault(50003)
        require(world.bot, channel, MANAGE_MESSAGES)
    if channel.archived:
        raise Fault(50083)
    remove(world, message)
    return reply()


def reaction_of(world: World, request: web.Request) -> tuple[Message, str]:
    channel = world.channel(request.match_info["channel_id"])
    require(world.bot, channel)
    if channel.archived:
        raise Fault(50083)
    emoji = unquote(request.match_info["emoji"])
    if emoji.isascii():
        raise Fault(10014)
    return world.message(channel, request.match_info["message_id"]), emoji


def reacted(world: World, message: Message, user: User, emoji: str, *, added: bool) -> None:
    """Puts a reaction on a message or takes it off, and says so."""
    people = message.reactions.setdefault(emoji, [])
    if (user.id in people) == added:
        return
    (people.append if added else people.remove)(user.id)
    if not people:
        del message.reactions[emoji]
    guild = message.channel.guild
    body: Json = {
        "user_id": str(user.id), "channel_id": str(message.channel.id), "message_id": str(message.id),
        "emoji": {"id": None, "name": emoji}, "burst": False, "type": 0,
    }  # fmt: skip
    body |= {"guild_id": str(guild.id)} if guild else {}
    if added:
        body["message_author_id"] = str(message.author.id)
        body |= {"member": guild.members[user.id].payload} if guild else {}
    intent = GUILD_REACTIONS if guild else DIRECT_REACTIONS
    world.emit(f"MESSAGE_REACTION_{'ADD' if added else 'REMOVE'}", body, message.channel, intent)


@routes.put("/api/v10/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me")
async def react(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    message, emoji = reaction_of(world, request)
    require(world.bot, message.channel, READ_HISTORY, *([] if emoji in message.reactions else [ADD_REACTIONS]))
    reacted(world, message, world.bot, emoji, added=True)
    return reply()


@routes.delete("/api/v10/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/{user_id}")
async def unreact(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    message, emoji = reaction_of(world, request)
    mine = request.match_info["user_id"] in {"@me", str(world.bot.id)}
    if not mine:
        require(world.bot, message.channel, MANAGE_MESSAGES)
    user = world.bot if mine else world.user(request.match_info["user_id"])
    reacted(world, message, user, emoji, added=False)
    return reply()
