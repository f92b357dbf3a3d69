"""Slack's receiving half on a small Slack: the platform as it runs, and an oracle in the hub's place."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.platforms.slack import Slack, SlackSettings, open_slack
from bot.model import Answer, Form, Invocation, Message, Person, Place, Tone
from bot.model import Field as Input
from tests.flows.story import eventually
from tests.wire.slack.nouns import Message as Seen
from tests.wire.slack.nouns import View
from tests.wire.slack.server import SlackServer
from tests.wire.slack_posts import Cabinet

REMIX = Form(
    title="Remix 3f2a",
    line="remix 3f2a",
    fields=(Input(name="prompt", label="Prompt", value="a red fox", required=True), Input(name="seed", label="Seed", numeric=True)),
)


@dataclass(kw_only=True)
class Oracle:
    """A hub that says what it was told to say, as soon as `speaking` is set."""

    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    """By the whole line, or by its first word."""
    sections: Sequence[Message] = ()
    heard: list[Invocation] = field(default_factory=list[Invocation])
    speaking: asyncio.Event = field(default_factory=asyncio.Event)
    said: int = 0

    def __post_init__(self) -> None:
        self.speaking.set()

    async def handle(self, invocation: Invocation) -> Answer:
        self.heard.append(invocation)
        await self.speaking.wait()
        self.said += 1
        return self.answers.get(invocation.line) or self.answers.get(invocation.line.partition(" ")[0]) or Answer()

    async def complete(self, person: Person, place: Place, *, command: str, option: str, typed: str) -> Sequence[str]:
        return ()

    async def home(self, person: Person, place: Place) -> Sequence[Message]:
        return self.sections

    async def hears(self, many: int = 1) -> Invocation:
        """The newest of so many invocations, once they are here."""

        async def enough() -> Invocation | None:
            return self.heard[-1] if len(self.heard) >= many else None

        return await eventually(enough)


def whispered(text: str, *, tone: Tone = Tone.PLAIN, **more: object) -> Answer:
    """An answer for one person."""
    return Answer(whisper=Message(text=text, body=text, tone=tone), **more)  # pyright: ignore[reportArgumentType] - a job's id or a field's name


@dataclass(kw_only=True)
class Life:
    """The platform and what a test needs beside it."""

    slack: SlackServer
    platform: Slack
    oracle: Oracle
    task: asyncio.Task[None]

    async def sees(self, user: str, channel: str | None = None, many: int = 1) -> Seen:
        """The newest whisper that somebody sees, once there are so many."""

        async def there() -> Seen | None:
            seen = self.slack.ephemerals(user, channel)
            return seen[-1] if len(seen) >= many else None

        return await eventually(there)

    async def form(self, user: str) -> View:
        """The form that opens before somebody."""

        async def there() -> View | None:
            views = self.slack.views(user)
            return views[-1] if views else None

        return await eventually(there)

    async def stop(self) -> None:
        """End the platform as the app does."""
        self.task.cancel()
        await asyncio.wait({self.task})


def settings_of(slack: SlackServer, **more: object) -> SlackSettings:
    """Settings for one workspace over Socket Mode."""
    return SlackSettings.model_validate({"bot_token": slack.bot_token, "app_token": slack.app_token, "api_url": slack.api_url, **more})


@asynccontextmanager
async def open_life(
    slack: SlackServer, folder: Path, oracle: Oracle | None = None, cabinet: Cabinet | None = None, **settings: object
) -> AsyncGenerator[Life]:
    """The platform, running, with a line open."""
    oracle = oracle or Oracle()
    kit = (cabinet or Cabinet()).kit(folder)
    async with open_slack(settings_of(slack, **settings), kit) as platform, asyncio.TaskGroup() as tasks:
        life = Life(slack=slack, platform=platform, oracle=oracle, task=tasks.create_task(platform.run((), oracle)))

        async def ready() -> bool:
            return platform.ready or life.task.done()

        await eventually(ready)
        try:
            yield life
        finally:
            oracle.speaking.set()
            await life.stop()
