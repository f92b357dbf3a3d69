"""A story on real platforms: the assembled app on a small Slack, a small Discord or both, and what people there see of it."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from bot import config
from bot.app import App, Fakes, open_app
from bot.model import Job, State
from tests.flows.story import environment, eventually
from tests.wire.chats import Chat, Sheet, Shown
from tests.wire.logbook import Logbook, count_tasks, keep_log

T = TypeVar("T")


@dataclass(kw_only=True)
class Story:
    """What a test does and sees; what people do, they do in `chat`."""

    app: App
    chat: Chat
    log: Logbook
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    expected: set[str] = field(default_factory=set[str])
    """Errors that may be logged, by their event."""
    discreet: list[str] = field(default_factory=list[str])
    """What people typed and what is secret: none of it may be logged."""

    async def draw(self, prompt: str, who: str = "ada", channel: str = "general", **options: Any) -> Job:
        """Type /imagine, and wait until everything about it is shown."""
        known = {job.id for job in await self.app.store.recent(limit=1000)}
        self.discreet.append(prompt)
        deed = await self.chat.command(who, "imagine", channel, prompt=prompt, **options)
        assert not deed.failed, deed
        return await self.done(await self.job(known))

    async def job(self, known: Iterable[str] = ()) -> str:
        """The id of the newest job that is not among the known ones, once there is one."""
        (job,) = await self.jobs(1, known)
        return job

    async def jobs(self, many: int, known: Iterable[str] = ()) -> list[str]:
        """The ids of all jobs that are not known, once there are so many."""

        async def there() -> list[str]:
            found = [job.id for job in await self.app.store.recent(limit=1000) if job.id not in known]
            return found if len(found) >= many else []

        return await eventually(there)

    async def known(self) -> set[str]:
        return {job.id for job in await self.app.store.recent(limit=1000)}

    async def until(self, job: str, *states: State) -> Job:
        wanted = states or tuple(state for state in State if state.over)

        async def there() -> Job | None:
            found = await self.app.store.find(job)
            return found if found.state in wanted else None

        return await eventually(there, within=60)

    async def done(self, job: str, state: State = State.DELIVERED) -> Job:
        """The job, once it is over and its card says so."""
        found = await self.until(job)
        assert found.state is state, (found.state, found.problem, self.log.text[-3000:])

        async def there() -> Job | None:
            now = await self.app.store.find(job)
            posts = await self.app.store.posts(job)
            return now if "card" in posts and posts["card"][1] >= now.version else None

        return await eventually(there, within=60)

    async def shown(self, job: str, key: str = "result") -> Shown:
        """A job's card or result as it stands."""
        found = self.chat.at((await self.app.store.posts(job))[key][0])
        assert found, f"the {key} of job {job} is gone"
        return found

    async def card(self, job: str) -> Shown:
        return await self.shown(job, "card")

    async def sees(self, look: Callable[[], T], *, within: float = 20.0) -> T:
        """What a look at the chat gives, once it gives anything."""

        async def there() -> T | None:
            return look() or None

        return await eventually(there, within=within)

    async def whispered(self, who: str, *words: str) -> Shown:
        """The whisper to somebody that has these words, once there is one."""
        found = await self.sees(lambda: [one for one in self.chat.whispers(who) if all(word in one.text for word in words)])
        return found[-1]

    async def form(self, who: str) -> Sheet:
        return await self.sees(lambda: self.chat.form(who))  # pyright: ignore[reportReturnType] - waited for until there is one

    async def quiet(self) -> None:
        """Wait until nothing is left to be done."""

        async def there() -> bool:
            return not await self.app.store.unfinished()

        await eventually(there, within=60)

    async def used(self, who: str) -> int:
        """Images that count toward somebody's quota today."""
        person = next(job.person for job in await self.app.store.recent(limit=1000) if job.person.id == self.chat.person(who).id)
        return sum(
            len(job.images) for job in await self.app.store.recent(person=person, limit=1000) if job.state is State.DELIVERED or job.sent
        )


@dataclass(kw_only=True)
class Calendar:
    """The bot's own clock, which a test can put forward."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@asynccontextmanager
async def open_story(
    folder: Path,
    *chats: Chat,
    settings: Mapping[str, str] = MappingProxyType({}),
    fakes: Fakes | None = None,
    expected: Iterable[str] = (),
    serve: bool = False,
    ready: bool = True,
    working: bool = True,
    **more: str,
) -> AsyncGenerator[Story]:
    """The app on a folder with these chats, working until the block ends; then its log is read for traces, secrets and prompts.

    `ready`: whether to wait until every chat is connected. `working`: whether jobs move by themselves; else a test moves them.
    """
    said: dict[str, str] = {**environment(folder), "BOT_PLATFORMS": ",".join(chat.name for chat in chats)}
    for chat in chats:
        said |= chat.settings
    said |= {**settings, **more}
    failure: Exception | None = None
    with keep_log() as log, count_tasks():
        async with open_app(config.load(config.BotSettings, "bot", said), said, fakes=fakes, serve=serve) as app:
            story = Story(app=app, chat=chats[0], log=log, expected=set(expected))
            async with asyncio.TaskGroup() as group:
                running = group.create_task(app.run(story.stop) if working else listen(app, story.stop))

                async def connected() -> bool:
                    return running.done() or all(platform.ready for platform in app.platforms.values())

                try:
                    if ready:
                        await eventually(connected)
                    if app.server:
                        for chat in chats:
                            chat.reach(app.server.address)
                    yield story
                except Exception as error:  # noqa: BLE001 - it goes on below, out of the group, so that a test sees it as it is
                    failure = error
                story.stop.set()
                await running
        # What nobody waited for is told when it is collected.
        gc.collect()
        if failure:
            raise failure
        log.assert_quiet(expected=story.expected)
        log.assert_discreet([*story.discreet, *(secret for chat in chats for secret in chat.secrets)])


async def listen(app: App, stop: asyncio.Event) -> None:
    """The platforms alone, without a worker."""
    async with asyncio.TaskGroup() as group:
        listening = [group.create_task(platform.run(app.dispatch.menu, app.dispatch)) for platform in app.platforms.values()]
        await stop.wait()
        for task in listening:
            task.cancel()


def plainly(text: str) -> str:
    """Words without the backslashes by which markup is kept from being read."""
    return text.replace("\\", "")
