"""Live: who is looking right now, and what each of them has not been told yet.

A browser is told of a message at most every `_BEAT` seconds, with the newest state of it: two hundred jobs that redraw their cards cost
one frame a beat, and a slow browser is told less often instead of being told more and more.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Generator
from typing import Any

from adapters.platforms.playground.cast import Cast
from adapters.platforms.playground.history import Entry

JSON = dict[str, Any]
_BEAT = 0.08


class Listener:
    """One open browser tab and the person who acts in it."""

    def __init__(self, person: str) -> None:
        self.person = person
        self._changed: dict[str, JSON] = {}
        self._frames: list[JSON] = []
        self._wake = asyncio.Event()
        self._urgent = asyncio.Event()

    def tell(self, item: JSON) -> None:
        """A message is new, or has changed; the newest state wins, in whatever order two edits come here."""
        known = self._changed.get(item["id"])
        if known is not None and known["change"] > item["change"]:
            return
        self._changed[item["id"]] = item
        self._wake.set()

    def send(self, frame: JSON) -> None:
        """A frame for this listener alone, sent after the changes told before it."""
        if self._changed:
            self._frames.append(self._gather())
        self._frames.append(frame)
        self._urgent.set()
        self._wake.set()

    async def write(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send what there is to send, until cancelled."""
        while True:
            await self._wake.wait()
            # Answers go at once; a change waits a beat for the next one.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_BEAT):
                    await self._urgent.wait()
            self._wake.clear()
            self._urgent.clear()
            frames, self._frames = self._frames, []
            if self._changed:
                frames.append(self._gather())
            for frame in frames:
                await send(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    def _gather(self) -> JSON:
        items = sorted(self._changed.values(), key=lambda item: item["change"])
        self._changed = {}
        return {"is": "messages", "items": items}


class Audience:
    """Everybody who is looking."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._listeners: set[Listener] = set()

    @contextlib.contextmanager
    def listening(self, person: str) -> Generator[Listener]:
        """A listener that is told everything from now on."""
        listener = Listener(person)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def concerned(self, entry: Entry) -> list[Listener]:
        """Those who see a message."""
        channel = self._cast.channels[entry.channel]
        return [listener for listener in self._listeners if channel.seen_by(listener.person) and entry.audience in (None, listener.person)]
