"""The examination: each key is tried where it costs nothing, with the models it may use and those that will end."""

from collections.abc import AsyncIterator

from pydantic import BaseModel, SecretStr, TypeAdapter

from adapters.providers.gemini.models import Settings, models_of
from adapters.providers.gemini.vendor import calling
from bot.errors import FaultKind, ProviderFault, Refused
from bot.plugins import Finding, Kit


class _Listed(BaseModel):
    name: str = ""


class _List(BaseModel):
    models: list[_Listed] = []


_LIST = TypeAdapter(_List)


async def examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Each key lists the models it may use, which costs nothing. What it has left is told nowhere."""
    written = settings.api_key.get_secret_value() if settings.api_key else ""
    keys = [key.strip() for key in written.split(",") if key.strip()]
    for number, key in enumerate(keys, start=1):
        yield await _try(settings, kit, SecretStr(key), subject=f"gemini key {number} of {len(keys)}")
    for model in models_of(settings).values():
        if model.until:
            sentence = f"{model.name} is switched off on {model.until}: plan for another one."
            yield Finding(subject="gemini models", good=model.until > kit.now().date(), sentence=sentence)


async def _try(settings: Settings, kit: Kit, key: SecretStr, *, subject: str) -> Finding:
    try:
        async with calling(settings, kit, lambda: key) as caller:
            listed = (await caller.get("/models", params={"pageSize": "1000"})).read(_LIST)
    except ProviderFault as fault:
        refused = fault.kind is FaultKind.CREDENTIALS
        sentence = "It is not accepted: set GEMINI_API_KEY to one of aistudio.google.com." if refused else fault.sentence
        return Finding(subject=subject, good=False, sentence=sentence)
    except Refused as refusal:
        return Finding(subject=subject, good=False, sentence=refusal.sentence)
    known = {each.name.removeprefix("models/") for each in listed.models}
    configured = models_of(settings)
    if missing := [name for name in configured if name not in known]:
        sentence = f"accepted, but it does not know {', '.join(missing)}: allow only the others, or use another key."
        return Finding(subject=subject, good=len(missing) < len(configured), sentence=sentence)
    return Finding(subject=subject, good=True, sentence=f"accepted; it knows {', '.join(configured)}")
