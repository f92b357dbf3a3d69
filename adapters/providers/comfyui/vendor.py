"""The vendor: how ComfyUI is called, with user and password where something before it asks for them."""

import base64
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from pydantic import SecretStr

from adapters.calls import Caller, Keys, open_caller
from adapters.providers.comfyui.answers import VENDOR, explain
from adapters.providers.comfyui.settings import Settings
from bot.plugins import Kit


@asynccontextmanager
async def calling(settings: Settings, kit: Kit) -> AsyncGenerator[Caller]:
    """A caller with the server's address."""
    keys = Keys(lambda: _basic((kit.reload() or settings).auth), variable="COMFYUI_AUTH") if settings.auth else None
    async with open_caller(
        vendor=VENDOR,
        base_url=settings.base_url or "",
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Basic {key}"} if key else {},
        explain=explain,
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


def headers_of(settings: Settings) -> Mapping[str, str]:
    """What the websocket says to be let in."""
    secret = _basic(settings.auth)
    return {"Authorization": f"Basic {secret.get_secret_value()}"} if secret else {}


def _basic(auth: SecretStr | None) -> SecretStr | None:
    """User and password as the header has them. As keys they would be split at a comma."""
    return SecretStr(base64.b64encode(auth.get_secret_value().encode()).decode()) if auth else None
