"""Moderation: asks every moderator, in order; the strictest verdict wins."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Blocked
from bot.model import Level, Person, Place, Request, Verdict
from bot.ports import Moderator


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What moderation makes of a request."""

    verdict: Verdict
    request: Request
    """The same, without what must not leave."""
    notes: tuple[str, ...] = ()
    """What was taken out, in words for the person."""


class Panel:
    """All moderators that are switched on."""

    def __init__(self, moderators: Sequence[Moderator]) -> None:
        self._moderators = moderators

    async def screen(self, person: Person, place: Place, request: Request) -> Screening:
        """What to make of a request's words before it is drawn."""
        return Screening(verdict=await self.prompt(person, place, request.prompt, request.style or ""), request=request)

    async def prompt(self, person: Person, place: Place, *texts: str) -> Verdict:
        """The strictest verdict on any of the texts (prompt, style ...). Stops asking once something is blocked."""
        strictest = Verdict()
        for moderator in self._moderators:
            for text in texts:
                if text and strictest.level is not Level.BLOCK:
                    strictest = _stricter(strictest, await moderator.prompt(person, place, text))
        return strictest

    async def image(self, place: Place, image: bytes) -> Verdict:
        """The strictest verdict on a picture."""
        strictest = Verdict()
        for moderator in self._moderators:
            if strictest.level is not Level.BLOCK:
                strictest = _stricter(strictest, await moderator.image(place, image))
        return strictest


def refusal(verdict: Verdict, *, of: str = "prompt", held: bool = False) -> Blocked | None:
    """The refusal that follows from a verdict on a prompt or a picture, or None where the work may go on.

    `held` says that a reviewer will look. Where nobody can, a verdict of REVIEW refuses too: what is doubtful is not drawn unseen.
    """
    if verdict.level < Level.REVIEW or (held and verdict.level is Level.REVIEW):
        return None
    topic = f" ({verdict.category})" if verdict.category else ""
    return Blocked(
        f"This {of} is not allowed here{topic}.",
        category=verdict.category,
        source=verdict.source,
        advice="Nothing was drawn and it does not count toward your quota. "
        f"{'Change the words' if of == 'prompt' else 'Use another one'} and try again; if this is a mistake, tell an admin the id below.",
    )


def _stricter(one: Verdict, other: Verdict) -> Verdict:
    return other if other.level > one.level else one
