"""Retouching: what starts from a picture changes what it should, and nothing else."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from adapters.providers.sketch.cutout import cut_out
from adapters.providers.sketch.enlarge import enlarge
from adapters.providers.sketch.render import Progress, draw
from adapters.providers.sketch.retouch import inpaint, outpaint, vary
from tests.adapters.providers.sketch.sitters import apart, drawing, pixels


def quiet(_fraction: float, _preview: Image.Image | None) -> None:
    return


def never() -> bool:
    return False


QUIET: Progress = quiet


@pytest.fixture(scope="module")
def source() -> Image.Image:
    return draw(drawing("a boat at sea at noon", seed=7))


@pytest.fixture
def mask() -> Image.Image:
    board = Image.new("L", (256, 256))
    ImageDraw.Draw(board).rectangle((80, 90, 190, 220), fill=255)
    return board


def test_strength_decides_how_far_a_variation_goes(source: Image.Image) -> None:
    distances = [
        apart(source, vary(drawing("a stormy night at sea", source=source, strength=strength), progress=QUIET, cancelled=never))
        for strength in (0.0, 0.3, 0.6, 1.0)
    ]
    assert distances[0] == 0
    assert distances == sorted(distances)
    assert distances[1] < 60
    assert distances[3] > 30


def test_full_strength_is_a_new_drawing(source: Image.Image) -> None:
    wanted = drawing("a stormy night at sea", source=source, strength=1.0)
    assert apart(vary(wanted, progress=QUIET, cancelled=never), draw(wanted)) < 1


def test_variations_differ_by_seed_and_repeat_by_seed(source: Image.Image) -> None:
    one, same, other = (
        vary(drawing("a boat at sea", source=source, seed=seed, strength=0.5), progress=QUIET, cancelled=never) for seed in (1, 1, 2)
    )
    assert one.tobytes() == same.tobytes()
    assert apart(one, other) > 1


def test_a_source_of_another_shape_is_cut_to_the_size(source: Image.Image) -> None:
    wide = drawing("a boat at sea", source=source, width=384, height=256, strength=0.3)
    assert vary(wide, progress=QUIET, cancelled=never).size == (384, 256)


@pytest.mark.parametrize("prompt", ["a red balloon", "a dense forest", ""])
def test_outside_the_mask_every_pixel_stays(source: Image.Image, mask: Image.Image, prompt: str) -> None:
    painted = inpaint(drawing(prompt, source=source, mask=mask), progress=QUIET, cancelled=never)
    changed = np.abs(pixels(painted) - pixels(source)).sum(axis=2) > 0
    white = np.asarray(mask) > 0
    assert not changed[~white].any()
    assert changed[white].mean() > 0.5


def test_the_prompt_decides_what_appears_in_the_mask(source: Image.Image, mask: Image.Image) -> None:
    fox = inpaint(drawing("a fox", source=source, mask=mask), progress=QUIET, cancelled=never)
    penguin = inpaint(drawing("a penguin", source=source, mask=mask), progress=QUIET, cancelled=never)
    red, green, blue = (pixels(fox)[90:220, 80:190, i] for i in range(3))
    assert ((red > green + 40) & (green > blue)).mean() > 0.1
    assert apart(fox, penguin) > 1


def test_an_empty_mask_and_a_missing_source_are_said(source: Image.Image) -> None:
    with pytest.raises(ValueError, match="mask is empty"):
        inpaint(drawing("a fox", source=source, mask=Image.new("L", (256, 256))), progress=QUIET, cancelled=never)
    with pytest.raises(ValueError, match="no mask"):
        inpaint(drawing("a fox", source=source), progress=QUIET, cancelled=never)
    with pytest.raises(ValueError, match="no source"):
        vary(drawing("a fox"), progress=QUIET, cancelled=never)


def test_beyond_the_edges_the_source_stays_in_the_middle(source: Image.Image) -> None:
    wide = outpaint(drawing("a boat at sea", source=source, width=512, height=320), progress=QUIET, cancelled=never)
    assert wide.size == (512, 320)
    middle = wide.crop((128, 32, 384, 288))
    assert apart(middle, source) < 0.6
    assert pixels(wide)[:, :100].std() > 3


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_an_enlargement_is_that_many_times_larger_and_the_same_picture(source: Image.Image, factor: int) -> None:
    large = enlarge(drawing(source=source, factor=factor), progress=QUIET, cancelled=never)
    assert large.size == (256 * factor, 256 * factor)
    assert apart(large.resize(source.size, Image.Resampling.BOX), source) < 4


def test_an_enlargement_is_crisper_than_plain_resizing(source: Image.Image) -> None:
    def crispness(image: Image.Image) -> float:
        return float(np.abs(np.diff(pixels(image).astype(np.float32), axis=1)).mean())

    large = enlarge(drawing(source=source, factor=2), progress=QUIET, cancelled=never)
    assert crispness(large) > 1.15 * crispness(source.resize((512, 512), Image.Resampling.BICUBIC))


def test_an_enlargement_keeps_what_is_clear(source: Image.Image) -> None:
    clear = source.copy()
    clear.putalpha(Image.linear_gradient("L"))
    assert enlarge(drawing(source=clear, factor=2), progress=QUIET, cancelled=never).mode == "RGBA"


def test_a_cut_out_subject_stands_on_nothing() -> None:
    board = Image.linear_gradient("L").convert("RGB")
    ImageDraw.Draw(board).ellipse((80, 60, 180, 200), fill=(210, 60, 30))
    alpha = np.asarray(cut_out(drawing(source=board), progress=QUIET, cancelled=never).getchannel("A"))
    assert alpha[130, 130] == 255
    assert alpha[5, 5] == alpha[250, 5] == alpha[5, 250] == 0
    truth = np.zeros((256, 256), bool)
    rows, columns = np.mgrid[0:256, 0:256]
    truth[((columns - 130) / 50) ** 2 + ((rows - 130) / 70) ** 2 < 1] = True
    assert ((alpha > 127) == truth).mean() > 0.97


def test_the_fox_is_cut_out_of_the_snow() -> None:
    alpha = np.asarray(cut_out(drawing(source=draw(drawing("a fox in the snow at noon"))), progress=QUIET, cancelled=never).getchannel("A"))
    assert 0.03 < (alpha > 127).mean() < 0.6
    assert (alpha[:20] < 128).mean() > 0.9
