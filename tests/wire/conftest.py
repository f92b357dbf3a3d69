"""The chats that a story is told in. Every test of this folder runs in `make test`, not before each commit: it speaks over the wire."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.wire.chats import Chat
from tests.wire.discord_chat import open_discord_chat
from tests.wire.slack_chat import open_slack_chat

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.wire)


@pytest.fixture(params=["discord", "slack"])
async def chat(request: pytest.FixtureRequest) -> AsyncGenerator[Chat]:
    """Each of the small chats in turn."""
    async with open_slack_chat() if request.param == "slack" else open_discord_chat() as opened:
        yield opened
