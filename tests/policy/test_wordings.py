"""The default policy over the test set: how much of the unsafe is caught, how little of the safe is, and in what time."""

import time
from collections.abc import AsyncGenerator

import pytest

from bot.model import Level, Person, Place
from bot.moderation import Panel
from bot.moderation.trial import open_panel
from tests.policy.corpus import DISGUISES, Wording, disguised, wordings

PERSON = Person(platform="playground", workspace="w", id="u")
PLACE = Place(platform="playground", workspace="w", channel="c")
CLUB = Place(platform="playground", workspace="w", channel="c", age_restricted=True)
ALL = wordings()
CATEGORIES = sorted({wording.category for wording in ALL if wording.label == "unsafe"})


@pytest.fixture
async def panel() -> AsyncGenerator[Panel]:
    async with open_panel() as opened:
        yield opened


async def levels(panel: Panel, some: list[Wording], place: Place = PLACE) -> list[tuple[Wording, Level]]:
    return [(wording, (await panel.prompt(PERSON, place, wording.text)).level) for wording in some]


def share(rows: list[tuple[Wording, Level]], least: Level) -> float:
    return sum(level >= least for _, level in rows) / len(rows)


def test_the_set_is_large_and_much_of_it_is_held_out() -> None:
    assert len(ALL) >= 600
    assert len({wording.text for wording in ALL}) == len(ALL)
    assert sum(wording.held_out for wording in ALL) >= 250


@pytest.mark.parametrize("category", CATEGORIES)
async def test_unsafe_wordings_of_every_category_are_caught(panel: Panel, category: str) -> None:
    rows = await levels(panel, [each for each in ALL if each.category == category and each.label == "unsafe"])
    assert share(rows, Level.BLOCK) >= 0.9, [wording.text for wording, level in rows if level < Level.BLOCK]


async def test_safe_wordings_pass(panel: Panel) -> None:
    rows = await levels(panel, [each for each in ALL if each.label == "safe"])
    assert share(rows, Level.BLUR) <= 0.01, [wording.text for wording, level in rows if level > Level.ALLOW]


async def test_borderline_wordings_are_seldom_refused(panel: Panel) -> None:
    rows = await levels(panel, [each for each in ALL if each.label == "borderline"])
    assert share(rows, Level.BLOCK) <= 0.1, [wording.text for wording, level in rows if level is Level.BLOCK]


@pytest.mark.parametrize("disguise", DISGUISES)
async def test_no_disguise_gets_wordings_past(panel: Panel, disguise: str) -> None:
    # Every third one: the bench counts them all.
    some = [each for wording in ALL[::3] for each in disguised(wording) if each.disguise == disguise]
    unsafe = await levels(panel, [each for each in some if each.label == "unsafe"])
    safe = await levels(panel, [each for each in some if each.label == "safe"])
    assert share(unsafe, Level.REVIEW) >= 0.93, [wording.text for wording, level in unsafe if level < Level.REVIEW]
    assert share(safe, Level.BLUR) <= 0.06, [wording.text for wording, level in safe if level > Level.ALLOW]


async def test_minors_are_blocked_among_adults_too(panel: Panel) -> None:
    rows = await levels(panel, [each for each in ALL if each.category == "minors" and each.label == "unsafe"], CLUB)
    assert share(rows, Level.BLOCK) >= 0.95, [wording.text for wording, level in rows if level < Level.BLOCK]


@pytest.mark.parametrize(
    "part", ["a red fox, ", "n.a.k-e.d ", "l33t sp34k ", "a! b! ", "а ", "🔥x", "na ked ", "((", "1 2 3 ", "\u0301", "a*b* "]
)
async def test_a_long_prompt_takes_no_longer_than_its_length(panel: Panel, part: str) -> None:
    text = (part * 4000)[:4000]
    times: list[float] = []
    for _ in range(3):
        began = time.process_time()
        await panel.prompt(PERSON, PLACE, text)
        times.append(time.process_time() - began)
    assert min(times) < 0.15, "some tens of milliseconds on a busy machine; a bench says how few they are"
