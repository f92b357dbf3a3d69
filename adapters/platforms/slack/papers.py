"""Papers: documents as files to download, in the channel or thread where they are posted, or in a person's own conversation with the bot.

A message that one person sees cannot carry a file in Slack, so there the file goes into their direct messages, and the message says so.
Slack shows a file as a message of its own. It is brought before the message that speaks of it, so that the message never promises what did
not come: where Slack does not take it, the message has a link, or says why there is nothing.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta

import structlog

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.gallery import is_loopback
from adapters.platforms.slack.outbound import Paper
from adapters.platforms.slack.shapes import mapping, text
from adapters.platforms.slack.uploads import Uploads
from bot.errors import LimnerError, PlatformFault
from bot.model import Document, Message, Person
from bot.plugins import Kit

log = structlog.get_logger()

_EXPIRES = timedelta(days=7)
_REMEMBERED = 512
_EMPTY = "it is empty."
_GONE = "it is not kept any more."


class Papers:
    """Brings documents. Never raises."""

    def __init__(self, calls: Calls, uploads: Uploads, kit: Kit) -> None:
        self._calls = calls
        self._uploads = uploads
        self._kit = kit
        self._brought: OrderedDict[tuple[str, str, str | None, str], None] = OrderedDict()

    async def hand(self, workspace: str, person: Person, message: Message) -> list[Paper]:
        """Bring a message's documents into a person's direct messages."""
        if not message.documents:
            return []
        try:
            answer = await self._calls.call(workspace, "conversations.open", {"users": person.id})
        except PlatformFault as fault:
            return [await self._instead(document, fault.sentence) for document in message.documents]
        channel = text(mapping(answer.get("channel")).get("id"))
        return [await self._bring(workspace, channel, None, document, aside=True) for document in message.documents]

    async def put(self, workspace: str, channel: str, thread: str | None, documents: Sequence[Document]) -> list[Paper]:
        """Bring documents into a channel or thread, each once."""
        return [await self._bring(workspace, channel, thread, document, aside=False) for document in documents]

    async def _bring(self, workspace: str, channel: str, thread: str | None, document: Document, *, aside: bool) -> Paper:
        title = document.title or document.name
        key = (workspace, channel, thread, document.key)
        if key not in self._brought or aside:
            try:
                body = (await self._kit.read(document.key)).body
            except LimnerError:
                return Paper(title=title, problem=_GONE)
            if not body:
                return Paper(title=title, problem=_EMPTY)
            try:
                await self._uploads.share_file(workspace, channel, thread, body, name=document.name, title=title)
            except PlatformFault as fault:
                log.info("slack did not take a document", why=fault.sentence)
                return await self._instead(document, fault.sentence)
            self._brought[key] = None
            while len(self._brought) > _REMEMBERED:
                self._brought.popitem(last=False)
        return Paper(title=title, aside=aside)

    async def _instead(self, document: Document, why: str) -> Paper:
        """A link, where one leads anywhere; else the reason."""
        title = document.title or document.name
        if is_loopback(self._kit.public_url):
            return Paper(title=title, problem=why)
        try:
            link = await self._kit.link(document.key, expires=_EXPIRES, download=document.name)
        except LimnerError:
            return Paper(title=title, problem=why)
        return Paper(title=title, problem=why, link=link)
