"""Posts: sending for Slack: messages that appear once, edits, whispers, threads, files.

A message carries the job and the part of it that it is (card, result) as metadata, and nothing else: every app and member can read that.
After a crash or a lost answer the message is looked for by it. That needs a `*:history` scope; without it the message is posted again,
because two are better than none, and the log says so.

Of edits, those that only show progress are dropped while the budget is short; all others wait for it and land.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.clients import Clients
from adapters.platforms.slack.downloads import Downloads
from adapters.platforms.slack.faults import SENTENCES, Refusal, is_doubtful
from adapters.platforms.slack.gallery import Gallery
from adapters.platforms.slack.groups import Groups
from adapters.platforms.slack.names import Names
from adapters.platforms.slack.outbound import Paper, Shown, home_of
from adapters.platforms.slack.pace import Pace
from adapters.platforms.slack.papers import Papers
from adapters.platforms.slack.search import MARK, Search, mark_of
from adapters.platforms.slack.shapes import JSON, text
from adapters.platforms.slack.uploads import Uploads
from adapters.platforms.slack.voice import Voice
from bot.errors import LimnerError, PlatformFault
from bot.model import Attachment, Message, Person, Picture, Place, Post, Tone
from bot.plugins import Kit

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")
_REMEMBERED = 2048
_WHISPER_PATIENCE = 240.0
"""Seconds: nobody asks for a whisper a second time."""
_DIRECTLY = frozenset({"user_not_in_channel", "not_in_channel", "is_archived", "restricted_action", "posting_to_channel_denied"})
"""Why a whisper cannot be heard in a channel, but in a direct message."""


@dataclass(kw_only=True)
class _Known:
    """What is known of a key here."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    post: Post | None = None
    tried: bool = False
    clear: bool = False
    """Whether nothing can have landed so far: it was looked for, or it is known why it was never sent."""


class Posts:
    """See `bot.ports.ChatPlatform`. Raises PlatformFault and nothing else."""

    def __init__(
        self, clients: Clients, kit: Kit, *, pace: Pace | None = None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.pace = pace or Pace()
        self._kit = kit
        self.calls = Calls(clients, self.pace, sleep=sleep)
        self._uploads = Uploads(self.calls, kit, sleep=sleep)
        self.groups = Groups(self.calls)
        self._gallery = Gallery(self._uploads, Names(self.calls, self.groups), kit)
        self._voice = Voice(self.calls, self._gallery, self._uploads, sleep)
        self._papers = Papers(self.calls, self._uploads, kit)
        self._search = Search(self.calls)
        self._downloads = Downloads(self.calls)
        self._keys: OrderedDict[str, _Known] = OrderedDict()
        self._previews: OrderedDict[tuple[str, str, str], list[str]] = OrderedDict()

    def close(self) -> None:
        """Let the threads for pictures go."""
        self._uploads.close()

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        """Post a message under a key, once."""
        known = self._known(key)
        async with known.lock:
            if known.post is None and (again or known.tried) and not known.clear:
                ts = await self._search.find(place, key)
                known.post = Post(place=place, id=ts) if ts else None
            if known.post is None:
                # Said before it is tried: whoever is cancelled in the middle does not know.
                known.tried, known.clear = True, False
                try:
                    known.post = await self._post(place, message, mark_of(key))
                except PlatformFault as fault:
                    # A busy channel's cards are tried often, and looking each time would cost more calls than posting.
                    known.clear = not is_doubtful(fault)
                    raise
            return known.post

    async def edit(self, post: Post, message: Message) -> None:
        """Replace a post's content. What only shows progress is dropped where the budget is short."""
        workspace, channel = post.place.workspace, post.place.channel
        progress = message.tone is Tone.WORKING and message.progress is not None
        if progress and not self.pace.spare(workspace, "chat.update"):
            return
        where = {"channel": channel, "ts": _ts(post.id, "message_not_found")}
        try:
            _, shown = await self._voice.say(workspace, "chat.update", where, message)
        except PlatformFault as fault:
            if not progress or fault.permanent:
                raise
            return
        await self._take_previews_away(workspace, channel, post.id, message, shown)

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Show something to one person only: in their direct conversation where they cannot hear it in the channel."""
        workspace = place.workspace
        if place.direct:
            papers = await self._papers.put(workspace, place.channel, place.thread, message.documents)
            await self._voice.say(
                workspace, "chat.postMessage", _where(place), message, lane=place.channel, patience=_WHISPER_PATIENCE, papers=papers
            )
            return
        papers = await self._papers.hand(workspace, person, message)
        try:
            where = {**_where(place), "user": person.id}
            await self._voice.say(workspace, "chat.postEphemeral", where, message, patience=_WHISPER_PATIENCE, papers=papers)
        except Refusal as refusal:
            # Slack says the same of a channel that does not exist and of a private one that the bot is not in.
            if refusal.code not in _DIRECTLY and not (refusal.code == "channel_not_found" and place.private):
                raise
            await self._direct(person, place, message, papers)

    async def reveal(self, person: Person, place: Place, picture: Picture) -> None:
        """Show one person a picture without its cover."""
        gone = "That picture is not kept any more."
        try:
            await self._kit.read(picture.key)
        except LimnerError:
            await self.whisper(person, place, Message(text=gone, body=gone, tone=Tone.WARNING))
            return
        said = f"{picture.alt or 'Here it is'}. Only you see this."
        await self.whisper(person, place, Message(text=said, body="Only you see this.", pictures=(picture,)))

    async def direct(self, person: Person, place: Place, message: Message) -> Post:
        """Post into a person's direct conversation with the bot, in the workspace of `place`."""
        return await self._direct(person, place, message, await self._papers.hand(place.workspace, person, message))

    async def _direct(self, person: Person, place: Place, message: Message, papers: Sequence[Paper]) -> Post:
        where = {"channel": person.id}
        beside = [replace(paper, aside=False) for paper in papers]
        answer, _ = await self._voice.say(
            place.workspace, "chat.postMessage", where, message, lane=person.id, patience=_WHISPER_PATIENCE, papers=beside
        )
        there = replace(
            place, channel=text(answer.get("channel")) or person.id, thread=None, direct=True, private=True, age_restricted=False
        )
        return Post(place=there, id=text(answer.get("ts")))

    async def open_thread(self, post: Post, title: str) -> Place:
        """The thread under a post. Slack's threads have no title and are there as soon as somebody replies."""
        return replace(post.place, thread=post.place.thread or _ts(post.id, "thread_not_found"))

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file, at most 25 MiB."""
        return await self._downloads.fetch(attachment)

    async def home(self, workspace: str, sections: Sequence[Message], *, pictures: bool = True) -> JSON:
        """The view of a person's home page, to be published; where Slack refuses it, without `pictures`."""
        named = [await self._gallery.name(workspace, section) for section in sections]
        shown: dict[str, Shown] = {}
        for section in named if pictures else ():
            files = await self._gallery.show(workspace, section, needed=False)
            shown |= {picture.key: one for picture, one in zip(section.pictures, files, strict=True)}
        return home_of(named, shown)

    async def _post(self, place: Place, message: Message, mark: JSON) -> Post:
        where = {**_where(place), "metadata": {"event_type": MARK, "event_payload": mark}}
        needed = any(picture.original for picture in message.pictures)
        papers = await self._papers.put(place.workspace, place.channel, place.thread, message.documents)
        answer, shown = await self._voice.say(
            place.workspace, "chat.postMessage", where, message, lane=place.channel, needed=needed, papers=papers
        )
        post = Post(place=place, id=text(answer.get("ts")))
        await self._take_previews_away(place.workspace, place.channel, post.id, message, shown)
        return post

    async def _take_previews_away(self, workspace: str, channel: str, ts: str, message: Message, shown: Sequence[Shown]) -> None:
        """Delete the preview that the last edit showed, once the next one has landed."""
        place = (workspace, channel, ts)
        new = [one.file for one in shown if one.file] if message.tone is Tone.WORKING else []
        for file in self._previews.pop(place, ()):
            if file not in new:
                await self._uploads.discard(workspace, file)
        if new:
            self._previews[place] = new
        while len(self._previews) > _REMEMBERED:
            self._previews.popitem(last=False)

    def _known(self, key: str) -> _Known:
        known = self._keys.setdefault(key, _Known())
        self._keys.move_to_end(key)
        for old in list(self._keys)[: max(0, len(self._keys) - _REMEMBERED)]:
            if not self._keys[old].lock.locked():
                del self._keys[old]
        return known


def _where(place: Place) -> dict[str, object]:
    if not place.thread:
        return {"channel": place.channel}
    return {"channel": place.channel, "thread_ts": _ts(place.thread, "thread_not_found")}


def _ts(id_: str, code: str) -> str:
    if not _TS.fullmatch(id_):
        raise Refusal(SENTENCES[code], code=code, permanent=True)
    return id_
