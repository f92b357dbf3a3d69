"""AUTOMATIC1111's corners: each operation's fields, progress beside the call, the interrupt, seeds, faults, what the doctor asks."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.calls import Reply
from adapters.providers.automatic1111 import MODELS
from adapters.providers.automatic1111.answers import Task, drawn, explain, standing
from adapters.providers.automatic1111.models import Settings, manners_of, models_of
from adapters.providers.automatic1111.requests import fields_of
from bot import config, plugins
from bot.errors import FaultKind, ProviderFault
from bot.model import Finished, Inputs, Operation, Pending, Request, State
from bot.plugins import Finding, Kit
from bot.ports import ImageProvider
from bot.routing import fit
from tests.bench.easel import png
from tests.contracts.service import SERVICES, open_service
from tests.contracts.services.automatic1111 import DRAW, PROGRESS, WHOLE, answer, draws, recorded
from tests.contracts.vaults import MemoryVault
from tests.contracts.vendor import Says, Vendor, open_vendor
from tests.flows.story import eventually, open_story

SERVICE = SERVICES["automatic1111"]
BOAT = png(64)
INTERRUPT = "/sdapi/v1/interrupt"


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def loaded(**settings: str) -> Settings:
    return config.load(Settings, "automatic1111", {f"AUTOMATIC1111_{name.upper()}": value for name, value in settings.items()})


def asked(request: Request, *, source: bytes | None = None, mask: bytes | None = None, **settings: str) -> dict[str, Any]:
    """What is sent for a request that was fitted to its model."""
    said = loaded(**settings)
    fitted, _ = fit(request, models_of(said)[request.model or "automatic1111"])
    return fields_of(fitted, manners_of(said), task="t", source=source, mask=mask)


def test_a_drawing_says_all_that_was_asked_and_nothing_is_left_to_chance() -> None:
    request = Request(prompt="a boat", negative="fog", size=(1000, 700), seed=7, steps=30, guidance=5.5, count=3)
    assert asked(request) == {
        "prompt": "a boat",
        "negative_prompt": "fog",
        "styles": [],
        "seed": 7,
        "steps": 30,
        "cfg_scale": 5.5,
        "batch_size": 1,
        "n_iter": 3,
        "width": 1000,
        "height": 704,
        "override_settings": {"return_grid": False, "return_mask": False, "return_mask_composite": False},
        "send_images": True,
        "save_images": False,
        "force_task_id": "t",
    }


def test_the_servers_fifty_steps_are_never_taken_by_accident() -> None:
    fields = asked(Request(prompt="a boat"))
    assert (fields["steps"], fields["cfg_scale"], fields["seed"]) == (25, 7, -1)
    assert asked(Request(prompt="a boat"), steps="40", guidance="5")["steps"] == 40


def test_a_model_is_its_checkpoint() -> None:
    models = "sdxl=sd_xl_base_1.0.safetensors [31e35c80fc], dreamshaper_8"
    assert list(models_of(loaded(models=models))) == ["sdxl", "dreamshaper_8"]
    for name, checkpoint in (("sdxl", "sd_xl_base_1.0.safetensors [31e35c80fc]"), ("dreamshaper_8", "dreamshaper_8")):
        assert asked(Request(prompt="a", model=name), models=models)["override_settings"]["sd_model_checkpoint"] == checkpoint
    assert "sd_model_checkpoint" not in asked(Request(prompt="a"))["override_settings"]


def test_a_distilled_model_of_forge_has_a_guidance_of_its_own() -> None:
    settings: dict[str, Any] = {"models": "flux,sdxl", "distilled": "flux"}
    flux = asked(Request(prompt="a", model="flux"), **settings)
    assert (flux["cfg_scale"], flux["distilled_cfg_scale"]) == (1, 3.5)
    assert asked(Request(prompt="a", model="flux", guidance=2.0), **settings)["distilled_cfg_scale"] == 2.0
    assert "distilled_cfg_scale" not in asked(Request(prompt="a", model="sdxl"), **settings)


def test_samplers_and_styles_are_said_only_where_somebody_named_one() -> None:
    assert not {"sampler_name", "scheduler"} & set(asked(Request(prompt="a")))
    fields = asked(Request(prompt="a", style="NOIR"), sampler="DPM++ 2M", scheduler="Karras", styles="Noir, Pastel")
    assert (fields["sampler_name"], fields["scheduler"], fields["styles"]) == ("DPM++ 2M", "Karras", ["Noir"])
    assert asked(Request(prompt="a", extras={"sampler": "Euler"}), sampler="DPM++ 2M")["sampler_name"] == "Euler"


@pytest.mark.parametrize(("operation", "usual"), [(Operation.VARY, 0.55), (Operation.EDIT, 0.75)])
def test_what_starts_from_a_picture_says_how_far_it_may_go(operation: Operation, usual: float) -> None:
    request = Request(operation=operation, prompt="a", size=(640, 640))
    fields = fields_of(request, manners_of(loaded()), task="t", source=BOAT, mask=None)
    assert (base64.b64decode(fields["init_images"][0]), fields["denoising_strength"]) == (BOAT, usual)
    assert asked(replace(request, strength=0.0), source=BOAT)["denoising_strength"] == 0.0


async def test_a_mask_is_white_where_it_is_drawn_and_of_the_pictures_size(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [BOAT])
    mask = Image.new("L", (32, 32), 0)
    mask.paste(255, (0, 0, 16, 32))
    written = io.BytesIO()
    mask.save(written, "PNG")
    request = Request(operation=Operation.INPAINT, prompt="a bird", size=(1024, 1024), model="automatic1111")
    await provider.submit(request, Inputs(sources=(BOAT,), mask=written.getvalue()), key="k-1")
    said = vendor.heard("POST", "/sdapi/v1/img2img")[0].json
    assert (said["inpainting_mask_invert"], said["inpainting_fill"], said["inpaint_full_res"]) == (0, 1, True)
    with Image.open(io.BytesIO(base64.b64decode(said["mask"]))) as sent:
        assert (sent.mode, sent.size) == ("L", (64, 64))
        assert (sent.getpixel((1, 1)), sent.getpixel((62, 1))) == (255, 0)


@pytest.mark.parametrize("operation", [Operation.VARY, Operation.EDIT, Operation.INPAINT, Operation.UPSCALE])
async def test_nothing_is_sent_without_what_it_starts_from(vendor: Vendor, provider: ImageProvider, operation: Operation) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(Request(operation=operation, prompt="a", size=(64, 64)), Inputs(), key="k")
    assert (fault.value.kind, fault.value.accepted, vendor.asked) == (FaultKind.BAD_REQUEST, False, [])


def test_an_inpainting_without_a_mask_is_no_redrawing_of_everything() -> None:
    with pytest.raises(ProviderFault, match="mask"):
        asked(Request(operation=Operation.INPAINT, prompt="a"), source=BOAT)


async def test_an_enlargement_asks_for_one_picture_and_no_words(vendor: Vendor, provider: ImageProvider) -> None:
    enlarged = {**recorded("enlarged"), "image": f"data:image/png;base64,{base64.b64encode(png(128)).decode()}"}
    vendor.on("POST", "/sdapi/v1/extra-single-image", Says(json=enlarged))
    request = Request(operation=Operation.UPSCALE, prompt="a boat", size=(256, 256), scale=4, seed=3, model="automatic1111")
    finished = await provider.submit(request, Inputs(sources=(BOAT,)), key="k")
    assert isinstance(finished, Finished)
    assert finished.images == (png(128),)
    said = vendor.asked[0].json
    assert base64.b64decode(said.pop("image")) == BOAT
    assert said == {"resize_mode": 0, "upscaling_resize": 4, "upscaler_1": "R-ESRGAN 4x+"}


def reply(status: int = 200, data: object = None, body: bytes = b"") -> Reply:
    return Reply(vendor="AUTOMATIC1111", status=status, body=json.dumps(data).encode() if data is not None else body)


def test_pictures_seed_and_checkpoint_are_read() -> None:
    finished = drawn(reply(data=answer([BOAT, png(72)], all_seeds=[9, 10], seed=9)), count=2, task="task(1)")
    assert finished.images == (BOAT, png(72))
    assert (finished.seed, finished.version, finished.vendor_id, finished.short) == (9, "sd_xl_base_1.0", "task(1)", "")


def test_a_grid_before_the_pictures_is_none_of_them() -> None:
    finished = drawn(reply(data=answer([png(256), BOAT, png(72)], index_of_first_image=1)), count=2, task="t")
    assert finished.images == (BOAT, png(72))


def test_fewer_pictures_than_asked_for_are_said_to_be() -> None:
    assert "stopped" in drawn(reply(data=answer([BOAT])), count=3, task="t").short
    with pytest.raises(ProviderFault) as fault:
        drawn(reply(data=answer([])), count=1, task="t")
    assert fault.value.kind is FaultKind.BAD_RESULT


@pytest.mark.parametrize("info", ["", "no json", "[]", '{"seed": "many"}', "null"])
def test_facts_that_cannot_be_read_cost_no_picture(info: str) -> None:
    finished = drawn(reply(data={**answer([BOAT]), "info": info}), count=1, task="t")
    assert (finished.images, finished.seed) == ((BOAT,), None)


def test_a_picture_that_is_no_base64_is_a_bad_result() -> None:
    with pytest.raises(ProviderFault) as fault:
        drawn(reply(data={**answer([]), "images": ["%%%"]}), count=1, task="t")
    assert fault.value.kind is FaultKind.BAD_RESULT


@pytest.mark.parametrize(
    ("status", "data", "kind", "accepted", "word"),
    [
        (401, {"detail": "Not authenticated"}, FaultKind.CREDENTIALS, False, "AUTOMATIC1111_AUTH"),
        (404, {"detail": "Not Found"}, FaultKind.BAD_REQUEST, False, "--api"),
        (404, {"detail": "Sampler not found"}, FaultKind.BAD_REQUEST, False, "Sampler not found"),
        (400, {"error": "HTTPException", "detail": "Sampler not found"}, FaultKind.BAD_REQUEST, False, "Sampler"),
        (500, {"error": "OutOfMemoryError", "errors": "CUDA out of memory."}, FaultKind.BAD_REQUEST, False, "graphics memory"),
        (500, {"detail": "Invalid encoded image"}, FaultKind.BAD_REQUEST, False, "Invalid encoded image"),
        (500, {"error": "RuntimeError", "detail": "", "errors": "boom"}, FaultKind.UNAVAILABLE, True, "500"),
        (500, ["odd"], FaultKind.UNAVAILABLE, True, "500"),
        (504, None, FaultKind.TIMEOUT, True, "before"),
        (503, None, FaultKind.UNAVAILABLE, True, "before"),
        (429, None, FaultKind.RATE_LIMITED, False, "before"),
    ],
)
def test_an_error_is_read_in_each_of_its_forms(status: int, data: object, kind: FaultKind, accepted: bool, word: str) -> None:
    fault = explain(reply(status, data, b"<html>"))
    assert isinstance(fault, ProviderFault)
    assert (fault.kind, fault.accepted) == (kind, accepted)
    assert word in fault.sentence


def test_an_error_that_echoes_the_prompt_does_not_spread_it() -> None:
    fault = explain(reply(422, recorded("invalid")))
    assert isinstance(fault, ProviderFault)
    assert "steps" in fault.sentence
    assert "boat" not in fault.sentence
    spoken = explain(reply(500, {"error": "ValueError", "detail": "", "errors": "a small boat"}))
    assert isinstance(spoken, ProviderFault)
    assert "boat" not in spoken.sentence


def test_how_a_task_stands_is_told_as_it_is() -> None:
    at_work = standing(Task(active=True, progress=1.7, live_preview="data:image/jpeg;base64,AAEC"))
    assert (at_work.fraction, at_work.preview, at_work.stage) == (1.0, b"\x00\x01\x02", "")
    assert standing(Task(queued=True)).stage == "waiting at AUTOMATIC1111"
    assert standing(Task(active=True, live_preview="%%%")).preview is None


async def test_progress_is_shown_beside_the_call_and_is_of_our_task(vendor: Vendor, tmp_path: Path) -> None:
    shown: list[tuple[str, Pending]] = []

    def show(key: str, pending: Pending) -> None:
        shown.append((key, pending))

    gate = asyncio.Event()
    draws(vendor, [BOAT])
    vendor.on("POST", DRAW, Says(json=answer([BOAT]), gate=gate))
    preview = f"data:image/jpeg;base64,{base64.b64encode(b'jpeg').decode()}"
    first = Says(json={**recorded("progress"), "live_preview": preview})
    vendor.on("POST", PROGRESS, Says(json=recorded("queued")), first, Says(json=recorded("progress")))

    async with opened(vendor, tmp_path, show=show) as provider, asyncio.TaskGroup() as group:
        order = group.create_task(provider.submit(SERVICE.request, Inputs(), key="7kq2mw9x-1"))
        await eventually(lambda: _true(len(shown) >= 3))
        gate.set()
    assert isinstance(order.result(), Finished)
    assert {key for key, _ in shown} == {"7kq2mw9x-1"}
    assert [(pending.stage, pending.fraction, pending.preview) for _, pending in shown[:3]] == [
        ("waiting at AUTOMATIC1111", None, None),
        ("", 0.4, b"jpeg"),
        ("", 0.4, None),
    ]
    looks = [each.json for each in vendor.heard("POST", PROGRESS)]
    assert {look["id_task"] for look in looks} == {vendor.heard("POST", DRAW)[0].json["force_task_id"]}
    assert looks[2]["id_live_preview"] == 3, "a preview is sent once"


async def test_a_server_that_tells_no_progress_draws_all_the_same(vendor: Vendor, provider: ImageProvider) -> None:
    gate = asyncio.Event()
    vendor.on("POST", DRAW, Says(json=answer([BOAT]), gate=gate))
    async with asyncio.TaskGroup() as group:
        order = group.create_task(provider.submit(SERVICE.request, Inputs(), key="k-1"))
        await eventually(lambda: _true(vendor.heard("POST", PROGRESS)))
        gate.set()
    assert isinstance(order.result(), Finished)
    assert len(vendor.heard("POST", PROGRESS)) == 1, "it is not asked again"


@pytest.mark.parametrize(("stands", "interrupts"), [("progress", 1), ("queued", 0)])
async def test_a_call_that_is_given_up_interrupts_only_its_own_task(
    vendor: Vendor, provider: ImageProvider, stands: str, interrupts: int
) -> None:
    vendor.on("POST", DRAW, Says(stalls=True))
    vendor.on("POST", PROGRESS, Says(json=recorded(stands)))
    vendor.on("POST", INTERRUPT, Says(json={}))
    async with asyncio.TaskGroup() as group:
        order = group.create_task(provider.submit(SERVICE.request, Inputs(), key="k-1"))
        await eventually(lambda: _true(vendor.heard("POST", DRAW)))
        order.cancel()
    assert order.cancelled()
    assert len(vendor.heard("POST", INTERRUPT)) == interrupts


async def test_a_picture_that_somebody_stopped_half_way_is_not_passed_off_as_done(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [BOAT])
    whole = recorded("whole")
    vendor.on("GET", WHOLE, Says(json={**whole, "state": {**whole["state"], "interrupted": True}}))
    with pytest.raises(ProviderFault, match="stopped") as fault:
        await provider.submit(SERVICE.request, Inputs(), key="k-1")
    assert fault.value.kind is FaultKind.BAD_RESULT


async def test_one_call_at_a_time(vendor: Vendor, provider: ImageProvider) -> None:
    draws(vendor, [BOAT])
    gate = asyncio.Event()
    vendor.on("POST", DRAW, Says(json=answer([BOAT]), gate=gate), Says(json=answer([BOAT])))
    async with asyncio.TaskGroup() as group:
        group.create_task(provider.submit(SERVICE.request, Inputs(), key="k-1"))
        group.create_task(provider.submit(SERVICE.request, Inputs(), key="k-2"))
        await eventually(lambda: _true(vendor.heard("POST", PROGRESS)))
        assert len(vendor.heard("POST", DRAW)) == 1
        gate.set()
    assert [each.json["force_task_id"] for each in vendor.heard("POST", DRAW)] == ["task(limner-k-1)", "task(limner-k-2)"]
    assert {model.running for model in MODELS} == {1}


async def test_user_and_password_go_as_the_header_has_them_a_comma_included(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [BOAT])
    async with open_service(SERVICE, vendor, tmp_path, AUTOMATIC1111_AUTH="ada:a,b:c") as provider:
        await provider.submit(SERVICE.request, Inputs(), key="k-1")
    expected = f"Basic {base64.b64encode(b'ada:a,b:c').decode()}"
    assert {each.headers["authorization"] for each in vendor.asked} == {expected}


async def _true(found: object) -> bool:
    return bool(found)


def kit(**more: Any) -> Kit:
    async def nothing(*_: object, **__: object) -> Any:
        raise LookupError

    return replace(
        Kit(folder=Path(), now=lambda: datetime.now(UTC), link=nothing, read=nothing, public_url="", vault=MemoryVault()), **more
    )


def opened(vendor: Vendor, folder: Path, **more: Any) -> Any:
    plugin = plugins.load("adapters.providers", "automatic1111", "PLUGIN")
    return plugin.open(config.load(plugin.settings, "automatic1111", SERVICE.settings(vendor)), kit(folder=folder, **more))


async def examined(vendor: Vendor, **more: str) -> list[Finding]:
    plugin = plugins.load("adapters.providers", "automatic1111", "PLUGIN")
    settings = config.load(plugin.settings, "automatic1111", {**SERVICE.settings(vendor), **more})
    return [finding async for finding in plugin.examine(settings, kit())]


def stocks(vendor: Vendor) -> None:
    for path, name in (("sd-models", "sd_models"), ("upscalers", "upscalers"), ("samplers", "samplers")):
        vendor.on("GET", f"/sdapi/v1/{path}", Says(json=recorded(name)))


async def test_the_doctor_sees_that_it_has_what_the_settings_name(vendor: Vendor) -> None:
    stocks(vendor)
    more = {"AUTOMATIC1111_MODELS": "sdxl=sd_xl_base_1.0.safetensors,flux1-dev", "AUTOMATIC1111_SAMPLER": "Euler a"}
    (finding,) = await examined(vendor, **more)
    assert finding.good
    assert "2 checkpoints" in finding.sentence
    assert {each.method for each in vendor.asked} == {"GET"}


async def test_the_doctor_names_what_it_lacks_because_the_server_would_not(vendor: Vendor) -> None:
    stocks(vendor)
    more = {"AUTOMATIC1111_MODELS": "sdxl,flux1-dev", "AUTOMATIC1111_UPSCALER": "Magic", "AUTOMATIC1111_SAMPLER": "Wand"}
    models, upscaler, sampler = await examined(vendor, **more)
    assert [models.good, upscaler.good, sampler.good] == [False, False, False]
    assert "no checkpoint sdxl:" in models.sentence
    assert "AUTOMATIC1111_UPSCALER" in upscaler.sentence
    assert "R-ESRGAN 4x+" in upscaler.sentence
    assert "DPM++ 2M" in sampler.sentence


async def test_the_doctor_says_what_to_do_about_a_server_without_its_api(vendor: Vendor) -> None:
    vendor.on("GET", "/sdapi/", Says(status=404, json={"detail": "Not Found"}))
    (finding,) = await examined(vendor)
    assert not finding.good
    assert "--api" in finding.sentence


def test_without_an_address_it_is_off() -> None:
    plugin = plugins.load("adapters.providers", "automatic1111", "PLUGIN")
    assert not plugin.configured(loaded())
    assert not plugin.configured(loaded(base_url=""))
    assert plugin.configured(loaded(base_url="http://127.0.0.1:7860"))


def surroundings(vendor: Vendor) -> Mapping[str, str]:
    return {"BOT_PROVIDERS": "automatic1111", **SERVICE.settings(vendor)}


async def test_a_story_from_words_to_pictures_with_seeds_of_their_own(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64), png(72)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.drawn("imagine a small boat --seed 42 --count 2")
        assert (job.provider, job.cost or 0, [image.seed for image in job.images]) == ("automatic1111", 0, [42, 43])
        assert "seed 42" in str((await story.results(job.id))[0].content)
    assert len(vendor.heard("POST", DRAW)) == 1, "two pictures in one call"


async def test_a_restart_in_the_middle_of_a_call_draws_it_once_more_and_delivers(vendor: Vendor, tmp_path: Path) -> None:
    draws(vendor, [png(64)])
    vendor.on("POST", DRAW, Says(breaks=True))
    async with open_story(tmp_path, surroundings(vendor), working=False) as story:
        answered = await story.say("imagine a small boat --seed 42")
        job = await story.app.store.find(answered.job)
        begun = await story.app.store.begin(job, running=3, now=job.created)
        assert begun is not None
        assert begun.state is State.SUBMITTING, "as if the process had died in the middle of the call"
    draws(vendor, [png(64)])
    async with open_story(tmp_path, surroundings(vendor)) as story:
        job = await story.until(answered.job, State.DELIVERED)
        assert job.images[0].seed == 42
    assert len(vendor.heard("POST", DRAW)) == 1


async def test_the_card_follows_a_call_that_is_on_its_way(vendor: Vendor, tmp_path: Path) -> None:
    gate = asyncio.Event()
    draws(vendor, [png(64)])
    vendor.on("POST", DRAW, Says(json=answer([png(64)]), gate=gate))
    preview = f"data:image/png;base64,{base64.b64encode(png(64)).decode()}"
    vendor.on("POST", PROGRESS, Says(json={**recorded("progress"), "live_preview": preview}))
    async with open_story(tmp_path, surroundings(vendor)) as story:
        answered = await story.say("imagine a small boat")

        async def told() -> Mapping[str, Any] | None:
            if "card" not in await story.app.store.posts(answered.job):
                return None
            card = await story.card(answered.job)
            return card if card.get("pictures") else None

        card = await eventually(told)
        assert "40" in str(card)
        assert (await story.app.store.find(answered.job)).ticket is None, "there is none while a call is on its way"
        gate.set()
        await story.until(answered.job, State.DELIVERED)
