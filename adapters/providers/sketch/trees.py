"""Trees: grown from dice, as sprites for the distance and as whole woods for a forest."""

import numpy as np
from PIL import Image, ImageDraw

from adapters.providers.sketch.canvas import Canvas, Colour, colour, mix, scale
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, blur, slopes, smoothstep
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.terrain import View

SHARPNESS = 3


def pine(dice: Dice, height: int) -> tuple[Field, Field]:
    """A conifer, `height` rows: what it covers, and how light each bough is, its upper edge the lightest."""
    wide = int(height * 0.46)
    size = (wide * SHARPNESS, height * SHARPNESS)
    board, shades = Image.new("L", size), Image.new("L", size, 90)
    draw, shade = ImageDraw.Draw(board), ImageDraw.Draw(shades)
    middle = size[0] / 2
    tall = float(size[1])
    draw.polygon([(middle - tall * 0.012, tall), (middle + tall * 0.012, tall), (middle, tall * 0.1)], fill=255)
    boughs = max(24, min(170, height))
    droop = dice.between(0.16, 0.34)
    full = dice.between(0.78, 1.0)
    thick = tall * 3.4 / boughs
    for i in range(boughs):
        part = (i + dice.between(0, 1)) / boughs
        y = tall * (0.015 + 0.9 * part)
        side = 1 if i % 2 else -1
        reach = middle * (0.05 + 0.95 * part**0.9) * full * dice.between(0.55, 1.0)
        end = (middle + side * reach, y + reach * droop * dice.between(0.6, 1.6))
        bend = (middle + side * reach * 0.55, y + reach * droop * 0.2)
        wide_here = min(thick, reach * 0.5 + 2)
        bough = [
            (middle - side, y - wide_here * 0.4),
            bend,
            end,
            (bend[0], bend[1] + wide_here * 0.8),
            (middle - side, y + wide_here * 0.8),
        ]
        level = dice.integer(60, 130)
        draw.polygon(bough, fill=255)
        shade.polygon(bough, fill=level)
        # Twigs hang from the bough, shorter towards its end.
        for k in range(1, 6):
            at = k / 6
            px, py = middle + side * reach * at, y + (end[1] - y) * at**1.4
            long = wide_here * (1.25 - 0.7 * at) * dice.between(0.7, 1.5)
            twig = [(px - wide_here * 0.34, py), (px + wide_here * 0.34, py), (px + side * wide_here * 0.5, py + long)]
            draw.polygon(twig, fill=255)
            shade.polygon(twig, fill=max(20, level - 10 * k))
        crest = [(middle + side * reach * 0.12, y - wide_here * 0.2), (bend[0], bend[1] - wide_here * 0.05), end]
        shade.line([*crest], fill=min(255, level + 105), width=max(2, int(wide_here * 0.34)), joint="curve")
    found = [np.asarray(layer.reduce(SHARPNESS), np.float32) / 255 for layer in (board, shades)]
    return found[0], found[1]


def broadleaf(dice: Dice, height: int, *, leaves: float = 1.0) -> tuple[Field, Field]:
    """A deciduous tree: what its wood and what its leaves cover, `height` rows each."""
    wide = int(height * 1.5)
    size = (wide * 2, height * 2)
    wood, crown = Image.new("L", size), Image.new("L", size)
    trunk, leaf = ImageDraw.Draw(wood), ImageDraw.Draw(crown)

    def grow(x: float, y: float, turn: float, length: float, thick: float, depth: int) -> None:
        nx, ny = x + float(np.sin(turn)) * length, y - float(np.cos(turn)) * length
        trunk.line((x, y, nx, ny), fill=255, width=max(1, round(thick)))
        if depth >= 3:  # leaves grow on the thin branches
            for _ in range(round(5 * leaves)):
                radius = size[1] * dice.between(0.012, 0.034)
                cx, cy = nx + dice.between(-1, 1) * size[1] * 0.05, ny + dice.between(-1, 1) * size[1] * 0.045
                leaf.ellipse((cx - radius, cy - radius * 0.8, cx + radius, cy + radius * 0.8), fill=255)
        if depth < 6:  # twigs end here
            for side in (-1, 1):
                grow(nx, ny, turn + side * dice.between(0.22, 0.6), length * dice.between(0.68, 0.86), thick * 0.66, depth + 1)

    grow(size[0] / 2, size[1] * 1.0, dice.between(-0.08, 0.08), size[1] * 0.205, size[1] * 0.042, 0)
    halves = [np.asarray(board.reduce(2), np.float32) / 255 for board in (wood, crown)]
    return halves[0], halves[1]


def foliage(scene: Scene, dice: Dice) -> Colour:
    """What colour leaves have."""
    if scene.has("blossom"):
        return colour(dice.pick(("f4b6c8", "f7c9d6", "f0a4bc")))
    if scene.season == "autumn":
        return colour(dice.pick(("c8642a", "d8902f", "b8452a", "cfa040")))
    return colour(dice.pick(("4d7a3a", "5d8a3f", "3f6b3c", "6f9140")))


def plant(
    canvas: Canvas,
    view: View,
    scene: Scene,
    light: Light,
    dice: Dice,
    *,
    count: int,
    kind: str,
    near: float,
    far: float,
    tall: float,
    gap: float = 0.0,
) -> None:
    """Scatter trees over the ground between two distances, the far ones first; `gap` is the width kept free in the middle."""
    if scene.lacks("trees"):
        return
    kinds = [_sprite(scene, light, dice.fork(f"kind {k}"), kind) for k in range(4)]
    spots = dice.numbers(count, 4)
    distances = far * (near / far) ** spots[:, 0]
    order = np.argsort(-distances)
    focal = view.camera.lens * canvas.unit
    for i in order.tolist():
        distance, x = float(distances[i]), float(spots[i, 1])
        if abs(x - 0.5) < gap * (1 - float(spots[i, 0]) * 0.3) or (
            scene.site is not None and abs(x - scene.site) < 0.21 / max(0.8, canvas.aspect)
        ):
            continue
        foot = view.row(canvas, x, distance)
        size = tall * (0.65 + 0.7 * float(spots[i, 2])) * focal / distance
        column = min(canvas.width - 1, int(x * canvas.width))
        limit = view.hidden_below(canvas, x, distance)
        if size < 3 or foot - size > limit or (view.wet.size and view.wet[min(canvas.height - 1, max(0, int(foot))), column] > 0.3):
            continue
        pixels, alpha = kinds[int(spots[i, 3] * 3.99)]
        fog = 1.0 - float(np.exp(-distance / view.camera.far * 3.1 * light.haziness))
        _stamp(canvas, light, pixels, alpha, x, foot, size, fog, limit)


def _sprite(scene: Scene, light: Light, dice: Dice, kind: str) -> tuple[Field, Field]:
    rows = 180
    if kind == "pine":
        alpha, boughs = pine(dice, rows)
        base = mix(colour("2f4d38"), colour("4a6a3e"), dice.between(0, 1))
        leaves, trunk = alpha, np.zeros_like(alpha)
    else:
        trunk, leaves = broadleaf(dice, rows, leaves=0.0 if scene.season == "winter" or scene.wintry else 1.0)
        alpha = np.maximum(trunk, leaves)
        boughs = dice.numbers(*alpha.shape)
        base = foliage(scene, dice)
    swell = blur(alpha, rows / 16)
    down, across = slopes(swell)
    toward = 1.0 if light.x > 0.5 else -1.0  # the middle
    level = np.clip(0.55 - (across * toward - down) * rows * 0.09 + (boughs - 0.42) * (1.1 if kind == "pine" else 0.5), 0.1, 1.2)
    paint = np.broadcast_to(np.asarray(base, np.float32), (*alpha.shape, 3)).copy()
    wood = trunk * (1.0 - leaves * 0.92)
    paint += (np.asarray(colour("4a3b30"), np.float32) - paint) * wood[..., None]
    if scene.wintry:
        caught = smoothstep(0.5, 0.72, boughs) if kind == "pine" else smoothstep(0.02, 0.2, -down * rows / 12) * (boughs * 0.5 + 0.5)
        paint += (np.asarray((0.93, 0.96, 1.0), np.float32) - paint) * (caught * 0.85)[..., None]
    lit = paint * (np.asarray(light.shade, np.float32) * 0.62 + np.asarray(light.sun, np.float32) * (level * 0.7)[..., None])
    return lit.astype(np.float32), alpha


def _stamp(canvas: Canvas, light: Light, pixels: Field, alpha: Field, x: float, foot: float, size: float, fog: float, limit: float) -> None:
    high, wide = max(2, int(size)), max(2, int(size * alpha.shape[1] / alpha.shape[0]))
    how = Image.Resampling.BILINEAR
    packed = Image.fromarray((np.concatenate([np.clip(pixels, 0, 1), alpha[..., None]], axis=2) * 255).astype(np.uint8))
    small = np.asarray(packed.convert("RGBa").resize((wide, high), how).convert("RGBA"), np.float32) / 255
    tone = small[..., :3] + (np.asarray(light.haze, np.float32) - small[..., :3]) * np.float32(fog)
    cover = small[..., 3]
    top = int(foot - high * 0.985)
    if limit < top + high:
        cover = cover * smoothstep(1.0, -1.0, (np.arange(high, dtype=np.float32) + top - limit))[:, None]
    canvas.cover(tone, cover, top=top, left=int(x * canvas.width - wide / 2))


def dark(tone: Colour, light: Light, share: float) -> Colour:
    """A tree's colour at a distance: `share` of the haze in its shaded tone."""
    shaded = (tone[0] * (light.shade[0] + 0.15), tone[1] * (light.shade[1] + 0.15), tone[2] * (light.shade[2] + 0.15))
    return mix(scale(shaded, 0.6), light.haze, share)
