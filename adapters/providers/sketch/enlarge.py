"""Enlarging and cutting out: the picture as it is, larger and crisper, or its subject without the ground."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from adapters.providers.sketch.canvas import Cancelled, light
from adapters.providers.sketch.noise import Dice, Field, blur, resize, smoothstep
from adapters.providers.sketch.render import Drawing, Progress
from adapters.providers.sketch.retouch import source_of

MOST = 32_000_000
"""The most pixels of an enlargement."""
_STRIP = 512


def enlarge(drawing: Drawing, *, progress: Progress, cancelled: Callable[[], bool]) -> Image.Image:
    """The source `factor` times as wide and high (2 to 4; less where it would pass `MOST`), sharpened, with fine detail where it has texture.

    Raises:
        ValueError: there is no source.
        Cancelled: `cancelled` said so.
    """
    source = source_of(drawing)
    factor = min(float(min(4, max(2, drawing.factor))), (MOST / (source.width * source.height)) ** 0.5)
    width, height = max(1, round(source.width * factor)), max(1, round(source.height * factor))
    clear = source.getchannel("A").resize((width, height), Image.Resampling.LANCZOS) if "A" in source.getbands() else None
    progress(0.1, None)
    large = source.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    progress(0.3, None)
    large = large.filter(ImageFilter.UnsharpMask(radius=0.8 * factor, percent=110, threshold=2))
    large = large.filter(ImageFilter.UnsharpMask(radius=0.4 * factor, percent=60, threshold=2))
    # Texture goes where the source has texture: a clear sky stays clear.
    grey = np.asarray(source.convert("L"), np.float32) / 255
    rough = np.clip(blur(np.abs(grey - blur(grey, 3.0)), 4.0) * 9.0, 0.0, 1.0)
    dice = Dice("enlarge", drawing.seed, width, height)
    strips: list[Image.Image] = []
    for top in range(0, height, _STRIP):
        if cancelled():
            raise Cancelled
        strips.append(_textured(large, rough, top, min(height, top + _STRIP), dice.fork(str(top))))
        progress(0.4 + 0.55 * min(1.0, (top + _STRIP) / height), None)
    for i, strip in enumerate(strips):
        large.paste(strip, (0, i * _STRIP))
    if clear is not None:
        large.putalpha(clear)
    return large


def _textured(large: Image.Image, rough: Field, top: int, bottom: int, dice: Dice) -> Image.Image:
    high, wide = bottom - top, large.width
    tone = light(large.crop((0, top, wide, bottom)))
    scale = rough.shape[0] / large.height
    amount = resize(
        rough, high, wide, smooth=False, box=(0.0, top * scale, float(rough.shape[1]), min(float(rough.shape[0]), bottom * scale))
    )
    fine = dice.numbers(high, wide) - np.float32(0.5)
    soft = resize(dice.numbers(max(2, high // 2), max(2, wide // 2)), high, wide) - np.float32(0.5)
    tone += ((fine * 0.5 + soft) * (0.008 + 0.07 * amount))[..., None]
    return Image.fromarray((np.clip(tone, 0, 1) * 255 + 0.5).astype(np.uint8))


def cut_out(drawing: Drawing, *, progress: Progress, cancelled: Callable[[], bool]) -> Image.Image:
    """The source with a clear ground: what is like the borders, and joined to them, becomes transparent.

    Raises:
        ValueError: there is no source.
        Cancelled: `cancelled` said so.
    """
    source = source_of(drawing).convert("RGB")
    progress(0.1, None)
    small = source.copy()
    small.thumbnail((320, 320), Image.Resampling.LANCZOS)
    tone = light(small)
    ground = _ground(tone)
    unlike = np.abs(tone - ground).max(axis=2)
    unlike = blur(unlike, 1.5)
    level = _between(unlike)
    if cancelled():
        raise Cancelled
    progress(0.4, None)
    outside = _reached(unlike < level)
    progress(0.7, None)
    inside = _closed(~outside)
    soft = resize(blur(inside.astype(np.float32), 1.2), source.height, source.width)
    near = resize(unlike, source.height, source.width)
    edge = smoothstep(0.35, 0.65, soft) * np.clip(0.25 + near / max(1e-3, level), 0.0, 1.0)
    alpha = np.where(soft > 0.9, 1.0, edge)  # noqa: PLR2004 - well within the subject
    cut = source.copy()
    cut.putalpha(Image.fromarray((np.clip(alpha, 0, 1) * 255).astype(np.uint8)))
    progress(0.97, None)
    return cut


def _ground(tone: Field) -> Field:
    """What the ground would look like without a subject: each place between the borders left and right, above and beside it."""
    high, wide = tone.shape[:2]
    rim = max(2, min(high, wide) // 24)
    left, right = tone[:, :rim].mean(axis=1), tone[:, -rim:].mean(axis=1)
    part = np.linspace(0, 1, wide, dtype=np.float32)[None, :, None]
    across = left[:, None] * (1 - part) + right[:, None] * part
    return blur(across.astype(np.float32), 3.0)


def _between(unlike: Field) -> float:
    """The level that best parts two kinds of pixels (Otsu), kept within reason."""
    counts, edges = np.histogram(np.clip(unlike, 0, 0.8), bins=64, range=(0.0, 0.8))
    share = counts / max(1, counts.sum())
    below = np.cumsum(share)
    mean = np.cumsum(share * edges[:-1])
    parted = (mean[-1] * below - mean) ** 2 / np.maximum(below * (1 - below), 1e-6)
    return float(min(0.3, max(0.07, edges[int(parted.argmax())] * 0.75)))


def _reached(like: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Which ground-like places are joined to the border."""
    found = np.zeros_like(like)
    found[[0, -1], :] = like[[0, -1], :]
    found[:, [0, -1]] = like[:, [0, -1]]
    count = -1
    while (now := int(found.sum())) != count:
        count = now
        for _ in range(8):
            grown = found.copy()
            grown[1:] |= found[:-1]
            grown[:-1] |= found[1:]
            grown[:, 1:] |= found[:, :-1]
            grown[:, :-1] |= found[:, 1:]
            found = grown & like
    return found


def _closed(inside: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    """Without specks: what is hardly surrounded by its own kind is dropped."""
    around = blur(inside.astype(np.float32), 4.0)
    return inside & (around > 0.35)  # noqa: PLR2004 - a third of the neighbourhood
