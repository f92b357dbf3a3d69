"""The line to copy, pasted into Discord: all of it lands in the first field, and says what it says everywhere else."""

from pathlib import Path

from tests.flows.story import eventually
from tests.wire.discord.server import open_discord
from tests.wire.discord_life import open_life


async def test_a_pasted_line_draws_what_it_says(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox --count 2 --seed 42 --ar 16:9"})
        first = await life.delivered()
        assert (first.request.prompt, first.request.count, first.seed, first.request.ratio) == ("a red fox", 2, 42, "16:9")
        copied = next(line for line in (await life.message(first.id)).text.splitlines() if line.startswith("/imagine "))
        await server.slash("ivy", "general", "imagine", {"prompt": copied.removeprefix("/imagine ")})
        second = await life.delivered(number=2)
        assert second.request.prompt == "a red fox"
        assert [image.seed for image in second.images] == [image.seed for image in first.images]


async def test_a_field_that_is_filled_in_wins_over_a_flag(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server) as life:
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox --count 3 --seed 42", "count": 1})
        job = await life.delivered()
        assert (job.request.count, job.seed) == (1, 42)


async def test_an_unknown_flag_is_explained_and_nothing_is_drawn(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server):
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox --seeed 42"})

        async def explained() -> bool:
            return any("--seed" in message.text for message in server.ephemerals("ada"))

        assert await eventually(explained)
        assert server.messages("general") == []
