"""Rooms: what Slack's events do not tell about the place where something happened: whether it is private, and in which thread it stands.

What is known is remembered; what cannot be known counts as private, which shows less to others, never more.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import structlog

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.shapes import mapping, text
from bot.errors import PlatformFault
from bot.model import Place, Post

log = structlog.get_logger()

K = TypeVar("K")
V = TypeVar("V")
_FRESH = 900.0
"""Seconds for which it is believed that a channel is private or not: it can be made private."""
_PATIENCE = 3.0
_REMEMBERED = 4096


class Rooms:
    """Looks places up. Never raises."""

    def __init__(self, calls: Calls, *, now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._now = now
        self._private: OrderedDict[tuple[str, str], tuple[float, bool]] = OrderedDict()
        self._directs: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._threads: OrderedDict[tuple[str, str, str], str | None] = OrderedDict()

    async def settle(self, place: Place, user: str, *, vague: bool) -> Place:
        """The place as it is: with a channel where it had none, private where it is, direct only where the bot is the other one.

        A slash command can be typed between two people whom the bot does not hear; that looks like the direct conversation and is none.
        """
        if not place.channel:
            channel = await self.direct(place.workspace, user)
            return replace(place, channel=channel or user, direct=True, private=True)
        if place.direct:
            own = await self.direct(place.workspace, user)
            return replace(place, direct=own in ("", place.channel))
        if vague and not place.private:
            return replace(place, private=await self._is_private(place))
        return place

    async def direct(self, workspace: str, user: str) -> str:
        """The person's direct conversation with the bot, or the empty string where Slack does not say."""
        known = self._directs.get((workspace, user))
        if known is None:
            try:
                answer = await self._calls.call(workspace, "conversations.open", {"users": user}, patience=_PATIENCE)
            except PlatformFault as fault:
                log.info("slack opened no direct conversation", reason=fault.sentence)
                if fault.permanent:
                    # Without im:write it will be no different next time.
                    self.met(workspace, user, "")
                return ""
            known = text(mapping(answer.get("channel")).get("id"))
            self.met(workspace, user, known)
        return known

    def met(self, workspace: str, user: str, channel: str) -> None:
        """Note a person's direct conversation with the bot."""
        _keep(self._directs, (workspace, user), channel)

    def posted(self, post: Post) -> None:
        """Note the thread of a message of the bot's, for a reaction does not tell it."""
        _keep(self._threads, (post.place.workspace, post.place.channel, post.id), post.place.thread)

    async def found(self, post: Post) -> Post:
        """A message of the bot's with the thread that it stands in."""
        key = (post.place.workspace, post.place.channel, post.id)
        if key not in self._threads:
            try:
                where = {"channel": post.place.channel, "timestamp": post.id}
                answer = await self._calls.call(post.place.workspace, "reactions.get", where, patience=_PATIENCE)
            except PlatformFault as fault:
                log.info("slack did not show a message", reason=fault.sentence)
                return post
            thread = text(mapping(answer.get("message")).get("thread_ts"))
            _keep(self._threads, key, thread if thread and thread != post.id else None)
        return replace(post, place=replace(post.place, thread=self._threads[key]))

    async def _is_private(self, place: Place) -> bool:
        key = (place.workspace, place.channel)
        until, known = self._private.get(key, (0.0, True))
        if until > self._now():
            return known
        try:
            answer = await self._calls.call(place.workspace, "conversations.info", {"channel": place.channel}, patience=_PATIENCE)
        except PlatformFault as fault:
            if not fault.permanent:
                return known
            # With channels:read alone Slack shows the public ones: what it does not show is private.
            private = True
        else:
            about = mapping(answer.get("channel"))
            private = True in (about.get("is_private"), about.get("is_im"), about.get("is_mpim"))
        _keep(self._private, key, (self._now() + _FRESH, private))
        return private


def _keep(where: OrderedDict[K, V], key: K, value: V) -> None:
    where[key] = value
    where.move_to_end(key)
    while len(where) > _REMEMBERED:
        where.popitem(last=False)
