"""Webhooks: `/webhooks/<provider>` and `/webhooks/<provider>/<token>`, where image services say that a job has moved.

The raw body goes to the provider, which alone knows how its service proves itself. The answer is 200 for whatever was taken, a repetition
included, and 401 for everything else, whatever the reason: who guesses learns nothing.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from bot.model import Delivery

Deliver = Callable[[str, Delivery], Awaitable[bool]]
"""Takes a delivery for a provider; False where it proves nothing."""
_LARGEST = 8 * 1024 * 1024


class Webhooks:
    """An ASGI application."""

    def __init__(self, deliver: Deliver, tokens: Mapping[str, str]) -> None:
        self._deliver = deliver
        self._tokens = tokens

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own untyped contract
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        answer = await self._answer(request)
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> PlainTextResponse:
        path = str(request.scope["path"]).removeprefix(str(request.scope.get("root_path", ""))).strip("/")
        provider, _, token = path.partition("/")
        known = self._tokens.get(provider, "")
        if request.method != "POST":
            return PlainTextResponse("Only POST is taken here.\n", status_code=405, headers={"Allow": "POST"})
        body = await request.body()
        addressed = bool(known) and hmac.compare_digest(token.encode(), known.encode())
        if len(body) > _LARGEST or (token and not addressed):
            return _unproven()
        headers = {name.lower(): value for name, value in request.headers.items()}
        delivery = Delivery(headers=headers, query=dict(request.query_params), body=body, addressed=addressed)
        return PlainTextResponse("ok\n") if await self._deliver(provider, delivery) else _unproven()


def _unproven() -> PlainTextResponse:
    return PlainTextResponse("This delivery proves nothing.\n", status_code=401)
