"""Stability AI, as the contract drives it: what is answered in the call."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import Request
from tests.bench.easel import png
from tests.contracts.service import RECORDED, Service
from tests.contracts.vendor import Says, Vendor

ORDER = "/v2beta/stable-image/"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "stability" / f"{name}.json").read_text())


def pictured(picture: bytes, *, finish: str = "SUCCESS") -> Says:
    return Says(body=picture, headers={**recorded("headers"), "finish-reason": finish})


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"STABILITY_API_KEY": "sk-stability", "STABILITY_BASE_URL": vendor.url}


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    vendor.on("POST", ORDER, *(pictured(picture) for picture in pictures))


def error(status: int) -> Says:
    return Says(status=status, json=recorded("error"))


SERVICE = Service(
    name="stability",
    settings=settings,
    request=Request(prompt="a small boat", size=(1248, 1248), seed=42, model="stable-image-core"),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    moderated={
        "403": lambda vendor: vendor.on("POST", ORDER, Says(status=403, json=recorded("content_moderation"))),
        "a public figure": lambda vendor: vendor.on("POST", ORDER, Says(status=422, json=recorded("public_figure"))),
        "400 in words": lambda vendor: vendor.on("POST", ORDER, Says(status=400, body=b"flagged by our content moderation system")),
        "200 with a blur": lambda vendor: vendor.on("POST", ORDER, pictured(png(64), finish="CONTENT_FILTERED")),
        "200 with a blur in JSON": lambda vendor: vendor.on(
            "POST", ORDER, Says(json={**recorded("image"), "finish_reason": "CONTENT_FILTERED"})
        ),
        "200 with a flag and no picture": lambda vendor: vendor.on("POST", ORDER, Says(json={"finish_reason": "CONTENT_FILTERED"})),
    },
    seed_out=True,
)
