"""What people may use: what the settings say, and admins' rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.decisions import Decisions
from bot.errors import OverQuota, Unpriced
from bot.model import (
    Account,
    Asker,
    Job,
    Limit,
    Load,
    Measure,
    Person,
    Place,
    Pool,
    Report,
    Request,
    Use,
    Window,
    subject_of_channel,
    subject_of_workspace,
)
from bot.ports import Store
from bot.quotas.budgets import Budgets, budget_limit
from bot.quotas.caps import check_caps
from bot.quotas.purses import Purses
from bot.quotas.rulebook import Rulebook, levels_of
from bot.quotas.ruling import Ruling
from bot.quotas.slots import Slot
from bot.quotas.windows import window_of, zone_of


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


class Quotas(Ruling):
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
        super().__init__(store, decisions=decisions, now=now)
        self._defaults = {Window.DAY: day, Window.MONTH: month}
        self._load = load
        self._zone = zone
        self._purses = Purses(store)
        self.budgets = Budgets(store, decisions=decisions, zone=zone, now=now)

    @property
    def defaults(self) -> Mapping[Window, int | None]:
        """Images a person may have where no rule says anything, as the settings have it."""
        return self._defaults

    async def terms(self, asker: Asker, request: Request, *, model: str, estimate: Decimal | None) -> Terms:
        """What holds for a request that was fitted to a model (`provider/model`), before it becomes a job.

        Raises:
            TooLarge: it is larger than one request may be: count, size, steps.
            Unpriced: money is limited here, and nobody knows what it costs.
        """
        account = await self._store.account(asker.person)
        book = await self._book(asker.person, asker.place)
        check_caps(book, request)
        operation = request.operation.value
        price = book.price(model) if estimate is None else None
        estimate = price * request.count if price is not None else estimate
        limits = await self._limits(book, asker.place, account, covering=(model, operation))
        if estimate is None and (limit := next((each for each in limits if each.measure is Measure.MONEY), None)):
            raise Unpriced(
                f"Nobody knows what an image of {model} costs, and money is limited here{f' ({limit.of})' if limit.of else ''}.",
                advice=f"Choose another model: /models. Or an admin gives it a price: /budget price {model} $0.03.",
            )
        return Terms(
            account=account,
            limits=tuple(limits),
            load=book.load,
            weight=book.weight(model, operation),
            estimate=estimate,
            approval=_approval(book.approval, estimate),
        )

    async def moved(self, job: Job, *, was: Job) -> tuple[Job, tuple[Limit, ...]]:
        """A job that goes to another model, with what it will cost and count there, and the limits that it must still fit.

        Somebody's approval covers what it was about: a price that is no higher than the one of before.

        Raises:
            OverQuota: it is too large for one request there, nobody knows its price, or an admin would have to approve it.
        """
        asker = Asker(person=job.person, place=job.place, event=None)
        terms = await self.terms(asker, job.fitted, model=f"{job.provider}/{job.model}", estimate=job.estimate)
        covered = was.approved and was.estimate is not None and terms.estimate is not None and terms.estimate <= was.estimate
        if terms.approval and not covered:
            raise OverQuota(terms.approval)
        return replace(job, weight=terms.weight, estimate=terms.estimate), terms.limits

    async def running(self, person: Person, place: Place) -> int:
        """How many jobs of this person may be drawn at once."""
        return (await self._book(person, place)).load.running

    async def report(self, person: Person, place: Place) -> Report:
        """What covers this person in this place: use, limits, renewal, grants, and how many jobs may run and wait."""
        account = await self._store.account(person)
        book = await self._book(person, place)
        free = [slot for slot, amount in book.own.items() if amount is None and slot.plain and slot.measure is Measure.IMAGES]
        limits = [
            *(self._limit(book, slot, 0, pool=Pool.ACCOUNT, subject=account.key) for slot in free),
            *await self._limits(book, place, account),
        ]
        uses = [
            replace(
                use,
                amount=None if number < len(free) else use.amount,
                granted=use.amount - (book.own.get(slot_of(use)) or 0) if use.amount and not use.of and number >= len(free) else 0,
            )
            for number, use in enumerate(await self._uses(limits))
        ]
        caps = {name: most for name in ("count", "steps", "size") if (most := book.most(name)) is not None}
        now = self._now()
        grants = [(each.measure, each.amount, each.end) for pool in Pool for each in book.grants(pool) if each.start <= now < each.end]
        return Report(uses=tuple(uses), grants=tuple(grants), load=book.load, caps=caps, zone=book.zone or self._zone)

    async def pooled(self, subject: str, place: Place) -> list[Use]:
        """What everybody together used of a channel's or the workspace's limits; nothing for other subjects, which have no sum."""
        kind, _, key = subject.partition(":")
        pool = {"channel": Pool.CHANNEL, "workspace": Pool.WORKSPACE}.get(kind)
        if pool is None:
            return []
        place = replace(place, channel=key.split(":", 2)[2]) if pool is Pool.CHANNEL else place
        rules = await self._store.rules([subject_of_channel(place), subject_of_workspace(place)])
        book = Rulebook(rules, [], place, defaults={}, load=self._load)
        limits = await self._limits(book, place, Account(key="", people=()))
        return await self._uses([limit for limit in limits if limit.pool is pool])

    async def _uses(self, limits: Sequence[Limit]) -> list[Use]:
        """Limits with what was used of them."""
        used, renewals = await self._store.usage(limits), await self._store.renewals(limits)
        return [
            Use(
                window=limit.window,
                used=spent,
                amount=limit.amount,
                renews=renews,
                measure=limit.measure,
                rolling=limit.rolling,
                model=limit.model,
                operation=limit.operation,
                of=limit.of,
            )
            for limit, spent, renews in zip(limits, used, renewals, strict=True)
        ]

    async def _book(self, person: Person, place: Place) -> Rulebook:
        levels = levels_of(person, place)
        subjects = [*(subject for level in levels for subject in level), subject_of_channel(place), subject_of_workspace(place)]
        return Rulebook(await self._store.rules(subjects), levels, place, defaults=self._defaults, load=self._load)

    async def _limits(self, book: Rulebook, place: Place, account: Account, *, covering: tuple[str, str] | None = None) -> list[Limit]:
        """Every limit that a job here must pass; `covering` is its model and operation, to leave out those about others."""
        channel, workspace = f"{place.platform}:{place.workspace}:{place.channel}", f"{place.platform}:{place.workspace}"
        wanted: list[tuple[Pool, str, Mapping[Slot, int | None] | Mapping[Slot, int]]] = [
            (Pool.ACCOUNT, account.key, book.own),
            (Pool.CHANNEL, channel, book.pooled(Pool.CHANNEL)),
            (Pool.WORKSPACE, workspace, book.pooled(Pool.WORKSPACE)),
        ]
        found: list[Limit] = []
        for pool, subject, amounts in wanted:
            of = {Pool.ACCOUNT: "", Pool.CHANNEL: f"<#{place.channel}>", Pool.WORKSPACE: "this workspace"}[pool]
            limits = [
                self._limit(book, slot, amount, pool=pool, subject=subject, of=of)
                for slot, amount in amounts.items()
                if amount is not None and (covering is None or slot.covers(*covering))
            ]
            grants, zone = book.grants(pool), zone_of(book.zone or self._zone)
            found += [await self._purses.widen(limit, grants, book.forgiven(pool), zone, self._now()) for limit in limits]
        for window, amount in book.budgets.items():
            since, renews = window_of(self._now(), window, zone_of(book.zone or self._zone))
            found.append(budget_limit(place, window, amount, since, renews))
        return found

    def _limit(self, book: Rulebook, slot: Slot, amount: int, *, pool: Pool, subject: str, of: str = "") -> Limit:
        now = self._now()
        length = slot.window.length
        calendar = window_of(now, slot.window, zone_of(book.zone or self._zone))
        since, renews = (now - length, now + length) if slot.rolling else calendar
        forgiven = book.forgiven(pool)
        return Limit(
            subject=subject,
            pool=pool,
            measure=slot.measure,
            window=slot.window,
            rolling=slot.rolling,
            amount=amount,
            since=max(since, forgiven) if forgiven else since,
            renews=renews,
            model=slot.model,
            operation=slot.operation,
            of=of,
        )


def slot_of(limit: Limit | Use) -> Slot:
    """What a limit is about."""
    return Slot(measure=limit.measure, window=limit.window, rolling=limit.rolling, model=limit.model, operation=limit.operation)


def _approval(above: Decimal | None, estimate: Decimal | None) -> str:
    if above is None or (estimate is not None and estimate <= above):
        return ""
    if estimate is None:
        return f"Nobody knows what it costs, and an admin approves what costs more than ${above:.2f} here."
    return f"It would cost about ${estimate:.2f}, and an admin approves what costs more than ${above:.2f} here."
