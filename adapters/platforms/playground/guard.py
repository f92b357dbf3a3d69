"""The guard: who may reach the playground, and what its pages may do in a browser.

There is no sign-in, so only this machine may look unless `PLAYGROUND_OPEN` says otherwise: the client's address and the Host header must
be loopback (the second stops a website that points its own name at 127.0.0.1), and a browser's Origin must be the page's own (a website
that is open beside it can otherwise open a WebSocket to loopback).
"""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from bot.ports import ASGI

_CLOSED = (
    "The playground is open to this machine only, because it has no sign-in. To let others in, start Limner with PLAYGROUND_OPEN=true; "
    "whoever reaches the page can then act as anybody."
)
_FOREIGN = "This request comes from another website; open the playground itself and do it there."
_HOST = re.compile(r"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    name = host.strip("[]").casefold()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def policy(host: str, public_url: str) -> str:
    """The Content-Security-Policy: nothing but the page's own files, and pictures from where pictures are kept."""
    public = urlsplit(public_url)
    pictures = f" {public.scheme}://{public.netloc}" if public.netloc else ""
    live = f" ws://{host} wss://{host}" if _HOST.match(host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src 'self' blob: data: https:{pictures}; connect-src 'self'{live}; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


class Guard:
    """An ASGI application in front of another."""

    def __init__(self, app: ASGI, *, opened: bool, public_url: str) -> None:
        self._app = app
        self._opened = opened
        self._public_url = public_url

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own untyped contract
        """Let in, or say why not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if sentence := self._refuse(scope, headers, host):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4403, "reason": sentence[:120]})
            else:
                await PlainTextResponse(sentence, status_code=403)(scope, receive, send)
            return

        async def send_guarded(message: Any) -> None:  # noqa: ANN401 - ASGI's own untyped contract
            if message["type"] == "http.response.start":
                said = MutableHeaders(scope=message)
                said.setdefault("Content-Security-Policy", policy(host, self._public_url))
                said["X-Content-Type-Options"] = "nosniff"
                said["Referrer-Policy"] = "no-referrer"
                said["Cross-Origin-Opener-Policy"] = "same-origin"
                said["Cross-Origin-Resource-Policy"] = "same-origin"
                said["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _refuse(self, scope: Any, headers: Headers, host: str) -> str:  # noqa: ANN401 - ASGI's own untyped contract
        name = urlsplit(f"//{host}").hostname if _HOST.match(host) else None
        client = scope.get("client")
        if not self._opened and not (name and is_loopback(name) and client and is_loopback(client[0])):
            return _CLOSED
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc not in (host, urlsplit(self._public_url).netloc):
            return _FOREIGN
        return ""
