"""Schemas: the form of an endpoint, as fal's list of models tells it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from adapters.calls import Caller
from adapters.providers._forms import Entry, form_of
from bot.errors import FaultKind, ProviderFault
from bot.plugins import Kit

NAME = re.compile(r"[a-z0-9][\w.\-]{0,80}(/[a-z0-9][\w.\-]{0,80}){1,5}", re.ASCII | re.IGNORECASE)
"""`owner/app`, or `owner/app/path`."""


async def read(caller: Caller, kit: Kit, api_url: str, name: str) -> Entry:
    """An endpoint's form. Raises ProviderFault, Refused."""
    entries = await listed(caller, api_url, name, form=True)
    told = next((entry for entry in entries if entry.get("endpoint_id") == name), mapping(None))
    form = form_of(told.get("openapi"))
    if form is None:
        raise ProviderFault("its list holds none.", kind=FaultKind.BAD_REQUEST, accepted=False)
    metadata = mapping(told.get("metadata"))
    about = " ".join(str(metadata.get(key, "")) for key in ("category", "description"))
    return Entry(form=form, asked=name, about=about[:300], read=kit.now())


async def listed(caller: Caller, api_url: str, name: str, *, form: bool) -> Sequence[Mapping[str, Any]]:
    """What the list of models says about one. Raises ProviderFault, Refused."""
    params = {"endpoint_id": name, **({"expand": "openapi-3.0"} if form else {})}
    models: Any = mapping((await caller.get(f"{api_url}/models", params=params)).data).get("models")
    return [mapping(each) for each in cast("list[Any]", models)] if isinstance(models, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """An object of JSON, or an empty one in place of anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
