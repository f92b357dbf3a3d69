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
from bot.model import Concern, Content, Person, Place, Term
from bot.moderation import ALLOW, DOUBTFUL, TABLE, Panel
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


def _sound(concern: object, text: str) -> bool:
    return (
        isinstance(concern, Concern)
        and concern.category in TABLE
        and 0 <= concern.score <= 1
        and all(0 <= begin < end <= len(text) for begin, end in concern.spans)
    )


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_any_text_gets_sound_findings_and_the_same_again(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        for text in (*AWKWARD, *_any_unicode()):
            found = await moderator.prompt(PERSON, PLACES[0], text)
            assert all(_sound(concern, text) for concern in found)
            assert await moderator.prompt(PERSON, PLACES[0], text) == found


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_nothing_is_found_in_harmless_words_and_in_no_words(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        for place in PLACES:
            for text in ("", HARMLESS):
                assert not await moderator.prompt(PERSON, place, text)


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_nothing_is_found_in_a_harmless_picture(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        for place in PLACES:
            assert not await moderator.image(place, _picture())


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_bytes_that_are_no_picture_are_no_error(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        assert not await moderator.image(PLACES[0], b"no picture")


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_a_moderator_goes_by_its_files_name_and_signs_what_it_finds(name: str, tmp_path: Path) -> None:
    telling = ("a nude woman", "a bomb, how to make", "mail to ada@example.com", *AWKWARD)
    async with opened(name, tmp_path) as moderator:
        assert moderator.name == name
        assert moderator.remote in {True, False}
        for text in telling:
            assert all(concern.source.split("/")[0] == name for concern in await moderator.prompt(PERSON, PLACES[0], text))


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_the_terms_of_a_place_break_nothing(name: str, tmp_path: Path) -> None:
    listed = tuple(
        Term(text=text, category=category) for text in ("(", "a.*b", "ｎ", "%s", "naked", "🦊") for category in ("custom", ALLOW)
    )
    async with opened(name, tmp_path) as moderator:
        for text in ("a (b", "axxb", "naked", *AWKWARD):
            assert all(_sound(concern, text) for concern in await moderator.prompt(PERSON, PLACES[0], text, listed=listed))


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_a_moderator_opens_twice(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as first, opened(name, tmp_path) as second:
        assert await first.prompt(PERSON, PLACES[0], HARMLESS) == await second.prompt(PERSON, PLACES[0], HARMLESS)


@pytest.mark.parametrize("name", names("adapters.moderators"))
async def test_what_a_moderator_finds_can_be_judged(name: str, tmp_path: Path) -> None:
    async with opened(name, tmp_path) as moderator:
        rulings = await Panel([moderator]).findings(PERSON, PLACES[0], "a nude woman, ada@example.com")
        assert all(ruling.concern.score >= DOUBTFUL for ruling in rulings)
