"""Pace: how fast a service is asked, so that its limit is met by waiting and not by being refused."""

import asyncio
import time
from collections.abc import Mapping

from aiolimiter import AsyncLimiter

from adapters.calls.waiting import spent


class Pace:
    """A token bucket for each key, and a pause for each key whose limit the service said is used up."""

    def __init__(self, *, calls: float, seconds: float) -> None:
        """`calls` in any stretch of `seconds`, for each key."""
        self._calls = calls
        self._seconds = seconds
        self._buckets: dict[str, AsyncLimiter] = {}
        self._paused: dict[str, float] = {}

    async def wait(self, key: str) -> None:
        """Wait for a key's turn."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = AsyncLimiter(self._calls, self._seconds)
        await bucket.acquire()
        pause = self._paused.get(key, 0.0) - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)

    def heed(self, key: str, headers: Mapping[str, str], *, asked: float | None) -> None:
        """Note what an answer's headers say of the limit; `asked` is what it asked us to wait, where it refused us."""
        pause = max(asked or 0.0, min(spent(headers) or 0.0, self._seconds * 2))
        if pause:
            self._paused[key] = max(self._paused.get(key, 0.0), time.monotonic() + pause)
