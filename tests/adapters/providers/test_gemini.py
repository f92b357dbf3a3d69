"""Gemini's corners: what a request says, references, sizes, seeds, pictures among words and thoughts, moderation, errors, the doctor."""

import base64
import io
import json
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from adapters.calls import Reply, Source
from adapters.providers.gemini import MODELS
from adapters.providers.gemini.answers import finished_of
from adapters.providers.gemini.failures import explain
from adapters.providers.gemini.models import Settings, models_of
from adapters.providers.gemini.requests import fields_of
from bot import config, plugins
from bot.errors import FaultKind, ProviderFault, Refused, SettingFault
from bot.model import Capabilities, Content, Inputs, Operation, Request, State
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from bot.routing import fit
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.gemini import drawn, draws, recorded
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import open_story

SERVICE = SERVICES["gemini"]
BOAT = Source(body=png(64), width=64, height=64, media_type="image/png")
SEA = Source(body=b"sea", width=64, height=64, media_type="image/webp")


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def settled(**settings: str) -> Settings:
    return config.load(Settings, "gemini", settings)


def fields(model: str = "gemini-3.1-flash-image", *references: Source, settings: Settings | None = None, **more: Any) -> dict[str, Any]:
    """What is sent for a request that was fitted to a model."""
    settings = settings or settled()
    facts = models_of(settings)[model]
    said: dict[str, Any] = {"prompt": "a small boat", "seed": 42, **more}
    return fields_of(fit(Request(**said), facts)[0], facts, references, settings)


def parts(asked: dict[str, Any]) -> list[dict[str, Any]]:
    return asked["contents"][0]["parts"]


def test_a_drawing_says_words_ratio_and_seed_and_nothing_that_nobody_set() -> None:
    assert fields(ratio="16:9") == {
        "contents": [{"role": "user", "parts": [{"text": "a small boat"}]}],
        "generationConfig": {"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "16:9"}, "seed": 42},
    }


def test_references_follow_the_words_in_their_order() -> None:
    asked = parts(fields("gemini-3-pro-image", BOAT, SEA, operation=Operation.EDIT, prompt="the boat on the sea"))
    assert asked[0] == {"text": "the boat on the sea"}
    assert [part["inlineData"]["mimeType"] for part in asked[1:]] == ["image/png", "image/webp"]
    assert [base64.b64decode(part["inlineData"]["data"]) for part in asked[1:]] == [BOAT.body, b"sea"]


def test_a_variation_asks_for_one_in_words_even_where_there_are_none() -> None:
    assert "variation" in parts(fields("gemini-3-pro-image", BOAT, operation=Operation.VARY))[0]["text"]
    assert "a small boat" in parts(fields("gemini-3-pro-image", BOAT, operation=Operation.VARY))[0]["text"]
    assert parts(fields("gemini-3-pro-image", BOAT, operation=Operation.VARY, prompt=""))[0]["text"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_size_of_a_model_asks_for_its_own_ratio(model: Capabilities) -> None:
    assert len(model.sizes) == len(model.ratios)
    for size, ratio in zip(model.sizes, model.ratios, strict=True):
        assert fields(model.name, size=size)["generationConfig"]["imageConfig"]["aspectRatio"] == ratio


def test_only_the_newest_draws_very_long_pictures() -> None:
    assert fields(ratio="8:1")["generationConfig"]["imageConfig"]["aspectRatio"] == "8:1"
    assert fields("gemini-2.5-flash-image", ratio="8:1")["generationConfig"]["imageConfig"]["aspectRatio"] == "21:9"


def test_a_row_of_seeds_stays_a_row_of_different_seeds() -> None:
    seeds = [fields(seed=seed)["generationConfig"]["seed"] for seed in (2**31 - 1, 2**31, 2**31 + 1, 2**32 - 1, 0)]
    assert seeds == [2**31 - 1, 0, 1, 2**31 - 1, 0]
    assert "seed" not in fields(seed=None)["generationConfig"]


def test_settings_say_how_large_how_strict_and_whom() -> None:
    settings = settled(GEMINI_IMAGE_SIZE="2K", GEMINI_SAFETY="BLOCK_ONLY_HIGH", GEMINI_PEOPLE="ALLOW_ADULT")
    asked = fields(settings=settings, ratio="1:1")
    assert asked["generationConfig"]["imageConfig"] == {"aspectRatio": "1:1", "imageSize": "2K", "personGeneration": "ALLOW_ADULT"}
    assert {each["threshold"] for each in asked["safetySettings"]} == {"BLOCK_ONLY_HIGH"}
    assert len({each["category"] for each in asked["safetySettings"]}) == 4
    assert "imageSize" not in fields("gemini-2.5-flash-image", settings=settings)["generationConfig"]["imageConfig"]


def test_a_price_that_nobody_knows_is_not_stated() -> None:
    usual, large = models_of(settled()), models_of(settled(GEMINI_IMAGE_SIZE="4K"))
    assert usual["gemini-3-pro-image"].price == Decimal("0.134")
    assert large["gemini-3-pro-image"].price is None
    assert (4096, 4096) in large["gemini-3-pro-image"].sizes
    assert large["gemini-2.5-flash-image"] == usual["gemini-2.5-flash-image"], "it knows one size alone"
    assert models_of(settled(GEMINI_IMAGE_SIZE="1K")) == usual
    assert usual["gemini-2.5-flash-image"].until == date(2027, 3, 15)


def test_a_new_model_is_a_setting_away_and_a_wrong_size_stops_the_start() -> None:
    models = models_of(settled(GEMINI_MODELS="gemini-9-image, gemini-3-pro-image"))
    assert len(models) == len(MODELS) + 1
    assert models["gemini-9-image"].price is None
    with pytest.raises(SettingFault) as fault:
        settled(GEMINI_IMAGE_SIZE="1k")
    assert "GEMINI_IMAGE_SIZE" in str(fault.value)


async def test_what_is_too_large_to_send_is_made_smaller_and_the_fifteenth_is_left_out(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [png(64)])
    written = io.BytesIO()
    Image.effect_noise((1100, 1000), 90).convert("RGB").save(written, "PNG")
    request = Request(operation=Operation.EDIT, prompt="all of them", size=(1024, 1024), model="gemini-3-pro-image", sources=("k",) * 15)
    await provider.submit(request, Inputs(sources=(written.getvalue(),) * 15), key="7kq2mw9x-1")
    asked = vendor.asked[0]
    assert len(parts(asked.json)) == 1 + 14
    assert len(asked.body) < 20_000_000
    assert asked.path == "/v1beta/models/gemini-3-pro-image:generateContent"
    assert asked.headers["x-goog-api-key"] == "gem-secret"


def reply(data: object, status: int = 200) -> Reply:
    return Reply(vendor="Gemini", status=status, body=json.dumps(data).encode())


def answer(*said: dict[str, Any], finish: str | None = "STOP") -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": list(said)}, "finishReason": finish}]}


def inline(body: bytes, *, kind: str = "image/png", **more: object) -> dict[str, Any]:
    return {"inlineData": {"mimeType": kind, "data": base64.b64encode(body).decode()}, **more}


def test_a_picture_is_found_among_words_with_its_version_and_its_id() -> None:
    finished = finished_of(reply(recorded("drawn")))
    assert finished.images == (b"hello",)
    assert (finished.version, finished.vendor_id) == ("gemini-3.1-flash-image", "kVYgaZ3mGoLXvdIPq5uR8AI")
    assert (finished.seed, finished.cost) == (None, None), "it tells neither"


def test_a_draft_is_not_the_picture() -> None:
    thought = inline(b"draft", thought=True)
    assert finished_of(reply(answer(thought, inline(b"done")))).images == (b"done",)
    assert finished_of(reply(answer(inline(b"step"), inline(b"done")))).images == (b"done",)
    with pytest.raises(ProviderFault) as fault:
        finished_of(reply(answer(thought)))
    assert fault.value.kind is FaultKind.BAD_RESULT


@pytest.mark.parametrize(
    "reason",
    [
        "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
        "MODEL_ARMOR", "IMAGE_SAFETY_OF_TOMORROW",
    ],
)  # fmt: skip
def test_a_finish_reason_of_moderation_is_a_refusal_even_beside_a_picture(reason: str) -> None:
    for said in ((), (inline(b"blurred"),)):
        with pytest.raises(Refused) as refused:
            finished_of(reply(answer(*said, finish=reason)))
        assert refused.value.category == reason.lower().replace("_", " ")
        assert refused.value.source == "gemini"


@pytest.mark.parametrize("reason", ["NO_IMAGE", "IMAGE_OTHER", "OTHER", "MAX_TOKENS", "MALFORMED_RESPONSE", "FINISH_REASON_OF_TOMORROW"])
def test_a_finish_reason_that_is_none_of_moderation_is_a_bad_result(reason: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        finished_of(reply(answer({"text": "Sorry."}, finish=reason)))
    assert fault.value.kind is FaultKind.BAD_RESULT
    assert reason in fault.value.sentence


@pytest.mark.parametrize(
    "reason", ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR", "JAILBREAK", "NEW"]
)
def test_whatever_blocks_a_prompt_is_a_refusal(reason: str) -> None:
    with pytest.raises(Refused):
        finished_of(reply({"promptFeedback": {"blockReason": reason}}))


def test_feedback_without_a_reason_blocks_nothing() -> None:
    said = answer(inline(b"done")) | {"promptFeedback": {"blockReason": "BLOCK_REASON_UNSPECIFIED"}}
    assert finished_of(reply(said)).images == (b"done",)
    assert finished_of(reply(said | {"promptFeedback": {}})).images == (b"done",)
    assert finished_of(reply(said | {"promptFeedback": None})).images == (b"done",)


EMPTY: list[dict[str, Any]] = [
    {},
    {"candidates": []},
    {"candidates": None},
    {"candidates": [{}]},
    {"candidates": [{"content": None, "finishReason": None}]},
    {"candidates": [{"content": {"parts": None}}]},
    answer(),
    answer(inline(b"%PDF", kind="application/pdf")),
    answer({"inlineData": {"mimeType": "image/png", "data": "?"}}),
    {"candidates": "none"},
]


@pytest.mark.parametrize("said", EMPTY)
def test_an_answer_without_a_picture_is_a_bad_result(said: dict[str, Any]) -> None:
    with pytest.raises(ProviderFault) as fault:
        finished_of(reply(said))
    assert fault.value.kind is FaultKind.BAD_RESULT


def explained(data: object, status: int) -> ProviderFault:
    fault = explain(reply(data, status))
    assert isinstance(fault, ProviderFault)
    assert not fault.accepted
    return fault


def error(message: str, status: str = "", *details: object) -> dict[str, Any]:
    return {"error": {"message": message, "status": status, "details": list(details)}}


def test_a_wrong_key_is_a_400_there() -> None:
    assert explained(recorded("wrong_key"), 400).kind is FaultKind.CREDENTIALS
    assert explained(error("API key expired. Please renew the API key."), 400).kind is FaultKind.CREDENTIALS


async def test_a_wrong_key_makes_way_for_the_next(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", SERVICE.submit[1], Says(status=400, json=recorded("wrong_key")), Says(json=drawn(png(64))))
    async with open_service(SERVICE, vendor, tmp_path, GEMINI_API_KEY="one,two") as provider:
        await provider.submit(SERVICE.request, Inputs(), key="7kq2mw9x-1")
    assert sorted(each.headers["x-goog-api-key"] for each in vendor.asked) == ["one", "two"]


def test_where_it_is_not_offered_or_not_paid_for_an_admin_is_asked() -> None:
    region = explained(error("User location is not supported for the API use.", "FAILED_PRECONDITION"), 400)
    assert region.kind is FaultKind.BAD_REQUEST
    assert "admin" in region.advice
    assert explained(error("Please enable billing on the project.", "FAILED_PRECONDITION"), 400).kind is FaultKind.CREDIT
    assert explain(reply(recorded("error"), 400)) is None, "the usual meaning is right"


def test_how_long_to_wait_is_in_the_details_or_else_in_the_words() -> None:
    assert explained(recorded("too_often"), 429).retry_after == 12
    assert explained(error("Please retry in 37.363665079s."), 429).retry_after == pytest.approx(37.36, abs=0.01)
    assert explained(error("Slow down."), 429).retry_after is None
    assert explained(error("x", "RESOURCE_EXHAUSTED", {"retryDelay": "soon"}), 429).kind is FaultKind.RATE_LIMITED


async def test_the_details_reach_whoever_waits(vendor: Vendor, provider: ImageProvider) -> None:
    vendor.on("POST", SERVICE.submit[1], Says(status=429, json=recorded("too_often")))
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(SERVICE.request, Inputs(), key="7kq2mw9x-1")
    assert (fault.value.kind, fault.value.retry_after) == (FaultKind.RATE_LIMITED, 12)


@pytest.mark.parametrize(
    "data",
    [
        error("Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: gemini-3-pro-image"),
        error("x", "", {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}, {"retryDelay": "9s"}),
    ],
)
def test_a_quota_that_no_waiting_renews_is_spent_credit(data: object) -> None:
    assert explained(data, 429).kind is FaultKind.CREDIT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "details", "violations", "message", "status", "quotaId", "retryDelay"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(data=JSON, status=st.sampled_from([400, 401, 403, 404, 429, 500]))
def test_an_error_of_any_shape_is_read(data: object, status: int) -> None:
    assert isinstance(explain(reply(data, status)), ProviderFault | Refused | None)


@given(data=JSON)
def test_an_answer_of_any_shape_is_a_bad_result_or_a_refusal(data: object) -> None:
    with pytest.raises((ProviderFault, Refused)):
        finished_of(reply(data))


def kit() -> Kit:
    async def link(key: str, **_: object) -> str:
        return key

    async def read(key: str) -> Content:
        raise LookupError(key)

    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Kit(folder=Path(), now=lambda: now, link=link, read=read, public_url="https://l.example", vault=MemoryVault())


async def examined(vendor: Vendor, **more: str) -> list[Finding]:
    plugin = plugins.load("adapters.providers", "gemini", "PLUGIN")
    settings = config.load(plugin.settings, "gemini", {**SERVICE.settings(vendor), **more})
    return [finding async for finding in plugin.examine(settings, kit())]


async def test_the_doctor_tries_each_key_without_spending(vendor: Vendor) -> None:
    vendor.on(
        "GET", "/v1beta/models", Says(json=recorded("models")), Says(status=400, json=recorded("wrong_key")), Says(json={"models": []})
    )
    good, wrong, poor, ending = await examined(vendor, GEMINI_API_KEY="one, two, three")
    assert good.good
    assert "gemini-3-pro-image" in good.sentence
    assert not wrong.good
    assert "GEMINI_API_KEY" in wrong.sentence
    assert not poor.good
    assert "does not know" in poor.sentence
    assert ending.good
    assert "2027-03-15" in ending.sentence
    assert [each.headers["x-goog-api-key"] for each in vendor.asked] == ["one", "two", "three"]
    assert {each.method for each in vendor.asked} == {"GET"}


def test_without_a_key_it_is_off() -> None:
    plugin = plugins.load("adapters.providers", "gemini", "PLUGIN")
    assert not plugin.configured(config.load(plugin.settings, "gemini", {}))
    assert plugin.configured(config.load(plugin.settings, "gemini", {"GEMINI_API_KEY": "k"}))


def surroundings(vendor: Vendor) -> dict[str, str]:
    return {"BOT_PROVIDERS": "gemini", **SERVICE.settings(vendor)}


async def test_a_story_from_words_to_a_picture_and_an_edit_of_it(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn("imagine a small boat --model gemini --seed 42 --ar 16:9")
        assert (job.model, job.cost, job.images[0].seed) == ("gemini-3.1-flash-image", Decimal("0.067"), 42)
        assert job.vendor_id == "kVYgaZ3mGoLXvdIPq5uR8AI"
        shown = str((await story.results(job.id))[0].content)
        assert "$0.07" in shown or "$0.067" in shown
        assert "seed 42" in shown
        edited = await story.drawn(f"edit {job.id} 1 make it night")
        assert edited.model == "gemini-3.1-flash-image"
    assert [len(parts(each.json)) for each in vendor.asked] == [1, 2]
    assert parts(vendor.asked[1].json)[0]["text"] == "make it night"


async def test_a_blocked_prompt_is_asked_of_nobody_else(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", SERVICE.submit[1], Says(json=recorded("blocked")))
    async with open_story(tmp_path, {**surroundings(vendor), "BOT_PROVIDERS": "gemini,sketch"}) as story:
        answer_ = await story.say("imagine a small boat --model gemini")
        job = await story.until(answer_.job)
        assert job.state is State.BLOCKED
        assert job.problem
        assert "Gemini" in job.problem.sentence
    assert len(vendor.asked) == 1


async def test_a_call_that_broke_off_is_not_made_again_after_a_restart(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", SERVICE.submit[1], Says(breaks=True))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        answer_ = await story.say("imagine a small boat --model gemini")
        assert (await story.until(answer_.job)).state is State.FAILED
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        assert (await story.until(answer_.job)).state is State.FAILED
    assert len(vendor.asked) == 1
