"""Alerts: what a channel is told when half, four fifths or all of a budget is used, each once in a window.

Whether a border was reached is a question to the journal, asked again after every change and after a start. That it was told is a lease
that lasts as long as the window: of several machines one takes it, for a minute; once the message has landed, it is kept to the end.
Who dies in between lets another one try again, under the same key, which finds the message that is there already.
"""

import secrets
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot import says
from bot.errors import Fault, PlatformFault
from bot.model import BORDERS, Balance, Place, RuleKind
from bot.ports import ChatPlatform, Store
from bot.quotas import Budgets

log = structlog.get_logger()

_TRYING = timedelta(seconds=60)
_LONGER = timedelta(days=1)
"""A window's end and a clock that is a little behind must not meet."""
_AT_ONCE = 50
"""Workspaces to look at in one round."""


class Alerts:
    """Tells when budgets run low."""

    def __init__(self, *, store: Store, budgets: Budgets, platforms: Mapping[str, ChatPlatform], now: Callable[[], datetime]) -> None:
        self._store = store
        self._budgets = budgets
        self._platforms = platforms
        self._now = now
        self._stirred = True
        self._left: deque[str] = deque()
        self._told: set[str] = set()

    def stir(self) -> None:
        """Something was taken or settled: look at the budgets in the next round."""
        self._stirred = True

    async def look(self) -> None:
        """Tell what is to be told, of some workspaces at a time."""
        if not self._left and self._stirred:
            self._stirred = False
            self._left.extend(await self._store.ruled(RuleKind.BUDGET))
        for _ in range(min(_AT_ONCE, len(self._left))):
            platform, _, workspace = self._left.popleft().partition(":")
            try:
                await self._look_at(Place(platform=platform, workspace=workspace, channel=""))
            except Fault:
                self._stirred = True
                raise

    async def _look_at(self, place: Place) -> None:
        channel, balances = await self._budgets.watched(place)
        for balance in balances:
            if balance.border:
                await self._tell(Place(platform=place.platform, workspace=place.workspace, channel=channel), balance)

    async def _tell(self, place: Place, balance: Balance) -> None:
        """Post the highest border that was reached; those below it are told with it."""
        name = f"budget:{place.platform}:{place.workspace}:{balance.window.value}:{balance.since:%Y%m%dT%H%M}:{balance.amount}"
        keys = [f"{name}:{border}" for border in BORDERS if border <= balance.border]
        platform = self._platforms.get(place.platform)
        if platform is None or keys[-1] in self._told:
            return
        holder = secrets.token_hex(8)
        if not await self._store.lease(keys[-1], holder=holder, until=self._now() + _TRYING):
            return
        first = await self._store.take(keys[-1])
        try:
            await platform.post(place, says.alert(balance), key=keys[-1], again=not first)
        except PlatformFault as fault:
            log.warning("alert not posted", reason=fault.sentence, permanent=fault.permanent)
            if not fault.permanent:
                await self._store.release(keys[-1], holder=holder)
                self._stirred = True
                return
        for key in keys:
            await self._store.lease(key, holder=holder, until=balance.renews + _LONGER)
            self._told.add(key)
        log.info("budget alert", border=balance.border, window=balance.window.value)
