"""The city: a street between lit fronts, or a skyline over water."""

from dataclasses import replace

import numpy as np

from adapters.providers.sketch.canvas import Canvas, Colour, colour, mix, ramp, scale
from adapters.providers.sketch.figures import figure
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, cloudy, profile, resize, sample, smoothstep, tile
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.shapes import draw_figure, place
from adapters.providers.sketch.water import glitter, mirror
from adapters.providers.sketch.weather import paint_ground_shadow

_NEON: tuple[str, ...] = ("ff3d7f", "19d3ff", "ffb02e", "8f5bff", "39ffb6", "ff5a36")


def paint_street(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> None:
    """A street seen from its middle: every column of the picture meets one of two rows of houses, each with its own height and windows."""
    focal = 0.92 * canvas.unit
    middle = dice.between(0.42, 0.58)
    columns = (np.arange(canvas.width, dtype=np.float32) + 0.5 - middle * canvas.width) / focal
    columns = np.where(np.abs(columns) < 1e-3, 1e-3, columns)
    wide = 5.6
    distance = np.minimum(wide / np.abs(columns), 150.0)
    side = (columns > 0).astype(np.int32)
    front = 6.0
    house = np.floor(distance / front).astype(np.int32)
    seeds = dice.fork("houses").numbers(2, 64, 6)
    facts = seeds[side, np.minimum(house, 63)]
    lit = light.night or scene.time == "dusk"
    _far_towers(canvas, light, dice.fork("far"), horizon, middle, lit=lit)
    eye = 1.7
    rows = np.arange(canvas.height, dtype=np.float32)[:, None] + 0.5
    level = eye + (horizon * canvas.height - rows) / focal * distance[None, :]
    tall = 7.0 + 26.0 * facts[:, 0] ** 1.4
    cover = np.clip((tall[None, :] - level) * focal / distance[None, :] + 0.5, 0, 1) * np.clip(
        level * focal / distance[None, :] + 0.5, 0, 1
    )
    tone = _fronts(light, level, distance, facts, tall, dice.fork("windows"), lit=lit)
    fog = 1.0 - np.exp(-distance / 62.0 * light.haziness * (0.75 if lit else 1.0))
    air = mix(light.haze, light.sky[3], 0.3)
    tone += (np.asarray(air, np.float32) - tone) * fog[None, :, None]
    canvas.cover(tone.astype(np.float32), cover.astype(np.float32))
    canvas.reached(0.4)
    if not scene.lacks("neon") and lit:
        _signs(canvas, dice.fork("signs"), horizon, middle, focal, wide, dense=scene.has("neon"))
    _ground(canvas, scene, light, dice.fork("ground"), horizon, distance, focal, eye, lit=lit)
    canvas.reached(0.55)
    if not scene.lacks("people") and not scene.subjects:
        _passers(canvas, scene, light, dice.fork("passers"), horizon, middle, focal, eye)
    if lit:
        _traffic(canvas, dice.fork("traffic"), horizon, middle, focal, eye, wide)


def _fronts(light: Light, level: Field, distance: Field, facts: Field, tall: Field, dice: Dice, *, lit: bool) -> Field:
    palette = [colour(text) for text in ("7a5a4a", "6a6f78", "8a7a66", "54606c", "9a8a78", "5c4a52")]
    base = np.asarray(palette, np.float32)[(facts[:, 1] * 5.99).astype(np.int32)]
    toward = np.where((light.x > 0.5) == (np.arange(len(distance)) < len(distance) / 2), 1.0, 0.45).astype(np.float32)  # the middle
    shade = np.asarray(light.shade, np.float32) * (0.62 if lit else 0.75)
    sun = np.asarray(light.sun, np.float32) * (0.16 if lit else 0.62)
    wall = base * (shade + sun * toward[:, None])
    floors = 2.9 + facts[:, 2] * 0.9
    across = 1.25 + facts[:, 3] * 1.1
    row, column = level / floors[None, :], np.broadcast_to((distance / across)[None, :], level.shape)
    v, u = row - np.floor(row), column - np.floor(column)
    pane_u = 0.2 + 0.14 * facts[None, :, 4]
    # A far window is narrower than a pixel: its edges soften with its size.
    soft = np.clip(distance / 260.0, 0.03, 0.3)[None, :]
    pane = (
        np.clip((u - pane_u) / soft + 0.5, 0, 1)
        * np.clip((1 - pane_u - u) / soft + 0.5, 0, 1)
        * np.clip((v - 0.24) / soft + 0.5, 0, 1)
        * np.clip((0.82 - v) / soft + 0.5, 0, 1)
    )
    pane *= (level < tall[None, :] - 0.9) & (level > floors[None, :] * 0.99)
    chances = dice.numbers(64, 64)
    hues = dice.numbers(64, 64)
    cell = (np.floor(row).astype(np.int32) % 64, (np.floor(column).astype(np.int32) + (facts[None, :, 5] * 64).astype(np.int32)) % 64)
    chance, hue = chances[cell], hues[cell]
    tone = np.broadcast_to(wall[None], (*level.shape, 3)).copy()
    tone *= (0.82 + 0.2 * np.clip(level / np.maximum(tall, 1.0)[None, :], 0, 1))[..., None]
    ledge = np.clip(1.0 - np.abs(v - 0.04) / (soft + 0.03), 0, 1) * 0.22
    tone *= (1.0 - ledge)[..., None]
    bar = np.clip(1.0 - np.minimum(np.abs(u - 0.5), np.abs(v - 0.56) * 1.6) / (0.02 + soft * 0.5), 0, 1) * np.clip(1.2 - soft * 6.0, 0, 1)
    if lit:
        # The street lights its fronts from below.
        up = np.exp(-np.clip(level, 0, 40) / 5.0) * 0.26 + 0.02
        tone += base[None] * (up[..., None] * np.asarray((1.0, 0.72, 0.46), np.float32))
        glow = ramp(
            hue,
            ((0.0, (1.0, 0.68, 0.32)), (0.55, (1.0, 0.82, 0.52)), (0.78, (0.85, 0.9, 1.0)), (0.9, (0.5, 0.8, 1.0)), (1.0, (1.0, 0.5, 0.6))),
        )
        on = np.where(chance < 0.3 + 0.4 * facts[None, :, 2], 0.45 + 0.7 * chances[cell[1], cell[0]], 0.07)
        # Curtains at the sides, a lamp in the upper half.
        drawn = 0.62 + 0.38 * np.clip((0.5 - np.abs(u - 0.5) - pane_u) * 9.0, 0, 1)
        lamp = 0.72 + 0.5 * np.exp(-(((u - 0.3 - 0.4 * hue) / 0.22) ** 2) - ((v - 0.66) / 0.2) ** 2)
        tone += (glow * (on * drawn * lamp * (1.0 - 0.6 * bar))[..., None] - tone) * pane[..., None]
    else:
        glass = np.asarray(mix(light.sky[1], light.sky[3], 0.3), np.float32) * (0.45 + 0.5 * chance)[..., None]
        tone += (glass - tone) * (pane * 0.85)[..., None]
    _shops(tone, level, distance, facts, dice.fork("shops"), lit=lit)
    return tone.astype(np.float32)


def _shops(tone: Field, level: Field, distance: Field, facts: Field, dice: Dice, *, lit: bool) -> None:
    """The ground floor: each shop has its own width, light, door, shelves and an awning's dark edge."""
    own = dice.numbers(64, 64, 4)
    part = distance / 2.4
    index = (np.floor(part).astype(np.int32) % 64, (facts[:, 5] * 63).astype(np.int32))
    shop = own[index]
    inner = part - np.floor(part)
    glass = np.clip((inner - 0.07) * 14, 0, 1) * np.clip((0.93 - inner) * 14, 0, 1)
    door = (np.abs(inner - 0.2 - 0.6 * shop[:, 3]) < 0.09).astype(np.float32)
    tall = 2.5 + 0.5 * shop[:, 1]
    pane = np.clip((tall[None, :] - level) / 0.12, 0, 1) * np.clip((level - 0.5 + 0.5 * door[None, :]) / 0.1, 0, 1) * glass[None, :]
    shelves = 0.62 + 0.38 * np.clip(np.sin(level * 9.0 + shop[None, :, 2] * 6.0) * 1.4 + 0.5, 0, 1)
    shelf = tile(dice.fork("goods"), 128, cells=18, octaves=3, gain=0.7)
    goods = np.clip((sample(shelf, np.broadcast_to(distance[None, :] * 0.16, level.shape), level * 0.21) - 0.5) * 2.4 + 0.45, 0, 1)
    bars = np.clip(np.abs((inner * 3.0) % 1.0 - 0.5) * 26.0 - 12.0, 0, 1)[None, :]
    if lit:
        hues = ramp(shop[:, 0], ((0.0, (1.0, 0.74, 0.4)), (0.5, (1.0, 0.86, 0.6)), (0.75, (0.7, 0.92, 1.0)), (1.0, (1.0, 0.55, 0.62))))
        open_now = np.where(shop[:, 2] < 0.68, 0.55 + 0.45 * shop[:, 1], 0.1)  # two shops in three are open
        fade = 0.45 + 0.55 * np.clip(level / 2.6, 0, 1)
        light = hues[None] * (open_now[None, :] * shelves * fade * (0.55 + 0.6 * goods))[..., None]
    else:
        light = np.asarray((0.2, 0.24, 0.28), np.float32) * (0.5 + 0.8 * goods)[..., None]
    tone += (light - tone) * (pane * (1.0 - 0.7 * bars) * 0.94)[..., None]
    awning = np.clip((level - tall[None, :] + 0.1) / 0.08, 0, 1) * np.clip((tall[None, :] + 0.42 - level) / 0.08, 0, 1)
    cloth = np.asarray([colour(text) for text in ("8a2f2f", "2f5a4a", "33406a", "7a5a2f")], np.float32)[
        (shop[:, 3] * 3.99).astype(np.int32)
    ]
    tone += (cloth[None] * (0.55 if lit else 0.9) - tone) * (awning * 0.9)[..., None]


def _far_towers(canvas: Canvas, light: Light, dice: Dice, horizon: float, middle: float, *, lit: bool) -> None:
    for k in range(3):
        own = dice.fork(str(k))
        count = 16 + 6 * k
        heights = own.numbers(count)
        index = np.minimum((np.arange(canvas.width) / canvas.width * count + own.between(0, 1)).astype(np.int32), count - 1)
        near = np.exp(-((((np.arange(canvas.width) / canvas.width) - middle) / 0.3) ** 2))
        top = horizon - (0.08 + 0.2 * heights[index] ** 2) * (0.6 + 0.6 * near) * (1.2 - 0.2 * k)
        mask = np.clip((canvas.rows - top[None, :]) * canvas.height + 0.5, 0, 1) * (canvas.rows < horizon + 0.02)
        tone = mix(scale(light.shade, 0.32), light.haze, 0.72 - 0.2 * k)
        canvas.cover(tone, mask.astype(np.float32))
        if lit:
            grid = own.numbers(64, 192) > 0.7  # three windows in ten are lit
            y = (canvas.rows * canvas.height / canvas.unit * 190).astype(np.int32)
            x = (canvas.columns * canvas.width / canvas.unit * 150).astype(np.int32)
            lamps = grid[(y // 2) % 64, x % 192] * ((y % 2) == 0)
            canvas.shine((1.0, 0.82, 0.55), (mask * lamps * 0.32).astype(np.float32))


def _signs(canvas: Canvas, dice: Dice, horizon: float, middle: float, focal: float, wide: float, *, dense: bool) -> None:
    for k in range(22 if dense else 13):
        own = dice.fork(str(k))
        side = 1 if k % 2 else -1
        distance = 7.0 * 6.5 ** own.between(0.0, 1.0)
        x = middle + side * (wide - 0.7) / distance * focal / canvas.width
        base = own.between(3.6, 8.5)
        tall, across = own.between(1.2, 4.2), own.between(0.5, 0.95)
        top = horizon * canvas.height - (base + tall - 1.7) / distance * focal
        high, broad = max(3, int(tall / distance * focal)), max(2, int(across / distance * focal))
        tone = colour(own.pick(_NEON))
        left = int(x * canvas.width - broad / 2)
        canvas.cover(scale(tone, 0.16), np.full((high, broad), 0.92, np.float32), top=int(top), left=left)
        rows = np.arange(high, dtype=np.float32)[:, None] / high
        marks = np.repeat(own.numbers(max(2, int(tall * 2.2)), 4), max(1, high // max(2, int(tall * 2.2))), axis=0)[:high]
        glyphs = resize(marks, high, broad, smooth=False) if high > 5 and broad > 3 else np.full((high, broad), 0.6, np.float32)
        inner = (smoothstep(0.02, 0.08, rows) * smoothstep(0.98, 0.92, rows)) * np.ones((1, broad), np.float32)
        inner[:, : max(1, broad // 7)] *= 0.5
        inner[:, -max(1, broad // 7) :] *= 0.5
        canvas.cover(mix(tone, (1, 1, 1), 0.35), np.clip(smoothstep(0.45, 0.62, glyphs) * inner, 0, 1), top=int(top), left=left)
        edge = np.zeros((high, broad), np.float32)
        edge[[0, -1], :] = 0.9
        edge[:, [0, -1]] = 0.9
        canvas.cover(tone, edge, top=int(top), left=left)
        canvas.glow(x, (top + high / 2) / canvas.height, 0.015 + 0.55 / distance, tone, 0.62)


def _ground(
    canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float, distance: Field, focal: float, eye: float, *, lit: bool
) -> None:
    wet = scene.has("rain", "storm", "snow") or lit
    shore = horizon * canvas.height + eye / distance * focal
    rows = np.arange(canvas.height, dtype=np.float32)[:, None] + 0.5
    mask = np.clip(rows - shore[None, :] + 0.5, 0, 1).astype(np.float32)
    asphalt = mix(scale(light.shade, 0.34), (0.1, 0.1, 0.12), 0.5) if lit else mix(scale(light.shade, 0.6), (0.42, 0.41, 0.4), 0.5)
    canvas.cover(asphalt, mask)
    if wet:
        rain = scene.has("rain", "storm")
        mirror(canvas, mask, shore, light, dice, rough=1.7 if rain else 1.1, depth=asphalt, dim=0.98 if rain else 0.72, drawn_out=1.25)
    patch = resize(
        cloudy(dice, canvas.height // 2, canvas.width // 2, cells=30, octaves=4, gain=0.7, stretch=4.0),
        canvas.height,
        canvas.width,
        smooth=False,
    )
    canvas.pixels *= (1.0 - mask * (0.05 + 0.22 * patch))[..., None]
    if not lit:
        # Kerbs, and the line in the middle of the street.
        z = eye * focal / np.maximum(rows - horizon * canvas.height, 0.5)
        x = (canvas.columns * canvas.width - 0.5 * canvas.width) / focal * z
        kerb = np.exp(-(((np.abs(x) - 3.6) / 0.12) ** 2)) * 0.35 + smoothstep(3.6, 3.7, np.abs(x)) * 0.14
        canvas.shine((0.9, 0.88, 0.84), (mask * kerb).astype(np.float32))
        canvas.shine((1.0, 0.97, 0.9), (mask * np.exp(-((x / 0.08) ** 2)) * ((z % 4.0) < 2.2) * 0.5).astype(np.float32))


def _passers(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float, middle: float, focal: float, eye: float) -> None:
    """People on the pavements, under umbrellas when it rains, the far ones first."""
    thing = figure("umbrella" if scene.has("rain", "storm", "snow") else "person")
    for k in range(6):
        own = dice.fork(str(k))
        distance = 34.0 * 0.68**k * own.between(0.92, 1.08)
        x = middle + own.pick((-1, 1)) * own.between(2.6, 3.9) / distance * focal / canvas.width
        high = (2.15 if scene.has("rain", "storm", "snow") else 1.8) / distance * focal
        foot = horizon * canvas.height + eye / distance * focal
        if high < 8 or not -0.1 < x < 1.1:
            continue
        tone = colour(own.pick(("b8323a", "d8a030", "2f6f8f", "6a4a8a", "2a2d36", "3f7a5a")))
        sprite = draw_figure(thing, high, replace(light, sun=scale(light.sun, 0.8)), own, tone=tone, flip=own.chance(0.5))
        paint_ground_shadow(canvas, x, foot, high * 0.5, strength=0.5, lean=0.0)
        place(canvas, sprite, x, foot, light, haze=min(0.5, distance / 80.0), rim=0.5)


def _traffic(canvas: Canvas, dice: Dice, horizon: float, middle: float, focal: float, eye: float, wide: float) -> None:
    """Lamps along the kerb, head and tail lights, and the light at the end of the street, each with its streak on the wet ground."""
    canvas.glow(middle, horizon - 0.01, 0.16, (1.0, 0.7, 0.42), 0.6)
    for k in range(7):
        distance = 60.0 * 0.72**k
        for side in (-1, 1):
            x = middle + side * (wide - 1.6) / distance * focal / canvas.width
            y = horizon - (4.6 - eye) / distance * focal / canvas.height
            canvas.glow(x, y, 0.05 / distance + 0.003, (1.0, 0.9, 0.66), 1.0)
            canvas.glow(x, y, 0.5 / distance + 0.01, (1.0, 0.74, 0.4), 0.42)
            _streak(canvas, x, horizon + eye / distance * focal / canvas.height, 0.5 / distance, (1.0, 0.78, 0.48), 0.4)
    for k in range(8):
        own = dice.fork(str(k))
        distance = 8.0 * 7.0 ** (1 - k / 7) * own.between(0.9, 1.1)
        coming = k % 2 == 0
        lane = (-1.3 if coming else 1.5) + own.between(-0.35, 0.35)
        tone: Colour = (1.0, 0.95, 0.84) if coming else (1.0, 0.14, 0.1)
        y = horizon + (eye - 0.7) / distance * focal / canvas.height
        for wheel in (-0.55, 0.55):
            x = middle + (lane + wheel) / distance * focal / canvas.width
            canvas.glow(x, y, 0.07 / distance + 0.0025, tone, 1.0)
            canvas.glow(x, y, 0.34 / distance + 0.006, tone, 0.34)
            _streak(canvas, x, horizon + eye / distance * focal / canvas.height, 0.3 / distance, tone, 0.5)


def _streak(canvas: Canvas, x: float, y: float, wide: float, tone: Colour, amount: float) -> None:
    """A reflection drawn out towards us."""
    high, across = int((0.05 + wide * 1.6) * canvas.unit), max(3, int((wide * 0.5 + 0.006) * canvas.unit))
    v = np.linspace(0, 1, max(2, high), dtype=np.float32)[:, None]
    u = np.linspace(-1, 1, across, dtype=np.float32)[None, :]
    broken = 0.7 + 0.3 * np.sin(v * high * 0.55 + x * 40.0)
    light = np.exp(-(u**2) * 3.0) * (1.0 - v) ** 1.4 * broken * amount
    canvas.shine(tone, light, top=int(y * canvas.height), left=int(x * canvas.width - across / 2))


def paint_skyline(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> None:
    """Towers in rows of fading distance, and the water before them."""
    lit = light.night or scene.time == "dusk"
    if lit:
        canvas.glow(0.5, horizon, 0.6, mix((1.0, 0.72, 0.45), light.haze, 0.4), 0.4)
    rows = 4
    for k in range(rows):
        part = k / (rows - 1)
        _row_of_towers(canvas, light, dice.fork(str(k)), horizon + 0.004 * k, part, lit=lit)
        canvas.reached(0.3 + 0.06 * k)
    mask = np.broadcast_to(np.clip((canvas.rows - horizon - 0.014) * canvas.height, 0, 1), (canvas.height, canvas.width)).astype(np.float32)
    shore = np.full(canvas.width, (horizon + 0.014) * canvas.height, np.float32)
    mirror(canvas, mask, shore, light, dice.fork("water"), rough=1.5, depth=scale(light.sky[0], 0.6), dim=0.9, drawn_out=1.15)
    if not lit:
        glitter(canvas, mask, light, dice.fork("path"), horizon, amount=0.7)


def _row_of_towers(canvas: Canvas, light: Light, dice: Dice, base: float, part: float, *, lit: bool) -> None:
    """One row: boxes of own width and height, some with a spire or a set-back top."""
    width, unit = canvas.width, canvas.unit
    top = np.full(width, base, np.float32)
    name = np.zeros(width, np.int32)
    bend = profile(dice, 64, cells=3, octaves=2)
    x, k = -dice.between(0, 0.05), 0
    while x < 1.0:
        wide = dice.between(0.025, 0.07) * (0.8 + 0.5 * part) / canvas.aspect
        swell = float(bend[min(63, max(0, int(x * 63)))])
        tall = (0.05 + 0.34 * swell * dice.between(0.25, 1.0) ** 1.3) * (1.05 - 0.42 * part) * min(1.0, canvas.unit / canvas.height + 0.3)
        a, b = int(max(0, x * width)), int(min(width, (x + wide) * width))
        top[a:b] = base - tall
        name[a:b] = k
        if dice.chance(0.4) and b - a > 6:  # wide enough for a set-back
            c = (b - a) // 4
            top[a + c : b - c] = base - tall * dice.between(1.06, 1.2)
        if dice.chance(0.22) and b - a > 8:  # wide enough for a spire
            m = (a + b) // 2
            top[m : m + max(1, int(unit / 500))] = base - tall * dice.between(1.25, 1.5)
        x += wide * dice.between(0.86, 1.15)
        k += 1
    first = max(0, int((float(top.min()) - 0.01) * canvas.height))
    rows = canvas.rows[first:]
    mask = np.clip((rows - top[None, :]) * canvas.height + 0.5, 0, 1) * np.clip((base + 0.012 - rows) * canvas.height, 0, 1)
    shares = dice.numbers(512, 4)
    own = shares[name % 512]
    dim = 0.2 if lit else 0.55
    body = mix(scale(light.shade, dim), light.haze, 0.66 - 0.6 * part)
    tone = np.broadcast_to(np.asarray(body, np.float32), (*mask.shape, 3)) * (0.86 + 0.28 * own[None, :, 0])[..., None]
    side = np.where(np.arange(width) / width < light.x, 1.0, 0.0)
    if not lit:
        tone = tone + np.asarray(light.sun, np.float32) * (0.16 * side * own[:, 1])[None, :, None]
    canvas.cover(tone.astype(np.float32), mask.astype(np.float32), top=first)
    pitch = max(3.0, unit / 150 * (0.75 + 0.5 * part))
    v = (np.arange(first, canvas.height, dtype=np.float32) / pitch)[:, None]
    u = np.arange(width, dtype=np.float32)[None, :] / (pitch * 0.72)
    grid = dice.numbers(128, 256)
    cell = grid[v.astype(np.int32) % 128, (u.astype(np.int32) + name[None, :] * 7) % 256]
    pane = ((v % 1.0) < 0.55) & ((u % 1.0) < 0.62)
    inside = (rows > top[None, :] + 0.008) & (rows < base)
    if lit:
        on = (cell < 0.16 + 0.4 * own[None, :, 2]) & pane & inside
        level = (on * (0.35 + 0.75 * grid.T[(u.astype(np.int32) % 256), v.astype(np.int32) % 128])).astype(np.float32)
        cool = own[None, :, 3] > 0.72  # a quarter of the towers have cool light
        warm = (1.0, 0.8, 0.5)
        canvas.shine(warm, np.where(cool, 0, level * (0.35 + 0.6 * part)).astype(np.float32), top=first)
        canvas.shine((0.72, 0.87, 1.0), np.where(cool, level * (0.35 + 0.6 * part), 0).astype(np.float32), top=first)
    else:
        canvas.cover(
            mix(light.sky[2], light.sky[1], 0.5),
            (mask * pane * inside * (0.12 + 0.3 * cell) * (0.3 + 0.6 * part)).astype(np.float32),
            top=first,
        )
