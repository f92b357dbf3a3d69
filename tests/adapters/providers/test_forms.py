"""Forms: schemas of every make, read with care, and requests written into them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.providers._forms import Field, Form, Role, Sources, capabilities, fields_of, form_of
from adapters.providers.fal import models as fal_models
from adapters.providers.replicate import models as replicate_models
from bot.errors import FaultKind, ProviderFault
from bot.model import Capabilities, Operation, Promise, Request
from bot.routing import fit
from tests.contracts.service import RECORDED

START = Capabilities(name="acme/brush", price=None, most=1)
SDXL = json.loads((RECORDED / "replicate" / "model.json").read_text())["latest_version"]["openapi_schema"]
BRUSH = json.loads((RECORDED / "fal" / "model.json").read_text())["models"][0]["openapi"]
BOAT = Sources(pictures=("data:image/png;base64,AA",), size=(640, 480))


def form(document: object) -> Form:
    found = form_of(document)
    assert found is not None
    return found


def written(**fields: dict[str, Any]) -> Form:
    return form({"components": {"schemas": {"Input": {"properties": fields}}}})


def test_a_form_in_the_manner_of_cog_tells_what_a_model_can_do() -> None:
    facts = capabilities(START, form(SDXL))
    assert facts.operations == {Operation.DRAW, Operation.VARY, Operation.EDIT, Operation.INPAINT}
    assert (facts.negative, facts.strength, facts.mask) == (True, True, True)
    assert (facts.steps, facts.guidance) == ((1, 500), (1.0, 50.0))
    assert (facts.promise, facts.most) == (Promise.BEST_EFFORT, 1), "a batch is told with one seed"


def test_a_form_behind_a_post_tells_what_a_model_can_do() -> None:
    found = form(BRUSH)
    facts = capabilities(START, found)
    assert facts.operations == {Operation.DRAW, Operation.VARY, Operation.EDIT, Operation.INPAINT}
    size = found.field(Role.SIZE)
    assert size
    assert size.shaped
    assert size.choices == ("square_hd", "square", "portrait_4_3", "landscape_4_3")


def test_a_model_without_a_seed_is_not_repeatable_and_draws_several_at_once() -> None:
    facts = capabilities(START, written(prompt={"type": "string"}, num_images={"type": "integer", "maximum": 3}))
    assert (facts.promise, facts.seedless, facts.most) == (Promise.NOT_REPEATABLE, True, 3)


def test_a_model_without_words_enlarges_or_cuts_out() -> None:
    only = written(image={"type": "string"})
    for about, operation in (("Real-ESRGAN", Operation.UPSCALE), ("removes the background", Operation.REMOVE_BACKGROUND)):
        assert capabilities(START, only, about=about).operations == {operation}
    scaled = Form(fields={"image": Field(), "scale": Field(kind="number")}, required=frozenset({"image"}))
    assert capabilities(START, scaled).operations == {Operation.UPSCALE}


def test_a_model_that_needs_a_picture_does_not_draw_from_words() -> None:
    needs = Form(fields={"prompt": Field(), "image": Field(), "mask": Field()}, required=frozenset({"prompt", "image"}))
    assert Operation.DRAW not in capabilities(START, needs).operations
    masked = needs.model_copy(update={"required": frozenset({"prompt", "image", "mask"})})
    assert capabilities(START, masked).operations == {Operation.INPAINT}


def test_the_polarity_of_a_mask_is_read_where_it_is_told() -> None:
    for description, black in (
        ("Black pixels are inpainted, white pixels are preserved.", True),
        ("Black areas will be preserved, white areas will be inpainted.", False),
        ("A mask.", False),
        ("White is edited. Black is never changed.", False),
    ):
        field = written(mask={"type": "string", "description": description}).field(Role.MASK)
        assert field
        assert field.black is black, description


def test_a_schema_that_points_to_itself_is_read_to_an_end() -> None:
    loop = {"$ref": "#/components/schemas/A"}
    parts = {"A": {"allOf": [loop, {"type": "integer"}]}, "Input": {"properties": {"seed": loop}}}
    assert "seed" in form({"components": {"schemas": parts}}).fields


@given(
    document=st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["components", "schemas", "Input", "properties", "paths", "post", "required", "enum", "$ref", "allOf", "seed"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=25,
    )
)
def test_whatever_a_service_calls_a_schema_is_a_form_or_none(document: object) -> None:
    found = form_of(document)
    assert found is None or capabilities(START, found).operations


def test_a_request_is_said_in_the_models_own_names() -> None:
    request = Request(prompt="a fox", negative="text", size=(1024, 768), seed=7, steps=30, guidance=5.0, count=1)
    assert fields_of(request, form(SDXL), Sources()) == {
        "prompt": "a fox",
        "negative_prompt": "text",
        "seed": 7,
        "num_inference_steps": 30,
        "guidance_scale": 5.0,
        "num_outputs": 1,
        "width": 1024,
        "height": 768,
    }
    said = fields_of(request, form(BRUSH), Sources())
    assert said["image_size"] == {"width": 1024, "height": 768}
    assert (said["num_images"], said["output_format"]) == (1, "png")
    assert "guidance_scale" not in said, "what a form does not offer is not sent"


def test_a_size_becomes_the_nearest_that_a_form_offers() -> None:
    request = Request(prompt="a fox", size=(1344, 768), ratio="16:9")
    for field, name, value in (
        ({"enum": ["1:1", "16:9", "9:16"]}, "aspect_ratio", "16:9"),
        ({"type": "string"}, "aspect_ratio", "16:9"),
        ({"enum": ["1024x1024", "1536x1024"]}, "size", "1536x1024"),
        ({"enum": ["square_hd", "landscape_16_9"]}, "image_size", "landscape_16_9"),
    ):
        assert fields_of(request, written(prompt={"type": "string"}, **{name: field}), Sources())[name] == value
    custom = written(prompt={}, aspect_ratio={"enum": ["1:1", "custom"]}, width={"maximum": 1024, "multipleOf": 32}, height={})
    said = fields_of(request, custom, Sources())
    assert (said["aspect_ratio"], said["width"], said["height"]) == ("custom", 1024, 576)
    square = written(prompt={}, aspect_ratio={"enum": ["1:1", "16:9"]}, width={}, height={})
    assert "width" not in fields_of(request, square, Sources()), "a ratio that knows no other way goes first"


def test_a_picture_that_is_edited_keeps_its_shape_unless_another_is_asked_for() -> None:
    kontext = replicate_models.FORMS["black-forest-labs/flux-kontext-pro"]
    edit = Request(operation=Operation.EDIT, prompt="make it night", size=(1024, 1024))
    assert fields_of(edit, kontext, BOAT)["aspect_ratio"] == "match_input_image"
    wide = Request(operation=Operation.EDIT, prompt="make it night", size=(1344, 768), ratio="16:9")
    assert fields_of(wide, kontext, BOAT)["aspect_ratio"] == "16:9"
    banana = fal_models.KNOWN["fal-ai/nano-banana"].endpoint(Operation.EDIT).form
    said = fields_of(edit, banana, BOAT)
    assert (said["aspect_ratio"], said["image_urls"]) == ("4:3", ["data:image/png;base64,AA"])


def test_strength_is_said_of_a_picture_alone_and_a_picture_may_come_without_words() -> None:
    dev = replicate_models.FORMS["black-forest-labs/flux-dev"]
    assert "prompt_strength" not in fields_of(Request(prompt="a fox", strength=0.4), dev, Sources())
    said = fields_of(Request(operation=Operation.VARY, strength=0.4), dev, BOAT)
    assert said["prompt_strength"] == 0.4
    assert said["prompt"]


def test_numbers_are_brought_within_what_a_field_takes() -> None:
    odd = written(
        prompt={},
        image={"type": "string"},
        seed={"type": "integer", "maximum": 2**31 - 1},
        scale={"type": "string", "enum": ["2", "4"]},
        num_outputs={"type": "string"},
    )
    said = fields_of(Request(operation=Operation.UPSCALE, prompt="x", seed=2**31 + 4, scale=3), odd, BOAT)
    assert said["seed"] == 4, "folded, so that equal seeds stay equal"
    assert said["scale"] in {"2", "4"}
    assert said["num_outputs"] == "1"


@pytest.mark.parametrize(
    ("operation", "sources"),
    [
        (Operation.INPAINT, Sources()),
        (Operation.INPAINT, BOAT),
        (Operation.DRAW, Sources()),
    ],
)
def test_what_a_model_cannot_do_without_is_asked_for_before_anything_is_sent(operation: Operation, sources: Sources) -> None:
    fill = replicate_models.FORMS["black-forest-labs/flux-fill-pro"]
    with pytest.raises(ProviderFault) as fault:
        fields_of(Request(operation=operation, prompt="a fox"), fill, sources)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)


def test_a_picture_or_a_mask_that_a_model_does_not_take_is_not_left_out_in_silence() -> None:
    plain = written(prompt={"type": "string"})
    for sources in (BOAT, Sources(mask="data:,")):
        with pytest.raises(ProviderFault):
            fields_of(Request(operation=Operation.EDIT, prompt="a fox"), plain, sources)


ALL: list[tuple[Capabilities, Form]] = [
    *((model, replicate_models.FORMS[model.name]) for model in replicate_models.MODELS),
    *((model, fal_models.KNOWN[model.name].endpoint(operation).form) for model in fal_models.MODELS for operation in model.operations),
]


@pytest.mark.parametrize(("model", "found"), ALL, ids=[f"{number}-{model.name}" for number, (model, _) in enumerate(ALL)])
def test_every_model_that_is_offered_can_be_asked_for_what_it_does(model: Capabilities, found: Form) -> None:
    for operation in model.operations & capabilities(START, found).operations:
        request, _ = fit(Request(operation=operation, prompt="a fox", seed=1, steps=200, guidance=99.0, strength=0.5, count=1), model)
        sources = Sources() if operation is Operation.DRAW else BOAT
        if operation is Operation.INPAINT:
            sources = Sources(pictures=BOAT.pictures, size=BOAT.size, mask="data:,")
        said = fields_of(request, found, sources)
        assert set(said) <= set(found.fields)
        assert found.required <= set(said)
        for name, value in said.items():
            field = found.fields[name]
            assert not field.choices or isinstance(value, dict) or value in field.choices
            assert not isinstance(value, int | float) or (field.least or value) <= value <= (field.most or value)
