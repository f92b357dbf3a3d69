"""The server: listens, and serves one ASGI application until it is cancelled."""

import asyncio
import errno
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from adapters.web.metrics import Counters
from bot.errors import SettingFault
from bot.ports import ASGI

_GRACE = 1
"""Seconds that streams get to end by themselves. WebSockets are told at once to come again later."""
_FRAME = 1024 * 1024
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised here, not listened on


@contextmanager
def listen(host: str, port: int) -> Generator[socket.socket]:
    """A bound socket; port 0 takes a free one. Nobody is answered before `Server.serve`.

    Raises:
        SettingFault: the port is in use or may not be taken, or the host is no address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingFault(f"BOT_HTTP_HOST={host} is no address of this machine; 127.0.0.1 is always one.") from error
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise SettingFault(_why(error, host, port)) from error
        yield listener


class Server:
    """Serves for one `serve` in its life."""

    def __init__(self, app: ASGI, listener: socket.socket, counters: Counters) -> None:
        self._listener = listener
        self._counters = counters
        host, port = listener.getsockname()[:2]
        self.port: int = port
        self._host = "localhost" if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
        self._open = asyncio.Event()
        self._server = _Quiet(
            uvicorn.Config(
                app,
                lifespan="off",
                http="auto",
                ws="auto",
                ws_max_size=_FRAME,
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                # Said here, because uvicorn looks in the environment for what is left out.
                workers=1,
                forwarded_allow_ips="127.0.0.1,::1",
                timeout_graceful_shutdown=_GRACE,
            ),
            self._open,
        )

    @property
    def address(self) -> str:
        """Where it is reached from this machine: `http://127.0.0.1:8080`."""
        return f"http://{self._host}:{self.port}"

    async def started(self) -> None:
        """Wait until requests are answered."""
        await self._open.wait()

    async def serve(self) -> None:
        """Answer requests until cancelled, then end within about a second."""
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._counters.watch())
            serving = tasks.create_task(self._server.serve([self._listener]))
            try:
                # Waited for, not awaited: a cancellation must reach the server as a request to end, not as an interruption.
                await asyncio.wait([serving])
            finally:
                watching.cancel()
                self._server.should_exit = True
                await asyncio.wait([serving], timeout=2 * _GRACE + 1)


class _Quiet(uvicorn.Server):
    """uvicorn without its signal handlers: the process decides when it ends."""

    def __init__(self, config: uvicorn.Config, opened: asyncio.Event) -> None:
        super().__init__(config)
        self._opened = opened

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self._opened.set()


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. Stop that one, or set BOT_HTTP_PORT to another port (0 takes a free one)."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be taken by this user; set BOT_HTTP_PORT to 1024 or higher."
    return f"BOT_HTTP_HOST={host} is no address of this machine; 127.0.0.1 is always one."
