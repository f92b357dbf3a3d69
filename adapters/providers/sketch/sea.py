"""The sea: waves in perspective that reflect the sky, with foam, glitter, beaches and islands."""

import numpy as np

from adapters.providers.sketch.canvas import Canvas, Colour, colour, mix, ramp, scale, times
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, cloudy, profile, resize, sample, smoothstep, tile
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.terrain import Camera, Ground, View, paint_ground
from adapters.providers.sketch.water import glitter

_WATERS = ("0b3a4a", "0d3350", "10454c", "123a5c")


def paint_sea(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Open water to the horizon: a breeze, or the seas of a storm."""
    storm = scene.has("storm")
    tall = 0.0 if scene.lacks("waves") else 2.1 if storm else dice.between(0.3, 0.5)
    heave = tile(dice.fork("heave"), 256, cells=4, octaves=2, gain=0.4)
    crests = tile(dice.fork("crests"), 512, cells=7, octaves=6, gain=0.5, ridged=True)
    chop = tile(dice.fork("chop"), 256, cells=10, octaves=5, gain=0.6)
    drift = dice.between(0, 1)
    own = mix(colour(dice.pick(_WATERS)), scale(light.sky[1], 0.6), 0.35)
    own = scale(own, 0.45 if light.night else 1.0)
    thin = mix(mix(own, (0.16, 0.56, 0.52), 0.55), light.sun, 0.12)

    def height(x: Field, z: Field) -> Field:
        swell = sample(heave, x / 42.0 + drift, z / 26.0) - 0.5
        ridges = sample(crests, x / 34.0 + swell * 0.1, z / 19.0 + drift) - 0.35
        small = sample(chop, x / 7.0, z / 4.2 + drift) - 0.5
        return (swell * 1.3 + ridges * 1.15 * (0.5 + swell) + small * 0.32) * tall * (1.0 / (1.0 + z * 0.006))

    def shine(x: Field, z: Field, heights: Field, across: Field, along: Field) -> Field:
        return _reflected(light, x, z, heights, across, along, own=own, thin=thin, foam=_foam(chop, x, z, heights, tall, storm=storm))

    ground = Ground(height=height, paint=_nothing, shine=shine, grain=chop, grains=0.1, grain_size=0.6)
    eye = 2.6 if storm else 1.9
    view = paint_ground(canvas, light, ground, Camera(horizon=horizon, eye=eye, near=1.5, far=260.0, lens=1.05), haze=0.9)
    if not scene.has("storm", "rain", "overcast"):
        glitter(canvas, np.clip(view.depth, 0, 1), light, dice.fork("path"), horizon)
    return view


def paint_beach(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Sand that slopes into shallow water with lines of surf."""
    chop = tile(dice.fork("chop"), 256, cells=8, octaves=5, gain=0.55)
    soft = tile(dice.fork("soft"), 256, cells=3, octaves=4)
    drift = dice.between(0, 1)
    slope = dice.pick((-1.0, 1.0)) * dice.between(0.25, 0.6)
    sand = colour(dice.pick(("e4cda2", "dcc096", "ecd9b4")))
    own = scale(mix(colour("0f5f78"), scale(light.sky[1], 0.7), 0.4), 0.5 if light.night else 1.0)
    shallow = scale(colour("49b8b0"), 0.4 if light.night else 1.0)

    def shore(x: Field, z: Field) -> Field:
        return (sample(soft, x / 26.0 + drift, z / 26.0) - 0.5) * 5.0 + z + x * slope - 8.2

    def height(x: Field, z: Field) -> Field:
        out = shore(x, z)
        dry = (sample(soft, x / 6.0, z / 6.0 + drift) - 0.5) * 0.35 - out * 0.05
        swell = np.sin(out * 1.15 + sample(soft, x / 15.0, z / 15.0) * 5.0) * 0.1 * smoothstep(0.0, 5.0, out) * np.exp(-out * 0.03)
        return np.where(out < 0, dry, swell + (sample(chop, x / 7.0, z / 4.0) - 0.5) * 0.16)

    def shine(x: Field, z: Field, heights: Field, across: Field, along: Field) -> Field:
        out = shore(x, z)
        lace = sample(chop, x / 3.0, z / 3.0)
        lines = 0.5 + 0.5 * np.sin(out * 1.15 + sample(soft, x / 15.0, z / 15.0) * 5.0)
        foam = smoothstep(0.62, 0.95, lines * 0.72 + lace * 0.42) * np.exp(-np.maximum(out, 0) * 0.09)
        foam = np.maximum(foam, smoothstep(0.9, 0.0, np.abs(out - 0.3)) * smoothstep(0.3, 0.6, lace))
        thin = (
            np.asarray(own, np.float32)
            + (np.asarray(shallow, np.float32) - np.asarray(own, np.float32)) * np.exp(-np.maximum(out, 0) * 0.07)[..., None]
        )
        sea = _reflected(light, x, z, heights, across, along, own=thin, thin=shallow, foam=foam)
        facing = np.clip(0.75 - along * 0.35 + across * (-0.6 if light.x > 0.5 else 0.6), 0.2, 1.2)  # the middle
        wet = smoothstep(-2.6, 0.0, out)[..., None]
        lit = np.asarray(light.shade, np.float32) * 0.6 + np.asarray(light.sun, np.float32) * (facing * 0.62)[..., None]
        beach = np.asarray(sand, np.float32) * (1.0 - wet * 0.38) * lit
        beach += wet * np.asarray(light.sky[2], np.float32) * 0.16
        return beach + (sea - beach) * smoothstep(-0.12, 0.12, out)[..., None]

    ground = Ground(height=height, paint=_nothing, shine=shine, grain=_speckle(dice), grains=0.07, grain_size=0.8)
    view = paint_ground(canvas, light, ground, Camera(horizon=horizon, eye=1.7, near=1.2, far=240.0, lens=1.05), haze=0.9)
    water = smoothstep(11.0, 16.0, view.depth)
    if not scene.has("storm", "rain", "overcast"):
        glitter(canvas, water, light, dice.fork("path"), horizon, amount=0.8)
    return view


def paint_islands(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Islands out of a quiet sea."""
    view = paint_sea(canvas, scene, light, dice.fork("sea"), horizon)
    rough = dice.fork("islands")
    for k in range(4):
        own = rough.fork(str(k))
        part = k / 3
        wide = own.between(0.25, 0.5) * (0.7 + 0.5 * part)
        x = own.between(0.05, 0.95)
        line = profile(own, canvas.width, cells=9 * canvas.aspect, octaves=5, gain=0.5)
        bump = np.exp(-(np.abs((canvas.columns[0] - x) / (wide * 0.42 / canvas.aspect)) ** 2.6))
        base = horizon + 0.004 + 0.05 * part**2
        top = base - bump * (0.05 + 0.16 * line) * (0.8 + 0.7 * part)
        mask = (
            np.clip((canvas.rows - top[None, :]) * canvas.height + 0.5, 0, 1)
            * np.clip((base + 0.004 * line[None, :] - canvas.rows) * canvas.height + 0.5, 0, 1)
            * (bump > 0.02)[None, :]
        )
        share = 0.72 - 0.55 * part
        green = mix(
            times(mix((0.2, 0.34, 0.2), (0.4, 0.38, 0.3), own.between(0, 0.6)), mix(light.shade, light.sun, 0.5)), light.haze, share
        )
        lumps = resize(
            cloudy(own.fork("wood"), canvas.height // 2, canvas.width // 2, cells=70 * canvas.aspect, octaves=3, gain=0.7),
            canvas.height,
            canvas.width,
            smooth=False,
        )
        tone = np.asarray(green, np.float32) * (0.6 + 0.8 * lumps)[..., None]
        beach = smoothstep(0.012 + 0.01 * part, 0.0, base - canvas.rows)[..., None] * 0.8 * (1 - share)
        tone = tone + (np.asarray(times((0.9, 0.8, 0.62), mix(light.shade, light.sun, 0.7)), np.float32) - tone) * beach
        canvas.cover(tone.astype(np.float32), mask.astype(np.float32))
        double = np.clip((canvas.rows - base) * canvas.height, 0, 1) * np.clip(
            (base + (base - top[None, :]) * 0.8 - canvas.rows) * canvas.height, 0, 1
        )
        canvas.cover(scale(green, 0.6), (double * 0.42 * (bump > 0.02)[None, :]).astype(np.float32))
    return view


def _reflected(
    light: Light,
    x: Field,
    z: Field,
    heights: Field,
    across: Field,
    along: Field,
    *,
    own: Colour | Field,
    thin: Colour,
    foam: Field,
) -> Field:
    """What a wave shows: the sky it mirrors, its own depth, light through its crest, foam."""
    bump = np.sqrt(across**2 + along**2 + 1.0)
    eye = np.float32(2.0) - heights
    far = np.sqrt(x * x + eye * eye + z * z)
    facing = np.clip((across * x + eye + along * z) / (bump * far), 0.02, 1.0)
    mirrored = (1.0 - facing) ** 4.0 * 0.93 + 0.04
    # The mirrored ray's height tells which part of the sky is seen.
    up = np.clip(2.0 * facing / bump - eye / far, 0.0, 1.0)
    zenith, upper, lower, edge = light.sky
    sky = ramp(np.sqrt(up), ((0.0, edge), (0.34, lower), (0.7, upper), (1.0, zenith)))
    depth = np.asarray(own, np.float32)
    crest = np.clip(heights * 0.55 + 0.12, 0.0, 0.8) * np.clip(along * 0.9 + 0.45, 0.0, 1.0)
    body = depth + (np.asarray(thin, np.float32) - depth) * crest[..., None]
    colours = body + (sky - body) * mirrored[..., None]
    white = np.asarray(mix((0.96, 0.98, 1.0), light.sun, 0.12), np.float32) * (0.4 if light.night else 0.92)
    white = white * np.asarray(mix(light.shade, (1, 1, 1), 0.55), np.float32)
    return colours + (white - colours) * np.clip(foam, 0, 1)[..., None]


def _foam(chop: Field, x: Field, z: Field, heights: Field, tall: float, *, storm: bool) -> Field:
    lace = sample(chop, x / 2.6 + 0.3, z / 1.7)
    if storm:
        crest = smoothstep(0.24, 0.95, heights / max(tall, 0.1) + (lace - 0.5) * 0.8)
        streaks = smoothstep(0.56, 0.78, sample(chop, x / 9.0, z / 2.4)) * 0.36
        return np.maximum(crest, streaks * smoothstep(0.35, 0.6, lace)) * 0.9
    return smoothstep(0.5, 1.0, heights / max(tall, 0.1) + (lace - 0.5) * 1.0) * 0.55


def _nothing(x: Field, _z: Field, _heights: Field, _steep: Field) -> Field:
    return np.zeros((*x.shape, 3), np.float32)


def _speckle(dice: Dice) -> Field:
    return dice.fork("speckle").numbers(256, 256)
