"""Interactions as signed requests to the app's own address, instead of over the gateway."""

import json
from typing import TYPE_CHECKING

import aiohttp

from tests.wire.discord.faults import Fault, Json
from tests.wire.discord.interactions import DEADLINE, PING, Interaction

if TYPE_CHECKING:
    from tests.wire.discord.world import World

NO_CONTENT_YET = 202
SIGNATURE, TIMESTAMP = "X-Signature-Ed25519", "X-Signature-Timestamp"


def sign(world: "World", body: bytes) -> dict[str, str]:
    """The headers that prove where a request comes from."""
    stamp = str(int(world.clock.now()))
    return {TIMESTAMP: stamp, SIGNATURE: world.key.sign(stamp.encode() + body).hex(), "Content-Type": "application/json"}


async def send(world: "World", body: bytes, headers: dict[str, str]) -> tuple[int, Json | None]:
    """A request to the app: its status, and its JSON if there is any. Raises TimeoutError after three seconds."""
    timeout = aiohttp.ClientTimeout(total=DEADLINE)
    agent = {"User-Agent": "Discord-Interactions/1.0 (+https://discord.com)"}
    async with (
        aiohttp.ClientSession(timeout=timeout, headers=agent) as session,
        session.post(world.interactions_url, data=body, headers=headers, allow_redirects=False) as response,
    ):
        if response.status == 200 and response.content_type == "application/json":
            return response.status, await response.json()
        return response.status, None


async def deliver(world: "World", interaction: Interaction) -> None:
    """Hands an interaction to the app; whatever it answers in the reply is its first answer."""
    body = json.dumps(interaction.payload()).encode()
    world.deliveries.append((body, sign(world, body)))
    try:
        status, answer = await send(world, *world.deliveries[-1])
        if answer is not None:
            interaction.respond(answer, {})
        elif status == NO_CONTENT_YET:
            return  # The answer comes over the API.
        else:
            interaction.trouble = ConnectionError(f"the app answered {status}")
    except (TimeoutError, aiohttp.ClientError, Fault) as trouble:
        interaction.trouble = trouble
    interaction.settled.set()


async def ping(world: "World", *, signature: str | None = "right") -> tuple[int, Json | None]:
    """The check that Discord makes when the address is set, and now and then later: with a right, a wrong or no signature."""
    body = json.dumps(
        {"id": str(world.clock.snowflake()), "application_id": str(world.application_id), "type": PING, "token": "", "version": 1}
    ).encode()
    headers = sign(world, body)
    if signature is None:
        del headers[SIGNATURE], headers[TIMESTAMP]
    elif signature != "right":
        headers[SIGNATURE] = world.key.sign(b"something else").hex() if signature == "wrong" else signature
    return await send(world, body, headers)
