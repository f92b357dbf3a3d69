"""Models: the settings, and what they make of each checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, SecretStr, field_validator

from adapters.calls import Address, CallSettings, Words
from bot.model import Capabilities, Operation, Promise

NAME = "automatic1111"
VENDOR = "AUTOMATIC1111"
OPERATIONS = frozenset({Operation.DRAW, Operation.VARY, Operation.EDIT, Operation.INPAINT, Operation.UPSCALE})
_MOST = 10
"""Images a call: they are drawn one after the other, each with the next seed."""


class Settings(CallSettings):
    """The server's settings."""

    timeout: float = Field(900, gt=0, le=7200, description="Seconds that one call may take; it answers when all of its pictures are drawn.")
    base_url: Address | None = Field(None, description="Address of AUTOMATIC1111 or Forge, started with --api, as http://127.0.0.1:7860.")
    auth: SecretStr | None = Field(None, description="user:password, where it was started with --api-auth.")
    models: Words = Field(
        (),
        description="Checkpoints to offer, comma list, the default first, each as name=checkpoint or as the checkpoint alone. "
        "Empty: the one that is loaded.",
    )
    distilled: Words = Field((), description="Forge: those of the models (FLUX) whose guidance is the distilled one, comma list.")
    sampler: str = Field("", description="Sampler, as it names it. Empty: its own default.")
    scheduler: str = Field("", description="Scheduler, likewise.")
    steps: int = Field(25, ge=1, le=150, description="Steps where nobody says how many.")
    guidance: float = Field(7, ge=1, le=30, description="Guidance where nobody says how much.")
    distilled_guidance: float = Field(3.5, ge=1, le=30, description="The same for the distilled ones.")
    styles: Words = Field((), description="Its prompt styles that people may ask for, comma list.")
    upscaler: str = Field("R-ESRGAN 4x+", description="What it enlarges with, as it names it.")
    pixels: int = Field(1048576, ge=65536, description="Pixels of a picture when only a ratio is asked for; 262144 suits SD 1.5.")
    previews: bool = Field(default=True, description="Whether the card shows the picture while it is drawn.")

    @field_validator("base_url", "auth", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value


@dataclass(frozen=True, kw_only=True)
class Manners:
    """What the settings say about how it is asked."""

    checkpoints: Mapping[str, str]
    """By model name; a model without one is whatever is loaded."""
    distilled: frozenset[str]
    sampler: str
    scheduler: str
    steps: int
    guidance: float
    distilled_guidance: float
    upscaler: str


def manners_of(settings: Settings) -> Manners:
    """What the settings say."""
    return Manners(
        checkpoints=checkpoints_of(settings),
        distilled=frozenset(settings.distilled),
        sampler=settings.sampler,
        scheduler=settings.scheduler,
        steps=settings.steps,
        guidance=settings.guidance,
        distilled_guidance=settings.distilled_guidance,
        upscaler=settings.upscaler,
    )


def checkpoints_of(settings: Settings) -> Mapping[str, str]:
    """The checkpoints of `name=checkpoint,checkpoint`, by model name, in order."""
    found = [(name.strip(), checkpoint.strip()) for name, _, checkpoint in (each.partition("=") for each in settings.models)]
    return {name: checkpoint or name for name, checkpoint in found}


def models_of(settings: Settings) -> Mapping[str, Capabilities]:
    """The models that are offered, by name."""
    return {name: _capabilities(name, settings) for name in checkpoints_of(settings) or [NAME]}


def _capabilities(name: str, settings: Settings) -> Capabilities:
    return Capabilities(
        name=name,
        operations=OPERATIONS,
        sides=(64, 2048),
        multiple=8,
        pixels=settings.pixels,
        most=_MOST,
        promise=Promise.BEST_EFFORT,
        negative=True,
        steps=(1, 150),
        guidance=(1.0, 30.0),
        strength=True,
        mask=True,
        styles=settings.styles,
        deadline=settings.timeout + 100,
        running=1,
        about="on a server of our own" if name != NAME else "whatever is loaded on a server of our own",
    )


MODELS: tuple[Capabilities, ...] = tuple(models_of(Settings.model_construct()).values())
"""What is offered when the settings name no checkpoints."""
