"""A guest: the real discord.py in a small bot of the tests' own, pointed at a server of ours and put back afterwards."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.wire.discord.server import DiscordServer, open_discord

INTENTS = discord.Intents(13825)
"""Servers, messages and reactions, in servers and direct; nothing privileged."""
Do = Callable[[discord.Interaction], Awaitable[object]]


@asynccontextmanager
async def pointed_at(api_url: str, gateway_url: str) -> AsyncGenerator[None]:
    """Has discord.py look for Discord at these addresses."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api_url, yarl.URL(gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


class Guest(discord.AutoShardedClient):
    """A bot that notes everything it hears."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("intents", INTENTS)
        super().__init__(allowed_mentions=discord.AllowedMentions.none(), **options)
        self.tree = app_commands.CommandTree(self)
        self._connection.guild_ready_timeout = 0.05
        self.heard: list[tuple[str, tuple[Any, ...]]] = []
        self.up = asyncio.Event()
        self.ended = asyncio.Event()

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        try:
            await super().start(token, reconnect=reconnect)
        finally:
            self.ended.set()

    async def on_ready(self) -> None:
        self.up.set()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No waiting between two tries: the server counts them, and nothing else is at stake."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.heard.append((event, args))
        super().dispatch(event, *args, **kwargs)

    def get_channel_named(self, name: str) -> Any:
        """A channel of any server in its memory, or None."""
        return discord.utils.get(self.get_all_channels(), name=name)

    def events(self, name: str) -> list[Any]:
        """The first arguments of all events of a name."""
        return [args[0] if args else None for event, args in self.heard if event == name]


@asynccontextmanager
async def connected(server: DiscordServer, guest: Guest, *, token: str = "") -> AsyncGenerator[Guest]:
    """The guest, logged in and ready; a failure of its own ends the test."""
    async with pointed_at(server.api_url, server.gateway_url), guest, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(guest.start(token or server.token))
        try:
            async with asyncio.timeout(20):
                await guest.up.wait()
            yield guest
        finally:
            await guest.close()
            running.cancel()


@asynccontextmanager
async def answering(do: Do, **options: Any) -> AsyncGenerator[DiscordServer]:
    """A server and a bot with one command, /do, that does this."""
    guest = Guest()

    @guest.tree.command(name="do", description="Do it")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def command(
        interaction: discord.Interaction,
        what: str = "",  # noqa: ARG001 - read from the namespace
        file: discord.Attachment | None = None,  # noqa: ARG001 - the same
    ) -> None:
        await do(interaction)

    @command.autocomplete("what")
    async def complete(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}!", value=current)]

    @guest.tree.context_menu(name="Use as prompt")
    async def use(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content, ephemeral=True)

    async with open_discord(**options) as server, connected(server, guest):
        await guest.tree.sync()
        yield server


async def tell(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("done")
