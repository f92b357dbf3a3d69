"""Shapes: what a service that answers in the call itself has to say to the rest of the port."""

from bot.errors import FaultKind, ProviderFault
from bot.model import Delivery, Notice, Progress


class AtOnce:
    """No ticket is ever given, so nothing can be checked, cancelled or announced."""

    async def check(self, ticket: str) -> Progress:
        """A ticket that is none of ours."""
        raise ProviderFault(f"There is no job {ticket[:40]!r}: this service answers at once.", kind=FaultKind.LOST)

    async def cancel(self, ticket: str) -> None:
        """What was asked for cannot be taken back."""

    async def receive(self, delivery: Delivery) -> Notice | None:
        """It sends nothing."""
        return None
