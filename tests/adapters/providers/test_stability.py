"""Stability AI's corners: every endpoint's form, margins, seeds, sizes of sources, errors, moderation, tickets."""

import base64
import io
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from adapters.calls import Reply, Source, ratio_of, sizes_of
from adapters.providers.stability import MODELS
from adapters.providers.stability.answers import explain, progress_of
from adapters.providers.stability.endpoints import SPECIAL, endpoint_of
from adapters.providers.stability.models import RATIOS
from adapters.providers.stability.requests import fields_of, margins, seed_of
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Finished, Inputs, Operation, Pending, Promise, Request
from bot.ports import ImageProvider
from bot.routing import Catalog, fit
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.stability import draws, pictured, recorded
from tests.contracts.services.stability_creative import takes
from tests.contracts.vendor import Asked, Says, Vendor, open_vendor

SERVICE = SERVICES["stability"]
CREATIVE = SERVICES["stability_creative"]
BOAT = Source(body=png(64), width=64, height=64, media_type="image/png")
DRAWING = [model.name for model in MODELS if not model.special]


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def fitted(model: str, operation: Operation = Operation.DRAW, **more: Any) -> Request:
    facts = next(each for each in MODELS if each.name == model)
    said: dict[str, Any] = {"prompt": "a small boat", "seed": 42, "sources": () if operation is Operation.DRAW else ("key",)}
    return fit(Request(operation=operation, **(said | more)), facts)[0]


def fields(model: str, operation: Operation = Operation.DRAW, **more: Any) -> dict[str, str]:
    request = fitted(model, operation, **more)
    return fields_of(request, endpoint_of(request), None if operation is Operation.DRAW else BOAT)


async def ordered(
    vendor: Vendor, provider: ImageProvider, request: Request, *, source: bytes = BOAT.body, mask: bytes | None = None
) -> Asked:
    """What arrives for a request."""
    draws(vendor, [png(64)])
    sources = (source,) if request.operation is not Operation.DRAW else ()
    await provider.submit(request, Inputs(sources=sources, mask=mask), key="7kq2mw9x-1")
    return vendor.heard("POST")[-1]


def test_a_drawing_says_words_ratio_seed_and_style() -> None:
    asked = fields("stable-image-ultra", ratio="16:9", negative="people", style="anime")
    assert asked == {
        "prompt": "a small boat",
        "negative_prompt": "people",
        "aspect_ratio": "16:9",
        "seed": "42",
        "style_preset": "anime",
        "output_format": "png",
    }


def test_stable_diffusion_also_says_its_model_and_mode_and_how_closely_to_follow() -> None:
    asked = fields("sd3.5-medium", guidance=40)
    assert (asked["model"], asked["mode"], asked["cfg_scale"]) == ("sd3.5-medium", "text-to-image", "10")
    assert "aspect_ratio" in asked
    changed = fields("sd3.5-medium", Operation.EDIT, strength=0.25)
    assert (changed["mode"], changed["strength"]) == ("image-to-image", "0.25")
    assert "aspect_ratio" not in changed, "it keeps the shape of the picture"


def test_an_edit_has_a_strength_even_where_nobody_said_one() -> None:
    assert fields("stable-image-ultra", Operation.EDIT)["strength"] == "0.6"
    assert fields("stable-image-ultra", Operation.VARY, strength=0)["strength"] == "0"
    assert "strength" not in fields("stable-image-ultra")


@pytest.mark.parametrize("model", DRAWING)
@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (Operation.INPAINT, "/edit/inpaint"),
        (Operation.OUTPAINT, "/edit/outpaint"),
        (Operation.UPSCALE, "/upscale/fast"),
        (Operation.REMOVE_BACKGROUND, "/edit/remove-background"),
    ],
)
def test_what_knows_no_models_is_offered_by_all_that_draw(model: str, operation: Operation, path: str) -> None:
    assert endpoint_of(fitted(model, operation)).path == path
    assert "model" not in fields(model, operation)


def test_every_model_has_an_endpoint_for_all_it_offers() -> None:
    paths = {endpoint_of(fitted(model.name, operation)).path for model in MODELS for operation in model.operations}
    assert len(paths) == 15
    assert {endpoint_of(fitted(model.name, Operation.EDIT)).path for model in MODELS if model.special} == {
        endpoint.path for endpoint in SPECIAL.values()
    }


def test_what_a_special_model_does_not_know_is_not_sent() -> None:
    cut = fields("stable-image-core", Operation.REMOVE_BACKGROUND, negative="people", style="anime")
    assert cut == {"output_format": "png"}
    assert fields("erase", Operation.INPAINT) == {"output_format": "png", "seed": "42"}
    assert "strength" not in fields("control-sketch", Operation.EDIT, strength=0.4)
    assert fields("control-style", Operation.EDIT, ratio="9:21")["aspect_ratio"] == "9:21"
    assert "aspect_ratio" not in fields("control-structure", Operation.EDIT)


@pytest.mark.parametrize("written", ["the boat -> a red duck", "the boat => a red duck", "the boat→a red duck"])
def test_search_and_replace_reads_both_texts_out_of_one(written: str) -> None:
    asked = fields("search-and-replace", Operation.EDIT, prompt=written)
    assert (asked["search_prompt"], asked["prompt"]) == ("the boat", "a red duck")
    asked = fields("search-and-recolor", Operation.EDIT, prompt=written)
    assert (asked["select_prompt"], asked["prompt"]) == ("the boat", "a red duck")


@pytest.mark.parametrize("written", ["the boat", "-> a duck", "the boat ->", ""])
def test_search_and_replace_without_both_says_how_to_write_them(written: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        fields("search-and-replace", Operation.EDIT, prompt=written)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
    assert "->" in fault.value.advice


def test_extras_reach_the_knobs_of_the_endpoint_and_nothing_else() -> None:
    extras = {"grow_mask": "9", "search_prompt": "the boat", "model": "sd3.5-large", "creativity": "0.4", "image": "x"}
    asked = fields("search-and-replace", Operation.EDIT, prompt="a red duck", extras=extras)
    assert (asked["grow_mask"], asked["search_prompt"], asked["prompt"]) == ("9", "the boat", "a red duck")
    assert not asked.keys() & {"model", "creativity", "image"}
    assert fields("stable-image-core", Operation.OUTPAINT, extras={"left": "77"})["left"] == "77"
    assert fields("upscale-creative", Operation.UPSCALE, extras=extras)["creativity"] == "0.4"


def test_an_upscale_that_wants_words_gets_some_where_there_are_none() -> None:
    assert fields("upscale-conservative", Operation.UPSCALE, prompt="")["prompt"]
    assert "prompt" not in fields("stable-image-core", Operation.OUTPAINT, prompt=""), "an outpaint may do without"
    assert "prompt" not in fields("stable-image-core", Operation.UPSCALE)


@pytest.mark.parametrize(
    ("source", "target", "sides"),
    [
        ((512, 512), (1024, 768), {"left": 256, "right": 256, "up": 128, "down": 128}),
        ((1024, 1024), (1680, 944), {"left": 399, "right": 399}),
        ((1024, 1024), (944, 1680), {"up": 399, "down": 399}),
        ((1000, 500), (1000, 500), {"left": 250, "right": 250, "up": 125, "down": 125}),
        ((64, 4000), (1920, 816), {"left": 2000, "right": 2000}),
        ((400, 400), None, {"left": 100, "right": 100, "up": 100, "down": 100}),
    ],
)
def test_an_outpaint_grows_to_the_size_or_to_the_shape(
    source: tuple[int, int], target: tuple[int, int] | None, sides: dict[str, int]
) -> None:
    assert margins(source, target) == sides


@given(st.tuples(st.integers(16, 5000), st.integers(16, 5000)), st.sampled_from(sizes_of(RATIOS, pixels=1024 * 1024)))
def test_an_outpaint_always_grows_and_never_too_far(source: tuple[int, int], target: tuple[int, int]) -> None:
    sides = margins(source, target)
    assert sides
    assert all(0 < pixels <= 2000 for pixels in sides.values())


@pytest.mark.parametrize(("ours", "theirs"), [(42, 42), (0, 1), (2**32 - 1, 1), (2**32 - 2, 2**32 - 2), (1, 1)])
def test_a_seed_is_one_they_take_as_it_is(ours: int, theirs: int) -> None:
    assert seed_of(ours) == theirs


@pytest.mark.parametrize("pixels", [1024 * 1024, 1536 * 1024])
def test_every_size_asks_for_its_own_ratio(pixels: int) -> None:
    assert [ratio_of(size, RATIOS) for size in sizes_of(RATIOS, pixels=pixels)] == list(RATIOS)
    assert all(abs(width * height / pixels - 1) < 0.03 for width, height in sizes_of(RATIOS, pixels=pixels))


async def test_a_form_is_multipart_even_without_a_file(vendor: Vendor, provider: ImageProvider) -> None:
    asked = await ordered(vendor, provider, fitted("stable-image-core"))
    assert asked.path == "/v2beta/stable-image/generate/core"
    assert asked.headers["content-type"].startswith("multipart/form-data")
    assert asked.headers["accept"] == "image/*"
    assert asked.headers["authorization"] == "Bearer sk-stability"
    assert asked.parts["prompt"] == [b"a small boat"]
    assert b"filename" not in asked.body


async def test_a_mask_goes_as_it_is_for_white_is_edited_there_too(vendor: Vendor, provider: ImageProvider) -> None:
    asked = await ordered(vendor, provider, fitted("stable-image-core", Operation.INPAINT), mask=b"white here")
    assert asked.parts["mask"] == [b"white here"]
    assert asked.parts["image"] == [BOAT.body]
    edited = await ordered(vendor, provider, fitted("sd3.5-large", Operation.EDIT), mask=b"white here")
    assert "mask" not in edited.parts, "image-to-image knows none"


@pytest.mark.parametrize(("side", "sent"), [(1024, 1024), (1600, 1024)])
async def test_a_picture_too_large_to_enlarge_is_made_to_fit(vendor: Vendor, provider: ImageProvider, side: int, sent: int) -> None:
    written = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(written, "PNG")
    asked = await ordered(vendor, provider, fitted("stable-image-core", Operation.UPSCALE), source=written.getvalue())
    assert asked.path.endswith("/upscale/fast")
    assert Image.open(io.BytesIO(asked.parts["image"][0])).size == (sent, sent)


@pytest.mark.parametrize(("asked", "given"), [((128, 128), 128), ((192, 192), 192), ((256, 256), 256), ((300, 300), 256), (None, 256)])
async def test_an_enlargement_has_the_size_that_was_asked_for(
    vendor: Vendor, provider: ImageProvider, asked: tuple[int, int] | None, given: int
) -> None:
    draws(vendor, [png(256)])
    request = replace(fitted("stable-image-core", Operation.UPSCALE), size=asked)
    finished = await provider.submit(request, Inputs(sources=(BOAT.body,)), key="7kq2mw9x-1")
    assert isinstance(finished, Finished)
    assert Image.open(io.BytesIO(finished.images[0])).size == (given, given)
    assert finished.seed == 42


async def test_an_enlargement_that_is_broken_is_handed_on_for_it_was_paid_for(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [png(256)[:200]])
    request = replace(fitted("stable-image-core", Operation.UPSCALE), size=(128, 128))
    finished = await provider.submit(request, Inputs(sources=(BOAT.body,)), key="7kq2mw9x-1")
    assert isinstance(finished, Finished)
    assert finished.images == (png(256)[:200],)


async def test_what_starts_from_a_picture_is_not_asked_without_one(vendor: Vendor, provider: ImageProvider) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(fitted("control-sketch", Operation.EDIT), Inputs(), key="7kq2mw9x-1")
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
    assert not vendor.asked


def reply(status: int = 200, *, headers: dict[str, str] | None = None, body: bytes = b"", data: object = None) -> Reply:
    content = json.dumps(data).encode() if data is not None else body
    return Reply(vendor="Stability AI", status=status, headers=headers or {}, body=content)


@pytest.mark.parametrize(
    ("status", "data", "kind"),
    [
        (422, recorded("invalid_language"), FaultKind.BAD_REQUEST),
        (404, recorded("not_found"), FaultKind.LOST),
        (402, {"name": "payment_required", "errors": []}, FaultKind.CREDIT),
        (429, {"name": "insufficient_balance", "errors": []}, FaultKind.CREDIT),
        (429, {"name": "rate_limit_exceeded", "errors": []}, FaultKind.RATE_LIMITED),
    ],
)
def test_the_name_of_an_error_decides(status: int, data: object, kind: FaultKind) -> None:
    fault = explain(reply(status, data=data))
    assert isinstance(fault, ProviderFault)
    assert fault.kind is kind


@pytest.mark.parametrize("data", [recorded("error"), [], "text", None, {"name": 7}, {"name": None, "errors": "x"}])
def test_an_error_of_any_shape_is_read(data: object) -> None:
    assert explain(reply(400, data=data)) is None


def test_a_refusal_says_whom_it_does_not_draw_and_never_the_prompt() -> None:
    public = explain(reply(422, data=recorded("public_figure")))
    assert isinstance(public, Refused)
    assert (public.category, public.source) == ("public figure", "stability")
    assert isinstance(explain(reply(403, data=recorded("content_moderation"))), Refused)
    assert explain(reply(403, data={"name": "forbidden", "errors": ["no access"]})) is None, "a closed account is a fault"


def test_who_asks_in_another_language_is_told_so() -> None:
    fault = explain(reply(422, data=recorded("invalid_language")))
    assert isinstance(fault, ProviderFault)
    assert "English" in fault.advice


def test_a_lock_lasts_a_minute_unless_they_say_otherwise() -> None:
    fault = explain(reply(429, data={"name": "rate_limit_exceeded"}))
    assert isinstance(fault, ProviderFault)
    assert (fault.retry_after, fault.accepted) == (60, False)
    assert explain(reply(429, headers={"retry-after": "3"}, data={"name": "rate_limit_exceeded"})) is None


def test_a_picture_comes_as_bytes_with_its_seed_in_a_header() -> None:
    finished = progress_of(reply(headers=recorded("headers"), body=b"PNG"))
    assert finished == Finished(images=(b"PNG",), seed=42, vendor_id="4f0c1d52f0a94a0d8f2d0b2f7f0b9f11")


@pytest.mark.parametrize("field", ["image", "result"])
def test_a_picture_in_json_is_read_as_well(field: str) -> None:
    answer = {field: base64.b64encode(b"PNG").decode(), "seed": "7", "finish_reason": "SUCCESS"}
    finished = progress_of(reply(data=answer), ticket="abc")
    assert finished == Finished(images=(b"PNG",), seed=7, vendor_id="abc")


@pytest.mark.parametrize("seed", ["", "many", "-3", "1e9", "99999999999"])
def test_a_seed_that_is_none_is_left_out(seed: str) -> None:
    finished = progress_of(reply(headers={"content-type": "image/webp", "seed": seed}, body=b"W"))
    assert isinstance(finished, Finished)
    assert finished.seed is None


@pytest.mark.parametrize(
    "answer",
    [
        reply(headers={"content-type": "image/png", "finish-reason": "ERROR"}, body=b"PNG"),
        reply(headers={"content-type": "image/png"}),
        reply(data={"image": "?", "seed": 1}),
        reply(data={"id": "../../secrets"}),
        reply(data={"finish_reason": "SUCCESS"}),
        reply(data={"id": 7}),
    ],
)
def test_what_is_no_picture_is_a_bad_result(answer: Reply) -> None:
    with pytest.raises(ProviderFault) as fault:
        progress_of(answer)
    assert fault.value.kind is FaultKind.BAD_RESULT


def test_a_job_is_looked_at_every_ten_seconds() -> None:
    taken = progress_of(replace(reply(data=recorded("taken")), mark="feedbeef"))
    assert isinstance(taken, Pending)
    assert (taken.ticket, taken.check_after) == (f"{recorded('taken')['id']}:feedbeef", 10)
    again = progress_of(reply(202, data=recorded("at_work")), ticket=taken.ticket)
    assert isinstance(again, Pending)
    assert (again.ticket, again.check_after) == (taken.ticket, 10)


@pytest.mark.parametrize("ticket", ["", "../v1/user/balance", "a/b", "a?b", ":feedbeef", "x" * 300, "über"])
async def test_a_ticket_that_is_none_is_lost_without_asking(vendor: Vendor, provider: ImageProvider, ticket: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.check(ticket)
    assert fault.value.kind is FaultKind.LOST
    assert not vendor.asked


async def test_a_job_is_looked_at_with_the_key_that_ordered_it_even_after_a_restart(vendor: Vendor, tmp_path: Path) -> None:
    takes(vendor, Says(status=202, json=recorded("at_work")))
    keys = {"STABILITY_API_KEY": "sk-one,sk-two"}
    async with open_service(CREATIVE, vendor, tmp_path, **keys) as provider:
        taken = [await provider.submit(CREATIVE.request, CREATIVE.inputs, key=f"7kq2mw9x-{number}") for number in range(2)]
    ordered = [each.headers["authorization"] for each in vendor.asked]
    assert len(set(ordered)) == 2
    async with open_service(CREATIVE, vendor, tmp_path, **keys) as provider:
        for pending in [*taken, *taken]:
            assert isinstance(pending, Pending)
            await provider.check(pending.ticket)
    assert [each.headers["authorization"] for each in vendor.heard("GET")] == ordered * 2
    assert not any("sk-" in pending.ticket for pending in taken if isinstance(pending, Pending))


def test_the_special_ones_are_never_chosen_unasked_and_prices_are_per_endpoint() -> None:
    class Shelf:
        name = "stability"
        models = {model.name: model for model in MODELS}  # noqa: RUF012 - a shelf that nobody changes

    catalog = Catalog({"stability": Shelf()})  # pyright: ignore[reportArgumentType] - only its models are looked at
    for operation in Operation:
        chosen = catalog.choose(Request(operation=operation, prompt="x", sources=("key",))).offer.model
        assert not chosen.special
        assert chosen.promise is Promise.BEST_EFFORT
    assert catalog.choose(Request(operation=Operation.EDIT, prompt="x", model="erase")).offer.model.name == "erase"
    core = catalog.named("stability")[0].model
    assert core.name == "stable-image-core"
    assert core.estimate(Operation.DRAW) == Decimal("0.03")
    assert core.estimate(Operation.UPSCALE) == Decimal("0.02")
    assert catalog.named("upscale-creative")[0].model.estimate(Operation.UPSCALE) == Decimal("0.60")


async def test_creative_takes_no_more_than_a_megapixel(vendor: Vendor, tmp_path: Path) -> None:
    takes(vendor, pictured(png(64)))
    async with open_service(CREATIVE, vendor, tmp_path) as provider:
        large = io.BytesIO()
        Image.new("RGB", (2000, 1000)).save(large, "PNG")
        await provider.submit(CREATIVE.request, Inputs(sources=(large.getvalue(),)), key="7kq2mw9x-1")
    width, height = Image.open(io.BytesIO(vendor.asked[0].parts["image"][0])).size
    assert width * height <= 1024 * 1024
    assert width == pytest.approx(2 * height, abs=2)
