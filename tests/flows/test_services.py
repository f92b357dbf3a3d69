"""Several services: split calls, health, failover, what was drawn before, deliveries and what a channel may use."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.app import Fakes
from bot.decisions import Decisions
from bot.errors import FaultKind, ProviderFault, Refused
from bot.jobs import policy_of
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Operation, Pending, Progress, Promise, Request, State
from bot.ports import ImageProvider
from bot.preferences import Preferences
from tests.bench.easel import png
from tests.flows.story import eventually, open_story, said

EASY = Capabilities(name="one", operations=frozenset(Operation), most=1, promise=Promise.EXACT, price=Decimal("0.04"), priced="a test")


class Service:
    """A service in this process that gives tickets, and does what a test says."""

    def __init__(self, name: str, *models: Capabilities, fault: Exception | None = None, at_once: bool = False) -> None:
        self.name = name
        self.models: Mapping[str, Capabilities] = {model.name: model for model in models or (EASY,)}
        self.fault = fault
        self.at_once = at_once
        self.orders: dict[str, Request] = {}
        self.cancelled: list[str] = []
        self.checks = 0
        self.ready = asyncio.Event()
        self.ready.set()
        self.failing: set[str] = set()
        self.wait = 0.02

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        if self.fault is not None:
            raise self.fault
        if key.rpartition("-")[2] in self.failing:
            raise Refused("That one not.")
        self.orders[key] = request
        return self._finished(request) if self.at_once else Pending(ticket=key, check_after=self.wait)

    async def check(self, ticket: str) -> Progress:
        self.checks += 1
        return self._finished(self.orders[ticket]) if self.ready.is_set() else Pending(ticket=ticket, check_after=self.wait)

    async def cancel(self, ticket: str) -> None:
        self.cancelled.append(ticket)

    async def receive(self, delivery: Delivery) -> Notice | None:
        ticket = delivery.body.decode()
        return Notice(ticket=ticket, event=f"d:{ticket}") if delivery.addressed else None

    def _finished(self, request: Request) -> Finished:
        pictures = tuple(png(64 + 8 * ((request.seed or 0) % 7 + number)) for number in range(request.count))
        return Finished(images=pictures, seed=request.seed, cost=Decimal("0.04") * request.count, vendor_id="v")


def services(*all_of_them: ImageProvider) -> Fakes:
    return Fakes(providers={each.name: each for each in all_of_them})


def body_of(card: Mapping[str, object]) -> str:
    return str(card["body"])


@pytest.mark.parametrize("at_once", [False, True], ids=["with tickets", "at once"])
async def test_more_images_than_a_call_gives_are_asked_for_in_several_calls(tmp_path: Path, *, at_once: bool) -> None:
    service = Service("acme", at_once=at_once)
    async with open_story(tmp_path, fakes=services(service)) as story:
        job = await story.drawn("imagine a fox --count 4 --seed 10")
        assert sorted(order.seed or 0 for order in service.orders.values()) == [10, 11, 12, 13]
        assert all(order.count == 1 for order in service.orders.values())
        assert [image.seed for image in job.images] == [10, 11, 12, 13]
        assert job.cost == Decimal("0.16")
        assert "$0.16" in str((await story.results(job.id))[0].content)


async def test_a_crash_between_two_calls_asks_only_for_what_nobody_answered(tmp_path: Path) -> None:
    service = Service("acme")
    async with open_story(tmp_path, fakes=services(service), working=False) as story:
        answer = await story.say("imagine a fox --count 3 --seed 10")
        job = await story.app.store.find(answer.job)
        job, _ = await story.app.drawer.step(job)
        assert job.state is State.SUBMITTED
        ticket = job.ticket
        assert ticket is not None
        # As if the process had died when two of three calls were written down.
        torn = ticket.replace(f', "ticket": "{job.id}-1-3"', "")
        assert torn != ticket
        await story.app.store.save(replace(job, ticket=torn), was=job)
    job = replace(job, ticket=torn)
    async with open_story(tmp_path, fakes=services(service), working=False) as story:
        found = await story.app.store.find(job.id)
        submitting = replace(found, state=State.QUEUED)
        queued = await story.app.store.save(submitting, was=found)
        begun = await story.app.store.begin(queued, running=3, now=queued.created)
        assert begun is not None
        service.orders.clear()
        moved, _ = await story.app.drawer.step(begun)
        assert list(service.orders) == [f"{job.id}-{begun.attempts}-3"]
        assert moved.state is State.SUBMITTED


async def test_a_part_that_is_refused_leaves_the_others_and_says_so(tmp_path: Path) -> None:
    service = Service("acme", at_once=True)
    service.failing = {"2"}
    async with open_story(tmp_path, fakes=services(service)) as story:
        job = await story.drawn("imagine a fox --count 3")
        assert len(job.images) == 2
        assert "1 image missing, because the service refused it" in body_of(await story.card(job.id))
        assert "2 of 50 images used" in said(await story.say("quota"))


async def test_all_parts_refused_is_a_refusal(tmp_path: Path) -> None:
    async with open_story(tmp_path, fakes=services(Service("acme", fault=Refused("No.")))) as story:
        answer = await story.say("imagine a fox --count 3")
        job = await story.until(answer.job)
        assert job.state is State.BLOCKED


async def test_cancelling_a_split_job_stops_every_call(tmp_path: Path) -> None:
    service = Service("acme")
    service.ready.clear()
    async with open_story(tmp_path, fakes=services(service)) as story:
        answer = await story.say("imagine a fox --count 3")
        await story.until(answer.job, State.SUBMITTED)
        await story.say(f"cancel {answer.job}")
        await story.until(answer.job, State.CANCELLED)

        async def stopped() -> bool:
            return len(service.cancelled) == 3

        assert await eventually(stopped)


async def test_a_broken_service_is_left_alone_and_probed_once(tmp_path: Path) -> None:
    broken = Service("broken", replace(EASY, price=Decimal("0.01")), fault=ProviderFault("down", kind=FaultKind.UNAVAILABLE))
    spare = Service("spare")
    async with open_story(tmp_path, fakes=services(broken, spare), BOT_WAITING="40") as story:
        for _ in range(4):
            job = await story.drawn("imagine a fox")
            assert job.provider == "spare"
            assert job.tried == ("broken/one",)
        job = await story.drawn("imagine a fox")
        assert job.tried == (), "it was not even asked"
        assert "failing" in said(await story.say("models"))


async def test_a_refusal_is_never_taken_elsewhere(tmp_path: Path) -> None:
    spare = Service("spare")
    async with open_story(tmp_path, fakes=services(Service("acme", fault=Refused("No.")), spare)) as story:
        answer = await story.say("imagine a fox")
        assert (await story.until(answer.job)).state is State.BLOCKED
        assert not spare.orders


async def test_what_was_drawn_before_comes_from_the_files_and_is_free(tmp_path: Path) -> None:
    service = Service("acme")
    async with open_story(tmp_path, fakes=services(service)) as story:
        first = await story.drawn("imagine a fox --seed 42")
        again = await story.drawn("imagine a fox --seed 42", who="ada")
        assert len(service.orders) == 1
        assert again.reuse == first.id
        assert [image.digest for image in again.images] == [image.digest for image in first.images]
        assert again.images[0].key != first.images[0].key, "files of its own: either can be deleted"
        assert again.cost == 0
        assert "drawn before" in body_of(await story.card(again.id))
        assert "0 of 50 images used" in said(await story.say("quota", who="ada"))
        await story.drawn("imagine a fox --seed 42 --fresh")
        await story.drawn("imagine a fox --seed 43")
        assert len(service.orders) == 3
        await story.say(f"delete {first.id}")
        third = await story.drawn("imagine a fox --seed 42")
        assert third.reuse in {"", again.id} or third.reuse != first.id


async def test_a_model_that_repeats_nothing_is_asked_again(tmp_path: Path) -> None:
    service = Service("acme", replace(EASY, promise=Promise.NOT_REPEATABLE, seedless=True))
    async with open_story(tmp_path, fakes=services(service)) as story:
        await story.drawn("imagine a fox --seed 42")
        job = await story.drawn("imagine a fox --seed 42")
        assert len(service.orders) == 2
        assert any("no effect" in change for change in job.changes), "said on the card, not dropped"


async def test_a_delivery_ends_the_wait_and_a_repeated_one_does_nothing(tmp_path: Path) -> None:
    service = Service("acme")
    service.ready.clear()
    service.wait = 25.0
    async with open_story(tmp_path, fakes=services(service), BOT_PUBLIC_URL="https://limner.example") as story:
        answer = await story.say("imagine a fox")
        await story.until(answer.job, State.SUBMITTED)
        service.ready.set()
        delivery = Delivery(body=next(iter(service.orders)).encode(), addressed=True)

        async def taken() -> bool:
            return await story.app.store.job_of_ticket("acme", delivery.body.decode()) is not None

        await eventually(taken)
        assert await story.app.worker.receive("acme", delivery)
        await story.until(answer.job, State.DELIVERED)
        checks = service.checks
        assert await story.app.worker.receive("acme", delivery)
        assert service.checks == checks
        assert not await story.app.worker.receive("acme", replace(delivery, addressed=False))
        assert not await story.app.worker.receive("nobody", delivery)


async def test_a_channel_has_its_default_and_its_allowlist(tmp_path: Path) -> None:
    cheap, dear = Service("cheap", replace(EASY, price=Decimal("0.01"))), Service("dear")
    async with open_story(tmp_path, fakes=services(cheap, dear)) as story:
        assert (await story.drawn("imagine a fox")).provider == "cheap"
        await story.say("settings --model dear", who="ada")
        assert (await story.drawn("imagine a fox")).provider == "dear"
        await story.say("settings --model usual --models dear", who="ada")
        assert (await story.drawn("imagine a fox")).provider == "dear"
        refused = said(await story.say("imagine a fox --model cheap"))
        assert "may not be used here" in refused
        assert "dear" in refused
        assert "cheap" not in said(await story.say("models")).replace("cheapest", "")
        assert (await story.drawn("imagine a fox", channel="design")).provider == "cheap"
        unknown = said(await story.say("settings --model nonesuch", who="ada"))
        assert "no model called" in unknown


async def test_a_fault_never_leads_to_a_model_that_the_channel_may_not_use(tmp_path: Path) -> None:
    broken = Service("broken", fault=ProviderFault("down", kind=FaultKind.UNAVAILABLE, accepted=False))
    broken.fault = ProviderFault("no credit", kind=FaultKind.CREDIT, accepted=False)
    spare = Service("spare")
    async with open_story(tmp_path, fakes=services(broken, spare)) as story:
        await story.say("settings --models broken", who="ada")
        answer = await story.say("imagine a fox")
        assert (await story.until(answer.job)).state is State.FAILED
        assert not spare.orders


async def test_a_trial_is_the_same_for_a_person_every_time(tmp_path: Path) -> None:
    old, new = Service("old"), Service("new", replace(EASY, price=Decimal("0.01")))
    async with open_story(tmp_path, fakes=services(old, new)) as story:
        catalog = story.app.catalog
        await story.say('settings workspace --canary "new 30%"', who="ada")
        preference = await Preferences(story.app.store, Decisions(story.app.store, now=story.app.jobs.now)).of(story.place())
        assert preference.canary == ("new", 0.3)

        def chosen(person: str) -> str:
            return catalog.choose(Request(prompt="x"), policy=policy_of(preference), person=person).offer.provider

        found = [chosen(f"person {number}") for number in range(400)]
        assert found == [chosen(f"person {number}") for number in range(400)]
        assert 80 < found.count("new") < 160
        assert "share of people" in said(await story.say("settings --canary new", who="ada"))


async def test_an_estimate_stands_on_the_card_while_it_waits(tmp_path: Path) -> None:
    service = Service("acme")
    service.ready.clear()
    async with open_story(tmp_path, fakes=services(service)) as story:
        answer = await story.say("imagine a fox --count 2")
        await story.until(answer.job, State.SUBMITTED)

        async def priced() -> bool:
            posts = await story.app.store.posts(answer.job)
            return "card" in posts and "about $0.08" in str(await story.card(answer.job))

        assert await eventually(priced)
        service.ready.set()
        await story.until(answer.job, State.DELIVERED)


class Stubborn(Service):
    """A service that answers in the call itself, and never does."""

    def __init__(self) -> None:
        super().__init__("acme")
        self.given_up = asyncio.Event()

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up.set()
            raise
        raise AssertionError


@pytest.mark.slow
async def test_a_long_call_whose_job_was_cancelled_is_given_up(tmp_path: Path) -> None:
    service = Stubborn()
    async with open_story(tmp_path, fakes=services(service)) as story:
        answer = await story.say("imagine a fox")
        await story.until(answer.job, State.SUBMITTING)
        await story.say(f"cancel {answer.job}")
        await story.until(answer.job, State.CANCELLED)
        async with asyncio.timeout(15):
            await service.given_up.wait()
        assert "Cancelled" in body_of(await story.card(answer.job))
