"""Ideogram: pictures with lettering, precise edits, variations, inpainting, extending, enlarging, cutting out (providers.md §8).

    models.py     what each model can do, as data
    requests.py   the endpoint and fields of each operation
    answers.py    what an answer means: how a generation stands, refusals, limits
    provider.py   submit, check and signed deliveries, over the shared calls

Reasons:

- *Version 2 of the API alone.* Its endpoints take every model, 3.0 included, and each of them can be asked as a job; the first version
  makes most of them wait in the call, where a broken connection loses a paid picture.
- *One picture a call*: every picture has a seed of its own, and whether the seeds of a batch follow each other is not documented.
- *Results are kept out of the vendor's public feed*, unless an admin says otherwise.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

from pydantic import Field, SecretStr

from adapters.calls import Address, Caller, CallSettings, Jwks, Keys, Pace, open_caller, open_masks, open_pictures
from adapters.providers.ideogram.answers import VENDOR, explain
from adapters.providers.ideogram.models import MODELS, Quality, models_of
from adapters.providers.ideogram.provider import Ideogram
from adapters.providers.ideogram.requests import Manners
from bot.errors import FaultKind, ProviderFault, Refused
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN", "Settings"]


class Settings(CallSettings):
    """Ideogram's settings."""

    api_key: SecretStr | None = Field(None, description="API key, from ideogram.ai under Settings, API. Several: comma list.")
    base_url: Address = Field("https://api.ideogram.ai", description="Address of the API.")
    quality: Quality = Field("medium", description="low, medium or high; 3.0 and 4.0 call it turbo, default, quality. Sets the price.")
    magic_prompt: Literal["auto", "on", "off"] = Field("auto", description="Whether it rewrites prompts: auto, on or off.")
    private: bool = Field(default=True, description="Keep results out of Ideogram's public feed.")
    running: int = Field(
        8, ge=1, le=1000, description="Jobs in flight at once; the service allows 10 pictures unless a contract says more."
    )


@asynccontextmanager
async def _calling(settings: Settings, kit: Kit, keys: Keys) -> AsyncGenerator[Caller]:
    async with open_caller(
        vendor=VENDOR,
        base_url=settings.base_url,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Api-Key": key},
        explain=explain,
        pace=Pace(calls=10, seconds=1),
        hosts=["ideogram.ai"],
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).api_key, variable="IDEOGRAM_API_KEY")
    # It refuses addresses without https, and those of private hosts.
    webhook = kit.webhook if kit.webhook.startswith("https://") else ""
    manners = Manners(quality=settings.quality, magic_prompt=settings.magic_prompt, private=settings.private, webhook=webhook)
    models = {model.name: replace(model, running=settings.running) for model in models_of(settings.quality)}
    async with _calling(settings, kit, keys) as caller, open_masks() as masks, open_pictures() as pictures:

        async def public_keys() -> bytes:
            try:
                return (await caller.get("/v1/.well-known/jwks.json")).body
            except (ProviderFault, Refused):
                return b""

        jwks = Jwks(fetch=[public_keys], now=kit.now)
        yield Ideogram(caller, models=models, manners=manners, masks=masks, pictures=pictures, jwks=jwks)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Each key asks for a generation that does not exist, which costs nothing."""
    written = (settings.api_key.get_secret_value() if settings.api_key else "").split(",")
    for number, key in enumerate([each.strip() for each in written if each.strip()], start=1):
        yield await _try(settings, kit, SecretStr(key), subject=f"ideogram key {number}")
    yield Finding(subject="ideogram models", good=True, sentence=", ".join(model.name for model in MODELS))


async def _try(settings: Settings, kit: Kit, key: SecretStr, *, subject: str) -> Finding:
    try:
        async with _calling(settings, kit, Keys(lambda: key, variable="IDEOGRAM_API_KEY")) as caller:
            await caller.get("/v2/generations/limner-doctor")
    except (ProviderFault, Refused) as fault:
        if isinstance(fault, ProviderFault) and fault.kind not in {FaultKind.BAD_REQUEST, FaultKind.LOST}:
            advice = {
                FaultKind.CREDENTIALS: "Ideogram does not accept it: make a new one at ideogram.ai and set IDEOGRAM_API_KEY.",
                FaultKind.CREDIT: "Its account has no credit left: add some at ideogram.ai under Wallet & Billing.",
            }
            return Finding(subject=subject, good=False, sentence=advice.get(fault.kind, fault.sentence))
    return Finding(subject=subject, good=True, sentence="accepted; Ideogram does not tell how much credit is left")


PLUGIN = Plugin[Settings, ImageProvider](
    about="Ideogram: pictures with lettering, precise edits",
    settings=Settings,
    open=_open,
    configured=lambda settings: settings.api_key is not None,
    examine=_examine,
)
