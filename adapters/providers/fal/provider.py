"""The provider: requests go into the queue, and are asked for and cancelled at the addresses that it gave."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import quote, urlsplit

from pydantic import ValidationError

from adapters.calls import Caller, Jwks, Masks, Pictures, Reply, verify_signed
from adapters.providers._forms import Form, Library, Role, Sources, fields_of
from adapters.providers.fal.answers import (
    GIVEN,
    HOOK,
    STANDING,
    TAKEN,
    VENDOR,
    Invalid,
    Standing,
    Taken,
    Ticket,
    links_of,
    pending,
    ticket_of,
    units_of,
)
from adapters.providers.fal.models import KNOWN, LIKENESSES, Endpoint
from adapters.providers.fal.prices import SOURCE, Prices
from bot.errors import FaultKind, ProviderFault, Refused, StoreFault
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Operation, Pending, Progress, Request
from bot.plugins import Kit

_PIXELS, _SIDE, _BYTES = 16_000_000, 8192, 7 * 1024 * 1024
"""What is sent as a source: it goes into the request, as a data URL."""
_FIRST_LOOK = 0.5
_TRANSIENT = {FaultKind.UNAVAILABLE, FaultKind.TIMEOUT, FaultKind.RATE_LIMITED}
_OWN = "fal.run"


@dataclass(frozen=True, kw_only=True)
class Manners:
    """What an admin decided for every request."""

    webhook: str = ""
    """Where deliveries go, or empty."""
    start: int = 240
    """Seconds within which a request must be started."""
    keep: int = 3600
    """Seconds that a result is kept at its public address; 0: as the account says."""
    black_masks: Collection[str] = ()
    """Models whose masks are black where they edit."""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What it works with."""

    masks: Masks
    pictures: Pictures
    jwks: Jwks
    manners: Manners


class Fal:
    """fal over its queue."""

    name = "fal"

    def __init__(
        self, caller: Caller, library: Library, prices: Prices, kit: Kit, tools: Tools, *, models: Mapping[str, Capabilities]
    ) -> None:
        # Those written down here, and those whose form the library reads, in the order of the setting.
        self._facts = dict(models)
        self.models: Mapping[str, Capabilities] = {}
        self._caller = caller
        self._library = library
        self._prices = prices
        self._vault = kit.vault
        self._tools = tools
        self._manners = tools.manners
        self._complete()

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Pending:
        """Put a request into the queue."""
        name = request.model or ""
        endpoint = await self._endpoint(name, request.operation)
        body = fields_of(request, endpoint.form, await self._sources(name, endpoint.form, inputs))
        hook = f"?fal_webhook={quote(self._manners.webhook, safe='')}" if self._manners.webhook else ""
        headers = {"X-Fal-Request-Timeout": str(self._manners.start)}
        if self._manners.keep:
            headers["X-Fal-Object-Lifecycle-Preference"] = json.dumps({"expiration_duration_seconds": self._manners.keep})
        try:
            reply = await self._caller.post(f"/{endpoint.path}{hook}", json=body, headers=headers)
        except Invalid:
            self._library.forget(name)
            raise
        ticket = str(self._ticket(endpoint.path, reply.read(TAKEN)))
        if self._manners.webhook:
            # A delivery names the request alone; the whole ticket is found again under it.
            with suppress(StoreFault):
                await self._vault.put(_place(ticket_of(ticket).id), ticket.encode())
        return Pending(ticket=ticket, check_after=_FIRST_LOOK, stage="in the queue")

    async def check(self, ticket: str) -> Progress:
        """How a request stands; when it is over, what it gave."""
        known = ticket_of(ticket)
        try:
            progress = await self._look(known, ticket)
        except (ProviderFault, Refused) as fault:
            if isinstance(fault, Refused) or fault.kind not in _TRANSIENT:
                await self._forget(known)
            raise
        if isinstance(progress, Finished):
            await self._forget(known)
        return progress

    async def cancel(self, ticket: str) -> None:
        """Stop a request; one that is over or forgotten stays as it is."""
        try:
            known = ticket_of(ticket)
            await self._forget(known)
            await self._caller.put(known.cancel)
        except Refused:
            return
        except ProviderFault as fault:
            if fault.kind not in {FaultKind.BAD_REQUEST, FaultKind.LOST}:
                raise

    async def receive(self, delivery: Delivery) -> Notice | None:
        """What a delivery is about that is signed with one of fal's keys (providers.md §6)."""
        said = [delivery.headers.get(f"x-fal-webhook-{name}", "") for name in ("request-id", "user-id", "timestamp", "signature")]
        if not all(said):
            return None
        request, user, stamp, signature = said
        try:
            named = HOOK.validate_json(delivery.body).request_id
        except ValidationError:
            return None
        if named != request or not await verify_signed(
            self._tools.jwks, parts=[request, user], stamp=stamp, signature=signature, body=delivery.body
        ):
            return None
        kept: bytes | None = None
        with suppress(StoreFault):
            kept = await self._vault.get(_place(request))
        return Notice(ticket=kept.decode() if kept else request, event=request)

    async def _look(self, known: Ticket, ticket: str) -> Progress:
        standing = (await self._ask(known.status, params=None if "?" in known.status else {"logs": "1"})).read(STANDING)
        reply = await self._result(known, standing) if standing.status == "COMPLETED" else None
        if reply is None:
            return pending(standing, ticket)
        given = reply.read(GIVEN)
        links, held = links_of(given)
        return Finished(
            images=tuple([await self._caller.fetch(link) for link in links]),
            # Later pictures carry the seeds that follow it, which is true only while none before them is missing.
            seed=None if held else given.seed,
            cost=await self._cost(known.endpoint, reply),
            vendor_id=known.id,
            version=known.endpoint,
            short="its safety system held it back" if held else "",
        )

    async def _forget(self, known: Ticket) -> None:
        """Let go of what a delivery would have been for."""
        if self._manners.webhook:
            with suppress(StoreFault):
                await self._vault.delete(_place(known.id))

    async def _ask(self, url: str, *, params: Mapping[str, str] | None = None) -> Reply:
        try:
            return await self._caller.get(url, params=params)
        except Invalid:
            raise
        except ProviderFault as fault:
            if fault.kind is FaultKind.BAD_REQUEST:
                raise ProviderFault(f"{VENDOR} does not know the request any more.", kind=FaultKind.LOST) from None
            raise

    async def _result(self, known: Ticket, standing: Standing) -> Reply | None:
        """What a model gave, or None where it is not there after all. A request that is over may have failed: its result says how."""
        try:
            reply = await self._ask(known.response)
        except ProviderFault as fault:
            if fault.kind in _TRANSIENT and (standing.error or standing.error_type):
                raise self._failed(standing) from None
            if fault.kind is FaultKind.UNAVAILABLE and fault.sentence.endswith("still at it."):
                return None
            raise
        if standing.error or standing.error_type:
            raise self._failed(standing)
        return reply

    def _failed(self, standing: Standing) -> ProviderFault:
        kind = f" ({standing.error_type[:60]})" if standing.error_type else ""
        return ProviderFault(f"The model at {VENDOR} failed{kind}.", kind=FaultKind.BAD_RESULT)

    async def _endpoint(self, name: str, operation: Operation) -> Endpoint:
        """Where an operation is asked for. Raises ProviderFault: nothing was ordered."""
        known = KNOWN.get(name)
        if known is not None:
            return known.endpoint(operation)
        entry = await self._library.entry(name)
        await self._prices.of(name)
        self._complete()
        if operation not in self.models[name].operations:
            raise ProviderFault(f"{name} is no model to {operation.value} with.", kind=FaultKind.BAD_REQUEST, accepted=False)
        return Endpoint(path=entry.asked, form=entry.form)

    def _complete(self) -> None:
        """Put into the facts what was learned of forms and prices."""
        self.models = {name: self._priced(name, self._library.models.get(name, facts)) for name, facts in self._facts.items()}

    def _priced(self, name: str, facts: Capabilities) -> Capabilities:
        """A model's facts with fal's own prices, where they are known and are for an image."""
        known = KNOWN.get(name)
        drawn = self._prices.an_image(known.draws.path if known else name)
        if drawn is not None:
            facts = replace(facts, price=drawn, priced=SOURCE)
        worked = self._prices.an_image(known.retouches.path) if known and known.retouches else None
        return replace(facts, prices=dict.fromkeys(LIKENESSES, worked), priced=SOURCE) if worked is not None else facts

    async def _cost(self, endpoint: str, reply: Reply) -> Decimal | None:
        """What a result costs: its units are the model's own, so they say nothing without the model's own price."""
        units = units_of(reply)
        price = await self._prices.of(endpoint) if units is not None else None
        self._complete()
        return units * price.unit_price if units is not None and price is not None else None

    def _ticket(self, endpoint: str, taken: Taken) -> Ticket:
        """The addresses as the queue gave them: they leave out what follows the app's name (providers.md §6)."""
        usual = f"/{'/'.join(endpoint.split('/')[:2])}/requests/{quote(taken.request_id, safe='')}"
        return Ticket(
            id=taken.request_id,
            endpoint=endpoint,
            status=self._own(taken.status_url, f"{usual}/status"),
            response=self._own(taken.response_url, usual),
            cancel=self._own(taken.cancel_url, f"{usual}/cancel"),
        )

    def _own(self, url: str, usual: str) -> str:
        """An address of the queue's own, else the usual one at the base address: the key goes nowhere else."""
        base, there = urlsplit(self._caller.base_url), urlsplit(url)
        same = there[:2] == base[:2]
        kin = there.scheme == "https" and _is_own(there.hostname) and _is_own(base.hostname) and there.username is None
        return url if url and (same or kin) else usual

    async def _sources(self, name: str, form: Form, inputs: Inputs) -> Sources:
        if not inputs.sources:
            return Sources()
        sources = [await self._tools.pictures.within(each, pixels=_PIXELS, side=_SIDE, size=_BYTES) for each in inputs.sources]
        first = sources[0]
        mask = None
        if inputs.mask is not None:
            field = form.field(Role.MASK)
            black = name in self._manners.black_masks or (field is not None and field.black)
            mask = _data("image/png", await (self._tools.masks.black if black else self._tools.masks.white)(inputs.mask, like=first.body))
        links = tuple(_data(source.media_type, source.body) for source in sources)
        return Sources(pictures=links, mask=mask, size=(first.width, first.height))


def _is_own(host: str | None) -> bool:
    return host is not None and (host == _OWN or host.endswith(f".{_OWN}"))


def _data(media_type: str, body: bytes) -> str:
    return f"data:{media_type};base64,{b64encode(body).decode()}"


def _place(request: str) -> str:
    return f"ticket {hashlib.sha256(request.encode()).hexdigest()[:40]}"
