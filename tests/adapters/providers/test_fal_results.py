"""fal's results: errors of models and runners, refusals, pictures that are held back, seeds, costs."""

import base64
import json
from collections.abc import AsyncGenerator, Mapping
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.calls import Reply
from adapters.providers.fal import MODELS
from adapters.providers.fal.answers import GIVEN, Invalid, explain, links_of, units_of
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Inputs, Operation, Request
from bot.ports import ImageProvider
from tests.adapters.providers.openings import finished, open_provider, ordered
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.fal import ORDER, PRICES, RESULT, comes_to, draws, recorded, result, taken
from tests.contracts.vendor import Says, Vendor, open_vendor

SERVICE = SERVICES["fal"]
SCHNELL, BRUSH = "fal-ai/flux/schnell", "acme/brush"
ID = recorded("taken")["request_id"]
LISTED = r"^/platform/models\?"
ANY = r"^/(fal-ai|acme)/"


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def reply(status: int, name: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Reply:
    return Reply(vendor="fal", status=status, headers=headers or {}, body=json.dumps({**recorded(name), **more}).encode())


class TestErrors:
    def test_a_model_that_repeats_the_prompt_does_not_bring_it_into_the_log(self) -> None:
        fault = explain(reply(422, "invalid"))
        assert isinstance(fault, Invalid)
        assert not fault.accepted
        assert fault.sentence == "fal does not take num_images (value_error)."

    def test_a_picture_that_does_not_fit_comes_with_advice(self) -> None:
        detail = [{"loc": ["body", "image_url"], "msg": "no", "type": "image_too_small", "input": "a secret"}]
        fault = explain(reply(422, "invalid", detail=detail))
        assert isinstance(fault, ProviderFault)
        assert "larger" in fault.advice

    @pytest.mark.parametrize("name", ["content_policy", "no_media"])
    def test_a_refusal_names_its_category_and_not_the_prompt(self, name: str) -> None:
        refused = explain(reply(422, name))
        assert isinstance(refused, Refused)
        assert refused.category == recorded(name)["detail"][0]["type"]
        assert "boat" not in refused.sentence

    def test_an_empty_account_is_no_refused_key(self) -> None:
        fault = explain(reply(403, "locked"))
        assert isinstance(fault, ProviderFault)
        assert (fault.kind, fault.accepted) == (FaultKind.CREDIT, False)
        assert explain(reply(403, "error")) is None, "any other 403 is about the key"

    def test_nobody_to_start_it_in_time_is_no_reason_to_ask_again_and_again(self) -> None:
        fault = explain(reply(504, "request_timeout", headers={"x-fal-request-timeout-type": "user"}))
        assert isinstance(fault, ProviderFault)
        assert (fault.kind, fault.accepted) == (FaultKind.LOST, False)

    @pytest.mark.parametrize("headers", [{}, {"x-fal-error-type": "runner_disconnected"}])
    def test_what_a_runner_broke_is_not_billed(self, headers: Mapping[str, str]) -> None:
        fault = explain(reply(503, "error" if headers else "runner", headers=headers))
        assert isinstance(fault, ProviderFault)
        assert (fault.kind, fault.accepted) == (FaultKind.BAD_RESULT, False)

    def test_what_did_not_get_past_the_door_was_not_taken(self) -> None:
        page = Reply(vendor="fal", status=502, body=b"<html><center>nginx</center></html>")
        fault = explain(page)
        assert isinstance(fault, ProviderFault)
        assert (fault.kind, fault.accepted) == (FaultKind.UNAVAILABLE, False)
        assert explain(Reply(vendor="fal", status=502, headers={"x-fal-request-id": "r"}, body=page.body)) is None
        assert explain(Reply(vendor="fal", status=500, body=page.body)) is None

    async def test_an_order_stopped_at_the_door_may_be_sent_again(self, vendor: Vendor, provider: ImageProvider) -> None:
        vendor.on("POST", ORDER, Says(status=502, body=b"<html>nginx</html>"))
        with pytest.raises(ProviderFault) as fault:
            await ordered(provider, SERVICE.request)
        assert not fault.value.accepted
        assert len(vendor.heard("POST")) == 1


class TestPictures:
    def test_one_picture_or_several_and_only_those_that_may_be_shown(self) -> None:
        def read(**more: Any) -> tuple[list[str], int]:
            links, held = links_of(GIVEN.validate_python(more))
            return list(links), held

        one, two = {"url": "https://v3.fal.media/1.png"}, {"url": "https://v3.fal.media/2.png"}
        assert read(image=one) == (["https://v3.fal.media/1.png"], 0)
        assert read(images=[one, two]) == ([one["url"], two["url"]], 0)
        assert read(images=["https://v3.fal.media/1.png"]) == ([one["url"]], 0)
        assert read(images=[one, two], has_nsfw_concepts=[True, False]) == ([two["url"]], 1)
        assert read(images=[one], has_nsfw_concepts=None) == ([one["url"]], 0)
        assert read(images=[one, two], has_nsfw_concepts=[False]) == ([one["url"], two["url"]], 0)

    async def test_what_is_held_back_is_told_and_leaves_no_seed_that_would_be_wrong(self, vendor: Vendor, provider: ImageProvider) -> None:
        draws(vendor, [png(64), png(72)])
        links = [f"{vendor.url}/files/out-0.png", f"{vendor.url}/files/out-1.png"]
        vendor.on("GET", RESULT, Says(json=result(links, has_nsfw_concepts=[True, False])))
        done = await finished(provider, SERVICE.request)
        assert done.images == (png(72),)
        assert done.seed is None
        assert "held it back" in done.short

    async def test_a_data_url_is_a_picture_too(self, vendor: Vendor, provider: ImageProvider) -> None:
        comes_to(vendor, Says(json=result(["data:image/png;base64," + base64.b64encode(png(64)).decode()])))
        assert (await finished(provider, SERVICE.request)).images == (png(64),)

    async def test_the_seed_and_the_endpoint_are_told(self, vendor: Vendor, provider: ImageProvider) -> None:
        draws(vendor, [png(64)])
        done = await finished(provider, SERVICE.request)
        assert (done.seed, done.vendor_id, done.version) == (42, ID, SCHNELL)

    @pytest.mark.parametrize(("setting", "edited"), [("", 255), ("fal-ai/flux-pro/v1/fill", 0)])
    async def test_a_mask_is_white_where_it_edits_unless_an_admin_knows_better(
        self, vendor: Vendor, tmp_path: Path, setting: str, edited: int
    ) -> None:
        vendor.on("POST", ANY, Says(json=taken(vendor)))
        mask = BytesIO()
        Image.new("L", (64, 64), 255).save(mask, "PNG")
        request = Request(operation=Operation.INPAINT, prompt="a hat", model="fal-ai/flux-pro/v1/fill")
        async with open_provider(SERVICE, vendor, tmp_path, FAL_BLACK_MASKS=setting) as provider:
            await ordered(provider, request, Inputs(sources=(png(64),), mask=mask.getvalue()))
        sent = base64.b64decode(vendor.heard("POST", ANY)[0].json["mask_url"].partition(",")[2])
        with Image.open(BytesIO(sent)) as drawn:
            assert drawn.getpixel((0, 0)) == edited


class TestCosts:
    @pytest.mark.parametrize(("said", "units"), [("2.5", Decimal("2.5")), ("0", Decimal(0)), ("", None), ("NaN", None), ("-1", None)])
    def test_units_are_read_from_the_header(self, said: str, units: Decimal | None) -> None:
        assert units_of(Reply(vendor="fal", status=200, headers={"x-fal-billable-units": said})) == units

    async def test_a_cost_is_units_times_the_price_of_the_endpoint(self, vendor: Vendor, provider: ImageProvider) -> None:
        draws(vendor, [png(64)])
        link = f"{vendor.url}/files/out-0.png"
        vendor.on("GET", RESULT, Says(json=result([link]), headers={"x-fal-billable-units": "2.5"}))
        assert (await finished(provider, SERVICE.request)).cost == Decimal("0.0075")
        assert (await finished(provider, SERVICE.request)).cost == Decimal("0.0075")
        assert [asked.path for asked in vendor.heard("GET", PRICES)] == ["/platform/models/pricing?endpoint_id=fal-ai%2Fflux%2Fschnell"]

    @pytest.mark.parametrize(
        ("headers", "prices"),
        [
            ({}, Says(json=recorded("pricing"))),
            ({"x-fal-billable-units": "1"}, Says(status=404, json={"detail": "no"})),
            ({"x-fal-billable-units": "1"}, Says(json={"prices": []})),
            ({"x-fal-billable-units": "1"}, Says(body=b"<html>")),
            ({"x-fal-billable-units": "1"}, Says(json={"prices": [{**recorded("pricing")["prices"][0], "currency": "EUR"}]})),
        ],
    )
    async def test_without_units_or_a_price_the_cost_is_unknown(
        self, vendor: Vendor, provider: ImageProvider, headers: Mapping[str, str], prices: Says
    ) -> None:
        draws(vendor, [png(64)])
        vendor.on("GET", RESULT, Says(json=result([f"{vendor.url}/files/out-0.png"]), headers=headers))
        vendor.on("GET", PRICES, prices)
        assert (await finished(provider, SERVICE.request)).cost is None

    async def test_fals_own_price_goes_over_the_one_that_is_written_down(self, vendor: Vendor, provider: ImageProvider) -> None:
        draws(vendor, [png(64)])
        price = {**recorded("pricing")["prices"][0], "unit_price": 0.009}
        vendor.on("GET", PRICES, Says(json={"prices": [price]}))
        assert provider.models[SCHNELL].price == Decimal("0.003")
        await finished(provider, SERVICE.request)
        assert provider.models[SCHNELL].price == Decimal("0.009")

    async def test_a_price_a_second_says_nothing_about_an_image(self, vendor: Vendor, provider: ImageProvider) -> None:
        draws(vendor, [png(64)])
        price = {**recorded("pricing")["prices"][0], "unit": "compute seconds", "unit_price": 0.001}
        vendor.on("GET", PRICES, Says(json={"prices": [price]}))
        assert (await finished(provider, SERVICE.request)).cost == Decimal("0.001"), "what it cost, it cost"
        assert provider.models[SCHNELL].price == Decimal("0.003")

    def test_what_nobody_told_a_price_of_has_none(self) -> None:
        prices = {model.name: model.price for model in MODELS}
        assert prices["fal-ai/flux-pro/v1/fill"] is None
        assert prices["fal-ai/nano-banana"] == Decimal("0.039")
        assert all(model.priced for model in MODELS if model.price is not None)
