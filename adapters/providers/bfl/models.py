"""Models: what each FLUX can do, as data. Prices are of one megapixel; what a task really costs is told when it is taken."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from bot.model import Capabilities, Operation, Promise

_PRICED = "providers.md §4, 2026-01"
_DRAWS = frozenset({Operation.DRAW, Operation.VARY, Operation.EDIT})
RATIOS_3 = ("21:9", "2:1", "16:9", "3:2", "7:5", "4:3", "5:4", "1:1", "4:5", "3:4", "5:7", "2:3", "9:16", "1:2", "9:21")
"""The shapes of FLUX 3."""
RATIOS_1 = ("21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16", "9:21")
"""The shapes that are asked for of Kontext and Ultra, which take any between the first and the last."""
REFERENCES: Mapping[str, int] = MappingProxyType(
    {
        "flux-2-pro": 8,
        "flux-2-max": 8,
        "flux-2-flex": 8,
        "flux-2-klein-9b": 4,
        "flux-2-klein-4b": 4,
        "flux-3-image": 10,
        "flux-kontext-pro": 4,
        "flux-kontext-max": 4,
    }
)
"""How many pictures a model looks at."""


def _flux2(name: str, price: str, edit: str, about: str = "", *, flexible: bool = False) -> Capabilities:
    return Capabilities(
        name=name,
        operations=_DRAWS,
        # 2,048 a side keeps every shape within the 4 megapixels that the family draws.
        sides=(64, 2048),
        multiple=16,
        most=1,
        steps=(1, 50) if flexible else None,
        guidance=(1.5, 10.0) if flexible else None,
        price=Decimal(price),
        prices=MappingProxyType({Operation.EDIT: Decimal(edit), Operation.VARY: Decimal(edit)}),
        priced=_PRICED,
        about=about,
    )


def _kontext(name: str, price: str, about: str = "") -> Capabilities:
    return Capabilities(name=name, operations=_DRAWS, ratios=RATIOS_1, most=1, price=Decimal(price), priced=_PRICED, about=about)


MODELS = (
    _flux2("flux-2-pro", "0.03", "0.045"),
    _flux2("flux-2-max", "0.07", "0.10", "finer, slower, dearer"),
    _flux2("flux-2-flex", "0.05", "0.10", "steps and guidance to choose; strong in lettering", flexible=True),
    _flux2("flux-2-klein-9b", "0.015", "0.017", "quick and cheap"),
    _flux2("flux-2-klein-4b", "0.014", "0.015", "the quickest and cheapest"),
    Capabilities(
        name="flux-3-image",
        operations=_DRAWS,
        ratios=RATIOS_3,
        sides=(256, 4096),
        most=1,
        promise=Promise.NOT_REPEATABLE,
        seedless=True,
        price=None,
        deadline=600,
        about="thinks before it draws; takes no seed; draws the nearest of its shapes, not an exact size",
    ),
    _kontext("flux-kontext-pro", "0.04", "changes a picture by words"),
    _kontext("flux-kontext-max", "0.08", "changes a picture by words, finer"),
    Capabilities(
        name="flux-pro-1.1",
        operations=frozenset({Operation.DRAW, Operation.VARY}),
        sides=(256, 1440),
        multiple=32,
        most=1,
        price=Decimal("0.04"),
        priced=_PRICED,
    ),
    Capabilities(
        name="flux-pro-1.1-ultra",
        operations=frozenset({Operation.DRAW, Operation.VARY}),
        ratios=RATIOS_1,
        sides=(256, 4096),
        pixels=2048 * 2048,
        most=1,
        strength=True,
        styles=("raw",),
        price=Decimal("0.06"),
        priced=_PRICED,
        about="4 megapixels; style raw looks less polished",
    ),
    Capabilities(
        name="flux-dev",
        sides=(256, 1440),
        multiple=32,
        most=1,
        steps=(1, 50),
        guidance=(1.5, 5.0),
        price=None,
    ),
    Capabilities(
        name="flux-pro-1.0-fill",
        operations=frozenset({Operation.INPAINT}),
        most=1,
        steps=(15, 50),
        guidance=(1.5, 100.0),
        mask=True,
        price=Decimal("0.05"),
        priced=_PRICED,
        about="repaints a part of a picture",
    ),
    Capabilities(
        name="flux-pro-1.0-expand",
        operations=frozenset({Operation.OUTPAINT}),
        sides=(256, 4096),
        most=1,
        steps=(15, 50),
        guidance=(1.5, 100.0),
        price=None,
        about="extends a picture",
    ),
)
