"""Models: those that are offered unless others are named, with their endpoints and forms as data.

A model may have an endpoint for drawing and another one for working on a picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from adapters.providers._forms import Field, Form, capabilities
from bot.model import Capabilities, Operation

DEADLINE = 420.0
_PRICED = "LiteLLM's price table, 2026-11; fal's own prices go over it"
_TEXT, _FILE = Field(), Field()
_SEED = Field(kind="integer")
_FOUR = Field(kind="integer", least=1, most=4)
_FORMATS = Field(choices=("jpeg", "png"))
_STRENGTH = Field(kind="number", least=0, most=1)
_SIZE = Field(
    kind="object", shaped=True, choices=("square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9")
)
_WIDE = Field(choices=("21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"))
_BANANA = Field(choices=("21:9", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16"))
_PROMPT = frozenset({"prompt"})
LIKENESSES = frozenset({Operation.VARY, Operation.EDIT})


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One address of a model."""

    path: str
    form: Form


@dataclass(frozen=True, kw_only=True)
class Known:
    """A model that is written down here."""

    draws: Endpoint
    retouches: Endpoint | None = None
    """Where it works on a picture, if that is another address."""
    price: str = ""

    def endpoint(self, operation: Operation) -> Endpoint:
        """Where an operation is asked for."""
        return self.retouches if self.retouches and operation in LIKENESSES else self.draws


def _form(*needed: str, **fields: Field) -> Form:
    return Form(fields=fields, required=frozenset(needed))


KNOWN: Mapping[str, Known] = MappingProxyType(
    {
        "fal-ai/flux/schnell": Known(
            draws=Endpoint(
                path="fal-ai/flux/schnell",
                form=_form(
                    "prompt",
                    prompt=_TEXT,
                    image_size=_SIZE,
                    num_images=_FOUR,
                    num_inference_steps=Field(kind="integer", least=1, most=12),
                    seed=_SEED,
                    output_format=_FORMATS,
                ),
            ),
            price="0.003",
        ),
        "fal-ai/flux/dev": Known(
            draws=Endpoint(
                path="fal-ai/flux/dev",
                form=_form(
                    "prompt",
                    prompt=_TEXT,
                    image_size=_SIZE,
                    num_images=_FOUR,
                    num_inference_steps=Field(kind="integer", least=1, most=50),
                    guidance_scale=Field(kind="number", least=1, most=20),
                    seed=_SEED,
                    output_format=_FORMATS,
                ),
            ),
            retouches=Endpoint(
                path="fal-ai/flux/dev/image-to-image",
                form=_form(
                    "prompt",
                    "image_url",
                    prompt=_TEXT,
                    image_url=_FILE,
                    strength=_STRENGTH,
                    num_images=_FOUR,
                    num_inference_steps=Field(kind="integer", least=10, most=50),
                    guidance_scale=Field(kind="number", least=1, most=20),
                    seed=_SEED,
                    output_format=_FORMATS,
                ),
            ),
            price="0.025",
        ),
        "fal-ai/flux-pro/v1.1": Known(
            draws=Endpoint(
                path="fal-ai/flux-pro/v1.1",
                form=_form("prompt", prompt=_TEXT, image_size=_SIZE, num_images=_FOUR, seed=_SEED, output_format=_FORMATS),
            ),
            price="0.04",
        ),
        "fal-ai/flux-pro/v1.1-ultra": Known(
            draws=Endpoint(
                path="fal-ai/flux-pro/v1.1-ultra",
                form=_form("prompt", prompt=_TEXT, aspect_ratio=_WIDE, num_images=_FOUR, seed=_SEED, output_format=_FORMATS),
            ),
            price="0.06",
        ),
        "fal-ai/flux-pro/kontext": Known(
            draws=Endpoint(
                path="fal-ai/flux-pro/kontext/text-to-image",
                form=_form("prompt", prompt=_TEXT, aspect_ratio=_WIDE, num_images=_FOUR, seed=_SEED, output_format=_FORMATS),
            ),
            retouches=Endpoint(
                path="fal-ai/flux-pro/kontext",
                form=_form(
                    "prompt",
                    "image_url",
                    prompt=_TEXT,
                    image_url=_FILE,
                    aspect_ratio=_WIDE,
                    num_images=_FOUR,
                    seed=_SEED,
                    output_format=_FORMATS,
                ),
            ),
        ),
        "fal-ai/flux-pro/v1/fill": Known(
            draws=Endpoint(
                path="fal-ai/flux-pro/v1/fill",
                form=_form(
                    "prompt",
                    "image_url",
                    "mask_url",
                    prompt=_TEXT,
                    image_url=_FILE,
                    mask_url=_FILE,
                    num_images=_FOUR,
                    seed=_SEED,
                    output_format=_FORMATS,
                ),
            ),
        ),
        "fal-ai/nano-banana": Known(
            draws=Endpoint(
                path="fal-ai/nano-banana",
                form=_form("prompt", prompt=_TEXT, aspect_ratio=_BANANA, num_images=_FOUR, output_format=_FORMATS),
            ),
            retouches=Endpoint(
                path="fal-ai/nano-banana/edit",
                form=_form(
                    "prompt",
                    "image_urls",
                    prompt=_TEXT,
                    image_urls=Field(kind="array"),
                    aspect_ratio=_BANANA,
                    num_images=_FOUR,
                    output_format=_FORMATS,
                ),
            ),
            price="0.039",
        ),
        "fal-ai/ideogram/v3": Known(
            draws=Endpoint(
                path="fal-ai/ideogram/v3",
                form=_form(
                    "prompt",
                    prompt=_TEXT,
                    negative_prompt=_TEXT,
                    image_size=_SIZE,
                    num_images=Field(kind="integer", least=1, most=8),
                    style=Field(choices=("AUTO", "GENERAL", "REALISTIC", "DESIGN")),
                    seed=_SEED,
                ),
            ),
            price="0.06",
        ),
        "fal-ai/esrgan": Known(
            draws=Endpoint(
                path="fal-ai/esrgan",
                form=_form(
                    "image_url", image_url=_FILE, scale=Field(kind="number", least=1, most=8), output_format=Field(choices=("png", "jpeg"))
                ),
            ),
        ),
        "fal-ai/birefnet": Known(
            draws=Endpoint(
                path="fal-ai/birefnet",
                form=_form("image_url", image_url=_FILE, output_format=Field(choices=("webp", "png"))),
            ),
        ),
    }
)


def model(name: str, *, running: int = 20) -> Capabilities:
    """A model's facts; of one that is not written down here, only that it draws one picture at a time."""
    start = Capabilities(name=name, price=None, deadline=DEADLINE, running=running, most=1, multiple=16, sides=(256, 2048))
    known = KNOWN.get(name)
    if known is None:
        return start
    if known.price:
        start = replace(start, price=Decimal(known.price), priced=_PRICED)
    facts = capabilities(start, known.draws.form)
    if known.retouches is None:
        return facts
    other = capabilities(start, known.retouches.form)
    return replace(facts, operations=facts.operations | other.operations, strength=other.strength, mask=other.mask)


MODELS = tuple(model(name) for name in KNOWN)
