"""Openings: a provider of a service with a vault, a clock and a webhook of the test's own, and what its doctor finds."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import config, plugins
from bot.model import Content, Finished, Inputs, Pending, Request
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from tests.contracts.service import Service
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Vendor


def kit(folder: Path, *, vault: MemoryVault | None = None, webhook: str = "", clock: list[datetime] | None = None) -> Kit:
    """A kit whose clock shows the first of `clock`."""

    async def link(key: str, *, expires: timedelta, download: str = "") -> str:
        return f"{key}{expires}{download}"

    async def read(key: str) -> Content:
        raise LookupError(key)

    times = clock or [datetime.now(UTC)]
    vault = vault or MemoryVault()
    return Kit(folder=folder, now=lambda: times[0], link=link, read=read, public_url="", vault=vault, webhook=webhook)


@asynccontextmanager
async def open_provider(
    service: Service,
    vendor: Vendor,
    folder: Path,
    *,
    vault: MemoryVault | None = None,
    webhook: str = "",
    clock: list[datetime] | None = None,
    **more: str,
) -> AsyncGenerator[ImageProvider]:
    """The provider, with the vendor in place of its service, and settings besides."""
    plugin = plugins.load("adapters.providers", service.name, "PLUGIN")
    settings = config.load(plugin.settings, service.name, {**service.settings(vendor), **more})
    async with plugin.open(settings, kit(folder, vault=vault, webhook=webhook, clock=clock)) as provider:
        yield provider


async def examined(service: Service, vendor: Vendor, folder: Path, **more: str) -> list[Finding]:
    """What the doctor finds."""
    plugin = plugins.load("adapters.providers", service.name, "PLUGIN")
    settings = config.load(plugin.settings, service.name, {**service.settings(vendor), **more})
    return [finding async for finding in plugin.examine(settings, kit(folder))]


async def ordered(provider: ImageProvider, request: Request, inputs: Inputs | None = None) -> str:
    """The ticket of an order."""
    progress = await provider.submit(request, inputs or Inputs(), key="7kq2mw9x-1")
    assert isinstance(progress, Pending)
    return progress.ticket


async def finished(provider: ImageProvider, request: Request) -> Finished:
    """What an order comes to."""
    ticket = await ordered(provider, request)
    async with asyncio.timeout(15):
        while True:
            progress = await provider.check(ticket)
            if isinstance(progress, Finished):
                return progress
