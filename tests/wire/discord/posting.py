"""How a message comes to be, changes and goes, whoever sends it."""

from typing import TYPE_CHECKING

from tests.wire.discord.components import Components, number
from tests.wire.discord.faults import Fault, Form, Json, items
from tests.wire.discord.gateway import DIRECT_MESSAGES, GUILD_MESSAGES
from tests.wire.discord.limits import LOADING, SILENT, SUPPRESS_EMBEDS, V2, check_text
from tests.wire.discord.mentions import mentioned
from tests.wire.discord.messages import Message
from tests.wire.discord.uploads import gather

if TYPE_CHECKING:
    from tests.wire.discord.world import World

Files = dict[str, tuple[str, bytes]]
LEGACY = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"


def compose(world: "World", message: Message, body: Json, files: Files, *, webhook: bool) -> None:
    """Puts a body into a message, new or old, or raises and leaves the message as it was."""
    form = Form()
    check_text(form, body)
    form.check()
    flags = message.flags | (body.get("flags") or 0) & (SUPPRESS_EMBEDS | SILENT | V2)
    limit = world.file_limit or message.channel.file_limit
    attachments = gather(world.clock, body, files, limit=limit, kept=message.attachments, channel_id=message.channel.id)
    content = str(body.get("content") or "").strip() if "content" in body else message.content
    embeds: list[Json] = items(body, "embeds") if "embeds" in body else message.embeds
    components: list[Json] = items(body, "components") if "components" in body else message.components
    if flags & V2:
        for name in ("content", "embeds", "poll", "sticker_ids"):
            if {"content": content, "embeds": embeds}.get(name, body.get(name)):
                form.wrong(name, LEGACY, "The 'content', 'embeds', 'stickers' and 'poll' fields cannot be used with components V2")
    Components(form=form, v2=bool(flags & V2), files={each.filename for each in attachments}).check(components)
    form.check()
    if not (components if flags & V2 else content or embeds or attachments):
        raise Fault(50006)
    number(components)
    for each in attachments:
        each.ephemeral = message.ephemeral
    message.flags, message.attachments, message.content = flags & ~LOADING, attachments, content
    message.embeds, message.components = embeds, components
    mentioned(message, body.get("allowed_mentions"), webhook=webhook)


def publish(world: "World", message: Message, body: Json, files: Files, *, webhook: bool = False) -> None:
    """A new message; a placeholder that is loading has nothing in it yet."""
    if not message.loading:
        compose(world, message, body, files, webhook=webhook)
    world.messages[message.id] = message
    message.channel.last_message_id = message.id
    message.channel.message_count += 1
    announce(world, "MESSAGE_CREATE", message)


def change(world: "World", message: Message, body: Json, files: Files, *, webhook: bool = False) -> None:
    """An edit; filling a placeholder is none."""
    loading = message.loading
    compose(world, message, body, files, webhook=webhook)
    if not loading:
        message.edited = world.clock.now()
        message.edits += 1
    announce(world, "MESSAGE_UPDATE", message)


def remove(world: "World", message: Message) -> None:
    message.deleted = True
    if not message.ephemeral:
        body: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
        body |= {"guild_id": str(message.channel.guild.id)} if message.channel.guild else {}
        world.emit("MESSAGE_DELETE", body, message.channel, GUILD_MESSAGES if message.channel.guild else DIRECT_MESSAGES)


def announce(world: "World", event: str, message: Message) -> None:
    """Tells the gateway, without the content where the app may not read it; nobody hears of an ephemeral message."""
    if message.ephemeral:
        return
    guild = message.channel.guild
    more: Json = {"guild_id": str(guild.id)} if guild else {}
    if guild and message.author.id in guild.members:
        more["member"] = guild.members[message.author.id].bare
    more["channel_type"] = message.channel.kind
    world.emit(
        event,
        message.payload(world, world.bot) | more,
        message.channel,
        GUILD_MESSAGES if guild else DIRECT_MESSAGES,
        redacted=message.payload(world, world.bot, redacted=True) | more,
    )
