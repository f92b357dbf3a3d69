"""The line to the app: envelopes over WebSockets, each to any one of them, or signed requests to its HTTP address."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.wire.slack.nouns import JSON, Delivery, is_object
from tests.wire.slack.world import World

MOST_SOCKETS = 10
FORM = "application/x-www-form-urlencoded"


@dataclass(kw_only=True, eq=False)
class Socket:
    """One connection; what it waits for is acknowledgements by envelope id."""

    number: int
    ws: web.WebSocketResponse
    request: web.Request
    got: int = 0
    """How many envelopes went to it."""
    waiting: dict[str, asyncio.Future[JSON | None]] = field(default_factory=dict[str, "asyncio.Future[JSON | None]"])


@dataclass(kw_only=True)
class Line:
    """Where payloads go: `target`, when it is set, is the address of the app's HTTP server; otherwise the sockets."""

    world: World
    session: aiohttp.ClientSession
    target: str = ""
    path: str = "/slack/events"
    sockets: list[Socket] = field(default_factory=list[Socket])
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    opened: int = 0
    turn: int = 0

    # Sockets

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket from its hello to its end."""
        if self.world.refusing:
            return web.Response(status=503)
        ws = web.WebSocketResponse(heartbeat=10, timeout=1)
        await ws.prepare(request)
        self.opened += 1
        socket = Socket(number=self.opened, ws=ws, request=request)
        if len(self.sockets) >= MOST_SOCKETS:
            await ws.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "applink-0"}})
            await ws.close()
            return ws
        hello = {"host": f"applink-{socket.number}", "build_number": 1, "approximate_connection_time": 3600}
        about = {"app_id": self.world.app_id}
        await ws.send_json({"type": "hello", "num_connections": len(self.sockets) + 1, "connection_info": about, "debug_info": hello})
        await ws.ping(b"Ping from applink")
        await self.join(socket)
        try:
            async for message in ws:
                if message.type == aiohttp.WSMsgType.TEXT:
                    take(socket, json.loads(message.data))
        finally:
            await self.leave(socket)
        return ws

    async def join(self, socket: Socket) -> None:
        async with self.changed:
            self.sockets.append(socket)
            self.changed.notify_all()

    async def leave(self, socket: Socket) -> None:
        """Forget a socket; whatever it owed will not come."""
        async with self.changed:
            self.sockets.remove(socket)
            for future in socket.waiting.values():
                if not future.done():
                    future.set_result(None)
            self.changed.notify_all()

    async def connected(self, many: int = 1, *, within: float = 20.0) -> None:
        """Wait until this many sockets are open, for `within` seconds at most."""
        async with asyncio.timeout(within), self.changed:
            await self.changed.wait_for(lambda: len(self.sockets) >= many)

    async def disconnected(self, *, within: float = 20.0) -> None:
        """Wait until no socket is open."""
        async with asyncio.timeout(within), self.changed:
            await self.changed.wait_for(lambda: not self.sockets)

    async def hang_up(self, reason: str, *, close: bool, grace: float = 10.0) -> None:
        """Say `disconnect` on every socket; unless it is only a warning, each has `grace` seconds to go by itself and is closed then."""
        told = list(self.sockets)
        for socket in told:
            await socket.ws.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": f"applink-{socket.number}"}})
        if not close:
            return
        try:
            async with asyncio.timeout(grace), self.changed:
                await self.changed.wait_for(lambda: not any(socket in self.sockets for socket in told))
        except TimeoutError:
            for socket in told:
                await socket.ws.close()

    def break_off(self) -> None:
        """Cut every socket without a word."""
        for socket in list(self.sockets):
            if socket.request.transport:
                socket.request.transport.abort()

    # Sending

    async def send(self, delivery: Delivery, *, retry: int = 0, reason: str = "", socket: int = 0) -> None:
        """Give a payload to the app once and note how that went; never raises for what the app does."""
        delivery.attempts += 1
        if self.target:
            await self.post(delivery, retry=retry, reason=reason)
            return
        chosen = [one for one in self.sockets if one.number == socket] if socket else self.sockets
        if not chosen:
            delivery.failed = "dispatch_failed"
            return
        self.turn += 1
        await self.push(chosen[self.turn % len(chosen)], delivery, retry=retry, reason=reason)

    async def push(self, socket: Socket, delivery: Delivery, *, retry: int, reason: str) -> None:
        envelope = {**delivery.envelope, "retry_attempt": retry, "retry_reason": reason}
        if delivery.envelope["type"] != "events_api":
            del envelope["retry_attempt"], envelope["retry_reason"]
        key = str(envelope["envelope_id"])
        future: asyncio.Future[JSON | None] = asyncio.get_running_loop().create_future()
        socket.waiting[key] = future
        socket.got += 1
        delivery.socket = socket.number
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.world.deadline):
                await socket.ws.send_json(envelope)
                answer = await future
        except (TimeoutError, ConnectionError):
            delivery.failed = "operation_timeout"
            return
        finally:
            socket.waiting.pop(key, None)
        settle(delivery, answer, time.monotonic() - began)

    async def post(self, delivery: Delivery, *, retry: int, reason: str) -> None:
        """The same over HTTP: JSON for events, a form for everything else, signed."""
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        kind, payload = delivery.envelope["type"], delivery.payload
        if kind == "events_api":
            body, content_type = json.dumps(payload), "application/json"
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content_type = urlencode(fields), FORM
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.world.deadline):
                status, text, answered = await self.request(body, content_type, headers=headers)
        except TimeoutError:
            delivery.failed = "operation_timeout"
            return
        except aiohttp.ClientError:
            delivery.failed = "dispatch_failed"
            return
        delivery.status = status
        if status != 200:
            delivery.failed = "no_retry" if answered.get("x-slack-no-retry") == "1" else "dispatch_failed"
            return
        settle(delivery, read_ack(text, answered.get("content-type", "")), time.monotonic() - began)

    async def request(
        self, body: str, content_type: str, *, headers: Mapping[str, str] | None = None, age: float = 0, secret: str = "", path: str = ""
    ) -> tuple[int, str, dict[str, str]]:
        """POST a signed body; `age` makes the timestamp older, `secret` signs with another secret. Gives status, text and headers."""
        stamp = str(int(time.time() - age))
        signature = sign(secret or self.world.signing_secret, stamp, body)
        every = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, **(headers or {})}
        async with self.session.post(f"{self.target}{path or self.path}", data=body.encode(), headers=every) as response:
            return response.status, await response.text(), {name.lower(): value for name, value in response.headers.items()}


def sign(secret: str, stamp: str, body: str) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()


def read_ack(text: str, content_type: str) -> JSON:
    """What an HTTP acknowledgement holds: JSON, plain text as a message, or nothing."""
    if not text.strip():
        return {}
    if content_type.startswith("application/json"):
        body: Any = json.loads(text)
        return body if is_object(body) else {}
    return {"text": text}


def settle(delivery: Delivery, answer: JSON | None, seconds: float) -> None:
    """Note an acknowledgement; None is a connection that ended before one came."""
    if answer is None:
        delivery.failed = "dispatch_failed"
        return
    delivery.failed = ""
    delivery.seconds = seconds
    delivery.ack = answer or None


def take(socket: Socket, answer: JSON) -> None:
    """An acknowledgement from the app."""
    future = socket.waiting.get(str(answer.get("envelope_id", "")))
    if future and not future.done():
        future.set_result(answer.get("payload") or {})
