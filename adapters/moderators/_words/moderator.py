"""The moderator over a lexicon: what was found in a text, turned into findings."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from adapters.moderators._words.lexicon import Group, Lexicon, Meaning
from adapters.moderators._words.matcher import Matcher, compiled
from adapters.moderators._words.spellings import plain_form
from bot.model import Concern, Person, Place, Term

ALLOW = "allow"
"""What a term of a place counts as that wins over every list."""
_KEPT = 64
"""Places whose terms are kept ready to be sought."""


class Words:
    """A moderator over a lexicon. It reads words only: in pictures it finds nothing."""

    remote = False

    def __init__(self, name: str, *places: Path, vocabulary: bool = False, house: bool = False) -> None:
        """Make one.

        Args:
            name: the plugin's name, for the source of what it finds.
            places: files and folders with its lists.
            vocabulary: whether the groups of the first place mean nothing here, and are words for rules alone.
            house: whether it speaks for the terms that a place listed.

        Raises:
            SettingFault: a list is missing or broken; one line with file and line.
        """
        self.name = name
        self._lexicon, self._matcher = compiled(*places)
        self._named: dict[str, list[int]] = {}
        for number, group in enumerate(self._lexicon.groups):
            self._named.setdefault(group.name, []).append(number)
        self._vocabulary = self._lexicon.read[0] if vocabulary else 0
        self._house = house
        # By content: the same terms in another place, or after an undo, are the same automaton.
        self._compiled = lru_cache(maxsize=_KEPT)(_house)

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> list[Concern]:
        """What the lists say of a text."""
        return self.find(text, listed)

    async def image(self, place: Place, image: bytes) -> list[Concern]:
        """Nothing: there are no words to read in a picture."""
        return []

    def find(self, text: str, listed: Sequence[Term] = ()) -> list[Concern]:
        """What the lists say of a text, a finding for each list and category: the surest."""
        found: dict[tuple[str, str], Concern] = {}
        if listed:
            allowed, house, meanings = self._compiled(tuple(listed))
            if allowed:
                text = allowed.sub(" ‖ ", plain_form(text))
            if self._house:
                for number in house.find(text):
                    _note(found, f"{self.name}/house", meanings[number].category, meanings[number].score)
        for meaning, score in self._said(text):
            _note(found, f"{self.name}/{meaning.source}", meaning.category, score)
        return list(found.values())

    def _said(self, text: str) -> Iterator[tuple[Meaning, float]]:
        reading = self._matcher.read(text)
        found = reading.found
        names = {self._lexicon.groups[number].name for number in found}
        for rule in self._lexicon.rules:
            if all(names & alternatives for alternatives in rule.all) and (score := rule.meaning.beside(names)):
                parts = [self._numbers(part) for part in rule.all]
                if rule.within and not reading.follows(parts, rule.within):
                    continue
                if rule.near and not reading.gathers(parts, rule.near):
                    continue
                yield rule.meaning, score
        for number in sorted(found):
            if number >= self._vocabulary:
                meaning = self._lexicon.groups[number].meaning
                yield meaning, meaning.beside(names)

    def _numbers(self, names: frozenset[str]) -> frozenset[int]:
        return frozenset(number for name in names for number in self._named.get(name, ()))


def _note(found: dict[tuple[str, str], Concern], source: str, category: str, score: float) -> None:
    known = found.get((source, category))
    if score > (known.score if known else 0):
        found[source, category] = Concern(category=category, score=score, source=source)


def _house(listed: tuple[Term, ...]) -> tuple[re.Pattern[str] | None, Matcher, list[Meaning]]:
    """What a place lists: an expression for what it allows, a matcher for the rest, and what each of its groups means."""
    allowed = [re.escape(plain_form(term.text)) for term in listed if term.category == ALLOW]
    meanings = [Meaning(source="house", category=term.category, score=term.score) for term in listed if term.category != ALLOW]
    terms = [term.text for term in listed if term.category != ALLOW]
    groups = tuple(
        Group(name=f"house {number}", meaning=meaning, terms=(term,))
        for number, (meaning, term) in enumerate(zip(meanings, terms, strict=True))
    )
    longest_first = sorted(allowed, key=len, reverse=True)
    expression = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)") if allowed else None
    return expression, Matcher(Lexicon(groups=groups)), meanings
