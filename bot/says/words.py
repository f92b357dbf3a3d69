"""Words: the small change of every sentence."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Marks that turn the direction of whatever follows; a sentence of ours around them would be turned too.
_TURNS = str.maketrans("", "", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def cut(text: str, most: int = 120) -> str:
    """Somebody's text to stand in a sentence: on one line, at most so long, with an ellipsis where it is cut, turning nothing after it."""
    flat = " ".join(text.translate(_TURNS).split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def plural(number: int, noun: str) -> str:
    """`1 image`, `4 images`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def span(time: timedelta | float) -> str:
    """A stretch of time as people say it: `8.2 s`, `40 s`, `3 min`, `2 h`."""
    seconds = time.total_seconds() if isinstance(time, timedelta) else time
    if seconds < 10:  # noqa: PLR2004 - below this a tenth is worth showing
        return f"{seconds:.1f} s"
    if seconds < 90:  # noqa: PLR2004 - people say 75 s but 2 min
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


def days(time: timedelta) -> str:
    """A stretch of days or hours in words: `1 hour`, `36 hours`, `2 days`; what is shorter as `span`."""
    hours = time / timedelta(hours=1)
    if hours < 1:
        return span(time)
    return plural(round(hours / 24), "day") if hours >= 24 and hours % 24 == 0 else plural(round(hours), "hour")  # noqa: PLR2004 - a day


def money(amount: Decimal) -> str:
    """US dollars with the digits that matter: `$0.04`, `$0.0025`, `$12.00`."""
    return f"${amount:.2f}" if amount >= 1 or amount == amount.quantize(Decimal("0.01")) else f"${amount.normalize():f}"


def moment(time: datetime, zone: str) -> str:
    """A moment in a person's own time: `Mon 24 Nov, 00:00 (Europe/Berlin)`; in UTC where their zone is none that this machine knows."""
    try:
        known = ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return moment(time, "UTC")
    return f"{time.astimezone(known):%a %d %b, %H:%M} ({known.key})"


def listed(words: list[str]) -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
