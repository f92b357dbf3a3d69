"""Many people at once on Discord: every acknowledgement in time, every job taken."""

import asyncio
import time
from pathlib import Path

from bot.model import Answer, Message
from tests.flows.story import eventually
from tests.wire.discord.interactions import Interaction
from tests.wire.discord.server import open_discord
from tests.wire.discord_life import Script, open_life, open_scene

COMMANDS, SECONDS = 500, 10.0
BURST = 200


def delays(said: list[Interaction]) -> list[float]:
    return sorted(each.seconds if each.seconds is not None else float("inf") for each in said)


async def test_five_hundred_commands_in_ten_seconds_are_acknowledged_in_time(tmp_path: Path) -> None:
    async with (
        open_discord(limit=50, most=10_000) as server,
        open_life(tmp_path, server, BOT_QUOTA_DAY="", BOT_QUOTA_MONTH="", BOT_WAITING="10000", BOT_RUNNING="1") as life,
    ):
        said: list[Interaction] = []
        began = time.monotonic()
        for number in range(COMMANDS):
            who = ("ada", "ivy", "grace")[number % 3]
            said.append(await server.slash(who, "general", "imagine", {"prompt": f"boat {number}"}, wait=False))
            await asyncio.sleep(max(0.0, began + (number + 1) * SECONDS / COMMANDS - time.monotonic()))
        await asyncio.gather(*(each.answered() for each in said))
        took = delays(said)
        assert took[-1] < 3, f"median {took[len(took) // 2]:.3f} s, slowest {took[-1]:.3f} s"
        assert not any(each.failed for each in said)

        async def taken() -> bool:
            return len(await life.app.store.recent(limit=1000)) == COMMANDS

        await eventually(taken, within=60)


async def test_two_hundred_at_once_with_a_hub_that_takes_long_are_acknowledged_in_time() -> None:
    hub = Script(hold=asyncio.Event())
    async with open_discord(limit=50, most=10_000) as server, open_scene(server=server, hub=hub) as scene:
        said = [
            await server.slash("ada", "general", "imagine", {} if number % 10 == 0 else {"prompt": f"boat {number}"}, wait=False)
            for number in range(BURST)
        ]
        await asyncio.gather(*(each.answered() for each in said))
        assert delays(said)[-1] < 3
        # Only so many questions are with the hub at a time; the others wait their turn.
        assert len(hub.heard) < BURST
        hub.says(Answer(whisper=Message(text="done", body="done")))
        assert hub.hold
        hub.hold.set()
        await scene.heard(BURST)
        await scene.seen(lambda: all(each.text == "done" for each in said))
