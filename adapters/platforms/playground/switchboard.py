"""The switchboard: one WebSocket for each open tab, through which it does, asks, and is told."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from adapters.platforms.playground.cast import LIMNER
from adapters.platforms.playground.desk import Desk
from adapters.platforms.playground.inbound import FRAMES, LONGEST, Complete, Deed, Frame, Home, Load, Read, Renew, number_of
from adapters.platforms.playground.live import Listener
from adapters.platforms.playground.outbound import channels_json, menu_json, player_json
from adapters.platforms.playground.reading import Reading
from adapters.platforms.playground.room import Room
from bot.errors import PlatformFault
from bot.model import CommandSpec, Person

JSON = dict[str, Any]
_FRAME = 64 * 1024
"""Characters of one frame."""
_PAGE = 60
_BURST = 80
"""So many frames may come at once from one tab, and then so many in a second:"""
_RATE = 20
_BEHIND = 400
"""A browser that missed more changes than this starts afresh instead."""


class _Anything(BaseModel):
    event: str


_EVENT = TypeAdapter(_Anything)


class Switchboard:
    """Connects tabs with a desk; while there is none, it asks them to come again."""

    def __init__(self, room: Room, reading: Reading, *, signed_in: Callable[[Person], Awaitable[None]] | None = None) -> None:
        """`signed_in` hears of everybody whom somebody begins to act as."""
        self._signed_in = signed_in
        self._room = room
        self._reading = reading
        self._menu: dict[str, CommandSpec] = {}
        self.desk: Desk | None = None

    def open(self, desk: Desk, menu: Sequence[CommandSpec]) -> None:
        """Begin to take what people do."""
        self._menu = {spec.name: spec for spec in menu}
        self.desk = desk

    def close(self) -> None:
        """Take nothing more; browsers say that they are reconnecting."""
        self.desk = None

    async def connect(self, socket: WebSocket) -> None:
        """One tab, until it goes away."""
        player = self._room.cast.players.get(socket.query_params.get("as", ""))
        desk = self.desk
        if player is None or desk is None:
            # 1013 asks to come again later: Limner is still starting, or stopping.
            await socket.accept()
            await socket.close(1013 if desk is None else 4404)
            return
        since = socket.query_params.get("since", "")
        await socket.accept()
        with self._room.audience.listening(player.id) as listener:
            if self._signed_in is not None:
                await self._signed_in(player.person)
            listener.send(await self._welcome(player.person))
            if since.isdecimal() and len(since) < 16:  # noqa: PLR2004 - what a browser's numbers can hold
                await self._catch_up(listener, int(since))
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(listener.write(socket.send_text))
                    await self._listen(socket, listener, player.person, desk, tasks)
            except* WebSocketDisconnect:
                # People close tabs; what they did goes on without them.
                pass

    async def _listen(self, socket: WebSocket, listener: Listener, person: Person, desk: Desk, tasks: asyncio.TaskGroup) -> None:
        allowance, last = float(_BURST), time.monotonic()
        while True:
            text = await socket.receive_text()
            now = time.monotonic()
            allowance, last = min(_BURST, allowance + (now - last) * _RATE), now
            if allowance < 1:
                # The frame is read but late: the socket's own flow control slows a browser that sends too much.
                await asyncio.sleep((1 - allowance) / _RATE)
            allowance -= 1
            if len(text) > _FRAME:
                listener.send({"is": "problem", "sentence": "That is too much at once; send a shorter text."})
                continue
            try:
                frame = FRAMES.validate_json(text)
            except ValidationError as error:
                listener.send(_refusal(text, error))
                continue
            tasks.create_task(self._answer(listener, person, desk, frame))

    async def _answer(self, listener: Listener, person: Person, desk: Desk, frame: Frame) -> None:
        try:
            match frame:
                case Complete():
                    values = await desk.complete(person, frame)
                    listener.send({"is": "values", "ask": frame.ask, "values": list(values)})
                case Home():
                    listener.send({"is": "home", "ask": frame.ask, "sections": await desk.home(person)})
                case Load():
                    await self._load(listener, person, frame)
                case Renew():
                    entry = await self._room.find(frame.post)
                    if self._sees(person, entry.channel) and entry.audience in (None, person.id):
                        listener.tell((await self._room.write([entry]))[0])
                case Read():
                    if self._sees(person, frame.channel):
                        await self._reading.mark(person.id, frame.channel, frame.number)
                case _:
                    await self._take(listener, person, desk, frame)
        except PlatformFault as fault:
            listener.send({"is": "problem", "sentence": fault.sentence})

    async def _take(self, listener: Listener, person: Person, desk: Desk, deed: Deed) -> None:
        if self.desk is not desk:
            # Too late for this process, see below.
            return
        try:
            listener.send(await desk.take(person, deed))
        except asyncio.CancelledError:
            # The platform stops: without an acknowledgement the browser sends the deed again to the next process.
            if self.desk is desk:
                raise

    async def _load(self, listener: Listener, person: Person, frame: Load) -> None:
        entries = []
        if self._sees(person, frame.channel):
            root = number_of(frame.root) if frame.root else None
            entries = await self._room.history.page(person.id, frame.channel, root=root, before=frame.before, limit=_PAGE + 1)
        more = len(entries) > _PAGE
        listener.send({"is": "page", "ask": frame.ask, "more": more, "items": await self._room.write(entries[-_PAGE:])})

    async def _welcome(self, person: Person) -> JSON:
        cast = self._room.cast
        unread = await self._reading.unread(person.id, [channel.id for channel in cast.seen_by(person.id)])
        return {
            "is": "welcome",
            "me": person.id,
            "bot": LIMNER,
            "people": [player_json(player) for player in cast.players.values()],
            "channels": channels_json(cast, person.id, unread, await self._reading.reads(person.id)),
            "menu": menu_json(self._menu, person),
            "change": self._room.history.change,
            "number": await self._room.history.last(),
        }

    async def _catch_up(self, listener: Listener, since: int) -> None:
        channels = [channel.id for channel in self._room.cast.seen_by(listener.person)]
        entries = await self._room.history.since(listener.person, channels, since, limit=_BEHIND + 1)
        if len(entries) > _BEHIND:
            listener.send({"is": "reset", "change": self._room.history.change})
            return
        for item in await self._room.write(entries):
            listener.tell(item)

    def _sees(self, person: Person, channel: str) -> bool:
        found = self._room.cast.channels.get(channel)
        return found is not None and found.seen_by(person.id)


def _refusal(text: str, error: ValidationError) -> JSON:
    """The answer to a frame that is none of ours; a deed gets it as its acknowledgement, or it would be sent again and again."""
    long = any(problem["type"] == "string_too_long" for problem in error.errors(include_url=False))
    sentence = (
        f"That text is too long; the limit is {LONGEST:,} characters."
        if long
        else "The page and Limner do not understand each other; reload it."
    )
    try:
        event = _EVENT.validate_json(text).event
    except ValidationError:
        return {"is": "problem", "sentence": sentence}
    return {"is": "ack", "event": event, "problem": sentence}
