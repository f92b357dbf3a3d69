"""Shapes: JSON from outside, read as what it should be, and as empty where it is something else."""

from typing import Any, cast

JSON = dict[str, Any]


def mapping(value: object) -> JSON:
    """An object, or an empty one."""
    return cast("JSON", value) if isinstance(value, dict) else {}


def mappings(value: object) -> list[JSON]:
    """A list of objects; what is none is left out."""
    return [cast("JSON", one) for one in cast("list[object]", value) if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    """A text, or an empty one."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """A list of texts; what is none is left out."""
    return [one for one in cast("list[object]", value) if isinstance(one, str)] if isinstance(value, list) else []
