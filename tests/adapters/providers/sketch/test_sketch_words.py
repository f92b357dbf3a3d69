"""Words: what a prompt amounts to."""

import pytest

from adapters.providers.sketch.figures import figure, known
from adapters.providers.sketch.noise import Dice
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.vocabulary import FIGURES, HOMES, PLACES
from adapters.providers.sketch.words import read, singular, split


def scene(prompt: str, negative: str = "", style: str = "") -> Scene:
    return read(prompt, negative, style, Dice(prompt))


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a red fox in the snow", "snowfield"),
        ("a lighthouse in a storm", "sea"),
        ("city at night in the rain", "city"),
        ("deep sea whales", "underwater"),
        ("a cat on a windowsill over the city", "window"),
        ("a mountain lake", "lake"),
        ("abstract blue and gold", "abstract"),
        ("teal and coral abstract ribbons", "abstract"),
        ("山の上の月", "mountains"),
        ("🏜️", "desert"),
    ],
)
def test_the_place_follows_the_words(prompt: str, place: str) -> None:
    assert scene(prompt).place == place


@pytest.mark.parametrize(
    ("prompt", "time"),
    [
        ("desert at golden hour", "golden"),
        ("sunset at sea", "sunset"),
        ("a starry night", "night"),
        ("dawn", "dawn"),
        ("northern lights", "night"),
    ],
)
def test_the_hour_follows_the_words(prompt: str, time: str) -> None:
    assert scene(prompt).time == time


def test_a_colour_before_a_thing_is_the_things_and_otherwise_the_pictures() -> None:
    painted = scene("a black cat and a white boat under a teal sky")
    assert [(subject.name, subject.colour is not None) for subject in painted.subjects] == [("cat", True), ("boat", True)]
    assert len(painted.tints) == 1


def test_the_golden_hour_is_no_colour() -> None:
    assert scene("desert at golden hour").tints == ()


@pytest.mark.parametrize(("prompt", "count"), [("three boats", 3), ("a boat", 1), ("boats", 3), ("5 boats", 5), ("a flock of birds", 7)])
def test_numbers_are_counted(prompt: str, count: int) -> None:
    assert scene(prompt).subjects[0].count == count


def test_negative_words_reach_features_weather_and_cast() -> None:
    bare = scene("a dog and a person in the snow with flowers", "animals, people, snow, flower")
    assert bare.subjects == ()
    assert not bare.has("snow", "flowers")
    assert not bare.wintry


def test_a_style_asked_for_wins_over_one_in_the_words() -> None:
    assert scene("a watercolour of a fox").style == "watercolour"
    assert scene("a watercolour of a fox", style="pixel art").style == "pixel"
    assert scene("a fox", style="in the manner of nobody").style == ""


def test_other_scripts_and_emoji_are_read() -> None:
    assert split("🦊") == ["fox"]
    assert split("ثعلب أحمر") == ["fox", "red"]
    assert "castle" in split("قلعة في الصحراء")
    assert "desert" in split("قلعة في الصحراء")
    assert split("雪の狐") == ["snow", "fox"]


@pytest.mark.parametrize(
    ("plural", "single"), [("foxes", "fox"), ("cities", "city"), ("boats", "boat"), ("glass", "glass"), ("gas", "gas")]
)
def test_plurals_are_looked_up_in_the_singular(plural: str, single: str) -> None:
    assert singular(plural) == single


def test_the_seed_leaves_the_place_alone() -> None:
    assert len({read("something unheard of", "", "", Dice(seed)).place for seed in range(12)}) == 1


@pytest.mark.parametrize("name", sorted(set(FIGURES.values()) - {"moon", "planet"}))
def test_every_figure_has_a_page_that_reads_and_a_home(name: str) -> None:
    assert known(name)
    assert figure(name).parts
    assert HOMES.get(name, "") in set(PLACES.values())
