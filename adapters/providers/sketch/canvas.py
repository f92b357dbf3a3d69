"""The canvas: the picture being painted, as light from 0 to 1, and the strokes that every scene is made of."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from adapters.providers.sketch.noise import Field, resize

Colour = tuple[float, float, float]
_LARGE = 100_000
"""Pixels from which looking for empty rows pays."""


class Cancelled(Exception):  # noqa: N818 - the one who cancelled knows it; it is no error
    """The caller asked to stop."""


def colour(text: str) -> Colour:
    """A colour from `#rrggbb`."""
    number = int(text.removeprefix("#"), 16)
    return ((number >> 16) / 255, (number >> 8 & 255) / 255, (number & 255) / 255)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second in the first."""
    return (
        first[0] + (second[0] - first[0]) * share,
        first[1] + (second[1] - first[1]) * share,
        first[2] + (second[2] - first[2]) * share,
    )


def scale(first: Colour, amount: float) -> Colour:
    """A lighter or darker colour."""
    return (first[0] * amount, first[1] * amount, first[2] * amount)


def times(first: Colour, second: Colour) -> Colour:
    """A colour under coloured light."""
    return (first[0] * second[0], first[1] * second[1], first[2] * second[2])


def luma(first: Colour) -> float:
    """How bright a colour looks."""
    return 0.299 * first[0] + 0.587 * first[1] + 0.114 * first[2]


def ramp(value: Field, stops: Sequence[tuple[float, Colour]]) -> Field:
    """A picture from a field: each value takes its place among the colour stops."""
    steps = 1024
    where = np.linspace(0.0, 1.0, steps, dtype=np.float32)
    knots = [stop for stop, _ in stops]
    table = np.stack([np.interp(where, knots, [tone[i] for _, tone in stops]) for i in range(3)], axis=1).astype(np.float32)
    return table[np.clip(value * (steps - 1), 0, steps - 1).astype(np.int32)]


class Canvas:
    """A picture being painted.

    Places are given as shares of the width and the height, sizes as shares of the shorter side (`unit` pixels).
    """

    def __init__(
        self, width: int, height: int, progress: Callable[[float, Image.Image | None], None], cancelled: Callable[[], bool]
    ) -> None:
        self.width = width
        self.height = height
        self.unit = float(min(width, height))
        self.aspect = width / height
        self.detail = 1.0
        """How much fine work is worth doing, about 1."""
        self.pixels: Field = np.zeros((height, width, 3), np.float32)
        self._progress = progress
        self._cancelled = cancelled

    def part(self, width: int, height: int) -> "Canvas":
        """A canvas for a picture within the picture; stops with this one, and keeps its progress to itself."""
        smaller = Canvas(width, height, _quiet, self._cancelled)
        smaller.detail = self.detail
        return smaller

    def reached(self, fraction: float) -> None:
        """Tell how far it is, with a small picture of the state. Raises Cancelled."""
        if self._cancelled():
            raise Cancelled
        self._progress(fraction, self.preview())
        if self._cancelled():
            raise Cancelled

    def preview(self) -> Image.Image:
        """The picture so far, at most 256 pixels a side."""
        step = -(-max(self.width, self.height) // 256)
        return picture(self.pixels[::step, ::step])

    @property
    def rows(self) -> Field:
        """Each row's place from 0 (top) to 1, as a column."""
        return ((np.arange(self.height, dtype=np.float32) + 0.5) / self.height)[:, None]

    @property
    def columns(self) -> Field:
        """Each column's place from 0 (left) to 1, as a row."""
        return ((np.arange(self.width, dtype=np.float32) + 0.5) / self.width)[None, :]

    def away(self, x: float, y: float, *, flat: float = 1.0) -> Field:
        """Distance of each pixel from a place, in shorter sides; `flat` above 1 makes rings wider than high."""
        dx = (self.columns - x) * (self.width / self.unit)
        dy = (self.rows - y) * (self.height / self.unit) * flat
        return np.sqrt(dx * dx + dy * dy)

    def cover(self, tone: Field | Colour, mask: Field | float, *, top: int = 0, left: int = 0) -> None:
        """Paint a colour or picture through a mask (0 to 1), its corner at `top`, `left`; what falls outside is cut off."""
        if isinstance(mask, int | float):
            self.pixels += (np.asarray(tone, np.float32) - self.pixels) * np.float32(mask)
            return
        high, wide = mask.shape
        y0, x0 = max(0, top), max(0, left)
        y1, x1 = min(self.height, top + high), min(self.width, left + wide)
        if y0 >= y1 or x0 >= x1:
            return
        inner = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        if high * wide > _LARGE:
            # Most large masks are empty in most rows.
            rows = np.flatnonzero(mask[inner].any(axis=1))
            if not len(rows):
                return
            y1, y0 = y0 + int(rows[-1]) + 1, y0 + int(rows[0])
            inner = (slice(y0 - top, y1 - top), inner[1])
        paint = np.asarray(tone, np.float32)
        if paint.ndim == 3:  # a picture, not one colour
            paint = paint[inner]
        area = self.pixels[y0:y1, x0:x1]
        area += (paint - area) * mask[inner][..., None]

    def shine(self, tone: Colour, amount: Field, *, top: int = 0, left: int = 0) -> None:
        """Add light the way a lens does: it brightens what is dark and never burns out."""
        high, wide = amount.shape
        y0, x0 = max(0, top), max(0, left)
        y1, x1 = min(self.height, top + high), min(self.width, left + wide)
        if y0 >= y1 or x0 >= x1:
            return
        share = amount[y0 - top : y1 - top, x0 - left : x1 - left, None]
        area = self.pixels[y0:y1, x0:x1]
        area += share * np.asarray(tone, np.float32) * np.clip(1.15 - area, 0.0, 1.0)

    def glow(self, x: float, y: float, radius: float, tone: Colour, amount: float) -> None:
        """A round light that fades over `radius` shorter sides; computed small, as it is smooth."""
        reach = radius * 3.2 * self.unit
        left, top = int(x * self.width - reach), int(y * self.height - reach)
        side = max(4, int(reach * 2))
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(self.width, left + side), min(self.height, top + side)
        if x0 >= x1 or y0 >= y1:
            return
        step = 4 if side > 64 else 1
        across = (np.arange(x0, x1 + step, step, dtype=np.float32) - x * self.width) / (radius * self.unit)
        down = (np.arange(y0, y1 + step, step, dtype=np.float32) - y * self.height) / (radius * self.unit)
        distance = across[None, :] ** 2 + down[:, None] ** 2
        light = np.clip(np.exp(-np.sqrt(distance) * 1.6) - np.float32(np.exp(-3.2 * 1.6)), 0, None) * np.float32(amount)
        if step > 1:
            light = resize(light, light.shape[0] * step, light.shape[1] * step, smooth=False)
        self.shine(tone, light[: y1 - y0, : x1 - x0], top=y0, left=x0)


def picture(pixels: Field) -> Image.Image:
    """An 8-bit picture of light from 0 to 1."""
    return Image.fromarray((np.clip(pixels, 0.0, 1.0) * 255 + 0.5).astype(np.uint8))


def light(image: Image.Image) -> Field:
    """The light of an 8-bit picture, from 0 to 1."""
    return np.asarray(image.convert("RGB"), dtype=np.float32) / 255


def _quiet(_fraction: float, _preview: Image.Image | None) -> None:
    return
