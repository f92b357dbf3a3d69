"""The provider layer, told to stop: a job of several calls is cancelled, comes too late, or is handed to another machine."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot import config
from bot.app import Fakes, bring_up_to_date, open_app
from bot.config import BotSettings
from bot.errors import FaultKind, ProviderFault
from bot.model import Capabilities, Finished, Inputs, Progress, Request, State
from tests.bench.easel import SilentPlatform, imagine, png
from tests.flows.atelier import Atelier, open_atelier
from tests.flows.story import Story, eventually, open_story
from tests.flows.test_services import EASY, Service, body_of, services


class Clock:
    """A clock that a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Slow(Service):
    """Answers an order when a test says so; each order by its number in the row."""

    def __init__(self, name: str = "slow", *models: Capabilities, at_once: bool = False) -> None:
        super().__init__(name, *models, at_once=at_once)
        self.heard: set[int] = set()
        self.answers = {number: asyncio.Event() for number in range(1, 11)}
        self.deaf: set[str] = set()

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        number = int(key.rpartition("-")[2])
        self.heard.add(number)
        await self.answers[number].wait()
        return await super().submit(request, inputs, key=key)

    async def cancel(self, ticket: str) -> None:
        if ticket.rpartition("-")[2] in self.deaf:
            raise ProviderFault("down", kind=FaultKind.UNAVAILABLE)
        await super().cancel(ticket)


@pytest.fixture
async def atelier() -> AsyncGenerator[Atelier]:
    async with open_atelier() as opened:
        yield opened


async def all_heard(service: Slow, count: int) -> None:
    async def there() -> bool:
        return len(service.heard) == count

    assert await eventually(there)


async def parts(story: Story, folder: Path) -> list[Path]:
    """What is kept between calls."""
    assert story.app.files
    return [path for path in (folder / "files").rglob("*") if path.is_file() and "parts" in path.parts]


async def at_rest(story: Story) -> None:
    """Until no job is being drawn."""

    async def idle() -> bool:
        return not story.app.drawer._at_work  # pyright: ignore[reportPrivateUsage] - a handler's end has no other sign

    assert await eventually(idle)


async def nothing_kept(story: Story, folder: Path) -> None:
    async def empty() -> bool:
        return not await parts(story, folder)

    assert await eventually(empty)


@pytest.mark.parametrize("answered", [0, 1, 2])
async def test_what_is_ordered_while_somebody_cancels_is_stopped_at_the_service(tmp_path: Path, answered: int) -> None:
    service = Slow()
    service.ready.clear()
    async with open_story(tmp_path, fakes=services(service)) as story:
        answer = await story.say("imagine a fox --count 3")
        await all_heard(service, 3)
        for number in range(1, answered + 1):
            service.answers[number].set()

        async def noted() -> bool:
            ticket = (await story.app.store.find(answer.job)).ticket or ""
            return ticket.count('"ticket"') == answered

        assert await eventually(noted)
        await story.say(f"cancel {answer.job}")
        await story.until(answer.job, State.CANCELLED)
        for gate in service.answers.values():
            gate.set()

        async def stopped() -> bool:
            return {ticket.rpartition("-")[2] for ticket in service.cancelled} == {"1", "2", "3"}

        assert await eventually(stopped)
        assert (await story.app.store.find(answer.job)).state is State.CANCELLED


async def test_pictures_that_come_after_the_cancel_are_thrown_away(tmp_path: Path) -> None:
    service = Slow(at_once=True)
    service.answers[1].set()
    async with open_story(tmp_path, fakes=services(service)) as story:
        answer = await story.say("imagine a fox --count 2")

        async def noted() -> bool:
            return "keys" in ((await story.app.store.find(answer.job)).ticket or "")

        assert await eventually(noted)
        await story.say(f"cancel {answer.job}")
        await story.until(answer.job, State.CANCELLED)
        service.answers[2].set()
        await nothing_kept(story, tmp_path)
        await at_rest(story)
        assert (await story.app.store.find(answer.job)).images == ()
        assert not [path for path in (tmp_path / "files").rglob("images/**/*") if path.is_file()]


async def test_one_call_that_cannot_be_stopped_keeps_the_others_from_nothing(tmp_path: Path) -> None:
    service = Slow()
    service.ready.clear()
    service.deaf = {"1"}
    for gate in service.answers.values():
        gate.set()
    async with open_story(tmp_path, fakes=services(service)) as story:
        answer = await story.say("imagine a fox --count 3")
        await story.until(answer.job, State.SUBMITTED)
        await story.say(f"cancel {answer.job}")
        await story.until(answer.job, State.CANCELLED)
        assert {ticket.rpartition("-")[2] for ticket in service.cancelled} == {"2", "3"}


async def test_after_a_cancel_nothing_more_is_ordered(tmp_path: Path) -> None:
    class Busy(Slow):
        async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
            if key.endswith("-2") and 2 not in self.heard:
                self.heard.add(2)
                raise ProviderFault("busy", kind=FaultKind.RATE_LIMITED, retry_after=1, accepted=False)
            return await super().submit(request, inputs, key=key)

    service = Busy()
    service.answers[2].set()
    async with open_story(tmp_path, fakes=services(service)) as story:
        answer = await story.say("imagine a fox --count 2")
        await all_heard(service, 2)
        await story.say(f"cancel {answer.job}")
        service.answers[1].set()
        await at_rest(story)
        assert [key.rpartition("-")[2] for key in service.orders] == ["1"]
        assert [key.rpartition("-")[2] for key in service.cancelled] == ["1"]


async def test_at_its_deadline_a_job_gives_what_is_there(tmp_path: Path, atelier: Atelier) -> None:
    clock = Clock()
    atelier.late = {11}
    async with open_story(tmp_path, atelier.settings, fakes=Fakes(now=clock), working=False, BOT_PROVIDERS="bfl") as story:
        answer = await story.say("imagine a fox --count 3 --seed 10 --model flux-2-pro")
        job = await story.app.store.find(answer.job)
        for _ in range(4):
            job, _ = await story.app.drawer.step(job)
        assert job.state is State.SUBMITTED
        clock.ahead = timedelta(hours=1)
        job, _ = await story.app.drawer.step(job)
        assert job.state is State.GENERATED
        assert [image.seed for image in job.images] == [10, 12], "and says their own seeds"
        await story.app.teller.tell(job.id)
        assert "the service did not draw it in time" in body_of(await story.card(job.id))
        assert job.cost == Decimal("0.06")
        assert not await parts(story, tmp_path)


async def test_what_became_ready_while_nobody_was_there_is_taken_although_it_is_late(tmp_path: Path, atelier: Atelier) -> None:
    clock = Clock()
    async with open_story(tmp_path, atelier.settings, fakes=Fakes(now=clock), working=False, BOT_PROVIDERS="bfl") as story:
        answer = await story.say("imagine a fox --seed 10 --model flux-2-pro")
        job = await story.app.store.find(answer.job)
        for _ in range(2):
            job, _ = await story.app.drawer.step(job)
        clock.ahead = timedelta(hours=1)
        job, _ = await story.app.drawer.step(job)
        assert job.state is State.GENERATED
    assert atelier.seeds == [10]


async def test_a_service_that_is_down_at_the_deadline_does_not_keep_the_job_alive(tmp_path: Path) -> None:
    clock = Clock()
    service = Slow()
    service.deaf = {"1", "2"}
    service.ready.clear()
    for gate in service.answers.values():
        gate.set()
    async with open_story(tmp_path, fakes=replace(services(service), now=clock), working=False) as story:
        answer = await story.say("imagine a fox --count 2")
        job = await story.app.store.find(answer.job)
        job, _ = await story.app.drawer.step(job)
        clock.ahead = timedelta(hours=1)
        job, _ = await story.app.drawer.step(job)
        assert job.state is State.EXPIRED


async def test_a_pause_longer_than_a_models_deadline_does_not_end_the_job(tmp_path: Path) -> None:
    clock = Clock()
    service = Service("acme", fault=ProviderFault("slow down", kind=FaultKind.RATE_LIMITED, retry_after=1800, accepted=False))
    async with open_story(tmp_path, fakes=replace(services(service), now=clock), working=False) as story:
        answer = await story.say("imagine a fox --model acme")
        job = await story.app.store.find(answer.job)
        job, _ = await story.app.drawer.step(job)
        assert job.state is State.QUEUED
        await story.app.teller.tell(job.id)
        assert "30 min" in body_of(await story.card(job.id)), "and its card says when"
        clock.ahead = timedelta(minutes=31)
        service.fault = None
        job, _ = await story.app.drawer.step(job)
        assert job.state is State.SUBMITTED


async def test_a_refusal_among_several_calls_is_never_forgotten_nor_taken_elsewhere(tmp_path: Path, atelier: Atelier) -> None:
    """One call is refused, the other is lost later, after a restart: no other service is asked."""
    atelier.refused = {10}
    spare = Service("spare")
    line = "imagine a fox --count 2 --seed 10"
    async with open_story(tmp_path, atelier.settings, working=False, BOT_PROVIDERS="bfl") as story:
        answer = await story.say(line)
        job = await story.app.store.find(answer.job)
        while job.state is not State.SUBMITTED or "failed" not in (job.ticket or ""):
            job, _ = await story.app.drawer.step(job)

    class Forgetful(Service):
        async def check(self, ticket: str) -> Progress:
            raise ProviderFault("gone", kind=FaultKind.LOST)

    forgetful = Forgetful("bfl", replace(EASY, name=job.model))
    async with open_story(tmp_path, fakes=services(forgetful, spare), working=False) as story:
        job, _ = await story.app.drawer.step(await story.app.store.find(job.id))
        assert job.state is State.BLOCKED
    assert not spare.orders


async def test_a_part_that_breaks_in_no_known_way_leaves_its_sisters(tmp_path: Path) -> None:
    class Broken(Service):
        async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
            if key.endswith("-1"):
                raise KeyError("no such field")
            return await super().submit(request, inputs, key=key)

    async with open_story(tmp_path, fakes=services(Broken("acme"))) as story:
        job = await story.drawn("imagine a fox --count 3 --seed 10")
        assert [image.seed for image in job.images] == [11, 12]


async def test_seeds_behind_a_missing_part_are_their_own_and_draw_the_same_again(tmp_path: Path) -> None:
    service = Service("acme", at_once=True)
    service.failing = {"1"}
    async with open_story(tmp_path, fakes=services(service)) as story:
        job = await story.drawn("imagine a fox --count 3 --seed 10")
        assert [image.seed for image in job.images] == [11, 12]
        assert job.seed == 10, "the line to copy asks for what was asked for"


async def test_a_stop_in_the_middle_of_several_calls_loses_and_repeats_nothing_that_was_answered(tmp_path: Path) -> None:
    service = Slow()
    service.answers[1].set()
    async with open_story(tmp_path, fakes=services(service), BOT_GRACE="0.2") as story:
        answer = await story.say("imagine a fox --count 2 --seed 10")

        async def noted() -> bool:
            return '"ticket"' in ((await story.app.store.find(answer.job)).ticket or "")

        assert await eventually(noted)
    first = list(service.orders)
    assert [key.rpartition("-")[2] for key in first] == ["1"]
    service.answers[2].set()
    async with open_story(tmp_path, fakes=services(service)) as story:
        job = await story.until(answer.job, State.DELIVERED)
        assert [image.seed for image in job.images] == [10, 11]
    assert [key.rpartition("-")[2] for key in service.orders] == ["1", "2"]


class Shared(Service):
    """A paid service that two machines use: whoever orders a part twice pays twice."""

    def __init__(self) -> None:
        super().__init__("easel", replace(EASY, name="easel"))
        self.asked: list[str] = []

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        self.asked.append(key)
        await asyncio.sleep(0.05)
        return await super().submit(request, inputs, key=key)

    def _finished(self, request: Request) -> Finished:
        return Finished(images=(png(64 + 8 * ((request.seed or 0) % 5)),), seed=request.seed)


@pytest.mark.slow
async def test_two_machines_share_jobs_of_several_calls_and_order_each_part_once(tmp_path: Path, blank_postgres_url: str) -> None:
    environment = {
        "BOT_DATABASE_URL": blank_postgres_url,
        "BOT_FILES_URL": f"{tmp_path}/files",
        "BOT_SECRET_KEY": "the same on both machines, as it must be",
        "BOT_WAITING": "100",
        "BOT_RUNNING": "100",
    }
    settings = config.load(BotSettings, "bot", environment)
    await bring_up_to_date(settings)
    provider = Shared()
    fakes = Fakes(platforms={"easel": SilentPlatform()}, providers={"easel": provider}, moderators=[])
    async with (
        open_app(settings, environment, fakes=fakes, serve=False) as one,
        open_app(settings, environment, fakes=fakes, serve=False) as two,
    ):
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(app.run(stop)) for app in (one, two)]
            answers = [await imagine((one, two)[number % 2], person=f"p{number}", line="imagine a fox --count 4") for number in range(6)]
            jobs = [answer.job for answer in answers]
            for turn in range(4):
                for app in (one, two):
                    for job in jobs:
                        await app.queue.put(job, lane="easel", once=f"wake {turn} {id(app)}")

            async def done() -> bool:
                return all([(await one.store.find(job)).state is State.DELIVERED for job in jobs])

            assert await eventually(done, within=60)
            ended = [await one.store.find(job) for job in jobs]
            stop.set()
            await asyncio.gather(*running)
    assert len(provider.asked) == len(set(provider.asked)) == 24
    assert all(len(job.images) == 4 and job.resubmitted == 0 for job in ended)


@pytest.mark.slow
async def test_a_machine_that_falls_silent_is_followed_by_another_which_asks_only_for_the_rest(
    tmp_path: Path, blank_postgres_url: str
) -> None:
    environment = {
        "BOT_DATABASE_URL": blank_postgres_url,
        "BOT_FILES_URL": f"{tmp_path}/files",
        "BOT_SECRET_KEY": "the same on both machines, as it must be",
    }
    settings = config.load(BotSettings, "bot", environment)
    await bring_up_to_date(settings)
    provider, clock = Slow("easel", replace(EASY, name="easel")), Clock()
    provider.answers[1].set()
    fakes = Fakes(platforms={"easel": SilentPlatform()}, providers={"easel": provider}, moderators=[], now=clock)
    async with (
        open_app(settings, environment, fakes=fakes, serve=False) as one,
        open_app(settings, environment, fakes=fakes, serve=False) as two,
    ):
        answer = await imagine(one, person="p", line="imagine a fox --count 2")
        job = await one.store.find(answer.job)
        async with asyncio.TaskGroup() as group:
            stuck = group.create_task(one.drawer.step(job))
            await all_heard(provider, 2)

            async def noted() -> bool:
                return '"ticket"' in ((await one.store.find(answer.job)).ticket or "")

            assert await eventually(noted)
            job, wait = await two.drawer.step(await two.store.find(answer.job))
            assert job.state is State.SUBMITTING
            assert wait is not None
            assert 50 < wait <= 60, "while the first machine shows signs of life, the second keeps off"
            stuck.cancel()
        clock.ahead = timedelta(seconds=61)
        provider.answers[2].set()
        job, _ = await two.drawer.step(await two.store.find(answer.job))
        assert job.state is State.SUBMITTED
        assert job.resubmitted == 1
    assert sorted(key.rpartition("-")[2] for key in provider.orders) == ["1", "2"]
