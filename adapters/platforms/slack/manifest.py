"""The manifest: the description of the Slack app, to paste at api.slack.com: commands, shortcuts, scopes with reasons, events."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import yaml

from adapters.platforms.slack.inbound import CREATE, LIMNER, PROMPT, VARY
from adapters.platforms.slack.settings import SlackSettings
from bot import grammar
from bot.errors import SettingFault
from bot.model import CommandSpec

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "app_mentions:read": "@Limner in channels and threads",
        "channels:history": "finds a message of its own after a crash, instead of posting it twice",
        "channels:read": "knows whether a channel is public; what it is not told counts as private",
        "chat:write": "posts cards and results, edits them, whispers",
        "chat:write.public": "posts in public channels without joining them",
        "commands": "slash commands and shortcuts",
        "files:read": "reads pictures that people give it, and waits until its own are ready",
        "files:write": "uploads the images it drew",
        "groups:history": "the same as channels:history in private channels that it was invited to",
        "im:history": "direct messages to it",
        "im:write": "opens the direct conversation for what somebody asked to keep",
        "mpim:history": "the same as channels:history in conversations of a few people",
        "reactions:read": "reactions on its messages",
        "usergroups:read": "who is in which user group, for quotas, roles and SLACK_ADMIN_GROUP",
        "users:read": "names, time zones, languages, and who is an admin",
    }
)
"""The scopes it asks for, and what for."""
EVENTS = (
    *("app_home_opened", "app_mention", "app_uninstalled", "message.im", "reaction_added"),
    *("subteam_created", "subteam_members_changed", "subteam_updated", "tokens_revoked"),
)
_COMMANDS = 50
_HINT = 1000
BUILT_IN = frozenset(
    {"active", "apps", "archive", "away", "call", "collapse", "dm", "dnd", "expand", "feed", "invite", "join", "keys", "leave", "me", "msg"}
    | {"mute", "open", "prefs", "remind", "remove", "rename", "search", "shrug", "star", "status", "topic", "who"}
)
"""Slack's own commands, which no app can have; ours of that name is said as `/limner NAME`."""


SCOPES = tuple(REASONS)
"""The scopes to ask for."""


def manifest(settings: SlackSettings, menu: Sequence[CommandSpec], public_url: str) -> str:
    """The manifest as YAML, with a reason beside each scope.

    Raises:
        SettingFault: Slack has to reach the bot, and nothing says where.
    """
    needed = settings.mode == "http" or settings.many
    if needed and not public_url.startswith("https://"):
        raise SettingFault(
            "BOT_PUBLIC_URL is missing: Slack delivers to it, and it has to begin with https://. "
            "Without it, leave SLACK_MODE and SLACK_CLIENT_ID unset: Socket Mode needs no public address."
        )
    address = f"{public_url}/slack/events" if settings.mode == "http" else ""
    request_url = {"request_url": address} if address else {}
    head = {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Limner",
            "description": "Draws images from words, in channels, threads and direct messages.",
            "background_color": "#2b2d42",
        },
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "limner", "always_online": True},
            "slash_commands": _commands(menu, address),
            "shortcuts": [
                {"name": "Create an image", "type": "global", "callback_id": CREATE, "description": "Say in a form what to draw"},
                {
                    "name": "Make variations",
                    "type": "message",
                    "callback_id": VARY,
                    "description": "New images like the one in this message",
                },
                {"name": "Use as prompt", "type": "message", "callback_id": PROMPT, "description": "Draw what this message says"},
            ],
        },
    }
    tail = {
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": settings.many,
            "socket_mode_enabled": settings.mode == "socket",
            "token_rotation_enabled": False,
            "is_hosted": False,
        }
    }
    redirect = [f"{public_url}/slack/oauth_redirect"] if settings.many else []
    return f"{_yaml(head)}{_oauth(SCOPES, redirect)}{_yaml(tail)}"


def _commands(menu: Sequence[CommandSpec], address: str) -> list[dict[str, object]]:
    url = {"url": address} if address else {}
    shown = [spec for spec in menu if not spec.hidden and spec.name not in BUILT_IN][: _COMMANDS - 1]
    commands: list[dict[str, object]] = []
    for spec in shown:
        _, _, hint = grammar.usage(spec).partition(" ")
        said: dict[str, object] = {"command": f"/{spec.name}", "description": spec.about, **url}
        commands.append({**said, **({"usage_hint": hint[:_HINT]} if hint else {}), "should_escape": True})
    every = {"command": f"/{LIMNER}", "description": "Any of Limner's commands", **url, "usage_hint": "help | imagine a red fox | quota"}
    return [*commands, {**every, "should_escape": True}]


def _oauth(asked: Sequence[str], redirect: Sequence[str]) -> str:
    """By hand, for the reasons beside the scopes: YAML's writer knows no comments."""
    width = max(map(len, asked))
    lines = ["oauth_config:"]
    if redirect:
        lines += ["  redirect_urls:", *(f"    - {json.dumps(url)}" for url in redirect)]
    lines += ["  scopes:", "    bot:", *(f"      - {scope:<{width}}  # {REASONS[scope]}" for scope in asked)]
    return "\n".join(lines) + "\n"


def _yaml(part: object) -> str:
    return yaml.safe_dump(part, sort_keys=False, allow_unicode=True, width=1000)
