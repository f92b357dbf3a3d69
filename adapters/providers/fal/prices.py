"""Prices: what a unit of a model costs, as fal's own list tells; asked for once a day, and never waited for long."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, TypeAdapter

from adapters.calls import Caller
from bot.errors import ProviderFault, Refused
from bot.plugins import Kit

SOURCE = "fal's own price list"
_KEPT = 24 * 3600.0
_TRIED = 600.0
_PATIENCE = 5.0
_WHOLE = frozenset({"image", "images", "megapixel", "megapixels"})


class Price(BaseModel):
    """What a unit costs, and what it is."""

    endpoint_id: str = ""
    unit_price: Decimal
    unit: str = ""
    currency: str = "USD"


class _List(BaseModel):
    prices: list[Price] = []


_LIST = TypeAdapter(_List)


class Prices:
    """The list, as far as it was asked for."""

    def __init__(self, caller: Caller, kit: Kit, *, api_url: str) -> None:
        self._caller = caller
        self._now = kit.now
        self._url = f"{api_url}/models/pricing"
        self._known: dict[str, tuple[Price | None, datetime]] = {}

    async def of(self, endpoint: str) -> Price | None:
        """A unit's price in US dollars, or None where it is not told within five seconds."""
        known = self._known.get(endpoint)
        if known is not None:
            price, since = known
            if (self._now() - since).total_seconds() < (_KEPT if price else _TRIED):
                return price
        found: Price | None = None
        try:
            async with asyncio.timeout(_PATIENCE):
                found = next((each for each in await self.listed([endpoint]) if each.endpoint_id in {endpoint, ""}), None)
        except (ProviderFault, Refused, TimeoutError):
            pass
        self._known[endpoint] = (found, self._now())
        return found

    def an_image(self, endpoint: str) -> Decimal | None:
        """What an image of an endpoint costs, as it was told last; None where it was not, or is told for something else."""
        price, _ = self._known.get(endpoint, (None, None))
        return price.unit_price if price is not None and price.unit.strip().lower() in _WHOLE else None

    async def listed(self, endpoints: Sequence[str]) -> list[Price]:
        """The prices of several endpoints. Raises ProviderFault, Refused."""
        reply = await self._caller.get(self._url, params={"endpoint_id": ",".join(endpoints)})
        return [price for price in reply.read(_LIST).prices if price.currency.upper() == "USD" and price.unit_price.is_finite()]
