"""Drawing from words: the same every time, never at a loss, and obedient to what must not be seen."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from adapters.providers.sketch.canvas import Cancelled
from adapters.providers.sketch.render import draw
from adapters.providers.sketch.styles import STYLES
from tests.adapters.providers.sketch.sitters import apart, drawing, pixels

PROMPTS = (
    "a red fox in the snow",
    "a lighthouse in a storm",
    "city street at night in the rain",
    "skyline of a harbour at dusk",
    "desert at golden hour",
    "deep sea whales",
    "space nebula",
    "a spiral galaxy",
    "abstract marble in blue and gold",
    "abstract geometric",
    "misty forest",
    "autumn forest",
    "balloon over mountains",
    "a cat on a windowsill",
    "still life with fruit",
    "portrait of a woman",
    "portrait of a wolf",
    "a boat on a lake",
    "islands",
    "above the clouds",
    "a river in spring",
    "tropical beach",
    "northern lights",
    "fireworks over the city",
)
STRANGE = (
    "",
    " ",
    "?!",
    "🦊❄️",
    "👩‍🚀🚀🌌",
    "ثعلب أحمر في الثلج",
    "雪の中の狐",
    "눈 속의 여우",
    "лиса в снегу",
    "x" * 5000,
    "a\x00b\ud800c",
    "--ar 16:9",
    "%s {} <script>",
    "1234567890",
    "the the the",
)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_same_words_and_seed_give_the_same_pixels(prompt: str) -> None:
    assert draw(drawing(prompt)).tobytes() == draw(drawing(prompt)).tobytes()


def test_the_pixels_are_the_same_in_another_process() -> None:
    prompt = "a red fox in the snow, watercolour"
    script = (
        "import hashlib; from adapters.providers.sketch.render import Drawing, draw;"
        f"print(hashlib.sha256(draw(Drawing(prompt={prompt!r}, seed=42, width=256, height=256)).tobytes()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter with our own words
    assert done.stdout.strip() == hashlib.sha256(draw(drawing(prompt)).tobytes()).hexdigest()


def test_another_seed_gives_another_picture_of_the_same_thing() -> None:
    first, second = draw(drawing(seed=1)), draw(drawing(seed=2))
    assert apart(first, second) > 3
    # A fox is orange: on both pictures there is some.
    for picture in (first, second):
        red, green, blue = (pixels(picture)[..., i] for i in range(3))
        assert ((red > green + 40) & (green > blue)).mean() > 0.01


@pytest.mark.parametrize("prompt", STRANGE)
def test_any_words_give_a_picture_with_something_on_it(prompt: str) -> None:
    picture = draw(drawing(prompt))
    assert picture.size == (256, 256)
    assert pixels(picture).std() > 6


def test_words_it_does_not_know_still_tell_pictures_apart() -> None:
    pictures = [draw(drawing(prompt)).tobytes() for prompt in ("blorp", "fnord", "quux", "zyzzy", "grault")]
    assert len(set(pictures)) == 5


@pytest.mark.parametrize(("width", "height"), [(256, 256), (512, 256), (256, 640), (1024, 256), (256, 1024), (321, 283)])
@pytest.mark.parametrize(
    "prompt", ["a lighthouse in a storm", "a cat on a windowsill", "misty forest", "saturn in space", "portrait of a king"]
)
def test_any_shape_is_filled(prompt: str, width: int, height: int) -> None:
    picture = draw(drawing(prompt, width=width, height=height))
    assert picture.size == (width, height)
    shades = pixels(picture).sum(axis=2)
    assert shades[: height // 4].std() > 1
    assert shades[-height // 4 :].std() > 1


def test_a_prompt_at_both_ends_of_the_sizes_is_drawn() -> None:
    assert draw(drawing("a boat at sea", width=2048, height=256)).size == (2048, 256)


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [
        ("a fox in a meadow at noon", "clouds"),
        ("a night sky over mountains", "moon"),
        ("a night sky over mountains", "stars"),
        ("a dog in a meadow", "animals"),
        ("two people in a field", "people"),
        ("a mountain lake", "water"),
        ("a house in the mountains", "trees"),
        ("a winter forest in the snow", "snow"),
        ("a street in the rain", "rain"),
        ("flowers in a meadow", "flowers"),
        ("sea at noon", "waves"),
    ],
)
def test_what_is_unwanted_is_left_out(prompt: str, negative: str) -> None:
    assert apart(draw(drawing(prompt)), draw(drawing(prompt, negative=negative))) > 0.3


def test_without_the_fox_there_is_no_orange() -> None:
    def orange(picture: Image.Image) -> float:
        red, green, blue = (pixels(picture)[..., i] for i in range(3))
        return float(((red > green + 60) & (green > blue)).mean())

    prompt = "a fox in the snow at noon"
    assert orange(draw(drawing(prompt))) > 10 * orange(draw(drawing(prompt, negative="animals"))) + 0.01


def test_no_moon_is_darker_than_a_moon() -> None:
    prompt = "clear night in the desert"
    with_moon, without = pixels(draw(drawing(prompt))), pixels(draw(drawing(prompt, negative="moon, stars")))
    assert with_moon[:128].max() > 200
    assert np.quantile(without[:128], 0.999) < np.quantile(with_moon[:128], 0.999)


def test_a_word_for_a_colour_tints_the_picture() -> None:
    def share(prompt: str, channel: int) -> float:
        mean = pixels(draw(drawing(prompt))).mean(axis=(0, 1))
        return float(mean[channel] / mean.sum())

    assert share("abstract in red", 0) > share("abstract in blue", 0) + 0.1
    assert share("abstract in blue", 2) > share("abstract in red", 2) + 0.1


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_changes_the_finish(style: str) -> None:
    plain = draw(drawing("a cottage in the mountains at noon"))
    assert apart(plain, draw(drawing("a cottage in the mountains at noon", style=style))) > 4


def test_steps_and_guidance_change_the_finish_and_not_the_composition() -> None:
    plain = draw(drawing("a meadow of flowers"))
    assert 0 < apart(plain, draw(drawing("a meadow of flowers", steps=60))) < 30
    assert 0 < apart(plain, draw(drawing("a meadow of flowers", guidance=15.0))) < 30


def test_progress_grows_and_shows_small_pictures() -> None:
    told: list[tuple[float, Image.Image | None]] = []
    draw(drawing(width=512, height=384), progress=lambda fraction, preview: told.append((fraction, preview)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert 5 <= len(told) <= 14
    assert all(0 <= fraction <= 1 for fraction in fractions)
    assert all(preview is not None and max(preview.size) <= 256 for _, preview in told)


def test_a_cancelled_drawing_stops_where_it_is() -> None:
    told: list[float] = []
    with pytest.raises(Cancelled):
        draw(drawing(), progress=lambda fraction, _: told.append(fraction), cancelled=lambda: len(told) >= 3)
    assert len(told) == 3
