"""Acknowledgements on Slack and Discord: 500 commands in ten seconds to the whole app, beside a bare handler of each SDK in the same run.

Measured where the vendor stands: from sending a command to its first answer.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord

from bot import logs
from tests.bench.easel import quantiles
from tests.flows.story import eventually
from tests.wire.chats import Chat
from tests.wire.discord.guest import answering
from tests.wire.discord_chat import open_discord_chat
from tests.wire.slack.sdk import open_bolt, open_client
from tests.wire.slack.server import open_slack
from tests.wire.slack_chat import open_slack_chat
from tests.wire.story import open_story

COMMANDS, SECONDS, CROWD = 500, 10.0, 50
STILL = {"BOT_WAITING": "100", "BOT_GRACE": "0", "SKETCH_DELAY": "600"}
Ask = Callable[[int], Awaitable[float | None]]


async def measure(ask: Ask) -> list[float]:
    """Seconds to each acknowledgement; a command that nobody acknowledged counts as 3."""
    times: list[float] = []

    async def one(number: int) -> None:
        seconds = await ask(number)
        times.append(3.0 if seconds is None else seconds)

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(COMMANDS):
            await asyncio.sleep(max(0.0, began + number * SECONDS / COMMANDS - time.monotonic()))
            group.create_task(one(number))
    return times


async def measure_app(chat: Chat) -> list[float]:
    """The assembled app, which takes every command as a job and posts cards meanwhile."""
    crowd = chat.crowd(CROWD)
    with tempfile.TemporaryDirectory() as folder:
        async with open_story(Path(folder), chat, settings=STILL) as story:

            async def ask(number: int) -> float | None:
                return (await chat.command(crowd[number % CROWD], "imagine", prompt=f"a fish with {number} scales")).seconds

            times = await measure(ask)

            async def accepted() -> bool:
                return sum((await story.app.store.counts()).values()) == COMMANDS

            await eventually(accepted, within=60)
            return times


@asynccontextmanager
async def bare_slack() -> AsyncGenerator[Ask]:
    """Bolt's own Socket Mode with a handler that acknowledges and does nothing else."""
    async with open_slack() as server, open_client(server) as client, open_bolt(server, client) as app:

        @app.command("/imagine")
        async def handle(ack: Any) -> None:  # pyright: ignore[reportUnusedFunction] - Bolt calls it
            await ack()

        async def ask(number: int) -> float | None:
            return (await server.command("ada", "general", "/imagine", f"a fish with {number} scales")).seconds

        yield ask


@asynccontextmanager
async def bare_discord() -> AsyncGenerator[Ask]:
    """discord.py with a command that defers and does nothing else."""

    async def defer(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)

    async with answering(defer) as server:

        async def ask(number: int) -> float | None:
            return (await server.slash("ada", "general", "do", {"what": f"a fish with {number} scales"})).seconds

        yield ask


async def main() -> None:
    for name, bare, open_chat in (("slack", bare_slack, open_slack_chat), ("discord", bare_discord, open_discord_chat)):
        async with bare() as ask:
            alone = await measure(ask)
        async with open_chat() as chat:
            whole = await measure_app(chat)
        (low, high), (p50, p99) = quantiles(alone), quantiles(whole)
        print(  # noqa: T201 - a benchmark prints its figures
            f"{name}: {COMMANDS} commands in {SECONDS:.0f} s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {max(whole) * 1000:.0f} ms, "
            f"in time {sum(each < 3 for each in whole)}/{COMMANDS}; bare handler p50 {low:.1f} ms, p99 {high:.1f} ms, "
            f"worst {max(alone) * 1000:.0f} ms; ratio of p50 {p50 / low:.1f}, of p99 {p99 / high:.1f}"
        )


if __name__ == "__main__":
    logs.set_up(form="json", level="error")
    asyncio.run(main())
