"""The search for a message that may have landed, by the mark it carries."""

from typing import Any

import structlog

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.faults import Refusal
from adapters.platforms.slack.shapes import JSON, mapping, mappings, text
from bot.model import Place

log = structlog.get_logger()

MARK = "limner_post"
"""The `event_type` of our metadata."""
_PAGE = 100
_PAGES = 8
"""How far back it looks: the last messages of a channel, or the whole of all but the longest threads."""


def mark_of(key: str) -> JSON:
    """What a message under this key carries: `<job>:<part>` taken apart. Ids only: every member can read it."""
    job, _, part = key.partition(":")
    return {"job_id": job, "part": part}


class Search:
    """Looks through a channel or a thread."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def find(self, place: Place, key: str) -> str | None:
        """The `ts` of our message with this key, or None where there is none or Slack does not let us look.

        Raises PlatformFault where Slack cannot be asked right now: then it is too early to post a second one.
        """
        method = "conversations.replies" if place.thread else "conversations.history"
        asked: dict[str, Any] = {"channel": place.channel, "limit": _PAGE, "include_all_metadata": True, "ts": place.thread}
        mark = mark_of(key)
        try:
            ours = await self._calls.clients.bot_user(place.workspace)
            for _ in range(_PAGES):
                page = await self._calls.call(place.workspace, method, asked)
                for message in mappings(page.get("messages")):
                    said = mapping(message.get("metadata"))
                    # Another app may have copied the mark: only what the bot itself said counts.
                    if said.get("event_type") == MARK and said.get("event_payload") == mark and message.get("user") == ours:
                        return text(message.get("ts"))
                asked["cursor"] = text(mapping(page.get("response_metadata")).get("next_cursor"))
                if not asked["cursor"]:
                    return None
        except Refusal as refusal:
            if not refusal.permanent:
                raise
            log.warning("an earlier try cannot be looked for; a message may appear twice", key=key, why=refusal.sentence)
        return None
