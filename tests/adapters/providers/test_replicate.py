"""Replicate's corners: orders, forms and versions, pictures, statuses, moderation by words, seeds."""

import base64
import json
import os
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.calls import Reply
from adapters.providers.replicate import MODELS
from adapters.providers.replicate.answers import PREDICTION, ending, explain, links_of, missing, pending, seed_of, ticket_of
from bot import config, plugins
from bot.errors import FaultKind, ProviderFault, Refused, SettingFault
from bot.model import Finished, Inputs, Operation, Pending, Promise, Request
from bot.ports import ImageProvider
from tests.adapters.providers.openings import open_provider, ordered
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.replicate import ORDER, POLL, recorded, stands, takes, told
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor

SERVICE = SERVICES["replicate"]
SCHNELL, SDXL = "black-forest-labs/flux-schnell", "stability-ai/sdxl"
HASH = recorded("model")["latest_version"]["id"]
SECRET = recorded("secret")["key"]
MODEL = r"^/v1/models/stability-ai/sdxl$"
WEBHOOK = "https://limner.example/webhooks/replicate/unguessable"


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def body(vendor: Vendor) -> Any:
    return vendor.heard("POST", ORDER)[-1].json


def noise(side: int) -> bytes:
    """A picture that does not shrink: larger than what goes into a data URL."""
    out = BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, "PNG")
    return out.getvalue()


def prediction(name: str, **more: Any) -> Any:
    return PREDICTION.validate_python({**recorded(name), **more})


async def test_an_official_model_goes_by_its_name_and_is_given_up_there_too(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    await provider.submit(SERVICE.request, Inputs(), key="k")
    asked = vendor.heard("POST", ORDER)[0]
    assert asked.headers["cancel-after"] == "660s"
    assert asked.headers["authorization"] == "Bearer r8_secret"
    said = asked.json
    assert said["version"] == SCHNELL
    assert said["webhook"] == WEBHOOK
    assert said["webhook_events_filter"] == ["completed"]
    assert said["input"] == {
        "prompt": "a small boat",
        "seed": 42,
        "num_outputs": 1,
        "aspect_ratio": "1:1",
        "output_format": "png",
    }


async def test_a_webhook_is_asked_for_only_where_somebody_outside_reaches_us_over_https(vendor: Vendor, tmp_path: Path) -> None:
    takes(vendor)
    for webhook in ("", "http://localhost:8080/webhooks/replicate/x"):
        async with open_provider(SERVICE, vendor, tmp_path, webhook=webhook) as provider:
            await provider.submit(SERVICE.request, Inputs(), key="k")
        assert "webhook" not in body(vendor)


class TestForms:
    async def test_a_model_nobody_knows_is_looked_at_at_the_start_and_remembered(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", MODEL, Says(json=recorded("model")))
        takes(vendor)
        vault = MemoryVault()
        request = Request(prompt="a small boat", negative="text", size=(768, 768), seed=7, model=SDXL)
        for _ in range(2):
            async with open_provider(SERVICE, vendor, tmp_path, vault=vault, REPLICATE_MODELS=SDXL) as provider:
                assert list(provider.models) == [SDXL]
                facts = provider.models[SDXL]
                assert (facts.negative, facts.mask, facts.price) == (True, True, None)
                await provider.submit(request, Inputs(), key="k")
        assert len(vendor.heard("GET", MODEL)) == 1, "read once, kept in the vault"
        assert body(vendor)["version"] == f"{SDXL}:{HASH}", "one that is not official goes by its version"
        assert body(vendor)["input"]["negative_prompt"] == "text"

    async def test_a_form_is_read_at_first_use_where_the_start_could_not(self, vendor: Vendor, tmp_path: Path) -> None:
        takes(vendor)
        async with open_provider(SERVICE, vendor, tmp_path, REPLICATE_MODELS=SDXL) as provider:
            assert not provider.models[SDXL].mask, "only that it draws"
            vendor.on("GET", MODEL, Says(json=recorded("model")))
            await provider.submit(Request(prompt="a boat", model=SDXL), Inputs(), key="k")
            assert provider.models[SDXL].mask

    async def test_a_form_is_read_again_after_a_day(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", MODEL, Says(json=recorded("model")))
        takes(vendor)
        clock = [datetime.now(UTC)]
        async with open_provider(SERVICE, vendor, tmp_path, clock=clock, REPLICATE_MODELS=SDXL) as provider:
            for hours, reads in ((1, 1), (24, 2), (1, 2)):
                clock[0] += timedelta(hours=hours)
                await provider.submit(Request(prompt="a boat", model=SDXL), Inputs(), key="k")
                assert len(vendor.heard("GET", MODEL)) == reads

    async def test_a_form_that_did_not_hold_is_read_again(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", MODEL, Says(json=recorded("model")))
        vendor.on("POST", ORDER, Says(status=422, json=recorded("invalid")))
        async with open_provider(SERVICE, vendor, tmp_path, REPLICATE_MODELS=SDXL) as provider:
            for reads in (1, 2):
                with pytest.raises(ProviderFault) as fault:
                    await provider.submit(Request(prompt="a boat", model=SDXL), Inputs(), key="k")
                assert len(vendor.heard("GET", MODEL)) == reads
        assert "input.num_outputs" in fault.value.sentence
        assert "Must be" not in fault.value.sentence, "names alone: an error may repeat the prompt"

    async def test_a_named_version_is_read_and_ordered(self, vendor: Vendor, tmp_path: Path) -> None:
        version = recorded("model")["latest_version"]
        vendor.on("GET", f"^/v1/models/stability-ai/sdxl/versions/{HASH}$", Says(json=version))
        takes(vendor)
        name = f"{SDXL}:{HASH}"
        async with open_provider(SERVICE, vendor, tmp_path, REPLICATE_MODELS=name) as provider:
            await provider.submit(Request(prompt="a boat", model=name), Inputs(), key="k")
        assert body(vendor)["version"] == name

    async def test_one_that_says_it_is_official_goes_by_its_name(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", MODEL, Says(json={**recorded("model"), "is_official": True}))
        takes(vendor)
        async with open_provider(SERVICE, vendor, tmp_path, REPLICATE_MODELS=SDXL) as provider:
            await provider.submit(Request(prompt="a boat", model=SDXL), Inputs(), key="k")
        assert body(vendor)["version"] == SDXL

    async def test_one_that_is_official_no_more_goes_by_its_version(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", f"^/v1/models/{SCHNELL}$", Says(json={**recorded("model"), "is_official": False}))
        takes(vendor)
        async with open_provider(SERVICE, vendor, tmp_path) as provider:
            await ordered(provider, SERVICE.request)
        assert body(vendor)["version"] == f"{SCHNELL}:{HASH}"

    async def test_a_model_that_is_not_there_costs_nothing_and_says_whom_to_ask(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", MODEL, Says(status=404, json=recorded("not_found")))
        async with open_provider(SERVICE, vendor, tmp_path, REPLICATE_MODELS=SDXL) as provider:
            with pytest.raises(ProviderFault) as fault:
                await provider.submit(Request(prompt="a boat", model=SDXL), Inputs(), key="k")
        assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
        assert "REPLICATE_MODELS" in fault.value.advice
        assert not vendor.heard("POST")

    async def test_a_refused_key_is_not_taken_for_a_model_that_is_not_there(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", MODEL, Says(status=401, json=recorded("error")))
        async with open_provider(SERVICE, vendor, tmp_path, REPLICATE_MODELS=SDXL) as provider:
            with pytest.raises(ProviderFault) as fault:
                await provider.submit(Request(prompt="a boat", model=SDXL), Inputs(), key="k")
        assert (fault.value.kind, fault.value.accepted) == (FaultKind.CREDENTIALS, False)

    async def test_what_the_read_form_cannot_do_is_not_ordered(self, vendor: Vendor, tmp_path: Path) -> None:
        only = {"properties": {"image": {"type": "string"}}, "required": ["image"]}
        upscaler = recorded("model")
        upscaler["description"] = "An upscaler"
        upscaler["latest_version"]["openapi_schema"]["components"]["schemas"]["Input"] = only
        async with open_provider(SERVICE, vendor, tmp_path, REPLICATE_MODELS=SDXL) as provider:
            vendor.on("GET", MODEL, Says(json=upscaler))
            with pytest.raises(ProviderFault, match="no model to draw with") as fault:
                await provider.submit(Request(prompt="a boat", model=SDXL), Inputs(), key="k")
            assert provider.models[SDXL].operations == {Operation.UPSCALE}
        assert not fault.value.accepted

    @pytest.mark.parametrize("name", ["sdxl", "a/b/c", "a/b:123", "../x", "a b/c"])
    def test_a_setting_that_names_no_model_stops_the_start(self, name: str) -> None:
        plugin = plugins.load("adapters.providers", "replicate", "PLUGIN")
        with pytest.raises(SettingFault, match="REPLICATE_MODELS"):
            config.load(plugin.settings, "replicate", {"REPLICATE_MODELS": name})


class TestPictures:
    async def test_a_small_picture_goes_into_the_order_and_a_large_one_among_the_files(
        self, vendor: Vendor, provider: ImageProvider
    ) -> None:
        takes(vendor)
        vendor.on("POST", "^/v1/files$", Says(status=201, json=recorded("uploaded")))
        request = Request(operation=Operation.EDIT, prompt="make it night", model="black-forest-labs/flux-kontext-pro", seed=1)
        await provider.submit(request, Inputs(sources=(png(64),)), key="k")
        said = body(vendor)["input"]
        assert said["input_image"] == "data:image/png;base64," + base64.b64encode(png(64)).decode()
        assert said["aspect_ratio"] == "match_input_image"
        assert not vendor.heard("POST", "/v1/files")
        large = noise(300)
        await provider.submit(request, Inputs(sources=(large,)), key="k")
        assert vendor.heard("POST", "/v1/files")[0].parts["content"] == [large]
        assert body(vendor)["input"]["input_image"] == recorded("uploaded")["urls"]["get"]

    async def test_a_file_that_could_not_be_stored_ordered_nothing(self, vendor: Vendor, provider: ImageProvider) -> None:
        vendor.on("POST", "^/v1/files$", Says(status=500, json={"detail": "No."}))
        request = Request(operation=Operation.UPSCALE, model="recraft-ai/recraft-crisp-upscale")
        with pytest.raises(ProviderFault) as fault:
            await provider.submit(request, Inputs(sources=(noise(300),)), key="k")
        assert (fault.value.kind, fault.value.accepted) == (FaultKind.UNAVAILABLE, False)
        assert not vendor.heard("POST", ORDER)

    @pytest.mark.parametrize(("setting", "edited"), [("", 255), ("black-forest-labs/flux-fill-pro", 0)])
    async def test_a_mask_is_white_where_it_edits_unless_an_admin_knows_better(
        self, vendor: Vendor, tmp_path: Path, setting: str, edited: int
    ) -> None:
        takes(vendor)
        out = BytesIO()
        Image.new("L", (64, 64), 255).save(out, "PNG")
        request = Request(operation=Operation.INPAINT, prompt="a hat", model="black-forest-labs/flux-fill-pro")
        async with open_provider(SERVICE, vendor, tmp_path, REPLICATE_BLACK_MASKS=setting) as provider:
            await provider.submit(request, Inputs(sources=(png(64),), mask=out.getvalue()), key="k")
        sent = base64.b64decode(body(vendor)["input"]["mask"].partition(",")[2])
        with Image.open(BytesIO(sent)) as mask:
            assert mask.getpixel((0, 0)) == edited


class TestAnswers:
    def test_a_prediction_on_its_way_says_how_far_it_is(self) -> None:
        assert pending(prediction("processing"), "t") == Pending(ticket="t", check_after=1.0, fraction=0.5)
        assert pending(prediction("starting"), "t").stage == "starting"
        assert pending(prediction("starting", status="hibernating"), "t").stage == "hibernating"

    def test_a_word_about_safety_is_a_refusal_and_a_field_of_that_name_is_none(self) -> None:
        for name, more in (
            ("failed_nsfw", {}),
            ("failed_flagged", {}),
            ("failed", {"error": "blocked by the Safety filter"}),
            ("failed", {"error": {"detail": "NSFW"}}),
        ):
            refused = ending(prediction(name, **more))
            assert isinstance(refused, Refused)
            assert refused.source == "replicate"
        fault = ending(prediction("failed", error="safety_tolerance must be less than 6"))
        assert isinstance(fault, ProviderFault)

    def test_a_failure_is_a_fault_that_does_not_repeat_what_the_model_said(self) -> None:
        fault = ending(prediction("failed"))
        assert isinstance(fault, ProviderFault)
        assert fault.kind is FaultKind.BAD_RESULT
        assert "E6716" in fault.sentence
        assert "boat" not in fault.sentence

    @pytest.mark.parametrize(
        ("name", "more", "kind"),
        [
            ("aborted", {}, FaultKind.LOST),
            ("canceled", {}, FaultKind.LOST),
            ("empty", {"output": None, "data_removed": True}, FaultKind.LOST),
            ("empty", {"output": "a caption, no picture"}, FaultKind.BAD_RESULT),
            ("empty", {"output": {"score": 3}}, FaultKind.BAD_RESULT),
        ],
    )
    def test_what_ended_without_a_picture_is_a_fault_that_is_not_asked_about_again(
        self, name: str, more: Mapping[str, Any], kind: FaultKind
    ) -> None:
        fault = ending(prediction(name, **more))
        assert isinstance(fault, ProviderFault)
        assert fault.kind is kind

    def test_what_was_aborted_was_never_started(self) -> None:
        fault = ending(prediction("aborted"))
        assert isinstance(fault, ProviderFault)
        assert not fault.accepted

    def test_an_output_may_be_a_text_a_list_or_an_object(self) -> None:
        link = "https://replicate.delivery/a.png"
        for output in (link, [link], {"image": link, "seed": 3}, [{"url": link}], [None, link]):
            assert links_of(output) == [link]
        assert missing(prediction("succeeded", input={"num_outputs": 3})) == 2

    def test_the_seed_is_the_one_of_the_log_else_the_one_that_was_asked_for(self) -> None:
        assert seed_of(prediction("succeeded", logs="Using seed: 99\n")) == 99
        assert seed_of(prediction("succeeded", logs="random seed = 12")) == 12
        assert seed_of(prediction("succeeded", logs="")) == 42
        assert seed_of(prediction("succeeded", logs="", input={})) is None

    def test_a_throttle_says_in_words_when_it_ends(self) -> None:
        throttled = Reply(vendor="Replicate", status=429, body=json.dumps(recorded("throttled")).encode())
        fault = explain(throttled)
        assert isinstance(fault, ProviderFault)
        assert (fault.kind, fault.retry_after, fault.accepted) == (FaultKind.RATE_LIMITED, 30.0, False)
        assert explain(replace(throttled, headers={"retry-after": "7"})) is None, "a header goes first"

    @pytest.mark.parametrize("ticket", ["", "nonesuch", "[]", "{}", '{"id":7}', '{"id":""}', '{"id":"a","url":3}', "null"])
    def test_a_ticket_that_cannot_be_read_is_lost(self, ticket: str) -> None:
        with pytest.raises(ProviderFault) as fault:
            ticket_of(ticket)
        assert fault.value.kind is FaultKind.LOST

    async def test_a_prediction_is_asked_for_where_the_service_said(self, vendor: Vendor, provider: ImageProvider) -> None:
        vendor.on("POST", ORDER, Says(status=201, json=told(vendor, "starting", urls={"get": f"{vendor.url}/v1/elsewhere/7"})))
        vendor.on("GET", "/v1/elsewhere/7", Says(json=told(vendor, "processing")))
        progress = await provider.submit(SERVICE.request, Inputs(), key="k")
        assert isinstance(progress, Pending)
        assert isinstance(await provider.check(progress.ticket), Pending)
        assert vendor.heard("GET", "/v1/elsewhere/7")

    async def test_an_address_of_somebody_else_is_not_asked(self, vendor: Vendor, provider: ImageProvider) -> None:
        async with open_vendor() as other:
            vendor.on("POST", ORDER, Says(status=201, json=told(vendor, "starting", urls={"get": f"{other.url}/v1/predictions/x"})))
            vendor.on("GET", POLL, Says(json=told(vendor, "processing")))
            progress = await provider.submit(SERVICE.request, Inputs(), key="k")
            assert isinstance(progress, Pending)
            await provider.check(progress.ticket)
            assert not other.asked, "the key goes nowhere else"
        assert vendor.heard("GET", POLL)

    async def test_fewer_pictures_than_asked_for_are_given_with_a_reason(self, vendor: Vendor, provider: ImageProvider) -> None:
        link = f"{vendor.url}/xezq/out.png"
        stands(vendor, Says(json=told(vendor, "succeeded", output=[None, link], input={"num_outputs": 2})))
        vendor.on("GET", "/xezq/", Says(body=png(64)))
        progress = await provider.submit(SERVICE.request, Inputs(), key="k")
        assert isinstance(progress, Pending)
        finished = await provider.check(progress.ticket)
        assert isinstance(finished, Finished)
        assert len(finished.images) == 1
        assert "held it back" in finished.short


def test_prices_are_told_nowhere_so_they_are_unknown() -> None:
    assert all(model.price is None for model in MODELS)
    banana = next(model for model in MODELS if model.name == "google/nano-banana")
    assert (banana.promise, banana.seedless) == (Promise.NOT_REPEATABLE, True)
