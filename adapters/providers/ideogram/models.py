"""Models: what each Ideogram can do, as data; what it costs depends on the quality that an admin chose."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from bot.model import Capabilities, Operation

Quality = Literal["low", "medium", "high"]
_PRICED = "providers.md §8, 2026-11"


def _both_ways(*sizes: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple(dict.fromkeys(side for width, height in sizes for side in ((width, height), (height, width))))


SIZES_4 = _both_ways(
    (1024, 1024), (896, 1120), (864, 1152), (832, 1248), (800, 1280), (720, 1280), (720, 1440), (512, 1536), (2048, 2048), (1792, 2240),
    (1728, 2304), (1664, 2496), (1600, 2560), (1440, 2560), (1440, 2880), (1280, 3072), (1248, 3328), (1296, 3168), (1152, 2944),
    (1024, 3072),
)  # fmt: skip
"""The sizes of 4.0 and 4.5, of one and of four megapixels."""
SIZES_3 = (
    *_both_ways(
        (1024, 1024), (960, 1024), (960, 1088), (896, 1024), (896, 1088), (896, 1120), (896, 1152), (896, 960), (832, 1024), (832, 1088),
        (832, 1152), (832, 1216), (832, 1248), (832, 960), (864, 1152), (800, 1280), (768, 1088), (768, 1216), (768, 1280), (768, 1344),
        (736, 1312), (704, 1152), (704, 1216), (704, 1280), (704, 1344), (704, 1408), (704, 1472), (640, 1344), (640, 1408), (640, 1472),
        (640, 1536), (576, 1408), (576, 1472), (576, 1536), (512, 1536),
    ),
)  # fmt: skip
"""The sizes of 3.0."""
TYPES_3 = ("auto", "general", "realistic", "design", "fiction")
"""What 3.0 calls style types."""
PRESETS_3 = (
    "80s_illustration", "90s_nostalgia", "abstract_organic", "analog_nostalgia", "art_brut", "art_deco", "art_poster", "aura",
    "avant_garde", "bauhaus", "blueprint", "blurry_motion",
)  # fmt: skip
"""What 3.0 calls style presets: those that were read."""

_IMAGE: Mapping[Quality, Decimal] = MappingProxyType({"low": Decimal("0.03"), "medium": Decimal("0.06"), "high": Decimal("0.10")})
_IMAGE_3: Mapping[Quality, Decimal] = MappingProxyType({"low": Decimal("0.03"), "medium": Decimal("0.06"), "high": Decimal("0.09")})
_EDIT: Mapping[Quality, Decimal] = MappingProxyType({"low": Decimal("0.03"), "medium": Decimal("0.06"), "high": Decimal("0.22")})
_BACKGROUND = Decimal("0.01")


def models_of(quality: Quality) -> tuple[Capabilities, ...]:
    """The models as they are priced at a quality; the first is the default."""
    edit = _EDIT[quality]
    return (
        Capabilities(
            name="ideogram-4-5",
            operations=frozenset({Operation.DRAW, Operation.EDIT, Operation.INPAINT, Operation.UPSCALE, Operation.REMOVE_BACKGROUND}),
            sizes=SIZES_4,
            sides=(512, 3328),
            # Every image has its own seed, and whether those of a batch follow each other is not documented.
            most=1,
            mask=True,
            price=_IMAGE[quality],
            prices=MappingProxyType(
                {
                    Operation.EDIT: edit,
                    Operation.INPAINT: edit,
                    Operation.REMOVE_BACKGROUND: _BACKGROUND,
                    # A megapixel costs three cents, and nobody knows yet how many there are: four is a doubled square of one.
                    Operation.UPSCALE: Decimal("0.13"),
                }
            ),
            priced=_PRICED,
            about="precise edits leave every other pixel as it was; strong in lettering",
        ),
        Capabilities(
            name="ideogram-4", sizes=SIZES_4, sides=(512, 3328), most=1, price=_IMAGE[quality], priced=_PRICED, about="strong in lettering"
        ),
        Capabilities(
            name="ideogram-3",
            operations=frozenset({Operation.DRAW, Operation.VARY, Operation.EDIT, Operation.INPAINT, Operation.OUTPAINT}),
            sizes=SIZES_3,
            sides=(512, 1536),
            most=1,
            negative=True,
            strength=True,
            mask=True,
            styles=(*TYPES_3, *PRESETS_3),
            price=_IMAGE_3[quality],
            priced=_PRICED,
            about="negative prompts, styles, variations by strength, extends pictures",
        ),
    )


MODELS = models_of("medium")
