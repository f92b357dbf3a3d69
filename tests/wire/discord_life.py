"""A life on a small Discord: the platform alone with a hub that says what a test wants, or the assembled app."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.platforms.discord import Discord, DiscordSettings, open_discord
from bot import config
from bot.app import App, Fakes, all_commands, open_app
from bot.model import Answer, CommandSpec, Invocation, Job, Message, Person, Place, State
from bot.plugins import Kit
from tests.flows.story import environment, eventually
from tests.wire.discord import server as vendor
from tests.wire.discord.messages import Message as Seen
from tests.wire.discord.server import DiscordServer
from tests.wire.discord_sender import Shelf

MENU = [command.spec for _, command in sorted(all_commands().items())]
CALLBACK = "POST /interactions/{interaction_id}/{token}/callback"


@dataclass(kw_only=True)
class Script:
    """A hub that answers as it was told, and notes what it was asked."""

    heard: list[Invocation] = field(default_factory=list[Invocation])
    answer: Callable[[Invocation], Awaitable[Answer]] | None = None
    values: Sequence[str] = ()
    asked: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    hold: asyncio.Event | None = None
    """Where set, answers wait for it."""

    async def handle(self, invocation: Invocation) -> Answer:
        self.heard.append(invocation)
        if self.hold:
            await self.hold.wait()
        return await self.answer(invocation) if self.answer else Answer()

    async def complete(self, person: Person, place: Place, *, command: str, option: str, typed: str) -> Sequence[str]:
        self.asked.append((command, option, typed))
        return self.values

    async def home(self, person: Person, place: Place) -> Sequence[Message]:
        return []

    def says(self, answer: Answer) -> None:
        """The same answer to everything."""

        async def give(_: Invocation) -> Answer:
            return answer

        self.answer = give


@dataclass(kw_only=True)
class Scene:
    """The platform on a server, with a script for a hub."""

    server: DiscordServer
    platform: Discord
    hub: Script
    shelf: Shelf

    async def heard(self, number: int = 1) -> list[Invocation]:
        """What the hub was asked, once it was asked so often."""

        async def there() -> list[Invocation]:
            return self.hub.heard if len(self.hub.heard) >= number else []

        return await eventually(there)

    async def seen(self, look: Callable[[], Any]) -> Any:
        async def there() -> Any:
            return look()

        return await eventually(there)


def settings_for(server: DiscordServer, **more: Any) -> DiscordSettings:
    return DiscordSettings.model_validate({"token": server.token, "api_url": server.api_url, **more})


@asynccontextmanager
async def open_scene(
    *, server: DiscordServer | None = None, hub: Script | None = None, kit: Kit | None = None, settings: Mapping[str, Any] | None = None,
    menu: Sequence[CommandSpec] = (), **options: Any,
) -> AsyncGenerator[Scene]:  # fmt: skip
    """The platform, connected and listening until the block ends."""
    if server is None:
        async with vendor.open_discord(**options) as own, open_scene(server=own, hub=hub, kit=kit, settings=settings, menu=menu) as scene:
            yield scene
        return
    shelf = Shelf()
    hub = hub or Script()
    async with open_discord(settings_for(server, **(settings or {})), kit or shelf.kit()) as platform, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(platform.run([*MENU, *menu], hub))
        scene = Scene(server=server, platform=platform, hub=hub, shelf=shelf)
        try:
            await scene.seen(lambda: platform.ready or running.done())
            yield scene
        finally:
            running.cancel()


@dataclass(kw_only=True)
class Life:
    """The assembled app on a server."""

    app: App
    server: DiscordServer
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def platform(self) -> Discord:
        found: Any = self.app.platforms["discord"]
        return found

    async def jobs(self, *, number: int = 1) -> list[Job]:
        """The newest jobs, newest first, once there are so many."""

        async def there() -> list[Job]:
            found = await self.app.store.recent(limit=1000)
            return found if len(found) >= number else []

        return await eventually(there)

    async def until(self, job: str, *states: State) -> Job:
        wanted = states or tuple(state for state in State if state.over)

        async def there() -> Job | None:
            found = await self.app.store.find(job)
            posts = await self.app.store.posts(job)
            return found if found.state in wanted and (not found.state.over or posts["card"][1] >= found.version) else None

        return await eventually(there)

    async def delivered(self, *, number: int = 1) -> Job:
        """The newest job, once it is delivered and its card says so."""
        return await self.until((await self.jobs(number=number))[0].id, State.DELIVERED)

    async def message(self, job: str, key: str = "result") -> Seen:
        """A job's message, as the server has it."""
        posts = await self.app.store.posts(job)
        return self.server.world.messages[int(posts[key][0].id)]


@asynccontextmanager
async def open_life(
    folder: Path, server: DiscordServer, *, fakes: Fakes | None = None, serve: bool = False, wait: bool = True, **more: str
) -> AsyncGenerator[Life]:
    """The app on a folder with Discord as its only platform, working until the block ends."""
    said = environment(folder) | {
        "BOT_PLATFORMS": "discord", "DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.api_url, **more,
    }  # fmt: skip
    async with open_app(config.load(config.BotSettings, "bot", said), said, fakes=fakes, serve=serve) as app, asyncio.TaskGroup() as group:
        life = Life(app=app, server=server)
        running = group.create_task(app.run(life.stop))

        async def ready() -> bool:
            return life.platform.ready or running.done()

        if wait:
            await eventually(ready)
        yield life
        life.stop.set()
        await running
