"""Forms as modals: what is shown, what is folded, and what comes back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.platforms.discord import forms
from adapters.platforms.discord.faults import DiscordFault
from adapters.platforms.discord.forms import Drafts
from bot.model import Field, Form
from tests.adapters.platforms.discord.readers import JSON
from tests.adapters.platforms.discord.test_discord_markdown import TEXT
from tests.wire.discord.modals import check_modal

VALUES = {"prompt": "a red fox", "seed": "42", "no": "text, people", "model": "sketch"}
NAMES = ("prompt", "ar", "count", "seed", "steps", "guidance", "style", "no", "model", "image")


def field(name: str, value: str = "", **more: Any) -> Field:
    return Field(name=name, label=name.capitalize(), value=value, **more)


def drawing() -> Form:
    fields = [
        field(
            name, VALUES.get(name, ""), choices=("sketch", "openai") if name == "model" else (), long=name == "prompt", file=name == "image"
        )
        for name in NAMES
    ]
    return Form(title="Create an image", line="imagine", fields=tuple(fields))


def inputs(modal: JSON) -> dict[str, JSON]:
    return {top["component"]["custom_id"]: top["component"] for top in modal["components"]}


def sent(modal: JSON, **typed: Any) -> JSON:
    """What Discord sends back when a person changes just this; `more` is the folded field."""
    tops: list[JSON] = []
    for name, component in inputs(modal).items():
        held = [each["value"] for each in component.get("options", ()) if each["default"]] or component.get("value", "")
        value = typed.get("more" if name.startswith("+") else name, held)
        answer: JSON = {"value": value} if component["type"] == 4 else {"values": value or []}
        tops.append({"type": 18, "component": {"type": component["type"], "custom_id": name, **answer}})
    return {"custom_id": modal["custom_id"], "components": tops}


def test_a_long_form_folds_what_can_be_typed_as_flags() -> None:
    modal = forms.modal(drawing())
    check_modal(modal)
    shown = inputs(modal)
    assert list(shown) == ["prompt", "ar", "model", "image", "+count,seed,steps,guidance,style,no"]
    assert [each["type"] for each in shown.values()] == [4, 4, 3, 19, 4]
    assert shown["+count,seed,steps,guidance,style,no"]["value"] == "--seed 42 --no text, people"


def test_a_form_comes_back_with_every_field_and_the_emptied_ones_empty() -> None:
    filled = forms.read(sent(forms.modal(drawing()), prompt="a blue fox", image=["77"], more="--count 4 --no text"))
    assert filled.line == "imagine"
    assert filled.options == {
        "prompt": "a blue fox", "ar": "", "model": "sketch",
        "count": "4", "seed": "", "steps": "", "guidance": "", "style": "", "no": "text",
    }  # fmt: skip
    assert filled.files == ("77",)
    assert not filled.mistake


@pytest.mark.parametrize(("more", "says"), [("--sed 4", "--seed"), ("blue --seed 4", "blue"), ("--seed 4 --seed 5", "twice")])
def test_what_cannot_be_read_in_the_folded_field_is_said(more: str, says: str) -> None:
    filled = forms.read(sent(forms.modal(drawing()), more=more))
    assert says in filled.mistake
    assert says in forms.slip(filled).text
    assert "seed" not in filled.options


def test_a_form_is_understood_after_a_restart() -> None:
    modal = Drafts().open(Form(title="Remix", line="remix 7kq2mw9x", fields=(field("prompt", "a fox"),)))
    filled = forms.read(sent(modal))
    assert (filled.line, filled.options) == ("remix 7kq2mw9x", {"prompt": "a fox"})
    assert Drafts().fill(filled) == ""


def test_a_form_with_a_mistake_opens_again_as_it_was_sent() -> None:
    drafts = Drafts()
    filled = forms.read(sent(drafts.open(drawing()), prompt="a blue fox", model=[], more="--sed 4"))
    token = drafts.fill(filled)
    again = drafts.again(token)
    assert again is not None
    shown = inputs(again)
    assert shown["prompt"]["value"] == "a blue fox"
    assert not any(each["default"] for each in shown["model"]["options"])
    assert shown["+count,seed,steps,guidance,style,no"]["value"] == "--sed 4"
    assert forms.read(sent(again)).token == token


def test_two_people_with_one_form_have_a_draft_each() -> None:
    drafts = Drafts()
    one, other = drafts.open(drawing()), drafts.open(drawing())
    assert one["custom_id"] != other["custom_id"]
    assert drafts.fill(forms.read(sent(one, prompt="mine")))
    unchanged = drafts.again(forms.read(sent(other)).token)
    assert unchanged is not None
    assert inputs(unchanged)["prompt"]["value"] == "a red fox"


def test_the_oldest_drafts_are_forgotten() -> None:
    drafts = Drafts()
    first = forms.read(sent(drafts.open(drawing())))
    for _ in range(512):
        drafts.open(drawing())
    assert drafts.fill(first) == ""


def test_a_value_that_is_no_choice_any_more_stays_one() -> None:
    form = Form(title="t", line="remix 1", fields=(field("model", "old", choices=("sketch",)),))
    assert [each["value"] for each in inputs(forms.modal(form))["model"]["options"] if each["default"]] == ["old"]
    assert forms.read(sent(forms.modal(form))).options == {"model": "old"}


def test_more_choices_than_discord_lists_are_typed() -> None:
    form = Form(title="t", line="remix 1", fields=(field("model", choices=tuple(f"model {i}" for i in range(26))),))
    assert inputs(forms.modal(form))["model"]["type"] == 4
    check_modal(forms.modal(form))


def test_a_line_too_long_for_an_id_is_said_and_not_cut() -> None:
    with pytest.raises(DiscordFault):
        forms.modal(Form(title="t", line="x" * 98, fields=(field("prompt"),)))
    assert forms.is_ours(Drafts().open(Form(title="t", line="x" * 97, fields=(field("prompt"),)))["custom_id"])


def test_other_modals_are_not_ours() -> None:
    assert not forms.is_ours("2f:imagine")
    assert not forms.is_ours("1:imagine")


@given(TEXT, TEXT, st.lists(TEXT, max_size=9), st.integers(1, 4000))
def test_whatever_a_form_holds_discord_takes_it(title: str, hint: str, values: list[str], longest: int) -> None:
    kinds: tuple[JSON, ...] = ({}, {"long": True, "required": True}, {"choices": ("one", "two")}, {"file": True}, {"numeric": True})
    fields = tuple(
        Field(name=f"f{number}", label=title, hint=hint, value=value * 50, longest=longest, **kinds[number % 5])
        for number, value in enumerate(values)
    )
    fields = fields or (field("prompt"),)
    check_modal(Drafts().open(Form(title=title, line="imagine", fields=fields)))
