"""fal's corners: orders, endpoints, addresses, forms, masks, and how a request stands in the queue."""

import base64
import json
from collections.abc import AsyncGenerator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from adapters.providers.fal.answers import STANDING, Taken, pending, ticket_of
from adapters.providers.fal.provider import Fal
from bot import config, plugins
from bot.errors import FaultKind, ProviderFault, SettingFault
from bot.model import Inputs, Operation, Pending, Promise, Request
from bot.ports import ImageProvider
from tests.adapters.providers.openings import finished, open_provider, ordered
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.fal import ORDER, POLL, PRICES, RESULT, comes_to, draws, recorded, result, taken, takes
from tests.contracts.vaults import MemoryVault
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


async def test_an_order_says_how_long_it_may_wait_and_how_long_its_result_is_kept(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    await ordered(provider, SERVICE.request)
    asked = vendor.heard("POST", ORDER)[0]
    assert asked.headers["authorization"] == "Key fal-id:fal-secret"
    assert asked.headers["x-fal-request-timeout"] == "240"
    assert json.loads(asked.headers["x-fal-object-lifecycle-preference"]) == {"expiration_duration_seconds": 3600}
    query = parse_qs(urlsplit(asked.path).query)
    assert query == {"fal_webhook": ["https://limner.example/webhooks/fal/unguessable"]}
    assert asked.json == {
        "prompt": "a small boat",
        "image_size": {"width": 1024, "height": 1024},
        "num_images": 1,
        "seed": 42,
        "output_format": "png",
    }


async def test_settings_change_what_every_order_says(vendor: Vendor, tmp_path: Path) -> None:
    takes(vendor)
    async with open_provider(SERVICE, vendor, tmp_path, FAL_START_TIMEOUT="30", FAL_KEEP="0") as provider:
        await ordered(provider, SERVICE.request)
    asked = vendor.heard("POST", ORDER)[0]
    assert asked.headers["x-fal-request-timeout"] == "30"
    assert "x-fal-object-lifecycle-preference" not in asked.headers
    assert "fal_webhook" not in asked.path, "nobody outside reaches us"


@pytest.mark.parametrize(
    ("model", "operation", "path"),
    [
        ("fal-ai/flux/dev", Operation.DRAW, "/fal-ai/flux/dev"),
        ("fal-ai/flux/dev", Operation.VARY, "/fal-ai/flux/dev/image-to-image"),
        ("fal-ai/flux-pro/kontext", Operation.DRAW, "/fal-ai/flux-pro/kontext/text-to-image"),
        ("fal-ai/flux-pro/kontext", Operation.EDIT, "/fal-ai/flux-pro/kontext"),
        ("fal-ai/nano-banana", Operation.EDIT, "/fal-ai/nano-banana/edit"),
        ("fal-ai/flux-pro/v1/fill", Operation.INPAINT, "/fal-ai/flux-pro/v1/fill"),
        ("fal-ai/esrgan", Operation.UPSCALE, "/fal-ai/esrgan"),
        ("fal-ai/birefnet", Operation.REMOVE_BACKGROUND, "/fal-ai/birefnet"),
    ],
)
async def test_each_operation_goes_to_its_own_endpoint(
    vendor: Vendor, provider: ImageProvider, model: str, operation: Operation, path: str
) -> None:
    vendor.on("POST", ANY, Says(json=taken(vendor)))
    picture = png(64)
    mask = BytesIO()
    Image.new("L", (64, 64), 255).save(mask, "PNG")
    drawn = operation is Operation.DRAW
    inputs = Inputs() if drawn else Inputs(sources=(picture,), mask=mask.getvalue() if operation is Operation.INPAINT else None)
    await ordered(provider, Request(operation=operation, prompt="a fox", model=model, strength=0.4, scale=2), inputs)
    asked = vendor.heard("POST", ANY)[0]
    assert urlsplit(asked.path).path == path
    assert (base64.b64encode(picture) in asked.body) is not drawn
    assert ("mask_url" in asked.json) is (operation is Operation.INPAINT)


class TestAddresses:
    async def test_the_queue_is_asked_where_it_said(self, vendor: Vendor, provider: ImageProvider) -> None:
        vendor.on("POST", ORDER, Says(json={**taken(vendor), "status_url": f"{vendor.url}/over/there?x=1"}))
        vendor.on("GET", "^/over/there", Says(json=recorded("in_progress")))
        await provider.check(await ordered(provider, SERVICE.request))
        assert vendor.heard("GET")[0].path == "/over/there?x=1"

    @pytest.mark.parametrize(
        "elsewhere", ["http://{}", "https://v3.fal.media", "https://evil.example", "https://queue.fal.run.evil.example"]
    )
    async def test_the_key_goes_to_the_queue_alone(self, vendor: Vendor, provider: ImageProvider, elsewhere: str) -> None:
        async with open_vendor() as other:
            there = elsewhere.format(other.url.removeprefix("http://"))
            urls = {name: f"{there}/x/{name}" for name in ("status_url", "response_url", "cancel_url")}
            vendor.on("POST", ORDER, Says(json={**taken(vendor), **urls}))
            ticket = ticket_of(await ordered(provider, SERVICE.request))
            assert not other.asked
        usual = f"/fal-ai/flux/requests/{ID}"
        assert (ticket.status, ticket.response, ticket.cancel) == (f"{usual}/status", usual, f"{usual}/cancel")

    async def test_without_addresses_the_usual_ones_leave_out_what_follows_the_app(self, vendor: Vendor, provider: ImageProvider) -> None:
        vendor.on("POST", ORDER, Says(json={"request_id": ID}))
        vendor.on("GET", POLL, Says(json=recorded("in_progress")))
        assert isinstance(await provider.check(await ordered(provider, SERVICE.request)), Pending)
        assert vendor.heard("GET", f"^/fal-ai/flux/requests/{ID}/status")

    async def test_fals_own_hosts_are_asked_directly_where_the_queue_is_fals_own(self, vendor: Vendor, tmp_path: Path) -> None:
        async with open_provider(SERVICE, vendor, tmp_path, FAL_BASE_URL="https://queue.fal.run") as provider:
            assert isinstance(provider, Fal)
            # No order may go there from a test.
            ticket = provider._ticket("fal-ai/flux/dev", Taken(**recorded("taken")))  # pyright: ignore[reportPrivateUsage] - as said
        assert ticket.status == recorded("taken")["status_url"]

    @pytest.mark.parametrize("ticket", ["", "nonesuch", "[]", "null", '{"id":"a"}', json.dumps(dict.fromkeys(("id", "endpoint"), "x"))])
    def test_a_ticket_that_cannot_be_read_is_lost(self, ticket: str) -> None:
        with pytest.raises(ProviderFault) as fault:
            ticket_of(ticket)
        assert fault.value.kind is FaultKind.LOST


class TestStanding:
    def test_a_place_in_the_queue_and_a_share_of_the_log_are_told(self) -> None:
        def stands(name: str, **more: Any) -> Pending:
            return pending(STANDING.validate_python({**recorded(name), **more}), "t")

        assert stands("in_queue").stage == "3 before it in the queue"
        assert stands("in_queue", queue_position=0).stage == "in the queue"
        assert (stands("in_progress").fraction, stands("in_progress").stage) == (0.75, "")
        assert stands("in_progress", logs=None).fraction is None
        assert stands("in_progress", status="WARMING_UP").stage == "warming_up"

    async def test_over_with_an_error_is_over_whatever_its_result_says(self, vendor: Vendor, provider: ImageProvider) -> None:
        for says in (
            Says(status=500, json={"detail": "Internal error"}),
            Says(status=503, json=recorded("runner")),
            Says(json=result([f"{vendor.url}/files/x.png"])),
        ):
            comes_to(vendor, says, standing="completed_with_error")
            with pytest.raises(ProviderFault) as fault:
                await finished(provider, SERVICE.request)
            assert fault.value.kind is FaultKind.BAD_RESULT
            assert "runner_disconnected" in fault.value.sentence

    async def test_a_result_that_is_not_there_yet_is_waited_for(self, vendor: Vendor, provider: ImageProvider) -> None:
        comes_to(vendor, Says(status=400, json=recorded("still")))
        ticket = await ordered(provider, SERVICE.request)
        for _ in range(2):
            assert isinstance(await provider.check(ticket), Pending)

    async def test_a_hiccup_of_the_result_is_not_the_end(self, vendor: Vendor, provider: ImageProvider) -> None:
        draws(vendor, [png(64)])
        good = result([f"{vendor.url}/files/out-0.png"])
        vendor.on("GET", RESULT, Says(status=502, body=b"<html>nginx</html>"), Says(json=good))
        assert (await finished(provider, SERVICE.request)).images == (png(64),)

    async def test_what_a_model_did_not_take_is_a_bad_request_and_not_lost(self, vendor: Vendor, provider: ImageProvider) -> None:
        comes_to(vendor, Says(status=422, json=recorded("invalid")))
        with pytest.raises(ProviderFault) as fault:
            await finished(provider, SERVICE.request)
        assert fault.value.kind is FaultKind.BAD_REQUEST

    async def test_a_result_that_is_gone_is_lost(self, vendor: Vendor, provider: ImageProvider) -> None:
        comes_to(vendor, Says(status=404, json={"detail": "Not found"}))
        with pytest.raises(ProviderFault) as fault:
            await finished(provider, SERVICE.request)
        assert fault.value.kind is FaultKind.LOST


class TestForms:
    async def test_a_model_nobody_knows_is_looked_up_and_drawn_with(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", LISTED, Says(json=recorded("model")))
        vendor.on("GET", PRICES, Says(json={"prices": [{"endpoint_id": BRUSH, "unit_price": 0.05, "unit": "image", "currency": "USD"}]}))
        vendor.on("POST", "^/acme/brush", Says(json=taken(vendor)))
        vault = MemoryVault()
        for _ in range(2):
            async with open_provider(SERVICE, vendor, tmp_path, vault=vault, FAL_MODELS=f"{BRUSH},{SCHNELL}") as provider:
                assert list(provider.models) == [BRUSH, SCHNELL]
                facts = provider.models[BRUSH]
                assert (facts.negative, facts.mask, facts.promise) == (True, True, Promise.BEST_EFFORT)
                request = Request(prompt="a boat", negative="text", size=(1024, 768), model=BRUSH)
                await ordered(provider, request)
                assert provider.models[BRUSH].price == Decimal("0.05")
        assert len(vendor.heard("GET", LISTED)) == 1, "read once, kept in the vault"
        query = parse_qs(urlsplit(vendor.heard("GET", LISTED)[0].path).query)
        assert query == {"endpoint_id": [BRUSH], "expand": ["openapi-3.0"]}
        said = vendor.heard("POST", "^/acme/brush")[0].json
        assert (said["negative_prompt"], said["image_size"]) == ("text", {"width": 1024, "height": 768})

    async def test_a_mask_that_says_it_is_black_is_black(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", LISTED, Says(json=recorded("model")))
        vendor.on("POST", "^/acme/brush", Says(json=taken(vendor)))
        mask = BytesIO()
        Image.new("L", (64, 64), 255).save(mask, "PNG")
        request = Request(operation=Operation.INPAINT, prompt="a hat", model=BRUSH)
        async with open_provider(SERVICE, vendor, tmp_path, FAL_MODELS=BRUSH) as provider:
            await ordered(provider, request, Inputs(sources=(png(64),), mask=mask.getvalue()))
        sent = base64.b64decode(vendor.heard("POST")[0].json["mask_url"].partition(",")[2])
        with Image.open(BytesIO(sent)) as drawn:
            assert drawn.getpixel((0, 0)) == 0

    async def test_one_that_fal_does_not_know_costs_nothing_and_says_whom_to_ask(self, vendor: Vendor, tmp_path: Path) -> None:
        vendor.on("GET", LISTED, Says(json={"models": []}))
        async with open_provider(SERVICE, vendor, tmp_path, FAL_MODELS=BRUSH) as provider:
            with pytest.raises(ProviderFault) as fault:
                await ordered(provider, Request(prompt="a boat", model=BRUSH))
        assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
        assert "FAL_MODELS" in fault.value.advice
        assert not vendor.heard("POST")

    @pytest.mark.parametrize("name", ["flux", "a/../b", "a//b", "/a/b", "a/b c"])
    def test_a_setting_that_names_no_model_stops_the_start(self, name: str) -> None:
        plugin = plugins.load("adapters.providers", "fal", "PLUGIN")
        with pytest.raises(SettingFault, match="FAL_MODELS"):
            config.load(plugin.settings, "fal", {"FAL_MODELS": name})
