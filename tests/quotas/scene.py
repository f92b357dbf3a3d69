"""A scene for quotas: a clock that a test moves, and a service whose models cost what the test says."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bot.app import Fakes
from bot.model import Answer, Capabilities, Job, Origin, State
from tests.flows.story import Story, open_story, said
from tests.flows.test_services import EASY, Service

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A Monday."""


def model(name: str = "one", price: str | None = "0.04") -> Capabilities:
    """A model that can do everything, four images a call."""
    return replace(EASY, name=name, most=4, price=None if price is None else Decimal(price))


@dataclass(kw_only=True)
class Scene(Story):
    """What a test does and sees."""

    service: Service
    clock: list[datetime] = field(default_factory=lambda: [NOON])

    def passes(self, time: timedelta) -> None:
        self.clock[0] += time

    async def told(self, line: str, *, who: str = "ada", channel: str = "general", origin: Origin = Origin.COMMAND) -> str:
        """What somebody is told, an admin unless it is said otherwise."""
        return said(await self.say(line, who=who, channel=channel, origin=origin))

    async def quota(self, who: str = "grace", channel: str = "general") -> str:
        return await self.told("quota", who=who, channel=channel)

    async def taken(self, line: str = "imagine a fox", *, who: str = "grace", channel: str = "general") -> Job:
        """A job that was taken."""
        answer = await self.say(line, who=who, channel=channel)
        assert answer.job, said(answer)
        return await self.app.store.find(answer.job)

    async def refused(self, line: str = "imagine a fox", *, who: str = "grace", channel: str = "general") -> str:
        """Why a job was not taken."""
        answer = await self.say(line, who=who, channel=channel)
        assert not answer.job
        return said(answer)

    async def ends(self, job: Job, state: State, *, cost: str | None = None) -> Job:
        """A waiting job comes to an end, in a scene where nobody works."""
        started = await self.app.store.begin(job, running=1000, now=self.clock[0])
        assert started is not None
        paid = None if cost is None else Decimal(cost)
        if state is State.DELIVERED:
            drawn = await self.app.store.save(replace(started, state=State.GENERATED, cost=paid), was=started)
            return await self.app.store.save(replace(drawn, state=State.DELIVERED), was=drawn)
        if state is State.CANCELLED:
            started = await self.app.store.save(replace(started, state=State.CANCELLING, cost=paid), was=started)
        return await self.app.store.save(replace(started, state=state, cost=paid), was=started)


def entry_of(answer: Answer) -> int:
    """The number of the entry that an answer offers to undo."""
    assert answer.whisper is not None, said(answer)
    line = next(action.line for action in answer.whisper.actions if action.label == "Undo")
    return int(line.removeprefix("undo "))


@asynccontextmanager
async def open_scene(
    folder: Path,
    *models: Capabilities,
    clock: datetime = NOON,
    working: bool = False,
    settings: Mapping[str, str] | None = None,
    service: Service | None = None,
) -> AsyncGenerator[Scene]:
    """The playground; unless told otherwise nobody works, so that what is taken stays taken."""
    service = service or Service("acme", *(models or (model(),)))
    now = [clock]
    fakes = Fakes(providers={service.name: service}, moderators=[], now=lambda: now[0])
    waiting = {"BOT_WAITING": "1000", **(settings or {})}
    async with open_story(folder, waiting, fakes=fakes, working=working) as story:
        yield Scene(app=story.app, stop=story.stop, service=service, clock=now)
