"""Discord's life: a ChatPlatform that logs in, listens until it is told to stop, and can send until it is closed."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import structlog

from adapters.platforms.discord import menu as menus
from adapters.platforms.discord.answers import Whispers
from adapters.platforms.discord.chatter import shortened
from adapters.platforms.discord.client import TOKEN_MISSING, LimnerClient, connect, pointed_at
from adapters.platforms.discord.desk import Desk
from adapters.platforms.discord.inbound import PLATFORM, Reader
from adapters.platforms.discord.interactions import endpoint
from adapters.platforms.discord.outside import Outside
from adapters.platforms.discord.posts import Posts
from adapters.platforms.discord.settings import DiscordSettings
from bot.errors import PlatformFault, SettingFault
from bot.model import Attachment, CommandSpec, Message, Person, Place, Post
from bot.plugins import Kit
from bot.ports import ASGI, Hub

log = structlog.get_logger()

_PATIENCE = 15.0
_LAST = 5.0
"""Seconds that events under way have to end when the platform stops."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One connection, and what sends through it."""

    client: LimnerClient
    posts: Posts
    outside: Outside
    whispers: Whispers


class Discord:
    """Raises PlatformFault and nothing else."""

    name = PLATFORM
    pause = 2.0

    def __init__(self, settings: DiscordSettings, kit: Kit, *, patience: float = _PATIENCE) -> None:
        """`patience`: seconds that something to be sent waits for the connection."""
        self._patience = patience
        self._settings = settings
        self._kit = kit
        self._reader = Reader(settings)
        self._connection: Connection | None = None
        self._changed = asyncio.Condition()
        self._refused = ""
        self._open = AsyncExitStack()
        self._listening = False

    @property
    def ready(self) -> bool:
        """Whether it is connected and listens."""
        return self._listening and self._connection is not None and self._connection.client.online

    @property
    def pages(self) -> Mapping[str, ASGI]:
        """The address for signed interactions, where a public key is set."""
        key = self._settings.public_key
        return MappingProxyType({"/discord": endpoint(key, self.take)} if key else {})

    def take(self, payload: Mapping[str, Any]) -> bool:
        """An interaction that came over HTTP. False while nobody listens."""
        connection = self._connection
        if not self._listening or connection is None or not connection.client.is_ready():
            return False
        connection.client.take(payload)
        return True

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        """Receive until cancelled. What was heard by then gets a few seconds; sending goes on until the platform is closed.

        Raises:
            SettingFault: the token is missing, or Discord refuses it or the intents.
            PlatformFault: the connection broke in a way that discord.py does not mend.
        """
        token = self._settings.token.get_secret_value() if self._settings.token else ""
        if not token:
            raise await self._give_up(SettingFault(TOKEN_MISSING))
        await self.close()
        others = bool(self._settings.admin_roles) or any(key.startswith(f"{PLATFORM}:") for key in self._kit.admins)
        client = LimnerClient(self._settings, self._kit.vault, menus.commands(menu, others=others))
        await self._open.enter_async_context(client)
        posts = Posts(client, self._kit)
        connection = Connection(client=client, posts=posts, outside=Outside(client, posts, self._kit.vault), whispers=Whispers(posts))
        self._refused = ""
        fault: SettingFault | PlatformFault | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                try:
                    await self._listen(connection, menu, hub, tasks, token)
                except (SettingFault, PlatformFault) as found:
                    fault = found
        finally:
            if client.is_closed():
                self._connection = None
        if fault:
            raise await self._give_up(fault)

    async def _listen(self, connection: Connection, menu: Sequence[CommandSpec], hub: Hub, tasks: asyncio.TaskGroup, token: str) -> None:
        client = connection.client
        desk = Desk(client, connection.posts, connection.outside, connection.whispers, reader=self._reader, menu=menu, hub=hub, tasks=tasks)
        client.ears = desk
        self._listening = True
        opening = tasks.create_task(self._announce(connection))
        try:
            await connect(client, token)
        finally:
            self._listening = False
            opening.cancel()
            await _in_time(client.hush())
            await desk.finish(_LAST)

    async def _announce(self, connection: Connection) -> None:
        """Let everything that waits be sent, once the servers are known."""
        await connection.client.wait_until_ready()
        async with self._changed:
            self._connection = connection
            self._changed.notify_all()
        await connection.outside.sweep()

    async def _give_up(self, fault: SettingFault | PlatformFault) -> SettingFault | PlatformFault:
        """Remember why nothing can be sent, for those who wait to send."""
        if isinstance(fault, SettingFault):
            async with self._changed:
                self._refused = str(fault)
                self._changed.notify_all()
        return fault

    async def _ready(self) -> Connection:
        """The connection, once there is one. Raises PlatformFault, to be tried again later, where none comes in time."""
        try:
            async with asyncio.timeout(self._patience), self._changed:
                await self._changed.wait_for(lambda: self._connection is not None or self._refused)
        except TimeoutError:
            raise PlatformFault("I am not connected to Discord right now; I try again by myself.") from None
        if self._connection is None:
            raise PlatformFault(self._refused)
        return self._connection

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        """Post a message under a key; see the port."""
        connection = await self._ready()
        if connection.outside.holds(place):
            return await connection.outside.post(place, message, key=key)
        return await connection.posts.post(place, message, key=key, again=again)

    async def edit(self, post: Post, message: Message) -> None:
        """Replace a post's content."""
        connection = await self._ready()
        await (connection.outside if connection.outside.holds(post.place) else connection.posts).edit(post, message)

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Show something to one person only: in place while Discord allows it, else in their direct conversation."""
        await (await self._ready()).whispers.whisper(person, place, message)

    async def open_thread(self, post: Post, title: str) -> Place:
        """The thread under a post; where there can be none, the place of the post."""
        connection = await self._ready()
        return post.place if connection.outside.holds(post.place) else await connection.posts.open_thread(post, title)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file that came with an invocation."""
        return await (await self._ready()).posts.fetch(attachment)

    async def close(self) -> None:
        """End the connection for good: nothing can be sent any more."""
        async with self._changed:
            self._connection = None
        await _in_time(self._open.aclose())


async def _in_time(ending: Coroutine[Any, Any, None]) -> None:
    """Give the end of a connection a few seconds: a socket whose other side is gone would take half a minute."""
    try:
        async with asyncio.timeout(_LAST):
            await ending
    except TimeoutError:
        log.warning("connection not closed in time", platform=PLATFORM)


@asynccontextmanager
async def open_discord(settings: DiscordSettings, kit: Kit) -> AsyncGenerator[Discord]:
    """Discord, not connected yet: `run` does that."""
    with pointed_at(settings), shortened():
        platform = Discord(settings, kit)
        try:
            yield platform
        finally:
            await platform.close()
