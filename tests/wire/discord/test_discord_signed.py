"""Interactions as signed requests, with a small app of the tests' own at the other end."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.wire.discord.caller import calling
from tests.wire.discord.server import DiscordServer, open_discord

COMMAND = {"name": "imagine", "description": "Draw"}
BUTTON = {"type": 2, "style": 1, "label": "Again", "custom_id": "again"}
HELLO = {"type": 4, "data": {"content": "hello", "components": [{"type": 1, "components": [BUTTON]}]}}


@asynccontextmanager
async def listening(server: DiscordServer, answer: Any, *, status: int = 200) -> AsyncGenerator[list[Any]]:
    """An app that checks signatures and always answers the same; gives what it heard."""
    heard: list[Any] = []

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        try:
            signature = bytes.fromhex(request.headers.get("X-Signature-Ed25519", ""))
            stamp = request.headers.get("X-Signature-Timestamp", "").encode()
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(server.public_key)).verify(signature, stamp + body)
        except (InvalidSignature, ValueError):
            return web.Response(status=401)
        heard.append(json.loads(body))
        return (
            web.json_response({"type": 1} if heard[-1]["type"] == 1 else answer, status=status) if answer else web.Response(status=status)
        )

    app = web.Application()
    app.router.add_post("/discord/interactions", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.interactions_url = f"http://127.0.0.1:{runner.addresses[0][1]}/discord/interactions"
        async with calling(server) as caller:
            await caller.ask("PUT", f"/applications/{server.application_id}/commands", [COMMAND])
        yield heard
    finally:
        await runner.cleanup()


async def test_a_ping_is_answered_and_a_forged_one_is_not() -> None:
    async with open_discord() as server, listening(server, HELLO):
        assert await server.ping() == (200, {"type": 1})
        assert (await server.ping(signature="wrong"))[0] == 401
        assert (await server.ping(signature="no hexadecimal"))[0] == 401
        assert (await server.ping(signature=None))[0] == 401


async def test_a_command_goes_to_the_address_and_its_reply_is_the_answer() -> None:
    async with open_discord() as server, listening(server, HELLO) as heard:
        said = await server.slash("ada", "general", "imagine")
        assert (said.text, said.response) == ("hello", 4)
        assert heard[-1]["data"]["name"] == "imagine"
        assert said.message is not None
        assert (await server.press("ivy", said.message, "Again")).text == "hello"
        assert heard[-1]["data"]["custom_id"] == "again"
        assert server.world.gateway.dispatches[-1][0] != "INTERACTION_CREATE"
        assert (await server.deliver_again())[0] == 200
        assert (await server.deliver_again(headers={"X-Signature-Timestamp": "0", "X-Signature-Ed25519": "00"}))[0] == 401


async def test_a_deferred_answer_is_filled_over_the_api() -> None:
    async with open_discord() as server, listening(server, {"type": 5}), calling(server) as caller:
        said = await server.slash("ada", "general", "imagine")
        assert said.response == 5
        path = f"/webhooks/{server.application_id}/{said.token}/messages/@original"
        assert (await caller.ask("PATCH", path, {"content": "filled"})).status == 200
        assert said.text == "filled"


async def test_an_answer_that_is_none_is_a_failure() -> None:
    async with open_discord() as server, listening(server, {"type": 99}):
        assert (await server.slash("ada", "general", "imagine")).failed
    async with open_discord() as server, listening(server, None, status=500):
        assert (await server.slash("ada", "general", "imagine")).failed


async def test_an_app_may_accept_now_and_answer_over_the_api() -> None:
    async with open_discord() as server, listening(server, None, status=202), calling(server) as caller:
        said = await server.slash("ada", "general", "imagine", wait=False)
        assert not said.failed
        await caller.ask("POST", f"/interactions/{said.id}/{said.token}/callback", HELLO)
        assert (await said.answered()).text == "hello"
