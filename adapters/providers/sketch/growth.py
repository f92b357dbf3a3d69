"""Growth: grass in the foreground and flowers over a meadow, blade by blade."""

import numpy as np
from PIL import Image, ImageDraw

from adapters.providers.sketch.canvas import Canvas, Colour, colour, mix, times
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.terrain import View

_PETALS = {
    "flowers": ("e8483c", "f4f0e6", "f2c23a", "b48ae0", "f08ab0"),
    "sunflower": ("f2b82a", "f6c840", "e8a020"),
    "lavender": ("8f6ad0", "7a58c0", "a98ae0"),
    "wheat": ("e0b85a", "d0a040", "f0d080"),
}


def paint_flowers(canvas: Canvas, view: View, scene: Scene, light: Light, dice: Dice) -> None:
    """Flowers in drifts, from the distance to our feet; `lavender` and `wheat` stand in rows."""
    kind = next((name for name in ("lavender", "wheat", "flowers") if scene.has(name)), "")
    if not kind:
        return
    petals = "sunflower" if "sunflower" in scene.essence else kind
    tones = [_lit(colour(text), light, 0.0) for text in _PETALS[petals]]
    if scene.tints and kind == "flowers":
        tones = [_lit(tint, light, 0.0) for tint in scene.tints]
    rows = kind != "flowers"
    spots = dice.numbers(int((5200 if rows else 3400) * canvas.detail * canvas.aspect**0.5), 5)
    near, far = 1.7, 42.0
    distances = far * (near / far) ** (spots[:, 0] ** 0.8)
    patch = np.sin(spots[:, 1] * 9.0 + distances * 0.8) + np.sin(spots[:, 1] * 23.0 - distances * 0.5)
    board = Image.new("RGBA", (canvas.width, canvas.height))
    draw = ImageDraw.Draw(board)
    focal = view.camera.lens * canvas.unit
    for i in np.argsort(-distances).tolist():
        distance, x = float(distances[i]), float(spots[i, 1])
        if rows:
            # Rows run towards the middle of the horizon.
            lane = np.floor((x - 0.5) * 2.4 * distance) + 0.28 * float(spots[i, 2])
            x = 0.5 + lane / (2.4 * distance)
        elif patch[i] < float(spots[i, 2]) * 1.6 - 0.7:
            continue
        if not 0 <= x < 1:
            continue
        foot = view.row(canvas, x, distance)
        if foot > view.hidden_below(canvas, x, distance) + 2 or not 0 < foot < canvas.height * 1.05:
            continue
        size = focal / distance * (0.05 if rows else 0.036) * (0.7 + 0.6 * float(spots[i, 3]))
        fog = 1.0 - float(np.exp(-distance / view.camera.far * 3.1 * light.haziness))
        tone = mix(tones[int(spots[i, 4] * len(tones)) % len(tones)], light.haze, fog)
        _blossom(draw, x * canvas.width, foot, max(0.6, size), tone, tall=rows, turn=float(spots[i, 3]))
    _lay(canvas, board)


def paint_grass(canvas: Canvas, view: View, light: Light, dice: Dice, base: Colour) -> None:
    """Blades before our feet, lit through from behind, with a seed head here and there."""
    spots = dice.numbers(int(1900 * canvas.detail * canvas.aspect**0.5), 6)
    board = Image.new("RGBA", (canvas.width, canvas.height))
    draw = ImageDraw.Draw(board)
    focal = view.camera.lens * canvas.unit
    distances = 1.25 + 3.4 * spots[:, 0] ** 1.6
    for i in np.argsort(-distances).tolist():
        distance, x = float(distances[i]), float(spots[i, 1])
        foot = view.row(canvas, x, distance) + canvas.unit * 0.004
        long = focal / distance * 0.1 * (0.35 + 0.9 * float(spots[i, 2]))
        lean = (float(spots[i, 3]) - 0.5) * 1.1 * long
        tone = _lit(mix(base, (0.8, 0.82, 0.4), 0.35 * float(spots[i, 4])), light, 0.35 * float(spots[i, 5]))
        wide = max(0.7, long * 0.045)
        left, tip = x * canvas.width, (x * canvas.width + lean, foot - long)
        bend = (left + lean * 0.3, foot - long * 0.6)
        draw.polygon(
            [(left - wide, foot), (bend[0] - wide * 0.6, bend[1]), tip, (bend[0] + wide * 0.6, bend[1]), (left + wide, foot)],
            fill=_rgba(tone),
        )
        if spots[i, 5] > 0.93:
            draw.ellipse((tip[0] - wide, tip[1] - wide * 3, tip[0] + wide, tip[1] + wide), fill=_rgba(mix(tone, light.sun, 0.5)))
    _lay(canvas, board)


def _blossom(draw: ImageDraw.ImageDraw, x: float, y: float, size: float, tone: Colour, *, tall: bool, turn: float) -> None:
    if tall:
        for k in range(4):
            r = size * (0.34 - 0.05 * k)
            draw.ellipse(
                (x - r, y - size * (0.6 + 0.5 * k) - r, x + r, y - size * (0.6 + 0.5 * k) + r), fill=_rgba(mix(tone, (1, 1, 1), 0.06 * k))
            )
        return
    head = y - size * 1.6
    if size > 4:
        draw.line((x, y, x, head), fill=_rgba((0.25, 0.38, 0.18)), width=max(1, int(size * 0.12)))
        for k in range(5):
            angle = 6.2832 * (k / 5 + turn)
            cx, cy, r = x + float(np.cos(angle)) * size * 0.42, head + float(np.sin(angle)) * size * 0.3, size * 0.36
            draw.ellipse((cx - r, cy - r * 0.8, cx + r, cy + r * 0.8), fill=_rgba(mix(tone, (0, 0, 0), 0.1 * (k % 3))))
        r = size * 0.2
        draw.ellipse((x - r, head - r, x + r, head + r), fill=_rgba(mix(tone, (0.98, 0.84, 0.3), 0.75)))
        return
    draw.ellipse((x - size * 0.5, head - size * 0.4, x + size * 0.5, head + size * 0.4), fill=_rgba(tone))


def _lit(tone: Colour, light: Light, through: float) -> Colour:
    level = (
        light.shade[0] * 0.6 + light.sun[0] * 0.6,
        light.shade[1] * 0.6 + light.sun[1] * 0.6,
        light.shade[2] * 0.6 + light.sun[2] * 0.6,
    )
    return mix(times(tone, level), light.sun, through * 0.6)


def _rgba(tone: Colour) -> tuple[int, int, int, int]:
    return (min(255, int(tone[0] * 255)), min(255, int(tone[1] * 255)), min(255, int(tone[2] * 255)), 255)


def _lay(canvas: Canvas, board: Image.Image) -> None:
    box = board.getbbox()
    if box is None:
        return
    drawn = np.asarray(board.crop(box), np.float32) / 255
    canvas.cover(drawn[..., :3], drawn[..., 3], top=box[1], left=box[0])
