"""Waiting: how long a service asks us to wait, whichever way it says so."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

LONGEST = 3600.0
"""Seconds; a service that asks for more is taken at an hour."""
_SPAN = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from `retry-after-ms`, or `retry-after` in seconds or as a date; None where there is neither or it makes no sense."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    said = headers.get("retry-after", "").strip()
    seconds = _number(said)
    if seconds is not None:
        return _bounded(seconds)
    try:
        return _bounded((parsedate_to_datetime(said) - now).total_seconds()) if said else None
    except (ValueError, TypeError, OverflowError):
        return None


def spent(headers: Mapping[str, str]) -> float | None:
    """Seconds until a limit renews, where the headers say that nothing is left of it (`x-ratelimit-remaining-requests: 0`)."""
    waits = [
        seconds
        for name, value in headers.items()
        if "ratelimit-remaining" in name.lower() and _number(value) == 0
        for seconds in [span(headers.get(name.lower().replace("remaining", "reset"), ""))]
        if seconds is not None
    ]
    return max(waits, default=None)


def span(text: str) -> float | None:
    """Seconds in `30`, `1.5`, `12s`, `6m0s`, `250ms`, `1h2m`; None for anything else."""
    said = text.strip().lower()
    seconds = _number(said)
    if seconds is not None:
        return _bounded(seconds)
    found = _SPAN.fullmatch(said)
    if not said or found is None:
        return None
    hours, minutes, whole, thousandths = (float(each or 0) for each in found.groups())
    return _bounded(hours * 3600 + minutes * 60 + whole + thousandths / 1000)


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d{1,12}(\.\d{1,9})?\s*", text, re.ASCII) else None


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), LONGEST)
