"""Interactions as signed requests to the bot's own HTTP server: the same answers as over the gateway."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from adapters.platforms.discord import open_discord as connect
from bot.model import State
from tests.wire.discord.interactions import DEFERRED, DEFERRED_UPDATE, MODAL
from tests.wire.discord.server import DiscordServer, open_discord
from tests.wire.discord.signing import send
from tests.wire.discord_life import Life, open_life, settings_for
from tests.wire.discord_sender import Shelf


@asynccontextmanager
async def open_signed(folder: Path) -> AsyncGenerator[tuple[DiscordServer, Life]]:
    async with open_discord() as server, open_life(folder, server, serve=True, DISCORD_PUBLIC_KEY=server.public_key) as life:
        assert life.app.server is not None
        server.interactions_url = f"{life.app.server.address}/discord/interactions"
        yield server, life


async def test_discords_own_check_is_passed(tmp_path: Path) -> None:
    async with open_signed(tmp_path) as (server, _):
        assert await server.ping() == (200, {"type": 1})
        for signature in ("wrong", "no hexadecimal", "", None):
            assert (await server.ping(signature=signature))[0] == 401


async def test_a_command_a_button_and_a_form_work_as_over_the_gateway(tmp_path: Path) -> None:
    async with open_signed(tmp_path) as (server, life):
        said = await server.slash("ada", "general", "imagine", {"prompt": "a red fox"})
        assert (said.response, said.ephemeral) == (DEFERRED, True)
        job = await life.delivered()
        result = await life.message(job.id)
        pressed = await server.press("ivy", result, "Again")
        assert pressed.response == DEFERRED_UPDATE
        assert (await life.delivered(number=2)).person.name == "Ivy"
        remix = await server.press("ada", result, "Remix")
        assert remix.response == MODAL
        await server.submit("ada", remix, {"Prompt": "a blue fox"})
        assert (await life.delivered(number=3)).request.prompt == "a blue fox"
        assert len(server.world.deliveries) == 4


async def test_messages_and_reactions_still_come_over_the_gateway(tmp_path: Path) -> None:
    async with open_signed(tmp_path) as (server, life):
        await server.direct("ada", "imagine a small boat")
        job = await life.delivered()
        await server.react("ada", await life.message(job.id), "🔁")
        await life.delivered(number=2)


async def test_a_request_that_comes_twice_makes_one_job(tmp_path: Path) -> None:
    async with open_signed(tmp_path) as (server, life):
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox"})
        assert (await server.deliver_again())[0] == 202
        await life.delivered()
        await server.slash("ada", "general", "imagine", {"prompt": "another"})
        await life.delivered(number=2)
        assert len(await life.jobs()) == 2


async def test_what_is_signed_and_no_interaction_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    async with open_signed(tmp_path) as (server, life):
        for body in (b"", b"[]", b"null", b"{}", b'{"type": "2"}', b"\xff\xfe", b"{" * 100_000):
            assert (await send(server.world, body, server.sign(body)))[0] == 400
        strange = b'{"type": 2}'
        assert (await send(server.world, strange, server.sign(strange)))[0] == 202
        await server.slash("ada", "general", "imagine", {"prompt": "a red fox"})
        assert (await life.delivered()).state is State.DELIVERED


async def test_it_asks_to_come_again_while_nobody_is_connected_and_takes_nothing_large() -> None:
    async with (
        open_discord() as server,
        connect(settings_for(server, public_key=server.public_key), Shelf().kit()) as platform,
        httpx.AsyncClient(transport=httpx.ASGITransport(platform.pages["/discord"])) as client,
    ):
        for body, status in ((b'{"type": 2}', 503), (b'{"type": 2, "data": "' + b"x" * 2_000_000 + b'"}', 413)):
            answer = await client.post("http://limner.example/interactions", content=body, headers=server.sign(body))
            assert answer.status_code == status


async def test_without_a_public_key_there_is_no_such_page(tmp_path: Path) -> None:
    async with open_discord() as server, open_life(tmp_path, server, serve=True) as life:
        assert life.app.server is not None
        server.interactions_url = f"{life.app.server.address}/discord/interactions"
        assert (await server.ping())[0] == 404
