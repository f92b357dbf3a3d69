"""Words: a line cut into plain words, quoted spans and flags."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

# Straight, curly, low and angled double quotes: phones and keyboards write them all. Single quotes are apostrophes more often than not.
_QUOTES = '"“”„‟«»＂'
# Em, en and figure dashes, bars, minus and the two hyphens of Unicode: what autocorrection makes of one or two hyphens.
_DASHES = "-—–‒―−‐‑"
_FLAG = re.compile(rf"(?P<dashes>[{_DASHES}]+)(?P<name>[^\W\d_][^=]*)(?P<glued>=.*)?", re.DOTALL)
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word of a line."""

    text: str
    flag: str = ""
    """For a flag: its name in lower case, with dashes between its words."""
    glued: bool = False
    """For a flag: whether the next word is its value, as in `--seed=42`."""
    span: int = 0
    """How many words are enclosed in the double quotes that open here; 0 where none do."""


def squeeze(text: str) -> str:
    """Text on one line, single-spaced, without characters that nobody can see or store; empty where nothing visible is left."""
    line = " ".join(_UNSEEN.sub("", text).split())
    return line if any(unicodedata.category(character) not in {"Cf", "Zs"} for character in line) else ""


def scan(text: str, names: Collection[str]) -> list[Word]:
    """The words of a line. `names` are the flags that exist, without dashes."""
    raw = squeeze(text).split(" ") if squeeze(text) else []
    found: list[Word] = []
    position = 0
    unclosed = False
    while position < len(raw):
        word = raw[position]
        end = None if unclosed or not _opens(word) else _closing(raw, position)
        if end is not None:
            exact = raw[end][-1] in _QUOTES
            found.append(Word(text=word, span=end - position + 1 if exact else 0))
            found += [Word(text=inner) for inner in raw[position + 1 : end + 1]]
            position = end + 1
            continue
        # Once a quotation has no end, no later one has: they would all end at the same word. This keeps the scan linear.
        unclosed = unclosed or _opens(word)
        flag = read_flag(word, names)
        if flag is None:
            found.append(Word(text=word[1:] if word.startswith("\\") and is_special(word.lstrip("\\"), names) else word))
        else:
            found.append(flag)
            if flag.glued:
                raw[position] = word.partition("=")[2]
                if not _opens(raw[position]):
                    found.append(Word(text=raw[position]))
                else:
                    continue
        position += 1
    return found


def read_flag(word: str, names: Collection[str]) -> Word | None:
    """The flag that a word is, known or not, or None.

    Two hyphens and a letter are always a flag. One hyphen, or a long dash that stands in prose just as well, must be followed by the
    name of a flag, or by something so close to one that drawing it as words would be a surprise.
    """
    match = _FLAG.fullmatch(word)
    if match is None:
        return None
    name = match["name"].lower().replace("_", "-")
    flag = Word(text=word, flag=name, glued=match["glued"] not in {None, "="})
    if match["dashes"].startswith("--") or name in names:
        return flag
    long_names = [known for known in names if len(known) >= 3]  # noqa: PLR2004 - two letters are close to too many words
    misspelt = match["dashes"] != "-" and difflib.get_close_matches(name[:40], long_names, n=1, cutoff=0.8)
    return flag if misspelt else None


def is_special(word: str, names: Collection[str]) -> bool:
    """Whether a word means more than itself: a flag, or the beginning of a quotation."""
    return _opens(word) or read_flag(word, names) is not None


def escape(word: str, names: Collection[str]) -> str:
    """A word that `scan` reads as itself."""
    return f"\\{word}" if is_special(word.lstrip("\\"), names) else word


def unquote(words: Sequence[Word]) -> str:
    """Words as one text, without the double quotes that enclose all of it."""
    text = " ".join(word.text for word in words)
    return text[1:-1].strip() if words and words[0].span == len(words) else text


def is_quotable(text: str) -> bool:
    """Whether text can stand in double quotes: it has none itself."""
    return not any(quote in text for quote in _QUOTES)


def plain(text: str) -> str:
    """A name without double quotes, which no name has."""
    return squeeze("".join(character for character in text if character not in _QUOTES))


def _opens(word: str) -> bool:
    return word[:1] in tuple(_QUOTES)


def _closing(raw: Sequence[str], start: int) -> int | None:
    if _closes(raw[start][1:]):
        return start
    return next((at for at in range(start + 1, len(raw)) if _closes(raw[at])), None)


def _closes(word: str) -> bool:
    # A quotation may be followed by a comma or a full stop, but by nothing that one could read aloud.
    for character in reversed(word):
        if character in _QUOTES:
            return True
        if character.isalnum():
            return False
    return False
