"""The forest: rows of trees that fade into the light between them, with shafts of sun and a floor."""

import numpy as np
from PIL import Image, ImageDraw

from adapters.providers.sketch.canvas import Canvas, Colour, colour, mix, scale
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, blur, cloudy, profile, resize, sample, smoothstep, tile
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.terrain import Camera, Ground, View, paint_ground
from adapters.providers.sketch.trees import dark, foliage, pine

_ROWS = 6


def paint_forest(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Conifers in mist, or trunks under a roof of leaves; winter lays snow on either."""
    if not scene.has("aurora"):
        canvas.cover(mix(light.haze, light.sky[3], 0.5), 0.25 if light.night else 0.5)
    canvas.glow(light.x, horizon * 0.55, 0.5, mix(light.disc, light.sky[3], 0.4), 0.55 if not light.night else 0.2)
    conifers = not (scene.has("birch", "bamboo", "tropical", "blossom") or scene.season == "autumn") and (
        scene.has("fog") or scene.wintry or dice.chance(0.45)
    )
    floor = _floor(canvas, scene, light, dice.fork("floor"), horizon)
    canvas.reached(0.4)
    if conifers:
        _conifers(canvas, scene, light, dice.fork("conifers"), floor)
    else:
        _trunks(canvas, scene, light, dice.fork("trunks"), floor)
    if not light.night and not scene.lacks("light rays") and not scene.has("storm", "rain", "overcast"):
        _shafts(canvas, light, dice.fork("shafts"))
    return floor


def _floor(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    soft = tile(dice.fork("soft"), 256, cells=4, octaves=5)
    litter = tile(dice.fork("litter"), 256, cells=20, octaves=4, gain=0.75)
    base = colour("8a5a2a") if scene.season == "autumn" else colour("4a5a30")
    moss = colour("b5702f") if scene.season == "autumn" else colour("6f8a3c")

    def height(x: Field, z: Field) -> Field:
        path = np.exp(-((x - np.sin(z * 0.25) * 0.8) ** 2) / (0.5 + z * 0.03))
        return (sample(soft, x / 9.0, z / 9.0) - 0.5) * 0.9 - path * 0.16 + (sample(litter, x / 3.0, z / 3.0) - 0.5) * 0.12

    def paint(x: Field, z: Field, _heights: Field, _steep: Field) -> Field:
        tone = np.broadcast_to(np.asarray(base, np.float32), (*x.shape, 3))
        tone = tone + (np.asarray(moss, np.float32) - tone) * smoothstep(0.38, 0.66, sample(soft, x / 5.0, z / 5.0))[..., None]
        path = np.exp(-((x - np.sin(z * 0.25) * 0.8) ** 2) / (0.25 + z * 0.02)) * 0.6
        tone = tone + (np.asarray((0.42, 0.34, 0.25), np.float32) - tone) * path[..., None]
        if scene.wintry:
            return np.broadcast_to(np.asarray((0.92, 0.95, 1.0), np.float32), (*x.shape, 3)) * np.float32(1.0)
        # Sun falls through the leaves in patches.
        spots = smoothstep(0.52, 0.68, sample(soft, x / 3.4 + 0.4, z / 3.4))
        return tone * (0.62 + 0.75 * spots)[..., None]

    grains = 0.06 if scene.wintry else 0.4
    ground = Ground(height=height, paint=paint, grain=litter, grains=grains, grain_size=0.5, smooth=0.6)
    return paint_ground(canvas, light, ground, Camera(horizon=horizon + 0.06, eye=1.5, near=1.1, far=26.0, lens=1.0), haze=1.2)


def _conifers(canvas: Canvas, scene: Scene, light: Light, dice: Dice, floor: View) -> None:
    base = colour("2b4636") if not scene.wintry else colour("3a4f4a")
    for row in range(_ROWS):
        own = dice.fork(f"row {row}")
        part = row / (_ROWS - 1)
        foot = floor.camera.horizon + 0.02 + 0.36 * part**2.2
        tall = 0.2 + 0.85 * part**1.5
        share = (0.86 - 0.8 * part**0.8) * (1.0 if not scene.has("fog") else 1.05)
        count = max(2, round((22 - 17 * part) * canvas.aspect))
        line = profile(own, 64, cells=4, octaves=3)
        most = max(12, min(220, int(tall * 1.12 * canvas.unit)))
        trees = [
            tuple(Image.fromarray((layer * 255).astype(np.uint8)) for layer in pine(own.fork(str(k)), most)) for k in range(min(4, count))
        ]
        mask, shades = Image.new("L", (canvas.width, canvas.height)), Image.new("L", (canvas.width, canvas.height))
        for k in range(count):
            x = (k + own.between(0.1, 0.9)) / count
            if part > 0.55 and abs(x - 0.5) < 0.16 + 0.12 * part:
                continue
            size = tall * own.between(0.62, 1.12) * canvas.unit
            ground = (foot + (float(line[int(x * 63)]) - 0.5) * 0.06) * canvas.height
            corner = (int(x * canvas.width - max(3, int(size * 0.46)) / 2), int(ground - max(6, int(size))))
            grown = trees[k % len(trees)]
            shape, boughs = (layer.resize((max(3, int(size * 0.46)), max(6, int(size))), Image.Resampling.BILINEAR) for layer in grown)
            mask.paste(255, corner, shape)
            shades.paste(boughs, corner, shape)
        alpha, lightness = np.asarray(mask, np.float32) / 255, np.asarray(shades, np.float32)[..., None] / 255
        deep = np.asarray(dark(base, light, max(0.0, share)), np.float32)
        near = min(1.0, part * 1.3)
        tone = deep * (1.0 - 0.5 * near + near * (0.2 + 1.1 * lightness))
        if scene.wintry:
            white = np.asarray(mix(mix((0.9, 0.94, 1.0), light.shade, 0.3), light.haze, 0.2 + 0.5 * share), np.float32)
            tone = tone + (white - tone) * smoothstep(0.5, 0.74, lightness) * np.float32(0.35 + 0.6 * near)
        tone = tone * _rimmed(canvas, alpha, light, scene)[..., None]
        canvas.cover(tone.astype(np.float32), alpha)
        if row < _ROWS - 1:
            _veil(canvas, light, own.fork("veil"), foot, 0.1 + 0.05 * part, (0.85 if scene.has("fog") else 0.5) * (1 - 0.5 * part))


def _rimmed(canvas: Canvas, alpha: Field, light: Light, scene: Scene) -> Field:
    """Brighter along the side that the light comes from."""
    step = max(2, int(canvas.unit / 170))
    toward = step if light.x < 0.5 else -step
    edge = np.clip(alpha - np.roll(alpha, (step, toward), axis=(0, 1)), 0, 1)
    return 1.0 + edge * (0.2 if scene.has("fog") else 0.6)


def _trunks(canvas: Canvas, scene: Scene, light: Light, dice: Dice, floor: View) -> None:
    bark: Colour = colour("5a4636")
    if scene.has("birch"):
        bark = colour("d8d4c8")
    if scene.has("bamboo"):
        bark = colour("8fae4a")
    leaf = foliage(scene, dice.fork("leaf"))
    for row in range(_ROWS):
        own = dice.fork(f"row {row}")
        part = row / (_ROWS - 1)
        foot = floor.camera.horizon + 0.015 + 0.42 * part**2.4
        share = 0.84 - 0.8 * part**0.85
        count = max(2, round((26 - 21 * part) * canvas.aspect * (1.6 if scene.has("bamboo") else 1.0)))
        thick = (0.006 + 0.085 * part**2.1) * (0.4 if scene.has("bamboo", "birch") else 1.0)
        board = Image.new("L", (canvas.width * 2, canvas.height * 2))
        draw = ImageDraw.Draw(board)
        for k in range(count):
            x = (k + own.between(0.1, 0.9)) / count
            if part > 0.45 and abs(x - 0.5) < 0.13 + 0.16 * part:  # the view stays open
                continue
            _trunk(draw, canvas, own, x, foot + own.between(-0.02, 0.03), thick * own.between(0.7, 1.3), boughs=not scene.has("bamboo"))
        alpha = np.asarray(board.reduce(2), np.float32) / 255
        # The feet of far trunks are lost in the undergrowth.
        alpha = alpha * (1.0 - (1.0 - part) ** 0.5 * smoothstep(foot - 0.13 - 0.06 * part, foot - 0.01, canvas.rows))
        shape = _bark(canvas, own, alpha, light, thick, scene)
        tone = np.asarray(mix(dark(bark, light, share), scale(bark, 0.5), 0.25 * part), np.float32) * shape[..., None]
        canvas.cover(tone.astype(np.float32), alpha)
        if not scene.wintry:
            _leaves(canvas, light, own, leaf, part, share)
        if row < _ROWS - 1:
            _veil(canvas, light, own.fork("veil"), foot, 0.12, (0.8 if scene.has("fog") else 0.42) * (1 - 0.6 * part))


def _trunk(draw: ImageDraw.ImageDraw, canvas: Canvas, dice: Dice, x: float, foot: float, thick: float, *, boughs: bool) -> None:
    width, height, unit = canvas.width * 2, canvas.height * 2, canvas.unit * 2
    lean = dice.between(-0.05, 0.05)
    wobble = profile(dice, 24, cells=3, octaves=2) - 0.5
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for k in range(24):
        up = k / 23
        y = foot * height * (1 - up) - 20 * up
        middle = x * width + (lean * up + float(wobble[k]) * thick * 0.8) * unit
        half = thick * unit * 0.5 * (1 - 0.45 * up + 0.55 * float(np.exp(-up * 22)))
        left.append((middle - half, y))
        right.append((middle + half, y))
    draw.polygon([*left, *reversed(right)], fill=255)
    for _ in range(3 if boughs else 0):
        k = dice.integer(9, 20)
        side = dice.pick((-1, 1))
        bx, by = (left if side < 0 else right)[k]
        reach = unit * dice.between(0.05, 0.2) * (0.3 + thick * 8)
        draw.line(
            (bx - side * 2, by, bx + side * reach * 0.5, by - reach * 0.3, bx + side * reach, by - reach * 0.75),
            fill=255,
            width=max(1, int(thick * unit * 0.16)),
            joint="curve",
        )


def _bark(canvas: Canvas, dice: Dice, alpha: Field, light: Light, thick: float, scene: Scene) -> Field:
    """Light from one side, furrows along the trunk, bands on birch and bamboo."""
    rows, columns = max(4, canvas.height // 2), max(4, canvas.width // 2)
    reach = max(1.5, thick * canvas.unit * 0.3)
    swell = blur(alpha, reach)
    across = np.gradient(swell, axis=1) * reach
    toward = -1.0 if light.x > 0.5 else 1.0  # the middle
    furrow = cloudy(dice, rows, columns, cells=120 * canvas.aspect, octaves=2, gain=0.7, stretch=0.12)
    shape = 0.86 + across * toward * 1.7 + (resize(furrow, canvas.height, canvas.width, smooth=False) - 0.5) * 0.55
    if scene.has("birch") or scene.has("bamboo"):
        bands = cloudy(dice, rows, columns, cells=22, octaves=3, gain=0.7, stretch=4.5)
        shape = shape * (1.0 - 0.75 * smoothstep(0.62, 0.7, resize(bands, canvas.height, canvas.width, smooth=False)))
    return np.clip(shape, 0.15, 1.7)


def _leaves(canvas: Canvas, light: Light, dice: Dice, leaf: Colour, part: float, share: float) -> None:
    """A roof of leaves: lumps of noise that thin out downwards, with light through them."""
    rows, columns = max(8, int(canvas.height * 0.31)), max(8, canvas.width // 2)
    lumps = cloudy(dice, rows, columns, cells=(20 - 12 * part) * canvas.aspect, octaves=5, gain=0.66)
    fine = cloudy(dice, rows, columns, cells=(120 - 60 * part) * canvas.aspect, octaves=2, gain=0.9)
    hang = (np.arange(rows, dtype=np.float32) / rows)[:, None]
    middle = np.exp(-((((np.arange(columns, dtype=np.float32) / columns) - 0.5) / 0.3) ** 2))[None, :] * 0.26
    level = 0.3 + hang * (0.74 - 0.12 * part) + middle * part
    alpha = smoothstep(level - 0.02, level + 0.05, lumps * 0.72 + fine * 0.28)
    glow = np.clip(1.15 - 0.9 * (lumps - level) * 3.0, 0.35, 1.25) * (0.7 + 0.6 * fine)
    base = mix(
        dark(leaf, light, share * 0.8), (leaf[0] * light.sun[0], leaf[1] * light.sun[1], leaf[2] * light.sun[2]), 0.45 * (1 - 0.5 * part)
    )
    tone = np.asarray(base, np.float32) * glow[..., None]
    high = rows * 2
    canvas.cover(resize(tone.astype(np.float32), high, canvas.width, smooth=False), np.clip(resize(alpha, high, canvas.width), 0, 1))


def _veil(canvas: Canvas, light: Light, dice: Dice, base: float, thickness: float, amount: float) -> None:
    rows, columns = max(4, canvas.height // 4), max(4, canvas.width // 4)
    place = (np.arange(rows, dtype=np.float32) / rows)[:, None]
    torn = cloudy(dice, rows, columns, cells=3.0 * canvas.aspect, octaves=4, stretch=3.0)
    offset = (place - base + 0.03 + (torn - 0.5) * thickness * 0.8) / thickness
    band = np.exp(-(offset**2))
    toward = np.exp(-(((np.arange(columns, dtype=np.float32) / columns - light.x) * canvas.aspect) ** 2) * 4.0)[None, :, None]
    air = (
        np.asarray(light.haze, np.float32)
        + (np.asarray(mix(light.sky[3], light.disc, 0.3), np.float32) - np.asarray(light.haze, np.float32)) * toward * 0.7
    )
    veil = np.clip(band * (0.4 + 0.8 * torn) * amount, 0, 1)
    canvas.cover(
        resize(air * np.ones_like(veil)[..., None], canvas.height, canvas.width, smooth=False),
        resize(veil, canvas.height, canvas.width, smooth=False),
    )


def _shafts(canvas: Canvas, light: Light, dice: Dice) -> None:
    """Light that falls in beams from a point above the picture."""
    rows, columns = max(4, canvas.height // 4), max(4, canvas.width // 4)
    x = (np.arange(columns, dtype=np.float32) / columns - light.x)[None, :] * canvas.aspect
    y = (np.arange(rows, dtype=np.float32) / rows + 0.25)[:, None]
    turn = np.arctan2(x, y)
    beams = profile(dice, 512, cells=15, octaves=3, gain=0.6)
    beam = np.interp(turn, np.linspace(-1.4, 1.4, 512), smoothstep(0.45, 0.8, beams)).astype(np.float32)
    far = np.sqrt(x * x + y * y)
    level = beam * np.exp(-far * 1.15) * smoothstep(1.5, 0.5, far) * 1.15
    canvas.shine(
        mix(light.sun, light.disc, 0.4), resize(level.astype(np.float32), canvas.height, canvas.width, smooth=False) * np.float32(0.75)
    )
