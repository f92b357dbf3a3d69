"""Troubles: how Slack misbehaves when a test asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One misbehaviour of one method: `kind` is limit, fail, crash, slow or lost."""

    kind: str
    error: str = ""
    seconds: float = 0.0
    status: int = 500


@dataclass(kw_only=True)
class Troubles:
    """What was asked for and has not happened yet, by method."""

    waiting: dict[str, list[Trouble]] = field(default_factory=dict[str, list[Trouble]])
    refusing: bool = False
    """Whether sockets, and apps.connections.open, are refused."""
    down: bool = False
    """Whether the whole Web API drops every connection."""

    def rate_limit(self, method: str, seconds: int = 1, times: int = 1) -> None:
        """Answer 429 with `Retry-After: seconds`."""
        self._add(method, Trouble(kind="limit", seconds=seconds), times)

    def fail(self, method: str, error: str, times: int = 1) -> None:
        """Answer `ok: false` with this error; nothing happens."""
        self._add(method, Trouble(kind="fail", error=error), times)

    def crash(self, method: str, status: int = 503, times: int = 1) -> None:
        """Answer with a 5xx page that is no JSON; nothing happens."""
        self._add(method, Trouble(kind="crash", status=status), times)

    def slow(self, method: str, seconds: float, times: int = 1) -> None:
        """Wait before doing it."""
        self._add(method, Trouble(kind="slow", seconds=seconds), times)

    def lose_reply(self, method: str, times: int = 1) -> None:
        """Do it, then drop the connection instead of answering."""
        self._add(method, Trouble(kind="lost"), times)

    lost_reply = lose_reply

    def refuse_connections(self, on: bool = True, *, api: bool = False) -> None:  # noqa: FBT002 - reads as `refuse_connections()`
        """Refuse new sockets; with `api`, drop every call of the Web API too."""
        self.refusing = on
        self.down = on and api

    def next_troubles(self, method: str) -> Mapping[str, Trouble]:
        """What happens to this call, by kind; slow and lost go together with others."""
        queue = self.waiting.get(method, [])
        taken: dict[str, Trouble] = {}
        for trouble in list(queue):
            if trouble.kind in taken:
                break
            if trouble.kind in {"limit", "fail", "crash"} and taken.keys() & {"limit", "fail", "crash", "lost"}:
                break
            taken[trouble.kind] = trouble
            queue.remove(trouble)
        return taken

    def _add(self, method: str, trouble: Trouble, times: int) -> None:
        self.waiting.setdefault(method, []).extend([trouble] * times)
