"""The provider: requests are ordered, asked for until they are done, and then asked for their pictures."""

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from adapters.calls import Caller, Masks, Pictures
from adapters.providers.horde.answers import STANDING, TAKEN, VENDOR, Standing, ending
from adapters.providers.horde.requests import Manners, fields_of
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Pending, Progress, Request

_FIRST_LOOK = 2.0
_LATER = 6.0
"""Seconds between two questions for pictures: ten a minute are allowed."""
_PIXELS, _SIDE, _BYTES = 3072 * 3072, 3072, 5 * 1024 * 1024
"""What it takes as a source."""
_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F\-]{4,60}")


class Horde:
    """AI Horde over its HTTP API."""

    name = "horde"

    def __init__(
        self,
        orders: Caller,
        questions: Caller,
        *,
        models: Mapping[str, Capabilities],
        manners: Manners,
        masks: Masks,
        pictures: Pictures,
    ) -> None:
        self.models = models
        self._orders = orders
        self._questions = questions
        self._manners = manners
        self._masks = masks
        self._pictures = pictures

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        """Order one picture."""
        source, mask = await self._prepared(inputs)
        reply = await self._orders.post("/generate/async", json=fields_of(request, self._manners, source=source, mask=mask))
        ticket = reply.read(TAKEN).id
        if not _ID.fullmatch(ticket):
            raise ProviderFault(f"{VENDOR} answered with an id that we do not know how to ask for.", kind=FaultKind.BAD_RESULT)
        return Pending(ticket=ticket, check_after=_FIRST_LOOK)

    async def check(self, ticket: str) -> Progress:
        """How a request stands. One that no machine can draw is taken back."""
        if not _ID.fullmatch(ticket):
            raise ProviderFault(f"This is no ticket of {VENDOR}.", kind=FaultKind.LOST)
        standing = await self._ask("check", ticket)
        ended = ending(standing)
        if ended is not None:
            if not standing.faulted:
                with suppress(ProviderFault, Refused):
                    await self.cancel(ticket)
            raise ended
        if not standing.done:
            return Pending(ticket=ticket, check_after=standing.pause, stage=standing.stage)
        full = await self._ask("status", ticket)
        if not full.done and not full.generations:
            return Pending(ticket=ticket, check_after=_LATER)
        return await self._finished(full, ticket)

    async def cancel(self, ticket: str) -> None:
        """Take a request back; what is over is over."""
        if not _ID.fullmatch(ticket):
            return
        try:
            await self._questions.delete(f"/generate/status/{ticket}")
        except ProviderFault as fault:
            if fault.kind not in {FaultKind.BAD_REQUEST, FaultKind.LOST}:
                raise

    async def receive(self, delivery: Delivery) -> Notice | None:
        """A hint to look again, from whoever knows our address: deliveries are not signed."""
        if not delivery.addressed:
            return None
        try:
            said: Any = json.loads(delivery.body)
        except (ValueError, RecursionError):
            return None
        ticket = cast("dict[str, Any]", said).get("request") if isinstance(said, dict) else None
        if not isinstance(ticket, str) or not _ID.fullmatch(ticket):
            return None
        return Notice(ticket=ticket, event=f"{ticket} {hashlib.sha256(delivery.body).hexdigest()[:32]}")

    async def _ask(self, question: str, ticket: str) -> Standing:
        try:
            reply = await self._questions.get(f"/generate/{question}/{ticket}")
        except ProviderFault as fault:
            if fault.kind is FaultKind.BAD_REQUEST:
                raise ProviderFault(f"{VENDOR} does not know the request any more.", kind=FaultKind.LOST) from None
            raise
        return reply.read(STANDING)

    async def _finished(self, standing: Standing, ticket: str) -> Finished:
        shown = standing.shown
        # The links end after 30 minutes, so what is behind them is fetched now.
        images = tuple([await self._questions.fetch(_address(each.img or "")) for each in shown])
        short = "a filter held some back" if len(shown) < len(standing.generations or []) else ""
        return Finished(images=images, seed=shown[0].number, vendor_id=ticket, version=shown[0].model or "", short=short)

    async def _prepared(self, inputs: Inputs) -> tuple[bytes | None, bytes | None]:
        if not inputs.sources:
            return None, None
        source = await self._pictures.within(inputs.sources[0], pixels=_PIXELS, side=_SIDE, size=_BYTES)
        mask = await self._masks.white(inputs.mask, like=source.body) if inputs.mask is not None else None
        return source.body, mask


def _address(picture: str) -> str:
    """A picture is told as a link, or, by a server without storage, as base64."""
    return picture if "://" in picture[:10] else f"data:image/webp;base64,{picture}"
