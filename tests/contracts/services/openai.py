"""OpenAI, as the contract drives it: one picture, streamed, with a preview on the way."""

import base64
import copy
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.model import Request
from tests.contracts.service import RECORDED, Program, Service
from tests.contracts.vendor import Says, Vendor

FOLDER = RECORDED / "openai"
GENERATED, PARTIAL, COMPLETED, MODERATED, ERROR, MODELS = (
    json.loads((FOLDER / f"{name}.json").read_text()) for name in ("generated", "partial", "completed", "moderated", "error", "models")
)
IMAGES = "/v1/images/"


def packed(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": f"{vendor.url}/v1"}


def answer(pictures: Sequence[bytes], **more: Any) -> Says:
    return Says(json={**GENERATED, "data": [{"b64_json": packed(picture)} for picture in pictures], **more})


def event(data: Mapping[str, Any]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


def stream(*events: Mapping[str, Any]) -> Says:
    return Says(body=b"".join(event(each) for each in events), headers={"Content-Type": "text/event-stream; charset=utf-8"})


def streamed(picture: bytes, preview: bytes) -> Says:
    return stream({**PARTIAL, "b64_json": packed(preview)}, {**COMPLETED, "b64_json": packed(picture)})


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    vendor.on("POST", IMAGES, streamed(pictures[0], pictures[0]) if len(pictures) == 1 else answer(pictures))


def error(status: int) -> Says:
    return Says(status=status, json=ERROR)


def moderated(**more: Any) -> Mapping[str, Any]:
    said = copy.deepcopy(MODERATED)
    said["error"].update(more)
    return said


def says(status: int, data: Any) -> Program:
    return answers(Says(status=status, json=data))


def answers(said: Says) -> Program:
    return lambda vendor: vendor.on("POST", IMAGES, said)


FORMS: Mapping[str, Program] = {
    "moderation_blocked": says(400, MODERATED),
    "after it was drawn": says(400, moderated(moderation_details={"moderation_stage": "output"})),
    "the older code": says(400, moderated(code="content_policy_violation", message="no")),
    "in words alone": says(400, moderated(code=None, type=None)),
    "an empty answer": says(200, {**GENERATED, "data": []}),
    "a picture that is missing": says(200, {**GENERATED, "data": [{"b64_json": None}]}),
    "an error in a good answer": says(200, MODERATED),
    "in the middle of the stream": answers(stream({"type": "error", **MODERATED})),
}

SERVICE = Service(
    name="openai",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), model="gpt-image-2"),
    submit=("POST", "/v1/images/generations"),
    draws=draws,
    error=error,
    moderated=FORMS,
    cost=Decimal("0.05574"),
)
