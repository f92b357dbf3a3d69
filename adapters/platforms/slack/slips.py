"""Slips: what rides along in a view of Slack's, so that whoever sends it need not be remembered: the line that it fills, and where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.platforms.slack.shapes import JSON, mapping, text
from bot.model import Place

PLATFORM = "slack"
_WHERE = "where"
_MOST = 3000
"""Characters that Slack lets ride along."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """A place without a channel is the person's direct conversation with the bot."""

    line: str
    place: Place

    def write(self) -> str:
        """As text for `private_metadata`."""
        place = self.place
        kept: dict[str, object] = {"line": self.line, "workspace": place.workspace, "channel": place.channel, "thread": place.thread}
        kept |= {"direct": place.direct, "private": place.private}
        return json.dumps({name: value for name, value in kept.items() if value}, ensure_ascii=False)[:_MOST]


def read_slip(written: str, workspace: str) -> Slip:
    """The slip of a view; an empty one, in this workspace, where it is none of ours."""
    try:
        kept = mapping(json.loads(written or "{}"))
    except ValueError:
        kept = {}
    place = Place(
        platform=PLATFORM,
        workspace=text(kept.get("workspace")) or workspace,
        channel=text(kept.get("channel")),
        thread=text(kept.get("thread")) or None,
        direct=kept.get("direct") is True,
        private=kept.get("private") is True,
    )
    return Slip(line=text(kept.get("line")), place=place)


def asking_where(view: JSON) -> JSON:
    """The view with a question where the images go, for what was not begun in any channel."""
    where: JSON = {
        "type": "input",
        "block_id": _WHERE,
        "optional": True,
        "label": {"type": "plain_text", "text": "Where to draw it", "emoji": False},
        "hint": {"type": "plain_text", "text": "Empty: in your direct messages with me", "emoji": False},
        "element": {
            "type": "conversations_select",
            "action_id": "value",
            "default_to_current_conversation": True,
            "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        },
    }
    return {**view, "blocks": [where, *view["blocks"]]}


def where_of(view: Mapping[str, Any]) -> str:
    """The channel that was chosen there, or the empty string."""
    values = mapping(mapping(view.get("state")).get("values"))
    return text(mapping(mapping(values.get(_WHERE)).get("value")).get("selected_conversation"))
