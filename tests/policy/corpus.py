"""The policy's test set: wordings with labels, and what people do to get a word past a list.

`wordings/<category>.yaml` holds unsafe, borderline and safe wordings; a third of them, by a checksum of the words, is held out: nobody
looks at those while lists are tuned. `later.yaml` and `unseen.yaml` were written without a look at the lists, and are looked at since.
Words are mild; the label says what is meant.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import yaml

FOLDER = Path(__file__).parent / "wordings"
_BY_CATEGORY = frozenset({"later", "unseen"})
"""Files that hold all categories, and of which nothing is held out."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A prompt, with what it is."""

    text: str
    label: str
    """unsafe, borderline or safe."""
    category: str
    disguise: str = ""
    held_out: bool = False


def wordings() -> list[Wording]:
    """All wordings of the policy's categories, as they are written."""
    found: list[Wording] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem == "personal":
            continue
        read: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        later = path.stem in _BY_CATEGORY
        parts = cast("Mapping[str, Mapping[str, list[str]]]", read if later else {path.stem.replace("_", "-"): read})
        for category, listed in parts.items():
            for label, texts in listed.items():
                found += [_wording(text, label, category, held_out=not later and zlib.crc32(text.encode()) % 3 == 0) for text in texts]
    return found


def _wording(text: str, label: str, category: str, *, held_out: bool) -> Wording:
    return Wording(text=text, label=label, category=category, held_out=held_out)


def personal() -> Mapping[str, list[str]]:
    """Wordings with personal data (`masked`) and without (`untouched`)."""
    return cast("dict[str, list[str]]", yaml.safe_load((FOLDER / "personal.yaml").read_text(encoding="utf-8")))


def disguised(wording: Wording) -> Iterator[Wording]:
    """A wording in every disguise that changes it."""
    for name, disguise in DISGUISES.items():
        text = disguise(wording.text)
        if text != wording.text:
            yield Wording(text=text, label=wording.label, category=wording.category, disguise=name, held_out=wording.held_out)


def _mapped(letters: Mapping[str, str]) -> Callable[[str], str]:
    table = str.maketrans(dict(letters))
    return lambda text: text.translate(table)


def _each_word(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: " ".join(change(word) if len(word) > 2 else word for word in text.split())


def _middle(mark: str) -> Callable[[str], str]:
    return _each_word(lambda word: f"{word[: len(word) // 2]}{mark}{word[len(word) // 2 :]}")


DISGUISES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "leet": _mapped({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"}),
        "signs": _mapped({"a": "@", "s": "$", "i": "!"}),
        "spaced": lambda text: "   ".join(" ".join(word) for word in text.split()),
        "dotted": _each_word(".".join),
        "hyphens": _each_word("-".join),
        "look-alikes": _mapped({"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "x": "х"}),
        "zero width": _middle("\u200b"),
        "soft hyphen": _middle("\u00ad"),
        "accents": lambda text: "".join(f"{letter}\u0301" if letter in "aeiou" else letter for letter in text),
        "case": lambda text: "".join(letter.upper() if number % 2 else letter for number, letter in enumerate(text)),
        "full width": lambda text: "".join(chr(ord(letter) + 0xFEE0) if "a" <= letter <= "z" else letter for letter in text),
        "backwards": lambda text: text[::-1],
        "words backwards": _each_word(lambda word: word[::-1]),
        "emoji between": _middle("🔥"),
        "emoji for o": _mapped({"o": "⭕"}),
        "stretched": _each_word(lambda word: f"{word[:1]}{word[1] * 4}{word[2:]}" if word[1] in "aeiou" else word),
    }
)
