"""AI Horde, as the contract drives it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Service
from tests.contracts.vendor import Says, Vendor

ORDER, CHECK, STATUS = "/generate/async", "/generate/check/", "/generate/status/"
CODES = {401: "InvalidAPIKey", 404: "RequestNotFound", 429: "TooManyPrompts"}


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "horde" / f"{name}.json").read_text())


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"HORDE_API_KEY": "horde-secret", "HORDE_BASE_URL": f"{vendor.url}/api/v2"}


def takes(vendor: Vendor) -> None:
    vendor.on("POST", ORDER, Says(status=202, json=recorded("taken")))


def drawn(**facts: Any) -> Any:
    """The full status, with other facts about its picture."""
    found = recorded("status")
    return {**found, "generations": [{**found["generations"][0], **facts}]}


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    takes(vendor)
    vendor.on("GET", CHECK, Says(json=recorded("waiting")), Says(json=recorded("processing")), Says(json=recorded("done")))
    vendor.on("GET", STATUS, Says(json=drawn(img=f"{vendor.url}/stable-horde/0c1d.webp")))
    for picture in pictures:
        vendor.on("GET", "/stable-horde/", Says(body=picture, headers={"Content-Type": "image/webp"}))


def stands(vendor: Vendor, says: Says) -> None:
    takes(vendor)
    vendor.on("GET", CHECK, says)


def ends(vendor: Vendor, **facts: Any) -> None:
    """Done, with other facts about its picture."""
    stands(vendor, Says(json=recorded("done")))
    vendor.on("GET", STATUS, Says(json=drawn(**facts)))


def error(status: int) -> Says:
    code = CODES.get(status)
    return Says(status=status, json={"message": "No", "rc": code} if code else {"message": "No"})


SERVICE = Service(
    name="horde",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="albedobase-xl"),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    moderated={
        "the prompt": lambda vendor: vendor.on("POST", ORDER, Says(status=400, json=recorded("corrupt_prompt"))),
        "the prompt, without a code": lambda vendor: vendor.on(
            "POST", ORDER, Says(status=400, json={"message": recorded("corrupt_prompt")["message"]})
        ),
        "the picture, by a flag": lambda vendor: ends(vendor, censored=True),
        "the picture, by its state": lambda vendor: ends(vendor, state="censored"),
        "the picture, by what is told of it": lambda vendor: ends(vendor, gen_metadata=[{"type": "censorship", "value": "nsfw"}]),
        "the picture, without any": lambda vendor: ends(vendor, img="", censored=True),
    },
    check=("GET", CHECK),
    unknown=lambda: Says(json={**recorded("waiting"), "state": "resting", "wait_time": None}),
    lost=lambda: Says(status=404, json=recorded("request_not_found")),
    result="/stable-horde/",
    links=lambda vendor, url: ends(vendor, img=url),
    cancel=("DELETE", STATUS),
    seed_out=True,
)
