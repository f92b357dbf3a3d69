"""Calls: one job's call to its provider while it is on its way: renewed, noted, watched for a cancel."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog

from bot.errors import FaultKind, NotFound, Overtaken, ProviderFault, Refused, StoreFault
from bot.model import Capabilities, Inputs, Job, Progress, State
from bot.ports import ImageProvider, Store
from bot.routing import Catalog
from bot.worker.fan import Fan

log = structlog.get_logger()

LEASE = 60.0
"""Seconds without a sign of life after which another machine takes over a job whose call was on its way."""
_LOOK_AT_CALLS = 2.0
_TICKETS_COME = 5.0


class Save(Protocol):
    """Saves a job by compare-and-swap, patiently."""

    def __call__(self, job: Job, *, was: Job) -> Awaitable[Job]:
        """The job as saved."""
        ...


@dataclass
class _Held:
    """A job whose call is on its way; its version grows as it is renewed."""

    job: Job
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)


class Calls:
    """Makes calls."""

    def __init__(self, *, store: Store, catalog: Catalog, fan: Fan, save: Save, now: Callable[[], datetime]) -> None:
        self._store = store
        self._catalog = catalog
        self._fan = fan
        self._save = save
        self._now = now

    async def make(self, job: Job, inputs: Inputs, provider: ImageProvider) -> tuple[Job, Progress | Refused | ProviderFault | None]:
        """Ask for a job's images. Gives the job as it was renewed, and what came of it; None where the job was cancelled meanwhile."""
        held = _Held(job)
        async with asyncio.TaskGroup() as group:
            renewing = group.create_task(self._renew(held))
            calling = group.create_task(self._call(held, inputs, provider))
            watching = group.create_task(self._watch(job.id, calling))
            await asyncio.wait({calling})
            watching.cancel()
            async with held.gate:
                # Not in the middle of a save: what the journal then has would not be what we hold.
                renewing.cancel()
        if calling.cancelled():
            log.info("call given up: cancelled", provider=job.provider)
            return await self._store.find(job.id), None
        return held.job, calling.result()

    async def _call(self, held: "_Held", inputs: Inputs, provider: ImageProvider) -> Progress | Refused | ProviderFault:
        job = held.job
        try:
            model = self._catalog.capabilities(job.provider, job.model) or Capabilities(name=job.model, most=job.fitted.count)
            return await self._fan.submit(job, model, provider, inputs, partial(self._note, held))
        except (Refused, ProviderFault) as outcome:
            return outcome
        except Exception as error:
            log.exception("provider broke its contract", provider=job.provider)
            return ProviderFault(f"{job.provider} broke: {type(error).__name__}.", kind=FaultKind.BAD_RESULT)

    async def _watch(self, job_id: str, calling: "asyncio.Task[object]") -> None:
        """Give up a long call whose job was cancelled. A service with tickets answers in the seconds before, and is told by its ticket."""
        while not calling.done():
            await asyncio.sleep(_LOOK_AT_CALLS)
            try:
                state = (await self._store.find(job_id)).state
            except (StoreFault, NotFound):
                continue
            if state in {State.CANCELLING, State.CANCELLED}:
                await asyncio.wait({calling}, timeout=_TICKETS_COME)
                calling.cancel()
                return

    async def _note(self, held: "_Held", ticket: str) -> bool:
        """Write down what one of several calls came to, while the others are on their way. False: the job was cancelled meanwhile."""
        async with held.gate:
            try:
                held.job = await self._save(replace(held.job, ticket=ticket, changed=self._now()), was=held.job)
            except Overtaken:
                return False
            except StoreFault:
                log.warning("call not noted", job=held.job.id)
        return True

    async def _renew(self, held: "_Held") -> None:
        """While a call is on its way, say now and then that somebody waits for it."""
        while True:
            await asyncio.sleep(LEASE / 3)
            try:
                async with held.gate:
                    held.job = await self._store.save(replace(held.job, changed=self._now()), was=held.job)
            except Overtaken:
                # Cancelled: whoever takes the answer sees it.
                return
            except StoreFault:
                log.warning("job not renewed", job=held.job.id)
