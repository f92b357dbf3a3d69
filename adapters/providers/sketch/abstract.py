"""Abstract pictures: poured marble, silk ribbons, layered paper, and plain geometry."""

import numpy as np
from PIL import Image, ImageDraw

from adapters.providers.sketch.canvas import Canvas, Colour, colour, luma, mix, ramp, scale
from adapters.providers.sketch.noise import Dice, Field, blur, cloudy, profile, resize, sample, slopes, smoothstep, tile
from adapters.providers.sketch.scene import Scene

_PALETTES = (
    ("0f2a3f", "1f6f78", "e8b04a", "f4e6c8", "c8553d"),
    ("1b1f3b", "53599a", "e07a8a", "f6c89f", "fdf0d5"),
    ("12312b", "2f7a5f", "a9c77e", "f2e6b6", "e0803a"),
    ("2b1d2f", "7a2f5a", "e0527a", "f8a07a", "fde3b8"),
    ("14213d", "2a6f97", "61a5c2", "d8e8ea", "f2a65a"),
    ("231f20", "5c4b51", "8cbeb2", "f2ebbf", "f3b562"),
    ("0b132b", "3a506b", "5bc0be", "e0fbfc", "ee6c4d"),
    ("3d1a24", "a23b3b", "e07a3f", "f2c14e", "f7ead0"),
)


def palette(scene: Scene, dice: Dice) -> list[Colour]:
    """Five colours from dark to light and an accent: the prompt's own where it names any."""
    if not scene.tints:
        return [colour(text) for text in dice.pick(_PALETTES)]
    tones = sorted(scene.tints, key=luma)
    dark, bright = tones[0], tones[-1]
    if len(tones) == 1:
        return [scale(dark, 0.22), scale(dark, 0.62), dark, mix(dark, (1, 0.97, 0.9), 0.62), mix(dark, (1.0, 0.85, 0.6), 0.45)]
    return [scale(dark, 0.28), dark, mix(dark, bright, 0.5) if len(tones) == 2 else tones[1], mix(bright, (1, 0.98, 0.92), 0.6), bright]


def paint_abstract(canvas: Canvas, scene: Scene, dice: Dice) -> None:
    """One of four manners: the one that the words name, else the one the dice pick."""
    tones = palette(scene, dice.fork("palette"))
    manner = next((name for name in ("geometric", "marble", "ribbons", "fluid") if scene.has(name)), "")
    manner = manner or dice.fork("manner").pick(("fluid", "marble", "ribbons", "paper", "marble", "ribbons", "geometric"))
    painters = {"marble": _marble, "ribbons": _ribbons, "paper": _paper, "geometric": _geometric}
    painters.get(manner, _fluid)(canvas, dice.fork(manner), tones)


def _axes(canvas: Canvas, step: int) -> tuple[Field, Field]:
    rows, columns = max(8, canvas.height // step), max(8, canvas.width // step)
    unit = min(rows, columns)
    x = np.broadcast_to((np.arange(columns, dtype=np.float32) / unit)[None, :], (rows, columns))
    y = np.broadcast_to((np.arange(rows, dtype=np.float32) / unit)[:, None], (rows, columns))
    return x, y


def _folded(canvas: Canvas, dice: Dice, *, size: float, strength: float) -> tuple[Field, Field, Field]:
    """Noise looked up through noise looked up through noise: poured paint."""
    sheet = tile(dice.fork("sheet"), 512, cells=3, octaves=6, gain=0.46)
    x, y = _axes(canvas, 2)
    drift = dice.between(0, 1)
    a = sample(sheet, x * size + drift, y * size) - 0.5
    b = sample(sheet, x * size + 0.37, y * size + drift) - 0.5
    c = sample(sheet, x * size + a * strength + 0.2, y * size + b * strength) - 0.5
    d = sample(sheet, x * size + a * strength, y * size + b * strength + 0.6) - 0.5
    return sample(sheet, x * size + c * strength * 1.2 + drift, y * size + d * strength * 1.2), c, d


def _lit(paint: Field, height: Field, amount: float) -> Field:
    """Relief under a lamp at the upper left."""
    down, across = slopes(blur(height, 2.0))
    facing = (across + down) * height.shape[1] * amount
    paint = paint * (1.0 + np.clip(facing, -0.5, 0.6))[..., None]
    return paint + (np.clip(facing - 0.3, 0, 1) ** 2 * 0.6)[..., None]


def _show(canvas: Canvas, paint: Field) -> None:
    canvas.pixels[:] = resize(np.clip(paint, 0, 1.2).astype(np.float32), canvas.height, canvas.width)


def _fluid(canvas: Canvas, dice: Dice, tones: list[Colour]) -> None:
    value, c, d = _folded(canvas, dice, size=0.3, strength=1.1)
    level = np.clip((value - 0.5) * 2.3 + 0.5, 0, 1)
    paint = ramp(level, ((0.0, tones[0]), (0.3, tones[1]), (0.52, tones[2]), (0.7, tones[3]), (0.8, tones[4]), (1.0, tones[0])))
    hue = smoothstep(0.1, 0.3, c)[..., None]
    paint = paint + (np.asarray(tones[4], np.float32) - paint) * hue * 0.55
    shadow = smoothstep(-0.05, -0.3, d)[..., None]
    paint = paint * (1.0 - 0.45 * shadow)
    canvas.reached(0.5)
    _show(canvas, _lit(paint, level, 0.018))


def _marble(canvas: Canvas, dice: Dice, tones: list[Colour]) -> None:
    value, c, d = _folded(canvas, dice, size=0.34, strength=0.9)
    body = ramp(
        np.clip((value - 0.5) * 1.8 + 0.5, 0, 1),
        ((0.0, scale(tones[0], 0.7)), (0.4, tones[0]), (0.65, tones[1]), (1.0, mix(tones[1], tones[3], 0.5))),
    )
    bands = value * 7.0 + c * 4.0
    vein = np.abs(bands - np.round(bands))
    thick = 0.03 + 0.1 * smoothstep(0.0, 0.25, d)
    line = smoothstep(1.0, 0.0, vein / thick) * smoothstep(0.42, 0.62, value + c)
    fine = smoothstep(0.05, 0.0, np.abs(d * 3 - np.round(d * 3))) * 0.35
    x, _y = _axes(canvas, 2)
    dust = dice.fork("dust").numbers(*x.shape)
    sheen = 0.72 + 0.4 * sample(tile(dice.fork("sheen"), 128, cells=6, octaves=4), x * 1.3, c + d)
    metal = np.asarray(mix(tones[4], (1.0, 0.95, 0.82), 0.18), np.float32) * sheen[..., None]
    paint = _lit(body, value, 0.02)
    paint = paint + (metal - paint) * np.clip(line + fine, 0, 1)[..., None]
    paint += ((dust > 0.995) * smoothstep(0.5, 0.7, value + c) * 0.6)[..., None] * np.asarray(tones[4], np.float32)  # gold dust is rare
    canvas.reached(0.5)
    _show(canvas, _lit(paint, np.clip(line, 0, 1), 0.012))


def _ribbons(canvas: Canvas, dice: Dice, tones: list[Colour]) -> None:
    """Folds of silk, the far ones first, each lit along its own bend."""
    x, y = _axes(canvas, 2)
    wide = x.shape[1]
    backdrop = smoothstep(0.0, 1.0, (x / x.max() * 0.5 + y / y.max() * 0.6))
    paint = ramp(backdrop, ((0.0, mix(tones[0], tones[1], 0.35)), (1.0, scale(tones[0], 0.7))))
    folds = 11
    for k in range(folds):
        own = dice.fork(str(k))
        part = k / (folds - 1)
        middle = -0.05 + 1.15 * part * float(y.max()) + (profile(own, wide, cells=1.6 * canvas.aspect, octaves=2, gain=0.35) - 0.5) * 0.75
        half = 0.07 + 0.15 * profile(own, wide, cells=1.9 * canvas.aspect, octaves=2, gain=0.4)
        across = (y - middle[None, :]) / half[None, :]
        mask = np.clip((1.0 - np.abs(across)) * half[None, :] * x.shape[0] * 0.7, 0, 1)
        bend = np.gradient(middle) * wide / canvas.aspect
        light = 0.5 + 0.42 * np.sin(across * 1.9 + bend[None, :] * 1.3 + own.between(-0.6, 0.6))
        tone = ramp(
            np.clip(light, 0, 1),
            ((0.0, scale(tones[k % 3 if k % 4 else 0], 0.55)), (0.55, tones[1 + k % 4]), (1.0, mix(tones[3], (1, 1, 1), 0.3))),
        )
        threads = 1.0 + 0.05 * np.sin(across * 46.0 + bend[None, :] * 3)
        shadow = np.clip(1.0 - np.abs(across - 0.5) * 0.7, 0, 1) * 0.5
        paint = paint * (1.0 - shadow * (1 - mask))[..., None]
        paint = paint + (tone * threads[..., None] - paint) * (mask * 0.96)[..., None]
        if k == folds // 2:
            canvas.reached(0.45)
    _show(canvas, paint)


def _paper(canvas: Canvas, dice: Dice, tones: list[Colour]) -> None:
    """Sheets cut along the contours of a hill, each with the shadow of the next."""
    value, _c, _d = _folded(canvas, dice, size=0.22, strength=0.45)
    value = np.clip((value - 0.5) * 2.4 + 0.5, 0, 1)
    value = np.clip(blur(value, 3.0), 0, 1)
    sheets = 9
    order = [
        mix(tones[min(4, int(k / sheets * 4.99))], tones[min(4, int(k / sheets * 4.99) + 1)], k / sheets * 4.99 % 1) for k in range(sheets)
    ]
    paint = np.empty((*value.shape, 3), np.float32)
    paint[:] = np.asarray(order[0], np.float32)
    fibre = 0.965 + 0.07 * cloudy(dice.fork("fibre"), *value.shape, cells=140, octaves=2, gain=0.8)
    drop = max(2, value.shape[1] // 90)
    for k in range(1, sheets):
        mask = np.clip((value - k / sheets) * 130.0 + 0.5, 0, 1)
        shade = np.clip(blur(np.roll(mask, (drop, drop // 2), axis=(0, 1)), drop * 1.1), 0, 1) * (1 - mask)
        paint *= (1.0 - 0.5 * shade)[..., None]
        edge = np.clip(mask - np.roll(mask, (1, 1), axis=(0, 1)), 0, 1)
        paint += (np.asarray(order[k], np.float32) - paint) * mask[..., None]
        paint += (edge * 0.16)[..., None]
    canvas.reached(0.5)
    _show(canvas, paint * fibre[..., None])


def _geometric(canvas: Canvas, dice: Dice, tones: list[Colour]) -> None:
    """Discs, arcs, bars and nets on paper, balanced around a diagonal."""
    ground = mix(tones[3], (0.98, 0.95, 0.88), 0.55)
    canvas.pixels[:] = np.asarray(ground, np.float32)
    paper = 0.955 + 0.09 * resize(
        cloudy(dice.fork("paper"), canvas.height // 2, canvas.width // 2, cells=90 * canvas.aspect, octaves=3, gain=0.8),
        canvas.height,
        canvas.width,
    )
    choices = [tones[0], tones[1], tones[2], tones[4]]
    turn = dice.pick((0.62, -0.62, 1.1))
    unit = canvas.unit
    for k in range(19):
        own = dice.fork(str(k))
        along = own.between(0.08, 0.92)
        x = along * canvas.width
        y = (0.5 + (along - 0.5) * (0.75 if turn > 0 else -0.75) + own.between(-0.26, 0.26)) * canvas.height
        size = unit * (0.26 if k == 2 else own.between(0.03, 0.2) * (1.2 - k / 26))  # the third is the large one
        tone = own.pick(choices)
        board = Image.new("L", (canvas.width * 2, canvas.height * 2))
        draw = ImageDraw.Draw(board)
        _shape(draw, own, x * 2, y * 2, size * 2, turn, k)
        mask = np.asarray(board.reduce(2), np.float32) / 255
        box = board.getbbox()
        if box is None:
            continue
        x0, y0, x1, y1 = (v // 2 for v in box)
        area = mask[y0 : y1 + 1, x0 : x1 + 1]
        ramp_light = np.linspace(1.12, 0.84, area.shape[1], dtype=np.float32)[None, :, None]
        paint = np.broadcast_to(np.asarray(tone, np.float32) * ramp_light, (*area.shape, 3))
        drop = max(2, int(unit / 140))
        shadow = np.clip(blur(np.pad(area, drop * 4), drop * 2.0), 0, 1)
        canvas.cover(scale(tones[0], 0.5), shadow * 0.2, top=y0 - drop * 3, left=x0 - drop * 3)
        canvas.cover(paint, area * np.float32(0.8 if k % 3 == 0 else 0.97), top=y0, left=x0)
        if k == 9:  # half-way
            canvas.reached(0.5)
    canvas.pixels *= paper[..., None]


def _shape(draw: ImageDraw.ImageDraw, dice: Dice, x: float, y: float, size: float, turn: float, k: int) -> None:
    kind = 0 if k == 2 else dice.integer(0, 6)  # the large one is a disc
    box = (x - size, y - size, x + size, y + size)
    c, s = float(np.cos(turn)), float(np.sin(turn))
    if kind == 0:
        draw.ellipse(box, fill=255)
    elif kind == 1:
        draw.arc(box, dice.integer(0, 180), dice.integer(200, 360), fill=255, width=max(2, int(size * dice.between(0.06, 0.3))))
    elif kind == 2:  # kinds are drawn by number
        long, thick = size * 3.2, size * dice.between(0.03, 0.16)
        draw.polygon(
            [
                (x - c * long - s * thick, y - s * long + c * thick),
                (x + c * long - s * thick, y + s * long + c * thick),
                (x + c * long + s * thick, y + s * long - c * thick),
                (x - c * long + s * thick, y - s * long - c * thick),
            ],
            fill=255,
        )
    elif kind == 3:
        draw.pieslice(box, (a := dice.integer(0, 3) * 90), a + 180, fill=255)
    elif kind == 4:
        for i in range(5):
            for j in range(5):
                r = size * 0.07
                cx, cy = x + (i - 2) * size * 0.36, y + (j - 2) * size * 0.36
                draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=255)
    elif kind == 5:
        draw.regular_polygon((x, y, size), 3, rotation=dice.integer(0, 119), fill=255)
    else:
        for i in range(4):
            r = size * (1 - i * 0.22)
            draw.ellipse((x - r, y - r, x + r, y + r), outline=255, width=max(2, int(size * 0.05)))
