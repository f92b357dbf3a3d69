"""Sitters: drawings, pictures and vendors that several tests of the sketches ask for."""

import asyncio
import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from adapters.providers.sketch import PLUGIN
from adapters.providers.sketch.render import Drawing
from bot import config
from bot.model import Content, Finished, Pending, Progress
from bot.plugins import Kit
from bot.ports import ImageProvider
from tests.contracts.vaults import MemoryVault

Pixels = NDArray[np.int16]


def drawing(prompt: str = "a red fox in the snow", **changes: Any) -> Drawing:
    return replace(Drawing(prompt=prompt, seed=42, width=256, height=256), **changes)


def pixels(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("RGB"), np.int16)


def apart(first: Image.Image, second: Image.Image) -> float:
    """How far two pictures are apart: the mean difference of their pixels, 0 to 255."""
    return float(np.abs(pixels(first) - pixels(second)).mean())


def png(image: Image.Image) -> bytes:
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def _no_link(key: str, *, expires: timedelta, download: str = "") -> str:
    return f"{key}{expires}{download}"


async def _no_file(key: str) -> Content:
    raise LookupError(key)


@asynccontextmanager
async def vendor(folder: Path, clock: Clock | None = None, **settings: str) -> AsyncGenerator[ImageProvider]:
    """The provider as the bot opens it, its settings as in the environment."""
    kit = Kit(folder=folder, now=clock or Clock(), link=_no_link, read=_no_file, public_url="http://127.0.0.1", vault=MemoryVault())
    async with PLUGIN.open(config.load(PLUGIN.settings, "sketch", settings), kit) as provider:
        yield provider


async def finish(provider: ImageProvider, progress: Progress) -> Finished:
    """Ask until it is done."""
    async with asyncio.timeout(30):
        while isinstance(progress, Pending):
            progress = await provider.check(progress.ticket)
    return progress
