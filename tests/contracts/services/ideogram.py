"""Ideogram, as the contract drives it."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Service
from tests.contracts.vendor import Says, Vendor

ORDER, POLL = "/v2/image/", "/v2/generations/"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "ideogram" / f"{name}.json").read_text())


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"IDEOGRAM_API_KEY": "ideogram-secret", "IDEOGRAM_BASE_URL": vendor.url}


def completed(*urls: str) -> Any:
    found = recorded("completed")
    return {**found, "data": [{**found["data"][0], "url": url} for url in urls]}


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    urls = [f"{vendor.url}/ephemeral/{number}.png" for number in range(len(pictures))]
    vendor.on("POST", ORDER, Says(json=recorded("taken")))
    vendor.on("GET", POLL, Says(json=recorded("pending")), Says(json=completed(*urls)))
    for number, picture in enumerate(pictures):
        vendor.on("GET", f"/ephemeral/{number}.png", Says(body=picture, headers={"Content-Type": "image/png"}))


def stands(vendor: Vendor, says: Says) -> None:
    vendor.on("POST", ORDER, Says(json=recorded("taken")))
    vendor.on("GET", POLL, says)


def refuses(vendor: Vendor, status: int, body: Any) -> None:
    vendor.on("POST", ORDER, Says(status=status, json=body))


def error(status: int) -> Says:
    named = {402: recorded("no_funds"), 429: recorded("inflight"), 422: {"error": "resolution is invalid"}}
    return Says(status=status, json=named.get(status, {"error": "No"}))


SERVICE = Service(
    name="ideogram",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="ideogram-4-5"),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    moderated={
        "the prompt, with 422": lambda vendor: refuses(vendor, 422, recorded("refused")),
        "the prompt, with 422 and nothing said": lambda vendor: refuses(vendor, 422, {}),
        "the prompt, with 400": lambda vendor: refuses(vendor, 400, {"error": "The image failed the safety check"}),
        "the picture": lambda vendor: stands(vendor, Says(json=recorded("unsafe"))),
        "a picture without an address": lambda vendor: stands(vendor, Says(json=completed(""))),
        "the generation": lambda vendor: stands(vendor, Says(json=recorded("failed_policy"))),
        "at once": lambda vendor: vendor.on(
            "POST", ORDER, Says(json={**recorded("synchronous"), "data": [{"url": "", "is_image_safe": False}]})
        ),
    },
    check=("GET", POLL),
    unknown=lambda: Says(json={**recorded("pending"), "status": "enhancing"}),
    lost=lambda: Says(status=404, json={"error": "Generation not found"}),
    result="/ephemeral/",
    links=lambda vendor, url: stands(vendor, Says(json=completed(url))),
    seed_out=True,
    cost=Decimal("0.06"),
)
