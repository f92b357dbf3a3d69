"""Examining: whose each key is, how many kudos it has, and which models have machines at the moment."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from pydantic import BaseModel, SecretStr, TypeAdapter

from adapters.calls import Caller, Keys
from adapters.providers.horde.answers import VENDOR
from adapters.providers.horde.models import ANONYMOUS, Settings, recipes_of
from bot.errors import FaultKind, ProviderFault, Refused
from bot.plugins import Finding

Calling = Callable[[Keys], AbstractAsyncContextManager[Caller]]


class _Account(BaseModel):
    username: str = ""
    kudos: float | None = None


class _Served(BaseModel):
    name: str
    count: int = 0


_ACCOUNT = TypeAdapter(_Account)
_SERVED = TypeAdapter(list[_Served])


async def examine(settings: Settings, calling: Calling, *, variable: str) -> AsyncIterator[Finding]:
    """A finding for each key, and one for the models where any key is accepted."""
    written = (settings.api_key.get_secret_value() if settings.api_key else "").split(",")
    accepted = ""
    for number, key in enumerate([each.strip() for each in written if each.strip()], start=1):
        finding = await _try(key, calling, subject=f"horde key {number}", variable=variable)
        accepted = accepted or (key if finding.good else "")
        yield finding
    if accepted:
        yield await _models(settings, calling, accepted, variable=variable)


async def _try(key: str, calling: Calling, *, subject: str, variable: str) -> Finding:
    try:
        async with calling(Keys(lambda: SecretStr(key), variable=variable)) as caller:
            account = (await caller.get("/find_user")).read(_ACCOUNT)
    except (ProviderFault, Refused) as fault:
        unknown = isinstance(fault, ProviderFault) and fault.kind in {FaultKind.CREDENTIALS, FaultKind.BAD_REQUEST}
        advice = f"{VENDOR} does not know it: make one at aihorde.net/register and set {variable}."
        return Finding(subject=subject, good=False, sentence=advice if unknown else fault.sentence)
    if key == ANONYMOUS:
        return Finding(subject=subject, good=True, sentence="accepted; everybody's key: last in the queue, pictures may be published")
    kudos = "" if account.kudos is None else f"; {account.kudos:,.0f} kudos"
    return Finding(subject=subject, good=True, sentence=f"accepted{f', it is of {account.username}' if account.username else ''}{kudos}")


async def _models(settings: Settings, calling: Calling, key: str, *, variable: str) -> Finding:
    try:
        async with calling(Keys(lambda: SecretStr(key), variable=variable)) as caller:
            served = (await caller.get("/status/models", params={"type": "image"})).read(_SERVED)
    except (ProviderFault, Refused) as fault:
        return Finding(subject="horde models", good=False, sentence=fault.sentence)
    machines = {each.name: each.count for each in served}
    counts = {name: machines.get(recipe.asked, 0) for name, recipe in recipes_of(settings).items()}
    told = ", ".join(f"{name} ({count} machines)" if count else f"{name} (no machine now)" for name, count in counts.items())
    if not any(counts.values()):
        return Finding(subject="horde models", good=False, sentence=f"No machine has any of them now: set HORDE_MODELS. {told}")
    return Finding(subject="horde models", good=True, sentence=told)
