"""Stability AI's upscale/creative, as the contract drives it: what is answered with a job."""

from collections.abc import Sequence

from bot.model import Inputs, Operation, Request
from tests.bench.easel import png
from tests.contracts.service import Service
from tests.contracts.services.stability import error, pictured, recorded, settings
from tests.contracts.vendor import Says, Vendor

ORDER, POLL = "/v2beta/stable-image/upscale/creative", "/v2beta/results/"


def takes(vendor: Vendor, *polls: Says) -> None:
    vendor.on("POST", ORDER, Says(json=recorded("taken")))
    vendor.on("GET", POLL, *polls)


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    takes(vendor, Says(status=202, json=recorded("at_work")), *(pictured(picture) for picture in pictures))


SERVICE = Service(
    name="stability",
    settings=settings,
    request=Request(
        operation=Operation.UPSCALE, prompt="a small boat", size=(256, 256), scale=4, seed=42, sources=("key",), model="upscale-creative"
    ),
    inputs=Inputs(sources=(png(64),)),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    moderated={
        "403": lambda vendor: vendor.on("POST", ORDER, Says(status=403, json=recorded("content_moderation"))),
        "a blur at the end": lambda vendor: takes(vendor, pictured(png(64), finish="CONTENT_FILTERED")),
        "403 at the end": lambda vendor: takes(vendor, Says(status=403, json=recorded("content_moderation"))),
    },
    check=("GET", POLL),
    unknown=lambda: Says(status=200, json={**recorded("at_work"), "status": "reticulating"}),
    lost=lambda: Says(status=404, json=recorded("not_found")),
    seed_out=True,
)
