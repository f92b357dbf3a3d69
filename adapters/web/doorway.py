"""The doorway: what holds for every request, whichever application answers it.

Plain ASGI in front of the others, so that it also holds for what platforms bring along, for streams and for WebSockets.
"""

import secrets
import time
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

from bot.ports import ASGI

log = structlog.get_logger()

LARGEST_BODY = 25 * 1024 * 1024
_PATIENT_WITH = 4 * LARGEST_BODY
_QUIET = ("/healthz", "/readyz", "/metrics")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_TOO_LARGE = f"That is more than the {LARGEST_BODY // 1024**2} MB that are taken here; send less.\n"


class Doorway:
    """An ASGI application in front of another."""

    def __init__(self, app: ASGI) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own untyped contract
        """Let through, add the headers, log one line; an error becomes a sentence with the id of its log line."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope, receive, send)
        began = time.perf_counter()
        try:
            if scope["type"] == "http" and visit.announced > LARGEST_BODY:
                await visit.turn_away()
            else:
                await self._app(scope, visit.receive, visit.send)
        except ClientDisconnect:
            # Gone in the middle of sending, or sent away for sending too much: nobody is left to answer.
            pass
        except Exception:
            # The server's entry point: whatever an application raises ends this request and nothing else.
            number = secrets.token_hex(4)
            log.exception("a request failed", path=scope["path"], id=number)
            if scope["type"] == "http" and not visit.status:
                await PlainTextResponse(
                    f"Something broke on our side. Try again; if it stays, tell an admin this id: {number}\n", status_code=500
                )(scope, receive, visit.send)
            elif scope["type"] == "websocket" and not visit.closed:
                await visit.send({"type": "websocket.close", "code": 1011})
        finally:
            visit.log(time.perf_counter() - began)


class _Visit:
    """One request on its way through."""

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own untyped contract
        self._scope = scope
        self._receive = receive
        self._send = send
        self._read = 0
        self._turned_away = False
        self.closed = False
        self.status = 0

    @property
    def announced(self) -> int:
        """Bytes that the client says it sends."""
        length = Headers(scope=self._scope).get("content-length", "0")
        return int(length) if length.isdecimal() else 0

    async def receive(self) -> Any:  # noqa: ANN401 - ASGI's own untyped contract
        """The next message, until the body is too large: then the client has gone, as far as the application can tell."""
        if self._turned_away:
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > LARGEST_BODY:
                await self.turn_away()
                return {"type": "http.disconnect"}
        return message

    async def send(self, message: Any) -> None:  # noqa: ANN401 - ASGI's own untyped contract
        """Pass on what the application says, with our headers where it has none of its own."""
        if self._turned_away:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        elif message["type"] == "websocket.accept":
            self.status = 101
        elif message["type"] == "websocket.close":
            self.closed = True
        await self._send(message)

    async def turn_away(self) -> None:
        """Say that it is too much, once the client has said what it has to say: most clients listen no sooner."""
        more = True
        while more and self._read < _PATIENT_WITH:
            message = await self._receive()
            self._read += len(message.get("body", b""))
            more = message.get("more_body", False)
        if not self.status:
            await PlainTextResponse(_TOO_LARGE, status_code=413, headers={"Connection": "close"})(self._scope, self._receive, self.send)
        self._turned_away = True

    def log(self, seconds: float) -> None:
        """One line, without the query: signatures are secrets."""
        path = self._scope["path"]
        # Probes come every few seconds and a page's parts by the dozen; neither is news.
        write = log.debug if path in _QUIET or "/assets/" in path else log.info
        method = self._scope.get("method", "WEBSOCKET")
        write("request", method=method, path=path, status=self.status, milliseconds=round(seconds * 1000, 1))
