"""Weather in the air before the camera: falling snow, rain, drifting mist, embers and fireflies."""

import numpy as np
from PIL import Image, ImageDraw

from adapters.providers.sketch.canvas import Canvas, Colour, mix
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, blur, cloudy, resize, smoothstep


def paint_snowfall(canvas: Canvas, light: Light, dice: Dice, amount: float = 1.0) -> None:
    """Flakes near and far; the near ones are large, soft and few."""
    tone = mix((1.0, 1.0, 1.0), light.sun, 0.25)
    for size, count, level, softness in (
        (0.0016, 900, 0.6, 0.0),
        (0.0034, 300, 0.75, 0.0014),
        (0.009, 46, 0.5, 0.006),
        (0.02, 9, 0.3, 0.014),
    ):
        mask = _dots(canvas, dice.fork(f"flakes {size}"), size, int(count * amount * canvas.aspect**0.5), stretch=1.25)
        if softness > 0:
            mask = blur(mask, max(1.0, softness * canvas.unit))
        canvas.cover(tone, mask * np.float32(level))


def paint_rain(canvas: Canvas, light: Light, dice: Dice, *, slant: float = 0.12) -> None:
    """Streaks of three distances, brighter where they pass before something bright."""
    rows, columns = canvas.height, canvas.width
    for length, count, level in ((0.03, 900, 0.14), (0.06, 420, 0.2), (0.13, 70, 0.16)):
        board = Image.new("L", (columns, rows))
        draw = ImageDraw.Draw(board)
        spots = dice.fork(f"drops {length}").numbers(int(count * canvas.aspect**0.5), 3)
        for x, y, part in spots.tolist():
            reach = length * canvas.unit * (0.6 + 0.6 * part)
            left, top = x * columns * 1.1, y * (rows + reach) - reach
            draw.line(
                (left, top, left - reach * slant, top + reach),
                fill=int(110 + 145 * part),
                width=max(1, round(canvas.unit / 1000 * (1 + length * 9))),
            )
        canvas.shine(mix((0.8, 0.86, 0.95), light.haze, 0.4), blur(np.asarray(board, np.float32) / 255, 1.3) * np.float32(level * 2.6))


def paint_mist(canvas: Canvas, light: Light, dice: Dice, *, base: float, thickness: float, amount: float) -> None:
    """A bank of mist around the height `base` (share of the height), torn by the wind."""
    rows, columns = max(4, canvas.height // 4), max(4, canvas.width // 4)
    place = (np.arange(rows, dtype=np.float32) / rows)[:, None]
    torn = cloudy(dice, rows, columns, cells=2.6 * canvas.aspect, octaves=5, stretch=3.4)
    band = np.exp(-(((place - base + (torn - 0.5) * thickness * 0.9) / thickness) ** 2))
    canvas.cover(light.haze, resize(np.clip(band * (0.35 + 0.9 * torn) * amount, 0, 1), canvas.height, canvas.width, smooth=False))


def paint_sparks(canvas: Canvas, dice: Dice, tone: Colour, *, count: int, low: float, high: float) -> None:
    """Small warm lights in the air: fireflies, embers, lanterns far away."""
    for x, y, size in dice.numbers(count, 3).tolist():
        place = low + (high - low) * y
        canvas.glow(x, place, 0.004 + 0.014 * size * size, tone, 0.9)
        canvas.glow(x, place, 0.002, (1.0, 0.98, 0.85), 0.9)


def paint_fireworks(canvas: Canvas, dice: Dice, horizon: float) -> None:
    """Bursts of sparks with trails that bend down."""
    tones = ((1.0, 0.75, 0.35), (1.0, 0.4, 0.45), (0.45, 0.75, 1.0), (0.6, 1.0, 0.6), (0.9, 0.55, 1.0))
    for k in range(4):
        own = dice.fork(f"burst {k}")
        x, y, radius = own.between(0.15, 0.85), own.between(0.12, 0.6) * horizon, own.between(0.1, 0.2)
        tone = own.pick(tones)
        board = Image.new("L", (canvas.width, canvas.height))
        draw = ImageDraw.Draw(board)
        for angle, reach in own.numbers(90, 2).tolist():
            turn = angle * 6.2832
            far = radius * (0.72 + 0.28 * reach)
            before = (x * canvas.width, y * canvas.height)
            for t in range(1, 9):
                part = t / 8
                now = (
                    x * canvas.width + np.cos(turn) * far * part * canvas.unit,
                    y * canvas.height + (np.sin(turn) * far * part + radius * 0.3 * part * part) * canvas.unit,
                )
                draw.line((*before, *now), fill=int(70 + 185 * part), width=max(1, round(canvas.unit / 700)))
                before = now
        line = np.asarray(board, np.float32) / 255
        canvas.shine(tone, np.clip(line + blur(line, canvas.unit / 120) * 1.6, 0, 1.2))
        canvas.glow(x, y, radius * 0.9, tone, 0.5)


def _dots(canvas: Canvas, dice: Dice, size: float, count: int, *, stretch: float) -> Field:
    board = Image.new("L", (canvas.width, canvas.height))
    draw = ImageDraw.Draw(board)
    for x, y, part in dice.numbers(count, 3).tolist():
        radius = max(0.5, size * canvas.unit * (0.55 + 0.75 * part))
        left, top = x * canvas.width, y * canvas.height
        draw.ellipse((left - radius, top - radius * stretch, left + radius, top + radius), fill=int(150 + 105 * part))
    return np.asarray(board, np.float32) / 255


def paint_ground_shadow(
    canvas: Canvas, x: float, row: float, wide: float, *, strength: float, lean: float, tone: Colour = (0.0, 0.0, 0.0)
) -> None:
    """The dark where something touches the ground: `wide` in pixels, `lean` the way it falls (-1 to 1)."""
    high = max(6, int(wide * 0.34))
    across = max(8, int(wide * 2.4))
    u = ((np.arange(across, dtype=np.float32) - across / 2) / (wide * 0.5))[None, :]
    v = ((np.arange(high, dtype=np.float32) - high * 0.45) / (high * 0.5))[:, None]
    contact = np.exp(-((u * 1.25) ** 2) - (v * 2.6) ** 2)
    cast = np.exp(-(((u - lean * 0.55) * 0.85) ** 2) - ((v - 0.1) * 2.0) ** 2) * 0.75
    mask = np.clip(np.maximum(contact, cast), 0, 1) * strength * smoothstep(1.0, 0.75, np.abs(v)) * smoothstep(2.4, 1.8, np.abs(u))
    canvas.cover(tone, mask.astype(np.float32), top=int(row - high * 0.5), left=int(x * canvas.width - across / 2))
