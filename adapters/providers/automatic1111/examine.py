"""The examination: whether it answers, and has what the settings name. Nothing is drawn."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from adapters.calls import Caller
from adapters.providers.automatic1111.models import Settings, checkpoints_of
from adapters.providers.automatic1111.provider import calling
from bot.errors import ProviderFault, Refused
from bot.plugins import Finding, Kit

_SUBJECT = "provider automatic1111"
_NAMES = ("title", "model_name", "hash", "sha256", "filename", "name", "label")


async def examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Ask for its checkpoints, upscalers and samplers."""
    async with calling(settings, kit) as caller:
        try:
            known = await _listed(caller, "sd-models")
        except (Refused, ProviderFault) as fault:
            yield Finding(subject=_SUBJECT, good=False, sentence=fault.sentence)
            return
        missing = [checkpoint for checkpoint in checkpoints_of(settings).values() if not _has(known, checkpoint)]
        if missing:
            # The server says nothing about a name that it does not know, and draws with whatever is loaded.
            sentence = f"it has no checkpoint {', '.join(missing)}: correct AUTOMATIC1111_MODELS, or install it"
            yield Finding(subject=_SUBJECT, good=False, sentence=sentence)
        else:
            offered = ", ".join(checkpoints_of(settings)) or "whatever is loaded"
            yield Finding(subject=_SUBJECT, good=True, sentence=f"it answers, has {len(known)} checkpoints, and draws with {offered}")
        for setting, wanted, path in (("UPSCALER", settings.upscaler, "upscalers"), ("SAMPLER", settings.sampler, "samplers")):
            finding = await _try(caller, setting, wanted, path)
            if finding is not None:
                yield finding


async def _try(caller: Caller, setting: str, wanted: str, path: str) -> Finding | None:
    if not wanted:
        return None
    try:
        known = await _listed(caller, path)
    except (Refused, ProviderFault) as fault:
        return Finding(subject=_SUBJECT, good=False, sentence=fault.sentence)
    if _has(known, wanted):
        return None
    offered = ", ".join(str(each.get("name", "")) for each in known)[:300]
    return Finding(subject=_SUBJECT, good=False, sentence=f"it does not know {wanted}: set AUTOMATIC1111_{setting} to one of {offered}")


async def _listed(caller: Caller, path: str) -> Sequence[dict[str, Any]]:
    found: Any = (await caller.get(f"/sdapi/v1/{path}")).data
    entries = cast("list[Any]", found) if isinstance(found, list) else []
    return [cast("dict[str, Any]", entry) for entry in entries if isinstance(entry, dict)]


def _has(entries: Sequence[dict[str, Any]], name: str) -> bool:
    """Whether one of them goes by a name; a file goes by its own name, whatever its folder is."""
    wanted = name.casefold()
    return any(
        wanted in {said.casefold(), said.replace("\\", "/").rpartition("/")[2].casefold()}
        for entry in entries
        for said in (str(entry.get(key) or "") for key in _NAMES)
    )
