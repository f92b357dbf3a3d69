"""A scene for reviews: a moderator that finds what a test's words say, a service that draws, and the review channel of the playground."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.platforms.playground.history import Entry
from bot.app import Fakes
from bot.model import Answer, Case, CaseKind, CaseState, Concern, Inquiry, Job, Origin, Person, Place, Term
from tests.flows.story import Story, eventually, open_story, said
from tests.flows.test_services import EASY, Service


class Watch:
    """Doubts prompts with `doubtful`, blocks those with `awful` or `minors`; doubts pictures while told to."""

    name = "watch"
    remote = False

    def __init__(self) -> None:
        self.pictures: float = 0.0
        """How sure it is that pictures are bad: 0.5 is doubtful, 1 is blocked."""

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        found = {"doubtful": ("weapons", 0.5), "awful": ("hate", 1.0), "minors": ("minors", 1.0)}
        return [Concern(category=name, score=score, source="watch") for word, (name, score) in found.items() if word in text]

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        return [Concern(category="gore", score=self.pictures, source="watch")] if self.pictures else []


@dataclass(kw_only=True)
class Scene(Story):
    """What a test does and sees."""

    watch: Watch = field(default_factory=Watch)
    service: Service = field(default_factory=lambda: Service("acme"))
    clock: list[datetime] = field(default_factory=lambda: [datetime(2026, 11, 23, 12, tzinfo=UTC)])

    def passes(self, time: timedelta) -> None:
        self.clock[0] += time

    async def asked(
        self, line: str = "imagine a doubtful thing", *, who: str = "grace", kind: CaseKind = CaseKind.PROMPT
    ) -> tuple[Job, Case]:
        """Ask for something, and wait until reviewers see the case about it."""
        answer = await self.say(line, who=who)
        assert answer.job, said(answer)
        case = await self.case(answer.job, kind)
        return await self.app.store.find(answer.job), case

    async def case(self, job: str, kind: CaseKind, state: CaseState = CaseState.OPEN) -> Case:
        """A job's case of a kind, once it is in this state and everybody was told so."""

        async def there() -> Case | None:
            for case in await self.app.store.cases_of(job):
                post, shown = await self.app.store.case_post(case.id)
                if (case.kind, case.state) == (kind, state) and post and shown >= case.version:
                    return case
            return None

        return await eventually(there)

    async def told(self, who: str, *words: str, channel: str = "general") -> Entry:
        """A whisper to somebody that has these words."""

        async def there() -> Entry | None:
            for entry in await self.channel(channel, who=who):
                if entry.audience == who and all(word in str(entry.content) for word in words):
                    return entry
            return None

        return await eventually(there)

    async def review_card(self, case: Case) -> dict[str, Any]:
        """The card of a case, as it stands in the review channel."""
        (card,) = [entry for entry in await self.channel("review", who="ada") if f"case {case.id}" in str(entry.content.get("context"))]
        return card.content

    async def press(self, line: str, who: str = "maya") -> Answer:
        return await self.say(line, who=who, channel="review", origin=Origin.BUTTON)

    async def audit(self, act: str) -> list[str]:
        """Who did this, by the audit, the first first."""
        found = await self.app.store.entries(Inquiry(workspace="playground:studio", act=act), limit=100)
        return [entry.who for entry in reversed(found)]


@asynccontextmanager
async def open_scene(
    folder: Path, *, fakes: Fakes | None = None, working: bool = True, service: Service | None = None, **settings: str
) -> AsyncGenerator[Scene]:
    """The playground with a review channel, a moderator and a service that do what the test says."""
    watch, service = Watch(), service or Service("acme", replace(EASY, most=4))
    now = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    told = replace(fakes or Fakes(), providers={"acme": service}, moderators=[watch], now=lambda: now[0])
    async with open_story(folder, settings, fakes=told, working=working) as story:
        yield Scene(app=story.app, stop=story.stop, watch=watch, service=service, clock=now)
