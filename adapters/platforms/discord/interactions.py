"""Interactions over HTTP: signed requests to `/discord/interactions`, checked, and handed to the same code as those of the gateway.

Each is answered with 202 at once and acknowledged through the API, as those of the gateway are (Discord's own way for apps that answer by
themselves), so that both ways in behave the same. Messages and reactions always come over the gateway.
"""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, Router

from bot.ports import ASGI

log = structlog.get_logger()

_LARGEST = 1024 * 1024
"""Bytes of a request; files come as addresses."""
_PING = 1


_PAYLOAD = TypeAdapter(dict[str, Any])
Take = Callable[[Mapping[str, Any]], bool]
"""Takes an interaction's payload; False while nobody is there to take it."""


def endpoint(public_key: str, take: Take) -> ASGI:
    """The page that Discord sends interactions to. `public_key` is the app's, in hexadecimal."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))

    async def receive(request: Request) -> Response:
        try:
            body = await _read(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return PlainTextResponse("too large", status_code=413)
        if not _is_signed(key, request, body):
            # Discord itself sends wrong signatures now and then, to see that they are refused.
            return PlainTextResponse("invalid request signature", status_code=401)
        payload = _parse(body)
        if payload is None:
            return PlainTextResponse("not an interaction", status_code=400)
        if payload.get("type") == _PING:
            return JSONResponse({"type": 1})
        return Response(status_code=202 if take(payload) else 503)

    return Router([Route("/interactions", receive, methods=["POST"])], redirect_slashes=False)


async def _read(request: Request) -> bytes | None:
    """The body, or None for one that is too large; the rest of that is heard out, or the sender would not hear the answer."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= _LARGEST:
            parts.append(part)
    return b"".join(parts) if size <= _LARGEST else None


def _is_signed(key: Ed25519PublicKey, request: Request, body: bytes) -> bool:
    signature, stamp = request.headers.get("X-Signature-Ed25519", ""), request.headers.get("X-Signature-Timestamp", "")
    try:
        key.verify(bytes.fromhex(signature), stamp.encode() + body)
    except (InvalidSignature, ValueError):
        return False
    return True


def _parse(body: bytes) -> dict[str, Any] | None:
    try:
        payload = _PAYLOAD.validate_json(body)
    except ValidationError:
        return None
    return payload if isinstance(payload.get("type"), int) else None
