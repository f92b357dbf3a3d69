"""Refusals of the journal: what somebody is told whose request would overrun a limit."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import OverQuota
from bot.model import MICRO, Job, Limit, Measure, Operation, Person, Window

_NOW = {Window.HOUR: "this hour", Window.DAY: "today", Window.WEEK: "this week", Window.MONTH: "this month"}
_EACH = {Window.HOUR: "an hour", Window.DAY: "a day", Window.WEEK: "a week", Window.MONTH: "a month"}
_ROLLING = {
    Window.HOUR: "in the last 60 minutes",
    Window.DAY: "in the last 24 hours",
    Window.WEEK: "in the last 7 days",
    Window.MONTH: "in the last 30 days",
}
_DOING: Mapping[str, str] = MappingProxyType(
    {
        Operation.DRAW: "drawing",
        Operation.VARY: "variations",
        Operation.EDIT: "edits",
        Operation.INPAINT: "inpainting",
        Operation.OUTPAINT: "outpainting",
        Operation.UPSCALE: "upscaling",
        Operation.REMOVE_BACKGROUND: "removing backgrounds",
    }
)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def refusal(job: Job, limit: Limit, *, used: int, want: int) -> OverQuota:
    """Why a job that wants so much of a limit cannot be, whether it counted, and what would help."""
    about = f" with {limit.model}" if limit.model else f" for {_DOING.get(limit.operation, limit.operation)}" if limit.operation else ""
    if limit.amount <= 0:
        owner = f"The limit of {limit.of}" if limit.of else "Your quota"
        return OverQuota(
            f"{owner} is {_amount(limit, 0)}{about} {_EACH[limit.window]}.",
            advice="Ask an admin of this workspace for more; nothing was counted.",
        )
    when = _ROLLING[limit.window] if limit.rolling else _NOW[limit.window]
    whose = f"{limit.of[0].upper()}{limit.of[1:]} has" if limit.of else "You have"
    sentence = f"{whose} used {_of(limit, used)}{about} {when}"
    left = limit.amount - used
    if left <= 0:
        return OverQuota(f"{sentence}.", advice=f"This one did not count. {_renewal(job, limit)}")
    each = f", because each image counts as {job.weight}" if limit.measure is Measure.IMAGES and job.weight > 1 else ""
    fitting = left * job.fitted.count // want
    hint = f"--count {fitting} would fit. " if fitting else "This one did not count. "
    more = f"{sentence}, and this would be {_bare(limit, want)} more{each}."
    # What is larger than the whole limit fits at no time.
    later = _renewal(job, limit) if want <= limit.amount else "" if fitting else "Ask for less, or an admin for more."
    return OverQuota(more, advice=f"{hint}{later}".strip(), line="quota")


def _renewal(job: Job, limit: Limit) -> str:
    owner = "It" if limit.of else "Your quota"
    return f"{owner} {'has room for it' if limit.rolling else 'renews'} on {_moment(limit.renews, job.person)}."


def _of(limit: Limit, used: int) -> str:
    if limit.measure is Measure.MONEY:
        return f"{_dollars(used)} of {_dollars(limit.amount)}"
    return f"{used:,} of {_images(limit.amount)}"


def _amount(limit: Limit, amount: int) -> str:
    return _dollars(amount) if limit.measure is Measure.MONEY else _images(amount)


def _bare(limit: Limit, amount: int) -> str:
    return _dollars(amount) if limit.measure is Measure.MONEY else f"{amount:,}"


def _images(number: int) -> str:
    return f"{number:,} {'image' if number == 1 else 'images'}"


def _dollars(micro: int) -> str:
    """Dollars to the cent, and two digits more where they say something."""
    if 0 < micro < MICRO // 10_000:
        return "less than $0.0001"
    whole, _, parts = f"{Decimal(micro) / MICRO:,.4f}".partition(".")
    return f"${whole}.{parts[:2]}{parts[2:].rstrip('0')}"


def _moment(moment: datetime, person: Person) -> str:
    zone: ZoneInfo | None = None
    if person.zone:
        try:
            zone = ZoneInfo(person.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            # Platforms name zones that this machine may not have; UTC is always right.
            zone = None
    # The minute in which it is not yet true is not the one to come back in.
    whole = moment.replace(second=0, microsecond=0)
    local = (whole if whole == moment else whole + timedelta(minutes=1)).astimezone(zone or UTC)
    return f"{local.day} {_MONTHS[local.month - 1]} at {local:%H:%M} {'your time' if zone else 'UTC'}"
