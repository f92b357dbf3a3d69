"""A workflow: a graph in API format with named inputs, what it can do, and how it is filled."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import SettingFault
from bot.model import Operation

Graph = Mapping[str, Mapping[str, Any]]
"""Nodes by id, each with `class_type` and `inputs`."""
Value = str | int | float
IMAGES = ("image", "image2", "image3", "image4")
NAMES = frozenset({"prompt", "negative", "style", "seed", "width", "height", "steps", "guidance", "strength", "scale", "mask"}) | {
    "checkpoint",
    "key",
    *IMAGES,
}
_INPUT = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*(?:=([^{}]*))?\}\}")
_SAVED, _SHOWN = "SaveImage", "PreviewImage"
_NUMBERS = frozenset({"seed", "width", "height", "steps", "guidance", "strength", "scale"})


class _Notes(BaseModel):
    """What a file says beside its nodes."""

    model_config = ConfigDict(extra="forbid")

    about: str = ""
    operations: list[Operation] = []
    outputs: list[str] = []
    sides: tuple[int, int] | None = None
    multiple: int | None = None
    pixels: int | None = None
    deadline: float | None = None
    special: bool = False


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """One workflow."""

    graph: Graph
    inputs: frozenset[str]
    operations: frozenset[Operation]
    outputs: tuple[str, ...]
    """The nodes whose pictures are its results; empty where none is of a known kind: then every node's are."""
    digest: str
    notes: _Notes

    @property
    def titles(self) -> Mapping[str, str]:
        """What the maker called the nodes, by id."""
        found = {node: cast("dict[str, Any]", facts.get("_meta") or {}).get("title") for node, facts in self.graph.items()}
        return {node: title for node, title in found.items() if isinstance(title, str)}


def read(text: str, *, name: str, operations: frozenset[Operation] = frozenset()) -> Workflow:
    """A workflow from a file's text.

    Args:
        text: JSON in API format.
        name: of the file, for sentences.
        operations: what it does by its name; none: what its notes say, else what follows from its inputs.

    Raises:
        SettingFault: it is no workflow in API format, or names an input that there is not.
    """
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise _fault(name, "is no JSON") from None
    if not isinstance(found, dict) or not found:
        raise _fault(name, "holds no nodes")
    nodes = dict(cast("dict[str, Any]", found))
    if isinstance(nodes.get("nodes"), list):
        raise _fault(name, "is saved in the editor's own form; save it with Export (API)")
    try:
        notes = _Notes.model_validate(nodes.pop("limner", {}))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"])
        raise _fault(name, f"says something under “limner” that is not known ({where})") from None
    if not nodes or not all(_is_node(node) for node in nodes.values()):
        raise _fault(name, "holds something that is no node: each has a class_type and inputs")
    return make(nodes, name=name, operations=operations, notes=notes)


def make(graph: Graph, *, name: str, operations: frozenset[Operation] = frozenset(), notes: _Notes | None = None) -> Workflow:
    """A workflow from its graph. Raises SettingFault."""
    notes = notes or _Notes()
    said = {match[1] for node in graph.values() for text in _texts(node["inputs"]) for match in _INPUT.finditer(text)}
    if unknown := sorted(said - NAMES):
        raise _fault(name, f"names an input {{{{{unknown[0]}}}}}, which there is not; there are {', '.join(sorted(NAMES))}")
    if missing := sorted(set(notes.outputs) - set(graph)):
        raise _fault(name, f"has no node {missing[0]} to take results from")
    written = json.dumps(graph, sort_keys=True)
    return Workflow(
        graph=graph,
        inputs=frozenset(said),
        operations=operations or frozenset(notes.operations) or _operations(said),
        outputs=tuple(notes.outputs) or _outputs(graph),
        digest=hashlib.sha256(written.encode()).hexdigest()[:8],
        notes=notes,
    )


def fill(workflow: Workflow, values: Mapping[str, Value | None], usual: Mapping[str, Value], *, prefix: str) -> dict[str, Any]:
    """The graph with its inputs filled.

    Args:
        workflow: which.
        values: what the request says, None where it says nothing: then what the workflow says, else what is usual.
        usual: what holds where nobody says anything.
        prefix: of the files that it writes; one that no other job has, or the cache answers with an old file's name.
    """

    def value(match: re.Match[str]) -> Value:
        said, default = values.get(match[1]), match[2]
        if said is None and default is not None:
            return _number(default.strip()) if match[1] in _NUMBERS else default.strip()
        return usual.get(match[1], "") if said is None else said

    def filled(thing: Any) -> Any:  # noqa: ANN401 - JSON is any value
        if isinstance(thing, str):
            # In one go: what a person wrote is never read for named inputs.
            alone = _INPUT.fullmatch(thing.strip())
            return value(alone) if alone else _INPUT.sub(lambda match: str(value(match)), thing)
        if isinstance(thing, dict):
            return {name: filled(each) for name, each in cast("dict[str, Any]", thing).items()}
        return [filled(each) for each in cast("list[Any]", thing)] if isinstance(thing, list) else thing

    graph: dict[str, Any] = {node: {**facts, "inputs": filled(facts["inputs"])} for node, facts in workflow.graph.items()}
    for facts in graph.values():
        if facts["class_type"] == _SAVED:
            facts["inputs"]["filename_prefix"] = prefix
    return graph


def _operations(inputs: set[str]) -> frozenset[Operation]:
    if "mask" in inputs:
        return frozenset({Operation.INPAINT})
    if "image" in inputs:
        return frozenset({Operation.VARY, Operation.EDIT} if "prompt" in inputs else {Operation.UPSCALE})
    return frozenset({Operation.DRAW})


def _outputs(graph: Graph) -> tuple[str, ...]:
    """The nodes that save pictures; where none does, those that show them."""
    for kind in (_SAVED, _SHOWN):
        if found := tuple(node for node, facts in graph.items() if facts["class_type"] == kind):
            return found
    return ()


def _texts(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for each in cast("Mapping[str, object]", thing).values():
            yield from _texts(each)
    elif isinstance(thing, list):
        for each in cast("Sequence[object]", thing):
            yield from _texts(each)


def _is_node(node: object) -> bool:
    if not isinstance(node, dict):
        return False
    facts = cast("dict[str, Any]", node)
    return isinstance(facts.get("class_type"), str) and isinstance(facts.get("inputs"), dict)


def _number(text: str) -> Value:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _fault(name: str, what: str) -> SettingFault:
    return SettingFault(f"COMFYUI_WORKFLOWS: {name} {what}.")
