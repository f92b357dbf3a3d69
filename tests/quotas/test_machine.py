"""Limits against a naive model: whatever happens, in whatever order, the journal says what plain sums over a list of jobs say.

Rules are made and undone as admins do it, and a job's limits come from them as they do in the bot; clocks go over the borders of hours,
days, weeks and months and over changes to summer time and back, and sometimes backwards.
"""

import itertools
from asyncio import Runner
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.decisions import Decisions
from bot.errors import Expired, OverQuota
from bot.model import (
    Asker,
    Image,
    Job,
    Limit,
    Measure,
    Operation,
    Person,
    Place,
    Pool,
    Request,
    RuleKind,
    State,
    Window,
)
from bot.quotas import Quotas
from storage.journal import Journal, open_journal
from tests.contracts.stores import FREE, an_entry
from tests.quotas.naive import Ledger, Naive, Spec, begins
from tests.storage.ledger import differences

T = TypeVar("T")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")
STARTS = (
    # Before clocks change, in Berlin and in New York, and before a month, a week and a day end at once.
    datetime(2026, 3, 28, 22, 50, tzinfo=UTC),
    datetime(2026, 10, 24, 22, 50, tzinfo=UTC),
    datetime(2026, 3, 8, 4, 40, tzinfo=UTC),
    datetime(2026, 11, 1, 3, 40, 7, 1, tzinfo=UTC),
    datetime(2026, 5, 31, 21, 59, 59, 999_999, tzinfo=UTC),
)
OWN = (
    Spec(Pool.ACCOUNT, Measure.IMAGES, Window.DAY),
    Spec(Pool.ACCOUNT, Measure.IMAGES, Window.HOUR, rolling=True),
    Spec(Pool.ACCOUNT, Measure.MONEY, Window.WEEK),
    Spec(Pool.ACCOUNT, Measure.IMAGES, Window.DAY, model="paint/flux"),
    Spec(Pool.ACCOUNT, Measure.IMAGES, Window.MONTH, operation="upscale"),
)
POOLED = (
    Spec(Pool.CHANNEL, Measure.IMAGES, Window.DAY),
    Spec(Pool.CHANNEL, Measure.MONEY, Window.HOUR),
    Spec(Pool.CHANNEL, Measure.IMAGES, Window.DAY, rolling=True),
    Spec(Pool.WORKSPACE, Measure.IMAGES, Window.WEEK),
    Spec(Pool.WORKSPACE, Measure.MONEY, Window.MONTH, rolling=True),
    Spec(Pool.WORKSPACE, Measure.IMAGES, Window.MONTH, model="paint/pastel"),
    Spec(Pool.WORKSPACE, Measure.MONEY, Window.DAY, team=True),
    Spec(Pool.WORKSPACE, Measure.MONEY, Window.MONTH, team=True),
)
SPECS = (*OWN, *POOLED)
PEOPLE, CHANNELS = ("ann", "bob", "cat"), ("general", "brand")
EVENTS = {
    "begin": 4,
    "submit": 2,
    "generate": 2,
    "deliver": 3,
    "hold": 4,
    "approve": 3,
    "fail": 1,
    "block": 1,
    "cancel": 1,
    "expire": 1,
    "crash": 1,
}


@dataclass
class World:
    """What all examples share: a journal, and a clock that each of them sets."""

    journal: Journal
    runner: Runner
    numbers: Iterator[int]
    now: datetime = STARTS[0]

    def run(self, call: Awaitable[T]) -> T:
        async def wait() -> T:
            return await call

        return self.runner.run(wait())


def an_image(index: int) -> Image:
    return Image(index=index, key="o", shown="s", thumbnail="t", digest="0", media_type="image/png", width=8, height=8, bytes=9)


class Limits(RuleBasedStateMachine):
    """One workspace, three people in two channels, and their admin."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.ledger = world, Ledger()
        self.workspace = f"w{next(world.numbers)}"
        self.decisions = Decisions(world.journal, now=lambda: world.now)
        self.zone = "UTC"
        self.quotas = self._quotas()
        self.said: dict[tuple[RuleKind, str, str], str] = {}
        self.entries: list[tuple[int, tuple[RuleKind, str, str], str, str]] = []
        self.ledger.accounts = {self.person(name).key: self.person(name).key for name in PEOPLE}

    def _quotas(self) -> Quotas:
        return Quotas(
            self.world.journal, decisions=self.decisions, day=None, month=None, load=FREE, zone=self.zone, now=lambda: self.world.now
        )

    def person(self, name: str) -> Person:
        return Person(platform="p", workspace=self.workspace, id=name, name=name)

    def place(self, channel: str) -> Place:
        return Place(platform="p", workspace=self.workspace, channel=channel)

    def asker(self, name: str = "ann", channel: str = "general") -> Asker:
        return Asker(person=self.person(name), place=self.place(channel), event=None)

    def subject(self, pool: Pool, channel: str) -> str:
        """Whom a rule of a pool is about."""
        words = {Pool.ACCOUNT: "everybody:p:{0}", Pool.CHANNEL: "channel:p:{0}:{1}", Pool.WORKSPACE: "workspace:p:{0}"}
        return words[pool].format(self.workspace, channel)

    def key(self, spec: Spec, channel: str) -> tuple[RuleKind, str, str]:
        return RuleKind.BUDGET if spec.team else RuleKind.QUOTA, self.subject(spec.pool, channel), spec.slot

    def since(self, spec: Spec, channel: str) -> datetime:
        forgiven = self.said.get((RuleKind.RESET, self.subject(spec.pool, channel), ""))
        return spec.begins(self.world.now, self.zone, datetime.fromisoformat(forgiven) if forgiven else None)

    def standing(self, channel: str) -> list[tuple[Spec, int]]:
        """The limits that hold in a channel, with their amounts in images and micro-dollars."""
        said = ((spec, self.said.get(self.key(spec, channel))) for spec in SPECS)
        return [(spec, int(Decimal(value[1:]) * 10**6) if value[0] == "$" else int(value)) for spec, value in said if value]

    # What people do.

    @rule(zone=st.sampled_from(ZONES), start=st.sampled_from(STARTS))
    @precondition(lambda self: not self.ledger.jobs and not self.entries)
    def begin_the_day(self, zone: str, start: datetime) -> None:
        self.zone, self.world.now = zone, start
        self.quotas = self._quotas()

    @rule(
        name=st.sampled_from(PEOPLE),
        channel=st.sampled_from(CHANNELS),
        model=st.sampled_from(("flux", "pastel")),
        operation=st.sampled_from((Operation.DRAW, Operation.UPSCALE)),
        count=st.integers(1, 3),
        cents=st.sampled_from((0, 1, 4)),
        held=st.sampled_from((False, False, False, True)),
        times=st.integers(1, 3),
    )
    def ask(self, times: int, **how: Any) -> None:
        for _ in range(times):
            self.ask_once(**how)

    def ask_once(self, *, name: str, channel: str, model: str, operation: Operation, count: int, cents: int, held: bool) -> None:
        request = Request(operation=operation, prompt="a fox", count=count)
        asker, estimate = self.asker(name, channel), Decimal(cents * count) / 100
        terms = self.world.run(self.quotas.terms(asker, request, model=f"paint/{model}", estimate=estimate))
        now = self.world.now
        job = Job(
            id=f"{self.workspace}n{len(self.ledger.jobs)}",
            person=asker.person,
            account=terms.account.key,
            place=asker.place,
            request=request,
            fitted=request,
            state=State.HELD if held else State.QUEUED,
            provider="paint",
            model=model,
            estimate=estimate,
            weight=terms.weight,
            created=now,
            changed=now,
            deadline=now,
        )
        weight = int(self.said.get((RuleKind.WEIGHT, self.subject(Pool.WORKSPACE, ""), f"operation={operation.value}")) or 1)
        naive = Naive(job=job, counted=now, paid=now, whole=count * weight, estimate=cents * count * 10_000)
        assert terms.account.key == self.ledger.accounts[job.person.key]
        if not held:
            naive.reserve()
        self.take(naive, self.world.journal.enqueue(job, limits=terms.limits, load=FREE, event=None))

    def take(self, naive: Naive, call: Awaitable[Job]) -> bool:
        """Make a call that asks for quota, and hear the same answer from the journal as from the naive model."""
        job, now = naive.job, self.world.now
        account, channel = self.ledger.accounts[job.person.key], job.place.channel
        others = Ledger({key: each for key, each in self.ledger.jobs.items() if key != job.id}, self.ledger.accounts)
        asked = [(spec, amount, self.since(spec, channel)) for spec, amount in self.standing(channel)]
        asked = [each for each in asked if each[0].model in {"", naive.model} and each[0].operation in {"", job.request.operation.value}]
        # Nobody counts before the window in which they asked: a clock that went back is behind what was forgiven.
        naive.counted = max([now, *(since for *_, since in asked)])
        naive.paid = naive.paid if job.images else naive.counted
        before = self.ledger.jobs.get(job.id)
        over = [
            spec
            for spec, amount, since in asked
            if naive.takes(spec) > (before.takes(spec) if before else 0)
            and others.used(spec, since, account=account, channel=channel) + naive.takes(spec) > amount
        ]
        try:
            naive.job = self.world.run(call)
        except OverQuota:
            assert over
            return False
        assert not over
        self.ledger.jobs[job.id] = naive
        return True

    def pick(self, data: st.DataObject, *states: State, with_images: bool | None = None) -> Naive | None:
        found = self.ledger.of(*states, with_images=with_images)
        return data.draw(st.sampled_from(found), label="job") if found else None

    def save(self, naive: Naive, state: State, **changes: Any) -> None:
        moved = replace(naive.job, state=state, changed=self.world.now, **changes)
        naive.job = self.world.run(self.world.journal.save(moved, was=naive.job))

    # What becomes of jobs.

    @rule(
        data=st.data(),
        what=st.lists(st.sampled_from([name for name, times in EVENTS.items() for _ in range(times)]), min_size=4, max_size=12),
    )
    @precondition(lambda self: self.ledger.jobs)
    def go_on(self, data: st.DataObject, what: list[str]) -> None:
        for each in what:
            getattr(self, f"_{each}")(data)

    def _begin(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.QUEUED):
            begun = self.world.run(self.world.journal.begin(replace(naive.job, due=None), running=1000, now=self.world.now))
            assert begun is not None
            naive.job = begun

    def _submit(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.SUBMITTING):
            self.save(naive, State.SUBMITTED, ticket="t")

    def _crash(self, data: st.DataObject) -> None:
        """Asked once more, or put back because it was certainly not taken."""
        if naive := self.pick(data, State.SUBMITTING):
            if data.draw(st.booleans(), label="asked twice"):
                naive.doubles += naive.estimate
                naive.spent += naive.estimate
                self.save(naive, State.SUBMITTING, resubmitted=naive.job.resubmitted + 1)
            else:
                self.save(naive, State.QUEUED, due=self.world.now)

    def _draw(self, data: st.DataObject, naive: Naive, state: State) -> None:
        cost = data.draw(st.sampled_from((None, 0, 10_000, 90_000)), label="cost")
        given = data.draw(st.integers(1, 4), label="images")
        naive.cost = cost
        naive.reserve()
        images = tuple(map(an_image, range(1, given + 1)))
        self.save(naive, state, images=images, cost=None if cost is None else Decimal(cost) / 10**6)

    def _generate(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.SUBMITTING, State.SUBMITTED):
            self._draw(data, naive, State.GENERATED)

    def _hold(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.SUBMITTING, State.SUBMITTED):
            self._draw(data, naive, State.HELD)
            naive.give_back(paid=True)

    def _deliver(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.GENERATED):
            self.save(naive, State.DELIVERED)
            count = naive.job.fitted.count
            naive.images = naive.whole // count * min(count, len(naive.job.images))

    def _fail(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.QUEUED, State.SUBMITTING, State.SUBMITTED, State.GENERATED):
            naive.give_back(paid=bool(naive.job.images))
            self.save(naive, State.FAILED)

    def _block(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.HELD, State.QUEUED, State.SUBMITTING, State.GENERATED):
            naive.give_back(paid=bool(naive.job.images))
            self.save(naive, State.BLOCKED)

    def _cancel(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.HELD, State.QUEUED, State.SUBMITTING, State.SUBMITTED, State.CANCELLING):
            waits = naive.job.state in {State.HELD, State.QUEUED}
            naive.give_back(paid=not waits or bool(naive.job.images))
            self.save(naive, State.CANCELLED if waits or naive.job.state is State.CANCELLING else State.CANCELLING)

    def _expire(self, data: st.DataObject) -> None:
        if naive := self.pick(data, State.HELD, State.QUEUED, State.SUBMITTED):
            naive.give_back(paid=naive.job.state is State.SUBMITTED or bool(naive.job.images))
            self.save(naive, State.EXPIRED)

    def _approve(self, data: st.DataObject) -> None:
        naive = self.pick(data, State.HELD)
        if naive is None:
            return
        job, asker = naive.job, self.asker(naive.job.person.id, naive.job.place.channel)
        terms = self.world.run(self.quotas.terms(asker, job.fitted, model=naive.model, estimate=job.estimate))
        gone = replace(job, state=State.GENERATED if job.images else State.QUEUED, changed=self.world.now)
        would = replace(naive)
        would.reserve()
        self.take(would, self.world.journal.let_go(gone, was=job, limits=terms.limits))

    # What admins do.

    def decide(self, key: tuple[RuleKind, str, str], value: str) -> None:
        kind, subject, slot = key
        made = self.decisions.rule(self.asker(), kind, subject, value, slot=slot)
        entry = self.world.run(self.decisions.decide(self.asker(), [made], act="quota.set"))
        self.entries.append((entry.number, key, self.said.get(key, ""), value))
        self.said[key] = value

    @rule(
        spec=st.sampled_from(SPECS),
        channel=st.sampled_from(CHANNELS),
        amount=st.sampled_from((0, 1, 3, 5, 8, None)),
        instead=st.sampled_from(("", "", "", "reset", "weigh")),
    )
    def decide_something(self, spec: Spec, channel: str, amount: int | None, instead: str) -> None:
        if instead == "reset":
            return self.decide((RuleKind.RESET, self.subject(spec.pool, channel), ""), self.world.now.isoformat())
        if instead == "weigh":
            weights = (RuleKind.WEIGHT, self.subject(Pool.WORKSPACE, ""), "operation=upscale")
            return self.decide(weights, "" if amount is None else str(amount))
        money = spec.measure is Measure.MONEY
        said = "" if amount is None else f"${Decimal(amount * 3) / 100:.2f}" if money else str(amount)
        return self.decide(self.key(spec, channel), said)

    @rule(data=st.data())
    @precondition(lambda self: self.entries)
    def undo(self, data: st.DataObject) -> None:
        number, key, before, after = data.draw(st.sampled_from(self.entries), label="entry")
        try:
            entry = self.world.run(self.decisions.undo(self.asker(), number))
        except Expired:
            assert self.said.get(key, "") != after
            return
        assert self.said.get(key, "") == after
        self.said[key] = before
        self.entries.append((entry.number, key, after, before))

    @rule(pair=st.permutations(PEOPLE), part=st.booleans())
    def link_or_part(self, pair: list[str], *, part: bool) -> None:
        if part:
            return self.part(pair[0])
        one, other, _ = map(self.person, pair)
        account = self.world.run(self.world.journal.link(one, other, entry=an_entry("link")))
        joined = {self.ledger.accounts[one.key], self.ledger.accounts[other.key]}
        assert account.key in joined
        self.ledger.accounts = {key: account.key if of in joined else of for key, of in self.ledger.accounts.items()}
        return None

    def part(self, name: str) -> None:
        person, accounts = self.person(name), self.ledger.accounts
        parted = self.world.run(self.world.journal.unlink(person, entry=an_entry("unlink")))
        others = [key for key, of in accounts.items() if of == accounts[person.key] and key != person.key]
        assert parted == bool(others)
        rest = self.world.run(self.world.journal.account(self.person(others[0].rpartition(":")[2]))).key if others else ""
        assert not others or rest in others
        self.ledger.accounts = {key: rest if key in others else key if key == person.key else of for key, of in accounts.items()}

    # What time does.

    @rule(
        window=st.sampled_from(Window),
        late=st.sampled_from((-1, 0, 1)),
        minutes=st.sampled_from((0, 0, 0, 1, 13, 60, 60 * 7, 60 * 24, 60 * 24 * 7, 60 * 24 * 30, -30)),
        odd=st.booleans(),
    )
    def wait(self, *, window: Window, late: int, minutes: int, odd: bool) -> None:
        """So many minutes; or until the window's end, a microsecond before it or behind it."""
        if minutes:
            self.world.now += timedelta(minutes=minutes, seconds=17 if odd else 0, microseconds=3 if odd else 0)
            return
        border = begins(self.world.now, window, self.zone)
        while border <= self.world.now:
            border = begins(border + timedelta(hours=23 if window is not Window.HOUR else 1, minutes=59), Window.HOUR, self.zone)
        self.world.now = max(self.world.now, begins(border, window, self.zone) + timedelta(microseconds=late))

    # What must hold.

    @invariant()
    def the_journal_says_what_plain_sums_say(self) -> None:
        asked: list[Limit] = []
        plain: list[int] = []
        for spec, account, channel in self._views():
            since = self.since(spec, channel)
            asked.append(self._limit(spec, since, account, channel))
            plain.append(self.ledger.used(spec, since, account=account, channel=channel))
        assert self.world.run(self.world.journal.usage(asked)) == plain

    @rule()
    @precondition(lambda self: self.ledger.jobs)
    def ask_when_rolling_windows_have_room_again(self) -> None:
        views = [(spec, account, channel) for spec, account, channel in self._views() if spec.rolling]
        limits = [self._limit(spec, self.since(spec, channel), account, channel) for spec, account, channel in views]
        for (spec, account, channel), limit, renews in zip(views, limits, self.world.run(self.world.journal.renewals(limits)), strict=True):
            used, before, after = (
                self.ledger.used(spec, since, account=account, channel=channel)
                for since in (limit.since, renews - limit.window.length - timedelta(microseconds=1), renews - limit.window.length)
            )
            assert (renews == limit.renews and not used) or (used == before and after < used)

    def _views(self) -> list[tuple[Spec, str, str]]:
        own = itertools.product(OWN, sorted(set(self.ledger.accounts.values())), CHANNELS[:1])
        return [*own, *itertools.product(POOLED, ["nobody"], CHANNELS)]

    def _limit(self, spec: Spec, since: datetime, account: str, channel: str) -> Limit:
        subject = {Pool.ACCOUNT: account, Pool.CHANNEL: f"p:{self.workspace}:{channel}", Pool.WORKSPACE: f"p:{self.workspace}"}[spec.pool]
        return Limit(
            subject=subject,
            pool=spec.pool,
            measure=spec.measure,
            team=spec.team,
            window=spec.window,
            rolling=spec.rolling,
            amount=0,
            since=since,
            renews=datetime.max.replace(tzinfo=UTC),
            model=spec.model,
            operation=spec.operation,
        )


def _play(url: str, *, examples: int, steps: int) -> None:
    with Runner() as runner:
        stack = AsyncExitStack()
        world: World | None = None

        def now() -> datetime:
            return world.now if world else STARTS[0]

        try:
            journal = runner.run(stack.enter_async_context(open_journal(url, migrate=True, now=now)))
            world = shared = World(journal, runner, itertools.count())

            class Here(Limits):
                def __init__(self) -> None:
                    super().__init__(shared)

            slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
            # What fails is told as it was found: to make it short takes longer than a test may.
            how = settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=slow,
                database=None,
                phases=[Phase.generate],
            )
            run_state_machine_as_test(Here, settings=how)
            found = runner.run(journal._database.write(differences))  # pyright: ignore[reportPrivateUsage] - sums are seen from inside only
            assert found == []
        finally:
            runner.run(stack.aclose())


def test_whatever_happens_in_memory_the_journal_says_what_plain_sums_say() -> None:
    _play("sqlite:///:memory:", examples=45, steps=50)


def test_whatever_happens_on_postgresql_the_journal_says_what_plain_sums_say(postgres_url: str) -> None:
    _play(postgres_url, examples=4, steps=40)
