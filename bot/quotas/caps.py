"""Caps: how much one request may be: images, steps, the longest side; with a line that would work."""

import math
from dataclasses import replace

from bot.errors import TooLarge
from bot.grammar import write
from bot.model import Operation, Request
from bot.options import IMAGINE, values_of
from bot.quotas.rulebook import Rulebook

CAPS = {
    "count": "images in one request",
    "steps": "steps",
    "size": "pixels on the longest side",
    "running": "jobs drawn at once",
    "waiting": "jobs waiting at once",
    "priority": "priority",
}
"""Every cap, with what its number counts."""


def check_caps(book: Rulebook, request: Request) -> None:
    """Refuse a request that is larger than one may be here. Raises TooLarge."""
    count, steps, size = book.most("count"), book.most("steps"), book.most("size")
    if count is not None and request.count > count:
        raise TooLarge(
            f"{request.count} images are more than one request may ask for here: {count}.",
            advice=f"--count {count} would work.",
            line=_line(replace(request, count=count)),
        )
    if steps is not None and request.steps is not None and request.steps > steps:
        raise TooLarge(
            f"{request.steps} steps are more than one request may have here: {steps}.",
            advice=f"--steps {steps} would work.",
            line=_line(replace(request, steps=steps)),
        )
    if size is not None and request.size and max(request.size) > size:
        width, height = request.size
        sentence = f"{width}×{height} is larger than a picture may be here: {size} pixels on its longest side."
        if request.operation is Operation.DRAW and math.sqrt(width * height) <= size:
            raise TooLarge(
                sentence,
                advice="A square one would fit: --ar 1:1.",
                line=_line(replace(request, size=None, ratio="1:1")),
            )
        smaller = "Enlarge it less, or start from a smaller picture." if request.scale else "Another model may draw smaller: /models."
        raise TooLarge(sentence, advice=f"{smaller}")


def _line(request: Request) -> str:
    """The line to say, where words alone say it; pictures that came along would have to come again."""
    if request.operation is not Operation.DRAW or request.sources:
        return ""
    # The model and the seed were chosen here and not by the person.
    return write(IMAGINE, values_of(replace(request, model=None, seed=None, size=None, ratio=request.ratio)))
