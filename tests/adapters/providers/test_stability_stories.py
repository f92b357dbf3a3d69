"""Stability AI with the assembled app: stories from words to pictures, restarts, refusals; and what the doctor says of its keys."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot import config, plugins
from bot.model import State
from bot.plugins import Finding, Kit
from tests.bench.easel import png
from tests.contracts.service import SERVICES
from tests.contracts.services.stability import draws, pictured, recorded
from tests.contracts.services.stability_creative import takes
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import open_story

SERVICE = SERVICES["stability"]


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


def kit() -> Kit:
    async def link(key: str, **_: object) -> str:
        return key

    async def read(key: str) -> Any:
        raise LookupError(key)

    return Kit(folder=Path(), now=lambda: datetime.now(UTC), link=link, read=read, public_url="https://l.example", vault=MemoryVault())


async def examined(vendor: Vendor, **more: str) -> list[Finding]:
    plugin = plugins.load("adapters.providers", "stability", "PLUGIN")
    settings = config.load(plugin.settings, "stability", {**SERVICE.settings(vendor), **more})
    return [finding async for finding in plugin.examine(settings, kit())]


async def test_the_doctor_tries_each_key_without_spending(vendor: Vendor) -> None:
    vendor.on("GET", "/v1/user/balance", Says(json=recorded("balance")), Says(json={"credits": 0.4}), Says(status=401, json={}))
    good, poor, wrong, models = await examined(vendor, STABILITY_API_KEY="sk-one, sk-two, sk-three")
    assert good.good
    assert "$6.42" in good.sentence
    assert not poor.good
    assert "buy" in poor.sentence
    assert not wrong.good
    assert "STABILITY_API_KEY" in wrong.sentence
    assert "search-and-replace" in models.sentence
    assert [each.headers["authorization"] for each in vendor.asked] == ["Bearer sk-one", "Bearer sk-two", "Bearer sk-three"]
    assert {each.method for each in vendor.asked} == {"GET"}
    assert not any("sk-" in finding.sentence for finding in (good, poor, wrong))


def test_without_a_key_it_is_off() -> None:
    plugin = plugins.load("adapters.providers", "stability", "PLUGIN")
    assert not plugin.configured(config.load(plugin.settings, "stability", {}))
    assert plugin.configured(config.load(plugin.settings, "stability", {"STABILITY_API_KEY": "k"}))


def surroundings(vendor: Vendor) -> dict[str, str]:
    return {"BOT_PROVIDERS": "stability", **SERVICE.settings(vendor)}


async def test_a_story_from_words_to_a_picture_with_cost_and_seed(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn("imagine a small boat --model stability --seed 42 --ar 16:9")
        assert (job.model, job.cost, job.images[0].seed) == ("stable-image-core", Decimal("0.03"), 42)
        shown = str((await story.results(job.id))[0].content)
        assert "$0.03" in shown
        assert "seed 42" in shown
        larger = await story.drawn(f"upscale {job.id} 1")
        assert (larger.model, larger.cost) == ("stable-image-core", Decimal("0.02"))
    assert [each.path.rpartition("/")[2] for each in vendor.asked] == ["core", "fast"]


async def test_several_images_are_several_calls_with_seeds_of_their_own(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", "/v2beta/", Says(body=png(64), headers={**recorded("headers"), "seed": ""}))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn("imagine a small boat --count 3 --seed 42")
        assert [image.seed for image in job.images] == [42, 43, 44]
        assert job.cost == 3 * Decimal("0.025"), "the cheapest draws"
    assert sorted(each.parts["seed"][0] for each in vendor.asked) == [b"42", b"43", b"44"]


async def test_a_slow_upscale_survives_a_restart_and_is_ordered_once(vendor: Vendor, tmp_path: Path) -> None:
    takes(vendor, Says(status=202, json=recorded("at_work")))
    vendor.on("POST", "/generate/", pictured(png(64)))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        drawn = await story.drawn("imagine a small boat --model stability")
        answer = await story.say(f"edit {drawn.id} 1 a small boat --model upscale-creative")
        await story.until(answer.job, State.SUBMITTED)
    vendor.on("GET", "/v2beta/results/", pictured(png(96)))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.until(answer.job, State.DELIVERED)
        assert (job.images[0].width, job.cost) == (96, Decimal("0.60"))
    assert len(vendor.heard("POST", "/creative")) == 1


async def test_a_blurred_picture_is_never_shown_and_asked_of_nobody_else(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", "/v2beta/", pictured(png(64), finish="CONTENT_FILTERED"))
    async with open_story(tmp_path, {**surroundings(vendor), "BOT_PROVIDERS": "stability,sketch"}) as story:
        answer = await story.say("imagine a small boat --model stability")
        job = await story.until(answer.job)
        assert job.state is State.BLOCKED
        assert not job.images
        assert job.problem
        assert "Stability AI" in job.problem.sentence
    assert len(vendor.asked) == 1


async def test_what_search_and_replace_lacks_is_said_on_the_card(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        drawn = await story.drawn("imagine a small boat")
        answer = await story.say(f"edit {drawn.id} 1 a red duck --model search-and-replace")
        job = await story.until(answer.job)
        assert job.state is State.FAILED
        assert job.problem
        assert "the boat -> a red duck" in job.problem.advice
        better = await story.drawn(f"edit {drawn.id} 1 the boat -> a red duck --model search-and-replace")
        assert better.images
    assert vendor.asked[-1].parts["search_prompt"] == [b"the boat"]
