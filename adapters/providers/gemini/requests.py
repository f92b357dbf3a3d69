"""Requests: what a fitted request says, in Gemini's words. Pure functions."""

import base64
from collections.abc import Sequence
from typing import Any

from adapters.calls import Source, ratio_of
from adapters.providers.gemini.models import FIXED, Settings
from bot.model import Capabilities, Operation, Request

_SEEDS = 2**31 - 1
"""The API's seeds have 31 bits. The lowest ones of ours are taken, so that a row of seeds stays a row."""
_HARMS = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")


def fields_of(request: Request, model: Capabilities, references: Sequence[Source], settings: Settings) -> dict[str, Any]:
    """What a request says, in Gemini's words."""
    parts: list[dict[str, Any]] = [{"text": _words(request)}]
    for reference in references:
        inline = {"mimeType": reference.media_type, "data": base64.b64encode(reference.body).decode()}
        parts.append({"inlineData": inline})
    image: dict[str, Any] = {
        "aspectRatio": ratio_of(request.size, model.ratios) if request.size else None,
        "imageSize": settings.image_size if model.name not in FIXED else None,
        "personGeneration": settings.people,
    }
    config: dict[str, Any] = {"responseModalities": ["IMAGE"]}
    if said := {name: value for name, value in image.items() if value}:
        config["imageConfig"] = said
    if request.seed is not None:
        config["seed"] = request.seed & _SEEDS
    fields: dict[str, Any] = {"contents": [{"role": "user", "parts": parts}], "generationConfig": config}
    if settings.safety:
        fields["safetySettings"] = [{"category": f"HARM_CATEGORY_{harm}", "threshold": settings.safety} for harm in _HARMS]
    return fields


def _words(request: Request) -> str:
    if request.operation is not Operation.VARY:
        return request.prompt
    about = f" It shows: {request.prompt}" if request.prompt else ""
    return f"Draw a variation of this picture: the same subject and style, with other details.{about}"
