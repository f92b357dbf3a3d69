"""fal, as the contract drives it."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Program, Service
from tests.contracts.vendor import Says, Vendor

ORDER = r"^/fal-ai/flux/schnell"
REQUEST = r"^/fal-ai/flux/requests/[\w-]+"
POLL, RESULT, CANCEL = f"{REQUEST}/status", f"{REQUEST}$", f"{REQUEST}/cancel"
PRICES = r"^/platform/models/pricing"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "fal" / f"{name}.json").read_text())


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {
        "FAL_KEY": "fal-id:fal-secret",
        "FAL_BASE_URL": vendor.url,
        "FAL_API_URL": f"{vendor.url}/platform",
        "FAL_JWKS_URLS": f"{vendor.url}/old/jwks.json,{vendor.url}/new/jwks.json",
    }


def taken(vendor: Vendor) -> Any:
    """What the queue answers, with the vendor's own address in place of the service's."""
    return {
        name: value.replace("https://queue.fal.run", vendor.url) if isinstance(value, str) else value
        for name, value in recorded("taken").items()
    }


def takes(vendor: Vendor) -> None:
    vendor.on("POST", ORDER, Says(json=taken(vendor)))


def comes_to(vendor: Vendor, says: Says, *, standing: str = "completed") -> None:
    takes(vendor)
    vendor.on("GET", POLL, Says(status=202, json=recorded("in_queue")), Says(json=recorded(standing)))
    vendor.on("GET", RESULT, says)


def result(links: Sequence[str], **more: Any) -> Any:
    found = recorded("result")
    images = [{**found["images"][0], "url": link} for link in links]
    return {**found, "images": images, "has_nsfw_concepts": [False] * len(images), **more}


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    links = [f"{vendor.url}/files/out-{number}.png" for number in range(len(pictures))]
    comes_to(vendor, Says(json=result(links), headers={"x-fal-billable-units": "1", "x-fal-request-id": "r"}))
    vendor.on("GET", PRICES, Says(json=recorded("pricing")))
    for number, picture in enumerate(pictures):
        vendor.on("GET", f"/files/out-{number}.png", Says(body=picture, headers={"Content-Type": "image/png"}))


def links(vendor: Vendor, url: str) -> None:
    comes_to(vendor, Says(json=result([url])))


def error(status: int) -> Says:
    return Says(status=status, json=recorded("invalid" if status == 422 else "error"))


def ends(status: int, name: str, **more: Any) -> Program:
    return lambda vendor: comes_to(vendor, Says(status=status, json={**recorded(name), **more}))


SERVICE = Service(
    name="fal",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="fal-ai/flux/schnell"),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    moderated={
        "content_policy_violation": ends(422, "content_policy"),
        "over, with an error": lambda vendor: comes_to(
            vendor, Says(status=422, json=recorded("content_policy")), standing="completed_with_error"
        ),
        "no media": ends(422, "no_media"),
        "a black picture": ends(200, "result", has_nsfw_concepts=[True]),
        "a black picture, said once": ends(200, "result", has_nsfw_concepts=True),
        "no picture": ends(200, "result", images=[]),
        "nothing at all": ends(200, "result", images=None),
        "in words": lambda vendor: comes_to(vendor, Says(status=400, json={"detail": "Blocked by our content policy"})),
        "at once": lambda vendor: vendor.on("POST", ORDER, Says(status=422, json=recorded("content_policy"))),
    },
    check=("GET", POLL),
    unknown=lambda: Says(status=202, json={**recorded("in_queue"), "status": "WARMING_UP"}),
    lost=lambda: Says(status=404, json={"detail": "Request not found"}),
    result="/files/",
    links=links,
    cancel=("PUT", CANCEL),
    seed_out=True,
    cost=Decimal("0.003"),
)
