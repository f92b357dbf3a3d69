"""Budgets: the team's money: what vendors really charge, failed jobs included, for all of a workspace; a hard limit with alerts.

A budget is asked in the transaction that takes a job, as every limit is. Alerts are told when half, four fifths and all of it is used or
reserved, each once in a window; a budget that is set anew has its borders anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.decisions import Decisions
from bot.model import (
    Asker,
    Balance,
    Entry,
    Limit,
    Measure,
    Place,
    Pool,
    Rule,
    RuleKind,
    Window,
    subject_of_workspace,
)
from bot.ports import Store
from bot.quotas.rates import read_amount, write_amount, write_dollars
from bot.quotas.rulebook import ZONE
from bot.quotas.windows import window_of, zone_of

ALERTS = "alerts channel"
"""The option that says where alerts go: a channel's id."""
_LOOKED_AT = 1000
"""Accounts to look at for the dearest."""
_TOO_EARLY = 0.03
"""The part of a window before which nobody can say how it will end."""


class Budgets:
    """Sets budgets, prices and the threshold of approval, and says how a workspace's money stands."""

    def __init__(self, store: Store, *, decisions: Decisions, zone: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._decisions = decisions
        self._zone = zone
        self._now = now

    async def set(self, asker: Asker, window: Window, amount: int, *, alerts: str | None = None) -> Entry:
        """Let the workspace use so many micro-dollars in a window. `alerts` is a channel's id, or empty for none."""
        about = subject_of_workspace(asker.place)
        value = write_amount(Measure.MONEY, amount)
        rules = [self._decisions.rule(asker, RuleKind.BUDGET, about, value, slot=window.value)]
        rules += [self._told(asker, alerts)] if alerts is not None else []
        return await self._decisions.decide(asker, rules, act="budget.set")

    async def drop(self, asker: Asker, windows: Sequence[Window]) -> Entry:
        """Take budgets back."""
        about = subject_of_workspace(asker.place)
        rules = [self._decisions.rule(asker, RuleKind.BUDGET, about, "", slot=window.value) for window in windows]
        return await self._decisions.decide(asker, rules, act="budget.set")

    async def tell(self, asker: Asker, alerts: str) -> Entry:
        """Send alerts to a channel; empty for none."""
        return await self._decisions.decide(asker, [self._told(asker, alerts)], act="budget.alerts")

    async def approve(self, asker: Asker, above: Decimal | None) -> Entry:
        """Have an admin approve every job above so many dollars; None for none."""
        value = "" if above is None else write_dollars(above)
        rule = self._decisions.rule(asker, RuleKind.APPROVAL, subject_of_workspace(asker.place), value)
        return await self._decisions.decide(asker, [rule], act="budget.approval")

    async def price(self, asker: Asker, model: str, price: Decimal | None) -> Entry:
        """Say what an image of a model (`provider/model`) costs in dollars; None takes it back."""
        value = "" if price is None else write_dollars(price)
        rule = self._decisions.rule(asker, RuleKind.PRICE, subject_of_workspace(asker.place), value, slot=model)
        return await self._decisions.decide(asker, [rule], act="budget.price")

    async def rules(self, place: Place) -> list[Rule]:
        """The workspace's rules about money, and where alerts go."""
        kinds = (RuleKind.BUDGET, RuleKind.APPROVAL, RuleKind.PRICE, RuleKind.OPTION)
        found = await self._store.rules([subject_of_workspace(place)], kinds)
        return [rule for rule in found if rule.kind is not RuleKind.OPTION or rule.slot in {ALERTS, ZONE}]

    async def watched(self, place: Place) -> tuple[str, list[Balance]]:
        """The channel that is told when money runs low, and how each budget stands; neither where nobody wants to be told."""
        rules = await self.rules(place)
        channel = next((rule.value for rule in rules if rule.slot == ALERTS), "")
        watched = channel and any(rule.kind is RuleKind.BUDGET for rule in rules)
        return (channel, await self.balances(place)) if watched else ("", [])

    async def balances(self, place: Place, *, models: Sequence[str] = ()) -> list[Balance]:
        """How each budget of the workspace stands; of `models` (`provider/model`), the dearest."""
        rules = await self.rules(place)
        zone = next((rule.value for rule in rules if rule.slot == ZONE), "") or self._zone
        budgets = {Window(rule.slot): read_amount(Measure.MONEY, rule.value) or 0 for rule in rules if rule.kind is RuleKind.BUDGET}
        return [
            await self._balance(place, window, budgets[window], zone, models) for window in Window if window in budgets
        ]  # fmt: skip

    async def people(self, place: Place, since: datetime, *, most: int = 5) -> list[tuple[str, int]]:
        """The accounts of the workspace that cost most since a moment, in jobs that are over: a name or a mention, and micro-dollars."""
        workspace = f"{place.platform}:{place.workspace}"
        found = await self._store.sums(workspace, since=since, until=self._now() + timedelta(seconds=1), shifts=[], top=_LOOKED_AT)
        dearest = sorted((share for share in found.shares if share.spent), key=lambda share: -share.spent)[:most]
        return [
            (
                share.name or "somebody" if _is_abroad(share.account, workspace) else f"<@{share.account.rsplit(':', 1)[-1]}>",
                share.spent,
            )
            for share in dearest
        ]

    async def _balance(self, place: Place, window: Window, amount: int, zone: str, models: Sequence[str]) -> Balance:
        now = self._now()
        since, renews = window_of(now, window, zone_of(zone))
        whole = budget_limit(place, window, amount, since, renews)
        used, *each = await self._store.usage([whole, *(replace(whole, model=model) for model in models)])
        dearest = sorted(zip(models, each, strict=True), key=lambda pair: -pair[1])
        return Balance(
            window=window,
            amount=amount,
            used=used,
            reserved=await self._reserved(place, since) if models else 0,
            since=since,
            renews=renews,
            forecast=_forecast(used, since, renews, now),
            zone=zone,
            models=tuple((model, spent) for model, spent in dearest if spent)[:5],
        )

    async def _reserved(self, place: Place, since: datetime) -> int:
        """What jobs that are not over will probably cost."""
        jobs = await self._store.unfinished()
        here = (place.platform, place.workspace)
        ours = (job for job in jobs if (job.place.platform, job.place.workspace) == here and job.created >= since)
        return sum(job.charge.spent for job in ours if not job.state.over)

    def _told(self, asker: Asker, alerts: str) -> Rule:
        return self._decisions.rule(asker, RuleKind.OPTION, subject_of_workspace(asker.place), alerts, slot=ALERTS)


def budget_limit(place: Place, window: Window, amount: int, since: datetime, renews: datetime) -> Limit:
    """A budget as a question for the journal."""
    return Limit(
        subject=f"{place.platform}:{place.workspace}",
        pool=Pool.WORKSPACE,
        measure=Measure.MONEY,
        team=True,
        window=window,
        amount=amount,
        since=since,
        renews=renews,
        of="this workspace's budget",
    )


def _is_abroad(account: str, workspace: str) -> bool:
    """Whether nobody here can be mentioned by an account: it is of another workspace, or its person was erased."""
    return not account.startswith(f"{workspace}:") or account.startswith(f"{workspace}:~")


def _forecast(used: int, since: datetime, renews: datetime, now: datetime) -> int | None:
    whole, past = renews - since, now - since
    if past < whole * _TOO_EARLY or past <= timedelta(0):
        return None
    return round(used * (whole / past))
