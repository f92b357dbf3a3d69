"""The matcher: every term of a lexicon found in a text at once, with Aho-Corasick automatons (libs.md §1)."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from adapters.moderators._words import spellings
from adapters.moderators._words.everyday import COMMON
from adapters.moderators._words.inflection import inflected
from adapters.moderators._words.lexicon import SURE, Lexicon, read, stamps
from adapters.moderators._words.spellings import Spellings

SPELLED_LEAST = 4
"""Letters of a term that is sought inside a run of single letters, where no border is left."""
SQUEEZED_LEAST = 8
"""Letters of a term that is sought across all borders (`por nography`); shorter ones would be found by chance."""
SQUEEZED_FOR = frozenset({"minors", "hate", "self-harm"})
"""Categories of such terms: what is found across borders is sometimes found by chance, and these are worth it."""
PLURAL_LEAST = 3
MIRRORED_LEAST = 4
"""Letters of a term that is sought from its end to its beginning."""
_NOT_MIRRORED = frozenset({"anal", "stab", "pots", "gats", "teen", "neger", "spic", "nips", "sperm", "live", "rail"})
"""Terms that are a word or name of their own when read backwards."""

_BETWEEN = re.compile("  ")
_AGE = re.compile(
    r"(?<!\d)(\d{1,2})\W{0,3}(?:"
    r"(?:years?|yrs?)\W{0,3}old|y\W?o(?!\w)|"
    r"(?:ans|años|anos|anni|jahre|jährige?|jaar|jarige?|lat|yaşında|лет|года?)(?!\w)|"
    r"歳|才|岁|歲|살|세)"
    r"|(?<!\w)age[ds]?\W{1,3}(?:of\W{1,3})?(\d{1,2})(?!\d)"
)


class Reading:
    """What a text has of a lexicon. Where it stands is worked out when the first rule asks."""

    def __init__(self, found: set[int], words: str, index: "_Index") -> None:
        self.found = found
        """The numbers of the groups."""
        self._words = words
        self._index = index

    def follows(self, parts: Sequence[AbstractSet[int]], within: int) -> bool:
        """Whether terms of these groups stand behind each other, each beginning at most so many words behind the one before."""
        for places in self._lines:
            ends: set[int] | None = None
            for part in parts:
                here = [(begin, end) for begin, end, groups in places if groups & part]
                ends = {end for begin, end in here if ends is None or any(0 < begin - before <= within for before in ends)}
            if ends:
                return True
        return False

    def gathers(self, parts: Sequence[AbstractSet[int]], near: int) -> bool:
        """Whether terms of these groups stand, in any order, at most so many words from one of the first."""
        first, *others = parts
        placed = frozenset[int]().union(*(groups for places in self._lines for _, _, groups in places))
        if not all(part & placed for part in parts):
            # What was found across borders, or backwards, has no place.
            return True
        return any(
            all(any(groups & part and other - near <= end and begin - near <= last for other, last, groups in places) for part in others)
            for places in self._lines
            for begin, end, here in places
            if here & first
        )

    @cached_property
    def _lines(self) -> list[list[tuple[int, int, frozenset[int]]]]:
        return self._index.places(self._words)


class Matcher:
    """The automatons of a lexicon. Building them takes milliseconds, searching microseconds."""

    def __init__(self, lexicon: Lexicon) -> None:
        near: dict[str, set[int]] = {}
        away: dict[str, set[int]] = {}
        spelled: dict[str, set[int]] = {}
        squeezed: dict[str, set[int]] = {}
        mirrored: dict[str, set[int]] = {}
        allowed, allowed_away = set[str](), set[str]()
        for number, group in enumerate(lexicon.groups):
            for term in (form for each in group.terms for form in inflected(each)):
                for pattern, foreign in _patterns(term):
                    (away if foreign else near).setdefault(pattern, set()).add(number)
                bare = "".join(spellings.words(spellings.folded_form(term)))
                if bare.isascii() and len(bare) >= SPELLED_LEAST:
                    spelled.setdefault(bare, set()).add(number)
                if (
                    bare.isascii()
                    and " " not in term
                    and len(bare) >= SQUEEZED_LEAST
                    and group.meaning.score == SURE
                    and group.meaning.category in SQUEEZED_FOR
                ):
                    squeezed.setdefault(bare, set()).add(number)
                if bare.isascii() and " " not in term and len(bare) >= MIRRORED_LEAST and bare not in _NOT_MIRRORED and bare != bare[::-1]:
                    mirrored.setdefault(f" {bare} ", set()).add(number)
        for term in lexicon.allow:
            for pattern, foreign in _patterns(term):
                (allowed_away if foreign else allowed).add(pattern)
        turned = {_turned(pattern) for pattern in allowed}
        self._words = _Index(near, allowed | turned)
        self._away = _Index(away, allowed_away)
        self._spelled = _Index(spelled, {"".join(pattern.split()) for pattern in allowed})
        self._squeezed = _Index(squeezed, {"".join(pattern.split()) for pattern in allowed})
        self._mirrored = _Index(mirrored, allowed | turned)
        self._known = COMMON.union(
            word
            for group in lexicon.groups
            for term in group.terms
            for form in inflected(term)
            for word in spellings.words(spellings.folded_form(form))
            if len(word) >= PLURAL_LEAST
        )
        self._ages = [(number, group.under) for number, group in enumerate(lexicon.groups) if group.under]

    def find(self, text: str) -> set[int]:
        """The numbers of the groups that a text has a term of."""
        return self.read(text).found

    def read(self, text: str) -> Reading:
        """What a text has, and where."""
        forms = spellings.spellings(text, self._known)
        found = {number for places in self._words.places(forms.words) for _, _, groups in places for number in groups}
        if forms.far:
            found |= self._away.find(forms.words)
        if forms.spelled:
            found |= self._spelled.find(forms.spelled)
        found |= self._squeezed.find(forms.squeezed)
        found |= self._mirrored.find(forms.mirrored)
        return Reading(found | self._of_age(forms), forms.words, self._words)

    def _of_age(self, forms: Spellings) -> set[int]:
        if not self._ages:
            return set()
        texts = dict.fromkeys((forms.plain, forms.folded))
        ages = [int(first or second) for text in texts for first, second in _AGE.findall(text)]
        return {number for number, under in self._ages if any(age < under for age in ages)}


def compiled(*places: Path) -> tuple[Lexicon, Matcher]:
    """The lexicon of files and folders with its automatons, made once a process for as long as the files stay as they are.

    Raises:
        SettingFault: a list is missing or broken.
    """
    return _compiled(places, tuple(stamps(*places)))


@lru_cache(maxsize=8)
def _compiled(places: tuple[Path, ...], _: tuple[tuple[str, int, int], ...]) -> tuple[Lexicon, Matcher]:
    lexicon = read(*places)
    return lexicon, Matcher(lexicon)


class _Index:
    """An automaton with what each of its patterns means, and the harmless phrases that cover what stands inside them."""

    def __init__(self, meanings: dict[str, set[int]], allowed: Collection[str] = ()) -> None:
        self._meanings = [frozenset(numbers) for numbers in meanings.values()]
        self._automaton = AhoCorasick(list(meanings), MatchKind.Standard, store_patterns=False)
        self._allowed = AhoCorasick(list(allowed), MatchKind.LeftmostLongest, store_patterns=False) if allowed else None

    def find(self, text: str) -> set[int]:
        """The numbers of the groups that have a term in a text."""
        found: set[int] = set()
        for number, _, _ in self._matches(text):
            found |= self._meanings[number]
        return found

    def places(self, words: str) -> list[list[tuple[int, int, frozenset[int]]]]:
        """Every match in every form: the numbers of its first and last word, and its groups.

        A harmless phrase covers its words in every form that has as many: of two readings of a disguise only one may show the phrase.
        """
        forms: list[tuple[int, list[tuple[int, int, frozenset[int]]]]] = []
        covered: dict[int, list[tuple[int, int]]] = {}
        for line in words.split("\n"):
            gaps = [gap.start() for gap in _BETWEEN.finditer(line)]
            covers = self._allowed.find_matches_as_indexes(line) if self._allowed else []
            covered.setdefault(len(gaps), []).extend(
                (bisect_right(gaps, begin - 1), bisect_right(gaps, end - 2)) for _, begin, end in covers
            )
            places = [
                (bisect_right(gaps, begin - 1), bisect_right(gaps, end - 2), self._meanings[number])
                for number, begin, end in self._matches(line)
            ]
            forms.append((len(gaps), places))
        return [
            [
                (begin, end, groups)
                for begin, end, groups in places
                if not any(one <= begin and end <= other for one, other in covered[count])
            ]
            for count, places in forms
        ]

    def _matches(self, text: str) -> Iterator[tuple[int, int, int]]:
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        covers = self._allowed.find_matches_as_indexes(text) if self._allowed and matches else []
        begins = [begin for _, begin, _ in covers]
        for number, begin, end in matches:
            cover = bisect_right(begins, begin) - 1
            if cover < 0 or covers[cover][2] < end:
                yield number, begin, end


def _turned(pattern: str) -> str:
    """A pattern with its last word first: in a text that reads from its end, its words stand so."""
    return f" {'  '.join(reversed(pattern.split()))} "


def _patterns(term: str) -> Iterator[tuple[str, bool]]:
    """How a term stands among words with borders, and whether that form counts only in a text with Greek or Cyrillic letters."""
    exact, body = term.startswith("="), term.removeprefix("=")
    begins, ends = body.startswith("*"), body.endswith("*")
    forms = [(spellings.plain_form(body), False)]
    if not exact:
        folded = spellings.folded_form(body)
        # Folded Cyrillic can look like an English word, so it counts only beside Cyrillic.
        forms.append((folded, spellings.far(body)))
    for form, foreign in dict.fromkeys(forms):
        listed = spellings.words(form)
        if not listed:
            continue
        start = "" if begins or spellings.dense(listed[0][0]) else " "
        end = "" if ends or spellings.dense(listed[-1][-1]) else " "
        pattern = start + "  ".join(listed) + end
        yield pattern, foreign
        last = listed[-1]
        if end and last.isascii() and last.isalpha() and len(last) >= PLURAL_LEAST and not last.endswith("s"):
            yield f"{pattern[:-1]}s ", foreign
