"""Quotas: how much each person may use. A quota is a question about the journal, never a counter.

Reserve = the job exists; refund = it failed. Here the questions are made from settings and rules; the journal answers them in the
transaction that enqueues.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import Misunderstood, NotAllowed
from bot.model import Limit, Person, Rule, RuleKind, Use, Window
from bot.ports import Store

_MOST = 1_000_000


def window_of(moment: datetime, window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of the calendar window that holds `moment`, and the first after it; both UTC."""
    local = moment.astimezone(zone)
    start = datetime(local.year, local.month, local.day if window is Window.DAY else 1, tzinfo=zone)
    # Calendar arithmetic in local time, so that days with a clock change keep their true borders.
    if window is Window.DAY:
        end = datetime.fromordinal(start.toordinal() + 1).replace(tzinfo=zone)
    else:
        end = datetime(start.year + start.month // 12, start.month % 12 + 1, 1, tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def parse_rate(text: str) -> tuple[int | None, Window | None]:
    """`50/day` is (50, DAY), `unlimited/month` is (None, MONTH), `unlimited` alone is (None, None): every window.

    Raises:
        Misunderstood: it is none of these.
    """
    amount, _, window = text.strip().casefold().partition("/")
    if window and window not in set(Window):
        raise Misunderstood(f"“{window[:20]}” is no window.", advice="Use day or month.", line="quota set @person 50/day")
    if amount in {"unlimited", "none", "∞"}:
        return None, Window(window) if window else None
    if not amount.isdecimal() or int(amount) > _MOST:
        raise Misunderstood(
            "A quota is a number of images and a window.",
            advice="For example 50/day, 200/month or unlimited.",
            line="quota set @person 50/day",
        )
    return int(amount), Window(window or "day")


class Quotas:
    """What people may use: the installation's defaults, and admins' rules about one person or everybody."""

    def __init__(self, store: Store, *, day: int | None, month: int | None, zone: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._defaults = {Window.DAY: day, Window.MONTH: month}
        self._zone = ZoneInfo(zone)
        self._now = now

    async def limits(self, person: Person) -> list[Limit]:
        """The questions to ask before this person gets more images."""
        rules = await self._store.rules([person.key, "*"])
        return [
            Limit(subject=person.key, window=window, amount=amount, since=since, renews=renews)
            for window, amount, since, renews in self._windows(person, rules)
            if amount is not None
        ]

    async def report(self, person: Person) -> list[Use]:
        """What this person used, of how much, and when it renews."""
        rules = await self._store.rules([person.key, "*"])
        return [
            Use(window=window, used=await self._store.usage(person.key, since), amount=amount, renews=renews)
            for window, amount, since, renews in self._windows(person, rules)
        ]

    async def set(self, admin: Person, subject: Person, amount: int | None, window: Window | None) -> None:
        """Give a person their own limit; None for no limit; no window for all windows. Admins only."""
        self._must_administer(admin)
        for each in (window,) if window else tuple(Window):
            await self._store.decide(
                Rule(kind=RuleKind.QUOTA, subject=subject.key, window=each, amount=amount, by=admin.key, created=self._now())
            )

    async def reset(self, admin: Person, subject: Person) -> None:
        """Forgive what a person used so far. Admins only."""
        self._must_administer(admin)
        await self._store.decide(Rule(kind=RuleKind.RESET, subject=subject.key, by=admin.key, created=self._now()))

    def _windows(self, person: Person, rules: list[Rule]) -> list[tuple[Window, int | None, datetime, datetime]]:
        found: list[tuple[Window, int | None, datetime, datetime]] = []
        forgiven = max((rule.created for rule in rules if rule.kind is RuleKind.RESET), default=None)
        for window in Window:
            since, renews = window_of(self._now(), window, self._zone)
            own = [rule for rule in rules if rule.kind is RuleKind.QUOTA and rule.window is window]
            # The newest rule about the person wins, else the newest about everybody, else the setting.
            rule = next((rule for rule in own if rule.subject == person.key), next(iter(own), None))
            found.append((window, rule.amount if rule else self._defaults[window], max(since, forgiven) if forgiven else since, renews))
        return found

    @staticmethod
    def _must_administer(person: Person) -> None:
        if not person.administers:
            raise NotAllowed("Only an admin may change quotas.", advice="Ask an admin of this workspace; /quota shows your own.")
