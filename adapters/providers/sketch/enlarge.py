"""Enlarging: the picture as it is, larger and crisper."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from adapters.providers.sketch.canvas import Cancelled, light
from adapters.providers.sketch.noise import Dice, Field, blur, resize
from adapters.providers.sketch.render import Drawing, Progress
from adapters.providers.sketch.retouch import source_of

MOST = 32_000_000
"""The most pixels of an enlargement."""
_STRIP = 512


def enlarge(drawing: Drawing, *, progress: Progress, cancelled: Callable[[], bool]) -> Image.Image:
    """The source `factor` times as wide and high (2 to 4; less where it would pass `MOST`), sharpened, detailed where it has texture.

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
