"""Endpoints: what each of Stability AI's endpoints takes, as data (providers.md §3). All are below `/v2beta/stable-image`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.model import Operation, Request

MEGAPIXEL = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One endpoint."""

    path: str
    fields: frozenset[str]
    """What it takes beside words and the picture, by the API's own names."""
    words: bool
    """Whether it takes a prompt."""
    searches: str
    """The field for what is looked for, where the prompt says both: `the boat -> a red duck`."""
    pictured: bool
    """Whether it needs a source picture."""
    pixels: int
    """The most pixels of the source; 9.4 million are the API's usual bound."""
    side: int
    """The longest side of the source."""
    extras: frozenset[str]
    """Knobs that only `Request.extras` reach."""


def _endpoint(
    path: str,
    fields: str,
    *,
    words: bool = True,
    searches: str = "",
    pictured: bool = True,
    pixels: int = 9 * MEGAPIXEL,
    side: int = 16_383,
    extras: str = "",
) -> Endpoint:
    return Endpoint(
        path=path,
        fields=frozenset(fields.split()),
        words=words,
        searches=searches,
        pictured=pictured,
        pixels=pixels,
        side=side,
        extras=frozenset(extras.split()),
    )


_DRAWING = "negative_prompt seed style_preset aspect_ratio"
_EDITING = "negative_prompt seed style_preset"

ULTRA = _endpoint("/generate/ultra", f"{_DRAWING} strength", pictured=False)
CORE = _endpoint("/generate/core", _DRAWING, pictured=False)
SD3 = _endpoint("/generate/sd3", f"{_DRAWING} strength mode model cfg_scale", pictured=False)
FAST = _endpoint("/upscale/fast", "", words=False, pixels=MEGAPIXEL, side=1536)
CONSERVATIVE = _endpoint("/upscale/conservative", "negative_prompt seed", extras="creativity")
CREATIVE = _endpoint("/upscale/creative", _EDITING, extras="creativity", pixels=MEGAPIXEL)
INPAINT = _endpoint("/edit/inpaint", f"{_EDITING} mask", extras="grow_mask")
OUTPAINT = _endpoint("/edit/outpaint", "seed left right up down", extras="creativity left right up down")
ERASE = _endpoint("/edit/erase", "seed mask", words=False, extras="grow_mask")
REPLACE = _endpoint("/edit/search-and-replace", _EDITING, searches="search_prompt", extras="search_prompt grow_mask")
RECOLOR = _endpoint("/edit/search-and-recolor", _EDITING, searches="select_prompt", extras="select_prompt grow_mask")
CUT_OUT = _endpoint("/edit/remove-background", "", words=False, pixels=4 * MEGAPIXEL)
SKETCH = _endpoint("/control/sketch", _EDITING, extras="control_strength")
STRUCTURE = _endpoint("/control/structure", _EDITING, extras="control_strength")
STYLE = _endpoint("/control/style", _DRAWING, extras="fidelity")

SPECIAL: Mapping[str, Endpoint] = MappingProxyType(
    {
        "upscale-conservative": CONSERVATIVE,
        "upscale-creative": CREATIVE,
        "erase": ERASE,
        "search-and-replace": REPLACE,
        "search-and-recolor": RECOLOR,
        "control-sketch": SKETCH,
        "control-structure": STRUCTURE,
        "control-style": STYLE,
    }
)
"""Those that are models of their own."""
_DRAWN_BY: Mapping[str, Endpoint] = MappingProxyType({"stable-image-ultra": ULTRA, "stable-image-core": CORE})
_FITTING: Mapping[Operation, Endpoint] = MappingProxyType(
    {
        Operation.INPAINT: INPAINT,
        Operation.OUTPAINT: OUTPAINT,
        Operation.UPSCALE: FAST,
        Operation.REMOVE_BACKGROUND: CUT_OUT,
    }
)


def endpoint_of(request: Request) -> Endpoint:
    """The endpoint for a fitted request: its model's own, or the one that fits its operation."""
    model = request.model or ""
    return SPECIAL.get(model) or _FITTING.get(request.operation) or _DRAWN_BY.get(model, SD3)
