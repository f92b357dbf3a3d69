"""Black Forest Labs: FLUX.2, FLUX 3, Kontext and the older FLUX, with fill for inpainting and expand for outpainting (providers.md §4).

    models.py     what each model can do, as data
    requests.py   a request in the words of each family
    answers.py    what an answer means: how a task stands, refusals, faults
    provider.py   submit and check, over the shared calls

Reasons:

- *A ticket carries the polling address*, because a task lives in one region and the global host may not find it by its id. It carries
  the cost too, which is told when the task is taken and never again.
- *Webhooks are off unless they are asked for.* With one, the service gives no polling address; and nobody could verify its signature, so
  a delivery is a hint to look again, and only one that comes to our unguessable address.
- *PNG is asked for* where the family lets us choose: every edit starts from the picture before it.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from pydantic import BaseModel, Field, SecretStr, TypeAdapter

from adapters.calls import Address, Caller, CallSettings, Keys, Pace, open_caller, open_masks
from adapters.calls.pictures import open_pictures
from adapters.providers.bfl.answers import VENDOR, explain
from adapters.providers.bfl.models import MODELS
from adapters.providers.bfl.provider import BlackForest
from adapters.providers.bfl.requests import Manners
from bot.errors import FaultKind, ProviderFault
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN", "Settings"]


class Settings(CallSettings):
    """Black Forest Labs' settings."""

    api_key: SecretStr | None = Field(None, description="API key, from dashboard.bfl.ai under Keys. Several: comma list.")
    base_url: Address = Field("https://api.bfl.ai", description="Address of the API; api.eu.bfl.ai and api.us.bfl.ai stay in their region.")
    safety_tolerance: int = Field(2, ge=0, le=6, description="What it lets pass: 0 is strictest; 4, 5 or 6 is loosest, by family.")
    grounding: bool = Field(default=False, description="Whether FLUX 3 may search the web for what a prompt speaks of.")
    webhooks: bool = Field(
        default=False, description="Whether it shall also call BOT_PUBLIC_URL when a picture is done. Then BFL_BASE_URL must be a region's."
    )
    running: int = Field(24, ge=1, le=1000, description="Tasks in flight at once; the service allows 24 unless a contract says more.")


class _Credits(BaseModel):
    credits: float | None = None


_CREDITS = TypeAdapter(_Credits)


@asynccontextmanager
async def _calling(settings: Settings, kit: Kit, keys: Keys) -> AsyncGenerator[Caller]:
    async with open_caller(
        vendor=VENDOR,
        base_url=settings.base_url,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"x-key": key},
        explain=explain,
        pace=Pace(calls=20, seconds=1),
        regions=["bfl.ai"],
        hosts=["bfl.ai"],
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).api_key, variable="BFL_API_KEY")
    manners = Manners(tolerance=settings.safety_tolerance, grounding=settings.grounding, webhook=kit.webhook if settings.webhooks else "")
    models = {model.name: replace(model, running=settings.running) for model in MODELS}
    async with _calling(settings, kit, keys) as caller, open_masks() as masks, open_pictures() as pictures:
        yield BlackForest(caller, models=models, manners=manners, masks=masks, pictures=pictures, vault=kit.vault)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Each key asks for its credit, which costs nothing."""
    written = (settings.api_key.get_secret_value() if settings.api_key else "").split(",")
    for number, key in enumerate([each.strip() for each in written if each.strip()], start=1):
        yield await _try(settings, kit, SecretStr(key), subject=f"bfl key {number}")
    yield Finding(subject="bfl models", good=True, sentence=", ".join(model.name for model in MODELS))


async def _try(settings: Settings, kit: Kit, key: SecretStr, *, subject: str) -> Finding:
    try:
        async with _calling(settings, kit, Keys(lambda: key, variable="BFL_API_KEY")) as caller:
            left = (await caller.get("/v1/credits")).read(_CREDITS).credits
    except ProviderFault as fault:
        advice = {
            FaultKind.CREDENTIALS: "Black Forest Labs does not accept it: make a new one at dashboard.bfl.ai and set BFL_API_KEY.",
            FaultKind.CREDIT: "Its account has no credits left: add some at dashboard.bfl.ai.",
        }
        return Finding(subject=subject, good=False, sentence=advice.get(fault.kind, fault.sentence))
    if left is None:
        return Finding(subject=subject, good=True, sentence="accepted; it did not say how much credit is left")
    if left <= 0:
        return Finding(subject=subject, good=False, sentence="Its account has no credits left: add some at dashboard.bfl.ai.")
    return Finding(subject=subject, good=True, sentence=f"accepted; ${left / 100:.2f} of credit left")


PLUGIN = Plugin[Settings, ImageProvider](
    about="Black Forest Labs: FLUX pictures from words, edits, inpainting, outpainting",
    settings=Settings,
    open=_open,
    configured=lambda settings: settings.api_key is not None,
    examine=_examine,
)
