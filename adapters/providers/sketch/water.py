"""Still water: it mirrors what stands above it, broken by ripples, and glitters under a low sun."""

import numpy as np

from adapters.providers.sketch.canvas import Canvas, Colour, mix, scale
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, Field, blur, sample, smoothstep, tile


def mirror(
    canvas: Canvas,
    mask: Field,
    shore: Field,
    light: Light,
    dice: Dice,
    *,
    rough: float = 1.0,
    depth: Colour | None = None,
    dim: float = 0.86,
    drawn_out: float = 1.0,
) -> None:
    """Lay a reflection into the mask.

    Args:
        canvas: what to mirror and where to lay it.
        mask: (row, column), where the water is, 0 to 1.
        shore: for each column the row about which the picture is mirrored.
        light: for the water's own colour.
        dice: for the ripples.
        rough: 0 is a mirror, 1 a light breeze, 3 a wet street.
        depth: the colour of the water itself.
        dim: how much of the light comes back.
        drawn_out: above 1 stretches reflections downwards, as on wet ground.
    """
    lines = np.flatnonzero(mask.max(axis=1) > 0.003)
    if not len(lines):
        return
    first, last = int(lines[0]), int(lines[-1]) + 1
    rows = np.arange(first, last, dtype=np.float32)[:, None] + 0.5
    columns = np.arange(canvas.width, dtype=np.float32)[None, :]
    below = np.maximum(rows - shore[None, :], 0.0)
    span = max(1.0, canvas.height - float(shore.mean()))
    near = np.clip(below / span, 0.004, 1.0)
    sheet = tile(dice.fork("ripples"), 256, cells=6, octaves=4, gain=0.55)
    across = (columns / canvas.width - 0.5) * canvas.aspect / (near + 0.05)
    ripple = sample(sheet, across * 0.32, np.broadcast_to(1.0 / (near + 0.05) * 1.5, across.shape)) - np.float32(0.5)
    fine = sample(sheet, across * 1.1, np.broadcast_to(1.0 / (near + 0.05) * 5.2, across.shape)) - np.float32(0.5)
    wave = (ripple * 1.3 + fine * 0.7) * rough
    reach = canvas.unit * 0.05 * (near**0.75 + 0.06)
    source_rows = np.clip(shore[None, :] - below / drawn_out + wave * reach * 2.2, 0, canvas.height - 1).astype(np.int32)
    source_columns = np.clip(columns + wave * reach * 0.5, 0, canvas.width - 1).astype(np.int32)
    seen = canvas.pixels[source_rows, source_columns]
    own = np.asarray(depth if depth is not None else mix(scale(light.sky[1], 0.5), (0.05, 0.16, 0.2), 0.45), np.float32)
    # Looking down near our feet one sees into the water, looking far out one sees the sky.
    glance = np.clip(dim - 0.34 * near + wave * 0.22, 0.0, 1.0)
    seen *= glance[..., None]
    seen += own * (1.0 - glance[..., None])
    seen *= (1.0 + wave * 0.16)[..., None]
    canvas.cover(seen, mask[first:last], top=first)


def glitter(canvas: Canvas, mask: Field, light: Light, dice: Dice, horizon: float, *, amount: float = 1.0) -> None:
    """The path of light under sun or moon."""
    top = int(horizon * canvas.height)
    if top >= canvas.height - 2 or light.height < -0.03:
        return
    down = ((np.arange(top, canvas.height, dtype=np.float32) - top + 0.5) / canvas.height)[:, None]
    near = down / max(0.05, 1.0 - horizon)
    wide = (0.02 + 0.12 * near) * (1.4 if light.night else 1.0)
    path = np.exp(-((((canvas.columns - light.x) * canvas.aspect) / wide) ** 2))
    sheet = tile(dice.fork("glitter"), 256, cells=24, octaves=3, gain=0.7)
    x = (canvas.columns - light.x) * canvas.aspect / (near + 0.04)
    sparkle = sample(sheet, x * 0.42, np.broadcast_to(2.6 / (near + 0.04), x.shape))
    bright = path * smoothstep(0.56 - 0.1 * path.max(), 0.72, sparkle + path * 0.08) * (1.0 - 0.35 * near)
    low = 1.0 - 0.6 * min(1.0, max(0.0, light.height))
    canvas.shine(mix(light.disc, light.sun, 0.35), bright * mask[top:] * np.float32(amount * low), top=top)


def shoreline(wet: Field, fallback: float) -> Field:
    """For each column the first row of water, smoothed; `fallback` where a column has none."""
    there = wet > 0.5  # more water than land
    first = np.where(there.any(axis=0), there.argmax(axis=0), fallback).astype(np.float32)
    smooth = blur(np.repeat(first[None, :], 4, axis=0), max(1.0, wet.shape[1] / 20))[0]
    # What is far is mirrored about one line; only what stands close to the water has a line of its own.
    level = np.float32(np.quantile(first, 0.2))
    return level + (smooth - level) * np.float32(0.2)
