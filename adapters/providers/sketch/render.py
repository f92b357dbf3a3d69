"""The renderer: one drawing from words and a seed to a picture, the same pixels every time."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from adapters.providers.sketch.canvas import Cancelled, Canvas, picture
from adapters.providers.sketch.noise import Dice
from adapters.providers.sketch.paint import finish
from adapters.providers.sketch.scenes import paint_scene
from adapters.providers.sketch.words import read

__all__ = ["Cancelled", "Drawing", "draw"]


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What to draw. Sides are 256 to 2048 pixels."""

    prompt: str
    negative: str = ""
    seed: int
    width: int
    height: int
    steps: int = 20
    guidance: float = 7.0
    style: str = ""
    strength: float = 0.6
    """0 keeps the source, 1 ignores it."""
    source: Image.Image | None = None
    mask: Image.Image | None = None
    """8-bit, white = edit."""
    factor: int = 2
    """How many times larger `upscale` makes it."""


def _quiet(_fraction: float, _preview: Image.Image | None) -> None:
    return


def _never() -> bool:
    return False


def draw(
    drawing: Drawing, *, progress: Callable[[float, Image.Image | None], None] = _quiet, cancelled: Callable[[], bool] = _never
) -> Image.Image:
    """Draw a picture from its words alone.

    Args:
        drawing: what to draw; source and mask are not looked at.
        progress: told the share done (0 to 1) and a picture so far of at most 256 pixels a side, about seven times.
        cancelled: asked between steps.

    Raises:
        Cancelled: `cancelled` said so.
    """
    dice = Dice(drawing.prompt.strip(), drawing.seed)
    scene = read(drawing.prompt, drawing.negative, drawing.style, dice.fork("words"))
    canvas = Canvas(drawing.width, drawing.height, progress, cancelled)
    canvas.reached(0.02)
    paint_scene(canvas, scene, dice.fork("scene"))
    canvas.reached(0.86)
    finish(canvas, scene, dice.fork("finish"), guidance=drawing.guidance, plain=bool(scene.style))
    canvas.reached(0.97)
    return picture(canvas.pixels)
