"""Fitting and choosing over every model in the tree: what comes out is something the model takes, or a refusal that helps."""

import math
import re
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import plugins
from bot.errors import Misunderstood, NothingFits
from bot.model import Capabilities, Operation, Promise, Request
from bot.routing import Catalog, fit
from tests.bot.test_routing import Shelf
from tests.contracts.service import SERVICES

MODELS: list[tuple[str, Capabilities]] = [
    (name, model)
    for name in sorted({service.name for service in SERVICES.values()})
    for model in plugins.load("adapters.providers", name, "MODELS")
]
CATALOG = Catalog({name: Shelf(name, *(model for _, model in found)) for name, found in groupby(MODELS, key=lambda pair: pair[0])})
ASKED = st.builds(
    Request,
    operation=st.sampled_from(Operation),
    prompt=st.just("a fox"),
    negative=st.sampled_from(["", "people"]),
    ratio=st.none() | st.from_regex(r"[1-9]\d?:[1-9]\d?", fullmatch=True, alphabet="0123456789:"),
    size=st.none() | st.tuples(st.integers(1, 9000), st.integers(1, 9000)),
    count=st.integers(1, 10),
    seed=st.none() | st.integers(0, 2**32 - 1),
    steps=st.none() | st.integers(1, 150),
    guidance=st.none() | st.floats(0, 30),
    strength=st.none() | st.floats(0, 1),
    style=st.none() | st.sampled_from(["watercolour", "photo", "no such style"]),
)
GROWS = {Operation.UPSCALE, Operation.REMOVE_BACKGROUND}


def named_in(advice: str, models: Collection[str]) -> bool:
    """Whether a list of names has these models and no others; where there are too many, some of them and how many more there are."""
    more = re.search(r" and (\d+) more", advice)
    there = {name for name in models if re.search(rf"(?<![\w/.-]){re.escape(name)}(?![\w/-])", advice)}
    return len(there) + int(more[1] if more else 0) == len(models)


@pytest.mark.parametrize(("name", "model"), MODELS, ids=[f"{name}/{model.name}" for name, model in MODELS])
@settings(max_examples=30)
@given(request=ASKED)
def test_whatever_is_asked_a_model_is_told_only_what_it_takes_and_the_person_what_changed(
    name: str, model: Capabilities, request: Request
) -> None:
    fitted, changes = fit(request, model)
    said = "; ".join(changes)
    assert (fitted.count, fitted.prompt, fitted.operation) == (request.count, request.prompt, request.operation), name
    assert fitted.seed is None or model.promise is not Promise.NOT_REPEATABLE
    assert fitted.negative in ({request.negative} if model.negative else {""})
    assert fitted.strength is None or model.strength
    assert fitted.style is None or model.any_style or fitted.style in model.styles
    for value, bounds in ((fitted.steps, model.steps), (fitted.guidance, model.guidance)):
        assert value is None or (bounds is not None and bounds[0] <= value <= bounds[1])
    for word, before, after in (
        ("seed", request.seed, fitted.seed),
        ("steps", request.steps, fitted.steps),
        ("guidance", request.guidance, fitted.guidance),
        ("strength", request.strength, fitted.strength),
        ("style", request.style, fitted.style and request.style),
        ("people", request.negative, fitted.negative),
    ):
        assert before in {None, ""} or before == after or word in said, f"{word} was dropped silently"
    if request.operation in GROWS or fitted.size is None:
        return
    width, height = fitted.size
    if model.sizes:
        assert fitted.size in model.sizes
    else:
        assert all(model.sides[0] <= side <= model.sides[1] and side % model.multiple == 0 for side in fitted.size)
    if request.size and fitted.size != request.size:
        assert f"{width}×{height}" in said


@pytest.mark.parametrize(("name", "model"), MODELS, ids=[f"{name}/{model.name}" for name, model in MODELS])
@settings(max_examples=30)
@given(wide=st.integers(1, 16), high=st.integers(1, 16))
def test_a_ratio_becomes_the_nearest_that_a_model_has_or_the_card_says_so(name: str, model: Capabilities, wide: int, high: int) -> None:
    fitted, changes = fit(Request(prompt="a fox", ratio=f"{wide}:{high}"), model)
    assert fitted.size is not None, name
    off = abs(math.log(fitted.size[0] / fitted.size[1]) - math.log(wide / high))
    assert off <= 0.07 or any(f"ratio {wide}:{high} became" in change for change in changes)


@given(request=ASKED, named=st.none() | st.sampled_from([offer.name for offer in CATALOG.offers]))
def test_a_request_finds_a_model_that_can_or_a_refusal_that_names_those_that_could(request: Request, named: str | None) -> None:
    able = {offer.name for offer in CATALOG.offers if request.operation in offer.model.operations}
    choice, advice = None, ""
    try:
        choice = CATALOG.choose(replace(request, model=named))
    except NothingFits as nothing:
        advice = nothing.advice
    if choice is None:
        assert named not in able
        assert named_in(advice.partition(":")[2], able), "those that could are named, or counted where they are many"
        return
    assert choice.offer.name in able
    assert named in {None, choice.offer.name}
    assert choice.fitted.model == choice.offer.model.name


@pytest.mark.parametrize("operation", Operation)
def test_without_a_name_the_cheapest_is_taken_and_one_whose_price_nobody_knows_last(operation: Operation) -> None:
    able = [offer.model for offer in CATALOG.offers if operation in offer.model.operations and not offer.model.special]
    known: list[Decimal] = [price for model in able if (price := model.estimate(operation)) is not None]
    chosen = CATALOG.choose(Request(prompt="x", operation=operation)).offer
    assert chosen.model.estimate(operation) == (min(known) if known else None)


@given(name=st.text(min_size=1, max_size=80))
def test_a_name_that_means_nothing_is_answered_with_what_there_is_and_never_at_length(name: str) -> None:
    if any(offer.answers_to(name) for offer in CATALOG.offers):
        return
    with pytest.raises(Misunderstood) as unknown:
        CATALOG.named(name)
    assert len(re.sub(r"\s", "", unknown.value.sentence)) < 120
    assert named_in(unknown.value.advice.partition(":")[2], {offer.name for offer in CATALOG.offers})
    assert len(unknown.value.advice) < 2000
