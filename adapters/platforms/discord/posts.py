"""Posts: everything the bot says into channels, threads and direct conversations, with the bot's own token.

Nothing here rests on an interaction, so nothing runs out after 15 minutes. A message is posted once: its key becomes a nonce that Discord
enforces for some minutes, and a mark inside the message by which it is found after a crash. Every message and every edit says that nobody
is to be pinged: an edit that does not say so pings by Discord's own rules (platforms.md §27).
"""

import asyncio
import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

import discord
import structlog
from discord.http import Route

from adapters.platforms.discord import directory, documents, downloads, earlier, outbound, permissions
from adapters.platforms.discord.courier import Courier, Upload, listed
from adapters.platforms.discord.faults import ARCHIVED, NO_PERMISSION, OLD_EDITS, TOO_LARGE, UNKNOWN_CHANNEL, DiscordFault
from adapters.platforms.discord.pace import Pace
from adapters.platforms.discord.pictures import FILE, REQUEST, Packer
from adapters.platforms.discord.shapes import COMPONENTS, JSON, NOBODY, SILENT
from adapters.platforms.discord.threads import Threads
from bot import grammar
from bot.model import NOWHERE, Attachment, Message, Person, Place, Post, Tone
from bot.plugins import Kit

log = structlog.get_logger()

DIRECT = NOWHERE
"""The workspace of direct conversations."""
_REMEMBERED = 4096


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A message as it goes out, to whatever address: a body, and the files that belong to it."""

    payload: JSON
    uploads: tuple[Upload, ...]


class Posts:
    """Raises PlatformFault and nothing else."""

    def __init__(self, client: discord.Client, kit: Kit, courier: Courier | None = None) -> None:
        self.courier = courier or Courier(client)
        self._client = client
        self._kit = kit
        self._packer = Packer(kit)
        self._threads = Threads(client, self.courier)
        self._pace = Pace()
        self._known: OrderedDict[str, Post] = OrderedDict()
        self._conversations: OrderedDict[str, str] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # Each holds up to 25 MB of pictures until Discord has taken them.
        self._loads = asyncio.Semaphore(8)

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        """Post a message under a key: the same key gives the same post. `again`: an earlier try may have landed; look for it first."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            known = self._known.get(key)
            if known is not None:
                return known
            channel = place.thread or place.channel
            found = await earlier.find(self._client, self.courier, channel, key) if again else None
            if found is None:
                found = await self._post(place, message, key)
            post = self._known[key] = Post(place=place, id=found)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            return post

    async def edit(self, post: Post, message: Message) -> None:
        """Replace a post's content. Progress is dropped while its channel has no edit to spare; all else waits and lands."""
        channel = post.place.thread or post.place.channel
        passing = message.tone is Tone.WORKING and message.progress is not None
        if passing and not self._pace.spares(channel):
            return

        async def send(parcel: Parcel) -> Any:  # noqa: ANN401 - JSON
            route = Route("PATCH", "/channels/{channel_id}/messages/{message_id}", channel_id=channel, message_id=post.id)
            return await self.courier.call(route, parcel.payload, parcel.uploads, repeatable=True)

        with self._pace.edit(channel):
            try:
                await self._deliver(post.place, message, send)
            except DiscordFault as fault:
                if fault.code != OLD_EDITS:
                    raise
                # Discord takes no more edits of this old message for now; what matters is said anew, once (platforms.md §26).
                if not passing:
                    said = hashlib.sha256(repr(message).encode()).hexdigest()[:16]
                    await self.post(post.place, message, key=f"{post.id}:{said}", again=True)

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Tell one person something, in their direct conversation: outside an interaction Discord knows nothing more private.

        The message says which channel it is about. Raises PlatformFault where the channel is gone, or the person takes no messages.
        """
        conversation, about = place, ""
        if not place.direct:
            await self._check(place)
            conversation, about = await self.direct(person), f"About <#{place.thread or place.channel}>"
        parcel = await self.parcel(message, place=conversation, about=about)
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=conversation.channel)
        await self.courier.call(route, parcel.payload, parcel.uploads)

    async def open_thread(self, post: Post, title: str) -> Place:
        """The thread under a post, made when it is not there yet; where there can be none, the place of the post itself."""
        return await self._threads.open(post, title)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file that somebody attached."""
        return await downloads.download(attachment)

    async def direct(self, person: Person) -> Place:
        """The direct conversation with a person."""
        channel = self._conversations.get(person.id)
        if channel is None:
            data = await self.courier.call(Route("POST", "/users/@me/channels"), {"recipient_id": person.id}, repeatable=True)
            channel = self._conversations[person.id] = str(data["id"])
            while len(self._conversations) > _REMEMBERED:
                self._conversations.popitem(last=False)
        return Place(platform=person.platform, workspace=DIRECT, channel=channel, direct=True)

    async def parcel(
        self,
        message: Message,
        *,
        place: Place | None = None,
        file: int = 0,
        mark: str = "",
        about: str = "",
        more: Sequence[JSON] = (),
    ) -> Parcel:
        """A message as a body with its files, for a channel, an interaction's address or an edit.

        Args:
            message: what to say.
            place: where it goes, for how large files may be.
            file: bytes a file may have, where that is known better (an interaction says it); 0 for what the place takes.
            mark: the key to find it by.
            about: what it is about, already markup, in the small line below.
            more: buttons of our own, before the message's.
        """
        return await self._parcel(message, file or self._limit(place), REQUEST, mark=mark, about=about, more=more)

    async def _parcel(
        self, message: Message, file: int, request: int, *, mark: str = "", about: str = "", more: Sequence[JSON] = ()
    ) -> Parcel:
        message = self._named(message)
        papers = await documents.bundle(self._kit, message.documents, file=file, request=request // 2)
        packed = await self._packer.pack(message, file=file, request=request - papers.bytes)
        notes, uploads = (*packed.notes, *papers.notes), (*packed.uploads, *papers.uploads)
        payload: JSON = {
            "flags": COMPONENTS,
            "components": outbound.components(message, packed.shown, files=papers.names, notes=notes, about=about, mark=mark, more=more),
            "attachments": listed(uploads),
            "allowed_mentions": NOBODY,
        }
        return Parcel(payload=payload, uploads=uploads)

    def _named(self, message: Message) -> Message:
        """The message with names for marks where Discord shows none: in alternative texts and on buttons."""

        def show(text: str) -> str:
            return grammar.replace_marks(text, lambda mark: directory.name_of(self._client, mark))

        pictures = tuple(replace(picture, alt=show(picture.alt)) for picture in message.pictures)
        actions = tuple(replace(action, label=show(action.label)) for action in message.actions)
        return replace(message, pictures=pictures, actions=actions)

    async def _post(self, place: Place, message: Message, key: str) -> str:
        channel = place.thread or place.channel
        # A nonce has at most 25 characters, and counts for all channels: so the channel is in it.
        nonce = hashlib.sha256(f"{channel}:{key}".encode()).hexdigest()[:25]

        async def send(parcel: Parcel) -> Any:  # noqa: ANN401 - JSON
            # A card is a beginning; the result is what people want to hear of.
            flags = COMPONENTS | (SILENT if message.tone is Tone.WORKING else 0)
            body = parcel.payload | {"flags": flags, "nonce": nonce, "enforce_nonce": True}
            route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
            return await self.courier.call(route, body, parcel.uploads, repeatable=True)

        data = await self._deliver(place, message, send, mark=key)
        return str(data["id"])

    async def _deliver(self, place: Place, message: Message, send: Callable[[Parcel], Awaitable[Any]], *, mark: str = "") -> Any:  # noqa: ANN401 - JSON
        """Send a message; once more with smaller pictures, or into its thread opened again, where that is what was wrong."""
        limit, request = self._limit(place), REQUEST
        heavy = bool(message.pictures or message.documents)
        tried: set[int] = set()
        async with self._loads if heavy else contextlib.nullcontext():
            while True:
                try:
                    return await send(await self._parcel(message, limit, request, mark=mark))
                except DiscordFault as fault:
                    if fault.code == NO_PERMISSION:
                        raise permissions.named(self._client, place, fault, files=heavy) from fault
                    if fault.code in tried or fault.code not in {TOO_LARGE, ARCHIVED}:
                        raise
                    tried.add(fault.code)
                    if fault.code == ARCHIVED and place.thread:
                        await self._threads.unarchive(place.thread)
                    elif fault.code == TOO_LARGE and heavy:
                        limit, request = limit // 2, request // 2
                    else:
                        raise

    def _limit(self, place: Place | None) -> int:
        """Bytes a file may have in a place."""
        guild = self._client.get_guild(int(place.workspace)) if place and place.workspace.isdecimal() else None
        return max(FILE, guild.filesize_limit) if guild else FILE

    async def _check(self, place: Place) -> None:
        """Raise DiscordFault where a channel is gone; one that the bot cannot see is there all the same."""
        if place.channel.isdecimal() and self._client.get_channel(int(place.channel)):
            return
        try:
            await self.courier.call(Route("GET", "/channels/{channel_id}", channel_id=place.channel), repeatable=True)
        except DiscordFault as fault:
            if fault.code == UNKNOWN_CHANNEL:
                raise
