"""The rules of every request to the API: who asks, how often, and how the answer looks."""

import asyncio
import json
import logging
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wire.discord.faults import Fault
from tests.wire.discord.mischief import BAN_PAGE, Limited
from tests.wire.discord.world import Call, World

WORLD = web.AppKey("world", World)
RATES: "web.AppKey[Rates]" = web.AppKey("rates")
VIA = "1.1 google"
TEN_MINUTES = 600.0
OPEN = ("/api/v10/interactions/", "/api/v10/webhooks/")
"""Where the token is part of the path."""
MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")
LOG = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(kw_only=True)
class Bucket:
    """How often one route may still be asked."""

    left: int
    until: float


@dataclass(kw_only=True)
class Rates:
    """The limits of all routes, of the token, and of patience."""

    limit: int = 5
    window: float = 1.0
    """Seconds; Discord's own are longer, but a test should not sit through them."""
    most: int = 50
    """Requests a second in all, interactions aside."""
    patience: int = 10_000
    """Invalid requests in ten minutes, after which the address is banned."""
    buckets: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    recent: deque[float] = field(default_factory=deque[float])
    invalid: deque[float] = field(default_factory=deque[float])

    def take(self, name: str) -> Bucket:
        """Uses up one request of a bucket; raises `Limited` when there is none."""
        now = time.monotonic()
        bucket = self.buckets.get(name)
        if bucket is None or bucket.until <= now:
            bucket = self.buckets[name] = Bucket(left=self.limit, until=now + self.window)
        if bucket.left <= 0:
            raise Limited(bucket.until - now, "user")
        bucket.left -= 1
        return bucket

    def take_any(self) -> None:
        """Uses up one request of the token."""
        now = time.monotonic()
        while self.recent and now - self.recent[0] > 1.0:
            self.recent.popleft()
        if len(self.recent) >= self.most:
            raise Limited(1.0 - (now - self.recent[0]), "global")
        self.recent.append(now)

    def check_patience(self) -> None:
        """Raises `Limited` for an address that is banned."""
        if self.count_invalid() >= self.patience:
            raise Limited(TEN_MINUTES, "banned", via=False)

    def count_invalid(self) -> int:
        now = time.monotonic()
        while self.invalid and now - self.invalid[0] > TEN_MINUTES:
            self.invalid.popleft()
        return len(self.invalid)

    def headers(self, bucket: Bucket, template: str) -> dict[str, str]:
        after = max(0.0, bucket.until - time.monotonic())
        return {
            "X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Bucket": f"{abs(hash(template)):x}",
            "X-RateLimit-Reset": f"{time.time() + after:.3f}", "X-RateLimit-Reset-After": f"{after:.3f}",
        }  # fmt: skip


def reply(body: Any = None, *, status: int = 200) -> web.Response:
    """JSON, or 204 with nothing."""
    if body is None:
        return web.Response(status=204)
    return web.Response(status=status, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def limited(trouble: Limited) -> web.Response:
    """A 429 as Discord writes it, or as the wall before it does."""
    wait = max(0.001, trouble.seconds)
    if not trouble.via:
        return web.Response(status=429, text=BAN_PAGE, content_type="text/html", headers={"Retry-After": str(math.ceil(wait))})
    whole = trouble.scope == "global"
    response = reply({"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": whole}, status=429)
    response.headers.update({"Retry-After": str(math.ceil(wait)), "X-RateLimit-Scope": trouble.scope, "Via": VIA})
    if whole:
        response.headers["X-RateLimit-Global"] = "true"
    return response


def check_caller(world: World, request: web.Request) -> None:
    """Raises 401 for a request without the bot's token, where one is needed."""
    if request.path.startswith(OPEN) or request.path == "/api/v10/gateway":
        return
    if world.revoked or world.gateway.revoked or request.headers.get("Authorization") != f"Bot {world.token}":
        raise Fault(0)


async def answer(request: web.Request, handler: Handler, template: str) -> web.StreamResponse:
    """One answer with its limits; raises nothing."""
    world, rates = request.app[WORLD], request.app[RATES]
    due = world.mischief.take(f"{request.method} {request.path.removeprefix('/api/v10')}")
    bucket: Bucket | None = None
    try:
        rates.check_patience()
        await world.mischief.before(due)
        check_caller(world, request)
        major = "+".join(value for name, value in request.match_info.items() if name in MAJOR)
        bucket = rates.take(f"{request.method} {template} {major}")
        if not request.path.startswith(OPEN):
            rates.take_any()
        response = await handler(request)
    except Fault as fault:
        if fault.status == 429:
            response = reply({**fault.body, "retry_after": 0.05, "global": False}, status=429)
            response.headers["X-RateLimit-Scope"] = "shared"
        else:
            response = reply(fault.body, status=fault.status)
        response.headers["X-Fault"] = str(fault.code)
    except Limited as trouble:
        response = limited(trouble)
        response.headers["X-Fault"] = "limited"
        if not trouble.via:
            return response
    except (AttributeError, KeyError, TypeError, ValueError):
        # A body of quite another shape; the trace says whether it was ours.
        LOG.exception("%s %s", request.method, request.path)
        response = reply(Fault(50035).body, status=400)
    except web.HTTPException as error:
        response = reply({"message": f"{error.status}: {error.reason}", "code": 0}, status=error.status)
    if bucket:
        response.headers.update(rates.headers(bucket, f"{request.method} {template}"))
    response.headers["Via"] = VIA
    if any(trick.lost for trick in due):
        response.headers["X-Lost"] = "yes"
    return response


@web.middleware
async def keep_the_rules(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Everything that goes for every request to the API."""
    world, rates = request.app[WORLD], request.app[RATES]
    if world.down and request.transport:
        request.transport.abort()
        return web.Response(status=503)
    if not request.path.startswith("/api/"):
        return await handler(request)
    resource = request.match_info.route.resource
    template = resource.canonical.removeprefix("/api/v10") if resource else ""
    agent = request.headers.get("User-Agent", "")
    if not agent:
        return web.Response(status=403, text="error code: 1010")
    response = await answer(request, handler, template)
    fault, lost = response.headers.pop("X-Fault", ""), response.headers.pop("X-Lost", "") == "yes"
    if response.status in {401, 403} or (response.status == 429 and response.headers.get("X-RateLimit-Scope") != "shared"):
        rates.invalid.append(time.monotonic())
    path = request.path.removeprefix("/api/v10")
    world.calls.append(
        Call(
            method=request.method, path=path, route=f"{request.method} {template}", status=response.status, at=world.clock.now(),
            code=int(fault) if fault.isdecimal() else 0, user_agent=agent, lost=lost,
        )
    )  # fmt: skip
    if lost and request.transport:
        request.transport.abort()
        await asyncio.sleep(0)
    return response
