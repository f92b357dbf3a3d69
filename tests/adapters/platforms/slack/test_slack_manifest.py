"""The manifest: valid for Slack, complete for Limner, with a reason for each scope."""

from typing import Any

import pytest
import yaml

from adapters.platforms.slack.listeners import GROUP_EVENTS
from adapters.platforms.slack.manifest import BUILT_IN, REASONS, manifest
from adapters.platforms.slack.settings import SlackSettings
from bot.app import all_commands
from bot.errors import SettingFault
from tests.wire.slack.manifest import faults_of

MENU = [command.spec for command in all_commands().values()]
MANY = {"client_id": "1.2", "client_secret": "s"}


def written(public_url: str = "", **settings: object) -> tuple[str, dict[str, Any]]:
    text = manifest(SlackSettings.model_validate(settings), MENU, public_url)
    return text, yaml.safe_load(text)


@pytest.mark.parametrize("settings", [{}, {"mode": "http"}, MANY, {**MANY, "mode": "http", "admin_group": "S1"}])
def test_slack_takes_it(settings: dict[str, object]) -> None:
    _, read = written("https://limner.example.com", **settings)
    assert faults_of(read) == []


def test_every_command_that_people_type_is_in_it() -> None:
    _, read = written()
    commands = {command["command"] for command in read["features"]["slash_commands"]}
    assert commands == {f"/{spec.name}" for spec in MENU if not spec.hidden and spec.name not in BUILT_IN} | {"/limner"}


def test_mentions_in_commands_arrive_as_mentions() -> None:
    _, read = written()
    assert all(command["should_escape"] for command in read["features"]["slash_commands"])


def test_each_scope_stands_beside_its_reason() -> None:
    text, read = written(admin_group="S1")
    lines = {line.split("#")[0].strip(" -"): line.partition("#")[2].strip() for line in text.splitlines() if "#" in line}
    assert {scope: lines[scope] for scope in read["oauth_config"]["scopes"]["bot"]} == dict(REASONS)


def test_changes_of_user_groups_are_heard_of() -> None:
    events = written()[1]["settings"]["event_subscriptions"]["bot_events"]
    assert set(GROUP_EVENTS) < set(events)


def test_over_http_everything_is_delivered_to_one_address() -> None:
    _, read = written("https://limner.example.com", mode="http")
    address = "https://limner.example.com/slack/events"
    settings = read["settings"]
    assert {command["url"] for command in read["features"]["slash_commands"]} == {address}
    assert (settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]) == (address, address)
    assert settings["socket_mode_enabled"] is False


def test_where_workspaces_install_the_app_they_come_back_to_an_address() -> None:
    _, read = written("https://limner.example.com", **MANY)
    assert read["oauth_config"]["redirect_urls"] == ["https://limner.example.com/slack/oauth_redirect"]


@pytest.mark.parametrize("settings", [{"mode": "http"}, MANY])
def test_without_a_public_address_it_says_which_setting_is_missing(settings: dict[str, object]) -> None:
    with pytest.raises(SettingFault, match="BOT_PUBLIC_URL"):
        written("http://127.0.0.1:8080", **settings)
