"""Styles: finishes that turn the picture into watercolour, ink, pixels and the like."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from adapters.providers.sketch.canvas import Canvas, colour, light, picture, ramp
from adapters.providers.sketch.noise import Dice, Field, blur, cloudy, resize, shift, slopes, smoothstep
from adapters.providers.sketch.scene import Scene


def apply_style(canvas: Canvas, scene: Scene, dice: Dice) -> None:
    """Finish the canvas in the scene's style; a style without a finish of its own leaves it as a photo."""
    painter = STYLES.get(scene.style)
    if painter is not None:
        canvas.pixels = np.clip(painter(np.clip(canvas.pixels, 0, 1), canvas, dice), 0, 1).astype(np.float32)


def grey(pixels: Field) -> Field:
    """How bright each pixel looks."""
    return pixels[..., 0] * np.float32(0.299) + pixels[..., 1] * np.float32(0.587) + pixels[..., 2] * np.float32(0.114)


def saturated(pixels: Field, amount: float) -> Field:
    """More colour (above 1) or less."""
    base = grey(pixels)[..., None]
    return base + (pixels - base) * np.float32(amount)


def edges(level: Field, width: float) -> Field:
    """Where brightness changes over about `width` pixels, 0 to about 1."""
    fine, wide = blur(level, width * 0.8), blur(level, width * 1.9)
    return np.abs(fine - wide) * np.float32(7.0)


def _paper(canvas: Canvas, dice: Dice) -> Field:
    """The tooth of watercolour paper, around 0."""
    rough = cloudy(dice.fork("tooth"), canvas.height // 2, canvas.width // 2, cells=canvas.width / canvas.unit * 150, octaves=3, gain=0.8)
    return resize(rough, canvas.height, canvas.width, smooth=False) - np.float32(0.5)


def _smoothed(pixels: Field, canvas: Canvas, size: int) -> Field:
    """Flat patches with sharp borders: the median around each pixel, found at a third of the size."""
    small = picture(pixels).resize((max(8, canvas.width // 3), max(8, canvas.height // 3)), Image.Resampling.BOX)
    return resize(light(small.filter(ImageFilter.MedianFilter(size))), canvas.height, canvas.width)


def _watercolour(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    unit = canvas.unit
    reach = unit * 0.008
    wander_x = resize(cloudy(dice.fork("x"), canvas.height // 4, canvas.width // 4, cells=44, octaves=3), canvas.height, canvas.width) - 0.5
    wander_y = resize(cloudy(dice.fork("y"), canvas.height // 4, canvas.width // 4, cells=44, octaves=3), canvas.height, canvas.width) - 0.5
    washed = shift(_smoothed(pixels, canvas, 9), wander_x * reach * 2.4, wander_y * reach * 2.4)
    washed = saturated(washed, 1.25)
    washed = 1.0 - (1.0 - washed) * np.float32(0.84)
    level = grey(washed)
    # Pigment gathers at the border of each wash and in the paper's valleys.
    border = np.clip(edges(level, max(1.2, unit / 420)), 0, 1)
    blotch = resize(
        cloudy(dice.fork("blotch"), canvas.height // 4, canvas.width // 4, cells=9, octaves=5, gain=0.6), canvas.height, canvas.width
    )
    tooth = _paper(canvas, dice)
    density = 1.0 + border * 0.55 + (blotch - 0.5) * 0.5 + tooth * 0.34
    washed = np.clip(washed, 0.02, 1.0) ** density[..., None]
    paper = np.asarray(colour("fbf7ee"), np.float32) * (1.0 + tooth * 0.05)[..., None]
    away = np.minimum(np.minimum(canvas.columns, 1 - canvas.columns) * canvas.aspect, np.minimum(canvas.rows, 1 - canvas.rows))
    ragged = smoothstep(0.012, 0.05, away + (blotch - 0.5) * 0.075 + tooth * 0.02)
    return paper + (washed * np.float32(0.96) - paper) * ragged[..., None] * np.minimum(1.0, 1.12 - 0.3 * level)[..., None]


def _oil(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    """Dabs laid along the forms: colour carried along the contour, with the relief of the bristles."""
    level = blur(grey(pixels), canvas.unit / 130)
    down, across = slopes(level)
    wander = (
        resize(cloudy(dice.fork("way"), canvas.height // 8, canvas.width // 8, cells=6, octaves=3), canvas.height, canvas.width) - 0.5
    ) * 0.02
    length = np.sqrt(across**2 + down**2) + 0.004
    along_x, along_y = (-down + wander) / length, (across + wander) / length
    coarse = saturated(_smoothed(pixels, canvas, 7), 1.3)
    rows, columns = canvas.height // 2, canvas.width // 2
    bristle = resize(
        cloudy(dice.fork("bristle"), rows, columns, cells=canvas.width / canvas.unit * 210, octaves=2, gain=0.8),
        canvas.height,
        canvas.width,
        smooth=False,
    )
    reach = canvas.unit * 0.006
    carried = np.zeros_like(coarse)
    hairs = np.zeros_like(bristle)
    for k in (-2, -1, 0, 1, 2):
        carried += shift(coarse, along_x * reach * k, along_y * reach * k)
        hairs += shift(bristle, along_x * reach * k * 1.2, along_y * reach * k * 1.2)
    carried, hairs = carried / 5, hairs / 5
    jitter = resize(
        cloudy(dice.fork("dab"), rows // 2, columns // 2, cells=canvas.width / canvas.unit * 60, octaves=2, gain=0.9),
        canvas.height,
        canvas.width,
    )
    carried *= (0.9 + 0.22 * jitter)[..., None]
    rise_down, rise_across = slopes(blur(hairs, 1.2))
    relief = np.clip((rise_across + rise_down) * 5.0, -0.2, 0.24)
    return carried * (1.0 + relief)[..., None] + np.clip(relief - 0.1, 0, 1)[..., None] * 0.5


def _ink(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    """Sumi: a few washes of grey, dry brush at the borders, one breath of colour on rice paper."""
    level = grey(_smoothed(pixels, canvas, 9))
    low, high = float(np.quantile(level[::8, ::8], 0.03)), float(np.quantile(level[::8, ::8], 0.93))
    level = np.clip((level - low) / max(0.05, high - low), 0, 1)
    tooth = _paper(canvas, dice)
    bleed = (
        resize(
            cloudy(dice.fork("bleed"), canvas.height // 4, canvas.width // 4, cells=14, octaves=5, gain=0.6), canvas.height, canvas.width
        )
        - 0.5
    )
    wash = np.clip(level + bleed * 0.2 + tooth * 0.08, 0, 1)
    steps = 4.0
    banded = (np.floor(wash * steps) + smoothstep(0.72, 1.0, wash * steps - np.floor(wash * steps))) / steps
    line = smoothstep(0.3, 0.75, edges(level, max(1.3, canvas.unit / 380)) + tooth * 0.34)
    tone = np.clip(0.1 + 0.95 * banded**0.85, 0, 1) * (1.0 - 0.8 * line)
    paper = np.asarray(colour("f6f0e0"), np.float32) * (1.0 + tooth * 0.06)[..., None]
    ink = np.asarray(colour("1c1d24"), np.float32)
    drawn = ink + (paper - ink) * tone[..., None]
    hue = saturated(pixels, 1.4) - grey(pixels)[..., None]
    return drawn + hue * np.float32(0.24) * smoothstep(0.1, 0.5, tone)[..., None]


def _line(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    """Pen on paper: contours, and hatching in three directions where it is dark."""
    level = grey(pixels)
    spread = blur(level, canvas.unit / 180)
    low, high = float(np.quantile(spread[::8, ::8], 0.02)), float(np.quantile(spread[::8, ::8], 0.9))
    spread = np.clip((spread - low) / max(0.05, high - low), 0, 1) ** 1.15
    contour = smoothstep(0.1, 0.3, edges(level, max(1.0, canvas.unit / 560)))
    wobble = (
        resize(cloudy(dice.fork("wobble"), canvas.height // 4, canvas.width // 4, cells=12, octaves=3), canvas.height, canvas.width) * 9.0
    )
    pitch = max(3.0, canvas.unit / 170)
    x, y = np.arange(canvas.width, dtype=np.float32)[None, :], np.arange(canvas.height, dtype=np.float32)[:, None]
    ink = contour
    for turn, limit in ((0.6, 0.62), (-0.7, 0.4), (0.05, 0.22)):
        phase = (x * np.float32(np.sin(turn)) + y * np.float32(np.cos(turn)) + wobble) / pitch
        stripe = np.abs(phase - np.floor(phase) - 0.5) * 2.0
        weight = np.clip((limit - spread) / limit, 0, 1)
        ink = np.maximum(
            ink, smoothstep(1.0 - 0.62 * weight, 1.06 - 0.5 * weight, stripe) * (weight > 0.02) * 0.9
        )  # no hatching in the light
    paper = np.asarray(colour("f7f3e8"), np.float32) * (1.0 + _paper(canvas, dice) * 0.04)[..., None]
    return paper + (np.asarray(colour("23262e"), np.float32) - paper) * np.clip(ink, 0, 1)[..., None]


def _pencil(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    level = grey(pixels)
    tooth = _paper(canvas, dice)
    dodge = np.clip(level / np.maximum(0.06, blur(level, canvas.unit / 70)), 0, 1.25) / 1.25
    tone = np.clip(dodge * 0.72 + 0.34 * level**0.8 + 0.08, 0, 1)
    grain = (
        resize(
            cloudy(dice.fork("stroke"), canvas.height // 2, canvas.width // 2, cells=120, octaves=2, gain=0.9, stretch=0.35),
            canvas.height,
            canvas.width,
            smooth=False,
        )
        - 0.5
    )
    tone = np.clip(tone + (tooth * 0.5 + grain * 0.45) * (1.0 - tone) * 1.1, 0, 1)
    paper = np.asarray(colour("f5f1e6"), np.float32)
    lead = np.asarray(colour("2d2e33"), np.float32)
    return lead + (paper - lead) * tone[..., None]


def _pixel(pixels: Field, canvas: Canvas, _dice: Dice) -> Field:
    """Large square pixels in a small palette, with ordered dithering."""
    cell = max(2, round(canvas.unit / 144))
    level = grey(pixels[::4, ::4])
    bright = float(np.quantile(level, 0.985))
    small = picture(saturated(pixels * np.float32(min(1.8, 0.92 / max(0.2, bright))), 1.3)).resize(
        (-(-canvas.width // cell), -(-canvas.height // cell)), Image.Resampling.BOX
    )
    order = np.asarray(((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5)), np.float32) / 16 - 0.5
    shades = light(small)
    shades += np.tile(order, (shades.shape[0] // 4 + 1, shades.shape[1] // 4 + 1))[: shades.shape[0], : shades.shape[1], None] * np.float32(
        0.055
    )
    few = picture(shades).quantize(32, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    return np.repeat(np.repeat(light(few), cell, axis=0), cell, axis=1)[: canvas.height, : canvas.width]


def _inks(pixels: Field, canvas: Canvas, count: int) -> Field:
    """The picture in `count` flat colours, the rare ones kept: half of them share the surface, half are found where colour is strong."""
    small = picture(pixels).resize((max(8, canvas.width // 4), max(8, canvas.height // 4)), Image.Resampling.BOX)
    shades = light(small).reshape(-1, 3)
    strength = shades.max(axis=1) - shades.min(axis=1)
    vivid = shades[strength >= np.quantile(strength, 0.86)]
    strip = np.concatenate([shades, np.repeat(vivid, 5, axis=0)])
    strip = strip[: len(strip) // 64 * 64].reshape(-1, 64, 3)
    few = picture(strip).quantize(count, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    half = picture(pixels).resize((max(8, canvas.width // 2), max(8, canvas.height // 2)), Image.Resampling.BILINEAR)
    flat = light(half.quantize(palette=few, dither=Image.Dither.NONE).convert("RGB").filter(ImageFilter.MedianFilter(3)))
    large = resize(flat, canvas.height, canvas.width)
    # The border between two inks is brought back to a crisp edge after enlarging.
    soft = blur(large, 1.2)
    return np.clip(soft + (large - soft) * np.float32(1.8), 0, 1)


def _poster(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    """Nine flat inks, printed on paper with a margin."""
    tooth = _paper(canvas, dice)
    ink = saturated(_inks(_smoothed(saturated(pixels, 1.25), canvas, 7), canvas, 9), 1.15) * (1.0 + tooth * 0.07)[..., None]
    sides = np.minimum(canvas.columns, 1 - canvas.columns) * canvas.width
    away = np.minimum(sides, np.minimum(canvas.rows, 1 - canvas.rows) * canvas.height) / canvas.unit
    frame = smoothstep(0.034, 0.036, away)
    paper = np.asarray(colour("f3ead6"), np.float32) * (1.0 + tooth * 0.05)[..., None]
    return paper + (ink - paper) * frame[..., None]


def _woodcut(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    """Few inks under a black key block cut along the forms."""
    flat = _smoothed(pixels, canvas, 11)
    tooth = _paper(canvas, dice)
    wood = (
        resize(
            cloudy(dice.fork("wood"), canvas.height, max(4, canvas.width // 4), cells=4, octaves=5, gain=0.62, stretch=26.0),
            canvas.height,
            canvas.width,
        )
        - 0.5
    )
    ink = _inks(saturated(flat, 1.15), canvas, 10) * (1.0 + wood * 0.16 + tooth * 0.05)[..., None]
    ink = ink * np.asarray((1.0, 0.965, 0.88), np.float32) + np.asarray((0.02, 0.012, 0.0), np.float32)
    level = grey(flat)
    key = smoothstep(0.16, 0.34, edges(level, max(1.4, canvas.unit / 340)))
    return ink + (np.asarray(colour("1d2230"), np.float32) - ink) * (key * 0.92)[..., None]


def _mosaic(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    """Panes of glass between leads: each takes the colour of its middle, each shines a little differently. Computed at half the size."""
    cell = canvas.unit / 92
    high, wide = canvas.height // 2, canvas.width // 2
    rows, columns = int(high / cell) + 3, int(wide / cell) + 3
    seeds = dice.numbers(rows, columns, 3)
    y = np.arange(high, dtype=np.float32)[:, None] / np.float32(cell)
    x = np.arange(wide, dtype=np.float32)[None, :] / np.float32(cell)
    base_y, base_x = np.floor(y).astype(np.int32), np.floor(x).astype(np.int32)
    best = np.full((high, wide), 9.0, np.float32)
    second = best.copy()
    own = np.zeros((high, wide), np.int32)
    for dy in (0, 1, 2):
        for dx in (0, 1, 2):
            row, column = base_y + dy, base_x + dx
            px, py = column - 1 + seeds[row, column, 0], row - 1 + seeds[row, column, 1]
            distance = ((px - x) ** 2 + (py - y) ** 2).astype(np.float32)
            nearer = distance < best
            second = np.where(nearer, best, np.minimum(second, distance))
            own = np.where(nearer, row * columns + column, own)
            best = np.where(nearer, distance, best)
    centre_y = np.clip((np.arange(rows)[:, None] - 1 + seeds[..., 1]) * cell * 2, 0, canvas.height - 1).astype(np.int32)
    centre_x = np.clip((np.arange(columns)[None, :] - 1 + seeds[..., 0]) * cell * 2, 0, canvas.width - 1).astype(np.int32)
    soft = _smoothed(saturated(pixels, 1.45), canvas, 5)
    panes = (soft[centre_y, centre_x] * (0.92 + 0.3 * seeds[..., 2:3])).reshape(-1, 3)
    lead = smoothstep(0.02, 0.12, np.sqrt(second) - np.sqrt(best))
    bulge = 1.14 - 0.4 * best
    return resize(panes[own] * (bulge * (0.1 + 0.9 * lead))[..., None], canvas.height, canvas.width)


def _noir(pixels: Field, _canvas: Canvas, dice: Dice) -> Field:
    level = grey(pixels) * np.float32(0.94)
    level = level + (level - 0.42) * np.float32(0.5) * (1.0 - np.abs(level * 2 - 1))
    level = level + (dice.numbers(*level.shape) - np.float32(0.5)) * np.float32(0.07)
    return level[..., None] * np.asarray((1.0, 0.99, 0.97), np.float32)


def _vintage(pixels: Field, canvas: Canvas, dice: Dice) -> Field:
    level = np.clip(grey(pixels), 0, 1)
    sepia = ramp(level, ((0.0, colour("2a1c14")), (0.4, colour("7a5638")), (0.75, colour("d2ab78")), (1.0, colour("f8e9c8"))))
    faded = sepia + (saturated(pixels, 0.7) - sepia) * np.float32(0.3)
    faded = faded + (dice.numbers(*level.shape) - np.float32(0.5))[..., None] * np.float32(0.05)
    corner = np.clip(canvas.away(0.5, 0.5) - 0.42, 0, 1)
    return faded * (1.0 - 0.75 * corner)[..., None] + np.float32(0.02)


def _anime(pixels: Field, canvas: Canvas, _dice: Dice) -> Field:
    """Clean colour in three or four tones, thin dark lines, clear light."""
    flat = saturated(_smoothed(pixels, canvas, 5), 1.35)
    level = grey(flat)
    steps = np.float32(6.0)
    banded = (np.floor(level * steps) + smoothstep(0.4, 0.6, level * steps - np.floor(level * steps))) / steps
    cel = flat * ((banded + 0.12) / (level + 0.12))[..., None]
    line = smoothstep(0.3, 0.6, edges(grey(pixels), max(1.0, canvas.unit / 640)))
    cel = cel * (1.0 - 0.6 * line)[..., None]
    return cel * np.float32(1.06) + np.float32(0.02)


def _neon(pixels: Field, canvas: Canvas, _dice: Dice) -> Field:
    """Night graded to cyan and magenta, contours aglow."""
    level = grey(pixels)
    graded = ramp(
        np.clip(level * 0.92, 0, 1),
        ((0.0, colour("070418")), (0.3, colour("2a1060")), (0.55, colour("b01e90")), (0.78, colour("ff6aa8")), (1.0, colour("d8fbff"))),
    )
    mixed = graded + (saturated(pixels, 1.5) - graded) * np.float32(0.42)
    line = np.clip(edges(level, max(1.2, canvas.unit / 420)) - 0.12, 0, 1)
    glow = blur(line, canvas.unit / 60)
    return mixed + (line * 0.55 + glow * 0.8)[..., None] * np.asarray((0.1, 0.85, 1.0), np.float32)


STYLES: dict[str, Callable[[Field, Canvas, Dice], Field]] = {
    "watercolour": _watercolour,
    "oil": _oil,
    "ink": _ink,
    "line": _line,
    "pencil": _pencil,
    "pixel": _pixel,
    "poster": _poster,
    "woodcut": _woodcut,
    "mosaic": _mosaic,
    "noir": _noir,
    "vintage": _vintage,
    "anime": _anime,
    "neon": _neon,
}
"""The finishes by name; `photo` is the picture as it comes."""
