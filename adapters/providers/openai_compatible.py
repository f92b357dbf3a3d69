"""Compatible servers: whatever speaks OpenAI's images API at another address, as much of it as it does.

Such servers differ in everything but the form, so what cannot be asked is a setting. Models are named in a setting or read from `/models`,
now and then again, for a server may start after the bot. Results come as base64, as an address on the server itself, or as a data URI. A
server that redraws with a seed, or edits, says so in its settings; how it prices is its owner's to say.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from typing import Any, Literal, cast

import structlog
from pydantic import Field, SecretStr, field_validator

from adapters.calls import Address, Caller, CallSettings, Keys, Pace, Words, open_caller, open_masks
from adapters.providers._openai_images import Dialect, Images, each_key, explain, listed
from bot.errors import ProviderFault, Refused
from bot.model import Capabilities, Operation, Promise
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

log = structlog.get_logger()

_EDITS = frozenset({Operation.VARY, Operation.EDIT, Operation.INPAINT})
_LOOK_AGAIN = 600.0
_LOOK_SOON = 20.0
"""Seconds until the list of models is read again, and while there is none."""
_MODELS = 60
_FEW = 3
_START = 3.0
"""Seconds that the start waits for the list."""
_TELLING = ("type", "task", "tasks", "mode", "output_modalities", "capabilities", "architecture")
_IMAGES = re.compile(r"images?|(text|image)[-_ ]to[-_ ]image|images?[-_ ](generation|editing|edits?)", re.IGNORECASE)
_NAMED = re.compile(
    r"image|flux|stable-?diffusion|sdxl|\bsd-?[123]|dall-?e|imagen|kandinsky|pixart|hidream|kolors|chroma|seedream|recraft|playground|diffus",
    re.IGNORECASE,
)


class Settings(CallSettings):
    """A compatible server's settings."""

    api_key: SecretStr | None = Field(None, description="API key, where the server wants one. Several: comma list.")
    base_url: Address | None = Field(None, description="Address of a server that speaks OpenAI's images API, with its /v1.")
    models: Words = Field((), description="Models to offer, comma list, the default first. Empty: the image models that it lists.")
    sizes: Words = Field((), description="Sizes that it draws, comma list, as 1024x1024. Empty: any, in steps of 16.")
    most: int = Field(1, ge=1, le=10, description="Images that one call may ask for.")
    edits: bool = Field(default=False, description="true where it edits pictures too, at /images/edits.")
    seeds: bool = Field(default=False, description="true where it takes a seed, which OpenAI's API does not have.")
    quality: str = Field("", description="Quality to ask for, where it knows any.")
    response_format: Literal["b64_json", "url", ""] = Field(
        "b64_json", description="b64_json or url; empty where it does not take the option."
    )
    price: Decimal | None = Field(None, ge=0, description="US dollars an image, 0 where it costs nothing. Empty: nobody knows.")
    running: int = Field(2, ge=1, description="Jobs in flight at once.")
    per_minute: int = Field(600, gt=0, description="Calls a minute, for each key; more than that wait.")

    @field_validator("price", mode="before")
    @classmethod
    def _empty_is_unknown(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("base_url", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("sizes")
    @classmethod
    def _are_sizes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not re.fullmatch(r"[1-9]\d{1,3}[x×][1-9]\d{1,3}", each):
                raise ValueError(f"{each[:20]} is no size; write 1024x1024")
        return value


MODELS: tuple[Capabilities, ...] = ()


def capabilities(name: str, settings: Settings) -> Capabilities:
    """A model of the server, as its settings say."""
    sizes = tuple((int(width), int(height)) for width, height in (re.split("[x×]", each) for each in settings.sizes))
    return Capabilities(
        name=name,
        operations=frozenset({Operation.DRAW}) | (_EDITS if settings.edits else frozenset[Operation]()),
        sizes=sizes,
        multiple=1 if sizes else 16,
        most=settings.most,
        promise=Promise.BEST_EFFORT if settings.seeds else Promise.NOT_REPEATABLE,
        seedless=not settings.seeds,
        mask=settings.edits,
        price=settings.price,
        priced="OPENAI_COMPATIBLE_PRICE" if settings.price else "",
        deadline=settings.timeout + 100,
        running=settings.running,
    )


def image_models(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """The models of a list that draw: those that say so, else those whose names do, else all of a short list."""
    saying = [str(entry["id"]) for entry in entries if any(_draws(entry.get(name)) for name in _TELLING)]
    named = [str(entry["id"]) for entry in entries if _NAMED.search(str(entry["id"]))]
    found = saying or named or ([str(entry["id"]) for entry in entries] if len(entries) <= _FEW else [])
    return list(dict.fromkeys(found))[:_MODELS]


def _draws(said: object) -> bool:
    """Whether a word, a list of words, or an `architecture` (`text->text+image`) speaks of pictures that come out."""
    if isinstance(said, dict):
        inside = cast("dict[str, Any]", said)
        return _draws(inside.get("output_modalities") or str(inside.get("modality", "")).rpartition("->")[2].split("+"))
    words = cast("list[object]", said) if isinstance(said, list) else [said]
    return any(isinstance(word, str) and _IMAGES.fullmatch(word) for word in words)


@asynccontextmanager
async def _call(settings: Settings, kit: Kit, keys: Keys | None) -> AsyncGenerator[Caller]:
    async with open_caller(
        vendor="The compatible server",
        base_url=settings.base_url or "",
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Bearer {key}"} if key else {},
        explain=explain("The compatible server", "openai_compatible"),
        pace=Pace(calls=settings.per_minute, seconds=60),
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).api_key, variable="OPENAI_COMPATIBLE_API_KEY") if each_key(settings.api_key) else None
    usual = {"quality": settings.quality, "response_format": settings.response_format}
    models = {name: capabilities(name, settings) for name in settings.models}
    async with _call(settings, kit, keys) as caller, open_masks() as masks:
        dialect = Dialect(name="openai_compatible", usual=usual, seeds=settings.seeds)
        provider = Images(caller, masks, kit.show, dialect=dialect, models=models)
        if settings.models:
            yield provider
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_START):
                await _read_models(provider, caller, settings)
        async with _beside(follow(provider, caller, settings)):
            yield provider


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncGenerator[None]:
    """Work that goes on beside a block and ends with it. What the block raises comes out as it is, and not in a group."""
    failed: Exception | None = None
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - raised again below
            failed = error
        finally:
            task.cancel()
    if failed is not None:
        raise failed


async def follow(provider: Images, caller: Caller, settings: Settings, *, again: float = _LOOK_AGAIN, soon: float = _LOOK_SOON) -> None:
    """Read the list now and then until cancelled: every `again` seconds, and `soon` while nothing is offered."""
    while True:
        await asyncio.sleep(again if provider.models else soon)
        await _read_models(provider, caller, settings)


async def _read_models(provider: Images, caller: Caller, settings: Settings) -> None:
    """Offer what the server lists. What was offered before stays when the server is away."""
    try:
        names = image_models(await listed(caller))
    except (ProviderFault, Refused) as fault:
        log.warning("models not listed", provider=provider.name, reason=fault.sentence)
        return
    provider.models = {name: capabilities(name, settings) for name in names}


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Ask with each key for the list of models, which costs nothing."""
    keys = each_key(settings.api_key)
    for number, key in enumerate(keys or [""], start=1):
        subject = "compatible server" if len(keys) < 2 else f"compatible server, key {number}"  # noqa: PLR2004 - one needs no number
        known = Keys(lambda key=key: SecretStr(key), variable="OPENAI_COMPATIBLE_API_KEY") if key else None
        async with _call(settings, kit, known) as caller:
            yield await _try(caller, subject, settings)


async def _try(caller: Caller, subject: str, settings: Settings) -> Finding:
    try:
        entries = await listed(caller)
    except (ProviderFault, Refused) as fault:
        advice = "See OPENAI_COMPATIBLE_BASE_URL and OPENAI_COMPATIBLE_API_KEY."
        if settings.models:
            advice += " A server that lists no models may draw all the same."
        return Finding(subject=subject, good=False, sentence=f"{fault.sentence} {advice}")
    known = {str(entry["id"]) for entry in entries}
    if missing := [name for name in settings.models if name not in known]:
        sentence = f"It answers, but does not list {', '.join(missing)}: correct OPENAI_COMPATIBLE_MODELS."
        return Finding(subject=subject, good=False, sentence=sentence)
    offered = list(settings.models) or image_models(entries)
    if not offered:
        sentence = f"It lists {len(known)} models and none that draws, as far as can be seen: name them in OPENAI_COMPATIBLE_MODELS."
        return Finding(subject=subject, good=False, sentence=sentence)
    return Finding(subject=subject, good=True, sentence=f"It answers and draws with {', '.join(offered)}.")


PLUGIN = Plugin[Settings, ImageProvider](
    about="A server of your own that speaks OpenAI's images API",
    settings=Settings,
    open=_open,
    configured=lambda settings: settings.base_url is not None,
    examine=_examine,
)
