"""Space: nebulae in the light of their stars, planets with rings and terminator, spiral galaxies."""

import numpy as np

from adapters.providers.sketch.canvas import Canvas, Colour, colour, mix, ramp, scale
from adapters.providers.sketch.noise import Dice, cloudy, resize, sample, shift, smoothstep, tile
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.sky import paint_stars

_NEBULAE = (
    ("05060f", "1a1340", "6a2a7a", "e0567a", "ffc48a"),
    ("040810", "0a2a44", "14687a", "59c0a8", "f4e9b0"),
    ("06050e", "241a4a", "2f4fa0", "6aa0e8", "ffe0d0"),
    ("080408", "3a1020", "8a2a2a", "e8743a", "ffe0a0"),
    ("03060c", "122048", "4a3a90", "c05aa8", "9ad8f0"),
)


def paint_space(canvas: Canvas, scene: Scene, dice: Dice) -> None:
    """A nebula full of stars; a planet or a galaxy where the words or the dice say so."""
    tones = [colour(text) for text in dice.pick(_NEBULAE)]
    if scene.tints:
        first, last = scene.tints[0], scene.tints[-1]
        tones = [scale(first, 0.05), scale(first, 0.28), scale(first, 0.75), mix(first, last, 0.6), mix(last, (1, 1, 1), 0.45)]
    galaxy = "galaxy" in scene.essence or "black hole" in scene.essence
    planet = (
        scene.has("planet")
        or (not galaxy and "nebula" not in scene.essence and dice.fork("planet").chance(0.45))
        or any(s.name == "planet" for s in scene.subjects)
    )
    _nebula(canvas, dice.fork("nebula"), tones, thin=0.55 if galaxy else 1.0)
    canvas.reached(0.3)
    if not scene.lacks("stars"):
        paint_stars(canvas, dice.fork("stars"), 1.0)
        paint_stars(canvas, dice.fork("more stars"), 0.7)
    if galaxy:
        _galaxy(canvas, dice.fork("galaxy"), tones)
    canvas.reached(0.5)
    if planet and not scene.lacks("planets"):
        _planets(canvas, scene, dice.fork("planets"), tones)


def _nebula(canvas: Canvas, dice: Dice, tones: list[Colour], *, thin: float) -> None:
    """Gas folded twice over itself; dark dust before it; brighter where it is thick and near a hot star."""
    rows, columns = max(8, canvas.height // 2), max(8, canvas.width // 2)
    sheet = tile(dice.fork("gas"), 512, cells=3, octaves=7, gain=0.53)
    veins = tile(dice.fork("veins"), 512, cells=3, octaves=7, gain=0.55, ridged=True)
    unit = min(rows, columns)
    x = np.broadcast_to((np.arange(columns, dtype=np.float32) / unit)[None, :], (rows, columns))
    y = np.broadcast_to((np.arange(rows, dtype=np.float32) / unit)[:, None], (rows, columns))
    size, drift = 0.42, dice.between(0, 1)
    fold = sample(sheet, x * size + drift, y * size) - 0.5
    bend = sample(sheet, x * size + 0.5, y * size + 0.3 + drift) - 0.5
    gas = sample(sheet, x * size + fold * 0.7, y * size + bend * 0.7 + drift)
    wisps = sample(veins, x * size * 0.9 + bend * 0.45 + drift, y * size * 0.9 + fold * 0.45)
    turn = dice.between(0, 3.1416)
    across = (x - x.mean()) * np.float32(np.cos(turn)) + (y - y.mean()) * np.float32(np.sin(turn))
    band = np.exp(-(((across + fold * 0.9) / 0.42) ** 2))
    dust = smoothstep(0.42, 0.75, sample(sheet, x * size * 1.6 + bend * 0.8 + 0.2, y * size * 1.6 + fold * 0.8))
    level = np.clip((gas - 0.3) * 1.5, 0, 1) * (0.25 + 0.95 * band) + wisps * band * 0.55
    level = np.clip(level * (1.0 - 0.55 * dust) * thin, 0, 1)
    paint = ramp(level, ((0.0, tones[0]), (0.22, tones[1]), (0.48, tones[2]), (0.74, tones[3]), (1.0, tones[4])))
    hue = smoothstep(0.35, 0.7, bend + 0.5)[..., None]
    paint = paint * (1.0 - hue * 0.35) + hue * 0.35 * paint[..., ::-1]
    relief = np.clip(
        (level - shift(level, np.full((1, columns), unit * 0.012, np.float32), np.full((rows, 1), unit * 0.008, np.float32))) * 2.6,
        -0.35,
        0.6,
    )
    paint *= (1.0 + relief)[..., None]
    canvas.pixels[:] = resize(np.clip(paint, 0, 1).astype(np.float32), canvas.height, canvas.width, smooth=False)
    for _ in range(dice.integer(3, 6)):
        row, column = dice.integer(rows // 8, rows * 7 // 8), dice.integer(columns // 8, columns * 7 // 8)
        if level[row, column] > 0.3:  # hot stars are born in thick gas
            canvas.glow(column / columns, row / rows, 0.12, mix(tones[4], tones[3], 0.4), 0.5)
            _hot_star(canvas, column / columns, row / rows, dice.between(0.5, 1.0), mix(tones[4], (1, 1, 1), 0.6))


def _hot_star(canvas: Canvas, x: float, y: float, size: float, tone: Colour) -> None:
    canvas.glow(x, y, 0.012 * size, (1.0, 1.0, 1.0), 1.2)
    reach = int(canvas.unit * 0.07 * size)
    line = np.exp(-np.abs(np.arange(-reach, reach + 1, dtype=np.float32)) / (reach * 0.22))
    thick = np.exp(-((np.arange(-2, 3, dtype=np.float32) / max(0.8, canvas.unit / 1100)) ** 2))
    top, left = int(y * canvas.height), int(x * canvas.width)
    canvas.shine(tone, (thick[:, None] * line[None, :] * 0.9).astype(np.float32), top=top - 2, left=left - reach)
    canvas.shine(tone, (line[:, None] * thick[None, :] * 0.9).astype(np.float32), top=top - reach, left=left - 2)


def _galaxy(canvas: Canvas, dice: Dice, tones: list[Colour]) -> None:
    """A spiral of two arms, seen at an angle, with dust lanes and knots."""
    rows, columns = max(8, canvas.height // 2), max(8, canvas.width // 2)
    unit = min(rows, columns)
    turn, tilt = dice.between(0, 3.1416), dice.between(0.4, 0.62)
    x = (np.arange(columns, dtype=np.float32) - columns * 0.5)[None, :] / unit * np.float32(0.62)
    y = (np.arange(rows, dtype=np.float32) - rows * 0.5)[:, None] / unit * np.float32(0.62)
    u = x * np.float32(np.cos(turn)) + y * np.float32(np.sin(turn))
    v = (y * np.float32(np.cos(turn)) - x * np.float32(np.sin(turn))) / np.float32(tilt)
    far = np.sqrt(u * u + v * v) + 1e-4
    around = np.arctan2(v, u)
    sheet = tile(dice.fork("stars"), 256, cells=8, octaves=5, gain=0.66)
    knots = sample(sheet, u * 1.5, v * 1.5)
    wind = around * 2.0 - np.log(far * 9.0 + 0.05) * 4.4 + (knots - 0.5) * 1.7
    arms = (0.5 + 0.5 * np.cos(wind)) ** 2.2
    disc = np.exp(-far * 6.2) * 2.2
    light = arms * disc * (0.45 + 1.1 * knots) + np.exp(-far * 26.0) * 1.6 + disc * 0.14
    lanes = smoothstep(0.5, 0.9, 0.5 + 0.5 * np.cos(wind + 0.9)) * smoothstep(0.03, 0.12, far) * disc
    hue = np.clip(far * 3.2 + (knots - 0.5) * 0.6, 0, 1)
    paint = ramp(
        hue,
        (
            (0.0, (1.0, 0.93, 0.78)),
            (0.3, mix(tones[4], (1, 0.85, 0.7), 0.4)),
            (0.65, mix(tones[3], (0.75, 0.82, 1.0), 0.5)),
            (1.0, mix(tones[2], (0.6, 0.7, 1.0), 0.5)),
        ),
    )
    canvas.pixels *= 1.0 - resize(np.clip(lanes * 0.5, 0, 0.6).astype(np.float32), canvas.height, canvas.width, smooth=False)[..., None]
    glow = resize((paint * np.clip(light, 0, 1.6)[..., None]).astype(np.float32), canvas.height, canvas.width, smooth=False)
    canvas.pixels += glow * np.clip(1.2 - canvas.pixels, 0, 1)
    spots = dice.numbers(900, 3)
    angle, reach = spots[:, 0] * 6.2832, spots[:, 1] ** 0.7 * 0.6
    px = reach * np.cos(angle)
    py = reach * np.sin(angle) * tilt
    across = (px * np.cos(turn) - py * np.sin(turn)) * canvas.unit + canvas.width / 2
    down = (px * np.sin(turn) + py * np.cos(turn)) * canvas.unit + canvas.height / 2
    inside = (across >= 0) & (across < canvas.width) & (down >= 0) & (down < canvas.height)
    canvas.pixels[down[inside].astype(np.int32), across[inside].astype(np.int32)] += (spots[inside, 2] ** 3 * 0.9)[:, None]


def _planets(canvas: Canvas, scene: Scene, dice: Dice, tones: list[Colour]) -> None:
    big = dice.between(0.2, 0.3)
    x = dice.pick((0.3, 0.36, 0.66, 0.7))
    y = dice.between(0.36, 0.62)
    sun = (-0.62 if x > 0.5 else 0.62, -0.42)  # the middle
    kinds = (
        ("c9a27a", "8a5a3a", "f0dcc0"),
        ("3a6aa0", "1f3f6a", "cfe4f0"),
        ("7a4a8a", "3a2a5a", "e0b8e0"),
        ("4a9a8a", "1f5a5a", "e4f0d8"),
        ("b8563a", "6a2a20", "f0b890"),
    )
    kind = dice.pick(kinds)
    base = [colour(text) for text in kind]
    if scene.tints:
        base = [scene.tints[0], scale(scene.tints[0], 0.5), mix(scene.tints[-1], (1, 1, 1), 0.5)]
    rings = "saturn" in scene.essence or "ring" in scene.essence or dice.chance(0.5)
    _planet(canvas, dice.fork("big"), x, y, big, base, sun, mix(tones[3], (1, 1, 1), 0.4), banded=rings or dice.chance(0.4), rings=rings)
    for k in range(dice.integer(1, 2)):
        own = dice.fork(f"moon {k}")
        small = own.between(0.016, 0.05)
        _planet(
            canvas,
            own,
            own.between(0.1, 0.9),
            own.between(0.1, 0.9),
            small,
            [colour("b8b0a8"), colour("6a6460"), colour("d8d4d0")],
            sun,
            (0.8, 0.8, 0.9),
            banded=False,
            rings=False,
        )


def _planet(
    canvas: Canvas,
    dice: Dice,
    x: float,
    y: float,
    radius: float,
    base: list[Colour],
    sun: tuple[float, float],
    air: Colour,
    *,
    banded: bool,
    rings: bool,
) -> None:
    """A lit ball with its own weather, an atmosphere at the rim, and rings before and behind it."""
    reach = 2.5 if rings else 1.3
    side = int(radius * canvas.unit * reach * 2)
    if side < 6:  # a point of light
        return
    span = (np.arange(side, dtype=np.float32) - side / 2 + 0.5) / (radius * canvas.unit)
    u, v = np.broadcast_to(span[None, :], (side, side)), np.broadcast_to(span[:, None], (side, side))
    top, left = int(y * canvas.height - side / 2), int(x * canvas.width - side / 2)
    pixel = 1.0 / (radius * canvas.unit)
    far = np.sqrt(u * u + v * v)
    ball = np.clip((1.0 - far) / pixel + 0.5, 0, 1)
    tilt = 0.38
    leaning_u, leaning_v = (
        u * np.float32(np.cos(tilt)) + v * np.float32(np.sin(tilt)),
        v * np.float32(np.cos(tilt)) - u * np.float32(np.sin(tilt)),
    )
    band = np.zeros((0, 0), np.float32)
    ring = np.zeros_like(far)
    if rings:
        flat = np.sqrt(leaning_u**2 + (leaning_v / 0.27) ** 2)
        grooves = cloudy(dice.fork("rings"), 4, 512, cells=34, octaves=4, gain=0.7)[0]
        band = np.asarray(np.interp(flat, np.linspace(1.2, 2.3, 512), grooves), np.float32)
        ring = (
            smoothstep(1.32, 1.38, flat)
            * smoothstep(2.22, 2.12, flat)
            * (0.25 + 0.85 * band)
            * (1.0 - 0.85 * np.exp(-(((flat - 1.86) / 0.035) ** 2)))
        ).astype(np.float32)
        tone = ramp(band, ((0.0, scale(base[1], 0.8)), (0.6, base[2]), (1.0, (1, 0.97, 0.92))))
        shadow = 1.0 - 0.8 * smoothstep(1.0, 0.85, np.abs(u * sun[1] - v * sun[0])) * ((u * sun[0] + v * sun[1]) < 0)
        canvas.cover(tone * shadow[..., None].astype(np.float32), ring * (leaning_v < 0) * 0.92, top=top, left=left)
    depth = np.sqrt(np.clip(1.0 - far * far, 0, 1))
    sheet = tile(dice.fork("face"), 256, cells=4, octaves=6, gain=0.56)
    swirl = sample(sheet, leaning_u * 0.25 / (depth + 0.4) + 0.5, leaning_v * 0.25 / (depth + 0.4))
    belts = sample(sheet, leaning_u * 0.05 + (swirl - 0.5) * 0.1, leaning_v * 0.62 + (swirl - 0.5) * 0.12)
    marks = belts if banded else swirl
    face = ramp(
        np.clip((marks - 0.5) * 1.9 + 0.5, 0, 1), ((0.0, base[1]), (0.5, base[0]), (0.78, base[2]), (1.0, mix(base[2], (1, 1, 1), 0.5)))
    )
    facing = u * sun[0] + v * sun[1] + depth * 0.5
    light = smoothstep(-0.12, 0.85, facing)
    face = face * (0.02 + 1.08 * light)[..., None]
    rim = np.clip(1.0 - depth, 0, 1) ** 2.6 * light
    face += rim[..., None] * np.asarray(air, np.float32) * 0.85
    canvas.cover(face.astype(np.float32), ball, top=top, left=left)
    halo = (
        np.exp(-np.clip(far - 1.0, 0, None) * 15.0) * (far > 1.0) * smoothstep(-0.3, 0.9, (u * sun[0] + v * sun[1]) / np.maximum(far, 0.1))
    )
    canvas.shine(air, (halo * 0.55).astype(np.float32), top=top, left=left)
    if rings:
        tone = ramp(band, ((0.0, scale(base[1], 0.8)), (0.6, base[2]), (1.0, (1, 0.97, 0.92))))
        canvas.cover(tone, ring * (leaning_v >= 0) * 0.94, top=top, left=left)
