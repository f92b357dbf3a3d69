"""The manifest: what Slack would say about an app manifest before it makes an app of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).with_name("manifest.schema.json")
NEEDED = {
    "app_mention": {"app_mentions:read"},
    "message.im": {"im:history"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.mpim": {"mpim:history"},
    "reaction_added": {"reactions:read"},
    "reaction_removed": {"reactions:read"},
}
"""The scopes without which Slack does not let an app subscribe to an event."""


def faults_of(manifest: Mapping[str, Any]) -> list[str]:
    """What is wrong with a manifest, each with where it is; nothing when Slack would take it."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator: Any = Draft202012Validator(schema)
    faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(manifest)]
    return faults or [*scope_faults(manifest), *url_faults(manifest)]


def scope_faults(manifest: Mapping[str, Any]) -> list[str]:
    """Optional scopes that are not asked for, and events and features whose scope is missing."""
    scopes = manifest.get("oauth_config", {}).get("scopes", {})
    bot = set(scopes.get("bot", []))
    features = manifest.get("features", {})
    events = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    faults = [f"bot_optional has {scope}, which bot has not" for scope in scopes.get("bot_optional", []) if scope not in bot]
    faults += [f"the event {event} needs {scope}" for event in events for scope in sorted(NEEDED.get(event, set()) - bot)]
    if (features.get("slash_commands") or features.get("shortcuts")) and "commands" not in bot:
        faults.append("slash commands and shortcuts need commands")
    return faults


def url_faults(manifest: Mapping[str, Any]) -> list[str]:
    """Without Socket Mode, commands, events and interactivity need an address."""
    settings = manifest.get("settings", {})
    if settings.get("socket_mode_enabled"):
        return []
    commands = manifest.get("features", {}).get("slash_commands", [])
    faults = [f"{command['command']} needs a url" for command in commands if "url" not in command]
    faults += [
        f"{name} needs a request_url"
        for name in ("event_subscriptions", "interactivity")
        if name in settings and "request_url" not in settings[name]
    ]
    return faults
