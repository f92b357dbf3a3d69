"""Land: mountains, hills and meadows, dunes, snowfields, and lakes between them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from adapters.providers.sketch.canvas import Canvas, Colour, colour
from adapters.providers.sketch.growth import paint_flowers, paint_grass
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, sample, smoothstep, tile
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.terrain import Camera, Ground, View, paint_ground
from adapters.providers.sketch.trees import plant
from adapters.providers.sketch.water import glitter, mirror, shoreline


def _blend(base: Field, tone: Colour, share: Field) -> Field:
    return base + (np.asarray(tone, np.float32) - base) * share[..., None]


def paint_mountains(
    canvas: Canvas,
    scene: Scene,
    light: Light,
    dice: Dice,
    horizon: float,
    *,
    wet: Callable[[Field, Field], Field] | None = None,
    low: bool = False,
) -> View:
    """A range with ridges and cast shadows behind foothills; snow above a line that the season sets.

    `wet` says where water lies; `low` flattens the near ground, so that a lake is not hidden.
    """
    crest = tile(dice.fork("crest"), 512, cells=3, octaves=7, gain=0.5, ridged=True)
    crest = np.clip((crest - crest.min()) / max(1e-3, float(np.quantile(crest, 0.995) - crest.min())), 0.0, 1.1)
    soft = tile(dice.fork("soft"), 256, cells=4, octaves=5)
    drift = dice.between(0, 1)
    tall = dice.between(22.0, 30.0)
    line = -2.0 if scene.wintry else dice.between(7.0, 11.0) if scene.season != "summer" else 15.0
    grass = _grass(scene, dice)
    rock = dice.pick((colour("8a8079"), colour("7b7f88"), colour("94806d")))

    def height(x: Field, z: Field) -> Field:
        rise = smoothstep(13.0, 52.0, z)
        peaks = sample(crest, x / 74.0 + drift, z / 74.0 + drift) ** 1.5
        hills = sample(soft, x / 20.0 + drift, z / 20.0)
        valley = 1.0 - 0.45 * np.exp(-((x / (z * 0.22 + 2.0)) ** 2))
        land = peaks * tall * rise * valley + (hills - 0.45) * (0.9 + z * 0.045) * (0.55 if low else 1.0)
        if wet is None:
            return land
        # Land rises from the water's level; beneath the water all is flat.
        dry = 1.0 - wet(x, z)
        return np.maximum(land, -0.1) * dry + dry * 0.12

    def paint(x: Field, z: Field, heights: Field, steep: Field) -> Field:
        patch = sample(soft, x / 6.0, z / 6.0)
        wide = sample(soft, x / 31.0 + 0.3, z / 31.0)
        base = np.broadcast_to(np.asarray(grass[0], np.float32), (*x.shape, 3))
        base = _blend(base, grass[1], smoothstep(0.35, 0.7, wide))
        base = _blend(base, rock, smoothstep(0.16, 0.36, steep + (patch - 0.5) * 0.2 + heights * 0.012))
        snow = smoothstep(line - 1.2, line + 1.8, heights + (patch - 0.5) * 6.0) * smoothstep(0.62, 0.3, steep)
        return _blend(base, (0.95, 0.97, 1.0), snow)

    ground = Ground(height=height, paint=paint, grain=_grain(dice), grains=0.07 if scene.wintry else 0.2, grain_size=0.5, wet=wet)
    view = paint_ground(canvas, light, ground, Camera(horizon=horizon, eye=2.6, near=1.6, far=95.0, lens=1.0), haze=0.72)
    if wet is None:
        canvas.reached(0.42)
        _bloom(canvas, view, scene, light, dice)
        trees(canvas, view, scene, light, dice.fork("trees"))
        _grown(canvas, view, scene, light, dice, grass)
    return view


def paint_meadow(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Rolling hills, with flowers in spring and snow in winter."""
    soft = tile(dice.fork("soft"), 256, cells=3, octaves=5, gain=0.42)
    drift = dice.between(0, 1)
    grass = _grass(scene, dice)

    def height(x: Field, z: Field) -> Field:
        far = smoothstep(20.0, 80.0, z)
        return (sample(soft, x / 30.0 + drift, z / 30.0) - 0.5) * (0.5 + z * 0.09) + far * sample(soft, x / 90.0, z / 90.0 + drift) * 9.0

    def paint(x: Field, z: Field, heights: Field, _steep: Field) -> Field:
        wide = sample(soft, x / 17.0 + 0.3, z / 17.0)
        base = np.broadcast_to(np.asarray(grass[0], np.float32), (*x.shape, 3))
        base = _blend(base, grass[1], smoothstep(0.35, 0.65, wide))
        if scene.wintry:
            base = _blend(base, (0.94, 0.96, 1.0), 0.9 + 0.1 * smoothstep(0.3, 0.6, heights))
        return base

    grains = 0.05 if scene.wintry else 0.3
    ground = Ground(height=height, paint=paint, grain=_grain(dice), grains=grains, grain_size=0.55)
    view = paint_ground(canvas, light, ground, Camera(horizon=horizon, eye=1.7, near=1.1, far=90.0, lens=1.05))
    canvas.reached(0.45)
    _bloom(canvas, view, scene, light, dice)
    if dice.fork("wooded").chance(0.7) or scene.has("trees", "blossom"):
        plant(canvas, view, scene, light, dice.fork("crowns"), count=60, kind="broadleaf", near=12.0, far=60.0, tall=2.4, gap=0.12)
        plant(canvas, view, scene, light, dice.fork("near crowns"), count=4, kind="broadleaf", near=6.0, far=9.0, tall=2.9, gap=0.3)
    _grown(canvas, view, scene, light, dice, grass)
    return view


def paint_snowfield(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Gentle drifts of snow, for somebody to stand in."""
    soft = tile(dice.fork("soft"), 256, cells=3, octaves=4, gain=0.34)
    fine = tile(dice.fork("fine"), 256, cells=5, octaves=4, gain=0.5)
    drift = dice.between(0, 1)
    bare = scene.lacks("snow")
    grass = _grass(scene, dice)

    def height(x: Field, z: Field) -> Field:
        rise = smoothstep(14.0, 60.0, z) * 4.0 * sample(soft, x / 60.0, z / 60.0 + drift)
        return (sample(soft, x / 13.0 + drift, z / 10.0) - 0.5) * (0.7 + z * 0.05) + (sample(fine, x / 3.0, z / 3.0) - 0.5) * 0.07 + rise

    def paint(x: Field, _z: Field, _heights: Field, _steep: Field) -> Field:
        tone = grass[0] if bare else (0.95, 0.97, 1.0)
        return np.broadcast_to(np.asarray(tone, np.float32), (*x.shape, 3)) * np.float32(1.0)

    ground = Ground(height=height, paint=paint, grain=_grain(dice), grains=0.04, grain_size=0.6)
    view = paint_ground(canvas, light, ground, Camera(horizon=horizon, eye=1.35, near=0.9, far=70.0, lens=1.05))
    canvas.reached(0.4)
    if any(word in scene.essence for word in ("arctic", "glacier", "iceberg", "polar", "tundra", "penguin")):
        return view
    plant(canvas, view, scene, light, dice.fork("edge"), count=150, kind="pine", near=19.0, far=48.0, tall=3.4)
    plant(canvas, view, scene, light, dice.fork("near"), count=16, kind="pine", near=8.5, far=17.0, tall=2.9, gap=0.26)
    return view


def paint_dunes(canvas: Canvas, _scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Dunes with sharp crests and wind ripples."""
    soft = tile(dice.fork("soft"), 256, cells=3, octaves=3, gain=0.4)
    drift = dice.between(0, 1)
    sand = dice.pick(((colour("e2b277"), colour("cf8f55")), (colour("e6c092"), colour("d39a62")), (colour("dd9a63"), colour("b8683f"))))
    lean = dice.pick((-1.0, 1.0))
    bend = dice.between(3.0, 5.0)

    def height(x: Field, z: Field) -> Field:
        wander = sample(soft, x / 60.0 + drift, z / 60.0)
        phase = (x * 0.55 * lean + z * 0.8) / 13.0 + wander * bend
        part = phase - np.floor(phase)
        # A dune climbs slowly with the wind and falls steeply in its lee.
        # The crest is a little rounded: a razor's edge would fall between two samples.
        aside = np.where(part < 0.72, (0.72 - part) / 0.72, (part - 0.72) / 0.28)
        wave = 1.0 - (np.sqrt(aside * aside + 0.0036) - 0.06) / 0.942
        wave = wave * wave * (3 - 2 * wave) * 0.55 + wave * 0.45
        tall = 0.25 + 2.1 * smoothstep(1.0, 20.0, z) + 2.4 * smoothstep(30.0, 90.0, z)
        return wave * tall * (0.35 + 1.1 * sample(soft, x / 45.0 + 0.5, z / 45.0 + drift))

    def paint(x: Field, z: Field, _heights: Field, steep: Field) -> Field:
        base = np.broadcast_to(np.asarray(sand[0], np.float32), (*x.shape, 3))
        base = _blend(base, sand[1], smoothstep(0.02, 0.25, steep))
        curl = sample(soft, x / 7.0, z / 7.0)
        ripples = np.sin((x * 0.4 * lean + z * 0.9) * 17.0 + curl * 22.0)
        return base * (1.0 + ripples * 0.05 * np.exp(-z / 7.0))[..., None]

    ground = Ground(height=height, paint=paint, grain=_grain(dice), grains=0.06, grain_size=0.7)
    return paint_ground(canvas, light, ground, Camera(horizon=horizon, eye=3.2, near=1.7, far=110.0, lens=1.05), haze=0.8)


def _bloom(canvas: Canvas, view: View, scene: Scene, light: Light, dice: Dice) -> None:
    """Flowers where the words or the season have them."""
    if scene.wintry or scene.lacks("flowers"):
        return
    named = scene.has("flowers", "lavender", "wheat")
    if named or scene.season == "spring":
        paint_flowers(canvas, view, scene if named else replace(scene, features=scene.features | {"flowers"}), light, dice.fork("flowers"))


def _grown(canvas: Canvas, view: View, scene: Scene, light: Light, dice: Dice, grass: tuple[Colour, Colour]) -> None:
    """Grass before our feet, where no snow lies."""
    if not scene.wintry:
        paint_grass(canvas, view, light, dice.fork("blades"), grass[1])


def paint_lake(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Still water between mountains, which it mirrors."""

    def wet(x: Field, z: Field) -> Field:
        bend = 2.0 * np.sin(x * 0.16 + drift) + 1.2 * np.sin(x * 0.45 + drift * 3)
        return smoothstep(3.2, 3.9, z + bend * 0.25) * smoothstep(31.0, 28.0, z + bend * 1.6 - np.abs(x) * 0.12)

    drift = dice.between(0, 6.28)
    return _watered(canvas, scene, light, dice, horizon, wet, calm=True)


def paint_river(canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """A river that winds from the hills towards us."""
    drift, sway = dice.between(0, 6.28), dice.between(0.9, 1.4)

    def wet(x: Field, z: Field) -> Field:
        middle = np.sin(z * 0.2 + drift) * (0.6 + z * 0.11) * sway
        half = 1.1 + z * 0.05
        return smoothstep(half + 0.25, half - 0.1, np.abs(x - middle)) * smoothstep(62.0, 50.0, z)

    return _watered(canvas, scene, light, dice, horizon, wet, calm=False)


def _watered(
    canvas: Canvas, scene: Scene, light: Light, dice: Dice, horizon: float, wet: Callable[[Field, Field], Field], *, calm: bool
) -> View:
    if scene.lacks("water"):
        return paint_mountains(canvas, scene, light, dice, horizon)
    view = paint_mountains(canvas, scene, light, dice, horizon, wet=wet, low=calm)
    trees(canvas, view, scene, light, dice.fork("trees"))
    line = view.wet > 0.5
    shore = (
        shoreline(view.wet, horizon * canvas.height)
        if calm
        else np.full(canvas.width, horizon * canvas.height + 0.012 * canvas.height, np.float32)
    )
    if line.any():
        mirror(canvas, view.wet, shore, light, dice.fork("mirror"), rough=0.34 if calm else 0.8, dim=0.95 if calm else 0.85)
        if not scene.has("storm", "rain", "overcast"):
            glitter(canvas, view.wet, light, dice.fork("path"), horizon, amount=0.55)
    return view


def trees(canvas: Canvas, view: View, scene: Scene, light: Light, dice: Dice) -> None:
    """The woods of a place: conifers in the mountains, single crowns on the hills."""
    if scene.season == "autumn" or scene.has("blossom"):
        plant(canvas, view, scene, light, dice.fork("crowns"), count=150, kind="broadleaf", near=8.0, far=55.0, tall=1.5, gap=0.16)
    else:
        plant(canvas, view, scene, light, dice.fork("pines"), count=230, kind="pine", near=7.0, far=60.0, tall=1.7, gap=0.16)


def paint_cloud_sea(canvas: Canvas, _scene: Scene, light: Light, dice: Dice, horizon: float) -> View:
    """Above the clouds: billows to the horizon, a peak or two out of them."""
    soft = tile(dice.fork("billows"), 512, cells=5, octaves=6, gain=0.5)
    peaks = tile(dice.fork("peaks"), 256, cells=3, octaves=6, gain=0.5, ridged=True)
    drift = dice.between(0, 1)

    def rock(x: Field, z: Field) -> Field:
        return (sample(peaks, x / 80.0 + drift, z / 80.0) - 0.52) * 34.0 * smoothstep(22.0, 40.0, z)

    def cloud(x: Field, z: Field) -> Field:
        lumps = 1.0 - np.abs(sample(soft, x / 24.0, z / 24.0 + drift) * 2 - 1)
        return (lumps - 0.5) * (1.5 + z * 0.035)

    def height(x: Field, z: Field) -> Field:
        return np.maximum(cloud(x, z), rock(x, z))

    def paint(x: Field, z: Field, heights: Field, _steep: Field) -> Field:
        bare = smoothstep(0.1, 0.8, rock(x, z) - cloud(x, z))
        base = (
            np.broadcast_to(np.asarray((1.0, 0.99, 0.98), np.float32), (*x.shape, 3))
            * (0.82 + 0.18 * smoothstep(-1.0, 1.0, heights))[..., None]
        )
        return _blend(base, (0.4, 0.38, 0.4), bare)

    ground = Ground(height=height, paint=paint, grain=_grain(dice), grains=0.02, grain_size=0.3, smooth=0.8)
    return paint_ground(canvas, light, ground, Camera(horizon=horizon, eye=3.6, near=2.4, far=110.0, lens=1.0), haze=1.1)


def _grain(dice: Dice) -> Field:
    own = dice.fork("grain")
    return np.clip(tile(own, 256, cells=32, octaves=3, gain=0.7) * 0.6 + own.numbers(256, 256) * 0.4, 0, 1)


def _grass(scene: Scene, dice: Dice) -> tuple[Colour, Colour]:
    """Two greens that go together, or what the season makes of them."""
    if scene.season == "autumn":
        return dice.pick(((colour("a8893f"), colour("9a5a2c")), (colour("b09a4a"), colour("7d7a3a"))))
    if scene.season == "winter":
        return (colour("8b8a74"), colour("6f7568"))
    if scene.season == "spring":
        return (colour("83b455"), colour("a9c964"))
    return dice.pick(((colour("6f9a4b"), colour("9aae5c")), (colour("5f8a52"), colour("8aa860")), (colour("7f9a50"), colour("b0a860"))))
