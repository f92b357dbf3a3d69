"""The pace at which Slack may be called: budgets by method and workspace, one message a second in a channel, and the pauses Slack asks for.

A budget is kept as the moment at which it will be whole again. Whoever comes reserves a turn at once and waits for it, so that turns are
taken in the order in which they were asked for.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.errors import PlatformFault

LONGEST_WAIT = 45.0
"""Seconds. What would wait longer is refused, and tried again by whoever asked: a lease on a job lasts a minute."""
_REMEMBERED = 4096


@dataclass(frozen=True, kw_only=True)
class Budget:
    """`burst` calls at once, and one more every `every` seconds."""

    every: float
    burst: int


_TIER_2 = Budget(every=60 / 15, burst=5)
_TIER_3 = Budget(every=60 / 38, burst=12)
_TIER_4 = Budget(every=60 / 75, burst=25)
BUDGETS: Mapping[str, Budget] = {
    # Burst and refill together stay below what Slack allows in any one minute (platforms.md §13).
    "chat.postMessage": Budget(every=0.2, burst=20),
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.delete": _TIER_3,
    "usergroups.list": _TIER_2,
    "usergroups.users.list": _TIER_2,
}
CHANNEL = Budget(every=1.0, burst=2)
"""Messages in one channel: one a second, a card and its result together."""
SPARED = 4
"""Calls of a budget that are kept for what must land, out of the reach of mere progress."""


class Pace:
    """Gives turns."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._now = now
        self._sleep = sleep
        self._whole: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._closed: dict[tuple[str, ...], float] = {}

    async def turn(self, workspace: str, method: str, *, channel: str = "", patience: float = LONGEST_WAIT) -> None:
        """Wait for a turn. Raises PlatformFault, to be tried again, where that would take too long."""
        lanes = _lanes(workspace, method, channel)
        wait = max(self._wait(lane, budget) for lane, budget in lanes)
        if wait > patience:
            raise PlatformFault(f"Slack is busy: there is a line of {wait:.0f} seconds for {method}.")
        for lane, budget in lanes:
            self._reserve(lane, budget)
        while wait > 0:
            await self._sleep(wait)
            # Slack may have asked for a pause in the meantime.
            wait = self._closed.get((workspace, method), 0.0) - self._now()

    def spare(self, workspace: str, method: str) -> bool:
        """Whether a call that may as well not be made finds room now, with some left for the others."""
        budget = BUDGETS.get(method, _TIER_4)
        lane = (workspace, method)
        ahead = self._whole.get(lane, 0.0) - self._now()
        return self._closed.get(lane, 0.0) <= self._now() and ahead <= (budget.burst - 1 - SPARED) * budget.every

    def pause(self, workspace: str, method: str, seconds: float) -> None:
        """Slack asked for a pause in this method, in this workspace."""
        lane = (workspace, method)
        self._closed[lane] = max(self._closed.get(lane, 0.0), self._now() + seconds)
        # The budget is spent as well: after the pause the calls come one by one, not all at once.
        budget = BUDGETS.get(method, _TIER_4)
        self._whole[lane] = max(self._whole.get(lane, 0.0), self._closed[lane] + (budget.burst - 1) * budget.every)

    def _wait(self, lane: tuple[str, ...], budget: Budget) -> float:
        ahead = self._whole.get(lane, 0.0) - (budget.burst - 1) * budget.every
        return max(0.0, max(ahead, self._closed.get(lane, 0.0)) - self._now())

    def _reserve(self, lane: tuple[str, ...], budget: Budget) -> None:
        self._whole[lane] = max(self._whole.get(lane, 0.0), self._now()) + budget.every
        self._whole.move_to_end(lane)
        while len(self._whole) > _REMEMBERED:
            # The longest unused; it has been whole again for long.
            forgotten, _ = self._whole.popitem(last=False)
            self._closed.pop(forgotten, None)


def _lanes(workspace: str, method: str, channel: str) -> list[tuple[tuple[str, ...], Budget]]:
    lanes: list[tuple[tuple[str, ...], Budget]] = [((workspace, method), BUDGETS.get(method, _TIER_4))]
    if channel:
        lanes.append(((workspace, "channel", channel), CHANNEL))
    return lanes
