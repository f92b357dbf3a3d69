"""Schemas: a model's form and version, as the API tells them."""

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from adapters.calls import Caller
from adapters.providers._forms import Entry, form_of
from adapters.providers.replicate.models import FORMS
from bot.errors import FaultKind, ProviderFault
from bot.plugins import Kit

_HASH = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[a-z0-9][\w.\-]{0,80}/[a-z0-9][\w.\-]{0,100}(:[0-9a-f]{64})?", re.ASCII | re.IGNORECASE)
"""`owner/name`, or `owner/name:version`."""


async def read(caller: Caller, kit: Kit, name: str) -> Entry:
    """A model's form, from the version that is named or from the latest. Raises ProviderFault, Refused."""
    plain, _, version = name.partition(":")
    owner, _, short = (quote(part, safe="") for part in plain.partition("/"))
    path = f"/models/{owner}/{short}"
    told = _mapping((await caller.get(f"{path}/versions/{version}" if version else path)).data)
    latest = told if version else _mapping(told.get("latest_version"))
    form = form_of(latest.get("openapi_schema"))
    if form is None:
        raise ProviderFault("its answer holds none.", kind=FaultKind.BAD_REQUEST, accepted=False)
    about = told.get("description")
    asked = version_of(name, official=told.get("is_official"), latest=latest.get("id"))
    return Entry(form=form, asked=asked, about=about[:300] if isinstance(about, str) else "", read=kit.now())


def version_of(name: str, *, official: object, latest: object) -> str:
    """How a prediction names a model: the official ones by name alone, which is not told everywhere, all others with a version."""
    by_name = official is True or (official is None and name in FORMS)
    if ":" in name or by_name or not isinstance(latest, str) or not _HASH.fullmatch(latest):
        return name
    return f"{name}:{latest}"


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
