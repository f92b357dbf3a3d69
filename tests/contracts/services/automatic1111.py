"""AUTOMATIC1111, as the contract drives it."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Service
from tests.contracts.vendor import Says, Vendor

DRAW, PROGRESS, WHOLE = "/sdapi/v1/txt2img", "/internal/progress", "/sdapi/v1/progress"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "automatic1111" / f"{name}.json").read_text())


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"AUTOMATIC1111_BASE_URL": vendor.url}


def answer(pictures: Sequence[bytes], **info: object) -> Any:
    found = recorded("drawn")
    told = {**json.loads(found["info"]), **info}
    return {**found, "images": [base64.b64encode(picture).decode() for picture in pictures], "info": json.dumps(told)}


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    vendor.on("POST", r"/sdapi/v1/(txt2img|img2img)", Says(json=answer(pictures)))
    vendor.on("GET", WHOLE, Says(json=recorded("whole")))
    vendor.on("POST", PROGRESS, Says(json=recorded("progress")))


def error(status: int) -> Says:
    if status == 422:
        return Says(status=422, json=recorded("invalid"))
    return Says(status=status, json={"error": "HTTPException", "detail": "Sampler not found", "body": "", "errors": ""})


SERVICE = Service(
    name="automatic1111",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="automatic1111"),
    submit=("POST", DRAW),
    draws=draws,
    error=error,
    seed_out=True,
    keyless=True,
)
