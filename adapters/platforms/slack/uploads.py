"""Uploads: pictures as files that Slack has, each brought there once, and awaited until Slack can show it; and files to download.

Slack takes a file in three steps (ask for an address, send the bytes, complete) and works on it after that: until `files.info` names a
media type, a message that shows the file is refused (platforms.md §7). Alternative text goes into the image block, never with the upload:
there it makes files disappear. Which file a picture became is kept in the vault for one to two months, so that neither a crash nor a second
message brings it there twice; Slack may have deleted it by then, and then it is brought again.
"""

import asyncio
import hashlib
import io
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from weakref import WeakValueDictionary

import aiohttp
import structlog

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.faults import refusal, unreachable
from adapters.platforms.slack.mrkdwn import cut
from adapters.platforms.slack.prints import Darkroom, Print
from adapters.platforms.slack.shapes import mapping, text
from bot.errors import LimnerError, NotFound, PlatformFault
from bot.model import Picture
from bot.plugins import Kit

log = structlog.get_logger()

T = TypeVar("T")

_AT_ONCE = 4
_REMEMBERED = 2048
_WAITS = (0.3, 0.3, 0.5, 0.7, 1.0, 1.2, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0)
"""Seconds between two looks at a file that Slack works on: 20 in all."""
_TITLE = 200
_OK = 200
_PATIENCE = aiohttp.ClientTimeout(total=120)
"""For the bytes alone; a call has the session's own, shorter one."""


class Uploads:
    """Brings pictures to Slack. Raises PlatformFault."""

    def __init__(self, calls: Calls, kit: Kit, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._calls = calls
        self._kit = kit
        self._sleep = sleep
        self._darkroom = Darkroom()
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._tidied = ""

    def close(self) -> None:
        """Let the threads go."""
        self._darkroom.close()

    async def file_of(self, workspace: str, picture: Picture, *, job: str, lasting: bool) -> str:
        """The id of the file that shows a picture, in this workspace; brought there if it is not there yet.

        `lasting`: whether the picture may be shown again later; a preview is shown once.

        Raises:
            NotFound: the picture is not kept any more.
            PlatformFault: Slack does not take it.
        """
        name = _name(picture)
        lock = self._locks.setdefault((workspace, name), asyncio.Lock())
        async with lock:
            known = await self._recall(workspace, name)
            if known:
                return known
            copy = await self._print(picture)
            file = await self._bring(workspace, copy.body, f"limner-{job or 'picture'}-{picture.index}.{copy.extension}", _title(picture))
            await self._remember(workspace, name, file, lasting=lasting)
            await self._settle(workspace, file)
            return file

    async def forget(self, workspace: str, picture: Picture) -> None:
        """The file of a picture is worth nothing: Slack does not have it any more, or cannot show it."""
        name = _name(picture)
        self._known.pop((workspace, name), None)
        for month in self._months():
            await _quietly(self._kit.vault.delete(_place(month, workspace, name)))

    async def discard(self, workspace: str, file: str) -> None:
        """Take away a preview that nobody sees any more. Slack's no is no trouble."""
        try:
            await self._calls.call(workspace, "files.delete", {"file": file})
        except PlatformFault as fault:
            log.info("a preview stays in Slack", why=fault.sentence)

    async def share(self, workspace: str, channel: str, thread: str | None, picture: Picture, *, job: str) -> None:
        """Show a picture as a file of its own in a channel or thread: for when Slack does not show it in a message."""
        copy = await self._print(picture)
        name = f"limner-{job or 'picture'}-{picture.index}.{copy.extension}"
        await self._bring(workspace, copy.body, name, _title(picture), channel=channel, thread=thread)

    async def share_file(self, workspace: str, channel: str, thread: str | None, body: bytes, *, name: str, title: str) -> None:
        """Put a file to download into a channel or thread, as a message of its own."""
        await self._bring(workspace, body, name, title, channel=channel, thread=thread)

    async def _print(self, picture: Picture) -> Print:
        try:
            if picture.spoiler:
                return await self._darkroom.cover((await self._kit.read(picture.key)).body)
            return await self._darkroom.show((await self._kit.read(picture.original or picture.key)).body)
        except (NotFound, PlatformFault):
            raise
        except LimnerError as error:
            raise PlatformFault(f"A picture could not be read from the files ({type(error).__name__}).") from error

    async def _bring(
        self, workspace: str, body: bytes, name: str, title: str, *, channel: str | None = None, thread: str | None = None
    ) -> str:
        async with self._gate:
            asked = await self._calls.call(workspace, "files.getUploadURLExternal", {"filename": name, "length": len(body)})
            await self._send(workspace, text(asked.get("upload_url")), body)
            file = {"id": text(asked.get("file_id")), "title": cut(title, _TITLE) or name}
            where = {"channel_id": channel, "thread_ts": thread} if channel else {}
            await self._calls.call(workspace, "files.completeUploadExternal", {"files": [file], **where})
            return file["id"]

    async def _send(self, workspace: str, address: str, body: bytes) -> None:
        session, _, api_url = await self._calls.session(workspace)
        if not address.startswith(("https://", api_url.removesuffix("api/"))):
            raise PlatformFault("Slack named no address for the file.")
        try:
            async with session.post(address, data=io.BytesIO(body), timeout=_PATIENCE) as answer:
                if answer.status != _OK:
                    raise refusal(answer.status, {}, "the upload of a file")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise unreachable("the upload of a file", error) from None

    async def _settle(self, workspace: str, file: str) -> None:
        """Wait until Slack has worked on a file. Where it may not be asked, or takes long, whoever shows the file tries several times."""
        for wait in _WAITS:
            try:
                answer = await self._calls.call(workspace, "files.info", {"file": file})
            except PlatformFault as fault:
                log.info("a file could not be looked at", why=fault.sentence)
                return
            if text(mapping(answer.get("file")).get("mimetype")):
                return
            await self._sleep(wait)
        log.info("Slack takes long to work on a file")

    async def _recall(self, workspace: str, name: str) -> str:
        if known := self._known.get((workspace, name)):
            self._known.move_to_end((workspace, name))
            return known
        for month in self._months():
            kept = await _quietly(self._kit.vault.get(_place(month, workspace, name)))
            if kept:
                self._known[workspace, name] = kept.decode()
                return kept.decode()
        return ""

    async def _remember(self, workspace: str, name: str, file: str, *, lasting: bool) -> None:
        self._known[workspace, name] = file
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        if lasting:
            this_month = self._months()[0]
            await _quietly(self._kit.vault.put(_place(this_month, workspace, name), file.encode()))
            await self._tidy(this_month)

    async def _tidy(self, this_month: str) -> None:
        """Once a month, and at the start, forget what is older than the last one."""
        if self._tidied == this_month:
            return
        self._tidied = this_month
        living = tuple(f"file/{month}/" for month in self._months())
        for name in await _quietly(self._kit.vault.names("file/")) or ():
            if not name.startswith(living):
                await _quietly(self._kit.vault.delete(name))

    def _months(self) -> tuple[str, str]:
        """This month and the last."""
        now = self._kit.now()
        return f"{now:%Y-%m}", f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"


async def _quietly(deed: Awaitable[T]) -> T | None:
    """What the vault gives. It only saves work: where it is out of order, the work is done."""
    try:
        return await deed
    except LimnerError as error:
        log.info("the vault did not answer", error=type(error).__name__)
        return None


def _title(picture: Picture) -> str:
    return picture.title or picture.alt


def _name(picture: Picture) -> str:
    return hashlib.sha256(f"{'covered' if picture.spoiler else 'shown'} {picture.original or picture.key}".encode()).hexdigest()[:40]


def _place(month: str, workspace: str, name: str) -> str:
    return f"file/{month}/{workspace}/{name}"
