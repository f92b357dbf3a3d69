"""The last coat: bloom, tone curve, colour, vignette and grain, the same for every scene."""

import numpy as np

from adapters.providers.sketch.canvas import Canvas
from adapters.providers.sketch.noise import Dice, Field, blur, resize
from adapters.providers.sketch.scene import Scene


def finish(canvas: Canvas, scene: Scene, dice: Dice, *, guidance: float) -> None:
    """Develop the picture. `guidance` above 7 gives more contrast and colour. A style brings its own grain and vignette."""
    plain = scene.style not in {"", "photo"}
    pixels = canvas.pixels
    _bloom(pixels)
    _curve(pixels, guidance)
    if not plain and not scene.lacks("vignette"):
        _vignette(canvas)
    if not plain and not scene.lacks("grain"):
        _grain(canvas, dice)
    np.clip(pixels, 0.0, 1.0, out=pixels)


def _bloom(pixels: Field) -> None:
    """What is very bright lights up what is around it."""
    height, width = pixels.shape[:2]
    bright = np.clip(pixels[::4, ::4] - 0.78, 0.0, 0.6)
    small = resize(bright, max(2, height // 24), max(2, width // 24), smooth=False)
    wide = resize(small, max(2, height // 90), max(2, width // 90), smooth=False)
    high, across = -(-height // 2), -(-width // 2)
    spread = resize(small, high, across) * 0.5 + resize(wide, high, across) * 0.55
    pixels += np.repeat(np.repeat(np.clip(spread, 0, 1), 2, axis=0), 2, axis=1)[:height, :width] * np.clip(1.2 - pixels, 0.0, 1.0)


def _curve(pixels: Field, guidance: float) -> None:
    """A film curve: deep shades a little deeper, highlights rolled off; then saturation."""
    strength = 1.0 + np.clip((guidance - 7.0) / 13.0, -0.5, 1.0) * 0.35
    # Above the knee, light is compressed so that snow at noon keeps its drifts.
    knee = np.float32(0.74)
    over = np.clip(pixels - knee, 0.0, None)
    np.minimum(pixels, knee, out=pixels)
    pixels += over / (1.0 + over / np.float32(0.27))
    middle = np.float32(0.44)
    pixels += (pixels - middle) * np.float32(0.14 * strength) * (1.0 - np.abs(pixels * 2 - 1))
    grey = pixels[..., 0] * 0.299 + pixels[..., 1] * 0.587 + pixels[..., 2] * 0.114
    pixels += (pixels - grey[..., None]) * np.float32(0.12 * strength)


def _vignette(canvas: Canvas) -> None:
    across = (canvas.columns - 0.5) ** 2
    down = (canvas.rows - 0.5) ** 2
    canvas.pixels *= (1.0 - np.clip((across + down) * 1.1 - 0.12, 0.0, 0.42) * 0.62)[..., None]


def _grain(canvas: Canvas, dice: Dice) -> None:
    fine = dice.numbers(canvas.height, canvas.width) - np.float32(0.5)
    soft = blur(dice.numbers(max(2, canvas.height // 2), max(2, canvas.width // 2)), 1.5) - np.float32(0.5)
    fine *= np.float32(0.02)
    fine += resize(soft, canvas.height, canvas.width, smooth=False) * np.float32(0.03)
    canvas.pixels += fine[..., None]
