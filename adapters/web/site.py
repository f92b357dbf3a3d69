"""The site: which address leads where."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, Router

from adapters.web.doorway import Doorway
from adapters.web.health import Check, Health
from adapters.web.metrics import MEDIA_TYPE, Counters
from adapters.web.pictures import Pictures
from adapters.web.webhooks import Deliver, Webhooks
from bot.errors import SettingFault
from bot.ports import ASGI, ChatPlatform, Files

__all__ = ["Check", "site"]

_FRESH = {"Cache-Control": "no-store"}


def site(
    *,
    files: Files,
    counters: Counters,
    checks: Mapping[str, Check],
    platforms: Mapping[str, ChatPlatform],
    now: Callable[[], datetime],
    deliver: Deliver | None = None,
    tokens: Mapping[str, str] = MappingProxyType({}),
) -> ASGI:
    """The whole site as one ASGI application.

    Args:
        files: whose signed links are served below `/files/`.
        counters: what `/metrics` shows.
        checks: the parts that `/readyz` asks, by name; each raises when it does not work.
        platforms: their `ready` is asked too, and their `pages` are mounted.
        now: the clock, UTC.
        deliver: who takes what services send to `/webhooks/`; None where nobody does.
        tokens: by provider, the part of its webhook's address that nobody can guess.

    Raises:
        SettingFault: two platforms want the same address.
    """
    health = Health(checks, platforms)

    async def live(_: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_FRESH)

    async def ready(_: Request) -> Response:
        parts = await health.parts()
        said = {"ready": all(parts.values()), "parts": {name: "ready" if ok else "not ready" for name, ok in parts.items()}}
        return JSONResponse(said, status_code=200 if said["ready"] else 503, headers=_FRESH)

    async def metrics(_: Request) -> Response:
        return Response(await counters.page(), headers={"Content-Type": MEDIA_TYPE, **_FRESH})

    return Doorway(
        Router(
            [
                Route("/healthz", live),
                Route("/readyz", ready),
                Route("/metrics", metrics),
                Route("/files/{key:path}", Pictures(files, now).__call__),
                *([Mount("/webhooks", Webhooks(deliver, tokens))] if deliver else []),
                *_mounts(platforms),
            ],
            redirect_slashes=False,
            default=_nothing_here,
        )
    )


def _mounts(platforms: Mapping[str, ChatPlatform]) -> list[Mount]:
    pages: dict[str, ASGI] = {}
    for name, platform in platforms.items():
        for prefix, app in platform.pages.items():
            address = f"/{prefix.strip('/')}".rstrip("/")
            if address in pages:
                raise SettingFault(
                    f"The platform {name} and another both want the address {address or '/'}; leave one out of BOT_PLATFORMS."
                )
            pages[address] = app
    # The longest first: a root page would take everything.
    return [Mount(address, app) for address, app in sorted(pages.items(), key=lambda page: -len(page[0]))]


async def _nothing_here(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's own untyped contract
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4404})
        return
    root = scope["path"] in ("", "/")
    sentence = "Limner is running; people meet it in their chat.\n" if root else "There is nothing at this address.\n"
    await PlainTextResponse(sentence, status_code=200 if root else 404)(scope, receive, send)
