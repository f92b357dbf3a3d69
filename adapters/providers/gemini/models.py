"""Models: what Gemini draws with, its prices, and the settings that decide how."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from pydantic import Field, SecretStr

from adapters.calls import Address, CallSettings, Words, sizes_of
from bot.model import Capabilities, Operation, Promise

_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_LONG = ("1:4", "4:1", "1:8", "8:1")
_SIDES: Mapping[str, int] = MappingProxyType({"": 1024, "512": 512, "1K": 1024, "2K": 2048, "4K": 4096})
FIXED = frozenset({"gemini-2.5-flash-image"})
"""Models that know no picture size."""


class Settings(CallSettings):
    """Gemini's settings."""

    api_key: SecretStr | None = Field(None, description="API key, from aistudio.google.com. Several: comma list.")
    base_url: Address = Field("https://generativelanguage.googleapis.com/v1beta", description="Address of the API, with /v1beta.")
    image_size: Literal["", "512", "1K", "2K", "4K"] = Field(
        "", description="How large pictures are: 512, 1K, 2K or 4K. Empty: 1K, the one size whose price is known."
    )
    safety: Literal["", "BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"] = Field(
        "", description="Gemini's own filter: BLOCK_LOW_AND_ABOVE, BLOCK_MEDIUM_AND_ABOVE, BLOCK_ONLY_HIGH. Empty: as Gemini has it."
    )
    people: Literal["", "ALLOW_ALL", "ALLOW_ADULT", "ALLOW_NONE"] = Field(
        "", description="Which people it draws: ALLOW_ALL, ALLOW_ADULT or ALLOW_NONE. Empty: as Gemini has it."
    )
    models: Words = Field((), description="More models, comma list, by the names of the API; their price is unknown.")


def _model(name: str, price: str | None, *, ratios: tuple[str, ...] = _RATIOS, until: date | None = None, about: str = "") -> Capabilities:
    return Capabilities(
        name=name,
        operations=frozenset({Operation.DRAW, Operation.VARY, Operation.EDIT}),
        ratios=ratios,
        sizes=sizes_of(ratios, pixels=1024 * 1024),
        sides=(256, 8192),
        multiple=16,
        most=1,
        promise=Promise.BEST_EFFORT,
        price=None if price is None else Decimal(price),
        priced="" if price is None else "list prices of the Gemini API at 1K (providers.md §7), 2026-11",
        until=until,
        running=8,
        about=about,
    )


MODELS = (
    _model("gemini-3.1-flash-image", "0.067", ratios=_RATIOS + _LONG),
    _model("gemini-3.1-flash-lite-image", "0.0336"),
    _model("gemini-nano-banana-2.1", "0.0336"),
    _model("gemini-3-pro-image", "0.134", about="finest, dearest"),
    _model("gemini-2.5-flash-image", "0.039", until=date(2027, 3, 15)),
)


def models_of(settings: Settings) -> Mapping[str, Capabilities]:
    """The built-in models and those of the settings, at the size of the settings."""
    known = {model.name: model for model in MODELS}
    models = known | {name: _model(name, None) for name in settings.models if name not in known}
    side = _SIDES[settings.image_size]
    if side == _SIDES[""]:
        return models
    return {name: model if name in FIXED else _sized(model, side) for name, model in models.items()}


def _sized(model: Capabilities, side: int) -> Capabilities:
    return replace(model, sizes=sizes_of(model.ratios, pixels=side * side), pixels=side * side, price=None, priced="")
