"""Whose token: which workspace a payload belongs to, and whether the app is there for a whole organisation."""

from collections.abc import Mapping
from typing import Any

from adapters.platforms.slack.shapes import JSON, mapping, mappings, text

Body = Mapping[str, Any]
"""What Slack delivers."""


def workspace_of(body: Body) -> str:
    """The workspace whose token is the right one: in a shared channel that is not always the one where the person is at home."""
    team: object = body.get("team")
    authorization = first(body.get("authorizations"))
    # A button is always on a message of the bot's own; whoever presses it in a shared channel may be at home elsewhere.
    pressed = body.get("type") == "block_actions" and not enterprise_of(body)
    candidates = (
        mapping(body.get("view")).get("app_installed_team_id"),
        mapping(body.get("message")).get("team") if pressed else None,
        mapping(team).get("id") or team,
        None if authorization.get("is_enterprise_install") else authorization.get("team_id"),
        body.get("team_id"),
        mapping(body.get("user")).get("team_id"),
        mapping(body.get("view")).get("team_id"),
    )
    return next((found for found in map(text, candidates) if found), "")


def enterprise_of(body: Body) -> str:
    """The organisation, where the app is installed in all of it; otherwise the empty string."""
    authorization = first(body.get("authorizations"))
    if True not in {_truth(authorization.get("is_enterprise_install")), _truth(body.get("is_enterprise_install"))}:
        return ""
    candidates = (authorization.get("enterprise_id"), mapping(body.get("enterprise")).get("id"), body.get("enterprise_id"))
    return next((found for found in map(text, candidates) if found), "")


def _truth(value: object) -> bool:
    # A command comes as a form, in which everything is text.
    return value is True or value == "true"


def first(value: object) -> JSON:
    """The first of a list of objects, or an empty one."""
    return mapping(next(iter(mappings(value)), None))
