"""Names of the people, groups and channels that a text mentions, so that the text can name them without pinging anybody."""

from collections import OrderedDict
from collections.abc import Iterable

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.groups import Groups
from adapters.platforms.slack.mrkdwn import plain
from adapters.platforms.slack.shapes import mapping, text
from bot.errors import PlatformFault
from bot.grammar import Mark, Noun

_REMEMBERED = 2048
_MOST = 12
"""People and channels looked up for one message; those that are known already come beside them."""
_PATIENCE = 2.0
"""Seconds: a name is not worth a longer wait."""


class Names:
    """Looks names up, each once. A group's is as fresh as the directory of groups."""

    def __init__(self, calls: Calls, groups: Groups) -> None:
        self._calls = calls
        self._groups = groups
        self._known: OrderedDict[tuple[str, Mark], str] = OrderedDict()

    async def of(self, workspace: str, marks: Iterable[Mark]) -> dict[Mark, str]:
        """Names by mark, without the sign before them; whom Slack does not name is not there."""
        found: dict[Mark, str] = {}
        asked = 0
        for mark in sorted(marks, key=str):
            if mark.noun is Noun.GROUP:
                name = (await self._groups.of(workspace)).handles.get(mark.id, "")
            elif (workspace, mark) in self._known:
                name = self._known[workspace, mark]
            else:
                asked += 1
                name = await self._look_up(workspace, mark) if asked <= _MOST else ""
            if name:
                found[mark] = name
        return found

    async def _look_up(self, workspace: str, mark: Mark) -> str:
        channel = mark.noun is Noun.CHANNEL
        method, asked = ("conversations.info", {"channel": mark.id}) if channel else ("users.info", {"user": mark.id})
        try:
            answer = await self._calls.call(workspace, method, asked, patience=_PATIENCE)
        except PlatformFault as fault:
            if fault.permanent:
                self._keep(workspace, mark, "")
            return ""
        about = mapping(answer.get("channel" if channel else "user"))
        profile = mapping(about.get("profile"))
        name = plain(text(profile.get("display_name")) or text(about.get("real_name")) or text(about.get("name")))
        self._keep(workspace, mark, name)
        return name

    def _keep(self, workspace: str, mark: Mark, name: str) -> None:
        self._known[workspace, mark] = name
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
