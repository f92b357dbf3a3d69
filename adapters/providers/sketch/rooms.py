"""Rooms: a window with the world behind it, and a table with things on it."""

from collections.abc import Callable

import numpy as np

from adapters.providers.sketch.canvas import Canvas, Colour, colour, mix, ramp, scale
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, blur, cloudy, profile, resize, smoothstep
from adapters.providers.sketch.scene import Scene


def paint_window(canvas: Canvas, scene: Scene, light: Light, dice: Dice, outside: Callable[[Canvas], None]) -> float:
    """A window with panes, curtains and a sill; gives the sill's row (share of the height)."""
    wall = scene.tints[0] if scene.tints else colour(dice.pick(("5a4a42", "4a5250", "6a5648", "3f4756")))
    inner = scale(mix(wall, light.shade, 0.3), 0.55 if not light.night else 0.42)
    plaster = 0.9 + 0.2 * resize(
        cloudy(dice.fork("wall"), canvas.height // 2, canvas.width // 2, cells=34 * canvas.aspect, octaves=4, gain=0.6),
        canvas.height,
        canvas.width,
        smooth=False,
    )
    canvas.pixels[:] = np.asarray(inner, np.float32) * plaster[..., None]
    sill = 0.79
    left, right = (0.13, 0.87) if canvas.aspect > 0.8 else (0.08, 0.92)  # upright pictures
    x0, x1 = int(left * canvas.width), int(right * canvas.width)
    y0, y1 = int(0.07 * canvas.height), int(sill * canvas.height)
    view = canvas.part(max(16, x1 - x0), max(16, y1 - y0))
    outside(view)
    # The eye is on what sits on the sill; the world outside is a little out of focus.
    canvas.pixels[y0:y1, x0:x1] = blur(view.pixels, max(1.0, canvas.unit / 330))
    _frame(canvas, light, x0, y0, x1, y1)
    _sill(canvas, light, dice.fork("sill"), sill)
    if dice.fork("curtains").chance(0.75):
        cloth = scene.tints[-1] if scene.tints else colour(dice.fork("cloth").pick(("e8dcc8", "d8c8b8", "b8c4c0", "d0b8a8")))
        for side in (0, 1):
            _curtain(canvas, light, dice.fork(f"curtain {side}"), cloth, right_side=bool(side), reach=left + 0.07)
    spill = np.exp(-(((canvas.columns - 0.5) / 0.42) ** 2)) * smoothstep(0.05, 0.4, canvas.rows) * 0.16
    canvas.shine(mix(light.sun, light.sky[3], 0.5), (spill * np.ones_like(canvas.pixels[..., 0])).astype(np.float32))
    return sill + 0.085


def _frame(canvas: Canvas, light: Light, x0: int, y0: int, x1: int, y1: int) -> None:
    wood = colour("d8cdbb")
    lit = (wood[0] * (light.shade[0] * 0.5 + 0.16), wood[1] * (light.shade[1] * 0.5 + 0.16), wood[2] * (light.shade[2] * 0.5 + 0.16))
    thick = max(3, int(canvas.unit * 0.022))
    thin = max(2, int(canvas.unit * 0.012))

    def bar(top: int, left: int, high: int, wide: int) -> None:
        if high < 1 or wide < 1:
            return
        across = np.linspace(-1, 1, min(high, wide), dtype=np.float32)
        bevel = 0.8 + 0.45 * np.clip(1.0 - np.abs(across - (0.55 if light.x > 0.5 else -0.55)) * 1.6, 0, 1)
        shape = np.broadcast_to(bevel[None, :] if wide < high else bevel[:, None], (high, wide))
        canvas.cover(np.asarray(lit, np.float32) * shape[..., None], np.ones((high, wide), np.float32), top=top, left=left)

    middle = (x0 + x1) // 2
    cross = y0 + int((y1 - y0) * 0.36)
    bar(y0, middle - thin, y1 - y0, thin * 2)
    bar(cross - thin // 2, x0, thin, x1 - x0)
    bar(y0 - thick, x0 - thick, thick * 2, x1 - x0 + 2 * thick)
    bar(y0 - thick, x0 - thick, y1 - y0 + thick, thick * 2)
    bar(y0 - thick, x1 - thick, y1 - y0 + thick, thick * 2)
    shade = np.zeros((canvas.height, canvas.width), np.float32)
    shade[y0 + thick : y0 + thick + thin * 2, x0 + thick : x1 - thick] = 0.3
    canvas.cover((0.0, 0.0, 0.0), np.clip(blur(shade, thin), 0, 1))


def _sill(canvas: Canvas, light: Light, dice: Dice, sill: float) -> None:
    top, front = int((sill - 0.005) * canvas.height), int((sill + 0.13) * canvas.height)
    high = front - top
    wood = colour(dice.pick(("a9805a", "8f6a4a", "b8946c", "d4cabb")))
    grain = planks(dice, high, canvas.width)
    depth = np.linspace(0.0, 1.0, high, dtype=np.float32)[:, None]
    near_light = np.exp(-(((canvas.columns - (1 - light.x)) / 0.5) ** 2))
    sheen = (1.0 - depth) ** 1.5 * 0.5 * near_light
    tone = (
        np.asarray(wood, np.float32)
        * grain[..., None]
        * (
            np.asarray(light.shade, np.float32) * 0.5
            + 0.14
            + np.asarray(light.sun, np.float32) * (0.34 * (1 - depth * 0.5) * (0.4 + 0.6 * near_light))[..., None]
        )
    )
    tone += sheen[..., None] * np.asarray(mix(light.sky[3], light.sun, 0.5), np.float32) * 0.55
    canvas.cover(tone.astype(np.float32), np.ones((high, canvas.width), np.float32), top=top)
    below = canvas.height - front
    if below > 0:
        edge = max(2, int(canvas.unit * 0.022))
        lip = np.broadcast_to(np.asarray(scale(wood, 0.34), np.float32), (edge, canvas.width, 3))
        canvas.cover(
            lip * np.linspace(1.5, 0.7, edge, dtype=np.float32)[:, None, None], np.ones((edge, canvas.width), np.float32), top=front
        )
        dark = np.linspace(0.55, 0.1, max(1, below - edge), dtype=np.float32)[:, None] * np.ones((1, canvas.width), np.float32)
        canvas.cover((0.02, 0.02, 0.03), dark, top=front + edge)


def _curtain(canvas: Canvas, light: Light, dice: Dice, cloth: Colour, *, right_side: bool, reach: float) -> None:
    """Cloth in folds, light coming through it."""
    wide = int((reach + 0.1) * canvas.width)
    u = np.linspace(0, 1, wide, dtype=np.float32)
    rows = canvas.rows
    edge = 0.78 - 0.32 * np.exp(-(((rows - 0.62) / 0.3) ** 2)) + 0.03 * np.sin(rows * 7)
    squeeze = u[None, :] / np.maximum(edge, 0.1)
    folds = profile(dice, 256, cells=9, octaves=2, gain=0.5)
    level = np.interp(squeeze, np.linspace(0, 1, 256), folds).astype(np.float32)
    mask = np.clip((edge - u[None, :]) * wide, 0, 1) * np.clip((0.97 - rows + 0.02 * level) * canvas.height, 0, 1)
    through = smoothstep(0.35, 1.0, squeeze)[..., None] * np.asarray(mix(light.sun, light.sky[3], 0.4), np.float32) * 0.5
    weave = 0.98 + 0.04 * dice.numbers(*level.shape)
    tone = (
        np.asarray(cloth, np.float32)
        * (0.3 + 0.62 * level * weave)[..., None]
        * (np.asarray(light.shade, np.float32) * 0.7 + 0.12 + through)
    )
    if right_side:
        tone, mask = tone[:, ::-1], mask[:, ::-1]
    canvas.cover(tone.astype(np.float32), (mask * 0.96).astype(np.float32), left=canvas.width - wide if right_side else 0)


def planks(dice: Dice, high: int, wide: int) -> Field:
    """Wood grain, about 1."""
    long = cloudy(dice.fork("grain"), max(4, high), max(4, wide // 2), cells=5, octaves=5, gain=0.62, stretch=14.0)
    rings = np.sin(resize(long, high, wide) * 46.0)
    return 0.86 + 0.16 * resize(long, high, wide) + 0.05 * rings


def paint_table(canvas: Canvas, scene: Scene, light: Light, dice: Dice) -> float:
    """A wall in half-light and a table before it; gives the row on which things stand."""
    wall = scene.tints[0] if scene.tints else colour(dice.pick(("4a4038", "3c4440", "54453c", "2f3440", "5a5044")))
    edge = 0.64
    x = 0.22 if light.x < 0.5 else 0.78  # the middle
    away = canvas.away(x, 0.16)
    base = mix(wall, (0.5, 0.45, 0.4), 0.1)
    canvas.pixels[:] = ramp(
        np.clip(away * 0.72, 0, 1), ((0.0, scale(mix(base, light.sun, 0.22), 1.12)), (0.4, scale(base, 0.66)), (1.0, scale(base, 0.2)))
    )
    rough = cloudy(dice.fork("wall"), canvas.height // 2, canvas.width // 2, cells=7 * canvas.aspect, octaves=6, gain=0.62)
    canvas.pixels *= (0.78 + 0.44 * resize(rough, canvas.height, canvas.width, smooth=False))[..., None]
    _panes(canvas, light, x)
    top = int(edge * canvas.height)
    high = canvas.height - top
    wood = colour(dice.pick(("8a5a36", "6f4a30", "9a7048", "5a4234")))
    cloth = dice.fork("cloth").chance(0.35)
    depth = np.linspace(0.0, 1.0, high, dtype=np.float32)[:, None]
    if cloth:
        folds = cloudy(dice.fork("folds"), high, canvas.width, cells=7, octaves=3, gain=0.4, stretch=0.8)
        shape = 0.8 + 0.5 * folds
        tone = np.asarray(colour("d8d0c4"), np.float32) * shape[..., None]
    else:
        tone = np.asarray(wood, np.float32) * planks(dice.fork("planks"), high, canvas.width)[..., None]
    pool = np.exp(-(((canvas.columns - (0.5 + (x - 0.5) * 0.5)) / 0.44) ** 2)) * np.exp(-(((depth - 0.3) / 0.6) ** 2))
    tone = tone * (0.2 + 0.92 * pool[..., None] * np.asarray(mix(light.sun, (1, 0.94, 0.84), 0.5), np.float32))
    canvas.cover(tone.astype(np.float32), np.ones((high, canvas.width), np.float32), top=top)
    line = np.zeros((canvas.height, 4), np.float32)
    line[max(0, top - 2) : top + 3] = 0.5
    canvas.cover((0.0, 0.0, 0.0), np.broadcast_to(np.clip(blur(line, 3.0), 0, 1)[:, :1], (canvas.height, canvas.width)))
    return 0.86


def _panes(canvas: Canvas, light: Light, x: float) -> None:
    """The window's light on the wall: four leaning panes with soft edges."""
    rows, columns = max(8, canvas.height // 2), max(8, canvas.width // 2)
    v = (np.arange(rows, dtype=np.float32) / rows)[:, None]
    u = (np.arange(columns, dtype=np.float32) / columns)[None, :] + (v - 0.3) * (0.34 if x < 0.5 else -0.34)
    middle = 0.5 + (0.5 - x) * 0.1
    mask = np.zeros((rows, columns), np.float32)
    for k in (-1, 1):
        for j in (0, 1):
            cx, cy = middle + k * 0.085, 0.2 + j * 0.19
            inside = smoothstep(0.076, 0.066, np.abs(u - cx)) * smoothstep(0.088, 0.078, np.abs(v - cy))
            mask = np.maximum(mask, inside)
    canvas.shine(
        mix(light.sun, (1, 0.9, 0.72), 0.4),
        resize(np.clip(blur(mask, columns / 110), 0, 1), canvas.height, canvas.width, smooth=False) * np.float32(0.42),
    )
