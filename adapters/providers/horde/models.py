"""Models: the settings, and what each model can do, as data.

What it takes in kudos is told with each order; it is never money, so every price is nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from pydantic import Field, SecretStr, field_validator

from adapters.calls import Address, CallSettings, Words
from bot.model import Capabilities, Operation

ANONYMOUS = "0000000000"
"""The key that everybody has: last in the queue, small pictures, shown to everybody."""
_ABOUT = "drawn by volunteers' machines, not confidential"
"""Printed with every result, so it says this and nothing else."""
_DEADLINE = 1200.0
"""Seconds; a request that nobody took ends by itself after 10 to 20 minutes."""
_SMALL, _LARGE = 512 * 512, 1024 * 1024
_LOOKS = frozenset({Operation.DRAW, Operation.VARY, Operation.EDIT, Operation.INPAINT})


class Settings(CallSettings):
    """AI Horde's settings."""

    api_key: SecretStr | None = Field(
        None,
        description="API key, from aihorde.net/register. Several: comma list. 0000000000 is everybody's: last in the queue, "
        "and its pictures may be published.",
    )
    base_url: Address = Field("https://aihorde.net/api/v2", description="Address of the API, with /api/v2.")
    models: Words = Field(
        (),
        description="Models to offer, comma list, the default first, each as name=model or as the model alone, as AI Horde calls it. "
        "Empty: a few known ones.",
    )
    pixels: int = Field(
        _LARGE,
        ge=64 * 64,
        description="Pixels of a picture when only a ratio is asked for, of models that are not built in; 262144 suits SD 1.5.",
    )
    contact: str = Field(
        "",
        max_length=200,
        pattern=r"^[\x20-\x7e]*$",
        description="Where AI Horde's people reach you, told with every call: a link or an address. Empty: BOT_PUBLIC_URL.",
    )
    trusted_workers: bool = Field(default=False, description="Whether only machines of trusted volunteers may draw; they are fewer.")
    adult: bool = Field(default=False, description="Whether machines may draw what is not safe for work; else they hold it back.")
    rewrite: bool = Field(default=False, description="Whether it may take words out of a prompt that it would refuse, without a word.")
    sampler: str = Field("", description="Sampler, as AI Horde names it (k_euler). Empty: its own default.")
    by_name: bool = Field(
        default=False,
        description="Whether it draws only for those who name it, and where it is the default. Else it goes first, being free.",
    )
    running: int = Field(8, ge=1, le=1000, description="Requests in flight at once; an account may have 30, everybody's key fewer.")

    @field_validator("models")
    @classmethod
    def _named(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not part.strip() for each in value for part in each.split("=", 1)):
            raise ValueError("has an entry without a name; write name=model, or the model alone")
        return value


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a model is asked with, besides the request."""

    asked: str
    """Its name at AI Horde."""
    steps: int | None = None
    guidance: float | None = None
    sampler: str = ""


def _diffusion(name: str, *, pixels: int) -> Capabilities:
    return Capabilities(
        name=name,
        operations=_LOOKS,
        sides=(64, 3072),
        multiple=64,
        pixels=pixels,
        most=1,
        negative=True,
        steps=(1, 500),
        guidance=(0.0, 100.0),
        strength=True,
        mask=True,
        deadline=_DEADLINE,
        running=8,
        about=_ABOUT,
    )


_FLUX = Capabilities(
    name="flux-schnell",
    sides=(64, 3072),
    multiple=64,
    pixels=_LARGE,
    most=1,
    # A model that was made for four steps without guidance: more of either spoils it.
    steps=(1, 12),
    deadline=_DEADLINE,
    running=8,
    about=_ABOUT,
)

_KNOWN: Mapping[str, tuple[Capabilities, Recipe]] = MappingProxyType(
    {
        model.name: (model, recipe)
        for model, recipe in (
            (_diffusion("albedobase-xl", pixels=_LARGE), Recipe(asked="AlbedoBase XL (SDXL)")),
            (_diffusion("juggernaut-xl", pixels=_LARGE), Recipe(asked="Juggernaut XL")),
            (_FLUX, Recipe(asked="Flux.1-Schnell fp8 (Compact)", steps=4, guidance=1.0, sampler="k_euler")),
            (_diffusion("deliberate", pixels=_SMALL), Recipe(asked="Deliberate")),
            (_diffusion("stable-diffusion", pixels=_SMALL), Recipe(asked="stable_diffusion")),
        )
    }
)
MODELS: tuple[Capabilities, ...] = tuple(model for model, _ in _KNOWN.values())
"""What is offered when the settings name none; volunteers decide from hour to hour whether any machine has them."""


def models_of(settings: Settings) -> Mapping[str, Capabilities]:
    """The models that are offered, by name."""
    return {name: replace(model, running=settings.running, special=settings.by_name) for name, (model, _) in _offered(settings).items()}


def recipes_of(settings: Settings) -> Mapping[str, Recipe]:
    """What each model is asked with."""
    return {name: recipe for name, (_, recipe) in _offered(settings).items()}


def _offered(settings: Settings) -> Mapping[str, tuple[Capabilities, Recipe]]:
    if not settings.models:
        return _KNOWN
    return {model.name: (model, recipe) for model, recipe in (_read(each, settings.pixels) for each in settings.models)}


def _read(entry: str, pixels: int) -> tuple[Capabilities, Recipe]:
    """A model of the setting. One that is built in keeps its facts, under whichever name."""
    name, _, asked = (part.strip() for part in entry.partition("="))
    wanted = (asked or name).casefold()
    for model, recipe in _KNOWN.values():
        if wanted in {model.name.casefold(), recipe.asked.casefold()}:
            return replace(model, name=name if asked else model.name), recipe
    return _diffusion(name, pixels=pixels), Recipe(asked=asked or name)
