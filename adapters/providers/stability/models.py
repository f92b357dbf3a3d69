"""Models: what people can name at Stability AI, with sizes, promises and prices."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from adapters.calls import sizes_of
from adapters.providers.stability.endpoints import MEGAPIXEL
from bot.model import Capabilities, Operation, Promise

# The API is asked for ratios and promises no exact pixels.
RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "5:4", "4:5", "21:9", "9:21")
STYLES = (
    "enhance", "anime", "photographic", "digital-art", "comic-book", "fantasy-art", "line-art", "analog-film", "neon-punk", "isometric",
    "low-poly", "origami", "modeling-compound", "cinematic", "3d-model", "pixel-art", "tile-texture",
)  # fmt: skip
_CREDIT = Decimal("0.01")
_PRICED = "platform.stability.ai, credits at $0.01 (providers.md §3), 2026-11"
_FROM_PICTURES = frozenset({Operation.VARY, Operation.EDIT})
_ANYWHERE: Mapping[Operation, Decimal] = MappingProxyType(
    {
        Operation.INPAINT: 5 * _CREDIT,
        Operation.OUTPAINT: 4 * _CREDIT,
        Operation.UPSCALE: 2 * _CREDIT,
        Operation.REMOVE_BACKGROUND: 5 * _CREDIT,
    }
)
"""Operations whose endpoints know no models; all models that draw offer them, at these prices (that of inpaint is inferred)."""


def _drawing(
    name: str,
    credits_: str,
    *,
    pictures: bool = True,
    guidance: tuple[float, float] | None = None,
    pixels: int = MEGAPIXEL,
    about: str = "",
) -> Capabilities:
    return Capabilities(
        name=name,
        operations=frozenset({Operation.DRAW, *_ANYWHERE, *(_FROM_PICTURES if pictures else ())}),
        ratios=RATIOS,
        sizes=sizes_of(RATIOS, pixels=pixels),
        sides=(256, 2048),
        multiple=16,
        pixels=pixels,
        most=1,
        promise=Promise.BEST_EFFORT,
        negative=True,
        guidance=guidance,
        strength=pictures,
        mask=True,
        styles=STYLES,
        price=Decimal(credits_) * _CREDIT,
        prices=_ANYWHERE,
        priced=_PRICED,
        running=10,
        about=about,
    )


def _special(
    name: str,
    credits_: int,
    about: str,
    *operations: Operation,
    negative: bool = True,
    styles: tuple[str, ...] = STYLES,
    mask: bool = False,
    deadline: float = 300,
) -> Capabilities:
    return Capabilities(
        name=name,
        # An edit is what carries a picture and words, so that people can reach it by `/edit` and `--model`.
        operations=frozenset({Operation.EDIT, *operations}),
        # The shape is the source's own.
        sides=(64, 2048),
        most=1,
        promise=Promise.BEST_EFFORT,
        negative=negative,
        mask=mask,
        styles=styles,
        price=credits_ * _CREDIT,
        priced=_PRICED,
        special=True,
        deadline=deadline,
        running=10,
        about=about,
    )


_SD3 = (1.0, 10.0)
MODELS = (
    _drawing("stable-image-core", "3", pictures=False, pixels=MEGAPIXEL * 3 // 2),
    _drawing("stable-image-ultra", "8", about="finest, dearest"),
    _drawing("sd3.5-large", "6.5", guidance=_SD3),
    _drawing("sd3.5-large-turbo", "4", guidance=_SD3),
    _drawing("sd3.5-medium", "3.5", guidance=_SD3),
    _drawing("sd3.5-flash", "2.5", guidance=_SD3),
    _special("upscale-conservative", 40, "enlarges to 4 megapixels and changes little", Operation.UPSCALE, styles=()),
    _special("upscale-creative", 60, "enlarges small pictures and invents what is missing; slow", Operation.UPSCALE, deadline=900),
    _special("erase", 5, "removes what the mask covers", Operation.INPAINT, negative=False, styles=(), mask=True),
    _special("search-and-replace", 5, "write what to find -> what to put there"),
    _special("search-and-recolor", 5, "write what to find -> its new colours"),
    _special("control-sketch", 5, "makes a finished picture of a sketch"),
    _special("control-structure", 5, "keeps a picture's structure", Operation.VARY),
    _special("control-style", 5, "draws in the style of a picture"),
)
