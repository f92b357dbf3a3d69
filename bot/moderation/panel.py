"""The panel: every moderator that is switched on, asked in order; what they find becomes one verdict by the policy of the place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot import says
from bot.errors import Blocked
from bot.model import Concern, Level, Person, Place, Request, Term, Verdict
from bot.moderation.categories import TABLE, Consequence
from bot.moderation.house import ALLOW, House
from bot.moderation.policy import Policy, Ruling, verdict_of
from bot.ports import Moderator


@dataclass(frozen=True, kw_only=True)
class Screening:
    """What a request came to."""

    verdict: Verdict
    request: Request
    """The request, without the personal data that the policy takes out."""
    notes: tuple[str, ...] = ()
    """Sentences for the person about what was taken out, or what to take care of."""


class Panel:
    """All moderators that are switched on. Those that look on this machine are asked first; a block ends the asking."""

    def __init__(self, moderators: Sequence[Moderator], house: House | None = None) -> None:
        """Make one over these moderators; without a house the default policy holds everywhere."""
        self._near = [each for each in moderators if not each.remote]
        self._far = [each for each in moderators if each.remote]
        self.house = house

    async def screen(self, person: Person, place: Place, request: Request) -> Screening:
        """The verdict on prompt, style and negative prompt, with personal data taken out before anything leaves this machine.

        A negative prompt asks for things to stay away, so in it only what is bad in itself counts: personal data, slurs, listed terms.
        """
        policy, listed = await self.standing(place)
        fields = {"prompt": request.prompt, "style": request.style or "", "negative": request.negative or ""}
        found = {name: await self._found(self._near, person, place, text, listed) for name, text in fields.items()}
        if fields["style"]:
            # The words are one wish, however they are spread over the fields.
            found["wish"] = await self._found(self._near, person, place, f"{fields['prompt']}\n{fields['style']}", listed)
        found["negative"] = [each for each in found["negative"] if _counts_unwanted(each)]
        rulings = [ruling for concerns in found.values() for ruling in policy.rulings(place, concerns)]
        clean, notes = dict(fields), list[str]()
        for name, text in fields.items():
            clean[name], taken = _cleaned(text, policy.rulings(place, found[name]))
            notes += taken
        if self._far and verdict_of(rulings).level is not Level.BLOCK:
            wish = "\n".join(part for part in (clean["prompt"], clean["style"]) if part)
            rulings += policy.rulings(place, await self._found(self._far, person, place, wish, listed))
        for ruling in rulings:
            if ruling.consequence is Consequence.WARN:
                notes.append(says.warned_of(ruling.concern.category, ruling.concern.source))
        screened = replace(
            request,
            prompt=clean["prompt"],
            style=clean["style"] if request.style else request.style,
            negative=clean["negative"] if request.negative else request.negative,
        )
        return Screening(verdict=verdict_of(rulings), request=screened, notes=tuple(dict.fromkeys(notes)))

    async def prompt(self, person: Person, place: Place, *texts: str) -> Verdict:
        """The strictest verdict on any of the texts."""
        policy, listed = await self.standing(place)
        rulings: list[Ruling] = []
        for moderators in (self._near, self._far):
            for text in texts:
                rulings += policy.rulings(place, await self._found(moderators, person, place, text, listed))
            if verdict_of(rulings).level is Level.BLOCK:
                break
        return verdict_of(rulings)

    async def image(self, place: Place, image: bytes) -> Verdict:
        """The strictest verdict on a picture."""
        policy, _ = await self.standing(place)
        rulings: list[Ruling] = []
        for moderator in (*self._near, *self._far):
            rulings += policy.rulings(place, await moderator.image(place, image))
            if verdict_of(rulings).level is Level.BLOCK:
                break
        return verdict_of(rulings)

    async def standing(self, place: Place) -> tuple[Policy, tuple[Term, ...]]:
        """What holds in a place: its policy, and the terms that its admins listed."""
        return await self.house.of(place) if self.house else (Policy(), ())

    async def findings(self, person: Person, place: Place, text: str) -> list[Ruling]:
        """Every finding with what follows here, the weightiest first: for trying a wording out. Nothing is recorded."""
        policy, listed = await self.standing(place)
        return policy.rulings(place, await self._found([*self._near, *self._far], person, place, text, listed))

    async def _found(
        self, moderators: Iterable[Moderator], person: Person, place: Place, text: str, listed: tuple[Term, ...]
    ) -> list[Concern]:
        if not text:
            return []
        moderators = tuple(moderators)
        found = [concern for each in moderators for concern in await each.prompt(person, place, text, listed=listed)]
        strict = tuple(term for term in listed if term.category != ALLOW)
        if len(strict) == len(listed):
            return found
        # An allowed phrase mends a false alarm, and is no way round what nobody may switch off.
        unmended = [concern for each in moderators for concern in await each.prompt(person, place, text, listed=strict)]
        return [*(each for each in found if not _is_absolute(each)), *filter(_is_absolute, unmended)]


def refusal(verdict: Verdict, *, of: str = "prompt", reviewed: bool = False) -> Blocked | None:
    """The refusal that follows from a verdict on a prompt or a picture, or None where the work may go on.

    Args:
        verdict: what the panel said.
        of: what it is about, for the sentence.
        reviewed: True where a verdict of REVIEW is brought before a reviewer; else it refuses too: what is doubtful is not drawn unseen.
    """
    if verdict.level < Level.REVIEW or (reviewed and verdict.level is Level.REVIEW):
        return None
    # What `custom` is, admins know; whoever is refused does not.
    category = "a term that this team listed" if verdict.category == "custom" else verdict.category
    topic = f" ({category})" if category else ""
    return Blocked(
        f"This {of} is not allowed here{topic}.",
        category=verdict.category,
        source=verdict.source,
        advice="Nothing was drawn and it does not count toward your quota. "
        f"{'Change the words' if of == 'prompt' else 'Use another one'} and try again; if this is a mistake, tell an admin the id below.",
    )


def _is_absolute(concern: Concern) -> bool:
    """Whether a finding is of a category that is blocked everywhere, whatever admins decide."""
    known = TABLE.get(concern.category, TABLE["custom"])
    return known.least(sure=True, restricted=True) is Consequence.BLOCK


def _counts_unwanted(concern: Concern) -> bool:
    """Whether a finding counts in a negative prompt. A doubtful one never does: `--no swastika` is what one should say."""
    known = TABLE.get(concern.category, TABLE["custom"])
    return known.unwanted and (concern.score >= 1 or bool(concern.spans))


def _cleaned(text: str, rulings: Sequence[Ruling]) -> tuple[str, list[str]]:
    """A text with what the policy masks replaced by what it was, and a sentence for each kind."""
    masked = [
        (begin, end, ruling.concern.source)
        for ruling in rulings
        if ruling.consequence is Consequence.MASK
        for begin, end in ruling.concern.spans
    ]
    notes: list[str] = []
    reached = len(text)
    # From the end, so that the places before stay right; of two that overlap, the later and longer one.
    for begin, end, source in sorted(masked, key=lambda each: (each[1], -each[0]), reverse=True):
        if end <= reached:
            text = f"{text[:begin]}[{says.taken_out(source)}]{text[end:]}"
            reached = begin
            notes.append(says.taken_note(source))
    return text, notes[::-1]
