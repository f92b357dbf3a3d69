"""Routing: the model that serves a request, and what fitting changes."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FaultKind, Misunderstood, NothingFits, ProviderFault
from bot.model import Capabilities, Delivery, Inputs, Notice, Operation, Pending, Progress, Promise, Request
from bot.routing import Catalog, Policy, fit
from bot.says.cards import provider_problem


class Shelf:
    """A provider that has models and never draws."""

    def __init__(self, name: str, *models: Capabilities) -> None:
        self.name = name
        self.models: Mapping[str, Capabilities] = {model.name: model for model in models}

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        raise AssertionError(request, inputs, key)

    async def check(self, ticket: str) -> Progress:
        return Pending(ticket=ticket)

    async def cancel(self, ticket: str) -> None:
        raise AssertionError(ticket)

    async def receive(self, delivery: Delivery) -> Notice | None:
        return None


DEAR = Capabilities(name="dear", price=Decimal("0.08"), operations=frozenset(Operation))
CHEAP = Capabilities(name="cheap", price=Decimal("0.01"))
CATALOG = Catalog({"acme": Shelf("acme", DEAR, CHEAP), "cheap": Shelf("cheap", Capabilities(name="other", price=Decimal("0.05")))})


def test_without_a_model_the_cheapest_that_can_is_taken() -> None:
    assert CATALOG.choose(Request(prompt="x")).offer.name == "acme/cheap"
    assert CATALOG.choose(Request(prompt="x", operation=Operation.UPSCALE)).offer.name == "acme/dear"


def test_a_special_model_is_only_for_those_who_name_it() -> None:
    eraser = Capabilities(name="eraser", special=True, operations=frozenset({Operation.EDIT, Operation.INPAINT}))
    catalog = Catalog({"acme": Shelf("acme", DEAR, eraser)})
    asked = Request(prompt="x", operation=Operation.EDIT)
    assert catalog.choose(asked).offer.name == "acme/dear", "although it is free"
    assert catalog.choose(replace(asked, model="eraser")).offer.name == "acme/eraser"
    assert catalog.choose(asked, policy=Policy(default="acme/eraser")).offer.name == "acme/eraser", "a place may name it too"
    with pytest.raises(NothingFits):
        catalog.choose(asked, tried=["acme/dear"])


def test_a_fault_with_advice_of_its_own_goes_before_the_usual_words() -> None:
    plain, wise = (ProviderFault("No.", kind=FaultKind.BAD_REQUEST, advice=advice) for advice in ("", "Write it in English."))
    assert provider_problem("acme", plain).advice
    assert provider_problem("acme", wise).advice == "Write it in English."


def test_a_model_is_named_by_provider_by_itself_or_by_both() -> None:
    assert CATALOG.named("acme")[0].model.name == "dear", "a provider's default model comes first"
    assert CATALOG.named("DEAR")[0].name == "acme/dear"
    assert CATALOG.named("acme/cheap")[0].name == "acme/cheap"
    assert CATALOG.named("cheap")[0].name == "cheap/other", "a provider's name goes before a model's"


def test_an_unknown_model_is_answered_with_those_there_are() -> None:
    with pytest.raises(Misunderstood) as caught:
        CATALOG.choose(Request(prompt="x", model="nonesuch"))
    assert "acme/dear" in caught.value.advice


def test_what_was_tried_is_not_tried_again() -> None:
    second = CATALOG.choose(Request(prompt="x"), tried=["acme/cheap"])
    assert second.offer.name == "acme/dear", "after a fault, the order of preference decides"
    with pytest.raises(NothingFits):
        CATALOG.choose(Request(prompt="x"), tried=["acme/cheap", "cheap/other", "acme/dear"])


def test_a_model_that_cannot_is_refused_with_those_that_can() -> None:
    with pytest.raises(NothingFits) as caught:
        CATALOG.choose(Request(prompt="x", operation=Operation.UPSCALE, model="acme/cheap"))
    assert "acme/dear" in caught.value.advice


def test_what_a_model_does_not_take_is_said_never_dropped_silently() -> None:
    request = Request(prompt="x", negative="people", steps=50, guidance=7, seed=4, strength=0.5, style="oil", size=(1000, 1000))
    model = Capabilities(name="plain", promise=Promise.NOT_REPEATABLE, multiple=64)
    fitted, changes = fit(request, model)
    kept = (fitted.negative, fitted.steps, fitted.guidance, fitted.seed, fitted.strength, fitted.style)
    assert kept == ("", None, None, None, None, None)
    said = "; ".join(changes)
    assert all(word in said for word in ("people", "steps", "guidance", "seed", "strength", "oil", "1000×1000"))


def test_numbers_are_brought_within_bounds_and_styles_to_their_own_spelling() -> None:
    model = Capabilities(name="fine", steps=(10, 50), styles=("Watercolour",))
    fitted, changes = fit(Request(prompt="x", steps=150, style="watercolour"), model)
    assert (fitted.steps, fitted.style) == (50, "Watercolour")
    assert changes == ("steps 150 became 50",)


def test_a_model_with_fixed_sizes_gets_the_nearest_in_shape() -> None:
    model = Capabilities(name="fixed", sizes=((1024, 1024), (1536, 1024), (1024, 1536)))
    fitted, changes = fit(Request(prompt="x", ratio="16:9"), model)
    assert fitted.size == (1536, 1024)
    assert "16:9" in changes[0]


@given(st.integers(1, 64), st.integers(1, 64))
def test_any_ratio_gives_a_size_the_model_takes(width: int, height: int) -> None:
    model = Capabilities(name="any", sides=(256, 2048), multiple=8)
    size = fit(Request(prompt="x", ratio=f"{width}:{height}"), model)[0].size
    assert size is not None
    assert all(256 <= side <= 2048 and side % 8 == 0 for side in size)
