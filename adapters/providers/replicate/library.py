"""Library: the forms of the models that are offered, read from the API once a day and remembered in the vault."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError

from adapters.calls import Caller
from adapters.providers._forms import Form, capabilities, form_of
from adapters.providers.replicate.models import FORMS, model
from bot.errors import FaultKind, ProviderFault, Refused, StoreFault
from bot.model import Capabilities
from bot.plugins import Kit

log = structlog.get_logger()

_KEPT = 24 * 3600.0
_TRIED = 600.0
"""Seconds after which a form that could not be read is tried again."""
_OPENING = 5.0
"""Seconds that the start may spend on models that nobody here has seen yet."""
_HASH = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[\w.\-]{1,80}/[\w.\-]{1,100}(:[0-9a-f]{64})?", re.ASCII)
"""`owner/name`, or `owner/name:version`."""


class Entry(BaseModel):
    """What is known of a model."""

    form: Form
    version: str
    """What a prediction names it by: `owner/name` for the official ones, `owner/name:<version>` for all others."""
    about: str = ""
    read: datetime | None = None
    """When; None for what was written down here."""


_ENTRY = TypeAdapter(Entry)


class Library:
    """The forms, and the models' facts as far as they are known."""

    def __init__(self, caller: Caller, kit: Kit, names: tuple[str, ...], *, running: int) -> None:
        self.models: dict[str, Capabilities] = {name: model(name, running=running) for name in names}
        """Completed with each form that is read."""
        self._caller = caller
        self._vault = kit.vault
        self._now = kit.now
        self._running = running
        self._entries = {name: Entry(form=FORMS[name], version=name) for name in names if name in FORMS}
        self._tried: dict[str, datetime] = {}
        self._gate = asyncio.Lock()

    async def open(self) -> None:
        """Take what the vault remembers, and have a short look at models that nobody here has seen yet."""
        for name in self.models:
            with suppress(StoreFault, ValidationError):
                kept = await self._vault.get(_place(name))
                if kept is not None:
                    self._take(name, _ENTRY.validate_json(kept))
        unseen = [name for name in self.models if name not in self._entries]
        with suppress(TimeoutError):
            async with asyncio.timeout(_OPENING):
                await asyncio.gather(*(self._glance(name) for name in unseen))

    async def entry(self, name: str) -> Entry:
        """A model's form: as known where it was read within a day, else read now; the one that is known where it cannot be.

        Raises:
            ProviderFault: it is not known and cannot be read; nothing was ordered.
        """
        async with self._gate:
            known = self._entries.get(name)
            if known is not None and (self._age(known.read) < _KEPT or self._age(self._tried.get(name)) < _TRIED):
                return known
            try:
                return await self.read(name)
            except (ProviderFault, Refused) as fault:
                self._tried[name] = self._now()
                log.info("form not read", model=name, known=known is not None)
                if known is not None:
                    return known
                kind = fault.kind if isinstance(fault, ProviderFault) else FaultKind.BAD_REQUEST
                raise ProviderFault(
                    f"Replicate tells no form of {name}: {fault.sentence}",
                    kind=kind,
                    accepted=False,
                    retry_after=fault.retry_after if isinstance(fault, ProviderFault) else None,
                    advice="Ask an admin to look at REPLICATE_MODELS, or try another model." if kind is FaultKind.BAD_REQUEST else "",
                ) from None

    def forget(self, name: str) -> None:
        """Have a form read again at its next use: the service did not take what was written into it."""
        if name in self._entries:
            self._entries[name] = self._entries[name].model_copy(update={"read": None})

    async def read(self, name: str) -> Entry:
        """Read a form now. Raises ProviderFault, Refused."""
        plain, _, version = name.partition(":")
        owner, _, short = (quote(part, safe="") for part in plain.partition("/"))
        path = f"/models/{owner}/{short}"
        told = _mapping((await self._caller.get(f"{path}/versions/{version}" if version else path)).data)
        latest = told if version else _mapping(told.get("latest_version"))
        form = form_of(latest.get("openapi_schema"))
        if form is None:
            raise ProviderFault("its answer holds none.", kind=FaultKind.BAD_REQUEST, accepted=False)
        about = told.get("description")
        entry = Entry(
            form=form,
            version=_version(name, told.get("is_official"), latest.get("id")),
            about=about[:300] if isinstance(about, str) else "",
            read=self._now(),
        )
        self._take(name, entry)
        with suppress(StoreFault):
            await self._vault.put(_place(name), entry.model_dump_json().encode())
        return entry

    async def _glance(self, name: str) -> None:
        with suppress(ProviderFault, Refused):
            await self.read(name)

    def _take(self, name: str, entry: Entry) -> None:
        self._entries[name] = entry
        self.models[name] = capabilities(model(name, running=self._running), entry.form, about=entry.about)

    def _age(self, since: datetime | None) -> float:
        return (self._now() - since).total_seconds() if since else _KEPT


def _version(name: str, official: object, latest: object) -> str:
    """How a prediction names a model. Only official ones go by name alone; whether one is, is not told everywhere."""
    if ":" in name or official is True or name in FORMS or not isinstance(latest, str) or not _HASH.fullmatch(latest):
        return name
    return f"{name}:{latest}"


def _place(name: str) -> str:
    return f"form {name}"[:200]


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
