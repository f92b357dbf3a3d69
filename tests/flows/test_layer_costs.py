"""Costs: the estimate before, what was charged after, and nothing at all where nobody knows."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.model import Finished, Job, Request
from tests.flows.atelier import Atelier, open_atelier
from tests.flows.story import Story, open_story, said
from tests.flows.test_services import EASY, Service, services

UNKNOWN = replace(EASY, price=None, priced="")
FREE = replace(EASY, price=Decimal(0), priced="")


class Charging(Service):
    """Charges what a test says for each image, by its seed; None where it does not tell."""

    def __init__(self, *models: object, charges: dict[int, Decimal | None] | None = None) -> None:
        super().__init__("acme", *models)  # pyright: ignore[reportArgumentType] - capabilities, all of them
        self.charges = charges or {}

    def _finished(self, request: Request) -> Finished:
        return replace(super()._finished(request), cost=self.charges.get(request.seed or 0))


@pytest.fixture
async def atelier() -> AsyncGenerator[Atelier]:
    async with open_atelier() as opened:
        yield opened


async def everything(story: Story, job: Job) -> str:
    """All that people read of a job and its model."""
    results = await story.results(job.id)
    return " ".join(
        [
            str(await story.card(job.id)),
            *(str(entry.content) for entry in results),
            said(await story.say(f"show {job.id}")),
            said(await story.say("models")),
            said(await story.say("history")),
        ]
    )


async def test_what_nobody_knows_the_price_of_is_never_called_free_or_nought(tmp_path: Path) -> None:
    async with open_story(tmp_path, fakes=services(Charging(UNKNOWN))) as story:
        job = await story.drawn("imagine a fox --seed 1 --count 2")
        assert (job.estimate, job.cost) == (None, None)
        told = await everything(story, job)
        assert "$" not in told
        assert "price unknown" in told
        assert "free" not in told


async def test_what_is_free_is_called_free_and_not_nought_dollars(tmp_path: Path) -> None:
    async with open_story(tmp_path, fakes=services(Charging(FREE))) as story:
        job = await story.drawn("imagine a fox --seed 1")
        told = await everything(story, job)
        assert (job.estimate, job.cost) == (Decimal(0), Decimal(0))
        assert "$" not in told
        assert "free" in told


async def test_one_part_of_unknown_cost_makes_the_whole_unknown_where_there_is_no_price(tmp_path: Path) -> None:
    service = Charging(UNKNOWN, charges={1: Decimal("0.05"), 2: None, 3: Decimal("0.05")})
    async with open_story(tmp_path, fakes=services(service)) as story:
        job = await story.drawn("imagine a fox --seed 1 --count 3")
        assert job.cost is None, "two thirds of a cost would be a lie"
        assert "$" not in await everything(story, job)


async def test_what_was_charged_goes_before_what_was_estimated(tmp_path: Path) -> None:
    service = Charging(EASY, charges={1: Decimal("0.05"), 2: Decimal("0.0625")})
    async with open_story(tmp_path, fakes=services(service)) as story:
        job = await story.drawn("imagine a fox --seed 1 --count 2")
        assert (job.estimate, job.cost) == (Decimal("0.08"), Decimal("0.1125"))
        assert "$0.1125" in str((await story.results(job.id))[0].content)


async def test_a_part_that_was_not_drawn_is_not_charged(tmp_path: Path) -> None:
    service = Charging(EASY, charges={1: Decimal("0.05"), 2: Decimal("0.05"), 3: Decimal("0.05")})
    service.failing = {"2"}
    async with open_story(tmp_path, fakes=services(service)) as story:
        job = await story.drawn("imagine a fox --seed 1 --count 3")
        assert job.cost == Decimal("0.10")
        assert "2 of 50" in said(await story.say("quota"))


@pytest.mark.parametrize(
    ("line", "cost"),
    [("--model flux-2-pro --count 3", Decimal("0.09")), ("--model recraftv4_1 --count 8", Decimal("0.28"))],
)
async def test_what_a_service_tells_is_kept_over_all_of_its_calls(tmp_path: Path, atelier: Atelier, line: str, cost: Decimal) -> None:
    async with open_story(tmp_path, atelier.settings, BOT_PROVIDERS="bfl,recraft") as story:
        job = await story.drawn(f"imagine a fox --seed 1 {line}")
        assert job.cost == cost
        assert f"${cost}" in await everything(story, job)
