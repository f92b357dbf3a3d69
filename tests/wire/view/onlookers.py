"""Onlookers: what one person sees on the small Slack and Discord of the tests, as screens to draw."""

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image

from tests.wire.discord.messages import Message as DiscordMessage
from tests.wire.discord.server import DiscordServer
from tests.wire.slack.nouns import Message as SlackMessage
from tests.wire.slack.posting import describe
from tests.wire.slack.server import SlackServer
from tests.wire.view import discord, discord_components, slack, slack_elements
from tests.wire.view.markup import JSON, inlined

_SIDE = 1400
"""Pixels of an inlined picture's longer side: as sharp as a screen shows it, and a page that a browser opens at once."""


def slack_screen(
    server: SlackServer, who: str, channel: str, *, thread: SlackMessage | None = None, whispers: bool = True, **more: Any
) -> slack.Screen:
    """A channel of the default workspace as somebody sees it, with one thread open."""
    said = [*server.messages(channel), *(server.ephemerals(who, channel) if whispers else ())]
    messages = [_slack_message(server, one, channel) for one in sorted(said, key=lambda one: float(one.ts))]
    replies = [thread, *server.messages(channel, thread.ts)] if thread else []
    direct = channel.startswith("@")
    return slack.Screen(
        workspace="Studio",
        channel="" if direct else channel,
        messages=messages,
        thread=[_slack_message(server, one, channel) for one in replies],
        known=slack_known(server),
        **more,
    )


def _slack_message(server: SlackServer, message: SlackMessage, channel: str) -> JSON:
    shown = describe(server, message) | {"is_ephemeral": bool(message.to)}
    if replies := server.messages(channel, message.ts):
        shown |= {"reply_count": len(replies), "reply_users": list(dict.fromkeys(reply.user for reply in replies))}
    return shown


def slack_known(server: SlackServer) -> slack_elements.Known:
    """The names and pictures of the default workspace."""
    team = server.find_team(None)
    pictures = {file.id: fitted(file.content) for file in server.files.values() if file.content}
    return slack_elements.Known(
        people={user.id: user.name for user in team.users.values()} | {one.id: one.name for one in team.channels.values()},
        bots=frozenset(user.id for user in team.users.values() if user.bot),
        pictures=pictures,
    )


def discord_screen(
    server: DiscordServer, who: str, channel: str, *, thread: DiscordMessage | None = None, whispers: bool = True, **more: Any
) -> discord.Screen:
    """A channel as somebody sees it, with one thread open."""
    where = server.dm(who) if channel.startswith("@") else server.channel(channel)
    said = [*server.messages(where), *(one for one in server.ephemerals(who) if whispers and one.channel is where)]
    replies: Sequence[DiscordMessage] = [thread, *server.messages(thread.thread)] if thread and thread.thread else []
    return discord.Screen(
        server="Studio",
        channel=channel,
        messages=[one.payload(server.world) for one in sorted(said, key=lambda one: one.id)],
        # Within a thread, the message that it began with does not point to it.
        thread=[one.payload(server.world) | {"thread": None} for one in replies],
        thread_name=thread.thread.name if thread and thread.thread else "",
        known=discord_known(server),
        viewer=who.capitalize(),
        **more,
    )


def discord_known(server: DiscordServer) -> discord_components.Known:
    """The names and pictures of everything that was said."""
    world = server.world
    files = [file for message in world.messages.values() for file in message.attachments if file.width]
    return discord_components.Known(
        people={str(user.id): user.display or user.name.capitalize() for user in world.users.values()},
        bots=frozenset(str(user.id) for user in world.users.values() if user.bot),
        pictures={file.url(world.cdn_url, 0).partition("?")[0]: fitted(file.content) for file in files},
    )


def fitted(content: bytes) -> str:
    """A picture small enough to be inlined."""
    with Image.open(io.BytesIO(content)) as picture:
        small = picture.convert("RGB")
    small.thumbnail((_SIDE, _SIDE))
    body = io.BytesIO()
    small.save(body, "JPEG", quality=88)
    return inlined(body.getvalue(), "image/jpeg")
