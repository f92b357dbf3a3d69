"""Spellings: the forms under which a text is searched, so that a word is found however it was dressed up.

A form is words parted by two spaces and edged by one, so that a term between single spaces has its borders built in and two
neighbours never share a space.
"""

import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
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
_LONE = frozenset({"4", "@", "1", "!", "0"})
"""Signs that stand for a word of one letter in a text that has others."""
_OPENING = "?.,;:()[]{}\"'"
_WIDE = re.compile(r"\s{2,}")
_KEPT_GAP = " ;;; "
_LETTERS_APART = re.compile(r"(?<![^\W_])[^\W_](?:[\W_][^\W_](?![^\W_]))+")
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
    folded: str
    """As it looks: accents gone, look-alike letters as Latin ones."""
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


def spellings(text: str, known: AbstractSet[str] = COMMON) -> Spellings:
    """The forms of a text; time and size grow with its length and no faster. `known` words tell in which direction it reads."""
    text = _PICTURED.sub(_said_by, text) if not text.isascii() else text
    plain, folded = plain_form(text), _folded(text)
    far = _IS_FAR.search(plain) is not None
    forms: dict[str, None] = {}
    spelled: list[str] = []
    turned = False
    # Folding makes Latin look-alikes of Greek and Cyrillic letters, so such a text is read both ways.
    for base in (folded, plain) if far else (folded,):
        listed = words(base)
        forms |= dict.fromkeys([f" {'  '.join(listed)} "])
        if _SPELLED.search(base):
            apart, runs = _spelled_out(base)
            forms |= dict.fromkeys(apart)
            spelled += runs
        if _DRESS.search(base):
            forms |= dict.fromkeys(_undressed(base))
        if _REPEATED.search(base):
            forms |= dict.fromkeys((bordered(_REPEATED.sub(r"\1", base)), bordered(_REPEATED.sub(r"\1\1", base))))
        forms |= dict.fromkeys(_joined(base.split()))
        mirrored = [word[::-1] for word in listed]
        if sum(word in known for word in mirrored) > sum(word in known for word in listed):
            turned = True
            kept = [word if len(word) > 2 else word[::-1] for word in mirrored]  # noqa: PLR2004 - words of two letters are often left as they are
            forms |= dict.fromkeys(bordered(" ".join(each)) for each in (mirrored, mirrored[::-1], kept))
    forms |= dict.fromkeys([bordered(plain)])
    return Spellings(
        plain=plain,
        folded=folded,
        words="\n".join(forms),
        spelled="\n".join(spelled),
        squeezed=_GAP.sub("", folded),
        mirrored="" if turned else f" {'  '.join(word[::-1] for word in words(folded))} ",
        far=far,
    )


def _folded(text: str) -> str:
    """A text as it looks. Folding makes one space of many, and between letters that stand apart the wide gaps are the borders."""
    if _WIDE.search(text) and _SPELLED.search(text):
        return folded_form(_WIDE.sub(_KEPT_GAP, text)).replace(_KEPT_GAP, "   ")
    return folded_form(text)


def _spelled_out(base: str) -> tuple[list[str], list[str]]:
    """Forms of a text with its single letters joined, and the runs of single letters in which no border between words is left."""
    forms: list[str] = []
    runs: list[str] = []
    for reading in _readings(base):
        # Where words are further apart than their letters, or only their letters are parted, each word is known.
        forms.append(bordered(" ".join(_LETTERS_APART.sub(_closed_up, part) for part in _WIDE.split(reading))))
        found = [run[0] for run in _SPELLED.finditer(reading)]
        runs += [_GAP.sub("", run) for run in found if " " in run and not _WIDE.search(run)]
    return forms, runs


def _closed_up(run: re.Match[str]) -> str:
    return _GAP.sub("", run[0])


def _said_by(found: re.Match[str]) -> str:
    """A letter for an emoji inside a word, a word for one that stands alone."""
    sign = found[0][0]
    said = chr(ord(sign) - 0x1F1E6 + ord("a")) if sign not in EMOJI else EMOJI[sign]
    inside = _LETTER.match(found.string[found.start() - 1 : found.start()]) or _LETTER.match(found.string[found.end() : found.end() + 1])
    if len(said) == 1:
        return said
    return found[0] if inside else f" {said} "


def _joined(chunks: list[str]) -> Iterator[str]:
    """Words that were broken by a space (`na ked`): pieces that are no words, with a neighbour; what stands around them stays beside."""
    for number, (one, other) in enumerate(pairwise(chunks)):
        if (_is_piece(one) or _is_piece(other)) and one.isalpha() and other.isalpha() and len(one) + len(other) <= MASKED_LONGEST:
            yield bordered(" ".join([*chunks[max(0, number - 2) : number], one + other, *chunks[number + 2 : number + 4]]))


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
    """Forms of the whole text: with digits and signs read as letters, then also with nothing between the letters of a chunk."""
    chunks = folded.split()
    yield from _read(chunks, [_core(chunk) for chunk in chunks])
    if any(chunk[-1] == "!" and chunk[-2:-1].isalpha() for chunk in chunks):
        # The sign at the end may be a letter too: gucc!
        yield from _read(chunks, [chunk.strip(_OPENING) for chunk in chunks])
    for core in dict.fromkeys(_core(chunk) for chunk in chunks):
        if "*" in core or not core.isascii():
            yield from _unmasked(core)


def _read(chunks: list[str], cores: list[str]) -> Iterator[str]:
    """The whole text with signs read as letters, and with nothing between the letters of a chunk."""
    leet = {core for core in cores if _LEET.search(core) and (_LETTER.search(core) or core in _LONE)}
    if leet <= _LONE:
        leet = set[str]()
    dressed = {core for core in cores if not core.isalnum()}
    for table in _READINGS if leet else [dict[int, str]()]:
        read = [core.translate(table) if core in leet else chunk for chunk, core in zip(chunks, cores, strict=True)]
        if leet:
            yield bordered(" ".join(read))
        if dressed:
            yield bordered(
                " ".join(
                    [
                        _GAP.sub("", core.translate(table) if core in leet else core) if core in dressed else each
                        for core, each in zip(cores, read, strict=True)
                    ]
                )
            )


def _core(chunk: str) -> str:
    """A chunk without what stands around a word; a sign before a letter may be a letter (`!n`, `$ex`)."""
    return chunk.rstrip(_EDGES).lstrip(_OPENING)


def _unmasked(core: str) -> Iterator[str]:
    """A chunk with vowels for its stars and pictures."""
    starred = _SYMBOL.sub("*", core) if not core.isascii() else core
    if "*" in starred and len(starred) <= MASKED_LONGEST and starred.count("*") <= MASKED_MOST and _MASKED.fullmatch(starred):
        for vowels in product(_VOWELS, repeat=starred.count("*")):
            yield f" {starred.replace('*', '{}').format(*vowels)} "
