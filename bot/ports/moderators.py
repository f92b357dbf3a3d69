"""A moderator's socket."""

from typing import Protocol

from bot.model import Person, Place, Verdict


class Moderator(Protocol):
    """One layer of moderation."""

    name: str

    async def prompt(self, person: Person, place: Place, text: str) -> Verdict:
        """What it thinks of a text that is about to become a picture."""
        ...

    async def image(self, place: Place, image: bytes) -> Verdict:
        """What it thinks of a picture."""
        ...
