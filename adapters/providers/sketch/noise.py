"""Noise: seeded streams of numbers and the smooth fields that clouds, rock, water and paper are made of."""

import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.floating[Any]]
"""Any array of 32-bit floats: a field (rows, columns) or a picture (rows, columns, 3)."""

T = TypeVar("T")


class Dice:
    """A stream of random numbers that depends on its words alone.

    Only `integers` and `random` of numpy's PCG64 are used: other distributions may change between versions of numpy.
    """

    def __init__(self, *words: object) -> None:
        digest = hashlib.sha256("|".join(str(word) for word in words).encode(errors="replace")).digest()
        self._words = words
        self._numbers = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))

    def fork(self, name: str) -> "Dice":
        """Another stream, which stays the same however much of this one is used."""
        return Dice(*self._words, name)

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        return low + (high - low) * float(self._numbers.random())

    def integer(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self._numbers.integers(low, high + 1))

    def chance(self, share: float) -> bool:
        """True that often."""
        return float(self._numbers.random()) < share

    def pick(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[int(self._numbers.integers(0, len(things)))]

    def numbers(self, *shape: int) -> Field:
        """Numbers from 0 to 1 in an array of that shape."""
        return self._numbers.random(shape, dtype=np.float32)


def resize(field: Field, height: int, width: int, *, smooth: bool = True, box: tuple[float, float, float, float] | None = None) -> Field:
    """A field at another size; `box` is the part to take, in columns and rows."""
    how = Image.Resampling.BICUBIC if smooth else Image.Resampling.BILINEAR
    if field.ndim == 3:
        return np.stack([resize(field[..., i], height, width, smooth=smooth, box=box) for i in range(field.shape[2])], axis=2)
    return np.asarray(Image.fromarray(np.ascontiguousarray(field)).resize((width, height), how, box=box), dtype=np.float32)


def blur(field: Field, radius: float) -> Field:
    """A field softened over about `radius` pixels: shrunk, smoothed and enlarged, many times cheaper than a kernel."""
    height, width = field.shape[:2]
    step = max(1.0, radius / 2.0)
    small = resize(field, max(2, round(height / step)), max(2, round(width / step)), smooth=False) if step > 1 else field
    for _ in range(2):
        padded = np.pad(small, ((1, 1), (1, 1), *(((0, 0),) * (field.ndim - 2))), mode="edge")
        small = (padded[:-2, 1:-1] + padded[2:, 1:-1] + 2 * padded[1:-1, 1:-1]) * np.float32(0.25)
        padded = np.pad(small, ((0, 0), (1, 1), *(((0, 0),) * (field.ndim - 2))), mode="edge")
        small = (padded[:, :-2] + padded[:, 2:] + 2 * padded[:, 1:-1]) * np.float32(0.25)
    return resize(small, height, width) if step > 1 else small


def cloudy(dice: Dice, height: int, width: int, *, cells: float, octaves: int = 5, gain: float = 0.5, stretch: float = 1.0) -> Field:
    """Fractal noise, 0 to 1 around 0.5: `cells` lumps across the width, `stretch` times as wide as high."""
    total = np.zeros((height, width), np.float32)
    weight, across = 1.0, cells
    reach = 0.0
    for _ in range(octaves):
        down = max(1.0, across * stretch * height / width)
        if across > width or down > height:
            break
        lattice = dice.numbers(int(down) + 5, int(across) + 5)
        total += weight * resize(lattice, height, width, box=(2.0, 2.0, 2.0 + across, 2.0 + down))
        reach += weight
        weight *= gain
        across *= 2.03
    return np.clip((total / max(reach, 1e-6) - 0.5) * 1.5 + 0.5, 0.0, 1.0)


def tile(dice: Dice, side: int, *, cells: int, octaves: int = 6, gain: float = 0.5, ridged: bool = False) -> Field:
    """Fractal noise that joins itself at its edges, `side` by `side`; `ridged` gives crests instead of lumps."""
    total = np.zeros((side, side), np.float32)
    weight, count, reach = 1.0, cells, 0.0
    carry = np.ones((side, side), np.float32)
    for _ in range(octaves):
        if count > side // 2:
            break
        lattice = np.pad(dice.numbers(count, count), 3, mode="wrap")
        layer = resize(lattice, side, side, box=(3.0, 3.0, 3.0 + count, 3.0 + count))
        if ridged:
            layer = (1.0 - np.abs(layer * 2.0 - 1.0)) ** 2
            total += weight * layer * carry
            carry = np.clip(layer * 1.4, 0.0, 1.0)
        else:
            total += weight * layer
        reach += weight
        weight *= gain
        count *= 2
    return np.clip(total / max(reach, 1e-6), 0.0, 1.0)


def sample(tiled: Field, across: Field, down: Field) -> Field:
    """What a joining tile holds at positions measured in tiles, smoothly."""
    side = tiled.shape[0]
    x, y = across * side, down * side
    left, top = np.floor(x), np.floor(y)
    fx, fy = x - left, y - top
    x0 = left.astype(np.int32) % side
    y0 = top.astype(np.int32) % side
    x1, y1 = (x0 + 1) % side, (y0 + 1) % side
    flat = tiled.ravel()
    upper = flat[y0 * side + x0] * (1 - fx) + flat[y0 * side + x1] * fx
    lower = flat[y1 * side + x0] * (1 - fx) + flat[y1 * side + x1] * fx
    return (upper * (1 - fy) + lower * fy).astype(np.float32)


def shift(field: Field, dx: Field, dy: Field) -> Field:
    """A field or picture looked up `dx` columns and `dy` rows further on, edges held."""
    height, width = field.shape[:2]
    columns = np.clip(np.arange(width, dtype=np.float32) + dx, 0, width - 1).astype(np.int32)
    rows = np.clip(np.arange(height, dtype=np.float32)[:, None] + dy, 0, height - 1).astype(np.int32)
    return field[rows, columns]


def profile(dice: Dice, width: int, *, cells: float, octaves: int = 6, gain: float = 0.5) -> Field:
    """A fractal line of `width` heights, 0 to 1."""
    total = np.zeros(width, np.float32)
    weight, across, reach = 1.0, cells, 0.0
    for _ in range(octaves):
        if across > width:
            break
        knots = dice.numbers(int(across) + 5)
        where = np.linspace(1.0, 1.0 + across, width, dtype=np.float32)
        left = where.astype(np.int32)
        part = where - left
        part = part * part * (3 - 2 * part)
        total += weight * (knots[left] * (1 - part) + knots[left + 1] * part)
        reach += weight
        weight *= gain
        across *= 2.07
    return total / max(reach, 1e-6)


def slopes(field: Field) -> tuple[Field, Field]:
    """How steeply a field rises downwards and to the right, a pixel."""
    down, across = np.gradient(np.asarray(field, np.float32))
    return np.asarray(down, np.float32), np.asarray(across, np.float32)


def smoothstep(low: float | Field, high: float | Field, value: Field) -> Field:
    """0 below `low`, 1 above `high`, an easy slope between; `low` may be the larger, for a falling slope."""
    part = np.clip((value - low) / (high - low), 0.0, 1.0)
    return part * part * (3.0 - 2.0 * part)
