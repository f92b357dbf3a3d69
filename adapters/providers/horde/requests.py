"""Requests: a Request in the service's words."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.providers.horde.models import Recipe
from bot.errors import FaultKind, ProviderFault
from bot.model import Operation, Request

_MARK = "###"
"""Stands between what is wanted and what is not."""
_LEAST = 0.01
"""The smallest strength that it takes."""
_WORDLESS = "a picture close to this one"


@dataclass(frozen=True, kw_only=True)
class Manners:
    """What an admin decided for every request."""

    recipes: Mapping[str, Recipe]
    """By model name."""
    sampler: str = ""
    adult: bool = False
    trusted: bool = False
    rewrite: bool = False
    webhook: str = ""
    """Where deliveries go, or empty."""


def fields_of(request: Request, manners: Manners, *, source: bytes | None = None, mask: bytes | None = None) -> dict[str, Any]:
    """A request as JSON. `mask` is white where it is to be drawn, as the machines have it too.

    Raises:
        ProviderFault: BAD_REQUEST, it starts from a picture or a mask and there is none; nothing was sent.
    """
    recipe = manners.recipes[request.model or ""]
    fields = {
        "prompt": prompt_of(request),
        "params": _params(request, recipe, manners.sampler),
        "models": [recipe.asked],
        "nsfw": manners.adult,
        "censor_nsfw": not manners.adult,
        "trusted_workers": manners.trusted,
        "slow_workers": True,
        "replacement_filter": manners.rewrite,
        # What was asked for is drawn, or refused; never something smaller without a word.
        "allow_downgrade": False,
        "shared": False,
        "r2": True,
        "webhook": manners.webhook or None,
        **_sources(request, source, mask),
    }
    return {name: value for name, value in fields.items() if value is not None}


def prompt_of(request: Request) -> str:
    """What is wanted, and behind a mark what is not. People's own marks become shorter ones, so that they part nothing."""
    wanted = _unmarked(request.prompt).strip() or _WORDLESS
    unwanted = _unmarked(request.negative).strip()
    return f"{wanted} {_MARK} {unwanted}" if unwanted else wanted


def _params(request: Request, recipe: Recipe, sampler: str) -> dict[str, Any]:
    width, height = request.size or (None, None)
    guidance = request.guidance if request.guidance is not None else recipe.guidance
    params = {
        "n": 1,
        "width": width,
        "height": height,
        # A seed is a text there.
        "seed": None if request.seed is None else str(request.seed),
        "steps": request.steps if request.steps is not None else recipe.steps,
        # More than two decimals are refused.
        "cfg_scale": None if guidance is None else round(guidance, 2),
        "sampler_name": recipe.sampler or sampler or None,
        "denoising_strength": _strength(request),
    }
    return {name: value for name, value in params.items() if value is not None}


def _strength(request: Request) -> float | None:
    if request.operation is Operation.DRAW or request.strength is None:
        return None
    return min(1.0, max(_LEAST, round(request.strength, 2)))


def _sources(request: Request, source: bytes | None, mask: bytes | None) -> dict[str, Any]:
    if request.operation is Operation.DRAW:
        return {}
    inpaint = request.operation is Operation.INPAINT
    if source is None or (inpaint and mask is None):
        what = "mask" if source is not None else "picture"
        raise ProviderFault(f"There is no {what} to start from.", kind=FaultKind.BAD_REQUEST, accepted=False)
    return {
        "source_image": _text(source),
        "source_processing": "inpainting" if inpaint else "img2img",
        "source_mask": _text(mask) if inpaint and mask is not None else None,
    }


def _unmarked(text: str) -> str:
    return re.sub(r"#{3,}", "##", text)


def _text(picture: bytes) -> str:
    return b64encode(picture).decode()
