"""A service as the contract drives it: how its provider is opened on a vendor of ours, and how that vendor speaks."""

import importlib
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bot import config, plugins
from bot.model import Content, Inputs, Request
from bot.plugins import Kit
from bot.ports import ImageProvider
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor

RECORDED = Path(__file__).parents[1] / "recorded"
FOLDER = Path(__file__).parent / "services"
Program = Callable[[Vendor], None]


@dataclass(frozen=True, kw_only=True)
class Service:
    """A provider, and its vendor's manners. Patterns are regular expressions over path and query."""

    name: str
    settings: Callable[[Vendor], Mapping[str, str]]
    """The environment that points the provider at the vendor."""
    request: Request
    """Something its first model can do, fitted to it, with a seed where it takes one."""
    submit: tuple[str, str]
    """Method and pattern of the call that orders."""
    draws: Callable[[Vendor, Sequence[bytes]], None]
    """Makes the vendor draw these pictures, whatever is asked for."""
    error: Callable[[int], Says]
    """An error in the vendor's own form."""
    moderated: Mapping[str, Program] = field(default_factory=dict[str, Program])
    """Every form in which the vendor refuses, by what it is."""
    check: tuple[str, str] | None = None
    """Method and pattern of the call that asks how it stands; None for a service that answers at once."""
    unknown: Callable[[], Says] | None = None
    """How it stands: in a word that nobody knows yet."""
    lost: Callable[[], Says] | None = None
    """How it stands: the vendor does not know the job."""
    result: str = ""
    """Pattern of what its results are fetched from; empty where they come inside the answer."""
    links: Callable[[Vendor, str], None] | None = None
    """Makes the vendor finish with this address as its result."""
    cancel: tuple[str, str] | None = None
    """Method and pattern of the call that cancels."""
    seed_out: bool = False
    """Whether it tells the seed it drew with."""
    cost: Decimal | None = None
    """What `draws` costs, where the vendor tells."""
    inputs: Inputs = field(default_factory=Inputs)
    keyless: bool = False
    """Whether it needs no key."""


SERVICES: Mapping[str, Service] = {
    path.stem: importlib.import_module(f"tests.contracts.services.{path.stem}").SERVICE
    for path in sorted(FOLDER.glob("*.py"))
    if not path.stem.startswith("_")
}
"""Every service that the contract knows, by its file; a provider that speaks in two manners has two."""


@asynccontextmanager
async def open_service(service: Service, vendor: Vendor, folder: Path, **more: str) -> AsyncGenerator[ImageProvider]:
    """The provider, with the vendor in place of its service."""
    plugin = plugins.load("adapters.providers", service.name, "PLUGIN")
    settings = config.load(plugin.settings, service.name, {**service.settings(vendor), **more})

    async def link(key: str, *, expires: timedelta, download: str = "") -> str:
        return f"{key}{expires}{download}"

    async def read(key: str) -> Content:
        raise LookupError(key)

    kit = Kit(
        folder=folder,
        now=lambda: datetime.now(UTC),
        link=link,
        read=read,
        public_url="https://limner.example",
        vault=MemoryVault(),
        reload=lambda: settings,
        webhook=f"https://limner.example/webhooks/{service.name}/unguessable",
    )
    async with plugin.open(settings, kit) as provider:
        yield provider
