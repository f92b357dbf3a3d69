"""The sky: its gradient, sun or moon, stars, clouds, aurora and lightning."""

import numpy as np
from PIL import Image, ImageDraw

from adapters.providers.sketch.canvas import Canvas, Colour, mix, ramp, scale
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, blur, cloudy, profile, resize, sample, shift, smoothstep, tile
from adapters.providers.sketch.scene import Scene


def paint_sky(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> None:
    """Fill the canvas with sky down to the horizon (a share of the height), and the horizon's colour below it."""
    gradient = np.clip(canvas.rows / max(horizon, 0.05), 0.0, 1.0) ** 0.9
    zenith, upper, lower, edge = light.sky
    column = ramp(gradient, ((0.0, zenith), (0.38, upper), (0.74, lower), (1.0, edge)))
    canvas.pixels[:] = np.broadcast_to(column, canvas.pixels.shape)
    sun_y = horizon * (1.0 - light.height * 0.86)
    if light.stars > 0:
        paint_stars(canvas, dice.fork("stars"), light.stars, horizon)
    hidden = scene.has("storm", "rain", "overcast") or light.overcast > 0.9
    if not light.night:
        _warm(canvas, light, sun_y, 0.5 if hidden else 1.0)
    if scene.has("aurora") and not scene.lacks("aurora"):
        _aurora(canvas, dice.fork("aurora"), horizon)
    orb = "moon" if light.night else "sun"
    if not hidden and light.height > -0.02 and not scene.lacks(orb):
        _orb(canvas, light, dice.fork("moon"), sun_y)
    if light.overcast > 0.02:
        _clouds(canvas, light, dice.fork("clouds"), horizon, sun_y, storm=scene.has("storm"))
    if scene.has("storm") and not scene.lacks("lightning"):
        _lightning(canvas, dice.fork("lightning"), horizon)


def paint_stars(canvas: Canvas, dice: Dice, amount: float, horizon: float = 1.0) -> None:
    """Stars of many sizes and warmths, fewer towards the horizon, the brightest with a small cross of light."""
    count = int(1100 * amount * canvas.aspect**0.5)
    where = dice.numbers(count, 4)
    columns = np.minimum((where[:, 0] * canvas.width).astype(np.int32), canvas.width - 1)
    rows = np.minimum((where[:, 1] ** 1.25 * horizon * canvas.height).astype(np.int32), canvas.height - 1)
    size = where[:, 2] ** 9
    warmth = where[:, 3]
    fade = 1.0 - smoothstep(0.55, 1.0, rows / (horizon * canvas.height + 1.0))
    level = (0.16 + 0.84 * size) * fade * amount
    tones = np.stack([0.82 + 0.18 * warmth, 0.88 + 0.08 * warmth, 1.0 - 0.2 * warmth], axis=1).astype(np.float32)
    np.maximum.at(canvas.pixels, (rows, columns), canvas.pixels[rows, columns] + tones * level[:, None])
    near = max(1, round(canvas.unit / 900))
    for i in np.flatnonzero(size > 0.42):
        bright = float(level[i])
        x, y = (float(columns[i]) + 0.5) / canvas.width, (float(rows[i]) + 0.5) / canvas.height
        canvas.glow(x, y, 0.0022 + 0.002 * float(size[i]), (0.9, 0.93, 1.0), bright * 0.9)
        reach = near * 3
        for dy, dx in ((0, 1), (1, 0)):
            for step in range(-reach, reach + 1):
                row, column = int(rows[i]) + dy * step, int(columns[i]) + dx * step
                if 0 <= row < canvas.height and 0 <= column < canvas.width:
                    canvas.pixels[row, column] += np.float32(bright * 0.35 * (1 - abs(step) / (reach + 1)))


def _warm(canvas: Canvas, light: Light, sun_y: float, amount: float) -> None:
    """The air around the sun, wide and narrow."""
    low = 1.0 - min(1.0, max(0.0, light.height))
    canvas.glow(light.x, sun_y, 0.55 * light.glow, light.sun, 0.62 * amount * (0.45 + 0.55 * low))
    canvas.glow(light.x, sun_y, 0.2 * light.glow, light.disc, (0.6 + 0.3 * (1.0 - low)) * amount)


def _orb(canvas: Canvas, light: Light, dice: Dice, sun_y: float) -> None:
    radius = (0.05 if light.night else 0.034) * dice.between(0.85, 1.3) * (1.25 if not light.night and light.height < 0.2 else 1.0)
    if light.night:
        canvas.glow(light.x, sun_y, radius * 5.0, mix(light.sun, light.disc, 0.3), 0.5)
        canvas.glow(light.x, sun_y, radius * 1.6, light.disc, 0.35)
    else:
        canvas.glow(light.x, sun_y, radius * 2.2, light.disc, 1.0)
    size = int(radius * canvas.unit * 2) + 4
    left, top = int(light.x * canvas.width) - size // 2, int(sun_y * canvas.height) - size // 2
    span = (np.arange(size, dtype=np.float32) - size / 2 + 0.5) / (radius * canvas.unit)
    distance = np.sqrt(span[None, :] ** 2 + span[:, None] ** 2)
    edge = (
        1.4 / (radius * canvas.unit) if light.night or light.height < 0.3 else 0.45
    )  # a low sun and the moon have an edge, a high sun dazzles
    disc = smoothstep(1.0 + edge, 1.0 - edge, distance)
    if light.night:
        seas = smoothstep(0.46, 0.68, cloudy(dice, size, size, cells=3.2, octaves=4))
        level = (1.02 - 0.2 * seas) * (1.0 - 0.1 * distance**3)
        canvas.cover(np.asarray(light.disc, np.float32) * level[..., None], disc, top=top, left=left)
    else:
        canvas.cover(scale(light.disc, 1.35), disc, top=top, left=left)


def _clouds(canvas: Canvas, light: Light, dice: Dice, horizon: float, sun_y: float, *, storm: bool) -> None:
    """Clouds on a ceiling that recedes to the horizon, lit from the sun's side, dark below; computed at half size."""
    rows = max(8, int(canvas.height * min(1.0, horizon) / 2))
    columns = max(8, canvas.width // 2)
    away = (np.arange(rows, dtype=np.float32)[::-1] + 0.5) / rows  # 1 overhead, 0 at the horizon
    near = 0.16 + away
    plane_x = (np.arange(columns, dtype=np.float32) / columns - 0.5)[None, :] / near[:, None] * canvas.aspect
    plane_y = np.broadcast_to((1.0 / near)[:, None], (rows, columns))
    side = 512
    from_noise = dice.fork("cloud tile")
    sheet = _tile_of_cloud(from_noise, side)
    drift = dice.between(0, 1)
    size = 0.19
    first = _look(sheet, plane_x * size + drift, plane_y * size * 1.25)
    fine = _look(sheet, plane_x * size * 3.1 + drift, plane_y * size * 3.6 + 0.3)
    lumps = first * 0.76 + fine * 0.24
    level = 0.74 - 0.42 * light.overcast
    dense = smoothstep(level, level + 0.24, lumps)
    thin = smoothstep(level - 0.1, level + 0.16, lumps)
    # Towards the light the cloud is thinner: the difference along that way is its relief.
    toward_x = np.clip((light.x - (np.arange(columns, dtype=np.float32) / columns)) * 3.0, -1, 1)[None, :] * (0.02 * columns)
    toward_y = np.full((rows, 1), (-0.02 if light.height > 0.4 else 0.016) * rows, np.float32)
    relief = np.clip((lumps - shift(lumps, np.broadcast_to(toward_x, (1, columns)), toward_y)) * 5.0 + 0.5, 0.0, 1.0)
    lit = mix(light.disc, light.sun, 0.45)
    dark = mix(light.shade, light.sky[1], 0.45)
    if light.night:
        lit, dark = scale(mix(light.sky[3], light.sun, 0.35), 0.95), mix(light.sky[0], light.sky[1], 0.7)
    if storm:
        lit, dark = scale(mix(light.sky[3], light.haze, 0.5), 1.0), scale(mix(light.sky[1], light.shade, 0.3), 0.62)
    body = np.clip(relief * (1.0 - 0.55 * dense) + 0.34 * (1.0 - dense), 0.0, 1.0)
    shades = ramp(body, ((0.0, dark), (0.5, mix(dark, lit, 0.55)), (1.0, lit)))
    # Low clouds fade into the horizon's own light.
    far = smoothstep(0.34, 0.0, away)[:, None]
    shades += (np.asarray(mix(light.sky[3], light.haze, 0.5), np.float32) - shades) * (far * 0.75)[..., None]
    opacity = thin * (0.92 if storm else 0.86) * (1.0 - 0.55 * far)
    if not light.night:
        dx = (np.arange(columns, dtype=np.float32) / columns - light.x) * canvas.aspect
        dy = (np.arange(rows, dtype=np.float32) / rows * horizon - sun_y)[:, None]
        halo = np.exp(-np.sqrt(dx[None, :] ** 2 + dy**2) * 3.6)
        silver = halo * (1.0 - dense) * thin * (0.25 if storm else 0.9)
        shades += silver[..., None] * np.asarray(light.disc, np.float32) * np.clip(1.1 - shades, 0, 1)
    high = min(canvas.height, rows * 2)
    canvas.cover(resize(shades, high, canvas.width, smooth=False), resize(opacity, high, canvas.width, smooth=False))


def _tile_of_cloud(dice: Dice, side: int) -> Field:
    base = tile(dice, side, cells=5, octaves=6, gain=0.55)
    push = tile(dice, side, cells=4, octaves=3)
    place = np.arange(side, dtype=np.float32) / side
    warped = sample(base, place[None, :] + (push - 0.5) * 0.16, place[:, None] + (push.T - 0.5) * 0.12)
    return np.clip((warped - 0.5) * 1.9 + 0.5, 0.0, 1.0)


def _look(sheet: Field, across: Field, down: Field) -> Field:
    return sample(sheet, across, down)


def _aurora(canvas: Canvas, dice: Dice, horizon: float) -> None:
    """Curtains of light: bands that hang from a wandering line, brightest at their lower hem."""
    rows, columns = max(8, canvas.height // 2), max(8, canvas.width // 2)
    down = (np.arange(rows, dtype=np.float32) / rows)[:, None] / max(horizon, 0.2)
    total = np.zeros((rows, columns), np.float32)
    tall = np.zeros((rows, columns), np.float32)
    for i in range(3):
        own = dice.fork(f"curtain {i}")
        hem = 0.34 + 0.16 * i + (profile(own, columns, cells=2.4, octaves=3) - 0.5) * 0.62
        rays = 0.35 + 0.9 * profile(own, columns, cells=46 * canvas.aspect, octaves=2, gain=0.7) ** 2 * (
            0.4 + profile(own, columns, cells=5, octaves=2)
        )
        above = hem[None, :] - down
        curtain = np.where(above > 0, np.exp(-above * 4.6), np.exp(above * 42.0)) * rays[None, :]
        total += curtain * (0.62 - 0.13 * i)
        tall += curtain * np.clip(above * 2.3, 0, 1)
    total = blur(total, 2.0)
    hue = np.clip(tall / np.maximum(total, 1e-3) * 0.9, 0, 1)
    shades = ramp(hue, ((0.0, (0.32, 1.0, 0.62)), (0.35, (0.16, 0.86, 0.66)), (0.7, (0.32, 0.42, 0.9)), (1.0, (0.66, 0.3, 0.85))))
    lit = resize(shades * total[..., None], canvas.height, canvas.width, smooth=False)
    canvas.pixels += lit * np.clip(1.1 - canvas.pixels, 0, 1)


def _lightning(canvas: Canvas, dice: Dice, horizon: float) -> None:
    """A forked bolt with its own glow in the cloud."""
    x, y = dice.between(0.25, 0.75), horizon * 0.08
    tone: Colour = (0.93, 0.94, 1.0)
    canvas.glow(x, horizon * 0.2, 0.42, (0.72, 0.76, 0.95), 0.7)
    bolt = Image.new("L", (canvas.width, canvas.height))
    draw = ImageDraw.Draw(bolt)
    width = max(1.0, canvas.unit / 380)

    def strike(px: float, py: float, end: float, thick: float, lean: float, depth: int) -> None:
        while py < end:
            nx = px + (dice.between(-1, 1) * 0.034 + lean) / canvas.aspect
            ny = py + dice.between(0.012, 0.04)
            draw.line(
                (px * canvas.width, py * canvas.height, nx * canvas.width, ny * canvas.height),
                fill=min(255, int(120 + 60 * thick)),
                width=max(1, round(width * thick)),
            )
            px, py = nx, ny
            if depth < 2 and dice.chance(0.16):
                strike(px, py, py + dice.between(0.08, 0.22), thick * 0.5, dice.pick((-0.022, 0.022)), depth + 1)

    strike(x, y, horizon, 1.9, 0.0, 0)
    line = np.asarray(bolt, np.float32) / 255
    canvas.shine(tone, np.clip(blur(line, canvas.unit / 60) * 3.0, 0, 1))
    canvas.cover(tone, np.clip(line * 1.3, 0, 1))
