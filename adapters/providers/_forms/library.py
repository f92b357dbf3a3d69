"""Library: the forms of the models that are offered, read from the service once a day and remembered in the vault."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError

from adapters.providers._forms.facts import capabilities
from adapters.providers._forms.form import Form
from bot.errors import FaultKind, ProviderFault, Refused, StoreFault
from bot.model import Capabilities
from bot.plugins import Kit

log = structlog.get_logger()

_KEPT = 24 * 3600.0
_TRIED = 600.0
"""Seconds after which a form that could not be read is tried again."""
_OPENING = 5.0
"""Seconds that the start may spend on models that nobody here has seen yet."""


class Entry(BaseModel):
    """What is known of a model."""

    form: Form
    asked: str
    """What the service is asked with: a version, an endpoint."""
    about: str = ""
    read: datetime | None = None
    """When; None for what is written down in our own files."""


_ENTRY = TypeAdapter(Entry)


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What a library holds."""

    vendor: str
    variable: str
    """The setting that names models, for sentences."""
    models: Mapping[str, Capabilities]
    """The facts of every model that is offered, as far as no form tells them."""
    known: Mapping[str, Entry]
    """The forms that are written down in our own files."""
    read: Callable[[str], Awaitable[Entry]]
    """Asks the service for a model's form. Raises ProviderFault, Refused."""


class Library:
    """The forms, and the models' facts as far as they are known."""

    def __init__(self, kit: Kit, shelf: Shelf) -> None:
        self.models: dict[str, Capabilities] = dict(shelf.models)
        """Completed with each form that is read."""
        self._shelf = shelf
        self._vault = kit.vault
        self._now = kit.now
        self._entries: dict[str, Entry] = {}
        self._tried: dict[str, datetime] = {}
        self._gate = asyncio.Lock()
        for name in self.models:
            if name in shelf.known:
                self._take(name, shelf.known[name])

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
        if (fresh := self._fresh(name)) is not None:
            return fresh
        async with self._gate:
            # Another one may have read it while this one waited.
            if (fresh := self._fresh(name)) is not None:
                return fresh
            known = self._entries.get(name)
            try:
                return await self.read(name)
            except (ProviderFault, Refused) as fault:
                self._tried[name] = self._now()
                log.info("form not read", provider=self._shelf.vendor, model=name, known=known is not None)
                if known is not None:
                    return known
                raise self._unread(name, fault) from None

    def forget(self, name: str) -> None:
        """Have a form read again at its next use: the service did not take what was written into it."""
        if name in self._entries:
            self._entries[name] = self._entries[name].model_copy(update={"read": None})

    async def read(self, name: str) -> Entry:
        """Read a form now. Raises ProviderFault, Refused."""
        entry = await self._shelf.read(name)
        self._take(name, entry)
        with suppress(StoreFault):
            await self._vault.put(_place(name), entry.model_dump_json().encode())
        return entry

    def _fresh(self, name: str) -> Entry | None:
        """What is known of a model, unless it is time to ask again."""
        known = self._entries.get(name)
        asked = known is not None and (self._age(known.read) < _KEPT or self._age(self._tried.get(name)) < _TRIED)
        return known if asked else None

    def _unread(self, name: str, fault: ProviderFault | Refused) -> ProviderFault:
        if isinstance(fault, Refused) or fault.kind is FaultKind.BAD_REQUEST:
            return ProviderFault(
                f"{self._shelf.vendor} tells no form of {name}: {fault.sentence}",
                kind=FaultKind.BAD_REQUEST,
                accepted=False,
                advice=f"Ask an admin to look at {self._shelf.variable}, or try another model.",
            )
        return ProviderFault(fault.sentence, kind=fault.kind, accepted=False, retry_after=fault.retry_after)

    async def _glance(self, name: str) -> None:
        with suppress(ProviderFault, Refused):
            await self.read(name)

    def _take(self, name: str, entry: Entry) -> None:
        self._entries[name] = entry
        self.models[name] = capabilities(self._shelf.models[name], entry.form, about=entry.about)

    def _age(self, since: datetime | None) -> float:
        return (self._now() - since).total_seconds() if since else _KEPT


def _place(name: str) -> str:
    return f"form {name}"[:200]
