"""Recraft: raster pictures from words, variations, edits, inpainting, backgrounds and upscaling, in the call itself (providers.md §9).

Moderation and rate-limit answers are not documented: words that speak of safety are taken for a refusal, and results are asked for with
`block_nsfw`. Vector models give SVG, which is no picture here, and are left out.
"""

import base64
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field, SecretStr, TypeAdapter

from adapters.calls import Address, AtOnce, Caller, CallSettings, Keys, Pace, Reply, open_caller
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Capabilities, Finished, Inputs, Operation, Promise, Request
from bot.plugins import Finding, Kit, Plugin
from bot.ports import ImageProvider

_CREDIT = Decimal("0.001")
_SAFETY = re.compile(r"nsfw|safety|moderat|content policy|inappropriate|prohibited", re.IGNORECASE)
_RATIOS = ("1:1", "2:1", "1:2", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "16:9", "9:16")
_PICTURES = frozenset({Operation.UPSCALE, Operation.REMOVE_BACKGROUND})
_PATHS: Mapping[Operation, str] = MappingProxyType(
    {
        Operation.DRAW: "/images/generations",
        Operation.VARY: "/images/imageToImage",
        Operation.EDIT: "/images/imageToImage",
        Operation.INPAINT: "/images/inpaint",
        Operation.UPSCALE: "/images/crispUpscale",
        Operation.REMOVE_BACKGROUND: "/images/removeBackground",
    }
)
_PRICES = MappingProxyType({Operation.UPSCALE: Decimal("0.004"), Operation.REMOVE_BACKGROUND: Decimal("0.01")})


class Settings(CallSettings):
    """Recraft's settings."""

    api_token: SecretStr | None = Field(None, description="API token, from recraft.ai under Profile, API. Several: comma list.")
    base_url: Address = Field("https://external.api.recraft.ai/v1", description="Address of the API, with /v1.")


def _model(name: str, price: str, about: str = "") -> Capabilities:
    return Capabilities(
        name=name,
        operations=frozenset(_PATHS),
        ratios=_RATIOS,
        sides=(512, 2048),
        most=6,
        promise=Promise.BEST_EFFORT,
        negative=True,
        strength=True,
        mask=True,
        any_style=True,
        price=Decimal(price),
        prices=_PRICES,
        priced="recraft.ai/docs, 2026-11",
        deadline=180,
        running=8,
        about=about,
    )


MODELS = (
    _model("recraftv4_1", "0.035"),
    _model("recraftv4_1_pro", "0.21", "finer, slower, dearer"),
    _model("recraftv3", "0.04"),
    _model("recraftv2", "0.022"),
)


class _Picture(BaseModel):
    url: str = ""
    b64_json: str = ""


class _Answer(BaseModel):
    credits: Decimal | None = None
    data: list[_Picture] = []
    image: _Picture | None = None


_ANSWER = TypeAdapter(_Answer)


class _Account(BaseModel):
    credits: Decimal | None = None


_ACCOUNT = TypeAdapter(_Account)


def fields_of(request: Request) -> dict[str, Any]:
    """What a request says, in Recraft's words."""
    if request.operation in _PICTURES:
        return {"response_format": "url"}
    said: dict[str, Any] = {
        "prompt": request.prompt,
        "model": request.model,
        "n": request.count,
        "response_format": "url",
        "block_nsfw": True,
        "negative_prompt": request.negative or None,
        "random_seed": request.seed,
        "style": request.style,
    }
    if request.operation is Operation.DRAW and request.size:
        said["size"] = f"{request.size[0]}x{request.size[1]}"
    if request.operation in {Operation.VARY, Operation.EDIT}:
        said["strength"] = 0.5 if request.strength is None else request.strength
    return {name: value for name, value in said.items() if value is not None}


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """Recraft's errors are plain text or JSON; what speaks of safety is a refusal."""
    if reply.status in {400, 403, 422} and _SAFETY.search(reply.text):
        return Refused("Recraft's safety system did not take it.", source="recraft")
    if reply.status == 400 and "credit" in reply.text.lower():  # noqa: PLR2004 - HTTP's own number
        return ProviderFault("Recraft has no credits left.", kind=FaultKind.CREDIT, accepted=False)
    return None


class Recraft(AtOnce):
    """Recraft over its HTTP API."""

    name = "recraft"

    def __init__(self, caller: Caller) -> None:
        self.models: Mapping[str, Capabilities] = {model.name: model for model in MODELS}
        self._caller = caller

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Finished:
        """Ask and wait."""
        path, fields = _PATHS[request.operation], fields_of(request)
        if request.operation is Operation.DRAW:
            reply = await self._caller.post(path, json=fields)
        else:
            files = {"image": ("image.png", inputs.sources[0])}
            if inputs.mask is not None:
                files["mask"] = ("mask.png", inputs.mask)
            reply = await self._caller.post(path, data={name: str(value) for name, value in fields.items()}, files=files)
        answer = reply.read(_ANSWER)
        pictures = [*answer.data, *([answer.image] if answer.image else [])]
        if not pictures:
            raise Refused("Recraft's safety system held the result back.", source="recraft")
        return Finished(
            images=tuple([await self._picture(picture) for picture in pictures]),
            seed=request.seed,
            cost=answer.credits * _CREDIT if answer.credits is not None else None,
            vendor_id=reply.headers.get("x-request-id", ""),
        )

    async def _picture(self, picture: _Picture) -> bytes:
        if picture.b64_json:
            return base64.b64decode(picture.b64_json)
        return await self._caller.fetch(picture.url)


@asynccontextmanager
async def _calling(settings: Settings, kit: Kit, keys: Keys) -> AsyncGenerator[Caller]:
    async with open_caller(
        vendor="Recraft",
        base_url=settings.base_url,
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Bearer {key}"},
        explain=explain,
        pace=Pace(calls=10, seconds=1),
        hosts=["recraft.ai"],
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


@asynccontextmanager
async def _open(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    keys = Keys(lambda: (kit.reload() or settings).api_token, variable="RECRAFT_API_TOKEN")
    async with _calling(settings, kit, keys) as caller:
        yield Recraft(caller)


async def _examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Each key asks for its credits, which costs nothing."""
    written = (settings.api_token.get_secret_value() if settings.api_token else "").split(",")
    for number, key in enumerate([each.strip() for each in written if each.strip()], start=1):
        yield await _try(settings, kit, SecretStr(key), subject=f"recraft key {number}")
    yield Finding(subject="recraft models", good=True, sentence=", ".join(model.name for model in MODELS))


async def _try(settings: Settings, kit: Kit, key: SecretStr, *, subject: str) -> Finding:
    try:
        async with _calling(settings, kit, Keys(lambda: key, variable="RECRAFT_API_TOKEN")) as caller:
            left = (await caller.get("/users/me")).read(_ACCOUNT).credits
    except (ProviderFault, Refused) as fault:
        refused = isinstance(fault, ProviderFault) and fault.kind is FaultKind.CREDENTIALS
        advice = "Recraft does not accept it: make a new one at recraft.ai under Profile, API, and set RECRAFT_API_TOKEN."
        return Finding(subject=subject, good=False, sentence=advice if refused else fault.sentence)
    if left is None:
        return Finding(subject=subject, good=True, sentence="accepted; it did not say how much credit is left")
    if left <= 0:
        return Finding(subject=subject, good=False, sentence="Its account has no credits left: add some at recraft.ai.")
    return Finding(subject=subject, good=True, sentence=f"accepted; ${left * _CREDIT:.2f} of credit left")


PLUGIN = Plugin[Settings, ImageProvider](
    about="Recraft: designs, photographs, backgrounds",
    settings=Settings,
    open=_open,
    configured=lambda settings: settings.api_token is not None,
    examine=_examine,
)
