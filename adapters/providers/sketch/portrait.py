"""Portraits: a head in profile with a whole scene inside it, before a quiet ground."""

from collections.abc import Callable

import numpy as np

from adapters.providers.sketch.canvas import Canvas, colour, luma, mix, ramp, scale
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, blur, cloudy, resize, slopes, smoothstep
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.shapes import Outline, closed, fill

_HEADS = (
    # Long hair that falls over the shoulder.
    (
        "49,6 40,7.5 33.5,13 31.8,20 32.6,25 30.6,30 27.4,35.6! 27.2,37 30.2,38.4 29.4,41! 30,42.6 29.2,44! 30.6,46.4 30.6,49.4 "
        "34,52 40,51.4 44,52.6 45.5,58 44.8,64 38,69 26,73.5 17,79 12,88 10,104! 92,104! 89,90 82,80 77,73 76.8,62 77,48 76,32 "
        "72,18 64,9.5 56,6"
    ),
    # Short hair, strong chin.
    (
        "50,7 41,8 34.5,12.5 32,19 32.4,24 31,28.5 28,35.2! 27.8,37 30.6,38.2 30,41.2! 30.6,43 29.8,44.6! 31.2,46.8 30.8,50.6 "
        "33.6,54 39,54.2 44.6,53.4 47,58 47,65 40,70 27,74 16,80 10,89 8,104! 95,104! 92,90 86,81 77,75 68.5,71 67.4,62 69.4,54 "
        "72.4,44 73.6,32 71,19 63.5,10.5 57,7.4"
    ),
    # Hair in a bun.
    (
        "50,9 41,10 34.6,14.6 32.4,21 33,26 31.2,31 28.2,36.6! 28,38.2 30.8,39.4 30,42! 30.6,43.6 29.8,45! 31.2,47.4 31.2,50.4 "
        "34.4,53 40.4,52.6 44,53.6 45.8,59 45.4,66 38,71 27,75 18,81 13,90 12,104! 88,104! 86,90 80,81 71,75.6 64.8,71 63.4,62 "
        "65.6,54 69.6,46 71.4,39 76,37.5 80.5,31 80,23 74,18.5 68.6,19.6 63.6,13.4 57,9.6"
    ),
)


def paint_portrait(canvas: Canvas, scene: Scene, light: Light, dice: Dice, within: Callable[[Canvas], None]) -> None:
    """The head, its light side towards the sun; `within` paints what it is full of."""
    paper = mix(light.sky[3], (0.96, 0.93, 0.88), 0.55) if not light.night else scale(light.sky[1], 0.8)
    if scene.tints:
        paper = mix(scene.tints[-1], (0.96, 0.94, 0.9), 0.35)
    wash = cloudy(dice.fork("wash"), canvas.height // 2, canvas.width // 2, cells=3 * canvas.aspect, octaves=6, gain=0.55)
    paint = ramp(wash, ((0.0, scale(paper, 0.74)), (0.5, paper), (1.0, mix(paper, (1, 1, 1), 0.35))))
    canvas.pixels[:] = resize(paint, canvas.height, canvas.width, smooth=False)
    canvas.glow(0.3, 0.35, 0.5, mix(light.sun, (1, 1, 1), 0.4), 0.4)
    world = canvas.part(canvas.width, canvas.height)
    within(world)
    canvas.reached(0.6)
    mask = _head(canvas, dice)
    if dice.fork("way").chance(0.5):
        mask = mask[:, ::-1]
    mask = np.ascontiguousarray(mask)
    # The scene dissolves into the paper towards the shoulders.
    torn = resize(
        cloudy(dice.fork("torn"), canvas.height // 2, canvas.width // 2, cells=7, octaves=5, gain=0.6),
        canvas.height,
        canvas.width,
        smooth=False,
    )
    fade = smoothstep(1.06, 0.72, canvas.rows + (torn - 0.5) * 0.34)
    halo = np.clip(blur(mask, canvas.unit / 26), 0, 1) * (1 - mask)
    canvas.cover(scale(paper, 0.55), (halo * 0.35 * fade).astype(np.float32))
    # The head must stand out from the ground, whatever is in it: darker on light paper, lighter on dark.
    tone = np.clip(world.pixels, 0.0, 1.2)
    level, ground = float((tone[..., 1] * mask).sum() / max(1.0, float(mask.sum()))), luma(paper)
    if ground > 0.45:
        tone = tone ** np.float32(1.0 + max(0.0, 1.5 - (ground - level) * 3.0)) * np.float32(0.92)
    elif level < ground + 0.2:
        tone = tone ** np.float32(0.7) * np.float32(1.1)
    swell = blur(mask, canvas.unit / 30) * 0.5 + blur(mask, canvas.unit / 11) * 0.5
    down, across = slopes(swell)
    relief = np.clip((across + down * 0.5) * canvas.unit / 13, -0.5, 0.5)
    tone = tone * (1.0 + relief * 0.8)[..., None]
    canvas.cover(np.clip(tone, 0, 1.2).astype(np.float32), (mask * (0.06 + 0.94 * fade)).astype(np.float32))
    edge = np.clip(mask - blur(mask, canvas.unit / 240), 0, 1)
    canvas.shine(mix(colour("fff0d8"), light.sun, 0.5), (edge * fade * 0.8).astype(np.float32))


def _head(canvas: Canvas, dice: Dice) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    outline = _points(dice.pick(_HEADS))
    size = canvas.height / 100.0 if canvas.aspect >= 0.9 else canvas.width / 92.0  # upright pictures are filled by the width
    left = canvas.width / 2 - 50 * size
    top = canvas.height - 101.5 * size
    return fill([(left + x * size, top + y * size) for x, y in outline], canvas.width, canvas.height)


def _points(text: str) -> Outline:
    points: list[tuple[float, float, bool]] = []
    for word in text.split():
        x, y = word.rstrip("!").split(",")
        points.append((float(x), float(y), word.endswith("!")))
    return closed(points)


def paint_backdrop(canvas: Canvas, scene: Scene, light: Light, dice: Dice) -> None:
    """A painted studio ground, lighter behind the head."""
    base = scene.tints[0] if scene.tints else colour(dice.pick(("3f5a5a", "5a4a3a", "4a5068", "56603f", "6a4640")))
    wash = resize(
        cloudy(dice, canvas.height // 2, canvas.width // 2, cells=4 * canvas.aspect, octaves=6, gain=0.62),
        canvas.height,
        canvas.width,
        smooth=False,
    )
    away = canvas.away(0.5, 0.42)
    level = np.clip(0.95 - away * 0.8 + (wash - 0.5) * 0.5, 0, 1)
    canvas.pixels[:] = ramp(level, ((0.0, scale(base, 0.25)), (0.55, base), (1.0, mix(base, light.sun, 0.5))))
