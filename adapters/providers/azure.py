"""Azure OpenAI: the GPT image family at an address of one's own, in which it differs from OpenAI (providers.md §2).

Models are called by the names of their deployments. The address says the deployment and a version of the API, or, in the newer form,
neither. Refusals come as an inner error of Azure's own filter. A resource that Azure has blocked is a fault of the service and no refusal.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import quote

from pydantic import Field, SecretStr

from adapters.calls import Address, Caller, CallSettings, Keys, Pace, Words, open_caller, open_masks
from adapters.providers._openai_images import Dialect, Images, capabilities, each_key, explain, facts_of, listed
from bot.errors import ProviderFault, Refused
from bot.model import Capabilities
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

NEWEST = "v1"
_LISTING = "2024-10-21"
"""The version in which every resource lists its models."""


class Settings(CallSettings):
    """Azure OpenAI's settings. The second names of key and address are those that its own SDK reads."""

    timeout: float = Field(300, gt=0, le=3600, description="Seconds that one answer may take; large pictures take minutes.")
    api_key: SecretStr | None = Field(None, description="Key of the Azure OpenAI resource. Several: comma list.")
    openai_api_key: SecretStr | None = Field(None, description="The same by another name.")
    base_url: Address | None = Field(None, description="The resource's endpoint, https://<name>.openai.azure.com.")
    openai_endpoint: Address | None = Field(None, description="The same by another name.")
    deployments: Words = Field(
        ("gpt-image-2",),
        description="Deployments to draw with, comma list, the default first; name=model where the name is not the model's.",
    )
    api_version: str = Field("2025-04-01-preview", description="Version of the API in the address; v1 for the form of address without one.")
    auth: Literal["key", "bearer"] = Field("key", description="key, or bearer where AZURE_API_KEY holds a token of Microsoft Entra ID.")
    quality: Literal["auto", "low", "medium", "high", "xhigh", "max"] = Field(
        "medium", description="low, medium, high, or what else the model knows; it decides the price."
    )
    previews: int = Field(1, ge=0, le=3, description="Previews while one picture is drawn; each costs 100 tokens more, about $0.003.")
    per_minute: int = Field(30, gt=0, description="Calls a minute, for each key; more than that wait. The limit is the deployment's.")

    @property
    def key(self) -> SecretStr | None:
        """The key, by whichever name."""
        return self.api_key if each_key(self.api_key) else self.openai_api_key

    @property
    def address(self) -> str:
        """The endpoint, or nothing."""
        return self.base_url or self.openai_endpoint or ""

    @property
    def models(self) -> Mapping[str, str]:
        """Models by deployment."""
        pairs = (each.partition("=") for each in self.deployments)
        return {name.strip(): model.strip() or name.strip() for name, _, model in pairs if name.strip()}


MODELS = (capabilities("gpt-image-2", quality="medium"),)


def models_of(settings: Settings) -> tuple[Capabilities, ...]:
    """A model for each deployment, with the facts of the model that it runs."""
    return tuple(
        capabilities(name, model=model, quality=settings.quality, deadline=settings.timeout + 100)
        for name, model in settings.models.items()
    )


def path_of(settings: Settings, deployment: str, what: str) -> str:
    """Where a deployment is asked for `generations` or `edits`."""
    if settings.api_version.lower() == NEWEST:
        return f"/openai/v1/images/{what}"
    return f"/openai/deployments/{quote(deployment, safe='')}/images/{what}?api-version={quote(settings.api_version, safe='')}"


@asynccontextmanager
async def _call(settings: Settings, kit: Kit, keys: Keys) -> AsyncGenerator[Caller]:
    async with open_caller(
        vendor="Azure OpenAI",
        base_url=settings.address,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Bearer {key}"} if settings.auth == "bearer" else {"api-key": key},
        explain=explain("Azure OpenAI", "azure"),
        pace=Pace(calls=settings.per_minute, seconds=60),
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).key, variable="AZURE_API_KEY")
    running = settings.models
    dialect = Dialect(
        name="azure",
        usual={"quality": settings.quality},
        path=lambda deployment, what: path_of(settings, deployment, what),
        facts=lambda deployment: facts_of(running.get(deployment, deployment)),
        previews=settings.previews,
    )
    models = {model.name: model for model in models_of(settings)}
    async with _call(settings, kit, keys) as caller, open_masks() as masks:
        yield Images(caller, masks, kit.show, dialect=dialect, models=models)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Ask with each key for the list of models, which costs nothing. Deployments are listed elsewhere, for other keys than ours."""
    newest = settings.api_version.lower() == NEWEST
    path = "/openai/v1/models" if newest else f"/openai/models?api-version={_LISTING}"
    keys = each_key(settings.key)
    for number, key in enumerate(keys, start=1):
        subject = "Azure OpenAI" if len(keys) == 1 else f"Azure OpenAI, key {number}"
        async with _call(settings, kit, Keys(lambda key=key: SecretStr(key), variable="AZURE_API_KEY")) as caller:
            try:
                await listed(caller, path)
            except (ProviderFault, Refused) as fault:
                yield Finding(subject=subject, good=False, sentence=f"{fault.sentence} See AZURE_API_KEY and AZURE_BASE_URL.")
            else:
                names = ", ".join(settings.models)
                sentence = f"The key is accepted. Whether {names} is deployed shows with the first picture; see AZURE_DEPLOYMENTS."
                yield Finding(subject=subject, good=True, sentence=sentence)
    for model in models_of(settings):
        if model.until and model.until <= kit.now().date():
            sentence = f"OpenAI has switched off what {model.name} runs: deploy a newer model and name it in AZURE_DEPLOYMENTS."
            yield Finding(subject="Azure OpenAI", good=False, sentence=sentence)


PLUGIN = Plugin[Settings, ImageProvider](
    about="Azure OpenAI: GPT image models at an address of your own",
    settings=Settings,
    open=_open,
    configured=lambda settings: bool(each_key(settings.key) and settings.address and settings.models),
    examine=_examine,
)
