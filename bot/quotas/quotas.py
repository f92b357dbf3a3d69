"""What people may use: the installation's defaults, and admins' rules."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.decisions import Decisions
from bot.model import Account, Asker, Limit, Load, Person, Place, Request, RuleKind, Use, Window, subject_of_person
from bot.ports import Store
from bot.quotas.windows import window_of


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for one job."""

    account: Account
    limits: tuple[Limit, ...] = ()
    load: Load = Load()  # noqa: RUF009 - a frozen value
    weight: int = 1
    """How many images each of its images counts as."""
    estimate: Decimal | None = None
    """US dollars that it will probably cost, admins' prices included."""
    approval: str = ""
    """Why an admin must approve it first, in words, or empty."""


class Quotas:
    """What people may use."""

    def __init__(
        self,
        store: Store,
        *,
        decisions: Decisions,
        day: int | None,
        month: int | None,
        load: Load,
        zone: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._decisions = decisions
        self._defaults = {Window.DAY: day, Window.MONTH: month}
        self._load = load
        self._zone = ZoneInfo(zone)
        self._now = now

    async def terms(self, asker: Asker, request: Request, *, model: str, estimate: Decimal | None) -> Terms:
        """What holds for a request that was fitted to a model (`provider/model`), before it becomes a job.

        Raises:
            OverQuota: it is larger than one request may be: count, size, steps.
        """
        del request, model
        account = await self._store.account(asker.person)
        return Terms(account=account, limits=tuple(await self._limits(asker.person, account)), load=self._load, estimate=estimate)

    async def running(self, person: Person, place: Place) -> int:
        """How many jobs of this person may be drawn at once."""
        del person, place
        return self._load.running

    async def report(self, person: Person, place: Place) -> list[Use]:
        """What this person used, of how much, and when it renews."""
        del place
        account = await self._store.account(person)
        windows = await self._windows(account)
        questions = [
            Limit(subject=account.key, window=window, amount=amount or 0, since=since, renews=renews)
            for window, amount, since, renews in windows
        ]
        used = await self._store.usage(questions)
        return [
            Use(window=window, used=spent, amount=amount, renews=renews)
            for (window, amount, _, renews), spent in zip(windows, used, strict=True)
        ]

    async def set(self, asker: Asker, subject: Person, amount: int | None, window: Window | None) -> None:
        """Give a person their own limit; None for no limit; no window for all windows."""
        value = "unlimited" if amount is None else str(amount)
        about = subject_of_person(subject)
        windows = (window,) if window else (Window.DAY, Window.MONTH)
        rules = [self._decisions.rule(asker, RuleKind.QUOTA, about, value, slot=f"images/{each.value}") for each in windows]
        await self._decisions.decide(asker, rules, act="quota.set")

    async def reset(self, asker: Asker, subject: Person) -> None:
        """Forgive what a person used so far."""
        rule = self._decisions.rule(asker, RuleKind.RESET, subject_of_person(subject), "done")
        await self._decisions.decide(asker, [rule], act="quota.reset")

    async def _limits(self, person: Person, account: Account) -> list[Limit]:
        del person
        return [
            Limit(subject=account.key, window=window, amount=amount, since=since, renews=renews)
            for window, amount, since, renews in await self._windows(account)
            if amount is not None
        ]

    async def _windows(self, account: Account) -> list[tuple[Window, int | None, datetime, datetime]]:
        rules = await self._store.rules([f"person:{key}" for key in account.people], (RuleKind.QUOTA, RuleKind.RESET))
        forgiven = max((rule.created for rule in rules if rule.kind is RuleKind.RESET), default=None)
        found: list[tuple[Window, int | None, datetime, datetime]] = []
        for window, default in self._defaults.items():
            since, renews = window_of(self._now(), window, self._zone)
            rule = next((rule for rule in rules if rule.kind is RuleKind.QUOTA and rule.slot == f"images/{window.value}"), None)
            amount = default if rule is None else None if rule.value == "unlimited" else int(rule.value)
            found.append((window, amount, max(since, forgiven) if forgiven else since, renews))
        return found
