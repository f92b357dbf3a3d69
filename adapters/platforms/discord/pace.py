"""Pace: how often cards may be redrawn, so that what matters never waits behind what is only progress."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager

WINDOW = 5.0
"""Seconds; Discord counts edits by channel, about five in this time (platforms.md §28)."""
PROGRESS = 3
"""Edits for progress a window and channel; the others are left for whatever changes for good."""


class Pace:
    """The edits of each channel."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._recent: dict[str, deque[float]] = {}
        self._busy: defaultdict[str, int] = defaultdict(int)

    def spares(self, channel: str) -> bool:
        """Whether an edit that could be dropped may be made now."""
        now = self._clock()
        for name in [name for name, times in self._recent.items() if now - times[-1] > WINDOW]:
            del self._recent[name]
        times = [at for at in self._recent.get(channel, ()) if now - at <= WINDOW]
        return len(times) < PROGRESS and not self._busy.get(channel)

    @contextmanager
    def edit(self, channel: str) -> Generator[None]:
        """One edit, counted; while it is under way, others that could be dropped are."""
        self._recent.setdefault(channel, deque(maxlen=PROGRESS)).append(self._clock())
        self._busy[channel] += 1
        try:
            yield
        finally:
            self._busy[channel] -= 1
            if not self._busy[channel]:
                del self._busy[channel]
