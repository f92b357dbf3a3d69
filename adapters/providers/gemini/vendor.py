"""The vendor: Gemini over its HTTP API. It answers with the picture in the call."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from pydantic import SecretStr

from adapters.calls import AtOnce, Caller, Keys, Pace, Pictures, open_caller
from adapters.providers.gemini.answers import finished_of
from adapters.providers.gemini.failures import explain
from adapters.providers.gemini.models import Settings, models_of
from adapters.providers.gemini.requests import fields_of
from bot.model import Finished, Inputs, Request
from bot.plugins import Kit

_REFERENCES = 14
_MOST_BYTES = 13 * 1024 * 1024
"""Of all references; in base64 they make most of the 20 MB that a request may have."""
_MOST_PIXELS = 4096 * 4096


class Gemini(AtOnce):
    """The ImageProvider."""

    name = "gemini"

    def __init__(self, caller: Caller, pictures: Pictures, settings: Settings) -> None:
        self.models = models_of(settings)
        self._caller = caller
        self._pictures = pictures
        self._settings = settings

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Finished:
        """Ask and wait."""
        model = self.models[request.model or next(iter(self.models))]
        sources = inputs.sources[:_REFERENCES]
        references = [
            await self._pictures.within(source, pixels=_MOST_PIXELS, side=8192, size=_MOST_BYTES // len(sources)) for source in sources
        ]
        fields = fields_of(request, model, references, self._settings)
        return finished_of(await self._caller.post(f"/models/{model.name}:generateContent", json=fields))


def calling(settings: Settings, kit: Kit, read: Callable[[], SecretStr | None]) -> AbstractAsyncContextManager[Caller]:
    """A caller with the keys that `read` gives."""
    return open_caller(
        vendor="Gemini",
        base_url=settings.base_url,
        now=kit.now,
        keys=Keys(read, variable="GEMINI_API_KEY"),
        sign=lambda key: {"x-goog-api-key": key},
        explain=explain,
        pace=Pace(calls=20, seconds=10),
        timeout=settings.timeout,
    )
