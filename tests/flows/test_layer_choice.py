"""The provider layer, choosing: models that are left alone, moved on from, on trial, gone or not able."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FaultKind, NotAllowed, NothingFits, ProviderFault, Refused
from bot.model import Capabilities, Finished, Operation, Promise, Request, State
from bot.routing import Catalog, Policy
from tests.flows.story import open_story, said
from tests.flows.test_layer_cancels import Clock
from tests.flows.test_services import EASY, Service, body_of, services

CHEAP = replace(EASY, price=Decimal("0.01"))
DRAWER = Capabilities(name="drawer", price=Decimal("0.01"))


def away() -> ProviderFault:
    return ProviderFault("down", kind=FaultKind.UNAVAILABLE, accepted=False)


async def test_what_waits_for_a_model_that_is_left_alone_moves_on_at_once(tmp_path: Path) -> None:
    broken, spare = Service("broken", CHEAP, fault=away()), Service("spare")
    async with open_story(tmp_path, fakes=services(broken, spare), working=False) as story:
        jobs = [await story.app.store.find((await story.say("imagine a fox")).job) for _ in range(6)]
        assert {job.provider for job in jobs} == {"broken"}
        stepped = [(await story.app.drawer.step(job))[0] for job in jobs]
        assert [job.state for job in stepped[:3]] == [State.QUEUED] * 3
        after = [await story.app.store.find(job.id) for job in jobs]
        assert [job.provider for job in after] == ["broken"] * 3 + ["spare"] * 3
        assert after[4].tried == ("broken/one",)
        await story.app.teller.tell(after[4].id)
        assert "broken/one could not draw it, so spare/one will" in body_of(await story.card(after[4].id))


async def test_a_named_model_that_is_left_alone_says_when_it_is_asked_again_and_what_else_there_is(tmp_path: Path) -> None:
    clock = Clock()
    broken, spare = Service("broken", CHEAP, fault=away()), Service("spare")
    fakes = replace(services(broken, spare), now=clock)
    async with open_story(tmp_path, fakes=fakes, working=False, BOT_RUNNING="20", BOT_WAITING="20") as story:
        for _ in range(4):
            await story.app.drawer.step(await story.app.store.find((await story.say("imagine a fox --model broken")).job))
        job = await story.app.store.find((await story.say("imagine a fox --model broken")).job)
        job, _ = await story.app.drawer.step(job)
        await story.app.teller.tell(job.id)
        assert "trying again in 30 s" in body_of(await story.card(job.id))
        while job.state is State.QUEUED:
            clock.ahead += timedelta(minutes=10)
            await story.app.drawer.step(job)
            job = await story.app.store.find(job.id)
        assert job.state is State.FAILED
        assert job.provider == "broken", "who named a model is given no other"
        await story.app.teller.tell(job.id)
        told = body_of(await story.card(job.id))
        assert "asked again in 30 s" in told
        assert "another model" in told


async def test_what_another_model_drew_is_not_given_for_the_first_one_later(tmp_path: Path) -> None:
    broken = Service("broken", CHEAP, fault=ProviderFault("down", kind=FaultKind.UNAVAILABLE))
    spare = Service("spare", replace(EASY, price=Decimal("0.08")))
    async with open_story(tmp_path, fakes=services(broken, spare)) as story:
        job = await story.drawn("imagine a fox --seed 42")
        assert (job.provider, job.estimate) == ("spare", Decimal("0.08")), "the estimate is that of who draws"
        broken.fault = None
        again = await story.drawn("imagine a fox --seed 42")
        assert (again.provider, again.reuse) == ("broken", "")


async def test_a_seed_that_means_nothing_to_the_next_model_is_not_promised(tmp_path: Path) -> None:
    broken = Service("broken", CHEAP, fault=ProviderFault("down", kind=FaultKind.UNAVAILABLE))

    class Seedless(Service):
        def _finished(self, request: Request) -> Finished:
            return replace(super()._finished(request), seed=None)

    spare = Seedless("spare", replace(EASY, promise=Promise.NOT_REPEATABLE, seedless=True))
    async with open_story(tmp_path, fakes=services(broken, spare)) as story:
        job = await story.drawn("imagine a fox --seed 42")
        assert [image.seed for image in job.images] == [None]
        assert spare.orders[f"{job.id}-1"].seed is None
        assert any("no effect" in change for change in job.changes)


def catalog(*all_of_them: Service) -> Catalog:
    return Catalog({each.name: each for each in all_of_them})


def chosen(of: Catalog, policy: Policy, *, operation: Operation = Operation.DRAW, person: str = "", tried: tuple[str, ...] = ()) -> str:
    return of.choose(Request(prompt="x", operation=operation), policy=policy, person=person, tried=tried).offer.name


def test_a_default_that_is_gone_or_cannot_is_passed_over() -> None:
    of = catalog(Service("dear"), Service("cheap", DRAWER))
    assert chosen(of, Policy(default="dear")) == "dear/one"
    assert chosen(of, Policy(default="gone/long-ago")) == "cheap/drawer"
    assert chosen(of, Policy(default="cheap"), operation=Operation.UPSCALE) == "dear/one"


def test_an_allowlist_of_models_that_are_gone_allows_nothing_and_says_what_to_do() -> None:
    of = catalog(Service("dear"))
    policy = Policy(allowed=("gone/long-ago",))
    with pytest.raises(NothingFits) as nothing:
        chosen(of, policy)
    assert "admin" in nothing.value.advice
    with pytest.raises(NotAllowed) as refused:
        of.choose(Request(prompt="x", model="dear"), policy=policy)
    assert "gone/long-ago" in refused.value.advice


def test_a_default_outside_the_allowlist_is_not_taken() -> None:
    of = catalog(Service("dear"), Service("cheap", DRAWER))
    assert chosen(of, Policy(default="cheap", allowed=("dear",))) == "dear/one"


def test_after_a_fault_the_order_of_preference_decides_and_never_leaves_the_allowlist() -> None:
    of = catalog(Service("first", replace(EASY, price=Decimal(9))), Service("second"), Service("third", CHEAP))
    assert chosen(of, Policy()) == "third/one"
    assert chosen(of, Policy(), tried=("third/one",)) == "first/one"
    assert chosen(of, Policy(allowed=("second", "third")), tried=("third/one",)) == "second/one"
    with pytest.raises(NothingFits):
        chosen(of, Policy(allowed=("third",)), tried=("third/one",))


def test_a_model_on_trial_is_for_nobody_else_unless_nothing_else_is_left() -> None:
    of = catalog(Service("old"), Service("new", CHEAP))
    policy = Policy(canary=("new", 0.0001))
    assert {chosen(of, policy, person=str(number)) for number in range(50)} == {"old/one"}
    assert chosen(of, policy, person="1", tried=("old/one",)) == "new/one"
    gone = Policy(canary=("gone", 1.0))
    assert chosen(of, gone, person="1") == "new/one", "a trial of what is gone changes nothing"
    assert chosen(catalog(Service("old"), Service("new", DRAWER)), Policy(canary=("new", 1.0)), operation=Operation.VARY) == "old/one"


@given(share=st.floats(0.05, 0.95), word=st.text("abcdef", min_size=1, max_size=8))
def test_a_trial_has_its_share_of_people_and_grows_without_changing_who_is_in(share: float, word: str) -> None:
    of = catalog(Service("old"), Service("new", CHEAP))
    people = [f"{word}{number}" for number in range(300)]
    inside = {person for person in people if chosen(of, Policy(canary=("new", share)), person=person) == "new/one"}
    assert abs(len(inside) / 300 - share) < 0.15
    more = {person for person in people if chosen(of, Policy(canary=("new", min(1.0, share + 0.05))), person=person) == "new/one"}
    assert inside <= more


async def test_what_no_model_can_do_is_refused_before_anything_is_ordered_and_names_those_that_could(tmp_path: Path) -> None:
    able, drawer = Service("able"), Service("drawer", DRAWER)
    async with open_story(tmp_path, fakes=services(able, drawer)) as story:
        job = await story.drawn("imagine a fox --model drawer")
        await story.say("settings --models drawer", who="ada")
        told = said(await story.say(f"upscale {job.id} 1"))
        assert "does not count" in told
        assert not able.orders
        assert "0 of 50" not in said(await story.say("quota")), "only the first was counted"
        await story.say("settings --models usual", who="ada")
        named = said(await story.say(f"edit {job.id} 1 make it blue --model drawer"))
        assert "able/one" in named
        assert not able.orders


async def test_a_refusal_that_is_faster_than_the_card_is_told_all_the_same(tmp_path: Path) -> None:
    async with open_story(
        tmp_path, fakes=services(Service("acme", fault=Refused("Its safety system did not take it."))), working=False
    ) as story:
        job = await story.app.store.find((await story.say("imagine a quiet village")).job)
        job, _ = await story.app.drawer.step(job)
        assert job.state is State.BLOCKED
        await story.app.teller.tell(job.id)
        told = str(await story.card(job.id))
        assert "safety system did not take it" in told
        assert "quiet village" not in told
