"""The chats that a story is told in."""

from collections.abc import AsyncGenerator

import pytest

from tests.wire.chats import Chat
from tests.wire.discord_chat import open_discord_chat
from tests.wire.slack_chat import open_slack_chat


@pytest.fixture(params=["discord", "slack"])
async def chat(request: pytest.FixtureRequest) -> AsyncGenerator[Chat]:
    """Each of the small chats in turn."""
    async with open_slack_chat() if request.param == "slack" else open_discord_chat() as opened:
        yield opened
