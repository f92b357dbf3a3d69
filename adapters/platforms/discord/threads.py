"""Threads: made from a card, found again, and opened again when they were archived."""

import discord
import structlog
from discord.http import Route

from adapters.platforms.discord import markdown
from adapters.platforms.discord.courier import Courier
from adapters.platforms.discord.faults import MANY_THREADS, NO_PERMISSION, THREAD_EXISTS, WRONG_CHANNEL, DiscordFault
from bot.model import Place, Post

log = structlog.get_logger()

_NAME = 100
_A_DAY = 1440
"""Minutes after which an unused thread is put away; Discord takes 60, 1440, 4320 and 10080."""
_NO_THREAD = {MANY_THREADS, NO_PERMISSION, WRONG_CHANNEL}


class Threads:
    """The threads under our posts."""

    def __init__(self, client: discord.Client, courier: Courier) -> None:
        self._client = client
        self._courier = courier

    async def open(self, post: Post, title: str) -> Place:
        """The thread under a post; where there can be none, the place beside the post.

        None can be in a direct conversation, in a thread, in some kinds of channels, and where the bot may not make one or not write in it.
        """
        place = post.place
        if place.direct or place.thread or not self._may(place):
            return place
        # A thread made from a message has the message's id (platforms.md §26), so it is found again without asking.
        thread = Place(
            platform=place.platform,
            workspace=place.workspace,
            channel=place.channel,
            thread=post.id,
            age_restricted=place.age_restricted,
            private=place.private,
        )
        name = markdown.plain(title, _NAME)
        route = Route("POST", "/channels/{channel_id}/messages/{message_id}/threads", channel_id=place.channel, message_id=post.id)
        payload = {"name": "Images" if markdown.is_blank(name) else name, "auto_archive_duration": _A_DAY}
        try:
            await self._courier.call(route, payload, repeatable=True)
        except DiscordFault as fault:
            if fault.code == THREAD_EXISTS:
                return thread
            if fault.code in _NO_THREAD:
                # The pictures are worth more than their order: they go beside the card.
                log.info("no thread", channel=place.channel, code=fault.code)
                return place
            raise
        return thread

    async def unarchive(self, thread: str) -> None:
        """Open an archived thread again. Raises DiscordFault where it is locked."""
        await self._courier.call(Route("PATCH", "/channels/{channel_id}", channel_id=thread), {"archived": False}, repeatable=True)

    def _may(self, place: Place) -> bool:
        """Whether a thread would be of use, as far as is known without asking."""
        channel = self._client.get_channel(int(place.channel)) if place.channel.isdecimal() else None
        if not isinstance(channel, discord.abc.GuildChannel):
            return True
        rights = channel.permissions_for(channel.guild.me)
        return rights.create_public_threads and rights.send_messages_in_threads and isinstance(channel, discord.TextChannel)
