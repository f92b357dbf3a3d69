"""Replicate: any model that draws, edits, repaints, enlarges or cuts out, each with fields of its own (providers.md §5).

    models.py     the models that are offered unless others are named, as data
    schemas.py    a model's form and version, as the API tells them
    answers.py    how a prediction stands, refusals, faults
    provider.py   submit, check, cancel, receive, over the shared calls

Reasons:

- *Models are named by an admin* (`REPLICATE_MODELS`): there are thousands, they cost what they cost, and their prices are told nowhere.
- *A form is read at a model's first use*, and remembered for a day; what is written down here is used where it cannot be read.
- *Refusals have no code.* They are recognised by words, and by success without a picture.
- *Several keys are keys of one account*: a prediction is known to its account alone, and so is the secret that signs deliveries.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from pydantic import BaseModel, Field, SecretStr, TypeAdapter, field_validator

from adapters.calls import Address, Caller, CallSettings, Keys, Pace, Words, open_caller, open_masks, open_pictures
from adapters.providers._forms import Entry, Library, Shelf
from adapters.providers.replicate.answers import VENDOR, explain
from adapters.providers.replicate.models import FORMS, MODELS, model
from adapters.providers.replicate.provider import Manners, Replicate
from adapters.providers.replicate.schemas import NAME, read
from bot.errors import ProviderFault, Refused
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

__all__ = ["MODELS", "PLUGIN", "Settings"]


class Settings(CallSettings):
    """Replicate's settings."""

    api_token: SecretStr | None = Field(
        None, description="API token, r8_..., from replicate.com/account/api-tokens. Several of one account: comma list."
    )
    base_url: Address = Field("https://api.replicate.com/v1", description="Address of the API, with /v1.")
    models: Words = Field(
        (), description="Models to offer, owner/name or owner/name:version, comma list, the default first. Empty: a few known ones."
    )
    black_masks: Words = Field((), description="Models whose masks are black where they edit and do not say so, comma list.")
    running: int = Field(20, ge=1, le=1000, description="Predictions in flight at once.")

    @field_validator("models")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not NAME.fullmatch(name):
                raise ValueError(f"{name[:60]} is no model; write owner/name, or owner/name:version with all of its 64 characters")
        return value


class _Account(BaseModel):
    username: str = ""


_ACCOUNT = TypeAdapter(_Account)


def keys_of(settings: Settings) -> list[str]:
    """The keys of the comma list."""
    return [key.strip() for key in (settings.api_token.get_secret_value() if settings.api_token else "").split(",") if key.strip()]


@asynccontextmanager
async def _calling(settings: Settings, kit: Kit, keys: Keys) -> AsyncGenerator[Caller]:
    async with open_caller(
        vendor=VENDOR,
        base_url=settings.base_url,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Bearer {key}"},
        explain=explain,
        # 600 predictions and 3000 other calls a minute are allowed; orders are held back by how many may be in flight.
        pace=Pace(calls=40, seconds=1),
        hosts=["replicate.delivery"],
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


def _library(caller: Caller, settings: Settings, kit: Kit) -> Library:
    names = settings.models or tuple(FORMS)
    shelf = Shelf(
        vendor=VENDOR,
        variable="REPLICATE_MODELS",
        models={name: model(name, running=settings.running) for name in names},
        known={name: Entry(form=form, asked=name) for name, form in FORMS.items()},
        read=partial(read, caller, kit),
    )
    return Library(kit, shelf)


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).api_token, variable="REPLICATE_API_TOKEN")
    # It calls https addresses alone.
    webhook = kit.webhook if kit.webhook.startswith("https://") else ""
    manners = Manners(webhook=webhook, black_masks=settings.black_masks)
    async with _calling(settings, kit, keys) as caller, open_masks() as masks, open_pictures() as pictures:
        library = _library(caller, settings, kit)
        await library.open()
        yield Replicate(caller, library, masks, pictures, kit, manners=manners)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Each key asks whose it is, and each model is asked for its form; neither costs anything."""
    keys = keys_of(settings)
    accepted = ""
    for number, key in enumerate(keys, start=1):
        subject = VENDOR if len(keys) == 1 else f"{VENDOR}, key {number}"
        async with _calling(settings, kit, Keys(lambda key=key: SecretStr(key), variable="REPLICATE_API_TOKEN")) as caller:
            try:
                who = (await caller.get("/account")).read(_ACCOUNT).username
            except (ProviderFault, Refused) as fault:
                yield Finding(subject=subject, good=False, sentence=f"{fault.sentence} See REPLICATE_API_TOKEN and REPLICATE_BASE_URL.")
                continue
        accepted = accepted or key
        yield Finding(subject=subject, good=True, sentence=f"The key is accepted{f', it is of {who}' if who else ''}.")
    if accepted:
        async with _calling(settings, kit, Keys(lambda: SecretStr(accepted), variable="REPLICATE_API_TOKEN")) as caller:
            library = _library(caller, settings, kit)
            for name in library.models:
                yield await _look(library, name)


async def _look(library: Library, name: str) -> Finding:
    subject = f"{VENDOR} {name}"
    try:
        await library.read(name)
    except (ProviderFault, Refused) as fault:
        return Finding(subject=subject, good=False, sentence=f"Its form cannot be read: {fault.sentence} See REPLICATE_MODELS.")
    able = sorted(operation.value for operation in library.models[name].operations)
    return Finding(subject=subject, good=True, sentence=f"It can {', '.join(able)}.")


PLUGIN = Plugin[Settings, ImageProvider](
    about="Replicate: thousands of models, official and from the community",
    settings=Settings,
    open=_open,
    configured=lambda settings: bool(keys_of(settings)),
    examine=_examine,
)
