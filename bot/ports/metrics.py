"""The counters' socket."""

from typing import Protocol


class Metrics(Protocol):
    """What is counted, named for what happened. Never raises, never waits, and hears no prompt and no person."""

    def acknowledged(self, seconds: float) -> None:
        """An invocation was answered after so long."""
        ...

    def refused(self, kind: str) -> None:
        """An invocation was answered with a refusal or a fault of this class."""
        ...

    def finished(self, *, outcome: str, provider: str, model: str, images: int, seconds: float | None) -> None:
        """A job is over."""
        ...

    def faulted(self, *, provider: str, kind: str) -> None:
        """A provider could not do its work."""
        ...
