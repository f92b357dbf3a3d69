"""Requests: what is asked, in the words of each FLUX family.

FLUX 3 refuses a field that it does not know, so each family says only its own.
"""

import math
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from adapters.calls.pictures import Source
from adapters.providers.bfl.models import RATIOS_1, RATIOS_3, REFERENCES
from bot.errors import FaultKind, ProviderFault
from bot.model import Operation, Request

_WIDEST = 2048
"""Pixels that expand adds to a side at most."""
_TIERS: Mapping[str, int] = MappingProxyType({"768sq": 768**2, "1k": 1024**2, "1.5k": 1536**2, "2k": 2048**2, "4k": 4096**2})
_CLOSE = "A new picture that is close to this one."
_LIKENESSES = frozenset({Operation.VARY, Operation.EDIT})


@dataclass(frozen=True, kw_only=True)
class Manners:
    """What an admin decided for every request."""

    tolerance: int = 2
    """Safety tolerance; each family has a loosest of its own."""
    grounding: bool = False
    webhook: str = ""
    """Where deliveries go, or empty."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The pictures of a request, within what the service takes."""

    pictures: tuple[Source, ...] = ()
    mask: bytes | None = None
    """Greyscale, white = edit, of the first picture's size."""


def fields_of(request: Request, inputs: Sources, manners: Manners) -> dict[str, Any]:
    """A request as the JSON of its model's endpoint.

    Raises:
        ProviderFault: BAD_REQUEST, a source picture or a mask is missing; nothing was sent.
    """
    family = _FAMILIES[request.model or ""]
    # Only a retouched picture may do without words.
    said = {"prompt": request.prompt or (_CLOSE if request.operation in _LIKENESSES else ""), **family(request, inputs, manners)}
    return {name: value for name, value in said.items() if value is not None}


def _flux2(request: Request, inputs: Sources, manners: Manners) -> dict[str, Any]:
    return {
        **_numbered(request, inputs),
        **_size(request),
        "seed": request.seed,
        "steps": request.steps,
        "guidance": request.guidance,
        "safety_tolerance": min(manners.tolerance, 5),
        **_asked(manners),
    }


def _flux3(request: Request, inputs: Sources, manners: Manners) -> dict[str, Any]:
    width, height = request.size or (1024, 1024)
    return {
        "images": [_text(each) for each in _few(request, inputs)] or None,
        "aspect_ratio": nearest(width / height, RATIOS_3),
        "resolution": min(_TIERS, key=lambda tier: abs(math.log(width * height / _TIERS[tier]))),
        "safety_tolerance": min(manners.tolerance, 4),
        "grounding": manners.grounding,
    }


def _kontext(request: Request, inputs: Sources, manners: Manners) -> dict[str, Any]:
    width, height = request.size or (1024, 1024)
    return {
        **_numbered(request, inputs),
        "aspect_ratio": nearest(width / height, RATIOS_1),
        "seed": request.seed,
        "safety_tolerance": manners.tolerance,
        **_asked(manners),
    }


def _pro(request: Request, inputs: Sources, manners: Manners) -> dict[str, Any]:
    return {
        **_size(request),
        "image_prompt": _text(inputs.pictures[0]) if inputs.pictures else None,
        "seed": request.seed,
        "steps": request.steps,
        "guidance": request.guidance,
        "safety_tolerance": manners.tolerance,
        **_asked(manners),
    }


def _ultra(request: Request, inputs: Sources, manners: Manners) -> dict[str, Any]:
    width, height = request.size or (1, 1)
    source = _text(inputs.pictures[0]) if inputs.pictures else None
    return {
        "aspect_ratio": nearest(width / height, RATIOS_1),
        "raw": True if request.style == "raw" else None,
        "image_prompt": source,
        # Ours says how far to go from the picture, theirs how much of it to keep.
        "image_prompt_strength": round(1 - request.strength, 3) if source and request.strength is not None else None,
        "seed": request.seed,
        "safety_tolerance": manners.tolerance,
        **_asked(manners),
    }


def _fill(request: Request, inputs: Sources, manners: Manners) -> dict[str, Any]:
    if inputs.mask is None:
        raise _impossible("Inpainting needs a mask.")
    return {
        "image": _text(_first(inputs)),
        "mask": b64encode(inputs.mask).decode(),
        **_retouched(request, manners),
    }


def _expand(request: Request, inputs: Sources, manners: Manners) -> dict[str, Any]:
    source = _first(inputs)
    return {"image": _text(source), **margins((source.width, source.height), request.size), **_retouched(request, manners)}


def _retouched(request: Request, manners: Manners) -> dict[str, Any]:
    return {
        "seed": request.seed,
        "steps": request.steps,
        "guidance": request.guidance,
        "safety_tolerance": manners.tolerance,
        **_asked(manners),
    }


_FAMILIES: Mapping[str, Callable[[Request, Sources, Manners], dict[str, Any]]] = MappingProxyType(
    {
        "flux-2-pro": _flux2,
        "flux-2-max": _flux2,
        "flux-2-flex": _flux2,
        "flux-2-klein-9b": _flux2,
        "flux-2-klein-4b": _flux2,
        "flux-3-image": _flux3,
        "flux-kontext-pro": _kontext,
        "flux-kontext-max": _kontext,
        "flux-pro-1.1": _pro,
        "flux-dev": _pro,
        "flux-pro-1.1-ultra": _ultra,
        "flux-pro-1.0-fill": _fill,
        "flux-pro-1.0-expand": _expand,
    }
)


def nearest(quotient: float, ratios: Sequence[str]) -> str:
    """The ratio of a list that is nearest to width divided by height."""

    def distance(ratio: str) -> float:
        width, height = ratio.split(":")
        return abs(math.log(float(width) / float(height)) - math.log(quotient))

    return min(ratios, key=distance)


def margins(source: tuple[int, int], target: tuple[int, int] | None) -> dict[str, int]:
    """The pixels to add at each side, so that a picture stands in the middle of the target.

    A target that does not hold the picture says a shape: the smallest canvas of that shape that holds it. Where nothing would be added,
    the picture is to fill seven tenths of the new one.
    """
    width, height = source
    wide, high = target or source
    if wide < width or high < height:
        quotient = wide / high
        wide, high = (round(height * quotient), height) if quotient > width / height else (width, round(width / quotient))
    if (wide, high) == source:
        wide, high = round(width / 0.7), round(height / 0.7)
    across, down = max(0, wide - width), max(0, high - height)
    added = {"left": across // 2, "right": across - across // 2, "top": down // 2, "bottom": down - down // 2}
    return {side: min(pixels, _WIDEST) for side, pixels in added.items()}


def _size(request: Request) -> dict[str, Any]:
    return {"width": request.size[0], "height": request.size[1]} if request.size else {}


def _asked(manners: Manners) -> dict[str, Any]:
    return {"output_format": "png", "webhook_url": manners.webhook or None}


def _numbered(request: Request, inputs: Sources) -> dict[str, Any]:
    """`input_image`, `input_image_2` ..."""
    return {f"input_image_{number}" if number > 1 else "input_image": _text(each) for number, each in enumerate(_few(request, inputs), 1)}


def _few(request: Request, inputs: Sources) -> Sequence[Source]:
    return inputs.pictures[: REFERENCES[request.model or ""]]


def _first(inputs: Sources) -> Source:
    if not inputs.pictures:
        raise _impossible("There is no picture to start from.")
    return inputs.pictures[0]


def _impossible(sentence: str) -> ProviderFault:
    return ProviderFault(sentence, kind=FaultKind.BAD_REQUEST, accepted=False)


def _text(picture: Source) -> str:
    return b64encode(picture.body).decode()
