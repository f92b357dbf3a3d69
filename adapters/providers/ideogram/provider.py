"""The provider: generations are ordered as jobs, and asked for by their ids."""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from adapters.calls import Caller, Jwks, Masks, Pictures, Source, verify_signed
from adapters.providers.ideogram.answers import GENERATION, VENDOR, Generation
from adapters.providers.ideogram.requests import Manners, order_of
from bot.errors import FaultKind, ProviderFault
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Pending, Progress, Request

_LOOK = 2.0
"""Seconds between two looks at a generation, as the vendor's own examples take."""
_PIXELS, _SIDE, _BYTES = 33_000_000, 8192, 25 * 1024 * 1024
_ID = re.compile(r"[A-Za-z0-9_\-]{1,200}")
_HEADER = "x-ideogram-webhook-"


class Ideogram:
    """Ideogram over its HTTP API."""

    name = "ideogram"

    def __init__(
        self, caller: Caller, *, models: Mapping[str, Capabilities], manners: Manners, masks: Masks, pictures: Pictures, jwks: Jwks
    ) -> None:
        self.models = models
        self._caller = caller
        self._manners = manners
        self._masks = masks
        self._pictures = pictures
        self._jwks = jwks

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        """Order one picture."""
        source, mask = await self._prepared(inputs)
        order = order_of(request, source, mask, self._manners)
        if order.files:
            reply = await self._caller.post(order.path, data=order.form, files=order.files)
        else:
            reply = await self._caller.post(order.path, json=dict(order.fields))
        return await self._progress(reply.read(GENERATION), check_after=_LOOK / 2)

    async def check(self, ticket: str) -> Progress:
        """How a generation stands."""
        if not _ID.fullmatch(ticket):
            raise ProviderFault(f"This is no ticket of {VENDOR}.", kind=FaultKind.LOST)
        try:
            reply = await self._caller.get(f"/v2/generations/{ticket}")
        except ProviderFault as fault:
            if fault.kind is FaultKind.BAD_REQUEST:
                raise ProviderFault(f"{VENDOR} does not know the generation any more.", kind=FaultKind.LOST) from None
            raise
        return await self._progress(reply.read(GENERATION), check_after=_LOOK)

    async def cancel(self, ticket: str) -> None:
        """A generation cannot be stopped; what it gives is not fetched."""

    async def receive(self, delivery: Delivery) -> Notice | None:
        """What a signed delivery is about. One without any signature is a hint, where it came to our unguessable address."""
        generation = _about(delivery.body)
        if generation is None:
            return None
        said = {name: delivery.headers.get(f"{_HEADER}{name}", "") for name in ("generation-id", "user-id", "timestamp", "signature")}
        if not any(said.values()):
            # Whether the newer endpoints sign as the older do is not documented.
            return Notice(ticket=generation, event=f"{generation} unsigned") if delivery.addressed else None
        genuine = said["generation-id"] == generation and await verify_signed(
            self._jwks,
            parts=[generation, said["user-id"]],
            stamp=said["timestamp"],
            signature=said["signature"],
            body=delivery.body,
        )
        return Notice(ticket=generation, event=f"{generation} {said['timestamp']}") if genuine else None

    async def _prepared(self, inputs: Inputs) -> tuple[Source | None, bytes | None]:
        if not inputs.sources:
            return None, None
        source = await self._pictures.within(inputs.sources[0], pixels=_PIXELS, side=_SIDE, size=_BYTES)
        mask = await self._masks.black(inputs.mask, like=source.body) if inputs.mask is not None else None
        return source, mask

    async def _progress(self, standing: Generation, *, check_after: float) -> Progress:
        ended = standing.ending
        if ended is not None:
            raise ended
        if not standing.done:
            if not _ID.fullmatch(standing.generation_id):
                raise ProviderFault(f"{VENDOR} answered with an id that we do not know how to ask for.", kind=FaultKind.BAD_RESULT)
            said = standing.status.lower()
            stage = "" if said in {"", "pending"} else said[:40]
            return Pending(ticket=standing.generation_id, check_after=check_after, stage=stage)
        shown = [each for each in standing.data or [] if not each.withheld]
        return Finished(
            images=tuple([await self._caller.fetch(each.url or "") for each in shown]),
            seed=shown[0].seed,
            cost=standing.cost,
            vendor_id=standing.generation_id,
            short="its safety check held some back" if len(shown) < len(standing.data or []) else "",
        )


def _about(body: bytes) -> str | None:
    """The generation that a delivery names, or None."""
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found = cast("dict[str, Any]", said).get("generation_id") if isinstance(said, dict) else None
    return found if isinstance(found, str) and _ID.fullmatch(found) else None
