"""The vendor: Stability AI over its HTTP API. All endpoints answer with the picture in the call, upscale/creative with a job."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from pydantic import Field, SecretStr

from adapters.calls import Address, Caller, CallSettings, Keys, Pace, Pictures, Source, open_caller
from adapters.providers.stability.answers import explain, lost, progress_of, read_ticket
from adapters.providers.stability.endpoints import FAST, Endpoint, endpoint_of
from adapters.providers.stability.models import MODELS
from adapters.providers.stability.requests import fields_of
from bot.errors import FaultKind, ProviderFault
from bot.model import Capabilities, Delivery, Inputs, Notice, Pending, Progress, Request
from bot.plugins import Kit

_MOST_BYTES = 9 * 1024 * 1024
"""Of a source; a whole request may have 10 MB."""
_MOST_RESULT = 64 * 1024 * 1024
_PICTURES = {"Accept": "image/*"}


class Settings(CallSettings):
    """Stability AI's settings."""

    api_key: SecretStr | None = Field(None, description="API key, sk-..., from platform.stability.ai. Several: comma list.")
    base_url: Address = Field("https://api.stability.ai", description="Address of the API.")


class Stability:
    """The ImageProvider."""

    name = "stability"

    def __init__(self, caller: Caller, pictures: Pictures) -> None:
        self.models: Mapping[str, Capabilities] = {model.name: model for model in MODELS}
        self._caller = caller
        self._pictures = pictures

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        """Ask; a picture, or a job for upscale/creative."""
        endpoint = endpoint_of(request)
        source = await self._source(request, endpoint, inputs)
        # A part without a file name is a text field; httpx makes a form multipart only where it has parts.
        form: list[tuple[str, tuple[str | None, str | bytes, str] | tuple[None, str]]] = [
            (name, (None, value)) for name, value in fields_of(request, endpoint, source).items()
        ]
        if source is not None:
            form.append(("image", source.file))
        if inputs.mask is not None and "mask" in endpoint.fields:
            # White is edited here as with us, and the API fits the size.
            form.append(("mask", ("mask.png", inputs.mask, "image/png")))
        progress = progress_of(await self._caller.post(f"/v2beta/stable-image{endpoint.path}", files=form, headers=_PICTURES))
        return await self._reduced(progress, request.size) if endpoint is FAST else progress

    async def check(self, ticket: str) -> Progress:
        """How an upscale/creative stands."""
        job, mark = read_ticket(ticket)
        try:
            reply = await self._caller.get(f"/v2beta/results/{job}", headers=_PICTURES, mark=mark)
        except ProviderFault as fault:
            raise (lost() if fault.kind is FaultKind.BAD_REQUEST else fault) from None
        return progress_of(reply, ticket=ticket)

    async def cancel(self, ticket: str) -> None:
        """It cannot be cancelled."""

    async def receive(self, delivery: Delivery) -> Notice | None:
        """It sends nothing."""
        return None

    async def _source(self, request: Request, endpoint: Endpoint, inputs: Inputs) -> Source | None:
        if inputs.sources and (endpoint.pictured or "strength" in endpoint.fields):
            return await self._pictures.within(inputs.sources[0], pixels=endpoint.pixels, side=endpoint.side, size=_MOST_BYTES)
        if endpoint.pictured:
            raise ProviderFault(f"{request.model} starts from a picture.", kind=FaultKind.BAD_REQUEST, accepted=False)
        return None

    async def _reduced(self, progress: Progress, size: tuple[int, int] | None) -> Progress:
        """An enlargement in the size that was asked for: fast upscale knows four times and nothing else."""
        if isinstance(progress, Pending) or size is None:
            return progress
        try:
            fitted = await self._pictures.within(progress.images[0], pixels=size[0] * size[1], side=max(size), size=_MOST_RESULT)
        except ProviderFault:
            # It was paid for, so what it is worth is for others to judge.
            return progress
        return replace(progress, images=(fitted.body,))


def calling(settings: Settings, kit: Kit, read: Callable[[], SecretStr | None]) -> AbstractAsyncContextManager[Caller]:
    """A caller with the keys that `read` gives."""
    return open_caller(
        vendor="Stability AI",
        base_url=settings.base_url,
        now=kit.now,
        keys=Keys(read, variable="STABILITY_API_KEY"),
        sign=lambda key: {"Authorization": f"Bearer {key}"},
        explain=explain,
        # 150 in ten seconds are allowed, and the one too many costs a minute.
        pace=Pace(calls=140, seconds=10),
        timeout=settings.timeout,
    )
