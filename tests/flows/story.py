"""A story: the assembled app with sketch and the playground, and people who do things in it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from adapters.platforms.playground.history import Entry, History
from adapters.platforms.playground.inbound import number_of
from bot import config
from bot.app import App, Fakes, open_app
from bot.model import Answer, Attachment, Invocation, Job, Message, Origin, Person, Place, Post, State, Value

T = TypeVar("T")
NUMBERS = count()


@dataclass(kw_only=True)
class Story:
    """What a test does and sees."""

    app: App
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def playground(self) -> Any:
        return self.app.platforms["playground"]

    @property
    def history(self) -> History:
        return self.playground._room.history

    def person(self, name: str) -> Person:
        return self.playground.cast.players[name].person

    def place(self, channel: str = "general", thread: str | None = None) -> Place:
        return self.playground.cast.channels[channel].place(thread)

    async def say(
        self,
        line: str,
        *,
        who: str = "grace",
        channel: str = "general",
        event: str = "",
        options: Mapping[str, Value] | None = None,
        origin: Origin = Origin.COMMAND,
        attachments: tuple[Attachment, ...] = (),
        thread: str | None = None,
        post: Post | None = None,
        private: bool = False,
    ) -> Answer:
        """`private`: as if only those invited could read the channel, which the playground has none of."""
        return await self.app.dispatch.handle(
            Invocation(
                person=self.person(who),
                place=replace(self.place(channel, thread), private=private),
                event=event or f"event {next(NUMBERS)}",
                origin=origin,
                line=line,
                options=options,
                attachments=attachments,
                post=post,
            )
        )

    async def upload(self, job: Job, index: int = 0) -> Attachment:
        """One of a job's pictures, attached by somebody as a file of theirs."""
        body = (await self.app.files.get(job.images[index].key)).body
        return await self.playground._uploads.keep("grace", "picture.png", "image/png", body)

    async def result(self, job_id: str) -> Post:
        """Where a job's pictures landed."""
        return (await self.app.store.posts(job_id))["result"][0]

    async def react(self, post: Post, emoji: str, *, who: str = "grace", event: str = "") -> Answer:
        key = event or f"reaction {post.id} {emoji} {who}"
        return await self.app.dispatch.handle(
            Invocation(person=self.person(who), place=post.place, event=key, origin=Origin.REACTION, emoji=emoji, post=post)
        )

    async def until(self, job_id: str, *states: State) -> Job:
        wanted = states or tuple(state for state in State if state.over)

        async def there() -> Job | None:
            job = await self.app.store.find(job_id)
            return job if job.state in wanted else None

        return await eventually(there)

    async def drawn(self, line: str, *, who: str = "grace", channel: str = "general") -> Job:
        """Say it and wait until it is delivered and the card says so."""
        answer = await self.say(line, who=who, channel=channel)
        assert answer.job, said(answer)
        job = await self.until(answer.job, State.DELIVERED)
        await self.shown(job.id)
        return job

    async def shown(self, job_id: str) -> Job:
        """Wait until the card shows the job's last version."""

        async def there() -> Job | None:
            job = await self.app.store.find(job_id)
            posts = await self.app.store.posts(job_id)
            return job if job.state.over and "card" in posts and posts["card"][1] >= job.version else None

        return await eventually(there)

    async def card(self, job_id: str) -> Mapping[str, Any]:
        posts = await self.app.store.posts(job_id)
        return (await self.history.get(number_of(posts["card"][0].id))).content

    async def results(self, job_id: str) -> list[Entry]:
        """Messages with pictures in the thread of a job's card."""
        posts = await self.app.store.posts(job_id)
        card = posts["card"][0]
        entries = await self.history.page("grace", card.place.channel, root=number_of(card.id))
        return [entry for entry in entries if entry.number != number_of(card.id) and entry.content.get("pictures")]

    async def channel(self, name: str = "general", *, who: str = "grace") -> list[Entry]:
        return await self.history.page(who, name, limit=1000)


def said(answer: Answer) -> str:
    """Everything an answer says to the person."""
    return text_of(answer.whisper) if answer.whisper else ""


def text_of(message: Message) -> str:
    return "\n".join([message.text, message.title, message.body, message.context, message.code, *(f"{a} {b}" for a, b in message.fields)])


async def eventually(look: Callable[[], Awaitable[T | None]], *, within: float = 30.0) -> T:
    """What `look` gives, as soon as it gives anything.

    It looks more rarely the longer it waits: to ask a journal a hundred times a second slows down what is waited for.
    """
    began = time.monotonic()
    async with asyncio.timeout(within):
        while True:
            found = await look()
            if found:
                return found
            await asyncio.sleep(min(0.1, max(0.01, (time.monotonic() - began) / 20)))


def environment(folder: Path) -> dict[str, str]:
    return {
        "BOT_DATABASE_URL": f"sqlite:///{folder}/limner.db",
        "BOT_FILES_URL": f"{folder}/files",
        "BOT_PLATFORMS": "playground",
        "BOT_PROVIDERS": "sketch",
        "BOT_HTTP_PORT": "0",
        # Small pictures of nothing: a story is about the bot, and the painter has tests of its own.
        "SKETCH_PIXELS": "65536",
        "SKETCH_ROUGH": "true",
    }


@asynccontextmanager
async def open_story(
    folder: Path, settings: Mapping[str, str] | None = None, *, fakes: Fakes | None = None, working: bool = True, **more: str
) -> AsyncGenerator[Story]:
    """The app on a folder, working until the block ends; with `working=False` a test moves the jobs itself."""
    said_settings = {**environment(folder), **(settings or {}), **more}
    async with open_app(config.load(config.BotSettings, "bot", said_settings), said_settings, fakes=fakes, serve=False) as app:
        story = Story(app=app)
        if not working:
            yield story
            return
        async with asyncio.TaskGroup() as group:
            running = group.create_task(app.run(story.stop))
            yield story
            story.stop.set()
            await running
