"""The terrain: ground in true perspective, from a map of heights to the picture, with its own shadows, haze and water.

The camera stands at the origin and looks along `z`; `x` goes right, `y` up, all in the same unit (think of metres times a hundred).
For each column of the picture the ground is sampled at growing distances; a pixel shows the nearest sample that covers it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from adapters.providers.sketch.canvas import Canvas
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Field, sample, smoothstep

STEPS = 260


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Heights and colours, all as functions of x and z."""

    height: Callable[[Field, Field], Field]
    paint: Callable[[Field, Field, Field, Field], Field]
    """Colours from x, z, height and steepness (0 flat, 1 steep)."""
    grain: Field
    """A joining tile of fine texture."""
    grains: float = 0.1
    """How strong the texture is."""
    grain_size: float = 0.35
    """Texture tiles per unit."""
    smooth: float = 1.0
    """How much of the relief's shading shows."""
    shine: Callable[[Field, Field, Field, Field, Field], Field] | None = None
    """For water: final colours from x, z, height and the slopes across and along, in place of `paint`."""
    wet: Callable[[Field, Field], Field] | None = None
    """Where still water lies, 0 to 1, from x and z; `View.wet` then holds it for every pixel."""


@dataclass(frozen=True, kw_only=True)
class Camera:
    """Where the picture is taken from."""

    horizon: float
    """Share of the height at which infinity lies."""
    eye: float = 1.0
    """Height above zero."""
    lens: float = 1.1
    """Focal length in widths of the shorter side: larger is narrower."""
    near: float = 0.8
    far: float = 120.0


@dataclass(frozen=True, kw_only=True)
class View:
    """What was seen: for placing things on the ground afterwards."""

    camera: Camera
    distances: Field
    """The sampled distances, near to far."""
    tops: Field
    """(distance, column): the row of the ground there, in pixels from the top."""
    skyline: Field
    """(distance, column): the highest row covered by all that is nearer or equally far."""
    depth: Field
    """(row, column): how far away the ground is; 0 where there is sky."""
    wet: Field
    """(row, column): where still water lies; empty where the ground has none."""

    def row(self, canvas: Canvas, x: float, distance: float) -> float:
        """The row of the ground at a place of the picture's width and a distance."""
        column = min(canvas.width - 1, max(0, int(x * canvas.width)))
        step = int(np.searchsorted(self.distances, distance))
        return float(self.tops[min(step, len(self.distances) - 1), column])

    def hidden_below(self, canvas: Canvas, x: float, distance: float) -> float:
        """The row under which something at that place and distance is hidden by nearer ground."""
        column = min(canvas.width - 1, max(0, int(x * canvas.width)))
        step = int(np.searchsorted(self.distances, distance)) - 1
        return float(self.skyline[step, column]) if step >= 0 else float(canvas.height)


def paint_ground(canvas: Canvas, light: Light, ground: Ground, camera: Camera, *, haze: float = 1.0) -> View:
    """Paint the ground over the sky."""
    width, height, unit = canvas.width, canvas.height, canvas.unit
    focal = camera.lens * unit
    horizon = camera.horizon * height
    # Even steps in the picture near by, even ratios far away: no bands in the foreground, no gaps on the crests.
    part = np.linspace(0.0, 1.0, STEPS, dtype=np.float32)
    distances = (camera.near * (camera.far / camera.near) ** (part**1.0)).astype(np.float32)
    columns = ((np.arange(width, dtype=np.float32) + 0.5) - width / 2) / focal
    x = distances[:, None] * columns[None, :]
    z = np.broadcast_to(distances[:, None], x.shape)
    tops, colours = _shaded(ground, camera, light, x, z, focal, horizon)
    nearest = np.minimum.accumulate(tops, axis=0)
    fog = 1.0 - np.exp(-np.maximum(distances - camera.near, 0) / camera.far * 3.1 * light.haziness * haze)
    skyline = nearest[-1]

    # Count, for every pixel, how many samples lie wholly below it: that is the sample it shows.
    edges = np.clip(np.ceil(nearest - 0.5), 0, height).astype(np.int32)
    counts = np.zeros((height + 1, width), np.int32)
    np.add.at(counts, (edges.ravel(), np.tile(np.arange(width), STEPS)), 1)
    shown = STEPS - np.cumsum(counts[:height], axis=0)
    first = int(max(0, np.floor(skyline.min())))
    shown = shown[first:]
    rows = np.arange(first, height, dtype=np.float32)[:, None] + 0.5
    index = np.clip(shown, 0, STEPS - 1)
    at = np.arange(width)
    here = nearest[index, at]
    before_index = np.maximum(index - 1, 0)
    before = np.where(index > 0, nearest[before_index, at], np.float32(height + 40))
    share = np.clip((before - rows) / np.maximum(before - here, 1e-3), 0, 1)
    seen = index + share - 1.0
    # Where the ground falls away behind a crest, what is behind must not bleed into the crest.
    tone = colours[before_index, at]
    tone += (colours[index, at] - tone) * share[..., None]
    depth = distances[before_index] + (distances[index] - distances[before_index]) * share
    if ground.grains > 0:
        u = (at[None, :] - width / 2) / focal * depth * ground.grain_size
        v = depth * ground.grain_size
        side = ground.grain.shape[0]
        texture = ground.grain[(v * side).astype(np.int32) % side, (u * side).astype(np.int32) % side] - 0.5
        coarse = ground.grain[(v * side * 0.21).astype(np.int32) % side, (u * side * 0.21).astype(np.int32) % side] - 0.5
        close = 1.0 / (1.0 + depth * 0.10 / camera.near)
        tone *= (1.0 + (texture * close * 1.6 + coarse * np.sqrt(close)) * ground.grains * 2.0)[..., None]
    air = _air(canvas, light)
    mist = np.interp(seen, np.arange(STEPS), fog).astype(np.float32)
    tone += (air - tone) * mist[..., None]
    cover = np.clip(rows - skyline[None, :] + 0.5, 0, 1)
    canvas.cover(tone, cover.astype(np.float32), top=first)
    full = np.zeros((height, width), np.float32)
    full[first:] = np.where(cover > 0.5, depth, 0)
    wet = np.zeros((0, 0), np.float32)
    if ground.wet is not None:
        pools = ground.wet(x, z).astype(np.float32)
        wet = np.zeros((height, width), np.float32)
        wet[first:] = (pools[before_index, at] + (pools[index, at] - pools[before_index, at]) * share) * cover
    return View(camera=camera, distances=distances, tops=tops, skyline=nearest, depth=full, wet=wet)


def _air(canvas: Canvas, light: Light) -> Field:
    """The haze, warmer towards the sun: (1, columns, 3)."""
    toward = np.exp(-(((canvas.columns - light.x) * canvas.aspect) ** 2) * 3.0)[..., None]
    low = 1.0 - min(1.0, max(0.0, light.height))
    warm = np.asarray(light.sky[3], np.float32)
    return np.asarray(light.haze, np.float32) + (warm - np.asarray(light.haze, np.float32)) * (toward * (0.25 + 0.6 * low)).astype(
        np.float32
    )


def _shaded(ground: Ground, camera: Camera, light: Light, x: Field, z: Field, focal: float, horizon: float) -> tuple[Field, Field]:
    heights = ground.height(x, z)
    spacing = np.gradient(z[:, 0])[:, None]
    across = np.gradient(heights, axis=1) / np.maximum(np.gradient(x, axis=1), 1e-5)
    along = np.gradient(heights, axis=0) / spacing
    if ground.shine is not None:
        tops = horizon + (camera.eye - heights) / z * focal
        return tops.astype(np.float32), ground.shine(x, z, heights, across, along).astype(np.float32)
    # The light's way: from its side of the picture, from behind the scene when it is low.
    side = 1.0 if light.x > 0.5 else -1.0
    up = 0.35 + 0.75 * max(0.0, light.height)
    lx, ly, lz = side * 0.8, up, 0.42 if light.height < 0.5 else -0.3
    length = (lx * lx + ly * ly + lz * lz) ** 0.5
    facing = (-across * lx + ly - along * lz) / (np.sqrt(across**2 + along**2 + 1.0) * length)
    direct = np.clip(facing, 0.0, 1.0) * ground.smooth + 0.75 * (1.0 - ground.smooth)
    steep = 1.0 - 1.0 / np.sqrt(across**2 + along**2 + 1.0)
    direct *= _lit(heights, x, side, up)
    paint = ground.paint(x, z, heights, steep)
    sunlight = np.asarray(light.sun, np.float32) * (0.55 if light.overcast > 0.8 else 1.0)
    colours = paint * (np.asarray(light.shade, np.float32) * 0.72 + direct[..., None] * sunlight * 0.95)
    tops = horizon + (camera.eye - heights) / z * focal
    return tops.astype(np.float32), colours.astype(np.float32)


def _lit(heights: Field, x: Field, side: float, up: float) -> Field:
    """1 in the sun, less in the shade of higher ground towards the light, looked for along the columns."""
    lit = np.ones_like(heights)
    spread = np.gradient(x, axis=1)
    width = heights.shape[1]
    for reach in (0.012, 0.03, 0.06, 0.11):
        step = max(1, int(width * reach))
        other = np.empty_like(heights)
        if side > 0:
            other[:, :-step], other[:, -step:] = heights[:, step:], heights[:, -1:]
        else:
            other[:, step:], other[:, :step] = heights[:, :-step], heights[:, :1]
        over = (other - heights) - spread * step * up * 0.55
        lit = np.minimum(lit, 1.0 - 0.75 * smoothstep(0.0, 1.0, over / (spread * step * 0.35 + 1e-4)))
    return lit


def rolling(tiled: Field, size: float, tall: float, drift: float) -> Callable[[Field, Field], Field]:
    """Heights from a joining tile that spans `size` units, `tall` units high."""

    def height(x: Field, z: Field) -> Field:
        return (sample(tiled, x / size + drift, z / size + drift * 0.7) - 0.5) * tall

    return height
