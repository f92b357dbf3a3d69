"""The courier: carries plain values to Discord's API through discord.py's own client, so that its rate limits hold for everything."""

import io
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import discord
import structlog
from discord.http import Route

from adapters.platforms.discord.faults import Brake, translate
from adapters.platforms.discord.shapes import JSON

log = structlog.get_logger()

T = TypeVar("T")
_TIMEOUT = aiohttp.ClientTimeout(total=90, sock_connect=15)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file to send along."""

    name: str
    body: bytes
    alt: str = ""
    spoiler: bool = False


class Courier:
    """One for each client: it remembers when Discord wants no more requests."""

    def __init__(self, client: discord.Client, brake: Brake | None = None) -> None:
        self._client = client
        self._brake = brake or Brake()

    async def call(
        self,
        route: Route,
        payload: Mapping[str, Any] | None = None,
        uploads: Sequence[Upload] = (),
        *,
        query: Mapping[str, Any] | None = None,
        repeatable: bool = False,
    ) -> Any:  # noqa: ANN401 - JSON
        """One request; gives Discord's JSON. Its pauses are waited for.

        Args:
            route: where to; made when it is needed, because it holds the API's address.
            payload: the body, as JSON.
            uploads: files to go with it; the body then needs `attachments` (see `listed`).
            query: what stands behind the address.
            repeatable: whether it does no harm twice; then it is tried once more where the answer got lost.

        Raises:
            DiscordFault: Discord refused, or could not be reached.
        """
        return await self.ask(lambda: self._once(route, payload, uploads, query), name=route.key, repeatable=repeatable)

    async def ask(self, question: Callable[[], Awaitable[T]], *, name: str, repeatable: bool = False) -> T:
        """Whatever discord.py asks, with the same brake and the same faults. `name` stands for it in the log. Raises DiscordFault."""
        for last in (False, True) if repeatable else (True,):
            self._brake.check()
            try:
                return await question()
            except (aiohttp.ClientError, OSError) as error:
                if last:
                    raise translate(error) from error
                log.info("asked again", route=name, error=type(error).__name__)
            except (discord.DiscordException, RuntimeError, AttributeError) as error:
                self._brake.note(error)
                fault = translate(error)
                # The reason names fields and lengths, never what stood in them.
                log.info("refused by discord", route=name, status=fault.status, code=fault.code, reason=str(error)[:300])
                raise fault from error
        raise AssertionError  # pragma: no cover - the last try returns or raises

    async def _once(
        self, route: Route, payload: Mapping[str, Any] | None, uploads: Sequence[Upload], query: Mapping[str, Any] | None
    ) -> Any:  # noqa: ANN401 - JSON
        more: JSON = {"timeout": _TIMEOUT}
        if query:
            more["params"] = query
        if not uploads:
            if payload is not None:
                more["json"] = payload
            return await self._client.http.request(route, **more)
        files = [discord.File(io.BytesIO(upload.body), upload.name) for upload in uploads]
        form: list[JSON] = [{"name": "payload_json", "value": json.dumps(payload or {})}]
        form += [
            {"name": f"files[{number}]", "value": file.fp, "filename": file.filename, "content_type": "application/octet-stream"}
            for number, file in enumerate(files)
        ]
        try:
            return await self._client.http.request(route, files=files, form=form, **more)
        finally:
            for file in files:
                file.close()


def listed(uploads: Sequence[Upload]) -> list[JSON]:
    """The `attachments` that a body has for its uploads: all that the message is to have, in order."""
    return [
        {"id": number, "filename": upload.name, "is_spoiler": upload.spoiler} | ({"description": upload.alt} if upload.alt else {})
        for number, upload in enumerate(uploads)
    ]
