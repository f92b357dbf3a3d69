"""The provider: one call at a time, watched while it is on its way."""

import asyncio
import base64
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from pydantic import SecretStr

from adapters.calls import AtOnce, Caller, Keys, Masks, Reply, open_caller, open_masks
from adapters.providers.automatic1111.answers import TASK, WHOLE, Task, drawn, enlarged, explain, standing
from adapters.providers.automatic1111.models import NAME, VENDOR, Manners, Settings, manners_of, models_of
from adapters.providers.automatic1111.requests import fields_of, path_of
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Capabilities, Finished, Inputs, Operation, Pending, Request
from bot.plugins import Kit
from bot.ports import ImageProvider

log = structlog.get_logger()

_LOOK = 0.7
"""Seconds between two looks at a task."""
_LAST_WORD = 1.5
"""Seconds that an interrupt may take: the worker is leaving."""
_PROGRESS = "/internal/progress"


class Automatic1111(AtOnce):
    """AUTOMATIC1111 or Forge over its HTTP API."""

    name = NAME

    def __init__(
        self,
        caller: Caller,
        masks: Masks,
        show: Callable[[str, Pending], None],
        *,
        models: Mapping[str, Capabilities],
        manners: Manners,
        previews: bool,
    ) -> None:
        self.models = models
        self._caller = caller
        self._masks = masks
        self._show = show
        self._manners = manners
        self._previews = previews
        self._turn = asyncio.Lock()

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Finished:
        """Ask and wait, with progress on the way where it tells any."""
        task = f"task(limner-{key})"
        source = inputs.sources[0] if inputs.sources else None
        mask = await self._masks.white(inputs.mask, like=source) if inputs.mask is not None and source is not None else None
        fields = fields_of(request, self._manners, task=task, source=source, mask=mask)
        async with self._turn:
            if request.operation is Operation.UPSCALE:
                return enlarged(await self._caller.post(path_of(request.operation), json=fields))
            try:
                reply = await self._watched(path_of(request.operation), fields, key=key, task=task)
            except asyncio.CancelledError:
                await self._interrupt(task)
                raise
            if await self._stopped():
                # What it gave is a picture that somebody stopped half way, or fewer than asked for.
                raise ProviderFault(f"Somebody stopped it at {VENDOR}.", kind=FaultKind.BAD_RESULT)
            return drawn(reply, count=request.count, task=task)

    async def _watched(self, path: str, fields: Mapping[str, Any], *, key: str, task: str) -> Reply:
        outcome: Reply | Refused | ProviderFault
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self._follow(key, task))
            try:
                outcome = await self._caller.post(path, json=fields)
            except (Refused, ProviderFault) as fault:
                # Raised below, so that it comes out as it is and not in a group.
                outcome = fault
            following.cancel()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _follow(self, key: str, task: str) -> None:
        """Show how far a task is, until cancelled. A server that cannot be asked is not asked again."""
        seen = -1
        while True:
            await asyncio.sleep(_LOOK)
            found = await self._look(task, seen)
            if found is None:
                return
            seen = seen if found.id_live_preview is None else found.id_live_preview
            if found.active or found.queued:
                self._show(key, standing(found))

    async def _look(self, task: str, seen: int = -1) -> Task | None:
        """How a task stands, with a preview that is newer than the one seen; None where it does not say."""
        asked = {"id_task": task, "id_live_preview": seen, "live_preview": self._previews}
        try:
            return (await self._caller.post(_PROGRESS, json=asked)).read(TASK)
        except (Refused, ProviderFault) as fault:
            log.info("no progress", provider=NAME, reason=fault.sentence)
            return None

    async def _interrupt(self, task: str) -> None:
        """Stop a task whose answer nobody waits for any more. The interrupt stops whatever runs: so ours must be what runs."""
        with suppress(TimeoutError, Refused, ProviderFault):
            async with asyncio.timeout(_LAST_WORD):
                found = await self._look(task)
                if found is not None and found.active:
                    await self._caller.post("/sdapi/v1/interrupt", json={})
                    log.info("interrupted", provider=NAME)

    async def _stopped(self) -> bool:
        """Whether the last drawing was interrupted; the server remembers until the next one begins."""
        try:
            reply = await self._caller.get("/sdapi/v1/progress", params={"skip_current_image": "true"})
            return reply.read(WHOLE).state.interrupted
        except (Refused, ProviderFault):
            return False


@asynccontextmanager
async def calling(settings: Settings, kit: Kit) -> AsyncGenerator[Caller]:
    """A caller with the server's address and password."""
    keys = Keys(lambda: _basic((kit.reload() or settings).auth), variable="AUTOMATIC1111_AUTH") if settings.auth else None
    async with open_caller(
        vendor=VENDOR,
        base_url=settings.base_url or "",
        now=kit.now,
        keys=keys,
        sign=lambda key: {"Authorization": f"Basic {key}"} if key else {},
        explain=explain,
        trusted=(*kit.download_hosts, *settings.download_hosts),
        timeout=settings.timeout,
    ) as caller:
        yield caller


def _basic(auth: SecretStr | None) -> SecretStr | None:
    """User and password as the header has them. As keys they would be split at a comma."""
    return SecretStr(base64.b64encode(auth.get_secret_value().encode()).decode()) if auth else None


@asynccontextmanager
async def open_provider(settings: Settings, kit: Kit) -> AsyncGenerator[ImageProvider]:
    """The provider, until the block ends."""
    async with calling(settings, kit) as caller, open_masks() as masks:
        yield Automatic1111(caller, masks, kit.show, models=models_of(settings), manners=manners_of(settings), previews=settings.previews)
