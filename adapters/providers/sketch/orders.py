"""Orders: a request and its pictures as a drawing, and the finished picture as a PNG."""

import io
from collections.abc import Callable

from PIL import Image, ImageOps

from adapters.providers.sketch import cutout, enlarge, render, retouch
from adapters.providers.sketch.canvas import Cancelled
from adapters.providers.sketch.records import Order
from adapters.providers.sketch.render import Drawing, Progress
from bot.model import Operation

__all__ = ["Cancelled", "carry_out"]

_SWIRLS = "abstract"
_MOST = 40_000_000
"""The most pixels of a picture that is taken as a source."""


def carry_out(order: Order, index: int, *, rough: bool = False, progress: Progress, cancelled: Callable[[], bool]) -> bytes:
    """Image `index` (from 0) of an order, as PNG; a `rough` one has swirls for whatever its words say.

    Raises:
        ValueError: a picture is missing, or cannot be worked with.
        OSError: a picture cannot be read.
        Cancelled: `cancelled` said so.
    """
    painters: dict[Operation, Callable[..., Image.Image]] = {
        Operation.DRAW: render.draw,
        Operation.VARY: retouch.vary,
        Operation.EDIT: retouch.vary,
        Operation.INPAINT: retouch.inpaint,
        Operation.OUTPAINT: retouch.outpaint,
        Operation.UPSCALE: enlarge.enlarge,
        Operation.REMOVE_BACKGROUND: cutout.cut_out,
    }
    found = painters[order.request.operation](_drawing(order, index, rough=rough), progress=progress, cancelled=cancelled)
    body = io.BytesIO()
    found.save(body, "PNG", compress_level=1)
    return body.getvalue()


def _drawing(order: Order, index: int, *, rough: bool) -> Drawing:
    request = order.request
    sources = order.inputs.sources
    source = _opened(sources[min(index, len(sources) - 1)]) if sources else None
    width, height = request.size or (1024, 1024)
    return Drawing(
        prompt=_SWIRLS if rough else request.prompt,
        negative=request.negative,
        seed=((request.seed or 0) + index) % 2**32,
        width=width,
        height=height,
        steps=20 if request.steps is None else request.steps,
        guidance=7.0 if request.guidance is None else request.guidance,
        style=request.style or "",
        strength=0.6 if request.strength is None else request.strength,
        source=source,
        mask=_opened(order.inputs.mask) if order.inputs.mask is not None else None,
        factor=request.scale or 2,
    )


def _opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    if image.width * image.height > _MOST:
        raise ValueError("the picture has too many pixels")
    image.load()
    return ImageOps.exif_transpose(image)
