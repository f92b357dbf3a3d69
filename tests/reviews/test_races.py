"""Races: two reviewers, a deadline and the person decide in the same moment, on one machine and on two; there is one decision."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bot import config
from bot.app import App, Fakes, bring_up_to_date, open_app
from bot.config import BotSettings
from bot.model import Answer, Case, CaseState, Inquiry, Invocation, Message, Origin, Person, Place, Post, Role, State
from tests.bench.easel import InstantProvider, SilentPlatform, png
from tests.flows.story import eventually, said
from tests.reviews.scene import Watch

JOBS = 6
NUMBERS = count()
PLACE = Place(platform="easel", workspace="w", channel="c")
DECIDED = {
    CaseState.APPROVED: {State.DELIVERED},
    CaseState.REJECTED: {State.BLOCKED},
    CaseState.WITHDRAWN: {State.CANCELLED},
}


class Ears(SilentPlatform):
    """Remembers what was posted and whispered, and knows no keys: whoever posts twice has posted twice."""

    def __init__(self) -> None:
        super().__init__()
        self.landed: list[str] = []
        self.whispers: Counter[str] = Counter()

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        self.landed.append(key)
        await asyncio.sleep(0)
        return await super().post(place, message, key=key, again=again)

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        self.whispers[message.context] += 1


@dataclass(kw_only=True)
class Ring:
    """One machine or two, on one journal."""

    apps: list[App]
    ears: Ears
    clock: list[datetime] = field(default_factory=lambda: [datetime(2026, 11, 23, 12, tzinfo=UTC)])

    async def say(self, line: str, who: str, machine: int = 0) -> Answer:
        roles = frozenset({Role.MEMBER, Role.REVIEWER}) if who.startswith("r") else frozenset({Role.MEMBER})
        person = Person(platform="easel", workspace="w", id=who, name=who, roles=roles)
        app = self.apps[machine % len(self.apps)]
        event = f"e{next(NUMBERS)}"
        return await app.dispatch.handle(Invocation(person=person, place=PLACE, event=event, origin=Origin.COMMAND, line=line))

    async def cases(self, jobs: Sequence[str]) -> list[Case]:
        return [case for job in jobs for case in await self.apps[0].store.cases_of(job)]


@asynccontextmanager
async def open_ring(folder: Path, database: str, *, machines: int) -> AsyncGenerator[Ring]:
    environment = {
        "BOT_DATABASE_URL": database,
        "BOT_FILES_URL": f"{folder}/files",
        "BOT_SECRET_KEY": "the same on both machines, as it must be",
        "BOT_WAITING": "100",
        "BOT_RUNNING": "100",
        "BOT_REVIEW_CHANNEL": "easel:w:review",
    }
    settings = config.load(BotSettings, "bot", environment)
    if not settings.embedded:
        await bring_up_to_date(settings)
    ring = Ring(apps=[], ears=Ears())
    fakes = Fakes(
        platforms={"easel": ring.ears}, providers={"easel": InstantProvider(png(64))}, moderators=[Watch()], now=lambda: ring.clock[0]
    )
    async with AsyncExitStack() as stack:
        for _ in range(machines):
            ring.apps.append(await stack.enter_async_context(open_app(settings, environment, fakes=fakes, serve=False)))
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(app.run(stop)) for app in ring.apps]
            yield ring
            stop.set()
            await asyncio.gather(*running)


async def race(ring: Ring, *, late: bool, cancelled: bool) -> None:
    """Everybody decides about everything at once; each case ends once, and its job as the case says."""
    answers = [await ring.say(f"imagine a doubtful thing {number}", f"p{number}") for number in range(JOBS)]
    jobs = [answer.job for answer in answers]
    cases = await ring.cases(jobs)
    if late:
        ring.clock[0] += timedelta(hours=25)
    deeds = [
        ring.say(f"review {act} {case.id}", who, machine)
        for case in cases
        for machine, (who, act) in enumerate((("r1", "approve"), ("r2", "reject"), ("r3", "approve")))
    ]
    deeds += [ring.say(f"cancel {job}", f"p{number}", number) for number, job in enumerate(jobs)] if cancelled else []
    sweeps = [app.worker.reviewer.sweep() for app in ring.apps] if late else []
    said_to = (await asyncio.gather(asyncio.gather(*deeds), asyncio.gather(*sweeps)))[0]

    async def over() -> bool:
        store = ring.apps[0].store
        told = not await store.cases_untold()
        return (
            told
            and all([(await store.find(job)).state.over for job in jobs])
            and all(case.state is not CaseState.OPEN for case in await ring.cases(jobs))
        )

    await eventually(over, within=40)
    decided = await ring.cases(jobs)
    assert len(decided) == JOBS
    for case in decided:
        assert (await ring.apps[0].store.find(case.job)).state in DECIDED[case.state], case
        entries = await ring.apps[0].store.entries(Inquiry(workspace="easel:w", about=case.id), limit=100)
        assert [entry.act for entry in entries if entry.act.startswith("case.")] == [f"case.{case.state.value}"], "one decision"
    landed = Counter(key for key in ring.ears.landed if not key.endswith(":card") or key[0] == "c")
    assert all(number == 1 for number in landed.values()), landed
    assert all(number == 1 for number in ring.ears.whispers.values()), ring.ears.whispers
    heard = [said(answer) for answer in said_to]
    assert all(words for words in heard[: 3 * JOBS]), "everybody hears what became of it"


@pytest.mark.parametrize("late", [False, True], ids=["in time", "at the deadline"])
@pytest.mark.parametrize("cancelled", [False, True], ids=["wanted", "cancelled meanwhile"])
async def test_on_one_machine_there_is_one_decision(tmp_path: Path, *, late: bool, cancelled: bool) -> None:
    async with open_ring(tmp_path, f"sqlite:///{tmp_path}/limner.db", machines=1) as ring:
        await race(ring, late=late, cancelled=cancelled)


@pytest.mark.slow
async def test_on_two_machines_there_is_one_decision(tmp_path: Path, blank_postgres_url: str) -> None:
    async with open_ring(tmp_path, blank_postgres_url, machines=2) as ring:
        await race(ring, late=True, cancelled=True)
