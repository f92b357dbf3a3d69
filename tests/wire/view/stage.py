"""A stage: the assembled bot on a platform's small server, working until the block ends."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bot import config
from bot.app import App, open_app
from tests.wire.discord.server import DiscordServer
from tests.wire.slack.server import SlackServer


def slack_settings(server: SlackServer) -> dict[str, str]:
    return {
        "BOT_PLATFORMS": "slack",
        "SLACK_API_URL": server.api_url,
        "SLACK_BOT_TOKEN": server.bot_token,
        "SLACK_APP_TOKEN": server.app_token,
    }


def discord_settings(server: DiscordServer) -> dict[str, str]:
    return {
        "BOT_PLATFORMS": "discord",
        "DISCORD_API_URL": server.api_url,
        "DISCORD_GATEWAY_URL": server.gateway_url,
        "DISCORD_TOKEN": server.token,
    }


@asynccontextmanager
async def open_bot(folder: Path, settings: Mapping[str, str]) -> AsyncGenerator[App]:
    """The bot on a folder with these settings, its painter drawing as large as it does for everybody."""
    said = {
        "BOT_DATABASE_URL": f"sqlite:///{folder}/limner.db",
        "BOT_FILES_URL": f"{folder}/files",
        "BOT_PROVIDERS": "sketch",
        "BOT_HTTP_PORT": "0",
        **settings,
    }
    stop = asyncio.Event()
    async with (
        open_app(config.load(config.BotSettings, "bot", said), said, serve=False) as app,
        asyncio.TaskGroup() as group,
    ):
        running = group.create_task(app.run(stop))
        try:
            yield app
        finally:
            stop.set()
            await running
