"""A web server for a platform's pages, as the bot has one."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from starlette.routing import Mount, Router

from adapters.web import Server
from adapters.web.doorway import Doorway
from adapters.web.metrics import Counters
from bot.ports import ASGI


async def _nothing() -> Mapping[str, int]:
    return {}


@asynccontextmanager
async def open_site(pages: Mapping[str, ASGI], listener: socket.socket) -> AsyncGenerator[str]:
    """Pages by path prefix, served on a bound socket; gives the address, without a slash at the end."""
    app = Doorway(Router([Mount(prefix, page) for prefix, page in pages.items()]))
    server = Server(app, listener, Counters(_nothing))
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve())
        await server.started()
        try:
            yield server.address
        finally:
            serving.cancel()
