"""Plugins: how a file becomes part of the bot.

A provider is a file in `adapters/providers/` (or a folder, when it outgrows a page) that defines `PLUGIN`; its name is what people
type after `--model` and the prefix of its settings. A moderator is a file in `adapters/moderators/`, a platform a folder in
`adapters/platforms/`, each with its own `PLUGIN`; a command is a file in `commands/` that defines `COMMAND`. Third parties register an
entry point of the same shape in the group `limner.providers` or `limner.moderators`.
"""

import importlib
import importlib.metadata
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from bot.errors import SettingFault
from bot.model import CommandSpec, Content, Entry, Pending


class PluginSettings(BaseModel):
    """A plugin's settings: fields become `<NAME>_<FIELD>`, each also as `<NAME>_<FIELD>_FILE`; secrets are `SecretStr`.

    A field's `description` becomes its comment in `.env.example`. A missing or wrong value stops the start with one line.
    """


S = TypeVar("S", bound=PluginSettings)
P = TypeVar("P")


class Link(Protocol):
    """The signature of `Files.link`."""

    def __call__(self, key: str, *, expires: timedelta, download: str = "") -> Awaitable[str]:
        """A signed link that ends."""
        ...


class Vault(Protocol):
    """A plugin's own small memory in the journal's database, encrypted: tokens, installations, marks of what was done.

    Names are the plugin's own, up to 200 characters; another plugin does not see them. Raises StoreFault.
    """

    async def get(self, name: str) -> bytes | None:
        """What is kept under a name, or None."""
        ...

    async def put(self, name: str, value: bytes) -> None:
        """Keep a value under a name, in place of what was there."""
        ...

    async def take(self, name: str) -> bytes | None:
        """Give what is kept under a name and forget it: of several who ask at once, one gets it."""
        ...

    async def delete(self, name: str) -> None:
        """Forget a name. Forgetting what is not there is no error."""
        ...

    async def names(self, prefix: str = "") -> list[str]:
        """The names that begin so, sorted."""
        ...


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that `limner doctor` looked at."""

    subject: str
    good: bool
    sentence: str
    """What was seen; where it is not good, what to do."""


async def _unrecorded(entry: Entry) -> None:
    del entry


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What the composition root hands to a plugin when it is opened."""

    folder: Path
    """A folder of its own for what it must remember; made before the plugin opens."""
    now: Callable[[], datetime]
    """The clock, UTC."""
    link: Link
    """Signs a link to a file, for platforms that show files by address."""
    read: Callable[[str], Awaitable[Content]]
    """Reads a file by its key, for platforms that upload what they show."""
    public_url: str
    """Where the HTTP server is reached from outside, without a final slash."""
    vault: Vault
    """A small encrypted memory of the plugin's own."""
    reload: Callable[[], Any] = lambda: None
    """The plugin's settings read again, for keys that changed in a file. Raises SettingFault."""
    webhook: str = ""
    """Where the plugin's service may send deliveries (`https://.../webhooks/<name>/<token>`), or empty where nobody outside reaches us."""
    show: Callable[[str, Pending], None] = lambda _key, _pending: None
    """Shows how far a call is that is still on its way, by the key that `submit` was given: for a service that answers in the call
    itself and tells about it meanwhile. The ticket is not looked at: there is none yet. Never raises, never waits."""
    download_hosts: tuple[str, ...] = ()
    """Hosts that an admin allows for every service's results."""
    admins: frozenset[str] = frozenset()
    """`platform:user-id` of those named in BOT_ADMINS."""
    record: Callable[[Entry], Awaitable[object]] = _unrecorded
    """Puts an act on record that the hub does not see: an installation, a sign-in. Raises StoreFault."""


@dataclass(frozen=True, kw_only=True)
class Plugin(Generic[S, P]):
    """A plugin's declaration: `PLUGIN = Plugin(about=..., settings=Settings, open=open_it)`."""

    about: str
    settings: type[S]
    open: Callable[[S, Kit], AbstractAsyncContextManager[P]]
    """An async context manager that gives the port's implementation, and closes it."""
    configured: Callable[[S], bool] = lambda _: True
    """Whether the settings are enough to work with; decides what is on when nothing is said."""
    examine: Callable[[S, Kit], AsyncIterator[Finding]] | None = None
    """What `limner doctor` asks: tries keys and permissions without spending or posting. None: complete settings are enough."""
    manifest: Callable[[S, Sequence[CommandSpec], str], str] | None = None
    """What `limner manifest NAME` prints, from settings, menu and public address: an app's description to paste at the vendor."""


def names(package: str) -> list[str]:
    """The names of a package's files and folders, sorted."""
    found = importlib.import_module(package)
    return sorted(module.name for module in pkgutil.iter_modules(found.__path__) if not module.name.startswith("_"))


def load(package: str, name: str, attribute: str, *, group: str = "") -> Any:  # noqa: ANN401 - what a plugin's file defines is checked by its port's contract
    """What `package/name` defines as `attribute`, or the entry point of that name in `group`.

    Raises:
        SettingFault: there is no such plugin.
    """
    if name in names(package):
        return getattr(importlib.import_module(f"{package}.{name}"), attribute)
    if group:
        for entry in importlib.metadata.entry_points(group=group, name=name):
            return entry.load()
    offered = ", ".join(names(package))
    raise SettingFault(f"There is no {package.rsplit('.', 1)[-1].removesuffix('s')} called {name!r}; there are: {offered}.")
