"""Downloads: files that people attached, as attachments and as bytes.

An attachment's id is `<workspace>/<file id>`: it works minutes later and after a restart, because the address is asked for anew each time.
The token goes to Slack's own hosts alone.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.faults import SENTENCES, refusal, unreachable
from adapters.platforms.slack.mrkdwn import plain
from adapters.platforms.slack.shapes import mapping, text
from bot.errors import PlatformFault
from bot.model import Attachment

MOST = 25 * 1024 * 1024
"""Bytes."""
_ID = re.compile(r"([A-Z0-9]{2,32})/(F[A-Z0-9]{2,32})")
_HOSTS = ("slack.com", "slack-edge.com", "slack-files.com", "slack-gov.com")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_OK = 200
_PATIENCE = aiohttp.ClientTimeout(total=120)
_GONE = frozenset({403, 404, 410})


def attachment(workspace: str, file: Mapping[str, Any]) -> Attachment | None:
    """A file of an event, a message or a form as an attachment; None for what is no file of Slack's own."""
    id_ = text(file.get("id"))
    if not _ID.fullmatch(f"{workspace}/{id_}") or file.get("mode") in {"tombstone", "hidden_by_limit", "external"}:
        return None
    size = file.get("size")
    return Attachment(
        id=f"{workspace}/{id_}",
        name=plain(text(file.get("name")) or text(file.get("title")))[:200] or "picture",
        media_type=text(file.get("mimetype")),
        bytes=size if isinstance(size, int) else 0,
    )


class Downloads:
    """Fetches attachments. Raises PlatformFault."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file, at most 25 MiB."""
        known = _ID.fullmatch(attachment.id)
        if known is None:
            raise PlatformFault(SENTENCES["file_not_found"], permanent=True)
        workspace, id_ = known.groups()
        file = mapping((await self._calls.call(workspace, "files.info", {"file": id_})).get("file"))
        size = file.get("size")
        if isinstance(size, int) and size > MOST:
            raise _too_large(attachment)
        session, token, api_url = await self._calls.session(workspace)
        address = text(file.get("url_private_download")) or text(file.get("url_private"))
        if not is_theirs(address, api_url):
            raise PlatformFault(f"The file {attachment.name!r} is not kept by Slack itself; attach it as a file.", permanent=True)
        try:
            # A redirect would lead to a page to sign in, or take the token elsewhere.
            async with session.get(
                address, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False, timeout=_PATIENCE
            ) as answer:
                return await _read(answer, attachment)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unreachable("a download", error) from None


async def _read(answer: aiohttp.ClientResponse, attachment: Attachment) -> bytes:
    if answer.status in _GONE:
        raise PlatformFault(SENTENCES["file_not_found"], permanent=True)
    redirected = 300 <= answer.status < 400  # noqa: PLR2004 - HTTP's
    if redirected or answer.content_type == "text/html":
        raise PlatformFault(
            "Slack sent a page to sign in instead of the file: the Slack app lacks the scope files:read, "
            "or is not in the conversation with the file.",
            permanent=True,
        )
    if answer.status != _OK:
        raise refusal(answer.status, {}, "a download")
    body = bytearray()
    async for part in answer.content.iter_chunked(64 * 1024):
        body += part
        if len(body) > MOST:
            raise _too_large(attachment)
    return bytes(body)


def is_theirs(address: str, api_url: str) -> bool:
    """Whether an address is Slack's own, over https; for a Slack on this machine, whether it is that one."""
    try:
        parts, api = urlsplit(address), urlsplit(api_url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    if parts.scheme == "https" and any(host == own or host.endswith(f".{own}") for own in _HOSTS):
        return True
    return (api.hostname or "") in _LOOPBACK and (parts.scheme, parts.netloc) == (api.scheme, api.netloc)


def _too_large(attachment: Attachment) -> PlatformFault:
    return PlatformFault(f"The file {attachment.name!r} is larger than {MOST // 2**20} MB, the most I take.", permanent=True)
