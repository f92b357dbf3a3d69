"""What `limner doctor` says about Slack: the exact missing thing, and nothing is posted."""

from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.platforms.slack.examine import examine
from bot.plugins import Finding
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_life import settings_of
from tests.wire.slack_posts import Cabinet


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        yield server


async def look(slack: SlackServer, folder: Path, public_url: str = "https://limner.example.com", **settings: Any) -> Mapping[str, Finding]:
    kit = Cabinet(public_url=public_url).kit(folder)
    return {finding.subject.removeprefix("slack "): finding async for finding in examine(settings_of(slack, **settings), kit)}


async def test_all_is_well(slack: SlackServer, tmp_path: Path) -> None:
    found = await look(slack, tmp_path, admin_group="S0LIMNERADMINS")
    assert set(found) == {"token", "scopes", "admin group", "socket"}
    assert all(finding.good for finding in found.values()), found
    assert "limner" in found["token"].sentence
    assert "1 people" in found["admin group"].sentence
    assert slack.sockets == 0


async def test_a_missing_scope_is_named_with_its_reason(slack: SlackServer, tmp_path: Path) -> None:
    slack.team.scopes -= {"files:write"}
    found = (await look(slack, tmp_path))["scopes"]
    assert not found.good
    assert "files:write (uploads the images it drew)" in found.sentence


@pytest.mark.parametrize(
    ("settings", "subject", "variable"),
    [
        ({"bot_token": "xoxb-wrong"}, "token", "SLACK_BOT_TOKEN"),
        ({"app_token": "xapp-wrong"}, "socket", "SLACK_APP_TOKEN"),
        ({"app_token": None}, "settings", "SLACK_APP_TOKEN"),
        ({"admin_group": "S0NOBODY"}, "admin group", "BOT_ADMINS"),
    ],
)
async def test_what_is_wrong_is_named(slack: SlackServer, tmp_path: Path, settings: dict[str, Any], subject: str, variable: str) -> None:
    found = (await look(slack, tmp_path, **settings))[subject]
    assert not found.good
    assert variable in found.sentence
    assert "wrong" not in found.sentence


async def test_slack_that_cannot_be_reached_is_said_so(slack: SlackServer, tmp_path: Path) -> None:
    slack.crash("auth.test", times=5)
    found = await look(slack, tmp_path)
    assert not found["token"].good


async def test_many_workspaces_need_a_public_address(slack: SlackServer, tmp_path: Path) -> None:
    many = {"client_id": "1.2", "client_secret": "s", "mode": "http", "signing_secret": "s"}
    assert (await look(slack, tmp_path, **many))["installations"].sentence.endswith("https://limner.example.com/slack/install")
    assert not (await look(slack, tmp_path, public_url="http://127.0.0.1:8080", **many))["address"].good
