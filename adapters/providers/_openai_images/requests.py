"""Requests: a Request in the words of the images API."""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.providers._openai_images.facts import SOURCES, Facts
from bot.model import Operation, Request

File = tuple[str, tuple[str, bytes, str]]
"""A part of a multipart form: its name, and file name, bytes and media type."""
_VARIATION = "A variation of this picture, with the same subject in the same style."
_BACKGROUNDS = frozenset({"auto", "opaque", "transparent"})


def fields_of(request: Request, facts: Facts, *, usual: Mapping[str, Any], seeds: bool) -> dict[str, Any]:
    """What a request says.

    Args:
        request: as fitted.
        facts: of its model.
        usual: what is said with every request, `quality` and the like; what is None is not said.
        seeds: whether the server takes a seed.
    """
    said: dict[str, Any] = {"model": request.model, "prompt": words_of(request), "n": request.count, **usual}
    if request.size:
        said["size"] = f"{request.size[0]}x{request.size[1]}"
    if seeds:
        said["seed"] = request.seed
    if said.get("quality"):
        said["quality"] = facts.quality(request.extras.get("quality") or said["quality"])
    if request.extras.get("background") in _BACKGROUNDS:
        said["background"] = request.extras["background"]
    return {name: value for name, value in said.items() if value is not None and value != ""}


def words_of(request: Request) -> str:
    """The prompt; for a variation, with a sentence that asks for one, because the API has no other way to say it."""
    if request.operation is Operation.VARY:
        return f"{_VARIATION} It shows: {request.prompt}" if request.prompt else _VARIATION
    return request.prompt


def form_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a multipart form."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in fields.items()}


def files_of(sources: Sequence[bytes], mask: bytes | None) -> list[File]:
    """The pictures of an edit, at most 16, and its mask: a PNG whose transparent part is to change."""
    sources = sources[:SOURCES]
    name = "image" if len(sources) == 1 else "image[]"
    files: list[File] = [(name, _file(f"image-{number}", source)) for number, source in enumerate(sources, start=1)]
    return [*files, ("mask", ("mask.png", mask, "image/png"))] if mask is not None else files


def _file(name: str, content: bytes) -> tuple[str, bytes, str]:
    if content.startswith(b"\xff\xd8"):
        return f"{name}.jpg", content, "image/jpeg"
    if content[8:12] == b"WEBP":
        return f"{name}.webp", content, "image/webp"
    return f"{name}.png", content, "image/png"
