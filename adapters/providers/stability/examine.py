"""The examination: each key is tried where it costs nothing, and what credit it has is told."""

from collections.abc import AsyncIterator

from pydantic import BaseModel, SecretStr, TypeAdapter

from adapters.providers.stability.models import MODELS
from adapters.providers.stability.vendor import Settings, calling
from bot.errors import FaultKind, ProviderFault, Refused
from bot.plugins import Finding, Kit

_LOW = 2.5
"""Credits with which not even one picture of the cheapest model that draws can be paid."""


class _Balance(BaseModel):
    credits: float


_BALANCE = TypeAdapter(_Balance)


async def examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Ask for the balance of each key."""
    written = settings.api_key.get_secret_value() if settings.api_key else ""
    keys = [key.strip() for key in written.split(",") if key.strip()]
    for number, key in enumerate(keys, start=1):
        yield await _try(settings, kit, SecretStr(key), subject=f"stability key {number} of {len(keys)}")
    if not keys:
        yield Finding(subject="stability key", good=False, sentence="There is none: set STABILITY_API_KEY.")
    yield Finding(subject="stability models", good=True, sentence=", ".join(model.name for model in MODELS))


async def _try(settings: Settings, kit: Kit, key: SecretStr, *, subject: str) -> Finding:
    try:
        async with calling(settings, kit, lambda: key) as caller:
            left = (await caller.get("/v1/user/balance")).read(_BALANCE).credits
    except ProviderFault as fault:
        refused = fault.kind is FaultKind.CREDENTIALS
        sentence = "It is not accepted: set STABILITY_API_KEY to one of platform.stability.ai." if refused else fault.sentence
        return Finding(subject=subject, good=False, sentence=sentence)
    except Refused as refusal:
        return Finding(subject=subject, good=False, sentence=refusal.sentence)
    if left < _LOW:
        sentence = f"Its account has {left:.1f} credits left: buy some at platform.stability.ai."
        return Finding(subject=subject, good=False, sentence=sentence)
    return Finding(subject=subject, good=True, sentence=f"accepted; {left:,.0f} credits (${left / 100:,.2f}) left")
