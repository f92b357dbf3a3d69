"""The matcher: every term of a lexicon found in a text at once, with Aho-Corasick automatons (libs.md §1)."""

import re
from collections.abc import Iterator

from ahocorasick_rs import AhoCorasick, MatchKind

from adapters.moderators._words import spellings
from adapters.moderators._words.lexicon import SURE, Lexicon
from adapters.moderators._words.spellings import Spellings

SPELLED_LEAST = 4
"""Letters of a term that is sought inside a run of single letters, where no border is left."""
SQUEEZED_LEAST = 8
"""Letters of a term that is sought across all borders (`por nography`); shorter ones would be found by chance."""
PLURAL_LEAST = 3
MIRRORED_LEAST = 4
"""Letters of a term that is sought from its end to its beginning."""
_NOT_MIRRORED = frozenset({"anal", "stab", "pots", "gats", "teen", "neger", "spic", "nips", "sperm", "live", "rail"})
"""Terms that are a word or name of their own when read backwards."""

_AGE = re.compile(
    r"(?<!\d)(\d{1,2})\W{0,3}(?:"
    r"(?:years?|yrs?)\W{0,3}old|y\W?o(?!\w)|"
    r"(?:ans|años|anos|anni|jahre|jährige?|jaar|jarige?|lat|yaşında|лет|года?)(?!\w)|"
    r"歳|才|岁|歲|살|세)"
    r"|(?<!\w)age[ds]?\W{1,3}(?:of\W{1,3})?(\d{1,2})(?!\d)"
)


class Matcher:
    """The automatons of a lexicon. Building them takes milliseconds, searching microseconds."""

    def __init__(self, lexicon: Lexicon) -> None:
        near: dict[str, set[int]] = {}
        away: dict[str, set[int]] = {}
        spelled: dict[str, set[int]] = {}
        squeezed: dict[str, set[int]] = {}
        mirrored: dict[str, set[int]] = {}
        for number, group in enumerate(lexicon.groups):
            for term in group.terms:
                for pattern, foreign in _patterns(term):
                    (away if foreign else near).setdefault(pattern, set()).add(number)
                bare = "".join(spellings.words(spellings.folded_form(term)))
                if bare.isascii() and len(bare) >= SPELLED_LEAST:
                    spelled.setdefault(bare, set()).add(number)
                if bare.isascii() and " " not in term and len(bare) >= SQUEEZED_LEAST and group.meaning.score == SURE:
                    squeezed.setdefault(bare, set()).add(number)
                if bare.isascii() and " " not in term and len(bare) >= MIRRORED_LEAST and bare not in _NOT_MIRRORED and bare != bare[::-1]:
                    mirrored.setdefault(f" {bare[::-1]} ", set()).add(number)
        for term in lexicon.allow:
            for pattern, foreign in _patterns(term):
                # An allowed phrase is found like any other and means nothing; so it covers the shorter terms inside it.
                (away if foreign else near)[pattern] = set()
        self._words = _Index(near, MatchKind.LeftmostLongest)
        self._away = _Index(away, MatchKind.LeftmostLongest)
        self._spelled = _Index(spelled, MatchKind.Standard)
        self._squeezed = _Index(squeezed, MatchKind.Standard)
        self._mirrored = _Index(mirrored, MatchKind.Standard)
        self._ages = [(number, group.under) for number, group in enumerate(lexicon.groups) if group.under]

    def find(self, text: str) -> set[int]:
        """The numbers of the groups that a text has a term of."""
        forms = spellings.spellings(text)
        found = self._words.find(forms.words)
        if forms.far:
            found |= self._away.find(forms.words)
        if forms.spelled:
            found |= self._spelled.find(forms.spelled, overlapping=True)
        found |= self._squeezed.find(forms.squeezed, overlapping=True)
        found |= self._mirrored.find(forms.mirrored)
        return found | self._of_age(forms)

    def _of_age(self, forms: Spellings) -> set[int]:
        ages = [int(first or second) for first, second in _AGE.findall(forms.plain)]
        return {number for number, under in self._ages if any(age < under for age in ages)}


class _Index:
    """An automaton with what each of its patterns means."""

    def __init__(self, meanings: dict[str, set[int]], kind: MatchKind) -> None:
        self._meanings = [frozenset(numbers) for numbers in meanings.values()]
        self._automaton = AhoCorasick(list(meanings), kind, store_patterns=False)

    def find(self, text: str, *, overlapping: bool = False) -> set[int]:
        found: set[int] = set()
        for number, _, _ in self._automaton.find_matches_as_indexes(text, overlapping=overlapping):
            found |= self._meanings[number]
        return found


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
