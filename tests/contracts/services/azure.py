"""Azure OpenAI, as the contract drives it: one picture at once, and its own filter's words."""

import base64
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Program, Service
from tests.contracts.vendor import Says, Vendor

FOLDER = RECORDED / "azure"
GENERATED, MODERATED, BLOCKED, ERROR = (
    json.loads((FOLDER / f"{name}.json").read_text()) for name in ("generated", "moderated", "blocked", "error")
)
IMAGES = "/openai/deployments/drawings/images/"


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"AZURE_API_KEY": "az-secret", "AZURE_BASE_URL": vendor.url, "AZURE_DEPLOYMENTS": "drawings=gpt-image-2"}


def answer(*pictures: bytes) -> Says:
    data = [{**GENERATED["data"][0], "b64_json": base64.b64encode(picture).decode()} for picture in pictures]
    return Says(json={**GENERATED, "data": data})


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    vendor.on("POST", IMAGES, answer(*pictures))


def says(status: int, data: Any) -> Program:
    return lambda vendor: vendor.on("POST", IMAGES, Says(status=status, json=data))


def error(code: str) -> Mapping[str, Any]:
    return {"error": {**ERROR["error"], "code": code}}


FILTERED = {"violence": {"filtered": True, "severity": "high"}}

SERVICE = Service(
    name="azure",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), model="drawings"),
    submit=("POST", f"{IMAGES}generations"),
    draws=draws,
    error=lambda status: Says(status=status, json=ERROR),
    moderated={
        "an inner error": says(400, MODERATED),
        "content_policy_violation": says(400, error("content_policy_violation")),
        "contentFilter": says(400, error("contentFilter")),
        "content_filter": says(400, error("content_filter")),
        "moderation_blocked": says(400, error("moderation_blocked")),
        "a picture that its filter took away": says(200, {**GENERATED, "data": [{"content_filter_results": FILTERED}]}),
        "nothing in the answer": says(200, {**GENERATED, "data": []}),
    },
    cost=Decimal("0.05274"),
)
