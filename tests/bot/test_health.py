"""Health: what shuts a model off, who may probe it, and what its latencies are."""

import asyncio

import pytest

from bot.errors import FaultKind, ProviderFault, Refused
from bot.health import Health

ILL = [FaultKind.UNAVAILABLE, FaultKind.TIMEOUT, FaultKind.CREDENTIALS, FaultKind.CREDIT]
WELL = [FaultKind.RATE_LIMITED, FaultKind.BAD_REQUEST, FaultKind.BAD_RESULT, FaultKind.LOST]


async def call(health: Health, outcome: Exception | None = None) -> None:
    async with health.watch("acme/one"):
        if outcome is not None:
            raise outcome


async def fails(health: Health, outcome: Exception, times: int) -> None:
    for _ in range(times):
        with pytest.raises(type(outcome)):
            await call(health, outcome)


async def shut_off(health: Health) -> ProviderFault:
    """What the next call is told."""
    with pytest.raises(ProviderFault) as fault:
        await call(health)
    return fault.value


def down() -> ProviderFault:
    return ProviderFault("down", kind=FaultKind.UNAVAILABLE)


@pytest.mark.parametrize("kind", ILL)
async def test_four_faults_in_a_row_shut_a_model_off(kind: FaultKind) -> None:
    health = Health()
    await fails(health, ProviderFault("no", kind=kind), 3)
    assert health.well("acme/one")
    await fails(health, ProviderFault("no", kind=kind), 1)
    assert not health.well("acme/one")
    assert health.well("acme/two"), "another model of the same service has a breaker of its own"


async def test_nobody_is_asked_while_a_model_is_left_alone_and_the_answer_says_for_how_long() -> None:
    health = Health()
    await fails(health, down(), 4)
    fault = await shut_off(health)
    assert (fault.kind, fault.accepted) == (FaultKind.UNAVAILABLE, False)
    assert fault.retry_after is not None
    assert 1 <= fault.retry_after <= 30
    assert f"{fault.retry_after:.0f} s" in fault.advice


@pytest.mark.parametrize("kind", WELL)
async def test_what_is_the_requests_own_fault_never_shuts_a_model_off(kind: FaultKind) -> None:
    health = Health()
    await fails(health, ProviderFault("no", kind=kind), 40)
    await fails(health, Refused("no"), 40)
    assert health.well("acme/one")


async def test_a_call_that_is_given_up_says_nothing_about_the_model() -> None:
    health = Health()
    for _ in range(20):
        waiting = asyncio.timeout(0)
        with pytest.raises(TimeoutError):
            async with waiting, health.watch("acme/one"):
                await asyncio.Event().wait()
    assert health.well("acme/one")


class Clock:
    """Seconds that a test can put forward."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def test_one_probe_at_a_time_says_whether_a_model_is_back() -> None:
    clock = Clock()
    health = Health(clock)
    await fails(health, down(), 4)
    clock.seconds += 31
    assert health.well("acme/one"), "a probe is due"
    answer, asked = asyncio.Event(), asyncio.Event()

    async def probe() -> None:
        async with health.watch("acme/one"):
            asked.set()
            await answer.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(probe())
        await asked.wait()
        for _ in range(5):
            assert (await shut_off(health)).accepted is False, "nobody else is let through beside the probe"
        answer.set()
    await call(health)
    assert health.well("acme/one")


async def test_a_probe_that_fails_shuts_the_model_off_for_longer() -> None:
    clock = Clock()
    health = Health(clock)
    await fails(health, down(), 4)
    first = (await shut_off(health)).retry_after or 0
    clock.seconds += 31
    await fails(health, down(), 1)
    assert not health.well("acme/one")
    second = (await shut_off(health)).retry_after or 0
    assert (first, second) == (30, 60)
    clock.seconds += 31
    assert not health.well("acme/one"), "once somebody was told to wait longer, nobody tries sooner"


async def test_a_probe_that_is_given_up_leaves_the_next_one_its_turn() -> None:
    clock = Clock()
    health = Health(clock)
    await fails(health, down(), 4)
    clock.seconds += 31
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), health.watch("acme/one"):
            await asyncio.Event().wait()
    await call(health)
    assert health.well("acme/one")


@pytest.mark.parametrize("answer", [Refused("no"), ProviderFault("slow", kind=FaultKind.RATE_LIMITED)])
async def test_a_service_that_refuses_or_slows_down_is_back(answer: Exception) -> None:
    clock = Clock()
    health = Health(clock)
    await fails(health, down(), 4)
    clock.seconds += 31
    await fails(health, answer, 1)
    await call(health)
    assert health.well("acme/one")


def test_latencies_are_those_of_the_last_hundred() -> None:
    health = Health()
    assert health.latency("acme/one") is None
    for seconds in range(1, 201):
        health.finished("acme/one", float(seconds))
    assert health.latency("acme/one") == (150.0, 195.0)
