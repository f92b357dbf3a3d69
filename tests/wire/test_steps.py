"""The README's steps, typed as a new admin types them: a `.env`, the doctor, a start, the first picture, a stop."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from tests.flows.process import ROOT
from tests.flows.story import eventually
from tests.flows.test_command_line import limner
from tests.wire.discord.server import open_discord
from tests.wire.slack.server import open_slack
from tests.wire.view.stage import discord_settings, slack_settings

pytestmark = pytest.mark.slow


def write_env(folder: Path, settings: Mapping[str, str]) -> None:
    lines = {**settings, "SKETCH_PIXELS": "65536", "BOT_HTTP_PORT": "0"}
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()), encoding="utf-8")


@asynccontextmanager
async def running(folder: Path) -> AsyncGenerator[None]:
    """`limner run` in a folder, which at the end of the block is asked to stop, and does."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "SKETCH_"))}  # noqa: TID251 - a child process needs PATH and HOME
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
        )
        try:
            yield
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(30):
                assert await process.wait() == 0, (folder / "log").read_text()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_the_steps_for_slack_lead_to_a_picture(tmp_path: Path) -> None:
    described = await limner(tmp_path, "manifest", "slack")
    assert described.status == 0, described.err
    commands = [command["command"] for command in yaml.safe_load(described.out)["features"]["slash_commands"]]
    async with open_slack() as server:
        server.commands = set(commands)
        write_env(tmp_path, slack_settings(server))
        doctor = await limner(tmp_path, "doctor")
        assert doctor.status == 0, doctor.out
        async with running(tmp_path):
            await server.connected()
            await server.command("ada", "general", "/imagine", "a red fox in the snow --count 4")

            async def drawn() -> bool:
                return any(server.messages("general", card.ts) for card in server.messages("general") if "Done in" in card.text)

            assert await eventually(drawn, within=60)


async def test_the_steps_for_discord_lead_to_a_picture(tmp_path: Path) -> None:
    async with open_discord() as server:
        write_env(tmp_path, discord_settings(server))
        doctor = await limner(tmp_path, "doctor")
        assert doctor.status == 0, doctor.out
        assert f"client_id={server.application_id}&scope=bot+applications.commands&permissions=" in doctor.out
        async with running(tmp_path):

            async def connected() -> bool:
                return any(line.session for line in server.lines) and "imagine" in {one["name"] for one in server.commands.get("", [])}

            await eventually(connected, within=60)
            await server.slash("ada", "general", "imagine", {"prompt": "a red fox in the snow", "count": 4})

            async def drawn() -> bool:
                cards = [card for card in server.messages("general") if "Done in" in card.text and card.thread]
                return any(server.messages(card.thread) for card in cards if card.thread)

            assert await eventually(drawn, within=60)
