"""Keys: one or several keys of a service, used in turn, and read again when the service refuses one."""

import hashlib
import re
import time
from collections.abc import Callable, Sequence

from pydantic import SecretStr

from bot.errors import FaultKind, ProviderFault, SettingFault

_FORGIVEN = 300.0
"""Seconds after which a refused key is tried again: what was wrong with it may have been mended at the service."""


def mark_of(key: str) -> str:
    """A mark that tells a key from others and tells nobody the key: for tickets, because a job belongs to the account that ordered it."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


class Keys:
    """The keys of one service, several between commas or on lines of their own.

    The setting is read again for every call, so a changed file counts at once.
    """

    def __init__(self, read: Callable[[], SecretStr | None], *, variable: str) -> None:
        """`read` gives the setting as it is now (a file may have changed); `variable` is its name, for sentences."""
        self._read = read
        self._variable = variable
        self._all: Sequence[str] = ()
        self._refused: dict[str, float] = {}
        self._turn = 0
        self._reload()

    def __bool__(self) -> bool:
        return bool(self._all)

    def next(self, mark: str = "") -> str:
        """The key with a mark, where it is still there and not refused; else the key whose turn it is.

        Raises ProviderFault CREDENTIALS where there is none that is not refused.
        """
        self._reload()
        usable = [key for key in self._all if self._is_usable(key)]
        usable = [key for key in usable if mark and mark_of(key) == mark] or usable
        if not usable:
            raise ProviderFault(f"{self._variable} is not accepted: set a key that is.", kind=FaultKind.CREDENTIALS, accepted=False)
        self._turn += 1
        key = usable[self._turn % len(usable)]
        if not (key.isascii() and key.isprintable()):
            # No header takes it; quotation marks of a word processor are the usual reason.
            raise ProviderFault(f"{self._variable} holds a sign that no key has: set it anew.", kind=FaultKind.CREDENTIALS, accepted=False)
        return key

    @property
    def marks(self) -> list[str]:
        """The marks of all keys that are not refused."""
        return [mark_of(key) for key in self._all if self._is_usable(key)]

    def refuse(self, key: str) -> bool:
        """Note that the service does not take a key. Gives whether there is another to try, now that the setting was read again."""
        self._refused[key] = time.monotonic()
        self._reload()
        return any(self._is_usable(known) for known in self._all)

    def _is_usable(self, key: str) -> bool:
        return time.monotonic() - self._refused.get(key, -_FORGIVEN) >= _FORGIVEN

    def _reload(self) -> None:
        """A key that left the setting is forgotten; a setting that cannot be read now stays as it was."""
        try:
            found = self._read()
        except SettingFault:
            return
        self._all = [key.strip() for key in re.split(r"[,\r\n]", found.get_secret_value() if found else "") if key.strip()]
        self._refused = {key: since for key, since in self._refused.items() if key in self._all}
