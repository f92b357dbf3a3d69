"""The provider: predictions are created, asked for, cancelled, and announced by deliveries that prove themselves."""

import asyncio
from base64 import b64encode
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import TypeAdapter, ValidationError

from adapters.calls import Caller, Masks, Pictures, Source, verify_standard
from adapters.providers._forms import Form, Library, Role, Sources, fields_of
from adapters.providers.replicate.answers import (
    PREDICTION,
    UPLOADED,
    VENDOR,
    Prediction,
    Ticket,
    ending,
    links_of,
    missing,
    pending,
    seed_of,
    ticket_of,
)
from bot.errors import FaultKind, ProviderFault, Refused, StoreFault
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Pending, Progress, Request
from bot.plugins import Kit

_INLINE = 190_000
"""Bytes of a picture that still go into a data URL: the service recommends 256 kB of it at most."""
_PIXELS, _SIDE, _BYTES = 16_000_000, 8192, 20 * 1024 * 1024
_FIRST_LOOK = 1.0
_SIGNS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_SECRET = "webhook secret"  # noqa: S105 - the name under which the vault keeps it
_AGAIN = 300.0
"""Seconds before a secret that did not fit is fetched again: it may have been changed, and anybody can send what does not fit."""
_OBJECT = TypeAdapter(dict[str, Any])
_GONE = {FaultKind.BAD_REQUEST, FaultKind.LOST}


@dataclass(frozen=True, kw_only=True)
class Manners:
    """What an admin decided for every request."""

    webhook: str = ""
    """Where deliveries go, or empty."""
    black_masks: Collection[str] = ()
    """Models whose masks are black where they edit."""


class Replicate:
    """Replicate over its HTTP API."""

    name = "replicate"

    def __init__(self, caller: Caller, library: Library, masks: Masks, pictures: Pictures, kit: Kit, *, manners: Manners) -> None:
        self.models: Mapping[str, Capabilities] = library.models
        self._caller = caller
        self._library = library
        self._masks = masks
        self._pictures = pictures
        self._vault = kit.vault
        self._now = kit.now
        self._manners = manners
        self._secret = ""
        self._fetched: datetime | None = None
        self._gate = asyncio.Lock()

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Pending:
        """Create a prediction."""
        name = request.model or ""
        entry = await self._library.entry(name)
        facts = self.models[name]
        if request.operation not in facts.operations:
            raise ProviderFault(f"{name} is no model to {request.operation.value} with.", kind=FaultKind.BAD_REQUEST, accepted=False)
        said: dict[str, Any] = {
            "version": entry.asked,
            "input": fields_of(request, entry.form, await self._sources(name, entry.form, inputs)),
        }
        if self._manners.webhook:
            said |= {"webhook": self._manners.webhook, "webhook_events_filter": ["completed"]}
        try:
            # What is given up here is given up there, too, so that nobody pays for it.
            headers = {"Cancel-After": f"{int(facts.deadline) + 60}s"}
            reply = await self._caller.post("/predictions", json=said, headers=headers)
        except ProviderFault as fault:
            if fault.kind is FaultKind.BAD_REQUEST:
                self._library.forget(name)
            raise
        prediction = reply.read(PREDICTION)
        ended = ending(prediction)
        if ended is not None:
            raise ended
        return Pending(ticket=self._ticket(prediction), check_after=_FIRST_LOOK, stage="starting")

    async def check(self, ticket: str) -> Progress:
        """How a prediction stands, asked where the service said."""
        known = ticket_of(ticket)
        try:
            reply = await self._caller.get(self._own(known.url) or f"/predictions/{quote(known.id, safe='')}")
        except ProviderFault as fault:
            if fault.kind is FaultKind.BAD_REQUEST:
                raise ProviderFault(f"{VENDOR} does not know the prediction any more.", kind=FaultKind.LOST) from None
            raise
        prediction = reply.read(PREDICTION)
        ended = ending(prediction)
        if ended is not None:
            raise ended
        if prediction.status != "succeeded":
            return pending(prediction, ticket)
        fewer = missing(prediction)
        return Finished(
            images=tuple([await self._caller.fetch(link) for link in links_of(prediction.output)]),
            seed=seed_of(prediction),
            vendor_id=prediction.id,
            version=prediction.version or "",
            short="the model held it back" if fewer else "",
        )

    async def cancel(self, ticket: str) -> None:
        """Stop a prediction; one that is over or forgotten stays as it is."""
        try:
            known = ticket_of(ticket)
            await self._caller.post(f"/predictions/{quote(known.id, safe='')}/cancel")
        except Refused:
            return
        except ProviderFault as fault:
            if fault.kind not in _GONE:
                raise

    async def receive(self, delivery: Delivery) -> Notice | None:
        """What a delivery is about that is signed with our account's secret (providers.md §5)."""
        if not all(delivery.headers.get(name) for name in _SIGNS):
            return None
        event = await self._proven(delivery)
        if event is None:
            return None
        try:
            prediction = PREDICTION.validate_json(delivery.body)
        except ValidationError:
            return None
        return Notice(ticket=self._ticket(prediction), event=event)

    def _ticket(self, prediction: Prediction) -> str:
        """The same for an order's answer and for a delivery about it."""
        url = self._own(prediction.urls.get if prediction.urls else "")
        return str(Ticket(id=prediction.id, url=url))

    def _own(self, url: str) -> str:
        """An address at the base address, or nothing: then a prediction is asked for by its id. The key goes nowhere else."""
        return url if url and urlsplit(url)[:2] == urlsplit(self._caller.base_url)[:2] else ""

    async def _proven(self, delivery: Delivery) -> str | None:
        """The id of a delivery, or None where it proves nothing; a secret that does not fit is fetched again now and then."""
        headers = dict(delivery.headers)
        async with self._gate:
            if not self._secret:
                with suppress(StoreFault):
                    self._secret = (await self._vault.get(_SECRET) or b"").decode("utf-8", "replace")
            event = verify_standard(self._secret, headers, delivery.body) if self._secret else None
            if event is not None or not await self._fetch_secret():
                return event
        return verify_standard(self._secret, headers, delivery.body)

    async def _fetch_secret(self) -> bool:
        """Ask for the secret, at most once in five minutes. Gives whether there is another one than before."""
        if self._fetched is not None and (self._now() - self._fetched).total_seconds() < _AGAIN:
            return False
        self._fetched = self._now()
        try:
            found = (await self._caller.get("/webhooks/default/secret")).read(_OBJECT).get("key")
        except (ProviderFault, Refused):
            return False
        if not isinstance(found, str) or not found.removeprefix("whsec_") or found == self._secret:
            return False
        self._secret = found
        with suppress(StoreFault):
            await self._vault.put(_SECRET, found.encode())
        return True

    async def _sources(self, name: str, form: Form, inputs: Inputs) -> Sources:
        """A request's pictures where the model can read them; nothing is ordered yet, so a fault here is never one that may cost money."""
        if not inputs.sources:
            return Sources()
        try:
            sources = [await self._pictures.within(each, pixels=_PIXELS, side=_SIDE, size=_BYTES) for each in inputs.sources]
            mask = await self._mask(name, form, inputs.mask, like=sources[0]) if inputs.mask is not None else None
            links = tuple([await self._link(source) for source in sources])
        except ProviderFault as fault:
            fault.accepted = False
            raise
        return Sources(pictures=links, mask=mask, size=(sources[0].width, sources[0].height))

    async def _mask(self, name: str, form: Form, mask: bytes, *, like: Source) -> str:
        field = form.field(Role.MASK)
        black = name in self._manners.black_masks or (field is not None and field.black)
        drawn = await (self._masks.black if black else self._masks.white)(mask, like=like.body)
        return await self._link(Source(body=drawn, width=like.width, height=like.height, media_type="image/png"))

    async def _link(self, source: Source) -> str:
        """A data URL, or the address of the picture among the service's files."""
        if len(source.body) <= _INLINE:
            return f"data:{source.media_type};base64,{b64encode(source.body).decode()}"
        reply = await self._caller.post("/files", files={"content": source.file})
        return reply.read(UPLOADED).urls.get
