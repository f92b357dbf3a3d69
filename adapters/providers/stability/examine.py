"""The examination: each key is tried where it costs nothing, and what credit it has is told."""

from collections.abc import AsyncIterator

from pydantic import BaseModel, SecretStr, TypeAdapter

from adapters.providers.stability.vendor import Settings, calling
from bot.errors import LimnerError
from bot.plugins import Finding, Kit

_SUBJECT = "provider stability"
_LOW = 1.0
"""Credits with which not even one picture of most models can be drawn."""


class _Balance(BaseModel):
    credits: float


_BALANCE = TypeAdapter(_Balance)


async def examine(settings: Settings, kit: Kit) -> AsyncIterator[Finding]:
    """Ask for the balance of each key."""
    written = settings.api_key.get_secret_value() if settings.api_key else ""
    keys = [key.strip() for key in written.split(",") if key.strip()]
    if not keys:
        yield Finding(subject=_SUBJECT, good=False, sentence="there is no key: set STABILITY_API_KEY")
    for number, key in enumerate(keys, start=1):
        which = f"key {number} of {len(keys)}" if len(keys) > 1 else "the key"
        try:
            async with calling(settings, kit, lambda key=key: SecretStr(key)) as caller:
                balance = (await caller.get("/v1/user/balance")).read(_BALANCE)
        except LimnerError as error:
            yield Finding(subject=_SUBJECT, good=False, sentence=f"{which} was tried: {error}")
            continue
        if balance.credits < _LOW:
            sentence = f"{which} is accepted and has {balance.credits:.1f} credits left: buy some at platform.stability.ai"
            yield Finding(subject=_SUBJECT, good=False, sentence=sentence)
        else:
            left = f"{balance.credits:,.0f} credits (${balance.credits / 100:,.2f}) left"
            yield Finding(subject=_SUBJECT, good=True, sentence=f"{which} is accepted, {left}")
