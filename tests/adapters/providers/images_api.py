"""A service that speaks the images API, opened on a vendor of ours, with what it shows on the way."""

import io
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from bot import config, plugins
from bot.model import Content, Finished, Inputs, Pending, Progress, Request
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from tests.contracts.service import Service
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Vendor

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(kw_only=True)
class Rig:
    """An open provider and what it showed."""

    provider: ImageProvider
    shown: list[tuple[str, Pending]] = field(default_factory=list[tuple[str, Pending]])

    async def draw(self, request: Request, *sources: bytes, mask: bytes | None = None) -> Finished:
        progress: Progress = await self.provider.submit(request, Inputs(sources=sources, mask=mask), key="7kq2mw9x-1")
        assert isinstance(progress, Finished)
        return progress


def kit_of(folder: Path, settings: Any, show: Callable[[str, Pending], None] = lambda _key, _pending: None) -> Kit:
    async def link(key: str, *, expires: timedelta, download: str = "") -> str:
        return f"{key}{expires}{download}"

    async def read(key: str) -> Content:
        raise LookupError(key)

    return Kit(
        folder=folder,
        now=lambda: NOW,
        link=link,
        read=read,
        public_url="https://limner.example",
        vault=MemoryVault(),
        reload=lambda: settings,
        show=show,
    )


@asynccontextmanager
async def open_rig(service: Service, vendor: Vendor, folder: Path, **more: str) -> AsyncGenerator[Rig]:
    plugin = plugins.load("adapters.providers", service.name, "PLUGIN")
    read = config.load(plugin.settings, service.name, {**service.settings(vendor), **more})
    shown: list[tuple[str, Pending]] = []
    async with plugin.open(read, kit_of(folder, read, lambda key, pending: shown.append((key, pending)))) as provider:
        yield Rig(provider=provider, shown=shown)


async def examined(service: Service, vendor: Vendor, folder: Path, **more: str) -> list[Finding]:
    """What the doctor hears."""
    plugin = plugins.load("adapters.providers", service.name, "PLUGIN")
    read = config.load(plugin.settings, service.name, {**service.settings(vendor), **more})
    return [finding async for finding in plugin.examine(read, kit_of(folder, read))]


def picture(form: str = "PNG", size: tuple[int, int] = (4, 2)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, form)
    return written.getvalue()


def half_mask(size: tuple[int, int] = (4, 2)) -> bytes:
    """Edit the left half."""
    mask = Image.new("L", size)
    mask.paste(255, (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    mask.save(written, "PNG")
    return written.getvalue()


def file_names(body: bytes) -> list[bytes]:
    """The lines of a multipart body that name a file's part, its file name and, below, its type."""
    lines = body.split(b"\r\n")
    return [line + b"; " + lines[number + 1] for number, line in enumerate(lines) if b"filename=" in line]


def only(vendor: Vendor) -> Any:
    """The fields of the one call that was made."""
    (asked,) = vendor.heard("POST")
    return asked.json
