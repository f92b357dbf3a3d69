"""Marks: how people, groups and channels are named in a line, the same for every platform.

A person is `<@id>`, a group `<@&id>`, a channel `<#id>`; `@name` and `#name` are what somebody typed where no platform marked it. Inbound
sides write marks (`mark_names`), outbound sides read them (`replace_marks`). On its way in, a mark may carry the name that was typed,
`<@&id|design>`: an option that takes groups keeps the id, a text keeps the name, because a prompt is read by those who know no ids.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.grammar.words import plain, squeeze

EVERYBODY, WORKSPACE, HERE, NONE = "everybody", "workspace", "here", "none"
SUBJECTS = (EVERYBODY, WORKSPACE, HERE, "members", "reviewers", "admins", "owners")
"""Words that say whom a rule is about: everybody, the workspace's own money, this channel, or a role."""
_SAID = {"everyone": EVERYBODY, "@everyone": EVERYBODY, "@everybody": EVERYBODY, "all": EVERYBODY, "@here": HERE, "@channel": HERE} | {
    word.removesuffix("s"): word for word in SUBJECTS if word.endswith("s")
}
_LONGEST = 100
"""Characters: longer than any platform's names."""
_ID = r"[^<>@#&!|\s]{1,100}"
_PERSON = re.compile(rf"<@!?({_ID})(?:\|[^<>]*)?>")
_GROUP = re.compile(rf"<@&({_ID})(?:\|[^<>]*)?>")
_CHANNEL = re.compile(rf"<#({_ID})(?:\|[^<>]*)?>")
_ANY = re.compile(rf"<(@&|@!?|#)({_ID})(?:\|[^<>]*)?>")
_NAMED = re.compile(rf"<(@&|@!?|#)({_ID})\|([^<>]*)>")
_TYPED = re.compile(r"(?<![\w<>@#&|/.])[@#][^\s<>@#|]{1,100}")
_CLOSING = ".,:;!?)]}'\"”’"
_PASSES = 3


class Noun(StrEnum):
    """What a mark names, by the sign before its name."""

    PERSON = "@"
    GROUP = "@&"
    CHANNEL = "#"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One mark in a text."""

    noun: Noun
    id: str

    def __str__(self) -> str:
        """The mark as it is written: `<@&S1>`."""
        return f"<{self.noun.value}{self.id}>"

    @property
    def sign(self) -> str:
        """What people put before the name: `@` or `#`."""
        return self.noun.value[0]


def mark_of(text: str) -> Mark | None:
    """The mark that a text is, or None where it is none: a name, a word, or more than a mark."""
    match = _ANY.fullmatch(text.strip())
    return _mark(match) if match else None


def marks_in(text: str) -> list[Mark]:
    """The marks in a text, in order."""
    return [_mark(match) for match in _ANY.finditer(text)]


def replace_marks(text: str, show: Callable[[Mark], str]) -> str:
    """A text with each mark as `show` has it; everything else stays as it is."""
    return _ANY.sub(lambda match: show(_mark(match)), text)


def mark_names(text: str, known: Mapping[str, Mark]) -> str:
    """A text with marks where somebody typed a known name. `known` goes by sign and name in lower case: `@design`, `#brand`.

    The mark carries the name as it was typed.
    """
    whole = text.strip()
    if mark := known.get(whole.casefold()):
        return label(mark, whole)

    def write(match: re.Match[str]) -> str:
        said = match[0].rstrip(_CLOSING)
        mark = known.get(said.casefold())
        return f"{label(mark, said)}{match[0][len(said) :]}" if mark else match[0]

    return _TYPED.sub(write, text) if known else text


def label(mark: Mark, name: str) -> str:
    """A mark that carries a name."""
    clean = re.sub(r"[<>|]", "", name).removeprefix(mark.sign)
    return f"<{mark.noun.value}{mark.id}|{clean}>"


def spell_out(text: str) -> str:
    """A text with names where its marks carry some; a person's mark stays, without the name."""
    for _ in range(_PASSES):
        spelt = _NAMED.sub(_spell, text)
        if spelt == text:
            return text
        text = spelt
    # Marks within marks within marks are nobody's name.
    return text.replace("|", " ")


def read_person(raw: str) -> str | None:
    """`<@id>` or `@name`."""
    return _marked(raw, _PERSON, Noun.PERSON) or _named(raw, "@")


def read_subject(raw: str) -> str | None:
    """`<@id>`, `<@&id>`, `<#id>`, `@name`, `#name` or one of the words."""
    said = squeeze(raw).casefold()
    if word := _SAID.get(said, said if said in SUBJECTS else ""):
        return word
    return read_person(raw) or _marked(raw, _GROUP, Noun.GROUP) or _marked(raw, _CHANNEL, Noun.CHANNEL) or _named(raw, "#")


def read_channel(raw: str) -> str | None:
    """`<#id>`, `#name`, `here` or `none`."""
    said = squeeze(raw).casefold()
    return said if said in {HERE, NONE} else _marked(raw, _CHANNEL, Noun.CHANNEL) or _named(raw, "#")


def _spell(match: re.Match[str]) -> str:
    mark = _mark(match)
    name = match[3].strip().removeprefix(mark.sign)
    return f"{mark.sign}{name}" if name and mark.noun is not Noun.PERSON else str(mark)


def _mark(match: re.Match[str]) -> Mark:
    return Mark(noun=Noun(match[1].removesuffix("!")), id=match[2])


def _marked(raw: str, pattern: re.Pattern[str], noun: Noun) -> str | None:
    match = pattern.fullmatch(squeeze(raw))
    return str(Mark(noun=noun, id=plain(match[1]))) if match and plain(match[1]) else None


def _named(raw: str, sign: str) -> str | None:
    said = squeeze(raw)
    name = plain(said).removeprefix(sign).strip()
    return f"{sign}{name}" if said.startswith(sign) and name and len(name) <= _LONGEST else None
