"""The gallery: what a message needs beside its words before it can be shown: files for its pictures, links to the originals, names."""

import asyncio
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from adapters.platforms.slack.mrkdwn import mentioned, name
from adapters.platforms.slack.names import Names
from adapters.platforms.slack.outbound import Shown
from adapters.platforms.slack.uploads import Uploads
from bot.errors import LimnerError, NotFound, PlatformFault
from bot.grammar import Mark
from bot.model import Message, Picture, Tone
from bot.plugins import Kit

log = structlog.get_logger()

_EXPIRES = timedelta(days=7)
"""The longest that every kind of files offers."""


class Gallery:
    """Prepares messages. Raises PlatformFault where a picture is needed and cannot be had."""

    def __init__(self, uploads: Uploads, names: Names, kit: Kit) -> None:
        self._uploads = uploads
        self._names = names
        self._kit = kit
        self._reachable = not is_loopback(kit.public_url)

    async def name(self, workspace: str, message: Message) -> Message:
        """The message with names where people, groups and channels are mentioned; in its paragraphs and values, channels stay links."""
        marks = mentioned("\n".join(_words(message)))
        return _named(message, await self._names.of(workspace, marks)) if marks else message

    async def show(self, workspace: str, message: Message, *, needed: bool) -> list[Shown]:
        """How each of the message's pictures can be shown. Where pictures are not `needed`, one that cannot be is left out."""
        shown = await asyncio.gather(
            *(self._show(workspace, picture, message, needed=needed) for picture in message.pictures), return_exceptions=True
        )
        for one in shown:
            if isinstance(one, BaseException):
                raise one
        return [one for one in shown if isinstance(one, Shown)]

    async def forget(self, workspace: str, message: Message) -> None:
        """The files of a message's pictures are worth nothing: the next time they are brought anew."""
        for picture in message.pictures:
            await self._uploads.forget(workspace, picture)

    async def _show(self, workspace: str, picture: Picture, message: Message, *, needed: bool) -> Shown:
        try:
            file = await self._uploads.file_of(workspace, picture, job=message.job, lasting=message.tone is not Tone.WORKING)
        except NotFound:
            # Retention took it away: the words are left.
            return Shown()
        except PlatformFault as fault:
            if needed:
                raise
            log.info("a message without its picture", why=fault.sentence)
            file = ""
        return Shown(file=file, link=await self._link(picture, message))

    async def _link(self, picture: Picture, message: Message) -> str:
        if not (picture.original and self._reachable):
            return ""
        kind = picture.original.rpartition(".")[2]
        try:
            return await self._kit.link(
                picture.original, expires=_EXPIRES, download=f"limner-{message.job or 'picture'}-{picture.index}.{kind}"
            )
        except LimnerError:
            return ""


def is_loopback(public_url: str) -> bool:
    """Whether an address leads nowhere but to this machine."""
    host = urlsplit(public_url).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _words(message: Message) -> Sequence[str]:
    return (
        message.text,
        message.title,
        message.body,
        message.context,
        message.code,
        *(word for pair in message.fields for word in pair),
        *(word for picture in message.pictures for word in (picture.alt, picture.title)),
        *(word for action in message.actions for word in (action.label, action.confirm)),
    )


def _named(message: Message, names: Mapping[Mark, str]) -> Message:
    return replace(
        message,
        text=name(message.text, names),
        title=name(message.title, names),
        body=name(message.body, names, linked=True),
        context=name(message.context, names),
        code=name(message.code, names),
        fields=tuple((name(label, names), name(value, names, linked=True)) for label, value in message.fields),
        pictures=tuple(replace(one, alt=name(one.alt, names), title=name(one.title, names)) for one in message.pictures),
        actions=tuple(replace(one, label=name(one.label, names), confirm=name(one.confirm, names)) for one in message.actions),
    )
