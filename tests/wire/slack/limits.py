"""Rate limits: calls a minute by method and workspace, and messages a second by channel."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
BURST = 4
A_WORKSPACE = 300


@dataclass(kw_only=True)
class Limiter:
    """Counts what was let through; times are seconds of any clock that only goes forward."""

    seen: dict[tuple[str, ...], deque[float]] = field(default_factory=lambda: defaultdict(deque))
    level: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict[tuple[str, str], tuple[float, float]])

    def wait(self, method: str, team: str, tier: int | None, now: float) -> int:
        """Seconds until a method may be called again, or 0 and the call counts."""
        return 0 if tier is None else self._window((method, team), TIERS[tier], now)

    def wait_to_post(self, team: str, channel: str, now: float) -> int:
        """Seconds until a channel takes another message: one a second after a burst, some hundreds a minute a workspace."""
        tokens, then = self.level.get((team, channel), (float(BURST), now))
        tokens = min(float(BURST), tokens + now - then)
        if tokens < 1:
            self.level[team, channel] = (tokens, now)
            return 1
        waiting = self._window(("chat.postMessage", team), A_WORKSPACE, now)
        if not waiting:
            self.level[team, channel] = (tokens - 1, now)
        return waiting

    def _window(self, key: tuple[str, ...], most: int, now: float) -> int:
        times = self.seen[key]
        while times and times[0] <= now - 60:
            times.popleft()
        if len(times) >= most:
            return max(1, math.ceil(times[0] + 60 - now))
        times.append(now)
        return 0
