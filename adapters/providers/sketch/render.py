"""The renderer: one drawing from words and a seed to a picture, the same pixels every time.

`draw` paints from words alone; `retouch` holds what starts from a picture.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from adapters.providers.sketch.canvas import Cancelled, Canvas, picture
from adapters.providers.sketch.noise import Dice, Field
from adapters.providers.sketch.paint import finish
from adapters.providers.sketch.scenes import paint_scene
from adapters.providers.sketch.styles import apply_style
from adapters.providers.sketch.words import read

__all__ = ["Cancelled", "Drawing", "Progress", "draw", "paint"]

Progress = Callable[[float, Image.Image | None], None]
"""Told the share done (0 to 1) and a picture so far of at most 256 pixels a side, about seven times."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What to draw. Sides are 256 to 2048 pixels."""

    prompt: str
    negative: str = ""
    seed: int
    width: int
    height: int
    steps: int = 20
    """More steps, a little more detail."""
    guidance: float = 7.0
    """More guidance, more contrast and colour."""
    style: str = ""
    strength: float = 0.6
    """0 keeps the source, 1 ignores it."""
    source: Image.Image | None = None
    mask: Image.Image | None = None
    """8-bit, white = edit."""
    factor: int = 2
    """How many times larger `enlarge` makes it."""


def _quiet(_fraction: float, _preview: Image.Image | None) -> None:
    return


def _never() -> bool:
    return False


def draw(drawing: Drawing, *, progress: Progress = _quiet, cancelled: Callable[[], bool] = _never) -> Image.Image:
    """Draw a picture from its words alone; source and mask are not looked at.

    Args:
        drawing: what to draw.
        progress: see `Progress`.
        cancelled: asked between steps.

    Raises:
        Cancelled: `cancelled` said so.
    """
    return picture(paint(drawing, progress=progress, cancelled=cancelled))


def paint(drawing: Drawing, *, progress: Progress = _quiet, cancelled: Callable[[], bool] = _never) -> Field:
    """As `draw`, as light from 0 to 1."""
    dice = Dice(drawing.prompt.strip(), drawing.seed)
    scene = read(drawing.prompt, drawing.negative, drawing.style, dice.fork("words"))
    canvas = Canvas(drawing.width, drawing.height, progress, cancelled)
    canvas.detail = min(1.3, max(0.6, 1.0 + 0.18 * math.log2(max(1, drawing.steps) / 20)))
    canvas.reached(0.02)
    paint_scene(canvas, scene, dice.fork("scene"))
    canvas.reached(0.84)
    finish(canvas, scene, dice.fork("finish"), guidance=drawing.guidance)
    canvas.reached(0.92)
    if scene.style:
        apply_style(canvas, scene, dice.fork("style"))
    return canvas.pixels
