"""What every ImageProvider promises, asked of each of them."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.providers.sketch import PLUGIN as SKETCH
from bot import config
from bot.errors import FaultKind, ProviderFault
from bot.imaging import open_studio
from bot.model import Content, Finished, Inputs, Operation, Pending, Progress, Promise, Request
from bot.plugins import Kit
from bot.ports import ImageProvider
from bot.routing import fit
from tests.bench.easel import InstantProvider, png
from tests.contracts.vaults import MemoryVault

Opened = Callable[[Path], AbstractAsyncContextManager[ImageProvider]]


async def _no_link(key: str, *, expires: timedelta, download: str = "") -> str:
    return f"{key}{expires}{download}"


async def _no_file(key: str) -> Content:
    raise LookupError(key)


def _sketch(**settings: str) -> Opened:
    @asynccontextmanager
    async def opened(folder: Path) -> AsyncGenerator[ImageProvider]:
        kit = Kit(
            folder=folder, now=lambda: datetime.now(UTC), link=_no_link, read=_no_file, public_url="http://127.0.0.1", vault=MemoryVault()
        )
        async with SKETCH.open(config.load(SKETCH.settings, "sketch", settings), kit) as provider:
            yield provider

    return opened


def _easel(delay: float) -> Opened:
    @asynccontextmanager
    async def opened(folder: Path) -> AsyncGenerator[ImageProvider]:
        assert folder.is_dir()
        yield InstantProvider(png(64), delay=delay)

    return opened


PROVIDERS = {
    "sketch": _sketch(),
    "sketch that answers at once": _sketch(SKETCH_MODE="sync"),
    "easel": _easel(0),
    "easel that is slow": _easel(0.05),
}


@pytest.fixture(params=list(PROVIDERS.values()), ids=list(PROVIDERS))
async def provider(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with request.param(tmp_path) as opened:
        yield opened


def fitted(provider: ImageProvider, request: Request) -> Request:
    model = next(iter(provider.models.values()))
    return replace(fit(request, model)[0], size=(256, 256))


async def finish(provider: ImageProvider, progress: Progress) -> Finished:
    async with asyncio.timeout(20):
        while isinstance(progress, Pending):
            assert progress.ticket
            assert progress.fraction is None or 0 <= progress.fraction <= 1
            await asyncio.sleep(min(0.05, progress.check_after))
            progress = await provider.check(progress.ticket)
    return progress


async def test_it_draws_what_was_asked_for_in_sound_pictures(provider: ImageProvider) -> None:
    request = fitted(provider, Request(prompt="a small boat", seed=42))
    finished = await finish(provider, await provider.submit(request, Inputs(), key="job-1"))
    assert len(finished.images) == 1
    async with open_studio() as studio:
        facts = await studio.check(finished.images[0])
    assert facts.media_type in {"image/png", "image/jpeg", "image/webp"}


async def test_several_images_are_as_many_as_asked_for(provider: ImageProvider) -> None:
    request = fitted(provider, Request(prompt="a small boat", seed=42, count=3))
    finished = await finish(provider, await provider.submit(request, Inputs(), key="job-1"))
    assert len(finished.images) == 3


async def test_an_exact_promise_is_kept(provider: ImageProvider) -> None:
    model = next(iter(provider.models.values()))
    if model.promise is not Promise.EXACT:
        assert model.promise in Promise
        return
    request = fitted(provider, Request(prompt="a small boat", seed=42))
    first = await finish(provider, await provider.submit(request, Inputs(), key="job-1"))
    second = await finish(provider, await provider.submit(request, Inputs(), key="job-2"))
    assert first.images == second.images


async def test_a_keyed_service_gives_the_same_ticket_for_the_same_key(provider: ImageProvider) -> None:
    model = next(iter(provider.models.values()))
    request = fitted(provider, Request(prompt="a small boat", seed=42))
    first = await provider.submit(request, Inputs(), key="job-1")
    second = await provider.submit(request, Inputs(), key="job-1")
    if model.keyed and isinstance(first, Pending) and isinstance(second, Pending):
        assert first.ticket == second.ticket
    assert (await finish(provider, second)).images


async def test_an_unknown_ticket_is_a_lost_job(provider: ImageProvider) -> None:
    with pytest.raises(ProviderFault) as caught:
        await provider.check("nonesuch")
    assert caught.value.kind is FaultKind.LOST


async def test_cancelling_what_is_over_or_unknown_is_no_error(provider: ImageProvider) -> None:
    request = fitted(provider, Request(prompt="a small boat", seed=42))
    progress = await provider.submit(request, Inputs(), key="job-1")
    if isinstance(progress, Pending):
        await provider.cancel(progress.ticket)
        await provider.cancel(progress.ticket)
    await provider.cancel("nonesuch")


async def test_every_model_can_draw_and_says_its_bounds(provider: ImageProvider) -> None:
    assert provider.models
    for name, model in provider.models.items():
        assert name == model.name
        assert Operation.DRAW in model.operations
        assert model.sides[0] <= model.sides[1]
        assert model.running >= 1
        assert model.deadline > 0
