"""A moderator's socket."""

from collections.abc import Sequence
from typing import Protocol

from bot.model import Concern, Person, Place, Term


class Moderator(Protocol):
    """One layer of moderation. It says what it finds and never what follows from that: the policy of the place decides.

    It never raises: a layer that cannot look finds nothing, or, where it was told to be strict, the category `unchecked`.
    """

    name: str
    remote: bool
    """Whether what it is shown leaves this machine. Such layers are asked last, and see no personal data that the policy masks."""

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        """What it finds in a text that is about to become a picture; `listed` are the terms of the place itself."""
        ...

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        """What it finds in a picture."""
        ...
