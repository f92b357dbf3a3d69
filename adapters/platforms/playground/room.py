"""The room: the one place where the history changes and everybody who sees the change is told."""

import asyncio
from typing import Any

from adapters.platforms.playground.cast import LIMNER, PLATFORM, WORKSPACE, Cast, Channel
from adapters.platforms.playground.history import Entry, History
from adapters.platforms.playground.live import Audience
from adapters.platforms.playground.outbound import Writer, message_json, results
from bot.errors import PlatformFault
from bot.model import Message, Place, Post

JSON = dict[str, Any]


class Room:
    """Writes messages and tells of them. Raises PlatformFault for places and posts that are not there.

    Changes take turns, told included: a browser that has heard of change 12 has heard of every change before it, and may ask for what
    follows.
    """

    def __init__(self, cast: Cast, history: History, writer: Writer, audience: Audience) -> None:
        self.cast = cast
        self.history = history
        self.audience = audience
        self._writer = writer
        self._turn = asyncio.Lock()

    async def post(self, place: Place, message: Message, *, key: str) -> Post:
        """A message of the bot; the same key gives the same post."""
        channel, root = await self.locate(place)
        async with self._turn:
            entry, fresh = await self.history.add(
                channel=channel.id, root=root, author=LIMNER, content=message_json(message), key=f"post:{key}", pictures=results(message)
            )
            if fresh:
                await self._tell(entry)
        found = self.cast.channels[entry.channel].place(None if entry.root is None else f"m{entry.root}")
        return Post(place=found, id=f"m{entry.number}")

    async def whisper(self, person: str, place: Place, message: Message) -> None:
        """A message of the bot that one person sees."""
        channel, root = await self.locate(place)
        if person not in self.cast.players or not channel.seen_by(person):
            raise PlatformFault(f"There is nobody called {person!r} in {channel.name!r} to whisper to.", permanent=True)
        async with self._turn:
            entry, _ = await self.history.add(channel=channel.id, root=root, author=LIMNER, content=message_json(message), audience=person)
            await self._tell(entry)

    async def say(self, person: str, channel: Channel, root: int | None, content: JSON, *, key: str) -> None:
        """A message of a person; the same key is the same message."""
        async with self._turn:
            entry, fresh = await self.history.add(channel=channel.id, root=root, author=person, content=content, key=f"said:{key}")
            if fresh:
                await self._tell(entry)

    async def edit(self, post: Post, message: Message) -> None:
        """Other content for a message of the bot."""
        entry = await self.find(post.id)
        if entry.author != LIMNER:
            raise PlatformFault(f"Message {post.id} is not Limner's to edit.", permanent=True)
        async with self._turn:
            await self._tell(await self.history.rewrite(entry.number, message_json(message), pictures=results(message)))

    async def open_thread(self, post: Post, title: str) -> Place:
        """The thread under a message; a reply's thread is the one it is in."""
        entry = await self.find(post.id)
        channel = self.cast.channels[entry.channel]
        if entry.root is not None:
            return channel.place(f"m{entry.root}")
        if entry.thread is None:
            async with self._turn:
                await self._tell(await self.history.begin_thread(entry.number, title))
        return channel.place(f"m{entry.number}")

    async def react(self, number: int, emoji: str, person: str, *, on: bool) -> Entry:
        """A person's reaction, set or taken back."""
        async with self._turn:
            entry = await self.history.react(number, emoji, person, on=on)
            await self._tell(entry)
        return entry

    async def dismiss(self, number: int) -> None:
        """A whisper put away."""
        async with self._turn:
            await self._tell(await self.history.dismiss(number))

    async def write(self, entries: list[Entry]) -> list[JSON]:
        """Entries as the browser takes them."""
        return [await self._writer.write(entry) for entry in entries]

    async def show(self, message: Message) -> JSON:
        """A message's content as the browser takes it, for what is shown and not kept."""
        return await self._writer.show(message_json(message))

    async def locate(self, place: Place) -> tuple[Channel, int | None]:
        """A place's channel, and the number of the message its thread hangs on."""
        channel = self.cast.channels.get(place.channel) if (place.platform, place.workspace) == (PLATFORM, WORKSPACE) else None
        if channel is None:
            offered = ", ".join(name for name in self.cast.channels if not name.startswith("dm-"))
            raise PlatformFault(f"The playground has no channel {place.channel!r}; there are: {offered}.", permanent=True)
        if place.thread is None:
            return channel, None
        root = await self.find(place.thread)
        if root.channel != channel.id:
            raise PlatformFault(f"Thread {place.thread} is not in #{channel.name}.", permanent=True)
        return channel, root.root or root.number

    async def find(self, id_: str) -> Entry:
        """A message by its id, as posts carry it."""
        number = id_.removeprefix("m")
        if number.isdecimal() and len(number) < 18:  # noqa: PLR2004 - SQLite's integers have 64 bits
            try:
                return await self.history.get(int(number))
            except KeyError:
                pass
        raise PlatformFault(f"The playground has no message {id_!r}.", permanent=True)

    async def _tell(self, entry: Entry) -> None:
        listeners = self.audience.concerned(entry)
        if not listeners:
            return
        item = await self._writer.write(entry)
        for listener in listeners:
            listener.tell(item)
        if entry.root is not None and entry.audience is None:
            # The message it hangs under shows how many replies there are.
            await self._tell(await self.history.get(entry.root))
