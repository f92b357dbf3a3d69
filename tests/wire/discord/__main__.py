"""`python -m tests.wire.discord`: a small Discord to try Limner against by hand. It says which environment to use, and ends with Ctrl+C."""

import asyncio
import sys

from tests.wire.discord.server import open_discord


async def serve() -> None:
    async with open_discord() as server:
        sys.stdout.write(
            f"export BOT_PLATFORMS=discord\n"
            f"export DISCORD_API_URL={server.api_url}\n"
            f"export DISCORD_GATEWAY_URL={server.gateway_url}\n"
            f"export DISCORD_TOKEN={server.token}\n"
            f"# For commands as signed requests instead of the gateway: export DISCORD_PUBLIC_KEY={server.public_key}\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        sys.exit(0)
