"""The lock: one process per embedded journal, because its queue lives in that process's memory."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import SettingFault


@contextmanager
def hold(path: Path) -> Generator[None]:
    """Hold a lock file while in use. The operating system lets go of it however the process ends.

    Raises:
        SettingFault: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingFault(
                f"Another Limner is running on {path.parent}. Stop it first, or set BOT_DATABASE_URL to another place; "
                "several processes can share a PostgreSQL database."
            ) from None
        yield
