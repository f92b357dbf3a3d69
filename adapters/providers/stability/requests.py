"""Requests: what a fitted request says, in Stability AI's words. Pure functions."""

import re

from adapters.calls import Source, ratio_of
from adapters.providers.stability.endpoints import SD3, Endpoint
from adapters.providers.stability.models import RATIOS
from bot.errors import FaultKind, ProviderFault
from bot.model import Operation, Request

_ARROW = re.compile(r"\s*(?:->|=>|→)\s*")
_STRENGTH = 0.5
_WORDLESS = "detailed, sharp"
"""What is said to an endpoint that insists on words where there are none: an upscale of a picture from outside."""
_FARTHEST = 2000
_LEAST = 8
_LAST_SEED = 2**32 - 2


def fields_of(request: Request, endpoint: Endpoint, source: Source | None) -> dict[str, str]:
    """The text fields of the form.

    Raises:
        ProviderFault: BAD_REQUEST, certainly not accepted: search and replace was not told what to search.
    """
    said: dict[str, str] = {"output_format": "png"}
    extras = {name: value for name, value in request.extras.items() if name in endpoint.extras}
    if endpoint.words:
        said |= _words(request, endpoint, extras)
    offered: dict[str, str | None] = {
        "negative_prompt": request.negative or None,
        "seed": None if request.seed is None else str(seed_of(request.seed)),
        "style_preset": request.style,
        "aspect_ratio": ratio_of(request.size, RATIOS) if request.size else None,
        "strength": f"{_STRENGTH if request.strength is None else request.strength:g}" if source else None,
        "model": request.model,
        "mode": "image-to-image" if source else "text-to-image",
        "cfg_scale": None if request.guidance is None else f"{request.guidance:g}",
    }
    if endpoint is SD3 and source:
        # The picture's own shape stays; the API refuses another one.
        offered["aspect_ratio"] = None
    if request.operation is Operation.OUTPAINT and source:
        offered |= {side: str(pixels) for side, pixels in margins((source.width, source.height), request.size).items()}
    return said | {name: value for name, value in offered.items() if value is not None and name in endpoint.fields} | extras


def _words(request: Request, endpoint: Endpoint, extras: dict[str, str]) -> dict[str, str]:
    if not endpoint.searches:
        words = request.prompt or ("" if request.operation is Operation.OUTPAINT else _WORDLESS)
        return {"prompt": words} if words else {}
    if endpoint.searches in extras:
        return {"prompt": request.prompt}
    found, *new = _ARROW.split(request.prompt, maxsplit=1)
    if not found or not new or not new[0]:
        raise ProviderFault(
            f"{request.model} was not told what to find and what to put there.",
            kind=FaultKind.BAD_REQUEST,
            accepted=False,
            advice="Write what to find and what to put there: the boat -> a red duck",
        )
    return {"prompt": new[0], endpoint.searches: found}


def seed_of(seed: int) -> int:
    """A seed the API takes as it is: 0 means any there, and 2**32 - 1 is too high. The answer tells which was used."""
    return seed if 1 <= seed <= _LAST_SEED else 1


def margins(source: tuple[int, int], target: tuple[int, int] | None) -> dict[str, int]:
    """Pixels to add on each side: to the target's size where the source fits into it, else to its shape, else a quarter all around."""
    width, height = source
    wide, high = target or source
    if wide < width or high < height:
        wide, high = max(width, round(height * wide / high)), max(height, round(width * high / wide))
    more, taller = wide - width, high - height
    if more < _LEAST and taller < _LEAST:
        more, taller = width // 2, height // 2
    sides = {"left": more // 2, "right": more - more // 2, "up": taller // 2, "down": taller - taller // 2}
    return {side: min(pixels, _FARTHEST) for side, pixels in sides.items() if pixels > 0}
