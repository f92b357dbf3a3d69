"""Recraft, as the contract drives it."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.model import Request
from tests.contracts.service import RECORDED, Service
from tests.contracts.vendor import Says, Vendor

GENERATED = json.loads((RECORDED / "recraft" / "generated.json").read_text())


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"RECRAFT_API_TOKEN": "rc-key", "RECRAFT_BASE_URL": f"{vendor.url}/v1"}


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    data = [{**GENERATED["data"][0], "url": f"{vendor.url}/out/{number}.png"} for number in range(len(pictures))]
    vendor.on("POST", "/v1/images/", Says(json={**GENERATED, "data": data}))
    for number, picture in enumerate(pictures):
        vendor.on("GET", f"/out/{number}.png", Says(body=picture, headers={"Content-Type": "image/png"}))


def links(vendor: Vendor, url: str) -> None:
    vendor.on("POST", "/v1/images/", Says(json={**GENERATED, "data": [{**GENERATED["data"][0], "url": url}]}))


SERVICE = Service(
    name="recraft",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="recraftv4_1"),
    submit=("POST", "/v1/images/generations"),
    draws=draws,
    error=lambda status: Says(status=status, body=b"request unauthorized" if status == 401 else b"something is wrong"),
    moderated={
        "said in words": lambda vendor: vendor.on("POST", "/v1/images/", Says(status=400, body=b"prompt did not pass the safety check")),
        "nothing in the answer": lambda vendor: vendor.on("POST", "/v1/images/", Says(json={**GENERATED, "data": []})),
    },
    result="/out/",
    links=links,
    cost=Decimal("0.035"),
)
