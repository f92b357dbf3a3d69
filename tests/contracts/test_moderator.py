"""What every moderator keeps to, whoever it asks."""

import io
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.errors import NotFound
from bot.model import Content, Level, Person, Place, Verdict
from bot.plugins import Kit, Plugin, load, names
from bot.ports import Moderator
from tests.contracts.vaults import MemoryVault

PERSON = Person(platform="playground", workspace="w", id="u1")
PLACES = (
    Place(platform="playground", workspace="w", channel="c"),
    Place(platform="playground", workspace="w", channel="c", thread="t", age_restricted=True),
    Place(platform="playground", workspace="w", channel="d", direct=True),
)
HARMLESS = "a red fox in the snow"
AWKWARD = (
    "",
    " ",
    "\x00\x01\x7f\u200b\u202e\ufeff",
    "🦊" * 500,
    "\ud83d\ude00\ud83d",
    "مرحبا שלום नमस्ते สวัสดี 你好",
    "a\u0301" * 500,
    "-" * 1000,
    "%s {0} $(x) <b> '; DROP",
    "x" * 100_000,
    "a red fox, " * 9_091,
    "1" * 100_000,
    "a*" * 50_000,
    "a." * 50_000,
)


async def _link(key: str, *, expires: timedelta, download: str = "") -> str:  # noqa: ARG001 - the kit's signature
    return f"https://limner.example/files/{key}"


async def _read(key: str) -> Content:
    raise NotFound(f"There is no file {key}.")


@asynccontextmanager
async def opened(name: str, folder: Path) -> AsyncGenerator[Moderator]:
    """A moderator as it is with no settings; skips one that needs some."""
    plugin: Plugin[Any, Moderator] = load("adapters.moderators", name, "PLUGIN")
    settings = plugin.settings()
    if not plugin.configured(settings):
        pytest.skip(f"{name} needs settings")
    kit = Kit(
        folder=folder,
        now=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        link=_link,
        read=_read,
        public_url="http://127.0.0.1:8080",
        vault=MemoryVault(),
    )
    async with plugin.open(settings, kit) as moderator:
        yield moderator


def _any_unicode() -> list[str]:
    dice = random.Random(7)  # noqa: S311 - chance that repeats
    return ["".join(chr(dice.randrange(0x110000)) for _ in range(dice.randrange(80))) for _ in range(150)]


def _picture() -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").save(file, "PNG")
    return file.getvalue()


def _sound(verdict: object) -> bool:
    return isinstance(verdict, Verdict) and verdict.level in tuple(Level) and 0 <= verdict.score <= 1


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_any_text_gets_a_verdict_and_the_same_again(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        for text in (*AWKWARD, *_any_unicode()):
            verdict = await moderator.prompt(PERSON, PLACES[0], text)
            assert _sound(verdict)
            assert await moderator.prompt(PERSON, PLACES[0], text) == verdict


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_harmless_words_and_no_words_pass_in_every_place(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        for place in PLACES:
            for text in ("", HARMLESS):
                assert (await moderator.prompt(PERSON, place, text)).level is Level.ALLOW


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_a_harmless_picture_passes_in_every_place(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        for place in PLACES:
            verdict = await moderator.image(place, _picture())
            assert _sound(verdict)
            assert verdict.level is Level.ALLOW


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_a_moderator_goes_by_its_files_name_and_signs_what_it_refuses(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        assert moderator.name == name
        for text in AWKWARD:
            verdict = await moderator.prompt(PERSON, PLACES[0], text)
            assert verdict.level is Level.ALLOW or (verdict.category and verdict.source.split("/")[0] == name)


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_a_moderator_opens_twice(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as first, opened(name, tmp_path) as second:
        assert await first.prompt(PERSON, PLACES[0], HARMLESS) == await second.prompt(PERSON, PLACES[0], HARMLESS)
