"""Earlier tries: messages that may have landed before their answer was lost or their process died, found by the mark they carry."""

from typing import Any

import discord
import structlog
from discord.http import Route

from adapters.platforms.discord import outbound
from adapters.platforms.discord.courier import Courier
from adapters.platforms.discord.faults import NO_ACCESS, NO_PERMISSION, DiscordFault

log = structlog.get_logger()

_PAGE = 100
_PAGES = 5


async def find(client: discord.Client, courier: Courier, channel: str, key: str) -> str | None:
    """The id of our message in a channel or thread that was posted under this key, among the last 500 messages; None for none.

    Where older messages may not be read, there is nothing to find: Discord itself still knows a key for a few minutes.
    """
    me = client.user
    before = ""
    for _ in range(_PAGES):
        query = {"limit": _PAGE} | ({"before": before} if before else {})
        try:
            page: list[dict[str, Any]] = await courier.call(
                Route("GET", "/channels/{channel_id}/messages", channel_id=channel), query=query, repeatable=True
            )
        except DiscordFault as fault:
            if fault.code in {NO_ACCESS, NO_PERMISSION}:
                log.info("history not readable", channel=channel, code=fault.code)
                return None
            raise
        for message in page:
            mine = me is None or message["author"]["id"] == str(me.id)
            if mine and outbound.is_marked(message.get("components") or [], key):
                return str(message["id"])
        if len(page) < _PAGE:
            return None
        before = str(page[-1]["id"])
    return None
