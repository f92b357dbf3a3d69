"""The voice: a message said as well as Slack takes it: in full; without pictures in it, which then come as files; in bare words."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.faults import Refusal
from adapters.platforms.slack.gallery import Gallery
from adapters.platforms.slack.outbound import Paper, Shown, bare_of, blocks_of, text_of
from adapters.platforms.slack.pace import LONGEST_WAIT
from adapters.platforms.slack.shapes import JSON, text
from adapters.platforms.slack.uploads import Uploads
from bot.model import Message

log = structlog.get_logger()

_AGAIN = (0.5, 1.0, 2.0, 4.0, 0.0)
"""Seconds after each try to show files that Slack still works on."""
_FORGET = 2
"""The try after which the files are brought anew: Slack may have deleted what was known for long."""
_BESIDE = "Slack could not show the pictures in here; they are posted beside it as files."


class Voice:
    """Says messages by one of Slack's methods. Raises PlatformFault."""

    def __init__(self, calls: Calls, gallery: Gallery, uploads: Uploads, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._calls = calls
        self._gallery = gallery
        self._uploads = uploads
        self._sleep = sleep

    async def say(
        self,
        workspace: str,
        method: str,
        where: Mapping[str, object],
        message: Message,
        *,
        needed: bool = False,
        lane: str = "",
        patience: float = LONGEST_WAIT,
        papers: Sequence[Paper] = (),
    ) -> tuple[JSON, list[Shown]]:
        """Say a message; gives Slack's answer and how the pictures were shown.

        `where` is what the method needs beside the message. Pictures that are `needed` are shown somehow, or nothing is said at all.
        `papers` are what became of its documents.
        """
        message = await self._gallery.name(workspace, message)

        async def send(blocks: list[JSON]) -> JSON:
            quiet = {"unfurl_links": False, "unfurl_media": False} if method == "chat.postMessage" else {}
            # An edit would else be read as if somebody had typed it, `@channel` and all.
            said = {**where, **quiet, "parse": "none", "text": text_of(message, papers), "blocks": blocks}
            return await self._calls.call(workspace, method, said, lane=lane, patience=patience)

        shown, answer = await self._in_full(workspace, message, send, papers, needed=needed)
        if answer is not None:
            return answer, shown
        if needed and shown:
            channel, thread = text(where.get("channel")), text(where.get("thread_ts")) or None
            for picture in message.pictures:
                await self._uploads.share(workspace, channel, thread, picture, job=message.job)
        try:
            links = [Shown(link=one.link) for one in shown]
            return await send(blocks_of(message, links, note=_BESIDE if needed and shown else "", papers=papers)), []
        except Refusal as refusal:
            if not refusal.about_blocks:
                raise
            log.warning("Slack takes only the bare words", why=refusal.details)
            return await send(bare_of(message)), []

    async def _in_full(
        self, workspace: str, message: Message, send: Callable[[list[JSON]], Awaitable[JSON]], papers: Sequence[Paper], *, needed: bool
    ) -> tuple[list[Shown], JSON | None]:
        """The answer to the whole message, or None where Slack does not take its blocks, however often it is asked."""
        shown = await self._gallery.show(workspace, message, needed=needed)
        for attempt, pause in enumerate(_AGAIN, start=1):
            try:
                return shown, await send(blocks_of(message, shown, papers=papers))
            except Refusal as refusal:
                if not refusal.about_blocks:
                    raise
                log.info("Slack did not take the blocks", why=refusal.details)
                if not (refusal.about_files and any(one.file for one in shown)):
                    break
            if attempt == _FORGET:
                await self._gallery.forget(workspace, message)
                shown = await self._gallery.show(workspace, message, needed=needed)
            await self._sleep(pause)
        return shown, None
