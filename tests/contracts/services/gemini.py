"""Gemini, as the contract drives it."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Service
from tests.contracts.vendor import Says, Vendor

ORDER = "/v1beta/models/.*:generateContent"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "gemini" / f"{name}.json").read_text())


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"GEMINI_API_KEY": "gem-secret", "GEMINI_BASE_URL": f"{vendor.url}/v1beta"}


def drawn(picture: bytes, *, finish: str = "STOP") -> Any:
    """An answer with a picture."""
    answer = recorded("drawn")
    candidate = answer["candidates"][0]
    candidate["content"]["parts"][1]["inlineData"]["data"] = base64.b64encode(picture).decode()
    return {**answer, "candidates": [{**candidate, "finishReason": finish}]}


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    vendor.on("POST", ORDER, *(Says(json=drawn(picture)) for picture in pictures))


def error(status: int) -> Says:
    told = recorded("error")
    return Says(status=status, json={"error": {**told["error"], "code": status}})


def _says(vendor: Vendor, answer: Any, status: int = 200) -> None:
    vendor.on("POST", ORDER, Says(status=status, json=answer))


def violation() -> Any:
    return {"error": {"code": 400, "message": "The prompt violates the usage policy.", "status": "INVALID_ARGUMENT"}}


SERVICE = Service(
    name="gemini",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="gemini-3.1-flash-image"),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    moderated={
        "200 with a block reason": lambda vendor: _says(vendor, recorded("blocked")),
        "200 with a finish reason": lambda vendor: _says(vendor, recorded("stopped")),
        "200 with a finish reason beside a picture": lambda vendor: _says(vendor, drawn(b"x", finish="PROHIBITED_CONTENT")),
        "200 in words": lambda vendor: _says(vendor, recorded("in_words")),
        "400 in words": lambda vendor: _says(vendor, violation(), 400),
    },
)
