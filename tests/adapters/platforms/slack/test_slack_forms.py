"""Forms as modals, and what comes back from them."""

from typing import Any

from hypothesis import given

from adapters.platforms.slack.forms import complaint, filled, modal
from bot.model import Field, Form
from tests.adapters.platforms.slack.messages import FORMS, alive
from tests.wire.slack.blocks import check_view

REMIX = Form(
    title="Remix of the red fox in the snow",
    line="remix 3f2a",
    submit="Draw",
    fields=(
        Field(name="prompt", label="Prompt", value="a red fox", required=True, long=True, longest=4000, hint="What to draw"),
        Field(name="seed", label="Seed", value="42", numeric=True),
        Field(name="model", label="Model", value="sketch", choices=("sketch", "openai")),
        Field(name="image", label="Picture to start from", file=True),
    ),
)


def elements(form: Form) -> list[dict[str, Any]]:
    return [block["element"] for block in modal(form)["blocks"]]


def sent(**values: dict[str, Any]) -> dict[str, Any]:
    return {"state": {"values": {f"field:{name}": {"value": element} for name, element in values.items()}}}


@given(FORMS)
def test_no_form_breaks_a_modal(form: Form) -> None:
    view = check_view(modal(form, private="{}"), lambda _: "")
    assert alive("", view["blocks"]) == []


def test_a_form_is_prefilled() -> None:
    prompt, seed, model, image = elements(REMIX)
    assert (prompt["type"], prompt["initial_value"], prompt["multiline"], prompt["max_length"]) == (
        "plain_text_input",
        "a red fox",
        True,
        3000,
    )
    assert (seed["type"], seed["initial_value"]) == ("number_input", "42")
    assert (model["type"], model["initial_option"]["value"]) == ("static_select", "sketch")
    assert (image["type"], image["max_files"]) == ("file_input", 1)


def test_only_what_is_required_must_be_filled() -> None:
    assert [block["optional"] for block in modal(REMIX)["blocks"]] == [False, True, True, True]


def test_a_title_is_cut_to_what_a_modal_holds() -> None:
    assert modal(REMIX)["title"]["text"] == "Remix of the red fox in…"


def test_a_prompt_that_is_too_long_for_slack_is_cut_and_said_so() -> None:
    long = Form(title="x", line="x", fields=(Field(name="prompt", label="Prompt", value="fox " * 900, long=True, longest=4000),))
    (block,) = modal(long)["blocks"]
    assert len(block["element"]["initial_value"]) == 3000
    assert "3,000 characters" in block["hint"]["text"]


def test_a_choice_that_is_offered_no_more_is_still_chosen() -> None:
    (select,) = elements(Form(title="x", line="x", fields=(Field(name="model", label="Model", value="gone", choices=("sketch",)),)))
    assert [option["value"] for option in select["options"]] == ["gone", "sketch"]
    assert select["initial_option"]["value"] == "gone"


def test_many_choices_stand_in_groups() -> None:
    choices = tuple(f"model {number}" for number in range(250))
    form = Form(title="x", line="x", fields=(Field(name="model", label="Model", value="model 249", choices=choices),))
    check_view(modal(form), lambda _: "")
    assert [len(group["options"]) for group in elements(form)[0]["option_groups"]] == [100, 100, 50]


def test_a_value_that_is_no_number_is_kept_in_a_field_of_words() -> None:
    (element,) = elements(Form(title="x", line="x", fields=(Field(name="seed", label="Seed", value="lots", numeric=True),)))
    assert (element["type"], element["initial_value"]) == ("plain_text_input", "lots")


def test_what_was_filled_in_comes_back_by_name() -> None:
    view = sent(
        prompt={"type": "plain_text_input", "value": " a red fox "},
        seed={"type": "number_input", "value": None},
        model={"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": "sketch"}, "value": "sketch"}},
        image={"type": "file_input", "files": [{"id": "F1"}]},
    )
    assert filled(view) == ({"prompt": "a red fox", "seed": "", "model": "sketch"}, [{"id": "F1"}])


def test_a_view_that_is_none_of_ours_is_empty() -> None:
    assert filled({"state": {"values": {"other": {"value": {"value": "x"}}, "field:seed": None}}}) == ({}, [])
    assert filled({}) == ({}, [])


def test_a_complaint_stands_beside_its_field() -> None:
    view = modal(REMIX)
    assert complaint(view, "seed", "A seed is a number.") == {"response_action": "errors", "errors": {"field:seed": "A seed is a number."}}


def test_a_complaint_about_no_field_stands_beside_the_first() -> None:
    assert list(complaint(modal(REMIX), "", "Your quota is used up.")["errors"]) == ["field:prompt"]
