"""What a job costs, state by state: the whole table."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.model import Charge, Image, Job, State, micro_dollars
from tests.contracts.stores import NOW, a_job

S = State
CENT = 10_000
"""Micro-dollars."""
ESTIMATE, COST = Decimal("0.12"), Decimal("0.10")
RESERVED = Charge(images=6, money=12 * CENT, spent=12 * CENT)
SETTLED = Charge(images=6, money=10 * CENT, spent=10 * CENT)
NOTHING = Charge()
PAID_BY_TEAM = Charge(spent=10 * CENT)
FEARED = Charge(spent=12 * CENT)
"""Nobody knows whether it was paid."""

ENDED_BEFORE_A_PRICE = {S.HELD, S.BLOCKED, S.FAILED}
STOPPED = {S.CANCELLING, S.CANCELLED, S.EXPIRED}


def a_costly_job(state: State, **changes: object) -> Job:
    """Three images, each counting as two."""
    return replace(a_job("fox1", count=3), state=state, weight=2, estimate=ESTIMATE, **changes)


def images(number: int) -> tuple[Image, ...]:
    one = Image(index=1, key="o", shown="s", thumbnail="t", digest="0", media_type="image/png", width=8, height=8, bytes=9)
    return tuple(replace(one, index=index + 1) for index in range(number))


def test_every_state_is_in_the_table() -> None:
    assert {state for state in State if state.counts} | ENDED_BEFORE_A_PRICE | STOPPED == set(State)


@pytest.mark.parametrize("state", sorted({state for state in State if state.counts} - {S.DELIVERED}))
@pytest.mark.parametrize("ticket", [None, "t1"])
def test_job_that_may_still_be_drawn_is_reserved_and_its_cost_settles_it(state: State, ticket: str | None) -> None:
    job = a_costly_job(state, ticket=ticket, attempts=1)
    assert job.charge == RESERVED
    assert replace(job, cost=COST).charge == SETTLED
    assert replace(job, cost=Decimal(0)).charge == Charge(images=6)
    assert replace(job, estimate=None).charge == Charge(images=6)
    assert replace(job, weight=0).charge == replace(RESERVED, images=0)


@pytest.mark.parametrize(("given", "counted"), [(0, 0), (1, 2), (3, 6), (5, 6)])
def test_delivered_job_counts_the_images_that_came_but_never_more_than_were_asked_for(given: int, counted: int) -> None:
    job = a_costly_job(S.DELIVERED, images=images(given), ticket="t1", attempts=1)
    assert job.charge == replace(RESERVED, images=counted)
    assert replace(job, cost=COST).charge == replace(SETTLED, images=counted)


@pytest.mark.parametrize("state", sorted(ENDED_BEFORE_A_PRICE | STOPPED))
def test_what_gave_nobody_a_picture_costs_the_person_nothing_and_the_team_what_was_charged(state: State) -> None:
    assert a_costly_job(state).charge == NOTHING
    assert a_costly_job(state, cost=COST, attempts=1).charge == PAID_BY_TEAM
    assert a_costly_job(state, cost=Decimal(0), ticket="t1", attempts=1).charge == NOTHING
    assert a_costly_job(state, images=images(3), attempts=1).charge == FEARED, "pictures without a price were drawn all the same"


@pytest.mark.parametrize("state", sorted(STOPPED))
def test_of_what_was_stopped_while_a_provider_was_at_work_the_estimate_stays_with_the_team(state: State) -> None:
    assert a_costly_job(state, ticket="t1", attempts=1).charge == FEARED
    assert a_costly_job(state, attempts=1).charge == FEARED, "not every provider gives a ticket"
    assert a_costly_job(state, attempts=1, due=NOW).charge == NOTHING, "put back, because it was certainly not taken"
    assert a_costly_job(state).charge == NOTHING, "it never began"


@pytest.mark.parametrize("state", sorted(ENDED_BEFORE_A_PRICE))
def test_what_a_provider_failed_or_refused_to_draw_without_a_price_is_free(state: State) -> None:
    assert a_costly_job(state, ticket="t1", attempts=2).charge == NOTHING


@pytest.mark.parametrize("state", sorted(State))
def test_each_submission_that_a_crash_repeated_is_feared_to_be_paid_by_the_team(state: State) -> None:
    job = a_costly_job(state, attempts=1, images=images(3), cost=COST)
    twice = replace(job, resubmitted=2)
    assert twice.charge == replace(job.charge, spent=job.charge.spent + 24 * CENT)


@pytest.mark.parametrize("state", sorted(State))
def test_pictures_given_again_are_free_whatever_becomes_of_them(state: State) -> None:
    assert a_costly_job(state, reuse="fox0", cost=COST, images=images(3), ticket="t1", resubmitted=1).charge == NOTHING


@pytest.mark.parametrize(
    ("dollars", "micro"),
    [(None, 0), (Decimal(0), 0), (Decimal("0.04"), 40_000), (Decimal("0.0000001"), 1), (Decimal("1.0000011"), 1_000_002)],
)
def test_money_is_whole_micro_dollars_and_what_nobody_can_pay_exactly_is_not_given_away(dollars: Decimal | None, micro: int) -> None:
    assert micro_dollars(dollars) == micro
