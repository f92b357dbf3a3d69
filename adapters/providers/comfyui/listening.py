"""Listening: what ComfyUI tells over its websocket while a job is drawn. Nothing here counts; it is for people to see."""

import asyncio
import struct
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from adapters.providers.comfyui.answers import event_of, facts_of

log = structlog.get_logger()

_AGAIN = 5.0
"""Seconds until a connection that failed or ended is tried again."""
_LARGEST = 16 * 1024 * 1024
_LARGEST_PREVIEW = 4 * 1024 * 1024
_MOST = 1000
"""Jobs that are listened for at once; of more, the oldest is only polled."""
_PREVIEW, _PREVIEW_WITH_FACTS = 1, 4
_HEAD = struct.calcsize(">II")
_FLAGS = '{"type": "feature_flags", "data": {"supports_preview_metadata": true}}'


@dataclass(kw_only=True)
class Heard:
    """What was heard of a job."""

    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the maker of the workflow called its nodes."""
    at_work: bool = False
    fraction: float | None = None
    stage: str = ""
    preview: bytes | None = None
    """Newer than the one that was taken last."""


class Ears:
    """Listens for the jobs that were ordered in this process: events go to whoever ordered."""

    def __init__(self, *, address: str, client: str, headers: Mapping[str, str]) -> None:
        """`address` is the base address; `client` the name under which jobs are ordered."""
        parts = urlsplit(address)
        scheme = "wss" if parts.scheme == "https" else "ws"
        self.url = urlunsplit((scheme, parts.netloc, f"{parts.path}/ws", urlencode({"clientId": client}), ""))
        self._headers = headers
        self._heard: dict[str, Heard] = {}
        self._current = ""
        self._wanted = asyncio.Event()
        self.client = client

    def follow(self, job: str, titles: Mapping[str, str]) -> None:
        """Listen for a job from now on."""
        self._heard[job] = Heard(titles=titles)
        while len(self._heard) > _MOST:
            del self._heard[next(iter(self._heard))]
        self._wanted.set()

    def forget(self, job: str) -> None:
        """A job is over."""
        self._heard.pop(job, None)
        if not self._heard:
            self._wanted.clear()

    def heard(self, job: str) -> Heard:
        """What was heard of a job; a preview is given once."""
        found = self._heard.get(job)
        if found is None:
            return Heard()
        given = Heard(at_work=found.at_work, fraction=found.fraction, stage=found.stage, preview=found.preview)
        found.preview = None
        return given

    async def listen(self) -> None:
        """Listen until cancelled, while there is a job to listen for."""
        while True:
            await self._wanted.wait()
            try:
                async with connect(
                    self.url,
                    additional_headers=self._headers,
                    max_size=_LARGEST,
                    proxy=None,
                    open_timeout=_AGAIN,
                    user_agent_header="limner",
                ) as socket:
                    await socket.send(_FLAGS)
                    async for message in socket:
                        self.take(message)
            except (OSError, WebSocketException) as error:
                log.info("not listening", provider="comfyui", reason=type(error).__name__)
            await asyncio.sleep(_AGAIN)

    def take(self, message: str | bytes) -> None:
        """Take one message; what is none that we know is nothing."""
        if isinstance(message, str):
            self._event(*event_of(message))
            return
        found = _preview(message)
        if found is not None:
            job, picture = found
            heard = self._heard.get(job or self._current)
            if heard is not None and picture:
                heard.preview = picture

    def _event(self, kind: str, facts: Mapping[str, Any]) -> None:
        job = str(facts.get("prompt_id") or "")
        heard = self._heard.get(job)
        if heard is None:
            return
        if kind in {"execution_start", "executing", "progress"}:
            self._current, heard.at_work = job, True
        if kind == "executing":
            # Each node counts anew; the last message names none.
            heard.fraction, heard.stage = None, heard.titles.get(str(facts.get("node")), "")[:60]
        if kind == "progress":
            heard.fraction = _share(facts.get("value"), facts.get("max"))


def _share(value: object, most: object) -> float | None:
    if isinstance(value, int | float) and isinstance(most, int | float) and most > 0:
        return min(1.0, max(0.0, value / most))
    return None


def _preview(message: bytes) -> tuple[str, bytes] | None:
    """The job (empty where it is not told) and the picture of a binary message, or None where it carries none."""
    if len(message) < _HEAD or len(message) > _LARGEST_PREVIEW:
        return None
    kind, number = struct.unpack_from(">II", message)
    if kind == _PREVIEW:
        return "", message[_HEAD:]
    if kind == _PREVIEW_WITH_FACTS and _HEAD + number <= len(message):
        facts = facts_of(message[_HEAD : _HEAD + number])
        return str(facts.get("prompt_id") or ""), message[_HEAD + number :]
    return None


@asynccontextmanager
async def listening(ears: Ears) -> AsyncGenerator[Ears]:
    """Ears that listen until the block ends. What the block raises comes out as it is, and not in a group."""
    failed: Exception | None = None
    async with asyncio.TaskGroup() as group:
        task = group.create_task(ears.listen())
        try:
            yield ears
        except Exception as error:  # noqa: BLE001 - raised again below
            failed = error
        finally:
            task.cancel()
    if failed is not None:
        raise failed
