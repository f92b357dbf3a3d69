"""Black Forest Labs, as the contract drives it."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Service
from tests.contracts.vendor import Says, Vendor

ORDER, POLL = "/v1/flux-", "/v1/get_result"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "bfl" / f"{name}.json").read_text())


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"BFL_API_KEY": "bfl-secret", "BFL_BASE_URL": vendor.url}


def takes(vendor: Vendor) -> None:
    taken = recorded("taken")
    vendor.on("POST", ORDER, Says(json={**taken, "polling_url": f"{vendor.url}{POLL}?id={taken['id']}"}))


def ready(sample: str) -> Any:
    found = recorded("ready")
    return {**found, "result": {**found["result"], "sample": sample}}


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    takes(vendor)
    vendor.on("GET", POLL, Says(json=recorded("pending")), Says(json=ready(f"{vendor.url}/results/sample.png")))
    for picture in pictures:
        vendor.on("GET", "/results/", Says(body=picture, headers={"Content-Type": "image/png"}))


def links(vendor: Vendor, url: str) -> None:
    takes(vendor)
    vendor.on("GET", POLL, Says(json=ready(url)))


def stands(vendor: Vendor, says: Says) -> None:
    takes(vendor)
    vendor.on("GET", POLL, says)


def error(status: int) -> Says:
    if status == 422:
        return Says(status=422, json=recorded("invalid"))
    return Says(status=status, json={"detail": "Not authenticated" if status in {401, 403} else "No"})


SERVICE = Service(
    name="bfl",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="flux-2-pro"),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    moderated={
        "the request": lambda vendor: stands(vendor, Says(json=recorded("request_moderated"))),
        "the picture": lambda vendor: stands(vendor, Says(json=recorded("content_moderated"))),
        "the request, with 422": lambda vendor: stands(vendor, Says(status=422, json=recorded("request_moderated"))),
        "the picture, with 503": lambda vendor: stands(vendor, Says(status=503, json=recorded("content_moderated"))),
        "at once": lambda vendor: vendor.on("POST", ORDER, Says(json=recorded("request_moderated"))),
        "at once, with 422": lambda vendor: vendor.on("POST", ORDER, Says(status=422, json=recorded("request_moderated"))),
        "in the detail": lambda vendor: vendor.on("POST", ORDER, Says(status=403, json={"detail": "Request Moderated"})),
    },
    check=("GET", POLL),
    unknown=lambda: Says(json={**recorded("pending"), "status": "Reasoning"}),
    lost=lambda: Says(json=recorded("task_not_found")),
    result="/results/",
    links=links,
    seed_out=True,
    cost=Decimal("0.03"),
)
