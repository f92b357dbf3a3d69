"""A compatible server, as the contract drives it: results by address, a seed, a price of its owner's."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Program, Service
from tests.contracts.vendor import Says, Vendor

FOLDER = RECORDED / "openai_compatible"
GENERATED, MODELS, INVALID = (json.loads((FOLDER / f"{name}.json").read_text()) for name in ("generated", "models", "invalid"))
IMAGES = "/v1/images/"


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {
        "OPENAI_COMPATIBLE_API_KEY": "own-secret",
        "OPENAI_COMPATIBLE_BASE_URL": f"{vendor.url}/v1",
        "OPENAI_COMPATIBLE_MODELS": "flux.1-schnell",
        "OPENAI_COMPATIBLE_SEEDS": "true",
    }


def answer(*urls: str) -> Says:
    return Says(json={**GENERATED, "data": [{**GENERATED["data"][0], "url": url} for url in urls]})


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    vendor.on("POST", IMAGES, answer(*(f"{vendor.url}/out/{number}.png" for number in range(len(pictures)))))
    for number, picture in enumerate(pictures):
        vendor.on("GET", f"/out/{number}.png", Says(body=picture, headers={"Content-Type": "image/png"}))


def says(status: int, data: Any) -> Program:
    return lambda vendor: vendor.on("POST", IMAGES, Says(status=status, json=data))


SERVICE = Service(
    name="openai_compatible",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="flux.1-schnell"),
    submit=("POST", f"{IMAGES}generations"),
    draws=draws,
    error=lambda status: Says(status=status, json={"error": {"message": "Something is wrong with it.", "type": "server"}}),
    moderated={
        "OpenAI's code": says(400, {"error": {"message": "no", "code": "moderation_blocked"}}),
        "in words, 403": says(403, {"error": "Blocked by the content policy"}),
        "in words, 422": says(422, {"detail": "NSFW content detected"}),
        "an error in a good answer": says(200, {"error": {"message": "rejected by the safety system"}}),
        "a picture that is missing": says(200, {"data": [{"b64_json": "", "url": ""}]}),
        "nothing in the answer": says(200, {"data": []}),
    },
    result="/out/",
    links=lambda vendor, url: vendor.on("POST", IMAGES, answer(url)),
    seed_out=True,
)
