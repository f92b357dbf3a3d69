"""Groups: a workspace's user groups, who is in them and what they are called, asked for once in a few minutes.

Slack tells of changes by events, and then they are asked for anew. A free plan has no user groups, and an app that was installed before
they were of any use may lack `usergroups:read`: both are no groups, said by `limner doctor` and by nobody else.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import structlog

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.mrkdwn import plain
from adapters.platforms.slack.shapes import JSON, mappings, text, texts
from bot.errors import PlatformFault
from bot.grammar import Mark, Noun

log = structlog.get_logger()

_FRESH = 240.0
"""Seconds for which what Slack said holds."""
_UNKNOWN = 20.0
"""Seconds after which Slack is asked again when it did not answer."""
_PATIENCE = 2.0
"""Seconds to wait for a turn: an answer matters more than a group."""


@dataclass(frozen=True, kw_only=True)
class Directory:
    """A workspace's groups as Slack last told."""

    of_person: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Ids of groups, by a person's id."""
    handles: Mapping[str, str] = field(default_factory=dict[str, str])
    """What groups are called, without the `@`, by id."""

    @property
    def known(self) -> Mapping[str, Mark]:
        """Marks by what people type: `@design`."""
        return {f"@{handle.casefold()}": Mark(noun=Noun.GROUP, id=group) for group, handle in self.handles.items()}


class Groups:
    """Asks for groups. Never raises."""

    def __init__(self, calls: Calls, *, now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._now = now
        self._known: dict[str, tuple[float, Directory]] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def of(self, workspace: str) -> Directory:
        """The groups of a workspace."""
        lock = self._locks.setdefault(workspace, asyncio.Lock())
        async with lock:
            until, known = self._known.get(workspace, (0.0, Directory()))
            if until > self._now():
                return known
            found, lasts = await self._ask(workspace, known)
            self._known[workspace] = (self._now() + lasts, found)
            return found

    def forget(self, workspace: str) -> None:
        """Something about the groups changed: ask again before they are next needed. Until Slack answers, the old ones hold."""
        if workspace in self._known:
            self._known[workspace] = (0.0, self._known[workspace][1])

    async def _ask(self, workspace: str, known: Directory) -> tuple[Directory, float]:
        try:
            answer = await self._calls.call(workspace, "usergroups.list", {"include_users": True}, patience=_PATIENCE)
        except PlatformFault as fault:
            log.debug("slack did not tell its user groups", reason=fault.sentence)
            return (Directory(), _FRESH) if fault.permanent else (known, _UNKNOWN)
        return _read(mappings(answer.get("usergroups"))), _FRESH


def _read(groups: list[JSON]) -> Directory:
    members: dict[str, set[str]] = {}
    handles: dict[str, str] = {}
    for group in groups:
        id_ = text(group.get("id"))
        # A group that is switched off has a date of its end, and nobody is in it.
        if not id_ or group.get("date_delete"):
            continue
        handles[id_] = plain(text(group.get("handle")) or text(group.get("name"))) or id_
        for user in texts(group.get("users")):
            members.setdefault(user, set()).add(id_)
    return Directory(of_person={user: frozenset(ids) for user, ids in members.items()}, handles=handles)
