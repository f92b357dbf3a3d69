"""An image service's socket."""

from collections.abc import Mapping
from typing import Protocol

from bot.model import Capabilities, Delivery, Inputs, Notice, Progress, Request


class ImageProvider(Protocol):
    """An image service. Raises Refused and ProviderFault, and nothing else."""

    name: str
    models: Mapping[str, Capabilities]
    """By model name; the first is the default."""

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        """Ask for images. `request` is fitted to one of `models` and names it in `request.model`.

        `key` is stable for a job's attempt: a service that lets us choose its job id uses it, and gives the same ticket again.
        """
        ...

    async def check(self, ticket: str) -> Progress:
        """How a submitted job stands. An unknown status is Pending. A ticket the service does not know is ProviderFault LOST."""
        ...

    async def cancel(self, ticket: str) -> None:
        """Stop a submitted job where the service can. Cancelling what is over is no error."""
        ...

    async def receive(self, delivery: Delivery) -> Notice | None:
        """What a delivery to our webhook is about, or None where it proves nothing or this service sends none. Never raises."""
        ...
