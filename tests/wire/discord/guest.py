"""A guest: the real discord.py in a small bot of the tests' own, pointed at a server of ours and put back afterwards."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.wire.discord.server import DiscordServer

INTENTS = discord.Intents(13825)
"""Servers, messages and reactions, in servers and direct; nothing privileged."""


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
