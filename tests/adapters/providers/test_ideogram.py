"""Ideogram's corners: each operation's endpoint and fields, black masks, limits, refusals, signed deliveries, seeds, cost."""

import hashlib
import io
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from adapters.calls import Jwks, Reply, Source, verify_signed
from adapters.providers.ideogram import MODELS
from adapters.providers.ideogram.answers import explain
from adapters.providers.ideogram.models import models_of
from adapters.providers.ideogram.requests import Manners, Order, order_of
from bot import config, plugins
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Delivery, Finished, Inputs, Operation, Pending, Request, State
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from bot.routing import fit
from tests.bench.easel import png
from tests.contracts.service import RECORDED, SERVICES, open_service
from tests.contracts.services.ideogram import completed, draws, recorded, stands
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import open_story

SERVICE = SERVICES["ideogram"]
BOAT = Source(body=png(64), width=64, height=64, media_type="image/png")
JOB = "xtdZiqPwRxqY1Y7NExFmzB"


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def ordered(model: str, operation: Operation = Operation.DRAW, *, manners: Manners | None = None, **more: Any) -> Order:
    """The call for a request that was fitted to a model."""
    facts = next(each for each in MODELS if each.name == model)
    said: dict[str, Any] = {"operation": operation, "prompt": "a small boat", "size": (1024, 1024), "seed": 42, **more}
    fitted, _ = fit(Request(**said), facts)
    source = None if operation is Operation.DRAW else BOAT
    return order_of(fitted, source, b"mask" if operation is Operation.INPAINT else None, manners or Manners())


def said(order: Order) -> dict[str, Any]:
    """The fields without those that are in every order."""
    return {name: value for name, value in order.fields.items() if name not in {"async", "private"}}


def test_every_operation_of_every_model_is_ordered_as_a_private_job() -> None:
    for model in MODELS:
        for operation in model.operations:
            order = ordered(model.name, operation)
            assert (order.fields["async"], order.fields["private"]) == (True, True)
            assert ("image" in order.files) == (operation is not Operation.DRAW), (model.name, operation)


def test_4_5_draws_at_an_exact_size_and_quality() -> None:
    order = ordered("ideogram-4-5", size=(2560, 1440))
    assert order.path == "/v2/image/generate/ideogram-4-5"
    assert said(order) == {"prompt": "a small boat", "size": "2560x1440", "quality": "medium", "seed": 42}


def test_4_speaks_of_resolution_and_speed() -> None:
    order = ordered("ideogram-4", manners=Manners(quality="low"))
    assert order.path == "/v2/image/generate/ideogram-4"
    assert said(order) == {"prompt": "a small boat", "resolution": "1024x1024", "rendering_speed": "turbo", "seed": 42}


def test_3_takes_what_only_it_takes() -> None:
    order = ordered("ideogram-3", negative="people", style="Realistic", manners=Manners(quality="high", magic_prompt="off"))
    assert order.path == "/v2/image/generate/ideogram-3"
    assert said(order) == {
        "prompt": "a small boat",
        "negative_prompt": "people",
        "resolution": "1024x1024",
        "rendering_speed": "quality",
        "style_type": "realistic",
        "seed": 42,
        "magic_prompt": "off",
    }


def test_a_style_is_a_type_or_a_preset() -> None:
    fields = said(ordered("ideogram-3", style="art_deco"))
    assert fields["style_preset"] == "art_deco"
    assert "style_type" not in fields


@pytest.mark.parametrize(("strength", "weight"), [(None, 55), (0.0, 100), (0.3, 70), (1.0, 1)])
def test_a_variation_says_how_much_of_the_picture_to_keep(strength: float | None, weight: int) -> None:
    order = ordered("ideogram-3", Operation.VARY, strength=strength)
    assert order.path == "/v2/image/remix/ideogram-3"
    assert order.form["image_weight"] == str(weight)


def test_a_form_says_booleans_as_words() -> None:
    form = ordered("ideogram-3", Operation.VARY).form
    assert (form["async"], form["private"]) == ("true", "true")


def test_an_edit_keeps_the_pictures_own_size() -> None:
    order = ordered("ideogram-4-5", Operation.EDIT)
    assert order.path == "/v2/image/precise-edit/ideogram-4-5"
    assert said(order) == {"prompt": "a small boat", "quality": "medium", "seed": 42}


def test_extending_names_the_new_size_and_no_prompt() -> None:
    order = ordered("ideogram-3", Operation.OUTPAINT, size=(1600, 900), style="design")
    assert order.path == "/v2/image/reframe/ideogram-3"
    assert said(order) == {"resolution": "1312x736", "rendering_speed": "default", "seed": 42}


@pytest.mark.parametrize(("scale", "factor"), [(None, "x2"), (2, "x2"), (4, "x4")])
def test_enlarging_says_how_many_times(scale: int | None, factor: str) -> None:
    order = ordered("ideogram-4-5", Operation.UPSCALE, scale=scale)
    assert (order.path, said(order)) == ("/v2/image/upscale/topaz-standard-2", {"upscale_factor": factor})


def test_enlarging_three_times_is_refused_before_money_is_spent() -> None:
    with pytest.raises(ProviderFault) as fault:
        ordered("ideogram-4-5", Operation.UPSCALE, scale=3)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)


def test_cutting_out_says_nothing_but_the_picture() -> None:
    order = ordered("ideogram-4-5", Operation.REMOVE_BACKGROUND)
    assert (order.path, said(order), list(order.files)) == ("/v2/image/remove-background/ideogram-1", {}, ["image"])


def test_a_seed_that_is_too_large_is_folded() -> None:
    assert said(ordered("ideogram-4-5", seed=2**31 + 5))["seed"] == 5
    assert said(ordered("ideogram-3", seed=2**32 - 1))["seed"] == 2**31 - 1
    assert said(ordered("ideogram-4", seed=2**31 - 1))["seed"] == 2**31 - 1


def test_a_webhook_is_asked_for_where_the_endpoint_has_one() -> None:
    manners = Manners(webhook="https://limner.example/webhooks/ideogram/unguessable")
    assert ordered("ideogram-4-5", manners=manners).fields["webhook_url"] == manners.webhook
    assert ordered("ideogram-3", Operation.VARY, manners=manners).form["webhook_url"] == manners.webhook
    for model, operation in (("ideogram-3", Operation.OUTPAINT), ("ideogram-4-5", Operation.REMOVE_BACKGROUND)):
        assert "webhook_url" not in ordered(model, operation, manners=manners).fields


@pytest.mark.parametrize(("quality", "price"), [("low", "0.03"), ("medium", "0.06"), ("high", "0.10")])
async def test_the_quality_that_an_admin_chose_sets_the_price(vendor: Vendor, tmp_path: Path, quality: Any, price: str) -> None:
    async with open_service(SERVICE, vendor, tmp_path, IDEOGRAM_QUALITY=quality) as provider:
        assert provider.models["ideogram-4-5"].price == Decimal(price)
    assert models_of(quality)[0].price == Decimal(price)


@pytest.mark.parametrize("model", ["ideogram-4-5", "ideogram-3"])
async def test_a_mask_is_sent_black_where_it_is_edited(vendor: Vendor, provider: ImageProvider, model: str) -> None:
    draws(vendor, [png(64)])
    mask = Image.new("L", (32, 32), 0)
    mask.paste(255, (0, 0, 16, 32))
    written = io.BytesIO()
    mask.save(written, "PNG")
    request = Request(operation=Operation.INPAINT, prompt="a bird", size=(1024, 1024), model=model)
    await provider.submit(request, Inputs(sources=(BOAT.body,), mask=written.getvalue()), key="k")
    parts = vendor.asked[0].parts
    assert parts["image"] == [BOAT.body]
    assert parts["async"] == [b"true"]
    with Image.open(io.BytesIO(parts["mask"][0])) as sent:
        assert (sent.mode, sent.size) == ("L", (64, 64)), "of the picture's size"
        assert (sent.getpixel((1, 1)), sent.getpixel((62, 1))) == (0, 255)


async def test_nothing_is_sent_without_a_picture_or_a_mask(vendor: Vendor, provider: ImageProvider) -> None:
    for request, inputs in (
        (Request(operation=Operation.VARY, prompt="a", model="ideogram-3"), Inputs()),
        (Request(operation=Operation.INPAINT, prompt="a", model="ideogram-3"), Inputs(sources=(BOAT.body,))),
    ):
        with pytest.raises(ProviderFault) as fault:
            await provider.submit(request, inputs, key="k")
        assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
    assert vendor.asked == []


async def test_an_order_that_answers_with_pictures_at_once_is_done(vendor: Vendor, provider: ImageProvider) -> None:
    answer = recorded("synchronous")
    vendor.on("POST", "/v2/image/", Says(json={**answer, "data": [{**answer["data"][0], "url": f"{vendor.url}/ephemeral/x.png"}]}))
    vendor.on("GET", "/ephemeral/", Says(body=png(64)))
    finished = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(finished, Finished)
    assert (finished.images, finished.seed, finished.cost, finished.vendor_id) == ((png(64),), 42, None, JOB)


async def test_a_ticket_is_the_generation_alone_so_that_a_delivery_finds_it(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [png(64)])
    progress = await provider.submit(SERVICE.request, Inputs(), key="k")
    assert isinstance(progress, Pending)
    assert progress.ticket == JOB


@pytest.mark.parametrize("ticket", ["", "../account", "a b", "a/b", "a?dry_run=true", "x" * 201])
async def test_a_ticket_that_is_no_id_is_lost_and_never_asked_for(vendor: Vendor, provider: ImageProvider, ticket: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.check(ticket)
    assert (fault.value.kind, vendor.asked) == (FaultKind.LOST, [])


async def test_an_id_that_could_lead_elsewhere_is_a_bad_result(vendor: Vendor, provider: ImageProvider) -> None:
    vendor.on("POST", "/v2/image/", Says(json={"generation_id": "../../v1/account"}))
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(SERVICE.request, Inputs(), key="k")
    assert fault.value.kind is FaultKind.BAD_RESULT


@pytest.mark.parametrize(
    ("status", "stage"), [("pending", ""), ("Pending", ""), ("queued", "queued"), ("completed_partially", "completed_partially")]
)
async def test_a_status_that_is_no_end_is_pending(vendor: Vendor, provider: ImageProvider, status: str, stage: str) -> None:
    stands(vendor, Says(json={**recorded("completed"), "status": status}))
    standing = await provider.check(JOB)
    assert isinstance(standing, Pending)
    assert (standing.ticket, standing.stage, standing.check_after) == (JOB, stage, 2.0)


async def test_a_generation_that_failed_is_a_bad_result_and_one_that_broke_a_rule_a_refusal(
    vendor: Vendor, provider: ImageProvider
) -> None:
    stands(vendor, Says(json=recorded("failed")))
    with pytest.raises(ProviderFault) as fault:
        await provider.check(JOB)
    assert fault.value.kind is FaultKind.BAD_RESULT
    stands(vendor, Says(json=recorded("failed_policy")))
    with pytest.raises(Refused):
        await provider.check(JOB)


@pytest.mark.parametrize("data", [None, []])
async def test_completed_without_a_picture_is_a_bad_result(vendor: Vendor, provider: ImageProvider, data: Any) -> None:
    stands(vendor, Says(json={**recorded("completed"), "data": data}))
    with pytest.raises(ProviderFault) as fault:
        await provider.check(JOB)
    assert fault.value.kind is FaultKind.BAD_RESULT


async def test_what_was_withheld_is_said_and_the_rest_is_given(vendor: Vendor, provider: ImageProvider) -> None:
    answer = completed(f"{vendor.url}/ephemeral/1.png")
    answer["data"].insert(0, {"url": None, "seed": 41, "is_image_safe": False})
    answer["data"].append({"url": f"{vendor.url}/ephemeral/blurred.png", "seed": 43, "is_image_safe": False})
    stands(vendor, Says(json=answer))
    vendor.on("GET", "/ephemeral/", Says(body=png(64)))
    finished = await provider.check(JOB)
    assert isinstance(finished, Finished)
    assert (finished.images, finished.seed) == ((png(64),), 42)
    assert "safety check" in finished.short
    assert not vendor.heard("GET", "blurred"), "an unsafe picture is not even fetched"


async def test_the_cost_is_what_was_billed(vendor: Vendor, provider: ImageProvider) -> None:
    stands(vendor, Says(json={**completed(f"{vendor.url}/ephemeral/1.png"), "usage_cost_usd_micros": 125_830}))
    vendor.on("GET", "/ephemeral/", Says(body=png(64)))
    finished = await provider.check(JOB)
    assert isinstance(finished, Finished)
    assert finished.cost == Decimal("0.12583")


def reply(status: int, body: Any) -> Reply:
    return Reply(vendor="Ideogram", status=status, body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (402, "insufficient_funds", FaultKind.CREDIT),
        (402, "daily_limit", FaultKind.CREDIT),
        (402, "subscription_required", FaultKind.CREDIT),
        (402, "priority_credit_required", FaultKind.CREDIT),
        (402, "inflight_limit", FaultKind.RATE_LIMITED),
        (429, "inflight_limit", FaultKind.RATE_LIMITED),
        (403, "feature_limit", FaultKind.CREDENTIALS),
    ],
)
def test_a_limit_of_the_account_is_no_fault_of_the_person(status: int, reason: str, kind: FaultKind) -> None:
    fault = explain(reply(status, {"error": "no", "reject_reason": reason}))
    assert isinstance(fault, ProviderFault)
    assert (fault.kind, fault.accepted) == (kind, False)


@pytest.mark.parametrize("body", [{"error": "Prompt failed the safety check"}, {"error": "I will not"}, {}, [], None, {"detail": "no"}])
def test_422_is_the_safety_check(body: Any) -> None:
    assert isinstance(explain(reply(422, body)), Refused)


@pytest.mark.parametrize(
    "body", [{"error": "resolution is invalid"}, {"detail": [{"loc": ["body", "seed"], "msg": "x"}]}, {"error": "image is required"}]
)
def test_422_that_plainly_speaks_of_a_field_is_no_refusal(body: Any) -> None:
    fault = explain(reply(422, body))
    assert isinstance(fault, ProviderFault)
    assert fault.kind is FaultKind.BAD_REQUEST


def test_no_word_of_a_prompt_gets_into_a_sentence() -> None:
    for body in ({"error": "a small boat is invalid"}, {"error": "a small boat failed the safety check"}):
        told = explain(reply(400, body))
        assert told is not None
        assert "boat" not in told.sentence


def test_the_usual_reading_is_left_alone() -> None:
    assert [explain(reply(status, {"error": "no"})) for status in (401, 402, 403, 404, 429, 500, 503)] == [None] * 7


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
VECTOR = "2f69227b8061b435ea18fcc6f5fc7948bfbe8aabe870f4b4ea638183335e85d876e5e32579886a991681f4b637222c57c470cd5bec9fff9805257fa3f6a9cd01"
BODY = (RECORDED / "ideogram" / "delivery.json").read_bytes()


def jwks(*keys: Ed25519PrivateKey) -> Any:
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "kid": str(number),
                "x": urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("="),
            }
            for number, key in enumerate(keys)
        ]
    }


def signed(
    body: bytes = BODY, *, key: Ed25519PrivateKey = KEY, age: float = 0, generation: str = JOB, user: str = "user-1"
) -> dict[str, str]:
    stamp = str(int(datetime.now(UTC).timestamp() - age))
    told = "\n".join([generation, user, stamp, hashlib.sha256(body).hexdigest()]).encode()
    return {
        "x-ideogram-webhook-generation-id": generation,
        "x-ideogram-webhook-user-id": user,
        "x-ideogram-webhook-timestamp": stamp,
        "x-ideogram-webhook-key-id": "1",
        "x-ideogram-webhook-signature": key.sign(told).hex(),
    }


@pytest.fixture
def published(vendor: Vendor) -> Vendor:
    vendor.on("GET", "/v1/.well-known/jwks.json", Says(json=jwks(OTHER, KEY)))
    return vendor


async def test_a_written_down_signature_is_read_as_the_reference_says() -> None:
    # Computed over the four lines of providers.md §8 with the key of the bytes 0 to 31; not the vendor's own.
    async def published() -> bytes:
        return json.dumps(jwks(KEY)).encode()

    keys = Jwks(fetch=[published], now=lambda: datetime.fromtimestamp(1_700_000_000, UTC))
    body, stamp = b'{"generation_id":"g1"}', "1700000000"
    assert await verify_signed(keys, parts=["g1", "u1"], stamp=stamp, signature=VECTOR, body=body)
    assert not await verify_signed(keys, parts=["u1", "g1"], stamp=stamp, signature=VECTOR, body=body)


async def test_a_signed_delivery_is_about_its_generation(published: Vendor, provider: ImageProvider) -> None:
    headers = signed()
    notice = await provider.receive(Delivery(headers=headers, body=BODY))
    assert notice is not None
    assert notice.ticket == JOB
    assert await provider.receive(Delivery(headers=headers, body=BODY)) == notice, "one key, so that the journal takes it once"
    assert len(published.heard("GET", "jwks")) == 1, "the keys are kept"


@pytest.mark.parametrize(
    "forged",
    [
        {"body": BODY + b" "},
        {"body": BODY.replace(b"xtdZ", b"aaaa")},
        {"headers": {"x-ideogram-webhook-user-id": "user-2"}},
        {"headers": {"x-ideogram-webhook-generation-id": "aaaa"}},
        {"headers": {"x-ideogram-webhook-timestamp": "1700000000"}},
        {"headers": {"x-ideogram-webhook-timestamp": "soon"}},
        {"headers": {"x-ideogram-webhook-signature": "zz"}},
        {"headers": {"x-ideogram-webhook-signature": ""}},
    ],
)
@pytest.mark.usefixtures("published")
async def test_a_delivery_that_was_touched_proves_nothing(provider: ImageProvider, forged: Mapping[str, Any]) -> None:
    delivery = Delivery(headers={**signed(), **forged.get("headers", {})}, body=forged.get("body", BODY), addressed=True)
    assert await provider.receive(delivery) is None


@pytest.mark.parametrize(("age", "taken"), [(290, True), (310, False), (-290, True), (-310, False)])
@pytest.mark.usefixtures("published")
async def test_a_delivery_counts_for_five_minutes(provider: ImageProvider, age: float, *, taken: bool) -> None:
    assert (await provider.receive(Delivery(headers=signed(age=age), body=BODY)) is not None) == taken


@pytest.mark.usefixtures("published")
async def test_a_signature_of_somebody_else_proves_nothing(provider: ImageProvider) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert await provider.receive(Delivery(headers=signed(key=stranger), body=BODY)) is None


@pytest.mark.usefixtures("published")
async def test_the_body_counts_as_it_came_and_not_as_it_reads(provider: ImageProvider) -> None:
    spaced = json.dumps(json.loads(BODY), indent=1).encode()
    assert await provider.receive(Delivery(headers=signed(spaced), body=spaced)) is not None
    assert await provider.receive(Delivery(headers=signed(spaced), body=BODY)) is None


@pytest.mark.usefixtures("published")
async def test_a_header_cannot_speak_for_another_generation_than_the_body(provider: ImageProvider) -> None:
    assert await provider.receive(Delivery(headers=signed(generation="another"), body=BODY)) is None


async def test_without_the_keys_nothing_is_proven(vendor: Vendor, provider: ImageProvider) -> None:
    vendor.on("GET", "jwks", Says(status=404, json={}))
    assert await provider.receive(Delivery(headers=signed(), body=BODY)) is None


async def test_an_unsigned_delivery_is_a_hint_at_our_own_address_alone(provider: ImageProvider) -> None:
    assert await provider.receive(Delivery(body=BODY)) is None
    notice = await provider.receive(Delivery(body=BODY, addressed=True))
    assert notice is not None
    assert notice.ticket == JOB


async def test_a_webhook_without_https_is_not_asked_for(vendor: Vendor) -> None:
    plugin = plugins.load("adapters.providers", "ideogram", "PLUGIN")
    settings = config.load(plugin.settings, "ideogram", SERVICE.settings(vendor))
    vendor.on("POST", "/v2/image/", Says(json=recorded("taken")))
    for address, wanted in (("http://limner.example/webhooks/ideogram/x", False), ("https://limner.example/webhooks/ideogram/x", True)):
        async with plugin.open(settings, kit(address)) as provider:
            await provider.submit(SERVICE.request, Inputs(), key="k")
        assert ("webhook_url" in vendor.asked[-1].json) == wanted


def kit(webhook: str = "") -> Kit:
    async def link(key: str, **_: object) -> str:
        return key

    async def read(key: str) -> None:
        raise LookupError(key)

    return Kit(
        folder=Path(),
        now=lambda: datetime.now(UTC),
        link=link,
        read=read,  # pyright: ignore[reportArgumentType] - nothing is read here
        public_url="https://limner.example",
        vault=MemoryVault(),
        webhook=webhook,
    )


async def examined(vendor: Vendor, **more: str) -> list[Finding]:
    plugin = plugins.load("adapters.providers", "ideogram", "PLUGIN")
    settings = config.load(plugin.settings, "ideogram", {**SERVICE.settings(vendor), **more})
    return [finding async for finding in plugin.examine(settings, kit())]


async def test_the_doctor_tries_each_key_without_spending(vendor: Vendor) -> None:
    vendor.on("GET", "/v2/generations/", Says(status=404, json={"error": "Not found"}), Says(status=401, json={"error": "no"}))
    first, second, models = await examined(vendor, IDEOGRAM_API_KEY="one, two")
    assert first.good
    assert not second.good
    assert "IDEOGRAM_API_KEY" in second.sentence
    assert "ideogram-4-5" in models.sentence
    assert [each.method for each in vendor.asked] == ["GET", "GET"]
    assert [each.headers["api-key"] for each in vendor.asked] == ["one", "two"]


async def test_the_doctor_says_when_the_credit_is_used_up(vendor: Vendor) -> None:
    vendor.on("GET", "/v2/generations/", Says(status=402, json=recorded("no_funds")))
    finding, _ = await examined(vendor)
    assert not finding.good
    assert "add some" in finding.sentence


def test_without_a_key_it_is_off() -> None:
    plugin = plugins.load("adapters.providers", "ideogram", "PLUGIN")
    assert not plugin.configured(config.load(plugin.settings, "ideogram", {}))
    assert plugin.configured(config.load(plugin.settings, "ideogram", {"IDEOGRAM_API_KEY": "k"}))


def surroundings(vendor: Vendor) -> dict[str, str]:
    return {"BOT_PROVIDERS": "ideogram", **SERVICE.settings(vendor)}


async def test_a_story_from_words_to_a_picture_with_cost_and_seed(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn("imagine a small boat --model ideogram --seed 42")
        assert (job.provider, job.model, job.cost, job.images[0].seed) == ("ideogram", "ideogram-4-5", Decimal("0.06"), 42)
        shown = str((await story.results(job.id))[0].content)
        assert "$0.06" in shown
        assert "seed 42" in shown


async def test_a_restart_in_the_middle_of_polling_orders_nothing_again(vendor: Vendor, tmp_path: Path) -> None:
    stands(vendor, Says(json=recorded("pending")))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        answer = await story.say("imagine a small boat --model ideogram")
        await story.until(answer.job, State.SUBMITTED)
    assert len(vendor.heard("POST")) == 1
    vendor.on("GET", "/v2/generations/", Says(json=completed(f"{vendor.url}/ephemeral/x.png")))
    vendor.on("GET", "/ephemeral/", Says(body=png(64), headers={"Content-Type": "image/png"}))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        await story.until(answer.job, State.DELIVERED)
    assert len(vendor.heard("POST")) == 1
