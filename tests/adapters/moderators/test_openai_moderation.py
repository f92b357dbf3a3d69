"""OpenAI's moderation endpoint: what it is shown, what its answers mean, and what happens when it does not answer."""

import base64
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.moderators import ALSO
from adapters.moderators.openai_moderation import PLUGIN, Endpoint, Settings
from bot import config
from bot.errors import NotFound
from bot.model import Content, Level, Person, Place
from bot.moderation import Panel
from bot.plugins import Kit
from tests.bench.easel import png
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor

PERSON = Person(platform="p", workspace="w", id="u")
PLACE = Place(platform="p", workspace="w", channel="c")
PATH = r"/v1/moderations"


def says(**scores: float) -> Says:
    """An answer in which these categories are flagged; `_` stands for the slash in their names, `__` for the hyphen."""
    named = {name.replace("__", "-").replace("_", "/"): score for name, score in scores.items()}
    result = {
        "flagged": bool(scores),
        "categories": dict.fromkeys(named, True) | {"hate": False},
        "category_scores": named | {"hate": 0.01},
    }
    return Says(json={"id": "modr-1", "model": "omni-moderation-latest", "results": [result]})


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


async def _link(key: str, *, expires: timedelta, download: str = "") -> str:  # noqa: ARG001 - the kit's signature
    return key


async def _read(key: str) -> Content:
    raise NotFound(key)


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@asynccontextmanager
async def opened(vendor: Vendor, folder: Path, clock: Clock | None = None, **more: str) -> AsyncGenerator[Endpoint]:
    said: Mapping[str, str] = {"OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": f"{vendor.url}/v1", **more}
    settings = config.load(Settings, "openai_moderation", config.also(said, ALSO))
    kit = Kit(
        folder=folder,
        now=clock or Clock(),
        link=_link,
        read=_read,
        public_url="",
        vault=MemoryVault(),
        reload=lambda: settings,
    )
    assert PLUGIN.configured(settings)
    async with PLUGIN.open(settings, kit) as endpoint:
        yield endpoint


def only(vendor: Vendor) -> Any:
    (asked,) = vendor.heard("POST")
    assert asked.headers["authorization"] == "Bearer sk-secret"
    return asked.json


async def test_a_text_is_shown_and_what_is_flagged_is_found(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", PATH, says(sexual=0.97, self__harm_intent=0.35, illicit_violent=0.9))
    async with opened(vendor, tmp_path) as endpoint:
        found = {each.category: (each.score, each.source) for each in await endpoint.prompt(PERSON, PLACE, "a wording")}
    assert only(vendor) == {"model": "omni-moderation-latest", "input": [{"type": "text", "text": "a wording"}]}
    assert found == {
        "sexual": (0.97, "openai_moderation/sexual"),
        "self-harm": (0.5, "openai_moderation/self-harm-intent"),
        "weapons": (0.9, "openai_moderation/illicit-violent"),
    }


async def test_a_picture_goes_along_in_the_call(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", PATH, says(violence_graphic=0.9))
    async with opened(vendor, tmp_path) as endpoint:
        assert (await Panel([endpoint]).image(PLACE, png(8))).category == "gore"
    ((part,), url) = (only(vendor)["input"], only(vendor)["input"][0]["image_url"]["url"])
    assert part["type"] == "image_url"
    assert base64.b64decode(url.removeprefix("data:image/png;base64,")) == png(8)


async def test_a_battle_on_a_canvas_is_looked_at_and_not_refused(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", PATH, says(violence=0.99))
    async with opened(vendor, tmp_path) as endpoint:
        assert (await Panel([endpoint]).prompt(PERSON, PLACE, "the battle of Hastings")).level is Level.REVIEW


async def test_a_category_that_is_new_asks_for_a_look(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", PATH, says(spam=0.99))
    async with opened(vendor, tmp_path) as endpoint:
        assert (await Panel([endpoint]).prompt(PERSON, PLACE, "x")).level is Level.REVIEW


@pytest.mark.parametrize("answer", [Says(status=500), Says(status=403, json={"error": {}}), Says(json={"results": []}), Says(breaks=True)])
async def test_without_an_answer_the_others_decide_and_it_is_said_once(vendor: Vendor, tmp_path: Path, answer: Says) -> None:
    clock = Clock()
    vendor.on("POST", PATH, answer, answer, says(sexual=0.9))
    async with opened(vendor, tmp_path, clock) as endpoint:
        with capture_logs() as logs:
            for _ in range(5):
                assert await endpoint.prompt(PERSON, PLACE, "a secret wording") == []
            assert len(vendor.heard("POST")) == 1, "it rests"
            clock.now += timedelta(minutes=2)
            assert await endpoint.prompt(PERSON, PLACE, "a secret wording") == []
            clock.now += timedelta(minutes=2)
            found = await endpoint.prompt(PERSON, PLACE, "a secret wording")
            assert [each.category for each in found] == ["sexual"]
    assert [entry["event"] for entry in logs if "moderation" in entry["event"]] == ["moderation layer rests", "moderation layer is back"]
    assert "secret" not in str(logs)


async def test_strict_it_has_a_person_look_at_what_it_could_not(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", PATH, Says(status=503))
    async with opened(vendor, tmp_path, OPENAI_MODERATION_STRICT="true") as endpoint:
        verdict = await Panel([endpoint]).prompt(PERSON, PLACE, "a fox")
        assert (verdict.level, verdict.category) == (Level.REVIEW, "unchecked")
        assert (await Panel([endpoint]).image(PLACE, png(8))).level is Level.REVIEW


@pytest.mark.parametrize(("status", "good"), [(200, True), (401, False)])
async def test_the_doctor_asks_about_a_harmless_word(vendor: Vendor, tmp_path: Path, status: int, *, good: bool) -> None:
    vendor.on("POST", PATH, says() if good else Says(status=status, json={}))
    settings = Settings.model_validate({"api_key": "sk-secret", "base_url": f"{vendor.url}/v1"})
    kit = Kit(folder=tmp_path, now=Clock(), link=_link, read=_read, public_url="", vault=MemoryVault())
    assert PLUGIN.examine is not None
    (finding,) = [each async for each in PLUGIN.examine(settings, kit)]
    assert finding.good is good
    assert "sk-secret" not in finding.sentence
