"""OpenAI: what is asked for, what it cost, and what its errors mean."""

import io
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.providers.openai import MODELS as OFFERED
from adapters.providers.openai import Settings, models_of
from bot import config
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Operation, Request
from bot.routing import fit
from tests.adapters.providers.images_api import Rig, examined, file_names, half_mask, only, open_rig, picture
from tests.bench.easel import png
from tests.contracts.services import openai as service
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import open_story

PICTURE, PREVIEW = png(64), png(32)
ASKED = Request(prompt="a small boat", size=(1024, 1024), model="gpt-image-2")


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        opened.on("POST", service.IMAGES, service.answer([PICTURE]))
        yield opened


@pytest.fixture
async def rig(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[Rig]:
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_PREVIEWS="0") as opened:
        yield opened


async def fault_of(rig: Rig, request: Request = ASKED) -> ProviderFault:
    with pytest.raises(ProviderFault) as fault:
        await rig.draw(request)
    return fault.value


# What is asked for


async def test_a_drawing_says_model_words_count_size_quality_and_nothing_it_does_not_know(vendor: Vendor, rig: Rig) -> None:
    asked = Request(prompt="a small boat", negative="birds", seed=7, steps=30, guidance=7, strength=0.4, style="oil", count=2, ratio="3:2")
    fitted, changes = fit(asked, OFFERED[0])
    await rig.draw(fitted)
    assert only(vendor) == {
        "model": "gpt-image-2",
        "prompt": "a small boat",
        "n": 2,
        "size": "1536x1024",
        "quality": "medium",
        "moderation": "auto",
    }
    for word in ("birds", "seed", "steps", "guidance", "strength", "style"):
        assert any(word in change for change in changes), word


async def test_an_edit_brings_all_its_pictures_by_name_and_type(vendor: Vendor, rig: Rig) -> None:
    edit = replace(ASKED, operation=Operation.EDIT)
    await rig.draw(edit, picture("PNG"), picture("JPEG"), picture("WEBP"))
    (asked,) = vendor.heard("POST", "/v1/images/edits")
    assert [name.partition(b"; ")[2] for name in file_names(asked.body)] == [
        b'name="image[]"; filename="image-1.png"; Content-Type: image/png',
        b'name="image[]"; filename="image-2.jpg"; Content-Type: image/jpeg',
        b'name="image[]"; filename="image-3.webp"; Content-Type: image/webp',
    ]
    assert (asked.parts["prompt"], asked.parts["size"], asked.parts["n"]) == ([b"a small boat"], [b"1024x1024"], [b"1"])


async def test_an_edit_takes_sixteen_pictures_and_no_more(vendor: Vendor, rig: Rig) -> None:
    await rig.draw(replace(ASKED, operation=Operation.EDIT), *[picture()] * 18)
    assert len(vendor.heard("POST")[0].parts["image[]"]) == 16


async def test_one_picture_has_the_plain_name(vendor: Vendor, rig: Rig) -> None:
    await rig.draw(replace(ASKED, operation=Operation.EDIT), picture())
    assert vendor.heard("POST")[0].parts["image"] == [picture()]


async def test_a_mask_is_clear_where_it_is_to_change_and_as_large_as_its_picture(vendor: Vendor, rig: Rig) -> None:
    await rig.draw(replace(ASKED, operation=Operation.INPAINT), picture(size=(8, 4)), mask=half_mask((4, 2)))
    with Image.open(io.BytesIO(vendor.heard("POST")[0].parts["mask"][0])) as sent:
        assert (sent.format, sent.mode, sent.size) == ("PNG", "RGBA", (8, 4))
        alpha = sent.getchannel("A")
        assert [alpha.getpixel((x, 3)) for x in range(8)] == [0, 0, 0, 0, 255, 255, 255, 255]


@pytest.mark.parametrize("words", ["a small boat", ""])
async def test_a_variation_is_asked_for_in_words(vendor: Vendor, rig: Rig, words: str) -> None:
    await rig.draw(replace(ASKED, operation=Operation.VARY, prompt=words), picture())
    (asked,) = vendor.heard("POST", "/v1/images/edits")
    (said,) = asked.parts["prompt"]
    assert said.startswith(b"A variation of this picture")
    assert said.endswith(words.encode() or b"style.")


@pytest.mark.parametrize(
    ("model", "wanted", "said"),
    [
        ("gpt-image-2", "xhigh", "high"),
        ("gpt-image-2-2026-04-21", "max", "high"),
        ("gpt-image-2.5-flare", "xhigh", "xhigh"),
        ("gpt-image-2.5-flare-2026-09-08", "max", "max"),
        ("gpt-image-1-mini", "max", "high"),
        ("gpt-image-9", "max", "high"),
        ("gpt-image-9", "low", "low"),
    ],
)
async def test_each_family_is_asked_for_a_quality_that_it_has(vendor: Vendor, tmp_path: Path, model: str, wanted: str, said: str) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_QUALITY=wanted, OPENAI_PREVIEWS="0", OPENAI_MODELS=model) as rig:
        await rig.draw(replace(ASKED, model=model))
    assert only(vendor)["quality"] == said


async def test_quality_and_background_may_come_with_the_request(vendor: Vendor, rig: Rig) -> None:
    await rig.draw(replace(ASKED, extras={"quality": "low", "background": "transparent", "moderation": "low"}))
    asked = only(vendor)
    assert (asked["quality"], asked["background"]) == ("low", "transparent")
    assert asked["moderation"] == "auto", "nobody loosens the filter from a chat"


async def test_who_pays_is_said_in_headers(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_ORG_ID="org-1", OPENAI_PROJECT_ID="proj_1", OPENAI_PREVIEWS="0") as rig:
        await rig.draw(ASKED)
    headers = vendor.heard("POST")[0].headers
    assert (headers["openai-organization"], headers["openai-project"]) == ("org-1", "proj_1")
    assert headers["authorization"] == "Bearer sk-secret"


async def test_a_key_that_is_refused_makes_way_for_the_next(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", service.IMAGES, Says(status=401, json=service.ERROR), service.answer([PICTURE]))
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_API_KEY="sk-one,sk-two", OPENAI_PREVIEWS="0") as rig:
        assert (await rig.draw(ASKED)).images == (PICTURE,)
    assert len({asked.headers["authorization"] for asked in vendor.heard("POST")}) == 2


# Errors


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"code": "invalid_value", "param": "size"}, FaultKind.BAD_REQUEST),
        (400, {"code": "billing_hard_limit_reached"}, FaultKind.CREDIT),
        (401, {"code": "invalid_api_key"}, FaultKind.CREDENTIALS),
        (403, {"code": "unsupported_country_region_territory"}, FaultKind.CREDENTIALS),
        (404, {"code": "model_not_found"}, FaultKind.BAD_REQUEST),
        (409, {}, FaultKind.UNAVAILABLE),
        (429, {"code": "rate_limit_exceeded", "type": "requests"}, FaultKind.RATE_LIMITED),
        (429, {"code": "insufficient_quota", "type": "insufficient_quota"}, FaultKind.CREDIT),
        (429, {"code": None, "type": "insufficient_quota"}, FaultKind.CREDIT),
        (503, {"code": "server_overloaded"}, FaultKind.UNAVAILABLE),
    ],
)
async def test_the_error_table(vendor: Vendor, rig: Rig, status: int, error: Mapping[str, Any], kind: FaultKind) -> None:
    vendor.on("POST", service.IMAGES, Says(status=status, json={"error": {**service.ERROR["error"], **error}}))
    fault = await fault_of(rig)
    assert (fault.kind, fault.accepted) == (kind, status >= 500)
    assert len(vendor.heard("POST", service.IMAGES)) == 1


async def test_a_refusal_says_what_was_seen_in_plain_words(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", service.IMAGES, Says(status=400, json=service.MODERATED))
    with pytest.raises(Refused) as refused:
        await rig.draw(ASKED)
    assert refused.value.sentence == "OpenAI's safety system did not take it (violence)."
    assert (refused.value.category, refused.value.source) == ("violence", "openai")


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ({"message": "no. safety_violations=[sexual, self_harm].", "moderation_details": None}, "sexual"),
        ({"message": "no", "moderation_details": {"categories": ["<b>", 7, "hate/threatening"]}}, "hate/threatening"),
        ({"message": "no", "moderation_details": {"categories": "all"}}, "policy"),
        ({"message": None, "moderation_details": []}, "policy"),
    ],
)
async def test_a_category_is_read_from_wherever_it_is_said(vendor: Vendor, rig: Rig, said: Mapping[str, Any], category: str) -> None:
    vendor.on("POST", service.IMAGES, Says(status=400, json=service.moderated(**said)))
    with pytest.raises(Refused) as refused:
        await rig.draw(ASKED)
    assert refused.value.category == category
    assert "<" not in refused.value.sentence


async def test_what_was_drawn_and_held_back_says_so(vendor: Vendor, rig: Rig) -> None:
    details = {"moderation_stage": "output", "categories": ["sexual"]}
    vendor.on("POST", service.IMAGES, Says(status=400, json=service.moderated(moderation_details=details)))
    with pytest.raises(Refused, match="held the result back"):
        await rig.draw(ASKED)


async def test_a_bad_request_that_speaks_of_users_is_no_refusal(vendor: Vendor, rig: Rig) -> None:
    error = {**service.ERROR["error"], "type": "image_generation_user_error", "message": "The picture is too large."}
    vendor.on("POST", service.IMAGES, Says(status=400, json={"error": error}))
    assert (await fault_of(rig)).kind is FaultKind.BAD_REQUEST


async def test_a_key_that_is_told_back_is_in_no_sentence(vendor: Vendor, rig: Rig) -> None:
    message = "Incorrect API key provided: sk-sec**ret. You can find your key on the platform's page."
    vendor.on("POST", service.IMAGES, Says(status=401, json={"error": {"message": message.replace("**", "******")}}))
    assert "sk-sec" not in (await fault_of(rig)).sentence


# What it cost


@pytest.mark.parametrize(
    ("model", "usage", "cost"),
    [
        ("gpt-image-2", service.GENERATED["usage"], "0.05274"),
        ("gpt-image-2.5-flare", {"input_tokens_details": {"text_tokens": 20, "image_tokens": 1000}, "output_tokens": 500}, "0.0231"),
        ("gpt-image-1-mini", {"input_tokens_details": {"text_tokens": 20, "image_tokens": 1000}, "output_tokens": 500}, "0.00654"),
        ("gpt-image-2.6-flare", service.GENERATED["usage"], None),
        ("gpt-image-2", {"output_tokens": 500}, None),
        ("gpt-image-2", {"input_tokens_details": {"text_tokens": "x"}, "output_tokens": 5}, None),
        ("gpt-image-2", {"input_tokens_details": {"text_tokens": 5}, "output_tokens": -5}, None),
        ("gpt-image-2", "plenty", None),
        ("gpt-image-2", None, None),
    ],
)
async def test_the_cost_is_worked_out_from_the_tokens_where_both_are_known(
    vendor: Vendor, rig: Rig, model: str, usage: Any, cost: str | None
) -> None:
    vendor.on("POST", service.IMAGES, service.answer([PICTURE], usage=usage))
    finished = await rig.draw(replace(ASKED, model=model))
    assert finished.images == (PICTURE,), "whatever the rest of the answer looks like"
    assert finished.cost == (Decimal(cost) if cost else None)


async def test_the_request_id_is_kept(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", service.IMAGES, replace(service.answer([PICTURE]), headers={"x-request-id": "req_7"}))
    assert (await rig.draw(ASKED)).vendor_id == "req_7"


async def test_what_came_is_given_although_less_than_was_asked_for(vendor: Vendor, rig: Rig) -> None:
    answer = service.answer([PICTURE])
    vendor.on("POST", service.IMAGES, Says(json={**answer.json, "data": [{"b64_json": None}, *answer.json["data"]]}))
    assert (await rig.draw(replace(ASKED, count=2))).images == (PICTURE,)


# Models


def test_every_size_is_one_that_the_api_takes() -> None:
    for model in OFFERED:
        for width, height in model.sizes:
            assert width % 16 == height % 16 == 0
            assert max(width, height) <= 3840
            assert max(width, height) <= 3 * min(width, height)
            assert 655_360 <= width * height <= 8_294_400
            assert (height, width) in model.sizes


@pytest.mark.parametrize(
    ("ratio", "size"),
    [
        ("1:1", (1024, 1024)),
        ("16:9", (1280, 720)),
        ("9:16", (720, 1280)),
        ("3:2", (1536, 1024)),
        ("21:9", (1568, 672)),
        ("3:1", (1728, 576)),
    ],
)
def test_a_ratio_is_drawn_at_about_a_megapixel(ratio: str, size: tuple[int, int]) -> None:
    assert fit(Request(prompt="x", ratio=ratio), OFFERED[0])[0].size == size


def test_the_default_model_is_not_about_to_end() -> None:
    assert OFFERED[0].until is None
    assert {model.name for model in OFFERED if model.until} == {"gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest"}


def test_a_model_that_was_switched_off_is_not_offered_unless_it_is_named() -> None:
    usual, named = (config.load(Settings, "openai", {"OPENAI_MODELS": names}) for names in ("", "gpt-image-1.5"))
    names = [{model.name for model in models_of(usual, day)} for day in (date(2026, 11, 30), date(2026, 12, 1))]
    assert names[0] - names[1] == {"gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest"}
    assert [model.name for model in models_of(named, date(2027, 1, 1))] == ["gpt-image-1.5"]


@pytest.mark.parametrize(("quality", "price"), [("low", "0.006"), ("medium", "0.053"), ("high", "0.211"), ("max", "0.211"), ("auto", None)])
def test_the_estimate_follows_the_quality(quality: str, price: str | None) -> None:
    model = models_of(config.load(Settings, "openai", {"OPENAI_QUALITY": quality}), date(2026, 11, 21))[0]
    assert model.estimate(Operation.DRAW, 2) == (2 * Decimal(price) if price else None)


# The doctor


async def test_the_doctor_tries_each_key_without_spending(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", "/v1/models", Says(json=service.MODELS), Says(status=401, json=service.ERROR))
    first, second, *ending = await examined(service.SERVICE, vendor, tmp_path, OPENAI_API_KEY="sk-one,sk-two")
    assert (first.subject, first.good) == ("OpenAI, key 1", True)
    assert "draws with gpt-image-2, gpt-image-2.5-flare. Not with gpt-image-2.5-sunburst" in first.sentence
    assert (second.subject, second.good) == ("OpenAI, key 2", False)
    assert "OPENAI_API_KEY" in second.sentence
    assert "sk-" not in first.sentence + second.sentence
    assert "gpt-image-1.5 is switched off on 01 December 2026" in ending[0].sentence
    assert vendor.heard("POST") == []


@pytest.mark.parametrize("models", ["gpt-image-2.6-flare", "gpt-image-2.6-flare,gpt-image-2"])
async def test_the_doctor_says_when_the_default_model_is_not_for_this_key(vendor: Vendor, tmp_path: Path, models: str) -> None:
    vendor.on("GET", "/v1/models", Says(json=service.MODELS))
    (finding,) = await examined(service.SERVICE, vendor, tmp_path, OPENAI_MODELS=models)
    assert not finding.good
    assert "OPENAI_MODELS" in finding.sentence


async def test_the_doctor_says_when_the_default_model_is_about_to_end(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", "/v1/models", Says(json={"data": [{"id": "gpt-image-1.5"}]}))
    _, finding = await examined(service.SERVICE, vendor, tmp_path, OPENAI_MODELS="gpt-image-1.5")
    assert not finding.good
    assert "begin with another" in finding.sentence


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": 7}', b'{"data": [7, {"id": 7}, {}]}'])
async def test_the_doctor_survives_a_list_in_an_odd_form(vendor: Vendor, tmp_path: Path, body: bytes) -> None:
    vendor.on("GET", "/v1/models", Says(body=body))
    assert not (await examined(service.SERVICE, vendor, tmp_path, OPENAI_MODELS="gpt-image-2"))[0].good


# The whole story


async def test_a_picture_is_delivered_with_its_cost_and_ordered_once(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", service.IMAGES, service.streamed(PICTURE, PREVIEW))
    async with open_story(tmp_path, service.settings(vendor), BOT_PROVIDERS="openai") as story:
        job = await story.drawn("/imagine a small boat --model gpt-image-2 --seed 7")
        (result,) = await story.results(job.id)
    assert (job.provider, job.model, job.cost) == ("openai", "gpt-image-2", Decimal("0.05574"))
    assert "$0.05574" in result.content["context"]
    assert any("seed" in change for change in job.changes)
    assert len(vendor.heard("POST", service.IMAGES)) == 1


async def test_a_refusal_reaches_the_card_and_nobody_else_is_asked(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", service.IMAGES, Says(status=400, json=service.MODERATED))
    async with open_story(tmp_path, service.settings(vendor), BOT_PROVIDERS="openai,sketch") as story:
        answer = await story.say("/imagine a small boat --model openai")
        job = await story.shown(answer.job)
    assert job.problem is not None
    assert (job.state.value, job.problem.sentence) == ("blocked", "OpenAI's safety system did not take it (violence).")
    assert json.loads(vendor.heard("POST", service.IMAGES)[0].body)["prompt"] == "a small boat"
