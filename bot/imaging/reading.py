"""Reading: values out of a record that anybody may have written, each with its type and bounds.

pydantic is not used here because it takes no text with halves of surrogate pairs, which people's prompts can hold.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, cast

from bot.errors import BadPicture
from bot.model import Operation, Request

TEXT = 100_000
"""Characters of a text, at most."""
SIDE = 100_000
"""Pixels of a side, at most; routing fits a size to a model."""
COUNT = 100
EXTRAS = 100
SOURCES = 20
_KEY = re.compile(r"(?!.*(?:^|/)\.\.?(?:/|$))[\w.-]+(?:/[\w.-]+)*", re.ASCII)
_RATIO = re.compile(r"\d{1,5}(?:\.\d{1,4})?:\d{1,5}(?:\.\d{1,4})?", re.ASCII)


class Values:
    """Values of a mapping by name; each method raises BadPicture that names what is wrong."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        """A text, or empty."""
        return self.maybe_text(name) or ""

    def maybe_text(self, name: str) -> str | None:
        """A text, or None."""
        value = self._values.get(name)
        if value is None or (isinstance(value, str) and len(value) <= TEXT):
            return value
        raise _wrong(name)

    def integer(self, name: str, least: int, most: int) -> int | None:
        """A whole number within bounds, or None."""
        value = self._values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most):
            return value
        raise _wrong(name)

    def seed(self, name: str) -> int | None:
        """A seed, 0 to 2**32 - 1, or None."""
        return self.integer(name, 0, 2**32 - 1)

    def number(self, name: str) -> float | None:
        """A finite number, or None."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e9 and math.isfinite(value):  # noqa: PLR2004 - beyond any scale
            return value
        raise _wrong(name)

    def pair(self, name: str) -> tuple[int, int] | None:
        """Width and height in pixels from a list of two, or None."""
        value = self._values.get(name)
        if value is None:
            return None
        sides = cast("list[object]", value) if isinstance(value, list) else []
        whole = [side for side in sides if isinstance(side, int) and not isinstance(side, bool) and 1 <= side <= SIDE]
        if len(sides) != 2 or len(whole) != 2:  # noqa: PLR2004 - width and height
            raise _wrong(name)
        return whole[0], whole[1]

    def ratio(self, name: str) -> str | None:
        """An aspect ratio `16:9`, or None."""
        value = self.maybe_text(name)
        if value is None or (_RATIO.fullmatch(value) and all(float(side) > 0 for side in value.split(":"))):
            return value
        raise _wrong(name)

    def keys(self, name: str) -> tuple[str, ...]:
        """Keys of files; a key never climbs out of where files are kept."""
        value = self._values.get(name, [])
        if not isinstance(value, list) or len(cast("list[object]", value)) > SOURCES:
            raise _wrong(name)
        return tuple(_key(name, key) for key in cast("list[object]", value))

    def key(self, name: str) -> str | None:
        """The key of a file, or None."""
        value = self._values.get(name)
        return None if value is None else _key(name, value)

    def extras(self, name: str) -> dict[str, str]:
        """A mapping of texts."""
        value = self._values.get(name, {})
        if not isinstance(value, dict):
            raise _wrong(name)
        found = cast("dict[object, object]", value)
        texts = {key: text for key, text in found.items() if isinstance(key, str) and isinstance(text, str)}
        if len(texts) != len(found) or len(texts) > EXTRAS:
            raise _wrong(name)
        return texts

    def operation(self, name: str) -> Operation:
        """An operation; drawing where none is named."""
        value = self.maybe_text(name)
        if value is None:
            return Operation.DRAW
        if value in set(Operation):
            return Operation(value)
        raise _wrong(name)


def request(value: object) -> Request:
    """A request from its plain form. Raises BadPicture that names the value which is wrong."""
    if not isinstance(value, dict):
        raise _wrong("request")
    found = Values(cast("dict[str, Any]", value))
    count = found.integer("count", 1, COUNT)
    return Request(
        operation=found.operation("operation"),
        prompt=found.text("prompt"),
        negative=found.text("negative"),
        ratio=found.ratio("ratio"),
        size=found.pair("size"),
        count=1 if count is None else count,
        seed=found.seed("seed"),
        steps=found.integer("steps", 1, 10_000),
        guidance=found.number("guidance"),
        strength=found.number("strength"),
        style=found.maybe_text("style"),
        model=found.maybe_text("model"),
        scale=found.integer("scale", 1, 16),
        sources=found.keys("sources"),
        mask=found.key("mask"),
        extras=found.extras("extras"),
    )


def _key(name: str, value: object) -> str:
    if isinstance(value, str) and len(value) <= 300 and _KEY.fullmatch(value):  # noqa: PLR2004 - far beyond any key of ours
        return value
    raise _wrong(name)


def _wrong(name: str) -> BadPicture:
    return BadPicture(
        f"The drawing data in this picture is not usable: its {name} has no value that makes sense.",
        advice="Type the prompt and the options you want instead.",
    )
