"""Downloads: files that people attached, from Discord's own hosts and from nowhere else.

An attachment's id is its signed address. It comes from Discord, but it goes through the journal, so it is checked again before it is asked:
https, a host of Discord's, no redirect, and never more bytes than a picture may have.
"""

from urllib.parse import urlsplit

import aiohttp
from discord.http import Route

from adapters.platforms.discord.faults import DiscordFault, translate
from bot.model import Attachment

MOST = 25 * 1024 * 1024
"""Bytes of a file that somebody attaches."""
_HOSTS = ("discordapp.com", "discordapp.net", "discord.com")
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)
_GONE = "Discord does not keep that file any more; attach it again."
_LARGE = "That file is larger than the 25 MB I take; attach a smaller one."


async def download(attachment: Attachment) -> bytes:
    """The bytes of an attachment. Raises DiscordFault."""
    if attachment.bytes > MOST:
        raise DiscordFault(_LARGE, permanent=True)
    if not is_ours(attachment.id):
        raise DiscordFault(_GONE, permanent=True)
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), max_line_size=16384) as session,
            session.get(attachment.id, allow_redirects=False) as response,
        ):
            if response.status >= 500 or response.status == 429:  # noqa: PLR2004 - HTTP's numbers
                raise DiscordFault("Discord does not give the file right now; try again in a minute.", status=response.status)
            if response.status != 200:  # noqa: PLR2004 - HTTP's number
                raise DiscordFault(_GONE, permanent=True, status=response.status)
            return await _read(response)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise translate(error) from error


def is_ours(address: str) -> bool:
    """Whether a file's address is one of Discord's; where the API itself is elsewhere (a proxy, a test), that host counts too."""
    try:
        parts, api = urlsplit(address), urlsplit(Route.BASE)
        port, api_port = parts.port, api.port
    except ValueError:
        return False
    if parts.username or parts.password or not parts.hostname:
        return False
    if parts.scheme == "https" and port in {None, 443}:
        host = parts.hostname.lower()
        if any(host == known or host.endswith(f".{known}") for known in _HOSTS):
            return True
    return (parts.scheme, parts.hostname, port) == (api.scheme, api.hostname, api_port)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    pieces = bytearray()
    async for piece in response.content.iter_chunked(256 * 1024):
        pieces += piece
        if len(pieces) > MOST:
            raise DiscordFault(_LARGE, permanent=True)
    return bytes(pieces)
