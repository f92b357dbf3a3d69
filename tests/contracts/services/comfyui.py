"""ComfyUI, as the contract drives it: its queue and its history are asked in turn."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.providers.comfyui.provider import id_of
from bot.model import Request
from tests.contracts.service import RECORDED, Service
from tests.contracts.vendor import Says, Vendor

JOB = id_of("7kq2mw9x-1")
ORDER, STANDS = "/prompt$", "/(queue|history/)"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "comfyui" / f"{name}.json").read_text())


def settings(vendor: Vendor) -> Mapping[str, str]:
    return {"COMFYUI_BASE_URL": vendor.url, "COMFYUI_CHECKPOINT": "sd_xl_base_1.0.safetensors"}


def running(job: str = JOB) -> Any:
    entry: list[Any] = [7, job, {}, {}, ["save"]]
    return {**recorded("queue"), "queue_running": [entry]}


def takes(vendor: Vendor) -> None:
    vendor.on("POST", ORDER, Says(json={**recorded("taken"), "prompt_id": JOB}))
    vendor.on("GET", "/queue", Says(json=recorded("queue")), Says(json=running()))
    vendor.on("GET", "/history/", Says(json={}))


def draws(vendor: Vendor, pictures: Sequence[bytes]) -> None:
    takes(vendor)
    vendor.on("GET", "/history/", Says(json={}), Says(json={}), Says(json={JOB: recorded("history")}))
    for picture in pictures:
        vendor.on("GET", "/view", Says(body=picture, headers={"Content-Type": "image/png"}))


def error(status: int) -> Says:
    if status == 422:
        return Says(status=422, json={"error": "unprocessable"})
    return Says(status=status, body=b"500 Internal Server Error" if status >= 500 else b"no")


SERVICE = Service(
    name="comfyui",
    settings=settings,
    request=Request(prompt="a small boat", size=(1024, 1024), seed=42, model="sd_xl_base_1.0"),
    submit=("POST", ORDER),
    draws=draws,
    error=error,
    check=("GET", STANDS),
    unknown=lambda: Says(json={JOB: {"status": {"status_str": "dreaming", "completed": False, "messages": []}, "outputs": {}}}),
    lost=lambda: Says(json={}),
    cancel=("POST", "/queue"),
    seed_out=True,
    keyless=True,
)
