"""Spellings: the forms under which a text is searched, so that a word is found however it was dressed up.

A form is words parted by two spaces and edged by one, so that a term between single spaces has its borders built in and two
neighbours never share a space.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from types import MappingProxyType

import disarm

from adapters.moderators._words.everyday import COMMON, EMOJI, SHORT

MASKED_LONGEST = 20
"""Letters and stars of a word that is tried with vowels for its stars (`n*de`)."""
MASKED_MOST = 2
"""Stars in such a word."""

# Chinese, Japanese, Korean and Thai: scripts that part no words, or hang particles on them.
_DENSE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(f"[{_DENSE}]+|[^\\W_{_DENSE}]+")
_IS_DENSE = re.compile(f"[{_DENSE}]")
_IS_FAR = re.compile(r"[\u0370-\u052f]")
_LETTER = re.compile(r"[^\W\d_]")
_DRESS = re.compile(r"[0-9@$€£!*+|]|[^\s\w]\w|_")
"""What a text must have for its chunks to be worth a closer look."""
_LEET = re.compile(r"[0-9@$€£!+|]")
_GAP = re.compile(r"[\W_]+")
_SPELLED = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,3}[^\W_](?![^\W_])){2,}")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_MASKED = re.compile(r"[a-z]+\*[a-z*]*")
_EDGES = "!?.,;:()[]{}\"'"
_VOWELS = "aeiou"
_SYMBOL = re.compile(r"[^\x00-\u1fff\u2010-\u2027\u3000-\ud7ff\uf900-\ufdff\ufe70-\uffef]+")
"""A run of emoji and other pictures, which may stand for a letter, or for nothing."""
_PICTURED = re.compile("[" + "".join(EMOJI) + "\U0001f1e6-\U0001f1ff]\ufe0f?")
_ODD_LONGEST = 3
"""Letters of a piece that is tried with its neighbours (`na ked`), unless it is a word."""
_SIGNS = MappingProxyType(
    {
        "0": "o",
        "2": "z",
        "3": "e",
        "4": "a",
        "5": "s",
        "6": "g",
        "7": "t",
        "8": "b",
        "9": "g",
        "@": "a",
        "$": "s",
        "€": "e",
        "£": "l",
        "+": "t",
    }
)
_READINGS = (
    str.maketrans({**_SIGNS, "1": "i", "!": "i", "|": "i"}),
    str.maketrans({**_SIGNS, "1": "l", "!": "l", "|": "l"}),
)
_PUNCTUATION = {code: " " for code in range(128) if not chr(code).isalnum()}
_INVISIBLE = frozenset({"Mn", "Mc", "Me", "Cf"})


@dataclass(frozen=True, kw_only=True)
class Spellings:
    """The forms of one text."""

    plain: str
    """NFKC and case-folded, without free marks and invisible characters: right for scripts that look-alikes would ruin."""
    words: str
    """All forms with borders, one below the other."""
    spelled: str
    """Runs of single letters, joined (`n a k e d`), one below the other."""
    squeezed: str
    """All letters of the text with nothing between them."""
    mirrored: str
    """Every word of the text from its end to its beginning."""
    far: bool
    """Whether the text has Greek or Cyrillic letters, so that Latin ones may stand for theirs."""


def spellings(text: str) -> Spellings:
    """The forms of a text; time and size grow with its length and no faster."""
    text = _PICTURED.sub(_said_by, text) if not text.isascii() else text
    plain, folded = plain_form(text), folded_form(text)
    forms = dict.fromkeys((bordered(plain), bordered(folded)))
    spelled: list[str] = []
    for reading in _readings(folded):
        spelled += [_GAP.sub("", run[0]) for run in _SPELLED.finditer(reading)]
    if _DRESS.search(folded):
        forms |= dict.fromkeys(_undressed(folded))
    if _REPEATED.search(folded):
        forms |= dict.fromkeys((bordered(_REPEATED.sub(r"\1", folded)), bordered(_REPEATED.sub(r"\1\1", folded))))
    forms |= dict.fromkeys(bordered(run) for run in spelled)
    listed = words(folded)
    forms |= dict.fromkeys(_joined(listed))
    mirrored = [word[::-1] for word in listed]
    if sum(word in COMMON for word in mirrored) > sum(word in COMMON for word in listed):
        forms |= dict.fromkeys((bordered(" ".join(mirrored)), bordered(" ".join(mirrored[::-1]))))
    return Spellings(
        plain=plain,
        words="\n".join(forms),
        spelled="\n".join(spelled),
        squeezed=_GAP.sub("", folded),
        mirrored=f" {'  '.join(mirrored)} ",
        far=_IS_FAR.search(plain) is not None,
    )


def _said_by(found: re.Match[str]) -> str:
    """A letter for an emoji inside a word, a word for one that stands alone."""
    sign = found[0][0]
    said = chr(ord(sign) - 0x1F1E6 + ord("a")) if sign not in EMOJI else EMOJI[sign]
    inside = _LETTER.match(found.string[found.start() - 1 : found.start()]) or _LETTER.match(found.string[found.end() : found.end() + 1])
    if len(said) == 1:
        return said
    return found[0] if inside else f" {said} "


def _joined(listed: list[str]) -> Iterator[str]:
    """Words that were broken by a space (`na ked`): pieces that are no words, with a neighbour."""
    for one, other in pairwise(listed):
        if (_is_piece(one) or _is_piece(other)) and one.isalpha() and other.isalpha() and len(one) + len(other) <= MASKED_LONGEST:
            yield f" {one}{other} "


def _is_piece(word: str) -> bool:
    return 1 < len(word) <= _ODD_LONGEST and word not in SHORT and word.isascii()


def plain_form(text: str) -> str:
    """A text as it is meant: compatibility forms and case folded, marks that stand alone and invisible characters gone."""
    if text.isascii():
        return text.casefold()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded.translate({ord(letter): None for letter in set(folded) if unicodedata.category(letter) in _INVISIBLE})


def folded_form(text: str) -> str:
    """A text as it looks: accents gone, look-alike letters of other scripts as Latin ones."""
    return disarm.strip_obfuscation(text).casefold()


def bordered(text: str) -> str:
    """A text's words with their borders."""
    return f" {'  '.join(words(text))} "


def words(text: str) -> list[str]:
    """Runs of letters and digits; a change between a dense script and another ends a word."""
    # Most prompts are ASCII, and there splitting is four times as fast as the expression that knows all scripts.
    return text.translate(_PUNCTUATION).split() if text.isascii() else _WORD.findall(text)


def dense(letter: str) -> bool:
    """Whether a letter is of a script in which words have no borders."""
    return _IS_DENSE.match(letter) is not None


def far(text: str) -> bool:
    """Whether a text has Greek or Cyrillic letters."""
    return _IS_FAR.search(text) is not None


def _readings(text: str) -> list[str]:
    """A text, and what it says when its digits and signs stand for letters."""
    return list(dict.fromkeys((text, *(text.translate(table) for table in _READINGS)))) if _LEET.search(text) else [text]


def _undressed(folded: str) -> Iterator[str]:
    """Forms of the whole text with digits read as letters, then of single chunks without what stands between their letters."""
    chunks = folded.split()
    # Each different chunk is looked at once, however often a long text repeats it.
    cores = {chunk: chunk.strip(_EDGES) for chunk in dict.fromkeys(chunks)}
    leet = {chunk: core for chunk, core in cores.items() if _LEET.search(core) and _LETTER.search(core)}
    if leet:
        for table in _READINGS:
            read = {chunk: core.translate(table) for chunk, core in leet.items()}
            yield bordered(" ".join([read.get(chunk, chunk) for chunk in chunks]))
    for core in dict.fromkeys(core for core in cores.values() if not core.isalnum()):
        yield from _closed(core)


def _closed(core: str) -> Iterator[str]:
    """A chunk with its letters closed up, and with vowels for its stars."""
    for reading in _readings(core):
        closed = _GAP.sub("", reading)
        yield f" {closed} " if closed.isascii() else bordered(closed)
    starred = _SYMBOL.sub("*", core) if not core.isascii() else core
    core = starred
    if "*" in core and len(core) <= MASKED_LONGEST and core.count("*") <= MASKED_MOST and _MASKED.fullmatch(core):
        for vowels in product(_VOWELS, repeat=core.count("*")):
            yield f" {core.replace('*', '{}').format(*vowels)} "
