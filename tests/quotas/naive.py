"""Quotas as somebody would write them who has never heard of a database: a list of jobs, and sums over it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bot.model import Job, Measure, Pool, State, Window

QUARTER = timedelta(minutes=15)
BACK = {Window.HOUR: timedelta(hours=1), Window.DAY: timedelta(days=1), Window.WEEK: timedelta(weeks=1), Window.MONTH: timedelta(days=30)}


@cache
def begins(moment: datetime, window: Window, zone: str) -> datetime:
    """When the calendar window of a moment began: by going back a quarter of an hour at a time, until the calendar says otherwise."""
    place = ZoneInfo(zone)

    def page(at: datetime) -> object:
        local = at.astimezone(place)
        if window is Window.HOUR:
            return local.date(), local.hour, local.fold
        if window is Window.DAY:
            return local.date()
        return local.isocalendar()[:2] if window is Window.WEEK else (local.year, local.month)

    this = page(moment)
    first = moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    while page(first - QUARTER) == this:
        first -= QUARTER
    return first


@dataclass(frozen=True)
class Spec:
    """A limit as an admin thinks of it. Money in micro-dollars."""

    pool: Pool
    measure: Measure
    window: Window
    rolling: bool = False
    model: str = ""
    operation: str = ""
    team: bool = False

    @property
    def slot(self) -> str:
        if self.team:
            return self.window.value
        ending = f"/model={self.model}" if self.model else f"/operation={self.operation}" if self.operation else ""
        return f"{self.measure.value}/{self.window.value}{'/rolling' if self.rolling else ''}{ending}"

    def begins(self, now: datetime, zone: str, forgiven: datetime | None) -> datetime:
        first = now - BACK[self.window] if self.rolling else begins(now, self.window, zone)
        return max(first, forgiven) if forgiven and not self.team else first


@dataclass
class Naive:
    """A job, and what it counts for: written down at each thing that happens to it, by what happens."""

    job: Job
    counted: datetime
    paid: datetime
    whole: int
    """Images it takes where it may be drawn."""
    estimate: int
    cost: int | None = None
    doubles: int = 0
    images: int = 0
    money: int = 0
    spent: int = 0
    drawn: bool = False

    @property
    def model(self) -> str:
        return f"{self.job.provider}/{self.job.model}"

    def reserve(self) -> None:
        self.images, self.money = self.whole, self.price
        self.spent = self.price + self.doubles

    @property
    def price(self) -> int:
        return self.estimate if self.cost is None else self.cost

    def give_back(self, *, paid: bool) -> None:
        """It counts for nobody any more; the team paid where a vendor was at work to the end, or nobody knows how far."""
        self.images = self.money = 0
        self.spent = self.doubles + (self.price if paid else 0)

    def takes(self, spec: Spec) -> int:
        """What it counts for in a limit, its window aside."""
        if spec.model not in {"", self.model} or spec.operation not in {"", self.job.request.operation.value}:
            return 0
        return self.images if spec.measure is Measure.IMAGES else self.spent if spec.team else self.money

    def moment(self, spec: Spec) -> datetime:
        return self.paid if spec.team else self.counted


@dataclass
class Ledger:
    """All jobs, and who is one with whom."""

    jobs: dict[str, Naive] = field(default_factory=dict[str, Naive])
    accounts: dict[str, str] = field(default_factory=dict[str, str])
    """The account's key by the person's."""

    def used(self, spec: Spec, since: datetime, *, account: str, channel: str) -> int:
        return sum(
            each.takes(spec) for each in self.jobs.values() if each.moment(spec) >= since and self._about(spec, each.job, account, channel)
        )

    def _about(self, spec: Spec, job: Job, account: str, channel: str) -> bool:
        if spec.pool is Pool.ACCOUNT:
            return self.accounts[job.person.key] == account
        return spec.pool is Pool.WORKSPACE or job.place.channel == channel

    def of(self, *states: State, with_images: bool | None = None) -> list[Naive]:
        found = [each for each in self.jobs.values() if each.job.state in states]
        return [each for each in found if with_images is None or bool(each.job.images) == with_images]
