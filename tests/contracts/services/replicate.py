"""Replicate, as the contract drives it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Program, Service
from tests.contracts.vendor import Says, Vendor

ORDER, POLL = r"^/v1/predictions$", r"^/v1/predictions/\w+$"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "replicate" / f"{name}.json").read_text())


def told(vendor: Vendor, name: str, **more: Any) -> Any:
    """A recorded prediction, with the vendor's own address in place of the service's."""
    found = recorded(name)
    return {**found, "urls": {"get": f"{vendor.url}/v1/predictions/{found['id']}"}, **more}


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"REPLICATE_API_TOKEN": "r8_secret", "REPLICATE_BASE_URL": f"{vendor.url}/v1"}


def takes(vendor: Vendor) -> None:
    vendor.on("POST", ORDER, Says(status=201, json=told(vendor, "starting")))


def stands(vendor: Vendor, *says: Says) -> None:
    takes(vendor)
    vendor.on("GET", POLL, *says)


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    links = [f"{vendor.url}/xezq/out-{number}.png" for number in range(len(pictures))]
    stands(vendor, Says(json=told(vendor, "processing")), Says(json=told(vendor, "succeeded", output=links)))
    for number, picture in enumerate(pictures):
        vendor.on("GET", f"/xezq/out-{number}.png", Says(body=picture, headers={"Content-Type": "image/png"}))


def links(vendor: Vendor, url: str) -> None:
    stands(vendor, Says(json=told(vendor, "succeeded", output=url)))


def error(status: int) -> Says:
    names = {401: "error", 404: "not_found", 422: "invalid", 429: "throttled"}
    said = recorded(names[status]) if status in names else {"title": "Something is wrong", "detail": "No.", "status": status}
    return Says(status=status, json=said)


def ends(name: str, **more: Any) -> Program:
    return lambda vendor: stands(vendor, Says(json=told(vendor, name, **more)))


SERVICE = Service(
    name="replicate",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="black-forest-labs/flux-schnell"),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    moderated={
        "NSFW": ends("failed_nsfw"),
        "flagged, with a code": ends("failed_flagged"),
        "in other words": ends("failed", error="All generated images contained NSFW content. Try a different prompt."),
        "the safety checker": ends("failed", error="Output was held back by the safety checker"),
        "success without a picture": ends("empty"),
        "success with nothing": ends("empty", output=None),
        "success with nothing in a list": ends("empty", output=[None]),
        "at once": lambda vendor: vendor.on("POST", ORDER, Says(status=201, json=told(vendor, "failed_flagged"))),
        "at once, with 422": lambda vendor: vendor.on(
            "POST", ORDER, Says(status=422, json={"title": "Invalid", "detail": "Prompt was flagged as sensitive (E005)", "status": 422})
        ),
    },
    check=("GET", POLL),
    unknown=lambda: Says(json={**recorded("starting"), "status": "hibernating"}),
    lost=lambda: error(404),
    result="/xezq/",
    links=links,
    cancel=("POST", r"^/v1/predictions/\w+/cancel$"),
    seed_out=True,
)
