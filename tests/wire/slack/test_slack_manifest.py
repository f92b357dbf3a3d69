from copy import deepcopy
from typing import Any

import pytest

from tests.wire.slack.manifest import faults_of

GOOD: dict[str, Any] = {
    "_metadata": {"major_version": 2},
    "display_information": {"name": "Limner"},
    "features": {
        "bot_user": {"display_name": "limner"},
        "slash_commands": [{"command": "/imagine", "description": "Draw"}],
        "shortcuts": [{"name": "Draw", "type": "global", "callback_id": "draw", "description": "Draw"}],
    },
    "oauth_config": {"scopes": {"bot": ["app_mentions:read", "chat:write", "chat:write.public", "commands"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}, "socket_mode_enabled": True},
}


def test_a_good_manifest_has_no_faults() -> None:
    assert faults_of(GOOD) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("display_information", "name"), "x" * 36),
        (("display_information", "long_description"), "short"),
        (("features", "slash_commands", 0, "command"), "imagine"),
        (("features", "slash_commands", 0, "command"), "/" + "x" * 32),
        (("features", "shortcuts", 0, "name"), "x" * 25),
        (("features", "shortcuts"), [GOOD["features"]["shortcuts"][0]] * 6),
        (("features", "magic"), {}),
        (("oauth_config", "scopes", "bot"), ["chat:write", "commands"]),
        (("oauth_config", "scopes", "bot"), ["app_mentions:read"]),
        (("oauth_config", "scopes", "bot_optional"), ["usergroups:read"]),
        (("settings", "event_subscriptions", "bot_events"), ["app_mention", "app_mention"]),
        (("settings", "interactivity"), {}),
        (("settings", "socket_mode_enabled"), False),
    ],
)
def test_a_fault_in_a_manifest_is_found(path: tuple[Any, ...], value: Any) -> None:
    manifest: Any = deepcopy(GOOD)
    part = manifest
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    assert faults_of(manifest)
