"""Whole stories on Discord: the assembled app, the real discord.py, and people who do things in it."""

from pathlib import Path

from bot.model import State
from tests.wire.discord.server import open_discord
from tests.wire.discord_life import open_life


async def test_a_command_gives_a_card_and_its_images_in_a_thread(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        said = await server.slash("ada", "general", "imagine", {"prompt": "a red fox", "count": 2})
        assert said.ephemeral
        assert said.seconds is not None
        assert said.seconds < 1
        job = await life.delivered()
        card, result = await life.message(job.id, "card"), await life.message(job.id)
        assert card.channel.name == "general"
        assert "a red fox" in card.text
        assert result.channel.parent is card.channel
        assert len(result.pictures) == 2
        assert all("a red fox" in picture.alt for picture in result.pictures)
        assert server.ephemerals("ada") == []
        assert job.person.name == "Ada"
        assert job.state is State.DELIVERED
