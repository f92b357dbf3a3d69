"""Models: those that are offered unless others are named, with their forms as data.

Prices are on each model's page alone and were not collected (providers.md §5), so nobody knows them here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.providers._forms import Field, Form, capabilities
from bot.model import Capabilities

DEADLINE = 600.0
"""Seconds; a model that nobody used for a while takes minutes to start."""
_TEXT = Field()
_SEED = Field(kind="integer")
_FILE = Field()
_FLUX = ("1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21")
_KEPT = ("match_input_image", "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "4:5", "5:4")
_SMALL = Field(kind="integer", least=1, most=4)
_STRENGTH = Field(kind="number", least=0, most=1)
_FORMATS = Field(choices=("webp", "jpg", "png"))
_PHOTOS = Field(choices=("jpg", "png"))
_PROMPT = frozenset({"prompt"})


def _ratio(choices: tuple[str, ...]) -> Field:
    return Field(choices=choices)


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "black-forest-labs/flux-schnell": Form(
            fields={
                "prompt": _TEXT,
                "aspect_ratio": _ratio(_FLUX),
                "num_outputs": _SMALL,
                "num_inference_steps": _SMALL,
                "seed": _SEED,
                "output_format": _FORMATS,
            },
            required=_PROMPT,
        ),
        "black-forest-labs/flux-dev": Form(
            fields={
                "prompt": _TEXT,
                "aspect_ratio": _ratio(_FLUX),
                "image": _FILE,
                "prompt_strength": _STRENGTH,
                "num_outputs": _SMALL,
                "num_inference_steps": Field(kind="integer", least=1, most=50),
                "guidance": Field(kind="number", least=0, most=10),
                "seed": _SEED,
                "output_format": _FORMATS,
            },
            required=_PROMPT,
        ),
        "black-forest-labs/flux-1.1-pro": Form(
            fields={
                "prompt": _TEXT,
                "aspect_ratio": _ratio(("custom", *_FLUX)),
                "width": Field(kind="integer", least=256, most=1440, multiple=32),
                "height": Field(kind="integer", least=256, most=1440, multiple=32),
                "seed": _SEED,
                "output_format": _FORMATS,
            },
            required=_PROMPT,
        ),
        "black-forest-labs/flux-kontext-pro": Form(
            fields={
                "prompt": _TEXT,
                "input_image": _FILE,
                "aspect_ratio": _ratio(_KEPT),
                "seed": _SEED,
                "output_format": _PHOTOS,
            },
            required=_PROMPT,
        ),
        "black-forest-labs/flux-fill-pro": Form(
            fields={
                "prompt": _TEXT,
                "image": _FILE,
                "mask": _FILE,
                "steps": Field(kind="integer", least=15, most=50),
                "guidance": Field(kind="number", least=1.5, most=100),
                "seed": _SEED,
                "output_format": _PHOTOS,
            },
            required=frozenset({"prompt", "image", "mask"}),
        ),
        "google/nano-banana": Form(
            fields={
                "prompt": _TEXT,
                "image_input": Field(kind="array"),
                "aspect_ratio": _ratio(_KEPT),
                "output_format": _PHOTOS,
            },
            required=_PROMPT,
        ),
        "recraft-ai/recraft-crisp-upscale": Form(fields={"image": _FILE}, required=frozenset({"image"})),
        "recraft-ai/recraft-remove-background": Form(fields={"image": _FILE}, required=frozenset({"image"})),
    }
)


def model(name: str, *, running: int = 20) -> Capabilities:
    """A model's facts before its form is known: it draws from words, one picture at a time."""
    start = Capabilities(name=name, price=None, deadline=DEADLINE, running=running, most=1)
    return capabilities(start, FORMS[name]) if name in FORMS else start


MODELS = tuple(model(name) for name in FORMS)
