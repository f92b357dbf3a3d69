"""Windows: spans of time by the calendar of a time zone, or rolling behind now."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model import Window


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its IANA name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Whether this machine knows a time zone by this name."""
    return zone_of(name).key == name


def window_of(moment: datetime, window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of the calendar window that holds `moment`, and the first after it; both UTC. Weeks begin on Monday."""
    local = moment.astimezone(zone)
    if window is Window.HOUR:
        # By the hours that pass, not by the clock: the one that a clock change repeats is an hour each time.
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        start = moment.astimezone(UTC) - past
        return start, start + timedelta(hours=1)
    # Calendar arithmetic in local time, so that days with a clock change keep their true borders.
    today = local.date()
    if window is Window.DAY:
        first, after = today, today + timedelta(days=1)
    elif window is Window.WEEK:
        first = today - timedelta(days=today.weekday())
        after = first + timedelta(days=7)
    else:
        first = today.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    borders = (datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for day in (first, after))
    return next(borders), next(borders)


def spans_since(first: datetime, now: datetime, window: Window, zone: ZoneInfo, *, rolling: bool) -> list[datetime]:
    """Where each window begins, from the one of `first` to the one of `now`; rolling, spans of its length from `first` on."""
    if rolling:
        number = (now - first) // window.length
        return [first + window.length * each for each in range(number + 1)]
    found = [window_of(first, window, zone)[0]]
    while (border := window_of(found[-1], window, zone)[1]) <= now:
        found.append(border)
    return found
