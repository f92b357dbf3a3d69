"""Under water: light that falls from the surface, drifting specks, and a floor of rock, kelp and coral far below."""

import numpy as np
from PIL import Image, ImageDraw

from adapters.providers.sketch.canvas import Canvas, Colour, colour, mix, ramp, scale
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, blur, cloudy, profile, resize, sample, slopes, smoothstep, tile
from adapters.providers.sketch.scene import Scene

_DEEPS = (
    ("9fe3e0", "2f9fb8", "0d5a80", "062a4a", "02101f"),
    ("b8ecd8", "34b0a4", "0f6a78", "073447", "03141f"),
    ("a8d8f4", "3a86c8", "174c90", "0b2450", "040c22"),
)
_CORALS = ("e8607a", "f0905a", "c85aa0", "f0c060", "7a6ad0", "e8a0b0")


def paint_depths(canvas: Canvas, scene: Scene, light: Light, dice: Dice) -> Colour:
    """Fill the canvas; gives the colour that distance fades into."""
    tones = [colour(text) for text in dice.pick(_DEEPS)]
    if scene.tints:
        tones = [mix(tone, scale(scene.tints[0], 1.2 - 0.26 * k), 0.5) for k, tone in enumerate(tones)]
    if light.night or "deep" in scene.essence:
        tones = [scale(tone, 0.66) for tone in tones]
    x = dice.between(0.3, 0.7)
    away = np.sqrt(((canvas.columns - x) * canvas.aspect) ** 2 * 0.8 + (canvas.rows + 0.06) ** 2)
    canvas.pixels[:] = ramp(
        np.clip(away * 0.82, 0, 1), ((0.0, tones[0]), (0.16, tones[1]), (0.48, tones[2]), (0.8, tones[3]), (1.0, tones[4]))
    )
    _surface(canvas, dice.fork("surface"), tones)
    _rays(canvas, dice.fork("rays"), tones, x)
    canvas.reached(0.35)
    if "deep" not in scene.essence or scene.has("flowers") or "coral" in scene.essence or "reef" in scene.essence:
        _floor(canvas, dice.fork("floor"), tones, coral="coral" in scene.essence or "reef" in scene.essence or dice.chance(0.5))
    return tones[2]


def paint_specks(canvas: Canvas, dice: Dice) -> None:
    """What drifts in the water, near and far; and a few strings of bubbles."""
    for size, count, level in ((0.0016, 420, 0.35), (0.004, 90, 0.22), (0.012, 16, 0.12)):
        for x, y, part in dice.fork(str(size)).numbers(count, 3).tolist():
            canvas.glow(x, y, size * (0.4 + part), (0.8, 1.0, 0.98), level * (0.4 + 0.6 * part))


def _surface(canvas: Canvas, dice: Dice, tones: list[Colour]) -> None:
    """The underside of the waves, in perspective."""
    rows = max(4, int(canvas.height * 0.3))
    net = tile(dice, 256, cells=6, octaves=4, gain=0.5, ridged=True)
    down = np.arange(rows, dtype=np.float32)[:, None] / rows
    z = 1.0 / (down * 0.9 + 0.14)
    x = (canvas.columns - 0.5) * canvas.aspect * z * 0.32
    lace = sample(net, x, np.broadcast_to(z * 0.42, x.shape))
    fade = (1.0 - down) ** 2.2
    canvas.shine(mix(tones[0], (1, 1, 1), 0.6), (smoothstep(0.35, 0.9, lace) * fade * 0.85).astype(np.float32))


def _rays(canvas: Canvas, dice: Dice, tones: list[Colour], x: float) -> None:
    rows, columns = max(4, canvas.height // 4), max(4, canvas.width // 4)
    across = (np.arange(columns, dtype=np.float32) / columns - x)[None, :] * canvas.aspect
    down = (np.arange(rows, dtype=np.float32) / rows + 0.34)[:, None]
    turn = np.arctan2(across, down)
    lines = profile(dice, 512, cells=26, octaves=4, gain=0.7)
    beam = np.interp(turn, np.linspace(-1.3, 1.3, 512), smoothstep(0.42, 0.78, lines)).astype(np.float32)
    level = beam * np.exp(-(down - 0.3) * 2.1) * np.exp(-np.abs(turn) * 1.1)
    canvas.shine(tones[0], resize(level.astype(np.float32), canvas.height, canvas.width, smooth=False) * np.float32(0.8))


def _floor(canvas: Canvas, dice: Dice, tones: list[Colour], *, coral: bool) -> None:
    for k in range(4):
        own = dice.fork(str(k))
        part = k / 3
        line = 0.76 + 0.13 * part + (profile(own, canvas.width, cells=3.2 * canvas.aspect, octaves=5, gain=0.55) - 0.5) * (0.2 + 0.1 * part)
        slope = np.abs((canvas.columns - 0.5) * 2.0)[0] ** 1.6 * 0.1
        line = line - slope
        mask = np.clip((canvas.rows - line[None, :]) * canvas.height + 0.5, 0, 1).astype(np.float32)
        first = max(0, int(float(line.min()) * canvas.height) - 2)
        tone = mix(scale(tones[3], 0.7), tones[2], 0.75 - 0.62 * part)
        rough = cloudy(own, canvas.height // 2, canvas.width // 2, cells=26, octaves=4, gain=0.65)
        bright = 0.8 + 0.55 * resize(rough, canvas.height, canvas.width, smooth=False)
        top_light = np.exp(-np.clip(canvas.rows - line[None, :], 0, 1) * 16.0) * 0.7
        paint = np.asarray(tone, np.float32) * (bright + top_light)[..., None]
        _kelp(canvas, own.fork("kelp"), line, tone, part)
        canvas.cover(paint[first:].astype(np.float32), mask[first:], top=first)
        if coral:
            _corals(canvas, own.fork("coral"), line, tones, part)


def _kelp(canvas: Canvas, dice: Dice, line: "np.ndarray[tuple[int], np.dtype[np.float32]]", tone: Colour, part: float) -> None:
    board = Image.new("L", (canvas.width * 2, canvas.height * 2))
    draw = ImageDraw.Draw(board)
    for _ in range(int((7 + 6 * part) * canvas.aspect)):
        x = dice.between(0, 1)
        if abs(x - 0.5) < 0.22 * part:
            continue
        foot = float(line[int(x * (canvas.width - 1))]) + 0.02
        tall = dice.between(0.12, 0.42) * (0.5 + 0.6 * part)
        sway, phase = dice.between(0.01, 0.03), dice.between(0, 6.28)
        thick = canvas.unit * (0.006 + 0.008 * part) * dice.between(0.6, 1.2)
        before = (x * canvas.width * 2, foot * canvas.height * 2)
        for k in range(1, 19):
            up = k / 18
            now = (
                (x + float(np.sin(up * 7 + phase)) * sway * up / canvas.aspect) * canvas.width * 2,
                (foot - tall * up) * canvas.height * 2,
            )
            draw.line((*before, *now), fill=255, width=max(1, int(thick * (1 - 0.6 * up))))
            side = 1 if k % 2 else -1
            leaf = thick * (3.4 - 2.0 * up)
            draw.polygon(
                [now, (now[0] + side * leaf * 1.5, now[1] - leaf * 1.1), (now[0] + side * leaf * 0.5, now[1] - leaf * 1.3)], fill=255
            )
            before = now
    alpha = np.asarray(board.reduce(2), np.float32) / 255
    canvas.cover(mix(scale(tone, 0.75), (0.1, 0.22, 0.12), 0.25 * part), alpha * np.float32(0.92))


def _corals(canvas: Canvas, dice: Dice, line: "np.ndarray[tuple[int], np.dtype[np.float32]]", tones: list[Colour], part: float) -> None:
    for _ in range(int((3 + 5 * part) * canvas.aspect)):
        x = dice.between(0, 1)
        size = int(canvas.unit * (0.05 + 0.1 * part) * dice.between(0.6, 1.3))
        foot = int((float(line[int(x * (canvas.width - 1))]) + 0.012) * canvas.height)
        board = Image.new("L", (size * 2, size * 2))
        draw = ImageDraw.Draw(board)
        kind = dice.integer(0, 2)
        if kind == 0:
            _branch(draw, dice, size, size * 2, 0.0, size * 0.5, size * 0.17, 0)
        elif kind == 1:
            for k in range(9):
                turn = -0.9 + 0.2 * k
                draw.line(
                    (size, size * 2, size + np.sin(turn) * size * 0.95, size * 2 - np.cos(turn) * size * dice.between(0.9, 1.4)),
                    fill=255,
                    width=max(2, size // 7),
                )
        else:
            for _k in range(14):
                cx, cy, r = size + dice.between(-0.6, 0.6) * size, size * 2 - dice.between(0, 0.7) * size, size * dice.between(0.12, 0.32)
                draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=255)
        alpha = np.asarray(board.reduce(2), np.float32) / 255
        swell = blur(alpha, max(1.0, size / 22))
        down, _across = slopes(swell)
        base = mix(colour(dice.pick(_CORALS)), tones[2], 0.72 - 0.5 * part)
        top = np.linspace(1.0, 0.0, alpha.shape[0], dtype=np.float32)[:, None]
        level = np.clip(0.62 + down * size * 0.22 + top * 0.35, 0.25, 1.3)
        canvas.cover(
            np.asarray(base, np.float32) * level[..., None],
            alpha,
            top=foot - alpha.shape[0],
            left=int(x * canvas.width - alpha.shape[1] / 2),
        )


def _branch(draw: ImageDraw.ImageDraw, dice: Dice, x: float, y: float, turn: float, length: float, thick: float, depth: int) -> None:
    nx, ny = x + float(np.sin(turn)) * length, y - float(np.cos(turn)) * length
    draw.line((x, y, nx, ny), fill=255, width=max(1, int(thick)))
    draw.ellipse((nx - thick / 2, ny - thick / 2, nx + thick / 2, ny + thick / 2), fill=255)
    if depth < 4:  # the tips
        for side in (-1, 1):
            _branch(draw, dice, nx, ny, turn + side * dice.between(0.2, 0.65), length * dice.between(0.6, 0.8), thick * 0.72, depth + 1)
