"""Keys: one or several keys of a service, used in turn, and read again when the service refuses one."""

from collections.abc import Callable, Sequence

from pydantic import SecretStr

from bot.errors import FaultKind, ProviderFault


class Keys:
    """The keys of one service. A comma list is several keys."""

    def __init__(self, read: Callable[[], SecretStr | None], *, variable: str) -> None:
        """`read` gives the setting as it is now (a file may have changed); `variable` is its name, for sentences."""
        self._read = read
        self._variable = variable
        self._all = self._split()
        self._refused: set[str] = set()
        self._turn = 0

    def __bool__(self) -> bool:
        return bool(self._all)

    def next(self) -> str:
        """The key whose turn it is. Raises ProviderFault CREDENTIALS where there is none that is not refused."""
        usable = [key for key in self._all if key not in self._refused]
        if not usable:
            raise ProviderFault(f"{self._variable} is not accepted: set a key that is.", kind=FaultKind.CREDENTIALS, accepted=False)
        self._turn += 1
        return usable[self._turn % len(usable)]

    def refuse(self, key: str) -> bool:
        """Note that the service does not take a key. Gives whether there is another to try, now that the setting was read again."""
        self._refused.add(key)
        self.reload()
        return any(known not in self._refused for known in self._all)

    def reload(self) -> None:
        """Read the setting again. A key that was refused and is still there stays refused; one that left is forgotten."""
        self._all = self._split()
        self._refused &= set(self._all)

    def renew(self) -> None:
        """Read the setting again and forget what was refused: an admin says that it is mended."""
        self._refused.clear()
        self.reload()

    def _split(self) -> Sequence[str]:
        found = self._read()
        return [key.strip() for key in (found.get_secret_value() if found else "").split(",") if key.strip()]
