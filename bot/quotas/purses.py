"""Purses: what is left of grants, asked of the journal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.model import Limit
from bot.ports import Store
from bot.quotas.grants import Grant, concerned, purse
from bot.quotas.windows import spans_since

_AT_ONCE = 64
"""Sums in one question."""


class Purses:
    """Widens limits by grants."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def widen(self, limit: Limit, grants: Sequence[Grant], forgiven: datetime | None, zone: ZoneInfo, now: datetime) -> Limit:
        """A limit with what the grants of its measure add to its open window."""
        grants = concerned([grant for grant in grants if grant.measure is limit.measure], now)
        if not grants:
            return limit
        first = min(grant.start for grant in grants)
        windows = spans_since(first, now, limit.window, zone, rolling=limit.rolling)
        edges = {edge for grant in grants for edge in (grant.start, grant.end) if windows[0] <= edge <= now}
        borders = sorted({*windows, *edges})
        used = await self._used(limit, borders, windows, forgiven)
        given = purse(grants, amount=limit.amount, borders=borders, windows=set(windows), used=used, now=now)
        return replace(limit, amount=given.limit)

    async def _used(self, limit: Limit, borders: Sequence[datetime], windows: Sequence[datetime], forgiven: datetime | None) -> list[int]:
        """What was used between each border and the next, the last one open."""
        if len(borders) <= _AT_ONCE:
            return _pieces(await self._since(limit, borders, forgiven))
        # Of many windows, those stretches are asked in full in which more was used than one window has: in others nothing can be beyond.
        stretches = [windows[at : at + _AT_ONCE // 2] for at in range(0, len(windows), _AT_ONCE // 2)]
        found: dict[datetime, int] = {}
        for at in range(0, len(stretches), _AT_ONCE):
            starts = [stretch[0] for stretch in stretches[at : at + _AT_ONCE + 1]]
            found |= dict(zip(starts, await self._since(limit, starts, forgiven), strict=True))
        used: list[int] = []
        for number, stretch in enumerate(stretches):
            after = stretches[number + 1][0] if number + 1 < len(stretches) else None
            inside = [border for border in borders if stretch[0] <= border and (after is None or border < after)]
            rest = found[after] if after else 0
            if found[stretch[0]] - rest <= limit.amount:
                used += [found[stretch[0]] - rest, *[0] * (len(inside) - 1)]
            else:
                used += _pieces([*await self._since(limit, inside, forgiven), rest])[:-1]
        return used

    async def _since(self, limit: Limit, borders: Sequence[datetime], forgiven: datetime | None) -> list[int]:
        """What was used from each border on."""
        moments = [max(border, forgiven) if forgiven else border for border in borders]
        # In a few lengths only, for the journal keeps a statement for each.
        length = 1 << (len(moments) - 1).bit_length()
        asked = [*moments, *[moments[-1]] * (length - len(moments))]
        return (await self._store.usage([replace(limit, since=moment) for moment in asked]))[: len(moments)]


def _pieces(sums: Sequence[int]) -> list[int]:
    """What lies between sums that each run to the end."""
    return [max(0, this - after) for this, after in zip(sums, [*sums[1:], 0], strict=True)]
