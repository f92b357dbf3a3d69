"""People: who an id of Slack's is: name, roles, groups, time zone, language, looked up once in a few minutes.

Workspace owners and admins are Limner's too, and so are the members of one user group, where one is named. Who is in which group is asked
apart (`groups`), so that it is right soon after a change. That somebody is an admin
counts in their own workspace alone: a guest from another organisation, with whom a channel is shared, is a member, and their quota is
counted under their own workspace. Whom Slack does not name right now is a member as well; better a plain name for a minute than no
answer.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import structlog

from adapters.platforms.slack.calls import Calls
from adapters.platforms.slack.groups import Groups
from adapters.platforms.slack.mrkdwn import plain
from adapters.platforms.slack.shapes import JSON, mapping, text, texts
from adapters.platforms.slack.slips import PLATFORM
from bot.errors import PlatformFault
from bot.model import Person, Role

log = structlog.get_logger()

_FRESH = 300.0
"""Seconds for which what Slack said holds."""
_UNKNOWN = 20.0
"""Seconds after which somebody whom Slack did not name is looked up again."""
_PATIENCE = 2.0
"""Seconds to wait for a turn: an answer matters more than a name."""
_REMEMBERED = 5000
_SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, kw_only=True)
class Known:
    """Somebody, and whether it is a program."""

    person: Person
    bot: bool = False
    own: bool = False
    """Whether it is a full member of the workspace, whom a group can make an admin: neither a guest nor from elsewhere."""


class People:
    """Looks people up. Never raises."""

    def __init__(self, calls: Calls, groups: Groups, *, admin_group: str = "", now: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._groups = groups
        self._admins = admin_group
        self._now = now
        self._known: OrderedDict[tuple[str, str], tuple[float, Known]] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def of(self, workspace: str, user: str, *, name: str = "") -> Known:
        """Who it is. `name` is what the payload called them, should Slack say no better."""
        key = (workspace, user)
        if user == _SLACKBOT:
            return Known(person=Person(platform=PLATFORM, workspace=workspace, id=user, name="Slackbot"), bot=True)
        known, directory = await asyncio.gather(self._known_as(key, name), self._groups.of(workspace))
        groups = directory.of_person.get(user, frozenset[str]())
        roles = known.person.roles | ({Role.ADMIN} if known.own and self._admins in groups else set[Role]())
        return replace(known, person=replace(known.person, roles=roles, groups=groups))

    async def _known_as(self, key: tuple[str, str], name: str) -> Known:
        workspace, user = key
        # Five hundred commands of one person ask for the person once.
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            until, known = self._known.get(key, (0.0, None))
            if known is not None and until > self._now():
                return known
            found, lasts = await self._look_up(workspace, user)
            # What was known before is better than nothing, roles included.
            known = found or known or Known(person=Person(platform=PLATFORM, workspace=workspace, id=user, name=plain(name)))
            self._known[key] = (self._now() + lasts, known)
            self._known.move_to_end(key)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
            return known

    async def _look_up(self, workspace: str, user: str) -> tuple[Known | None, float]:
        try:
            answer = await self._calls.call(workspace, "users.info", {"user": user, "include_locale": True}, patience=_PATIENCE)
        except PlatformFault as fault:
            log.info("slack did not say who somebody is", reason=fault.sentence)
            return None, _UNKNOWN
        about = mapping(answer.get("user"))
        return _read(about, workspace, user), _FRESH


def _read(about: JSON, workspace: str, user: str) -> Known:
    profile, grid = mapping(about.get("profile")), mapping(about.get("enterprise_user"))
    home = text(about.get("team_id")) or workspace
    # On an Enterprise Grid one person is in several workspaces; only one of them is `team_id`.
    foreign = about.get("is_stranger") is True or (home != workspace and workspace not in texts(grid.get("teams")))
    roles = {Role.MEMBER}
    guest = about.get("is_restricted") is True or about.get("is_ultra_restricted") is True
    if not foreign and not guest:
        roles |= {Role.OWNER} if True in (about.get("is_owner"), about.get("is_primary_owner")) else set[Role]()
        roles |= {Role.ADMIN} if about.get("is_admin") is True else set[Role]()
    names = (text(profile.get("display_name")), text(profile.get("real_name")), text(about.get("real_name")), text(about.get("name")))
    person = Person(
        platform=PLATFORM,
        workspace=home if foreign else workspace,
        id=user,
        name=next((plain(name) for name in names if plain(name)), ""),
        roles=frozenset(roles),
        zone=text(about.get("tz")),
        language=text(about.get("locale")),
    )
    bot = about.get("is_bot") is True or about.get("is_workflow_bot") is True
    return Known(person=person, bot=bot, own=not foreign and not guest)
