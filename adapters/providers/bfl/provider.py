"""The provider: tasks are ordered, and asked for at the address that the service gave."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from adapters.calls import Caller, Masks
from adapters.calls.pictures import Pictures
from adapters.providers.bfl.answers import TAKEN, TASK, VENDOR, Ticket, dollars, ending, ticket_of
from adapters.providers.bfl.requests import Manners, Sources, fields_of
from bot.errors import FaultKind, ProviderFault, StoreFault
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Pending, Progress, Request
from bot.plugins import Vault

_FIRST_LOOK = 1.0
_NEXT_LOOK = 1.5
"""Seconds between two looks at a task."""
_PIXELS, _SIDE, _BYTES = 16_000_000, 8192, 14 * 1024 * 1024
"""What it takes as a source: 16 megapixels, and 20 MB in base64."""
_QUIET = {"pending", "ready"}


class BlackForest:
    """Black Forest Labs over its HTTP API."""

    name = "bfl"

    def __init__(
        self, caller: Caller, *, models: Mapping[str, Capabilities], manners: Manners, masks: Masks, pictures: Pictures, vault: Vault
    ) -> None:
        self.models = models
        self._caller = caller
        self._manners = manners
        self._masks = masks
        self._pictures = pictures
        self._vault = vault

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        """Order one picture."""
        fields = fields_of(request, await self._prepared(inputs), self._manners)
        reply = await self._caller.post(f"/v1/{request.model}", json=fields)
        taken = reply.read(TAKEN)
        ended = ending(taken.status)
        if ended is not None:
            raise ended
        ticket = str(Ticket(id=taken.id, url=self._own(taken.polling_url), cost=dollars(taken)))
        if self._manners.webhook:
            # A delivery names the task alone; the whole ticket is found again under it.
            with suppress(StoreFault):
                await self._vault.put(_name(taken.id), ticket.encode())
        return Pending(ticket=ticket, check_after=_FIRST_LOOK)

    async def check(self, ticket: str) -> Progress:
        """How a task stands, asked where the service said."""
        known = ticket_of(ticket)
        try:
            if self._own(known.url):
                reply = await self._caller.get(known.url)
            else:
                reply = await self._caller.get("/v1/get_result", params={"id": known.id})
        except ProviderFault as fault:
            if fault.kind is FaultKind.BAD_REQUEST:
                raise ProviderFault(f"{VENDOR} does not know the task any more.", kind=FaultKind.LOST) from None
            raise
        task = reply.read(TASK)
        ended = ending(task.status, task.details)
        if ended is not None:
            raise ended
        said = task.status.strip().lower()
        if said != "ready":
            return Pending(
                ticket=ticket, check_after=_NEXT_LOOK, fraction=_fraction(task.progress), stage="" if said in _QUIET else said[:40]
            )
        if task.result is None or not task.result.sample:
            raise ProviderFault(f"{VENDOR} gave no picture.", kind=FaultKind.BAD_RESULT)
        picture = await self._caller.fetch(task.result.sample)
        if self._manners.webhook:
            with suppress(StoreFault):
                await self._vault.delete(_name(known.id))
        return Finished(images=(picture,), seed=task.result.seed, cost=known.dollars, vendor_id=known.id)

    async def cancel(self, ticket: str) -> None:
        """A task cannot be stopped; what it gives is not fetched."""

    async def receive(self, delivery: Delivery) -> Notice | None:
        """A hint to look again, from whoever knows our address: nobody could verify the service's signature (providers.md §4)."""
        if not delivery.addressed:
            return None
        try:
            said: Any = json.loads(delivery.body)
        except (ValueError, RecursionError):
            return None
        task = cast("dict[str, Any]", said).get("id") if isinstance(said, dict) else None
        if not isinstance(task, str) or not task:
            return None
        try:
            kept = await self._vault.get(_name(task))
        except StoreFault:
            return None
        if kept is None:
            return None
        return Notice(ticket=kept.decode(), event=f"{task[:80]} {hashlib.sha256(delivery.body).hexdigest()[:32]}")

    async def _prepared(self, inputs: Inputs) -> Sources:
        sources = [await self._pictures.within(each, pixels=_PIXELS, side=_SIDE, size=_BYTES) for each in inputs.sources]
        mask = await self._masks.white(inputs.mask, like=sources[0].body) if inputs.mask is not None and sources else None
        return Sources(pictures=tuple(sources), mask=mask)

    def _own(self, url: str) -> str:
        """An address of the service's own, or nothing: then a task is asked for by its id. The key goes nowhere else."""
        try:
            return self._caller.own(url) if url else ""
        except ProviderFault:
            return ""


def _name(task: str) -> str:
    return f"ticket {hashlib.sha256(task.encode()).hexdigest()[:40]}"


def _fraction(progress: float | None) -> float | None:
    """A share from 0 to 1. Whether it is told as a share or in percent is not documented."""
    if progress is None or not 0 <= progress <= 100:  # noqa: PLR2004 - percent
        return None
    return progress if progress <= 1 else progress / 100
