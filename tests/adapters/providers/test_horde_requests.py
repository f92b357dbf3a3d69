"""AI Horde's requests: fields, negatives, seeds, masks, models by name, what an admin decides."""

import io
from base64 import b64decode
from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from adapters.providers.horde import MODELS, Settings
from adapters.providers.horde.models import models_of, recipes_of
from adapters.providers.horde.requests import Manners, fields_of
from bot import config
from bot.errors import FaultKind, ProviderFault, SettingFault
from bot.model import Inputs, Operation, Request
from bot.ports import ImageProvider
from bot.routing import fit
from tests.bench.easel import png
from tests.contracts.service import RECORDED, SERVICES, open_service
from tests.contracts.services.horde import recorded, takes
from tests.contracts.vendor import Vendor, open_vendor

SERVICE = SERVICES["horde"]
JOB = recorded("taken")["id"]
BODY = (RECORDED / "horde" / "delivery.json").read_bytes()
HOOK = "https://limner.example/webhooks/horde/unguessable"


@pytest.fixture
async def vendor() -> AsyncGenerator[Vendor]:
    async with open_vendor() as opened:
        yield opened


@pytest.fixture
async def provider(vendor: Vendor, tmp_path: Path) -> AsyncGenerator[ImageProvider]:
    async with open_service(SERVICE, vendor, tmp_path) as opened:
        yield opened


def asked(model: str, operation: Operation = Operation.DRAW, *, settings: Settings | None = None, **more: Any) -> Any:
    """What is sent for a request that was fitted to a model, with a source and a mask at hand."""
    settings = settings or Settings.model_construct()
    said: dict[str, Any] = {"operation": operation, "prompt": "a small boat", "size": (1024, 1024), "seed": 42, **more}
    fitted, _ = fit(Request(**said), models_of(settings)[model])
    manners = Manners(recipes=recipes_of(settings), sampler=settings.sampler)
    source = None if operation is Operation.DRAW else b"source"
    return fields_of(fitted, manners, source=source, mask=b"mask" if operation is Operation.INPAINT else None)


def test_a_drawing_says_all_that_it_means_and_a_seed_is_a_text() -> None:
    assert asked("albedobase-xl") == {
        "prompt": "a small boat",
        "params": {"n": 1, "width": 1024, "height": 1024, "seed": "42"},
        "models": ["AlbedoBase XL (SDXL)"],
        "nsfw": False,
        "censor_nsfw": True,
        "trusted_workers": False,
        "slow_workers": True,
        "replacement_filter": False,
        "allow_downgrade": False,
        "shared": False,
        "r2": True,
    }


def test_sides_come_in_steps_of_64() -> None:
    params = asked("deliberate", size=(700, 500))["params"]
    assert (params["width"], params["height"]) == (704, 512)


def test_small_models_draw_small_pictures_unless_they_are_told_a_size() -> None:
    small = asked("deliberate", size=None, ratio="1:1")["params"]
    large = asked("albedobase-xl", size=None, ratio="1:1")["params"]
    assert (small["width"], large["width"]) == (512, 1024)


def test_what_is_not_wanted_stands_behind_three_marks() -> None:
    assert asked("deliberate", negative="fog")["prompt"] == "a small boat ### fog"


@pytest.mark.parametrize(
    ("prompt", "negative", "sent"),
    [
        ("a boat ### a whale", "", "a boat ## a whale"),
        ("a boat #####", "fog ### rain", "a boat ## ### fog ## rain"),
        ("#1 of a ## row", "", "#1 of a ## row"),
    ],
)
def test_nobody_can_part_a_prompt_by_marks_of_their_own(prompt: str, negative: str, sent: str) -> None:
    assert asked("deliberate", prompt=prompt, negative=negative)["prompt"] == sent


def test_steps_and_guidance_are_sent_and_guidance_has_two_decimals() -> None:
    params = asked("deliberate", steps=700, guidance=7.12345)["params"]
    assert (params["steps"], params["cfg_scale"]) == (500, 7.12)
    assert not {"steps", "cfg_scale", "sampler_name"} & set(asked("deliberate")["params"])


def test_flux_is_asked_as_it_was_made() -> None:
    fields = asked("flux-schnell", guidance=9.0, negative="fog")
    assert fields["params"] == {
        "n": 1,
        "width": 1024,
        "height": 1024,
        "seed": "42",
        "steps": 4,
        "cfg_scale": 1.0,
        "sampler_name": "k_euler",
    }
    assert fields["prompt"] == "a small boat", "fitting says that it has no negative prompt"
    assert fields["models"] == ["Flux.1-Schnell fp8 (Compact)"]


def test_a_sampler_of_the_settings_counts_where_the_model_has_none_of_its_own() -> None:
    settings = Settings.model_construct(sampler="k_dpmpp_2m")
    assert asked("deliberate", settings=settings)["params"]["sampler_name"] == "k_dpmpp_2m"
    assert asked("flux-schnell", settings=settings)["params"]["sampler_name"] == "k_euler"


@pytest.mark.parametrize(
    ("operation", "strength", "sent"),
    [
        (Operation.EDIT, 0.333, 0.33),
        (Operation.VARY, 0.0, 0.01),
        (Operation.INPAINT, 0.9, 0.9),
        (Operation.INPAINT, None, None),
        (Operation.DRAW, 0.5, None),
    ],
)
def test_strength_is_how_far_to_go_from_the_picture(operation: Operation, strength: float | None, sent: float | None) -> None:
    assert asked("deliberate", operation, strength=strength)["params"].get("denoising_strength") == sent


def test_each_operation_sends_what_it_starts_from_and_nothing_else() -> None:
    edit, inpaint = asked("deliberate", Operation.EDIT), asked("deliberate", Operation.INPAINT)
    assert (b64decode(edit["source_image"]), edit["source_processing"]) == (b"source", "img2img")
    assert "source_mask" not in edit
    assert (b64decode(inpaint["source_mask"]), inpaint["source_processing"]) == (b"mask", "inpainting")
    assert not any(name.startswith("source") for name in asked("deliberate"))


def test_a_variation_without_words_still_says_something() -> None:
    assert asked("deliberate", Operation.VARY, prompt=" ", negative="fog")["prompt"] == "a picture close to this one ### fog"


@pytest.mark.parametrize(("operation", "inputs"), [(Operation.EDIT, Inputs()), (Operation.INPAINT, Inputs(sources=(png(64),)))])
async def test_nothing_is_sent_without_what_it_starts_from(
    vendor: Vendor, provider: ImageProvider, operation: Operation, inputs: Inputs
) -> None:
    with pytest.raises(ProviderFault) as fault:
        await provider.submit(Request(operation=operation, prompt="a", model="deliberate"), inputs, key="k")
    assert (fault.value.kind, fault.value.accepted, vendor.asked) == (FaultKind.BAD_REQUEST, False, [])


async def test_a_mask_is_sent_white_where_it_is_edited(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    mask = Image.new("L", (32, 32), 0)
    mask.paste(255, (0, 0, 16, 32))
    written = io.BytesIO()
    mask.save(written, "PNG")
    request = Request(operation=Operation.INPAINT, prompt="a bird", size=(512, 512), model="deliberate")
    await provider.submit(request, Inputs(sources=(png(64),), mask=written.getvalue()), key="k")
    with Image.open(io.BytesIO(b64decode(vendor.asked[0].json["source_mask"]))) as sent:
        assert (sent.mode, sent.size) == ("L", (64, 64)), "of the picture's size"
        assert (sent.getpixel((1, 1)), sent.getpixel((62, 1))) == (255, 0)


async def test_a_source_that_is_too_large_is_made_smaller(vendor: Vendor, provider: ImageProvider) -> None:
    takes(vendor)
    written = io.BytesIO()
    Image.new("RGB", (4000, 1000), "teal").save(written, "PNG")
    request = Request(operation=Operation.EDIT, prompt="a bird", size=(512, 512), model="deliberate")
    await provider.submit(request, Inputs(sources=(written.getvalue(),)), key="k")
    with Image.open(io.BytesIO(b64decode(vendor.asked[0].json["source_image"]))) as sent:
        assert sent.size == (3072, 768)


def offered(*models: str, **more: str) -> Settings:
    return config.load(Settings, "horde", {"HORDE_MODELS": ",".join(models), **more})


def test_models_are_those_that_an_admin_named_and_keep_their_facts() -> None:
    settings = offered("sky=Juggernaut XL", "Deliberate", "Nova Anime XL", "photo=ICBINP XL", HORDE_PIXELS="262144", HORDE_RUNNING="3")
    models = models_of(settings)
    assert list(models) == ["sky", "deliberate", "Nova Anime XL", "photo"]
    assert [model.pixels for model in models.values()] == [1024 * 1024, 512 * 512, 262144, 262144]
    assert {model.running for model in models.values()} == {3}
    assert asked("photo", settings=settings)["models"] == ["ICBINP XL"]
    assert asked("Nova Anime XL", settings=settings)["models"] == ["Nova Anime XL"]
    assert asked("sky", settings=settings)["models"] == ["Juggernaut XL"]


@pytest.mark.parametrize("entry", ["=x", "x=", " = "])
def test_a_model_without_a_name_stops_the_start(entry: str) -> None:
    with pytest.raises(SettingFault, match="HORDE_MODELS"):
        offered(entry)


def test_every_model_says_that_it_is_free_and_not_confidential() -> None:
    for model in (*MODELS, *models_of(offered("Nova Anime XL")).values()):
        assert "not confidential" in model.about
        assert model.price == Decimal(0)
        assert model.most == 1, "several of one request would share a seed"


async def test_what_an_admin_decided_is_sent(vendor: Vendor, tmp_path: Path) -> None:
    decided = {"HORDE_ADULT": "true", "HORDE_TRUSTED_WORKERS": "true", "HORDE_REWRITE": "true", "HORDE_MODELS": "deliberate"}
    async with open_service(SERVICE, vendor, tmp_path, **decided) as provider:
        takes(vendor)
        await provider.submit(Request(prompt="a", size=(512, 512), model="deliberate"), Inputs(), key="k")
    said = vendor.asked[0].json
    assert (said["nsfw"], said["censor_nsfw"], said["trusted_workers"], said["replacement_filter"]) == (True, False, True, True)
