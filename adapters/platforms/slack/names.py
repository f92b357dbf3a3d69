"""Names of people whom a text mentions, so that the text can name them without pinging them."""

from collections import OrderedDict
from collections.abc import Iterable

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.shapes import mapping, text
from bot.errors import PlatformFault

_REMEMBERED = 1024
_MOST = 8
"""People looked up for one message."""
_PATIENCE = 2.0
"""Seconds: a name is not worth a longer wait."""


class Names:
    """Looks names up, each once."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def of(self, workspace: str, people: Iterable[str]) -> dict[str, str]:
        """Names by id; whom Slack does not name is not there."""
        found: dict[str, str] = {}
        for person in sorted(people)[:_MOST]:
            if (name := await self._name(workspace, person)) != "":
                found[person] = name
        return found

    async def _name(self, workspace: str, person: str) -> str:
        known = self._known.get((workspace, person))
        if known is not None:
            return known
        try:
            answer = await self._calls.call(workspace, "users.info", {"user": person}, patience=_PATIENCE)
        except PlatformFault as fault:
            if fault.permanent:
                self._keep(workspace, person, "")
            return ""
        user = mapping(answer.get("user"))
        profile = mapping(user.get("profile"))
        name = text(profile.get("display_name")) or text(user.get("real_name")) or text(user.get("name"))
        self._keep(workspace, person, name)
        return name

    def _keep(self, workspace: str, person: str, name: str) -> None:
        self._known[workspace, person] = name
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
