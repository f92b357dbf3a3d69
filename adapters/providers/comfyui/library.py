"""The library: the workflows of a folder and those that come along, and the models that they make."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.providers.comfyui.builtin import workflows_of
from adapters.providers.comfyui.settings import Settings
from adapters.providers.comfyui.workflows import Workflow, read
from bot.errors import SettingFault
from bot.model import Capabilities, Operation, Promise

Library = Mapping[str, Sequence[Workflow]]
"""Workflows by model, the default first; of a model's, the one that does the least else comes first."""

_LARGEST = 4 * 1024 * 1024
_WORDS = {
    "draw": {Operation.DRAW},
    "vary": {Operation.VARY},
    "edit": {Operation.EDIT, Operation.VARY},
    "inpaint": {Operation.INPAINT},
    "outpaint": {Operation.OUTPAINT},
    "upscale": {Operation.UPSCALE},
    "background": {Operation.REMOVE_BACKGROUND},
}
_FILE = re.compile(rf"(?P<model>.+?)(?:\.(?P<word>{'|'.join(_WORDS)}))?\.json", re.IGNORECASE)


def library_of(settings: Settings) -> Library:
    """Everything that there is: the folder's workflows in order of their names, then those that come along.

    Raises:
        SettingFault: there is nothing, the folder cannot be read, or a file in it is no workflow.
    """
    found: dict[str, list[Workflow]] = {}
    for path in _files(settings.workflows):
        match = _FILE.fullmatch(path.name)
        if match is not None:
            operations = frozenset(_WORDS[match["word"].lower()]) if match["word"] else frozenset[Operation]()
            found.setdefault(match["model"], []).append(read(_text(path), name=path.name, operations=operations))
    for checkpoint in settings.checkpoint:
        found.setdefault(re.sub(r"\.(safetensors|ckpt|sft|gguf)$", "", checkpoint), workflows_of(checkpoint, settings))
    if not found:
        where = f"there is no .json in {settings.workflows}" if settings.workflows else "is missing"
        raise SettingFault(f"COMFYUI_WORKFLOWS: {where}. Name a folder of workflows, or a checkpoint in COMFYUI_CHECKPOINT.")
    return {model: sorted(workflows, key=lambda each: len(each.operations)) for model, workflows in found.items()}


def capabilities(model: str, workflows: Sequence[Workflow], settings: Settings) -> Capabilities:
    """A model's facts, as its workflows have them together."""
    notes = [each.notes for each in workflows]
    inputs = frozenset[str]().union(*(each.inputs for each in workflows))
    operations = frozenset[Operation]().union(*(each.operations for each in workflows))
    drawing = [each for each in workflows if each.operations - {Operation.UPSCALE}] or workflows
    seeded = all("seed" in each.inputs for each in drawing)
    return Capabilities(
        name=model,
        operations=operations,
        sides=next((each.sides for each in notes if each.sides), (64, 2048)),
        multiple=next((each.multiple for each in notes if each.multiple), 8),
        pixels=next((each.pixels for each in notes if each.pixels), settings.pixels),
        most=1,
        promise=Promise.BEST_EFFORT if seeded else Promise.NOT_REPEATABLE,
        seedless=not seeded,
        negative="negative" in inputs,
        steps=(1, 150) if "steps" in inputs else None,
        guidance=(0.0, 100.0) if "guidance" in inputs else None,
        strength="strength" in inputs,
        mask=bool(operations & {Operation.INPAINT, Operation.OUTPAINT, Operation.EDIT}) and "mask" in inputs,
        any_style="style" in inputs,
        deadline=next((each.deadline for each in notes if each.deadline), settings.deadline),
        running=settings.running,
        keyed=True,
        special=any(each.special for each in notes),
        about=next((each.about for each in notes if each.about), "on a server of our own"),
    )


def _files(folder: str) -> list[Path]:
    if not folder:
        return []
    try:
        return sorted(path for path in Path(folder).expanduser().iterdir() if path.is_file())
    except OSError as error:
        raise SettingFault(f"COMFYUI_WORKFLOWS: {folder} cannot be read ({type(error).__name__}); name a folder.") from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingFault(f"COMFYUI_WORKFLOWS: {path.name} is too large for a workflow.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingFault(f"COMFYUI_WORKFLOWS: {path.name} cannot be read ({type(error).__name__}).") from None
