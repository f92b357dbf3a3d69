"""The examination: whether it answers, and has the nodes and files that the workflows name. Nothing is drawn."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, cast

from adapters.calls import Caller
from adapters.providers.comfyui.library import Library, library_of
from adapters.providers.comfyui.settings import Settings
from adapters.providers.comfyui.vendor import calling
from bot.errors import ProviderFault, Refused, SettingFault
from bot.plugins import Finding, Kit

_SUBJECT = "provider comfyui"
_FEW = 8


async def examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Ask what it is, and what it knows of each kind of node."""
    try:
        library = library_of(settings)
    except SettingFault as fault:
        yield Finding(subject=_SUBJECT, good=False, sentence=str(fault))
        return
    async with calling(settings, kit) as caller:
        try:
            system = _object(_object((await caller.get("/system_stats")).data).get("system"))
            kinds = {kind: await _known(caller, kind) for kind in _kinds(library)}
        except (Refused, ProviderFault) as fault:
            yield Finding(subject=_SUBJECT, good=False, sentence=fault.sentence)
            return
    problems = list(dict.fromkeys(_problems(library, kinds)))
    for problem in problems[:_FEW]:
        yield Finding(subject=_SUBJECT, good=False, sentence=problem)
    if not problems:
        version = f" {system['comfyui_version']}" if system.get("comfyui_version") else ""
        sentence = f"ComfyUI{version} answers and has all that is needed for {', '.join(library)}"
        yield Finding(subject=_SUBJECT, good=True, sentence=sentence)


def _kinds(library: Library) -> list[str]:
    return sorted({facts["class_type"] for workflows in library.values() for each in workflows for facts in each.graph.values()})


async def _known(caller: Caller, kind: str) -> Mapping[str, Any] | None:
    """What it says of a kind of node; None where it has none of that kind."""
    return _object(_object((await caller.get(f"/object_info/{kind}")).data).get(kind)) or None


def _problems(library: Library, kinds: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    for model, workflows in library.items():
        for facts in (facts for each in workflows for facts in each.graph.values()):
            kind = facts["class_type"]
            known = kinds.get(kind)
            if known is None:
                yield f"it has no node {kind}, which {model} needs: install it at ComfyUI, or change the workflow"
                continue
            for name, value in facts["inputs"].items():
                offered = _offered(known, name)
                if offered and isinstance(value, str) and "{{" not in value and value not in offered:
                    some = ", ".join(offered[:_FEW])
                    yield f"it has no {value} for {kind}.{name}, which {model} needs: install it at ComfyUI, or name one of {some}"


def _offered(known: Mapping[str, Any], name: str) -> Sequence[str]:
    """The values that an input may have, where they are a list; older and newer servers write it in two ways."""
    inputs = _object(known.get("input"))
    said = _object(inputs.get("required")).get(name) or _object(inputs.get("optional")).get(name)
    parts = cast("list[Any]", said) if isinstance(said, list) else []
    options = _object(parts[1]).get("options") if len(parts) > 1 and parts[0] == "COMBO" else parts[0] if parts else None
    return [str(each) for each in cast("list[Any]", options)] if isinstance(options, list) else []


def _object(thing: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", thing) if isinstance(thing, dict) else {}
