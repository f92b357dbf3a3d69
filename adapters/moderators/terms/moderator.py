"""The moderator: what was found in a text, turned into a verdict."""

from collections.abc import Iterator

from adapters.moderators.terms.lexicon import Lexicon, Severity
from adapters.moderators.terms.matcher import Matcher
from bot.model import Level, Person, Place, Verdict

SURE, DOUBTFUL = 1.0, 0.5
"""Scores: a list either means it or asks for a look."""


class Terms:
    """A moderator over a lexicon. It reads words only: pictures pass."""

    name = "terms"

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._matcher = Matcher(lexicon)

    async def prompt(self, person: Person, place: Place, text: str) -> Verdict:
        """The strictest of what the lists say of a text, in this place."""
        return self.judge(text, restricted=place.age_restricted)

    async def image(self, place: Place, image: bytes) -> Verdict:
        """Always allowed: there are no words to read in a picture."""
        return Verdict(source=self.name)

    def judge(self, text: str, *, restricted: bool) -> Verdict:
        """The verdict on a text; `restricted` says whether the place is for adults only."""
        strictest = Verdict(source=self.name)
        for source, category, severity in self._said(self._matcher.find(text)):
            level = severity.restricted if restricted else severity.everywhere
            if level > strictest.level:
                score = DOUBTFUL if level is Level.REVIEW else SURE
                strictest = Verdict(level=level, category=category, source=f"{self.name}/{source}", score=score)
        return strictest

    def _said(self, found: set[int]) -> Iterator[tuple[str, str, Severity]]:
        """What rules and groups say, rules first: of two that are as strict, the combination tells more."""
        groups = [self._lexicon.groups[number] for number in sorted(found)]
        names = {group.name for group in groups}
        for rule in self._lexicon.rules:
            if all(names & alternatives for alternatives in rule.all):
                yield rule.source, rule.category, rule.severity
        for group in groups:
            yield group.source, group.category, group.severity
