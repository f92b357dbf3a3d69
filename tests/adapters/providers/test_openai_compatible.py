"""Compatible servers: as much as each of them does, and what is not known of it is a setting."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.providers._openai_images import Images
from adapters.providers.openai_compatible import PLUGIN, Settings, capabilities, follow, image_models
from bot import config
from bot.errors import FaultKind, ProviderFault, Refused, SettingFault
from bot.model import Operation, Promise, Request
from bot.routing import fit
from tests.adapters.providers.images_api import Rig, examined, half_mask, kit_of, only, open_rig, picture
from tests.bench.easel import png
from tests.contracts.services import openai_compatible as service
from tests.contracts.services.openai import packed
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import eventually, open_story

PICTURE = png(64)
ASKED = Request(prompt="a small boat", size=(640, 480), seed=42, model="flux.1-schnell")


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        service.draws(opened, [PICTURE])
        opened.on("GET", "/v1/models", Says(json=service.MODELS))
        yield opened


@pytest.fixture
async def rig(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[Rig]:
    async with open_rig(service.SERVICE, vendor, tmp_path) as opened:
        yield opened


async def test_only_what_every_server_knows_is_said_unless_settings_say_more(vendor: Vendor, tmp_path: Path) -> None:
    more = {"OPENAI_COMPATIBLE_RESPONSE_FORMAT": "", "OPENAI_COMPATIBLE_SEEDS": "false"}
    async with open_rig(service.SERVICE, vendor, tmp_path, **more) as rig:
        finished = await rig.draw(ASKED)
    assert only(vendor) == {"model": "flux.1-schnell", "prompt": "a small boat", "n": 1, "size": "640x480"}
    assert (finished.seed, finished.cost) == (None, None)


async def test_a_server_that_knows_more_is_told_more(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_QUALITY="high") as rig:
        assert (await rig.draw(ASKED)).seed == 42
    asked = only(vendor)
    assert (asked["seed"], asked["quality"], asked["response_format"]) == (42, "high", "b64_json")


async def test_a_server_without_a_key_is_asked_without_one(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_API_KEY="") as rig:
        await rig.draw(ASKED)
    assert "authorization" not in vendor.heard("POST")[0].headers


@pytest.mark.parametrize(
    "form",
    ["{url}/out/0.png", "/out/0.png", "../out/0.png", "data:image/png;base64,{packed}", ""],
    ids=["address", "path", "relative", "data", "base64"],
)
async def test_a_picture_is_read_in_whichever_form_it_comes(vendor: Vendor, rig: Rig, form: str) -> None:
    url = form.format(url=vendor.url, packed=packed(PICTURE))
    entry = {"url": url} if url else {"b64_json": packed(PICTURE)}
    vendor.on("POST", service.IMAGES, Says(json={"data": [entry]}))
    assert (await rig.draw(ASKED)).images == (PICTURE,)


async def test_a_jpeg_in_base64_is_not_taken_for_a_path(vendor: Vendor, rig: Rig) -> None:
    jpeg = picture("JPEG")
    assert packed(jpeg).startswith("/")
    vendor.on("POST", service.IMAGES, Says(json={"data": [{"b64_json": packed(jpeg)}]}))
    assert (await rig.draw(ASKED)).images == (jpeg,)


async def test_a_data_uri_in_the_wrong_place_is_read_too(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", service.IMAGES, Says(json={"data": [{"b64_json": f"data:image/png;base64,{packed(PICTURE)}"}]}))
    assert (await rig.draw(ASKED)).images == (PICTURE,)


@pytest.mark.parametrize("entry", [{"b64_json": "a"}, {"url": "data:image/png,zzz"}, {"url": 7}, {"url": "//elsewhere.example/x.png"}])
async def test_what_is_no_picture_is_a_bad_result(vendor: Vendor, rig: Rig, entry: Mapping[str, Any]) -> None:
    vendor.on("POST", service.IMAGES, Says(json={"data": [entry]}))
    with pytest.raises(ProviderFault) as fault:
        await rig.draw(ASKED)
    assert fault.value.kind is FaultKind.BAD_RESULT


async def test_another_host_is_asked_only_where_an_admin_allows_it(vendor: Vendor, tmp_path: Path) -> None:
    async with open_vendor() as elsewhere:
        elsewhere.on("GET", "/x.png", Says(body=PICTURE))
        vendor.on("POST", service.IMAGES, service.answer(f"{elsewhere.url}/x.png"))
        async with open_rig(service.SERVICE, vendor, tmp_path) as rig:
            with pytest.raises(ProviderFault):
                await rig.draw(ASKED)
        assert elsewhere.asked == []
        hosts = elsewhere.url.removeprefix("http://")
        async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_DOWNLOAD_HOSTS=hosts) as rig:
            assert (await rig.draw(ASKED)).images == (PICTURE,)
        assert "authorization" not in elsewhere.asked[0].headers


async def test_a_request_that_is_told_back_is_in_no_sentence(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", service.IMAGES, Says(status=422, json=service.INVALID))
    with pytest.raises(ProviderFault) as fault:
        await rig.draw(ASKED)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
    assert "body.response_format: Extra inputs are not permitted" in fault.value.sentence
    assert "small boat" not in fault.value.sentence


async def test_a_blocked_account_behind_a_proxy_is_no_refusal(vendor: Vendor, rig: Rig) -> None:
    message = "Your resource has been temporarily blocked because we detected behavior that may violate our content policy."
    vendor.on("POST", service.IMAGES, Says(status=403, json={"error": {"message": message, "code": "content_policy_violation"}}))
    with pytest.raises(ProviderFault) as fault:
        await rig.draw(ASKED)
    assert fault.value.kind is FaultKind.UNAVAILABLE


async def test_an_error_in_a_good_answer_may_have_been_billed(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", service.IMAGES, Says(json={"error": "the model did not load"}))
    with pytest.raises(ProviderFault, match="the model did not load") as fault:
        await rig.draw(ASKED)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.UNAVAILABLE, True)


@pytest.mark.parametrize("body", [{"error": ["odd"]}, {"error": 7}, {"detail": {"error": None}}, [], 7, None, {"error": {"code": [1]}}])
async def test_an_error_in_an_odd_form_is_a_fault_like_any_other(vendor: Vendor, rig: Rig, body: object) -> None:
    vendor.on("POST", service.IMAGES, Says(status=400, json=body))
    with pytest.raises(ProviderFault) as fault:
        await rig.draw(ASKED)
    assert fault.value.kind is FaultKind.BAD_REQUEST


# Models


@pytest.mark.parametrize(
    ("entries", "names"),
    [
        (service.MODELS["data"], ["flux.1-schnell", "stable-diffusion-3.5-medium"]),
        ([{"id": "a", "type": "image"}, {"id": "flux-chat", "type": "chat"}], ["a"]),
        (
            [{"id": "a", "architecture": {"modality": "text->text+image"}}, {"id": "b", "architecture": {"modality": "text+image->text"}}],
            ["a"],
        ),
        ([{"id": "a", "architecture": {"output_modalities": ["image", "text"]}}, {"id": "b"}], ["a"]),
        ([{"id": "a", "mode": "image_generation"}, {"id": "b", "task": "image-to-text"}], ["a"]),
        ([{"id": "anything"}], ["anything"]),
        ([{"id": name} for name in ("a", "b", "c", "d")], []),
        ([{"id": "sdxl"}, {"id": "sdxl"}], ["sdxl"]),
    ],
)
def test_models_that_draw_are_told_from_those_that_do_not(entries: list[Mapping[str, Any]], names: list[str]) -> None:
    assert image_models(entries) == names


async def test_models_are_read_from_the_server_where_no_setting_names_them(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_MODELS="") as rig:
        assert list(rig.provider.models) == ["flux.1-schnell", "stable-diffusion-3.5-medium"]
    assert len(vendor.heard("GET", "/v1/models")) == 1


async def test_a_named_model_is_offered_without_asking(vendor: Vendor, rig: Rig) -> None:
    assert list(rig.provider.models) == ["flux.1-schnell"]
    assert vendor.asked == []


async def test_a_server_that_lists_nothing_stops_no_start(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", "/v1/models", Says(status=404))
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_MODELS="") as rig:
        assert rig.provider.models == {}


async def test_a_server_that_says_nothing_holds_up_the_start_for_a_moment_only(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", "/v1/models", Says(stalls=True))
    async with asyncio.timeout(10), open_rig(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_MODELS="") as rig:
        assert rig.provider.models == {}


async def test_a_server_that_starts_later_is_found_and_one_that_goes_away_is_not_forgotten(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("GET", "/v1/models", Says(status=404), Says(status=404), Says(json=service.MODELS), Says(status=404))
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_MODELS="") as rig:
        assert isinstance(rig.provider, Images)
        settings = config.load(Settings, "openai_compatible", {})

        async def listed(times: int) -> bool:
            return len(vendor.heard("GET", "/v1/models")) >= times

        async with asyncio.TaskGroup() as group:
            following = group.create_task(follow(rig.provider, rig.provider._caller, settings, again=0.01, soon=0.01))  # pyright: ignore[reportPrivateUsage] - the caller it was opened with
            assert await eventually(partial(listed, 6))
            following.cancel()
        assert list(rig.provider.models) == ["flux.1-schnell", "stable-diffusion-3.5-medium"]


async def test_what_goes_wrong_beside_it_comes_out_as_it_is(vendor: Vendor, tmp_path: Path) -> None:
    settings = config.load(Settings, "openai_compatible", {"OPENAI_COMPATIBLE_BASE_URL": f"{vendor.url}/v1"})
    with pytest.raises(SettingFault, match="another plugin"):
        async with PLUGIN.open(settings, kit_of(tmp_path, settings)):
            raise SettingFault("another plugin has no key")


def test_a_model_can_do_what_the_settings_say() -> None:
    plain, rich = (
        capabilities("sdxl", config.load(Settings, "openai_compatible", environment))
        for environment in (
            {},
            {
                "OPENAI_COMPATIBLE_EDITS": "true",
                "OPENAI_COMPATIBLE_SEEDS": "true",
                "OPENAI_COMPATIBLE_SIZES": "512x512, 768×512",
                "OPENAI_COMPATIBLE_PRICE": "0.002",
                "OPENAI_COMPATIBLE_MOST": "4",
            },
        )
    )
    assert (plain.operations, plain.price, plain.most, plain.mask) == (frozenset({Operation.DRAW}), None, 1, False)
    assert (plain.promise, plain.seedless) == (Promise.NOT_REPEATABLE, True)
    assert (rich.promise, rich.seedless, rich.price, rich.most, rich.mask) == (Promise.BEST_EFFORT, False, Decimal("0.002"), 4, True)
    assert Operation.INPAINT in rich.operations
    assert fit(Request(prompt="x", size=(700, 500)), rich)[0].size == (768, 512)


@pytest.mark.parametrize(
    ("name", "value"),
    [("OPENAI_COMPATIBLE_SIZES", "large"), ("OPENAI_COMPATIBLE_BASE_URL", "localhost:8080"), ("OPENAI_COMPATIBLE_PRICE", "-1")],
)
def test_a_setting_that_makes_no_sense_stops_the_start_with_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingFault, match=name):
        config.load(Settings, "openai_compatible", {name: value})


@pytest.mark.parametrize(
    ("environment", "on"), [({}, False), ({"OPENAI_COMPATIBLE_API_KEY": "k"}, False), ({"OPENAI_COMPATIBLE_BASE_URL": ""}, False)]
)
def test_without_an_address_it_is_off(environment: dict[str, str], *, on: bool) -> None:
    assert PLUGIN.configured(config.load(Settings, "openai_compatible", environment)) is on


async def test_an_edit_goes_to_a_server_that_edits(vendor: Vendor, tmp_path: Path) -> None:
    async with open_rig(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_EDITS="true") as rig:
        await rig.draw(replace(ASKED, operation=Operation.INPAINT), picture(), mask=half_mask())
    (asked,) = vendor.heard("POST", "/v1/images/edits")
    assert {"image", "mask", "prompt", "seed"} <= set(asked.parts)


# The doctor


@pytest.mark.parametrize(
    ("more", "answer", "good", "word"),
    [
        ({}, Says(json=service.MODELS), True, "draws with flux.1-schnell"),
        ({"OPENAI_COMPATIBLE_MODELS": ""}, Says(json=service.MODELS), True, "stable-diffusion-3.5-medium"),
        ({"OPENAI_COMPATIBLE_MODELS": "other"}, Says(json=service.MODELS), False, "OPENAI_COMPATIBLE_MODELS"),
        ({"OPENAI_COMPATIBLE_MODELS": ""}, Says(json={"data": []}), False, "OPENAI_COMPATIBLE_MODELS"),
        ({}, Says(status=404), False, "may draw all the same"),
        ({}, Says(status=401), False, "OPENAI_COMPATIBLE_API_KEY"),
        ({"OPENAI_COMPATIBLE_API_KEY": ""}, Says(json=service.MODELS), True, "It answers"),
    ],
)
async def test_the_doctor_says_what_to_do(
    vendor: Vendor, tmp_path: Path, more: dict[str, str], answer: Says, *, good: bool, word: str
) -> None:
    vendor.on("GET", "/v1/models", answer)
    (finding,) = await examined(service.SERVICE, vendor, tmp_path, **more)
    assert finding.good is good
    assert word in finding.sentence
    assert "own-secret" not in finding.sentence
    assert vendor.heard("POST") == []


async def test_the_doctor_tries_every_key(vendor: Vendor, tmp_path: Path) -> None:
    findings = await examined(service.SERVICE, vendor, tmp_path, OPENAI_COMPATIBLE_API_KEY="one,two")
    assert [finding.subject for finding in findings] == ["compatible server, key 1", "compatible server, key 2"]
    assert [asked.headers["authorization"] for asked in vendor.asked] == ["Bearer one", "Bearer two"]


# The whole story


async def test_a_picture_is_delivered_with_its_seed_and_ordered_once(vendor: Vendor, tmp_path: Path) -> None:
    more = {"OPENAI_COMPATIBLE_MODELS": "", "OPENAI_COMPATIBLE_PRICE": "0.004", "BOT_PROVIDERS": "openai_compatible"}
    async with open_story(tmp_path, {**service.settings(vendor), **more}) as story:
        job = await story.drawn("/imagine a small boat --seed 42")
        (result,) = await story.results(job.id)
    assert "openai_compatible/flux.1-schnell" in result.content["context"]
    assert "seed 42" in result.content["context"]
    assert "$0.004" in result.content["context"]
    assert len(vendor.heard("POST")) == 1


async def test_a_refusal_reaches_the_card(vendor: Vendor, tmp_path: Path) -> None:
    vendor.on("POST", service.IMAGES, Says(json={"data": []}))
    async with open_story(tmp_path, service.settings(vendor), BOT_PROVIDERS="openai_compatible") as story:
        answer = await story.say("/imagine a small boat")
        job = await story.shown(answer.job)

        async def told() -> bool:
            return "held the result back" in (await story.card(job.id))["body"]

        assert await eventually(told)
    assert job.state.value == "blocked"


async def test_a_refusal_in_words_is_told_as_the_servers(vendor: Vendor, rig: Rig) -> None:
    vendor.on("POST", service.IMAGES, Says(status=422, json={"detail": "NSFW content detected"}))
    with pytest.raises(Refused) as refused:
        await rig.draw(ASKED)
    assert refused.value.sentence == "The compatible server's safety system did not take it."
    assert refused.value.source == "openai_compatible"
