"""A site to visit: real files in memory, a platform with pages of its own, and parts that can be broken."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from adapters.web import Counters, Server, listen, site
from bot.errors import StoreFault
from bot.ports import ASGI, ChatPlatform
from storage.files import ObFiles
from tests.contracts.buckets import PUBLIC_URL, Clock, at


class Part:
    """A part of the bot that works until it is broken."""

    def __init__(self) -> None:
        self.broken: Exception | None = None
        self.asked = 0

    async def __call__(self) -> None:
        """The check."""
        self.asked += 1
        if self.broken:
            raise self.broken


@dataclass
class Chat:
    """As much of a platform as the HTTP server knows."""

    pages: Mapping[str, ASGI]
    ready: bool = True


class Journal:
    """As much of a store as the counters know."""

    def __init__(self) -> None:
        self.jobs: Mapping[str, int] = {"queued": 3, "submitted": 2}
        self.broken = False

    async def counts(self) -> Mapping[str, int]:
        """Jobs by state."""
        if self.broken:
            raise StoreFault("the disk is gone")
        return self.jobs


@dataclass
class World:
    """Everything behind the site."""

    files: ObFiles
    clock: Clock
    app: ASGI
    counters: Counters
    journal: Journal
    chats: Mapping[str, Chat]
    parts: Mapping[str, Part] = field(default_factory=dict[str, Part])

    def visitor(self) -> httpx.AsyncClient:
        """A client of the site that needs no network."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=PUBLIC_URL)


@asynccontextmanager
async def a_world(chats: Mapping[str, Chat] | None = None, *parts: str) -> AsyncGenerator[World]:
    """A site with these platforms and parts."""
    clock = Clock()
    journal = Journal()
    counters = Counters(journal.counts)
    chats = {"playground": Chat({"/": a_chat_page()})} if chats is None else chats
    checks = {name: Part() for name in parts}
    async with at("memory:///", clock) as files:
        # The site reads two attributes of a platform; the other half of the port is not its business.
        platforms = cast("Mapping[str, ChatPlatform]", chats)
        app = site(files=files, counters=counters, checks=checks, platforms=platforms, now=clock)
        yield World(files=files, clock=clock, app=app, counters=counters, journal=journal, chats=chats, parts=checks)


@asynccontextmanager
async def a_server(app: ASGI, counters: Counters) -> AsyncGenerator[Server]:
    """A site on a free port of this machine, until the end."""
    with listen("127.0.0.1", 0) as listener:
        server = Server(app, listener, counters)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve())
            await server.started()
            try:
                yield server
            finally:
                serving.cancel()


def a_chat_page() -> Starlette:
    """Pages as a platform may bring them along: with uploads, streams and WebSockets."""

    async def home(_: Request) -> Response:
        return PlainTextResponse("the chat", headers={"Content-Security-Policy": "default-src 'self'"})

    async def upload(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    async def news(_: Request) -> Response:
        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield b"data: news\n\n"
                await asyncio.sleep(0.01)

        return StreamingResponse(endless(), media_type="text/event-stream")

    async def live(socket: WebSocket) -> None:
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(text)

    async def stumble_live(socket: WebSocket) -> None:
        await socket.accept()
        raise RuntimeError("a password that must not be shown")

    return Starlette(
        routes=[
            Route("/", home),
            Route("/upload", upload, methods=["POST"]),
            Route("/news", news),
            WebSocketRoute("/live", live),
            WebSocketRoute("/stumble-live", stumble_live),
        ]
    )
