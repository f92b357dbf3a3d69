"""A shard's session, which outlives its sockets, and a socket."""

import asyncio
import json
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wire.discord.faults import Json

DISPATCH = 0


@dataclass(kw_only=True, eq=False)
class Session:
    """One shard's session; it outlives its sockets."""

    id: str
    shard: tuple[int, int]
    intents: int
    sent: list[Json] = field(default_factory=list[Json])
    """Dispatches by sequence; number n is at n - 1."""
    line: "Line | None" = None
    alive: bool = True
    resumes: int = 0

    def hears(self, guild_id: int | None) -> bool:
        shard, count = self.shard
        return shard == (0 if guild_id is None else (guild_id >> 22) % count)

    def say(self, event: str, data: Any) -> None:
        self.sent.append({"op": DISPATCH, "t": event, "s": len(self.sent) + 1, "d": data})
        if self.line:
            self.line.queue.put_nowait(self.sent[-1])


@dataclass(kw_only=True, eq=False)
class Line:
    """One socket."""

    socket: web.WebSocketResponse
    request: web.Request
    resuming: bool
    """Whether it came through the address for resuming."""
    queue: asyncio.Queue[Json] = field(default_factory=asyncio.Queue[Json])
    session: Session | None = None
    deflate: Any = None
    beats: list[float] = field(default_factory=list[float])
    """When heartbeats came, on the machine's own clock."""
    received: deque[float] = field(default_factory=deque[float])
    closed_with: int | None = None
    deaf: bool = False
    """Whether heartbeats go unanswered."""
    mute: bool = False
    """Whether nothing at all is sent, as if the other end were a zombie."""

    async def send(self, payload: Json) -> None:
        text = json.dumps(payload)
        if self.deflate is None:
            await self.socket.send_str(text)
        else:
            await self.socket.send_bytes(self.deflate.compress(text.encode()) + self.deflate.flush(zlib.Z_SYNC_FLUSH))

    def drop(self) -> None:
        """Cuts the wire without a word."""
        if self.request.transport:
            self.request.transport.abort()
