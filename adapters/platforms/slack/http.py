"""HTTP: Slack's signed requests, and the pages by which workspaces install the app.

A signature is checked over the body as it came, before anything reads it; one that is older than five minutes is refused.
"""

import aiohttp
import structlog
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.ports import ASGI

log = structlog.get_logger()
_LARGEST = 4 * 1024 * 1024
"""Bytes; Slack's own payloads are far smaller."""
_DIGITS = 12


def pages(app: AsyncApp, *, signing_secret: str, events: bool, installs: bool) -> ASGI:
    """The application below `/slack`: `/events` for signed requests, `/install` and `/oauth_redirect` for installing.

    Args:
        app: Bolt's app, with the secret that signatures are made with.
        signing_secret: the same secret.
        events: whether Slack delivers here; with Socket Mode it does not.
        installs: whether workspaces install the app by themselves.
    """
    handler = AsyncSlackRequestHandler(app)
    verifier = SignatureVerifier(signing_secret)

    async def take(request: Request) -> Response:
        body = await request.body()
        if len(body) > _LARGEST:
            return PlainTextResponse("That is too much.\n", status_code=413)
        stamp, signature = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
        # The SDK reads the time before it looks at the signature, and trips over what is no number and over letters of other alphabets.
        plausible = stamp.isascii() and stamp.isdecimal() and len(stamp) <= _DIGITS and signature.isascii()
        try:
            if not plausible or not verifier.is_valid(body, stamp, signature):
                return PlainTextResponse("That is not signed by Slack.\n", status_code=401)
            return await handler.handle(request)
        except ValueError:
            # Signed, and still neither JSON nor a form.
            return PlainTextResponse("That cannot be read.\n", status_code=400)

    async def install(request: Request) -> Response:
        try:
            return await handler.handle(request)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("installation not finished", error=type(error).__name__)
            return PlainTextResponse("Slack could not be reached. Begin again at /slack/install.\n", status_code=502)

    routes = [Route("/events", take, methods=["POST"])] if events else []
    if installs:
        routes += [Route("/install", install), Route("/oauth_redirect", install)]
    return Starlette(routes=routes)
