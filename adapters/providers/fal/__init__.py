"""fal: models by the hundred behind one queue, each with fields of its own (providers.md §6).

    models.py     the models that are offered unless others are named, as data
    schemas.py    the forms of all others, from fal's list of models
    prices.py     what a unit costs, from fal's list of prices
    answers.py    how a request stands, refusals, faults
    provider.py   submit, check, cancel, receive, over the shared calls

Reasons:

- *A ticket carries the addresses that the queue gave*, because they are not those that one would guess.
- *A cost is units times price*: the result tells its units, which are images for one model and megapixels for the next.
- *Pictures go into the request* as data URLs, and results are deleted after an hour unless told: fal's addresses are public.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from adapters.calls import Address, Caller, CallSettings, Jwks, Keys, Pace, Words, open_caller, open_masks, open_pictures
from adapters.providers._forms import Library, Shelf
from adapters.providers.fal.answers import VENDOR, explain
from adapters.providers.fal.models import KNOWN, MODELS, model
from adapters.providers.fal.prices import Prices
from adapters.providers.fal.provider import Fal, Manners, Tools
from adapters.providers.fal.schemas import NAME, listed, mapping, read
from bot.errors import ProviderFault, Refused
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN", "Settings"]

_PATIENCE = 5.0
"""Seconds for a key set: whoever delivers waits for us."""


class Settings(CallSettings):
    """fal's settings."""

    key: SecretStr | None = Field(None, description="API key, from fal.ai/dashboard/keys. Several of one account: comma list.")
    base_url: Address = Field("https://queue.fal.run", description="Address of the queue.")
    api_url: Address = Field("https://api.fal.ai/v1", description="Address of the lists of models and prices, with /v1.")
    models: Words = Field(
        (), description="Models to offer, owner/app or owner/app/path, comma list, the default first. Empty: a few known ones."
    )
    black_masks: Words = Field((), description="Models whose masks are black where they edit and do not say so, comma list.")
    running: int = Field(
        20, ge=1, le=1000, description="Requests in flight at once; what is more than your account runs waits in fal's queue."
    )
    start_timeout: int = Field(240, ge=2, le=3600, description="Seconds within which fal must start a request, or give it up unpaid.")
    keep: int = Field(3600, ge=0, description="Seconds that fal keeps a result at its public address; 0: as your account says.")
    jwks_urls: Words = Field(
        ("https://rest.fal.ai/.well-known/jwks.json", "https://rest.alpha.fal.ai/.well-known/jwks.json"),
        description="Where the keys are that sign its webhooks, comma list, tried in order.",
    )

    @field_validator("models")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not NAME.fullmatch(name):
                raise ValueError(f"{name[:60]} is no model; write owner/app or owner/app/path")
        return value


def keys_of(settings: Settings) -> list[str]:
    """The keys of the comma list."""
    return [key.strip() for key in (settings.key.get_secret_value() if settings.key else "").split(",") if key.strip()]


@asynccontextmanager
async def _calling(settings: Settings, kit: Kit, keys: Keys) -> AsyncGenerator[Caller]:
    async with open_caller(
        vendor=VENDOR,
        base_url=settings.base_url,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Key {key}"},
        explain=explain,
        pace=Pace(calls=40, seconds=1),
        hosts=["fal.media", "fal.run", "fal.ai"],
        trusted=(*kit.download_hosts, *settings.download_hosts, *(urlsplit(url).netloc for url in settings.jwks_urls)),
        timeout=settings.timeout,
    ) as caller:
        yield caller


def _library(caller: Caller, settings: Settings, kit: Kit) -> Library:
    others = [name for name in settings.models if name not in KNOWN]
    shelf = Shelf(
        vendor=VENDOR,
        variable="FAL_MODELS",
        models={name: model(name, running=settings.running) for name in others},
        known={},
        read=partial(read, caller, kit, settings.api_url),
    )
    return Library(kit, shelf)


def _way(caller: Caller, url: str) -> Callable[[], Awaitable[bytes]]:
    """A way to a key set, which needs no key of ours."""

    async def fetch() -> bytes:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await caller.fetch(url)
        except (ProviderFault, TimeoutError):
            return b""

    return fetch


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).key, variable="FAL_KEY")
    webhook = kit.webhook if kit.webhook.startswith("https://") else ""
    manners = Manners(webhook=webhook, start=settings.start_timeout, keep=settings.keep, black_masks=settings.black_masks)
    async with _calling(settings, kit, keys) as caller, open_masks() as masks, open_pictures() as pictures:
        library = _library(caller, settings, kit)
        await library.open()
        jwks = Jwks(fetch=[_way(caller, url) for url in settings.jwks_urls], now=kit.now)
        tools = Tools(masks=masks, pictures=pictures, jwks=jwks, manners=manners)
        models = {name: model(name, running=settings.running) for name in settings.models or tuple(KNOWN)}
        yield Fal(caller, library, Prices(caller, kit, api_url=settings.api_url), kit, tools, models=models)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Each key asks for prices, which costs nothing; credit is told to keys with admin scope alone."""
    names = settings.models or tuple(KNOWN)
    keys = keys_of(settings)
    for number, key in enumerate(keys, start=1):
        subject = VENDOR if len(keys) == 1 else f"{VENDOR}, key {number}"
        async with _calling(settings, kit, Keys(lambda key=key: SecretStr(key), variable="FAL_KEY")) as caller:
            try:
                await Prices(caller, kit, api_url=settings.api_url).listed(names[:1])
            except (ProviderFault, Refused) as fault:
                yield Finding(subject=subject, good=False, sentence=f"{fault.sentence} See FAL_KEY and FAL_API_URL.")
                continue
            yield Finding(subject=subject, good=True, sentence=f"The key is accepted.{await _credit(caller, settings)}")
            if number == 1:
                for name in names:
                    yield await _look(caller, settings, name)


async def _credit(caller: Caller, settings: Settings) -> str:
    try:
        told = mapping((await caller.get(f"{settings.api_url}/account/billing", params={"expand": "credits"})).data)
    except (ProviderFault, Refused):
        return ""
    balance = mapping(told.get("credits")).get("current_balance")
    return f" ${balance:.2f} of credit left." if isinstance(balance, int | float) else ""


async def _look(caller: Caller, settings: Settings, name: str) -> Finding:
    subject = f"{VENDOR} {name}"
    try:
        entries = await listed(caller, settings.api_url, name, form=False)
    except (ProviderFault, Refused) as fault:
        return Finding(subject=subject, good=False, sentence=f"It cannot be looked up: {fault.sentence}")
    found = next((entry for entry in entries if entry.get("endpoint_id") == name), None)
    if found is None:
        return Finding(subject=subject, good=False, sentence="fal does not know it: leave it out of FAL_MODELS.")
    if str(mapping(found.get("metadata")).get("status", "")).lower() == "deprecated":
        return Finding(subject=subject, good=False, sentence="fal gives it up: name another in FAL_MODELS.")
    return Finding(subject=subject, good=True, sentence="ready")


PLUGIN = Plugin[Settings, ImageProvider](
    about="fal: FLUX, Nano Banana, Ideogram and hundreds more, behind one queue",
    settings=Settings,
    open=_open,
    configured=lambda settings: bool(keys_of(settings)),
    examine=_examine,
)
