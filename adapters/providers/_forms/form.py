"""Form: a model's input fields."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, cast

from pydantic import BaseModel, ConfigDict

_BLACK = re.compile(r"black[^.]{0,60}(inpaint|edit|replac|chang|fill|regenerat|modif)", re.IGNORECASE)
_WHITE = re.compile(r"white[^.]{0,60}(inpaint|edit|replac|chang|fill|regenerat|modif)", re.IGNORECASE)
_DEEPEST = 6
"""Steps from one part of a schema to the next: schemas point to others, and a hostile one to itself."""


class Role(StrEnum):
    """What a field is for, in our words."""

    PROMPT = "prompt"
    NEGATIVE = "negative"
    SEED = "seed"
    STEPS = "steps"
    GUIDANCE = "guidance"
    RATIO = "ratio"
    WIDTH = "width"
    HEIGHT = "height"
    SIZE = "size"
    COUNT = "count"
    PICTURE = "picture"
    PICTURES = "pictures"
    MASK = "mask"
    STRENGTH = "strength"
    SCALE = "scale"
    STYLE = "style"
    FORMAT = "format"


NAMES: Mapping[Role, tuple[str, ...]] = MappingProxyType(
    {
        Role.PROMPT: ("prompt", "text_prompt", "instruction", "edit_instruction"),
        Role.NEGATIVE: ("negative_prompt", "neg_prompt", "n_prompt", "negative"),
        Role.SEED: ("seed", "random_seed"),
        Role.STEPS: ("num_inference_steps", "num_steps", "inference_steps", "steps", "ddim_steps"),
        Role.GUIDANCE: ("guidance_scale", "guidance", "cfg_scale", "cfg", "true_cfg_scale"),
        Role.RATIO: ("aspect_ratio",),
        Role.WIDTH: ("width",),
        Role.HEIGHT: ("height",),
        Role.SIZE: ("image_size", "size", "resolution"),
        Role.COUNT: ("num_outputs", "num_images", "number_of_images", "num_samples", "batch_size"),
        Role.PICTURE: ("image", "image_url", "input_image", "input_image_url", "init_image", "source_image", "img", "image_path"),
        Role.PICTURES: ("image_urls", "input_images", "image_input", "images", "reference_images"),
        Role.MASK: ("mask", "mask_url", "mask_image", "mask_image_url"),
        Role.STRENGTH: ("prompt_strength", "strength", "denoising_strength", "denoise"),
        Role.SCALE: ("scale", "scale_factor", "upscale_factor", "upscaling_factor"),
        Role.STYLE: ("style_type", "style", "style_preset"),
        Role.FORMAT: ("output_format", "format"),
    }
)
"""The usual names of what is usual. Left out on purpose: `image_strength` and its like, which mostly say how much of a picture to keep."""
COUNT_NAMES = NAMES[Role.COUNT]


class Field(BaseModel):
    """One input field."""

    model_config = ConfigDict(frozen=True)

    kind: str = "string"
    """`string`, `integer`, `number`, `boolean`, `object`, `array`, or empty where the schema leaves it open."""
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    multiple: int | None = None
    shaped: bool = False
    """Whether it takes a size as width and height in an object."""
    black: bool = False
    """Of a mask: whether black is what is edited, as its description says."""


class Form(BaseModel):
    """What a model takes."""

    model_config = ConfigDict(frozen=True)

    fields: Mapping[str, Field]
    required: frozenset[str] = frozenset()

    @cached_property
    def names(self) -> Mapping[Role, str]:
        """The field of each role that there is one for."""
        found = {role: next((name for name in names if name in self.fields), None) for role, names in NAMES.items()}
        said = {role: name for role, name in found.items() if name is not None}
        # Under one name for one picture, some models take a list of them.
        picture = said.get(Role.PICTURE)
        if picture and self.fields[picture].kind == "array":
            said.setdefault(Role.PICTURES, picture)
            del said[Role.PICTURE]
        return said

    def field(self, role: Role) -> Field | None:
        """The field of a role, or None."""
        name = self.names.get(role)
        return self.fields[name] if name else None

    def needs(self, role: Role) -> bool:
        """Whether nothing goes without it."""
        return self.names.get(role) in self.required


def form_of(document: object) -> Form | None:
    """The form in an OpenAPI document: the schema called `Input`, else what its POST takes. None where there is none."""
    parts = _mapping(_at(document, "components", "schemas"))
    schema = _mapping(parts.get("Input")) or _posted(document, parts)
    properties = _mapping(schema.get("properties"))
    if not properties:
        return None
    required = schema.get("required")
    names = cast("list[Any]", required) if isinstance(required, list) else []
    fields = {name: _field(_resolved(_mapping(each), parts)) for name, each in properties.items()}
    return Form(fields=fields, required=frozenset(name for name in names if isinstance(name, str)))


def _posted(document: object, parts: Mapping[str, Any]) -> Mapping[str, Any]:
    for path in _mapping(_at(document, "paths")).values():
        schema = _mapping(_at(path, "post", "requestBody", "content", "application/json", "schema"))
        if schema:
            return _resolved(schema, parts)
    return {}


def _field(schema: Mapping[str, Any]) -> Field:
    description = str(schema.get("description", ""))
    kind = schema.get("type")
    enum = schema.get("enum")
    multiple = schema.get("multipleOf")
    return Field(
        kind=kind if isinstance(kind, str) else "",
        choices=tuple(str(each) for each in cast("list[Any]", enum)) if isinstance(enum, list) else (),
        least=_number(schema.get("minimum")),
        most=_number(schema.get("maximum")),
        multiple=multiple if isinstance(multiple, int) and multiple > 0 else None,
        shaped={"width", "height"} <= set(_mapping(schema.get("properties"))),
        black=bool(_BLACK.search(description)) and not _WHITE.search(description),
    )


def _resolved(schema: Mapping[str, Any], parts: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
    """A schema with what it points to and what it is joined of put into it; its own words go over theirs."""
    joined: dict[str, Any] = {}
    if depth < _DEEPEST:
        pointed = schema.get("$ref")
        pieces: list[Any] = [parts.get(pointed.rpartition("/")[2])] if isinstance(pointed, str) else []
        for key in ("allOf", "anyOf", "oneOf"):
            several = schema.get(key)
            pieces += cast("list[Any]", several) if isinstance(several, list) else []
        for piece in pieces:
            found = _resolved(_mapping(piece), parts, depth + 1)
            if found.get("type") != "null":
                joined |= {name: value for name, value in found.items() if name not in joined}
    return {**joined, **{name: value for name, value in schema.items() if name not in {"$ref", "allOf", "anyOf", "oneOf"}}}


def _at(value: object, *path: str) -> object:
    for name in path:
        value = _mapping(value).get(name)
    return value


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
