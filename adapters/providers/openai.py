"""OpenAI: the GPT image family draws, varies, edits and repaints pictures, in the call itself, with previews on the way (providers.md §1).

What it speaks is in `_openai_images`, which Azure OpenAI and compatible servers share. It takes no seed, no negative prompt and no
strength; what a picture cost is worked out from the tokens that the answer tells.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Literal

from pydantic import Field, SecretStr

from adapters.calls import Address, Caller, CallSettings, Keys, Pace, Words, open_caller, open_masks
from adapters.providers._openai_images import Dialect, Images, capabilities, each_key, explain, listed
from bot.errors import ProviderFault, Refused
from bot.model import Capabilities
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

_NAMES = (
    "gpt-image-2",
    "gpt-image-2.5-flare",
    "gpt-image-2.5-sunburst",
    "gpt-image-2.6-flare",
    "gpt-image-2.6-sunburst",
    "gpt-image-1.5",
    "gpt-image-1-mini",
    "chatgpt-image-latest",
)
_SOON = timedelta(days=90)

Quality = Literal["auto", "low", "medium", "high", "xhigh", "max"]


class Settings(CallSettings):
    """OpenAI's settings."""

    timeout: float = Field(300, gt=0, le=3600, description="Seconds that one answer may take; large pictures take minutes.")
    api_key: SecretStr | None = Field(None, description="API key, sk-..., from platform.openai.com. Several: comma list.")
    base_url: Address = Field("https://api.openai.com/v1", description="Address of the API, with /v1.")
    org_id: str = Field("", description="Organisation that pays, org-...; empty for the key's own.")
    project_id: str = Field("", description="Project that pays, proj_...; empty for the key's own.")
    models: Words = Field((), description="Models to offer, comma list, the default first. Empty: all that are known.")
    quality: Quality = Field("medium", description="auto, low, medium, high, and for some models xhigh or max; it decides the price.")
    moderation: Literal["auto", "low"] = Field("auto", description="How strict OpenAI's own filter is: auto or low.")
    previews: int = Field(1, ge=0, le=3, description="Previews while one picture is drawn; each costs 100 tokens more, about $0.003.")
    per_minute: int = Field(50, gt=0, description="Calls a minute, for each key; more than that wait. OpenAI's limit depends on your tier.")


def models_of(settings: Settings, today: date) -> tuple[Capabilities, ...]:
    """The models that are offered: as named, or all that are known and not switched off yet."""
    deadline = settings.timeout + 100
    found = tuple(capabilities(name, quality=settings.quality, deadline=deadline) for name in settings.models or _NAMES)
    return found if settings.models else tuple(model for model in found if model.until is None or model.until > today)


MODELS = tuple(capabilities(name, quality="medium") for name in _NAMES)


@asynccontextmanager
async def _call(settings: Settings, kit: Kit, keys: Keys) -> AsyncGenerator[Caller]:
    who = {"OpenAI-Organization": settings.org_id, "OpenAI-Project": settings.project_id}
    paid_by = {name: value for name, value in who.items() if value}
    async with open_caller(
        vendor="OpenAI",
        base_url=settings.base_url,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Bearer {key}", **paid_by},
        explain=explain("OpenAI", "openai"),
        pace=Pace(calls=settings.per_minute, seconds=60),
        hosts=["openai.com"],
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).api_key, variable="OPENAI_API_KEY")
    dialect = Dialect(name="openai", usual={"quality": settings.quality, "moderation": settings.moderation}, previews=settings.previews)
    models = {model.name: model for model in models_of(settings, kit.now().date())}
    async with _call(settings, kit, keys) as caller, open_masks() as masks:
        yield Images(caller, masks, kit.show, dialect=dialect, models=models)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Ask with each key for the list of models, which costs nothing; OpenAI tells no credit."""
    offered = models_of(settings, kit.now().date())
    keys = each_key(settings.api_key)
    for number, key in enumerate(keys, start=1):
        subject = "OpenAI" if len(keys) == 1 else f"OpenAI, key {number}"
        async with _call(settings, kit, Keys(lambda key=key: SecretStr(key), variable="OPENAI_API_KEY")) as caller:
            yield await _try(caller, subject, offered)
    for model in offered:
        if model.until and model.until < kit.now().date() + _SOON:
            first = model is offered[0]
            advice = "set OPENAI_MODELS to begin with another" if first else "say so to those who use it"
            yield Finding(subject="OpenAI", good=not first, sentence=f"{model.name} is switched off on {model.until:%d %B %Y}: {advice}.")


async def _try(caller: Caller, subject: str, offered: tuple[Capabilities, ...]) -> Finding:
    try:
        known = {entry["id"] for entry in await listed(caller)}
    except (ProviderFault, Refused) as fault:
        return Finding(subject=subject, good=False, sentence=f"{fault.sentence} See OPENAI_API_KEY and OPENAI_BASE_URL.")
    able = [model.name for model in offered if model.name in known]
    unable = ", ".join(model.name for model in offered if model.name not in known)
    if not able:
        return Finding(subject=subject, good=False, sentence=f"The key is accepted, but may use none of {unable}: set OPENAI_MODELS.")
    missing = f" Not with {unable}; OPENAI_MODELS can leave out what you do not have." if unable else ""
    return Finding(
        subject=subject, good=offered[0].name in known, sentence=f"The key is accepted and draws with {', '.join(able)}.{missing}"
    )


PLUGIN = Plugin[Settings, ImageProvider](
    about="OpenAI: GPT image models, for drawing, edits and repainting",
    settings=Settings,
    open=_open,
    configured=lambda settings: bool(each_key(settings.api_key)),
    examine=_examine,
)
