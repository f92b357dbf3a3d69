"""The lexicon: what the YAML lists say.

A list is one file, and its name is what verdicts give as their source:

    category: sexual            # what the person and the log are told
    groups:
      explicit:                 # a name that rules can use; the same name in two files is one group
        level: adult            # block, review, blur, adult (block, but blur in age-restricted channels); none: means nothing alone
        terms: [sex, porn*]     # porn*: any ending; *porn: any beginning; =niño: only as it is written, accents and all
        under: 18               # stated ages below this count as a term of the group
    rules:
      - all: [minor, [explicit, nudity]]   # one term of each; a list inside means one of these
        level: block
    allow: [naked mole rat]     # harmless phrases around a term; they win over every list
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.errors import SettingFault
from bot.model import Level


@dataclass(frozen=True, kw_only=True)
class Severity:
    """A level by place."""

    everywhere: Level = Level.ALLOW
    restricted: Level = Level.ALLOW
    """In age-restricted channels."""


LEVELS: Mapping[str, Severity] = MappingProxyType(
    {
        "block": Severity(everywhere=Level.BLOCK, restricted=Level.BLOCK),
        "review": Severity(everywhere=Level.REVIEW, restricted=Level.REVIEW),
        "blur": Severity(everywhere=Level.BLUR, restricted=Level.BLUR),
        "adult": Severity(everywhere=Level.BLOCK, restricted=Level.BLUR),
    }
)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Terms that mean the same to the policy."""

    name: str
    source: str
    """The list that says it, by its file's name."""
    category: str
    severity: Severity
    terms: tuple[str, ...]
    under: int = 0
    """Stated ages below this count as a term; 0 for none."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A combination: one term of each of `all` makes the severity."""

    source: str
    category: str
    severity: Severity
    all: tuple[frozenset[str], ...]


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """All lists together, in the order of their files."""

    groups: tuple[Group, ...] = ()
    rules: tuple[Rule, ...] = ()
    allow: tuple[str, ...] = ()


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
    shelf = _Shelf()
    for place in places:
        for path in _files(place):
            _read_file(path, shelf)
    known = {group.name for group in shelf.groups}
    for rule, where in shelf.rules:
        for name in sorted(frozenset[str]().union(*rule.all) - known):
            raise SettingFault(f"{where}: the rule names a group {name!r} that no list has; there are: {', '.join(sorted(known))}.")
    return Lexicon(groups=tuple(shelf.groups), rules=tuple(rule for rule, _ in shelf.rules), allow=tuple(shelf.allow))


def _files(place: Path) -> Sequence[Path]:
    if place.is_dir():
        return sorted(path for path in place.iterdir() if path.suffix in {".yaml", ".yml"})
    if place.is_file():
        return [place]
    raise SettingFault(f"TERMS_LISTS: there is no file or folder {str(place)!r}; unset it to use the built-in lists alone.")


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
        parts = self.mapping(node, "level", "terms", "under", "category")
        return Group(
            name=name,
            source=self._path.stem,
            category=self.text(parts["category"]) if "category" in parts else category,
            severity=self.severity(parts["level"]) if "level" in parts else Severity(),
            terms=tuple(self.terms(parts.get("terms"))),
            under=self.number(parts["under"]) if "under" in parts else 0,
        )

    def rule(self, node: Node, category: str) -> Rule:
        parts = self.mapping(node, "all", "level", "category")
        if "all" not in parts or "level" not in parts:
            raise SettingFault(f"{self.where(node)}: a rule needs `all` and `level`.")
        groups = [
            frozenset(self.text(one) for one in self.sequence(part)) if isinstance(part, SequenceNode) else frozenset({self.text(part)})
            for part in self.sequence(parts["all"])
        ]
        return Rule(
            source=self._path.stem,
            category=self.text(parts["category"]) if "category" in parts else category,
            severity=self.severity(parts["level"]),
            all=tuple(groups),
        )

    def severity(self, node: Node) -> Severity:
        word = self.text(node)
        if word not in LEVELS:
            raise SettingFault(f"{self.where(node)}: there is no level {word!r}; there are: {', '.join(LEVELS)}.")
        return LEVELS[word]

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
