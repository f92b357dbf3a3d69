"""Listing: what `/models` says, asked for with each key, which costs nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import SecretStr

from adapters.calls import Caller
from bot.errors import FaultKind, ProviderFault


def each_key(secret: SecretStr | None) -> list[str]:
    """The keys of a comma list."""
    return [key.strip() for key in (secret.get_secret_value() if secret else "").split(",") if key.strip()]


async def listed(caller: Caller, path: str = "/models") -> Sequence[Mapping[str, Any]]:
    """The entries of a list of models, each with an `id`. Raises ProviderFault, Refused."""
    reply = await caller.get(path)
    found: Any = reply.data
    entries: Any = cast("dict[str, Any]", found).get("data") if isinstance(found, dict) else found
    if not isinstance(entries, list):
        raise ProviderFault(f"{caller.vendor} lists no models at {path}.", kind=FaultKind.BAD_RESULT)
    read = [cast("dict[str, Any]", entry) for entry in cast("list[Any]", entries) if isinstance(entry, dict)]
    return [entry for entry in read if isinstance(entry.get("id"), str) and entry["id"]]
