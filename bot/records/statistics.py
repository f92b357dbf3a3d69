"""Statistics: a workspace's jobs of some days, as numbers and as a chart."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.imaging import Board, Studio
from bot.model import Picture, Place
from bot.ports import Files, Store
from bot.preferences import Preferences
from bot.quotas import ZONE
from bot.quotas.windows import zone_of
from bot.says import board_of, stats_words

_TOP = 6
"""People and models that are named; the others are one sum."""
_STEP = timedelta(hours=1)


class Statistics:
    """Sums and charts. `zone` is the time zone in which days begin, where a workspace decided nothing else."""

    def __init__(
        self, store: Store, *, files: Files, studio: Studio, preferences: Preferences, zone: str, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._files = files
        self._studio = studio
        self._preferences = preferences
        self._zone = zone
        self._now = now

    async def of(self, place: Place, days: int) -> Board:
        """What there is to show of the last days of a workspace, today included."""
        zone = zone_of(await self._preferences.option(place, ZONE) or self._zone)
        now = self._now()
        today = now.astimezone(zone).date()
        first = today - timedelta(days=days - 1)
        since = datetime(first.year, first.month, first.day, tzinfo=zone)
        sums = await self._store.sums(
            f"{place.platform}:{place.workspace}", since=since, until=now + _STEP, shifts=shifts_of(since, now, zone), top=_TOP
        )
        return board_of(sums, first=first, last=today, top=_TOP)

    async def picture(self, board: Board) -> Picture:
        """The same as a picture, kept for a day."""
        chart = await self._studio.chart(board)
        key = await self._files.put(chart, kind="charts", media_type="image/png")
        facts = await self._studio.check(chart)
        return Picture(key=key, original=key, alt=stats_words(board), title=board.title, width=facts.width, height=facts.height)


def shifts_of(since: datetime, until: datetime, zone: ZoneInfo) -> list[tuple[datetime, timedelta]]:
    """A zone's offsets from UTC between two moments, each with the moment from which it holds."""
    found = [(since, since.utcoffset() or timedelta(0))]
    moment = since.timestamp()
    while moment < until.timestamp():
        moment += _STEP.total_seconds()
        here = datetime.fromtimestamp(moment, tz=zone)
        shift = here.utcoffset() or timedelta(0)
        if shift != found[-1][1]:
            found.append((here, shift))
    return found
