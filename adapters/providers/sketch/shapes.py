"""Shapes: smooth outlines with rounded shading, fur and glow, from which every figure is built.

A figure is drawn on a board of 100 by 100 units, `y` downwards, feet at 100. An outline is a run of `x,y` points joined by a smooth
closed curve; a point with `!` is a corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from adapters.providers.sketch.canvas import Canvas, Colour, luma, mix
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, blur, slopes, smoothstep

SHARPNESS = 3


Outline = tuple[tuple[float, float], ...]
"""The points of a closed curve, in units."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One outline of a figure."""

    outline: Outline
    tone: Colour
    family: str = ""
    """Parts of the figure's main family follow the colour that a prompt says."""
    round: float = 4.0
    """How far the shading rounds it off, in units; 0 is flat."""
    fur: float = 0.0
    """Length of hair in units."""
    flow: tuple[float, float] = (0.0, 1.0)
    """The way the hair lies."""
    fan: tuple[float, float] | None = None
    """Where the hair radiates from, instead of `flow`."""
    lit: float = 0.0
    """How far it shines by itself, 0 to 1."""
    soft: float = 0.0
    """Softness of the edge in units."""
    alpha: float = 1.0
    melt: float = 0.0
    """How many units of its upper end fade in, so that a leg grows out of a body."""
    inside: bool = False
    """True to keep it within what is drawn already."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A thing that can stand, float or fly in a scene."""

    parts: tuple[Part, ...]
    main: Colour | None = None
    """The tone that a colour in the prompt replaces."""
    habit: str = "stand"
    """Where it belongs: stand, far, float, fly or swim."""
    size: float = 0.5
    """Its usual height as a share of the shorter side, when it is the subject."""
    wide: float = 1.0
    """Board width in hundreds of units."""


@dataclass(frozen=True, kw_only=True)
class Sprite:
    """A drawn figure: unlit colours already shaded, and what it covers."""

    pixels: Field
    alpha: Field
    own: Field
    """How far each pixel shines by itself."""
    scale: float
    """Pixels a unit."""
    margin: int
    """Pixels around the board."""


def closed(points: Sequence[tuple[float, float, bool]]) -> Outline:
    """A smooth closed curve through x, y and whether it is a corner (Catmull-Rom, halted at corners)."""
    curve: list[tuple[float, float]] = []
    count = len(points)
    for i in range(count):
        before, start, end, after = points[i - 1], points[i], points[(i + 1) % count], points[(i + 2) % count]
        out = (0.0, 0.0) if start[2] else ((end[0] - before[0]) / 2, (end[1] - before[1]) / 2)
        into = (0.0, 0.0) if end[2] else ((after[0] - start[0]) / 2, (after[1] - start[1]) / 2)
        steps = 1 if start[2] and end[2] else 8
        for k in range(steps):
            t = k / steps
            a, b, c, d = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, -2 * t**3 + 3 * t**2, t**3 - t**2
            curve.append((a * start[0] + b * out[0] + c * end[0] + d * into[0], a * start[1] + b * out[1] + c * end[1] + d * into[1]))
    return tuple(curve)


def ellipse(x: float, y: float, across: float, down: float) -> Outline:
    """An ellipse around x, y."""
    turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    return tuple((x + across * float(np.cos(turn)), y + down * float(np.sin(turn))) for turn in turns)


def stroke(width: float, points: Sequence[tuple[float, float]]) -> Outline:
    """A line of some width, as the outline around it; smooth where it has more than two points."""
    line = list(points)
    if len(line) > 2:  # two points are a straight line
        there_and_back = [(x, y, i in {0, len(line) - 1}) for i, (x, y) in enumerate(line)]
        smooth = closed(there_and_back)
        line = [*smooth[: (len(line) - 1) * 8], line[-1]]
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for i, (x, y) in enumerate(line):
        before, after = line[max(0, i - 1)], line[min(len(line) - 1, i + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        norm = max(1e-6, (dx * dx + dy * dy) ** 0.5) * 2 / width
        left.append((x - dy / norm, y + dx / norm))
        right.append((x + dy / norm, y - dx / norm))
    return (*left, *reversed(right))


def fill(outline: Sequence[tuple[float, float]], width: int, height: int) -> Field:
    """What an outline in pixels covers, with soft edges."""
    board = Image.new("L", (width * SHARPNESS, height * SHARPNESS))
    ImageDraw.Draw(board).polygon([(x * SHARPNESS, y * SHARPNESS) for x, y in outline], fill=255)
    return np.asarray(board.reduce(SHARPNESS), np.float32) / 255


def draw_figure(figure: Figure, size: float, light: Light, dice: Dice, *, tone: Colour | None = None, flip: bool = False) -> Sprite:
    """Draw a figure `size` pixels high, shaded for the light of the scene."""
    scale = size / 100.0
    margin = max(2, int(size * 0.06))
    width, height = int(size * figure.wide) + 2 * margin, int(size) + 2 * margin
    pixels = np.zeros((height, width, 3), np.float32)
    alpha = np.zeros((height, width), np.float32)
    own = np.zeros((height, width), np.float32)
    toward = 1.0 if light.x > 0.5 else -1.0
    if flip:
        toward = -toward
    for i, part in enumerate(figure.parts):
        base = part.tone
        if tone is not None and figure.main is not None and part.family == "coat":
            base = _recoloured(base, tone, figure.main)
        curve = [(x * scale + margin, y * scale + margin) for x, y in part.outline]
        pad = int((part.fur + part.soft * 2 + 0.8) * scale) + 2
        x0, y0 = max(0, int(min(x for x, _ in curve)) - pad), max(0, int(min(y for _, y in curve)) - pad)
        x1, y1 = min(width, int(max(x for x, _ in curve)) + pad + 1), min(height, int(max(y for _, y in curve)) + pad + 1)
        if x1 - x0 < 2 or y1 - y0 < 2:  # nothing to see
            continue
        inner = [(x - x0, y - y0) for x, y in curve]
        mask = fill(inner, x1 - x0, y1 - y0)
        if part.soft > 0:
            mask = np.clip(blur(mask, max(1.0, part.soft * scale)), 0.0, 1.0)
        shaded, mask = _shaded(part, base, mask, scale, light, toward, dice.fork(str(i)), (x0, y0, margin))
        area = (slice(y0, y1), slice(x0, x1))
        mask = mask * np.float32(part.alpha)
        if part.melt > 0:
            first = min(y for _, y in inner)
            rows = np.arange(mask.shape[0], dtype=np.float32)
            mask = mask * smoothstep(first, first + part.melt * scale, rows)[:, None]
        if part.inside:
            mask = mask * alpha[area]
        # The share of the new paint in what is there afterwards; soft edges over nothing keep their own colour.
        covered = alpha[area] + (1.0 - alpha[area]) * mask
        pixels[area] += (shaded - pixels[area]) * (mask / np.maximum(covered, 1e-4))[..., None]
        alpha[area] = covered
        own[area] += (part.lit - own[area]) * mask
    if flip:
        pixels, alpha, own = pixels[:, ::-1], alpha[:, ::-1], own[:, ::-1]
    return Sprite(pixels=pixels, alpha=alpha, own=own, scale=scale, margin=margin)


def _recoloured(base: Colour, tone: Colour, main: Colour) -> Colour:
    """The colour that the prompt says, as light or dark against it as the base was against the main tone."""
    level = luma(base) / max(0.05, luma(main))
    # A red fox and a brown bear have the colour already: the nearer the word is to nature, the less it changes.
    apart = sum(abs(a / max(0.05, luma(tone)) - b / max(0.05, luma(main))) for a, b in zip(tone, main, strict=True))
    share = 0.85 * min(1.0, max(0.0, apart / 1.6 - 0.35) + 2.0 * abs(luma(tone) - luma(main)) ** 2)
    return mix(base, (min(1.0, tone[0] * level), min(1.0, tone[1] * level), min(1.0, tone[2] * level)), share)


def _shaded(
    part: Part, base: Colour, mask: Field, scale: float, light: Light, toward: float, dice: Dice, corner: tuple[int, int, int]
) -> tuple[Field, Field]:
    """The part's colour with rounded shading and hair, and its mask with the hair's tips."""
    high, wide = mask.shape
    relief = np.full(mask.shape, 0.62, np.float32)
    if part.round > 0:
        radius = part.round * scale
        swell = blur(mask, max(1.0, radius * 0.6)) * 0.5 + blur(mask, max(1.0, radius * 1.5)) * 0.5
        down, across = slopes(swell)
        slope = radius * 1.35
        facing = -(across * toward * 0.8 - down * -0.75) * slope
        relief = np.clip(0.62 + facing, 0.08, 1.25)
    paint = np.empty((high, wide, 3), np.float32)
    paint[:] = np.asarray(base, np.float32)
    if part.fur > 0 and part.fur * scale > 1.2:  # shorter hair cannot be seen
        paint, mask = _furred(part, base, mask, scale, dice, corner)
    shade = np.asarray(light.shade, np.float32)
    sun = np.asarray(light.sun, np.float32)
    # The shade is lifted: a subject is what people want to see, also against the light.
    ambient = shade * 0.55 + 0.16
    direct = np.clip(relief, 0, 1.2)[..., None] * (sun * 0.78 + 0.05)
    lit = paint * (ambient + direct)
    return (lit + (paint - lit) * part.lit).astype(np.float32), mask


def _furred(part: Part, base: Colour, mask: Field, scale: float, dice: Dice, corner: tuple[int, int, int]) -> tuple[Field, Field]:
    """Hair: strokes that follow the flow, each a little lighter or darker, the outermost reaching over the edge."""
    high, wide = mask.shape
    fine = 2
    area = float(mask.sum())
    length = part.fur * scale
    count = int(min(5200, max(60, area / max(1.0, length * 0.55))))
    picture = Image.new("RGB", (wide * fine, high * fine), _bytes(base, 1.0))
    cover = Image.fromarray((mask * 255).astype(np.uint8)).resize((wide * fine, high * fine), Image.Resampling.BILINEAR)
    hair, edge = ImageDraw.Draw(picture), ImageDraw.Draw(cover)
    spots = dice.numbers(count * 2, 5)
    columns = (spots[:, 0] * (wide - 1)).astype(np.int32)
    rows = (spots[:, 1] * (high - 1)).astype(np.int32)
    inside = np.flatnonzero(mask[rows, columns] > 0.55)[:count]  # well within the edge
    x0, y0, margin = corner
    thick = max(1, round(scale * 0.34 * fine))
    for i in inside.tolist():
        x, y = float(columns[i]), float(rows[i])
        if part.fan is not None:
            dx, dy = x + x0 - (part.fan[0] * scale + margin), y + y0 - (part.fan[1] * scale + margin)
        else:
            dx, dy = part.flow
        dx += (float(spots[i, 2]) - 0.5) * 0.6 * (abs(dx) + abs(dy))
        dy += (float(spots[i, 3]) - 0.5) * 0.6 * (abs(dx) + abs(dy))
        norm = max(1e-3, (dx * dx + dy * dy) ** 0.5)
        reach = length * (0.5 + 0.6 * float(spots[i, 4]))
        line = (x * fine, y * fine, (x + dx / norm * reach) * fine, (y + dy / norm * reach) * fine)
        level = 0.8 + 0.4 * float(spots[i, 3] * 0.5 + spots[i, 4] * 0.5)
        hair.line(line, fill=_bytes(base, level), width=thick)
        edge.line(line, fill=235, width=max(1, thick - 1))
    paint = np.asarray(picture.reduce(fine), np.float32) / 255
    return paint, np.maximum(mask, np.asarray(cover.reduce(fine), np.float32) / 255)


def _bytes(tone: Colour, level: float) -> tuple[int, int, int]:
    return (min(255, int(tone[0] * level * 255)), min(255, int(tone[1] * level * 255)), min(255, int(tone[2] * level * 255)))


def place(
    canvas: Canvas, sprite: Sprite, x: float, foot: float, light: Light, *, haze: float = 0.0, rim: float = 0.6, below: float = 1e9
) -> None:
    """Put a sprite on the canvas: its middle at `x` (share of the width), its feet at row `foot`; nothing shows under row `below`."""
    high, wide = sprite.alpha.shape
    left = int(x * canvas.width - wide / 2)
    top = int(foot - (high - sprite.margin))
    pixels, alpha = sprite.pixels, sprite.alpha
    toward = 1 if light.x > 0.5 else -1  # the middle of the picture
    if rim > 0:
        step = max(1, round(sprite.scale * 0.9))
        moved = np.roll(alpha, (step, -toward * step), axis=(0, 1))
        edge = np.clip(alpha - blur(moved, max(1.0, step * 0.8)), 0, 1) * rim
        pixels = pixels + edge[..., None] * np.asarray(light.sun, np.float32) * (1.0 - sprite.own[..., None]) * 0.9
    if haze > 0:
        pixels = pixels + (np.asarray(light.haze, np.float32) - pixels) * (haze * (1.0 - 0.7 * sprite.own))[..., None]
    if below < top + high:
        alpha = alpha * smoothstep(1.0, -1.0, (np.arange(high, dtype=np.float32) + top - below))[:, None]
    canvas.cover(pixels, alpha, top=top, left=left)
