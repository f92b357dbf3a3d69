"""The lexicon: what the YAML lists say.

A list is one file, and its name is what findings give as their source:

    category: sexual            # a name of the categories that the policy knows
    groups:
      explicit:                 # a name that rules can use; the same name in two files is one group
        certainty: sure         # sure or doubtful; none: means nothing alone
        unless: [satire]        # says nothing beside a term of one of these groups
        softened: [art]         # beside one of these, sure becomes doubtful, and doubtful nothing
        terms: [sex, porn*]     # porn*: any ending; *porn: any beginning; =niño: only as it is written, accents and all
                                # beat~ up: the verb's endings too
        under: 18               # stated ages below this count as a term of the group
    rules:
      - all: [minor, [explicit, nudity]]   # one term of each; a list inside means one of these
        certainty: sure                    # with category, unless and softened as above
      - all: [assault, victim]             # in this order, each at most so many words behind the one before
        within: 3
        certainty: sure
      - all: [brand, misuse]               # in any order, at most so many words from the first
        near: 12
        certainty: sure
    allow: [naked mole rat]     # harmless phrases around a term; they win over every list
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.errors import SettingFault

SURE, DOUBTFUL = 1.0, 0.5
"""Scores: a list either means it or asks for a look."""
CERTAINTIES: Mapping[str, float] = MappingProxyType({"sure": SURE, "doubtful": DOUBTFUL})


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What it means that something was found."""

    source: str
    """The list that says it, by its file's name."""
    category: str
    score: float = 0.0
    """0 where it means nothing alone."""
    unless: frozenset[str] = frozenset()
    softened: frozenset[str] = frozenset()

    def beside(self, names: AbstractSet[str]) -> float:
        """The score, where terms of the groups of these names stand in the same text."""
        if self.unless & names:
            return 0.0
        return self.score - DOUBTFUL if self.softened & names else self.score


@dataclass(frozen=True, kw_only=True)
class Group:
    """Terms that mean the same to the policy."""

    name: str
    meaning: Meaning
    terms: tuple[str, ...]
    under: int = 0
    """Stated ages below this count as a term; 0 for none."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A combination: one term of each of `all`."""

    meaning: Meaning
    all: tuple[frozenset[str], ...]
    within: int = 0
    """Not 0: in this order, each begins at most so many words behind the end of the one before."""
    near: int = 0
    """Not 0: each stands at most so many words from the first of them."""


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """All lists together, in the order of their files."""

    groups: tuple[Group, ...] = ()
    rules: tuple[Rule, ...] = ()
    allow: tuple[str, ...] = ()
    read: tuple[int, ...] = ()
    """How many groups there were after each of the places that were read."""


@dataclass(kw_only=True)
class _Shelf:
    """What has been read so far, with the place of every rule for the last check."""

    groups: list[Group] = field(default_factory=list[Group])
    rules: list[tuple[Rule, str]] = field(default_factory=list[tuple[Rule, str]])
    allow: list[str] = field(default_factory=list[str])


def read(*places: Path) -> Lexicon:
    """The lexicon of files and folders of YAML lists.

    Raises:
        SettingFault: a list is missing or broken; one line that names file and line.
    """
    shelf, read_so_far = _Shelf(), list[int]()
    for place in places:
        for path in _files(place):
            _read_file(path, shelf)
        read_so_far.append(len(shelf.groups))
    known = {group.name for group in shelf.groups}
    for rule, where in shelf.rules:
        for name in sorted(frozenset[str]().union(*rule.all, rule.meaning.unless, rule.meaning.softened) - known):
            raise SettingFault(f"{where}: the rule names a group {name!r} that no list has; there are: {', '.join(sorted(known))}.")
    for group in shelf.groups:
        for name in sorted((group.meaning.unless | group.meaning.softened) - known):
            raise SettingFault(f"{group.meaning.source}: {group.name!r} names a group {name!r} that no list has.")
    return Lexicon(
        groups=tuple(shelf.groups), rules=tuple(rule for rule, _ in shelf.rules), allow=tuple(shelf.allow), read=tuple(read_so_far)
    )


def stamps(*places: Path) -> Iterator[tuple[str, int, int]]:
    """What tells whether lists are still the same: name, time of change and size of each. Raises SettingFault."""
    for place in places:
        for path in _files(place):
            facts = path.stat()
            yield str(path), facts.st_mtime_ns, facts.st_size


def _files(place: Path) -> Sequence[Path]:
    if place.is_dir():
        return sorted(path for path in place.iterdir() if path.suffix in {".yaml", ".yml"})
    if place.is_file():
        return [place]
    raise SettingFault(f"There is no file or folder {str(place)!r} with lists; leave the setting empty to use the built-in lists alone.")


def _read_file(path: Path, shelf: _Shelf) -> None:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingFault(f"{path}, line {line}: this is no YAML: {error.problem}.") from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise SettingFault(f"{path}, line 1: this cannot be read as YAML in UTF-8: {str(error).splitlines()[0]}") from error
    if root is None:
        return
    page = _Page(path)
    parts = page.mapping(root, "category", "groups", "rules", "allow")
    category = page.text(parts["category"]) if "category" in parts else path.stem
    for name, node in page.items(parts.get("groups")):
        shelf.groups.append(page.group(name, node, category))
    for node in page.sequence(parts.get("rules")):
        shelf.rules.append((page.rule(node, category), page.where(node)))
    shelf.allow += page.terms(parts.get("allow"))


class _Page:
    """One file being read; every refusal names it and the line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def where(self, node: Node) -> str:
        return f"{self._path}, line {node.start_mark.line + 1}"

    def group(self, name: str, node: Node, category: str) -> Group:
        parts = self.mapping(node, "certainty", "terms", "under", "category", "unless", "softened")
        return Group(
            name=name,
            meaning=self.meaning(parts, category),
            terms=tuple(self.terms(parts.get("terms"))),
            under=self.number(parts["under"]) if "under" in parts else 0,
        )

    def rule(self, node: Node, category: str) -> Rule:
        parts = self.mapping(node, "all", "within", "near", "certainty", "category", "unless", "softened")
        if "all" not in parts or "certainty" not in parts:
            raise SettingFault(f"{self.where(node)}: a rule needs `all` and `certainty`.")
        groups = [
            frozenset(self.text(one) for one in self.sequence(part)) if isinstance(part, SequenceNode) else frozenset({self.text(part)})
            for part in self.sequence(parts["all"])
        ]
        within, near = (self.number(parts[name]) if name in parts else 0 for name in ("within", "near"))
        return Rule(meaning=self.meaning(parts, category), all=tuple(groups), within=within, near=near)

    def meaning(self, parts: Mapping[str, Node], category: str) -> Meaning:
        return Meaning(
            source=self._path.stem,
            category=self.text(parts["category"]) if "category" in parts else category,
            score=self.certainty(parts["certainty"]) if "certainty" in parts else 0.0,
            unless=frozenset(self.text(one) for one in self.sequence(parts.get("unless"))),
            softened=frozenset(self.text(one) for one in self.sequence(parts.get("softened"))),
        )

    def certainty(self, node: Node) -> float:
        word = self.text(node)
        if word not in CERTAINTIES:
            raise SettingFault(f"{self.where(node)}: there is no certainty {word!r}; there are: {', '.join(CERTAINTIES)}.")
        return CERTAINTIES[word]

    def terms(self, node: Node | None) -> list[str]:
        found: list[str] = []
        for one in self.sequence(node):
            term = self.text(one)
            if not any(letter.isalnum() for letter in term):
                raise SettingFault(f"{self.where(one)}: {term!r} is no term: it has no letter.")
            found.append(term)
        return found

    def number(self, node: Node) -> int:
        word = self.text(node)
        if not word.isdecimal():
            raise SettingFault(f"{self.where(node)}: {word!r} should be a whole number.")
        return int(word)

    def text(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            raise SettingFault(f"{self.where(node)}: a word or phrase is expected here.")
        return str(node.value)

    def sequence(self, node: Node | None) -> Sequence[Node]:
        if node is None or (isinstance(node, ScalarNode) and node.value == ""):
            return []
        if not isinstance(node, SequenceNode):
            raise SettingFault(f"{self.where(node)}: a list is expected here, one `- term` a line.")
        return node.value

    def items(self, node: Node | None) -> Iterator[tuple[str, Node]]:
        if node is None or (isinstance(node, ScalarNode) and node.value == ""):
            return
        if not isinstance(node, MappingNode):
            raise SettingFault(f"{self.where(node)}: `name: ...` lines are expected here.")
        for key, value in node.value:
            yield self.text(key), value

    def mapping(self, node: Node, *known: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in self.items(node):
            if key not in known:
                raise SettingFault(f"{self.where(value)}: there is no {key!r} here; there are: {', '.join(known)}.")
            found[key] = value
        return found
