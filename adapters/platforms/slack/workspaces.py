"""Workspaces: where the app is installed, kept in the vault with the tokens encrypted, and the states of installations under way.

It is the installation store and the state store that Bolt's OAuth flow asks for. Of an installation only what the bot needs is kept. On
an Enterprise Grid the app can be installed for the whole organisation: events then name a workspace, and the token is the organisation's;
which workspace belongs to which organisation is noted whenever an event tells.
"""

import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

import structlog
from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.errors import StoreFault
from bot.plugins import Vault

log = structlog.get_logger()

_TEAM, _ORGANISATION, _GRID, _STATE = "team/", "org/", "grid/", "state/"
_FRESH = 30.0
"""Seconds for which an installation is believed: another process may have seen it go."""
STATE_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class Installed:
    """The app in one workspace or organisation."""

    token: str
    bot_user: str
    bot_id: str
    team: str
    enterprise: str
    scopes: str

    def __repr__(self) -> str:
        return f"Installed(team={self.team!r}, enterprise={self.enterprise!r})"


class Workspaces(AsyncInstallationStore):
    """Installations. Raises StoreFault, and BoltError where Bolt expects that."""

    def __init__(
        self, vault: Vault, *, now: Callable[[], float] = time.monotonic, record: Callable[[str, str, str], Awaitable[None]] | None = None
    ) -> None:
        """`record` puts on record that the app came or went: act, workspace or organisation, and who did it, or empty."""
        self._vault = vault
        self._record = record
        self._now = now
        self._known: dict[str, tuple[float, Installed | None]] = {}
        self._grid: dict[str, str] = {}
        self._logger = logging.getLogger(__name__)

    @property
    def logger(self) -> logging.Logger:
        """Where Bolt may say something."""
        return self._logger

    async def find(self, workspace: str) -> Installed | None:
        """The installation that serves a workspace: its own, or its organisation's. Raises StoreFault."""
        until, known = self._known.get(workspace, (0.0, None))
        if until > self._now():
            return known
        found = await self._read(_TEAM + workspace)
        if found is None and (enterprise := await self._organisation(workspace)):
            found = await self._read(_ORGANISATION + enterprise)
        self._known[workspace] = (self._now() + _FRESH, found)
        return found

    async def belongs(self, workspace: str, enterprise: str) -> None:
        """Note that a workspace is part of an organisation that has the app. Raises StoreFault."""
        if self._grid.get(workspace) != enterprise:
            await self._vault.put(_GRID + workspace, enterprise.encode())
            self._grid[workspace] = enterprise
            self._known.pop(workspace, None)

    async def count(self) -> int:
        """How many installations there are. Raises StoreFault."""
        return len(await self._vault.names(_TEAM)) + len(await self._vault.names(_ORGANISATION))

    async def async_save(self, installation: Installation) -> None:
        """Keep what somebody just installed. Raises BoltError."""
        await self.async_save_bot(installation.to_bot())
        await self._note("install", installation.team_id or installation.enterprise_id or "", installation.user_id or "")

    async def async_save_bot(self, bot: Bot) -> None:
        """Likewise."""
        kept = Installed(
            token=bot.bot_token or "",
            bot_user=bot.bot_user_id or "",
            bot_id=bot.bot_id or "",
            team=bot.team_id or "",
            enterprise=bot.enterprise_id or "",
            scopes=",".join(bot.bot_scopes or ()),
        )
        name = _name(kept.enterprise, kept.team, everywhere=bool(bot.is_enterprise_install))
        try:
            await self._vault.put(name, json.dumps(asdict(kept)).encode())
        except StoreFault as fault:
            raise BoltError("the installation could not be kept") from fault
        self._known.clear()
        log.info("slack installed", team=kept.team, enterprise=kept.enterprise)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The same in Bolt's words."""
        everywhere = bool(is_enterprise_install) or not team_id
        found = await self._read(_name(enterprise_id or "", team_id or "", everywhere=everywhere))
        if found is None:
            return None
        return Bot(
            bot_token=found.token,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user,
            bot_scopes=found.scopes,
            team_id=found.team or None,
            enterprise_id=found.enterprise or None,
            is_enterprise_install=everywhere,
            installed_at=0.0,
        )

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The token is revoked, or the app taken away: forget it. Raises StoreFault."""
        for everywhere, there in ((False, team_id), (True, enterprise_id)):
            # An organisation's token goes with the organisation, not with one of its workspaces.
            if there and (not everywhere or not team_id):
                await self._vault.delete(_name(enterprise_id or "", team_id or "", everywhere=everywhere))
        self._known.clear()
        log.info("slack uninstalled", team=team_id, enterprise=enterprise_id)
        await self._note("uninstall", team_id or enterprise_id or "", "")

    async def async_delete_installation(self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None) -> None:
        """A person's own token is gone. None was kept."""

    async def _note(self, act: str, where: str, who: str) -> None:
        if self._record is not None:
            try:
                await self._record(act, where, who)
            except StoreFault as fault:
                # It is installed all the same; to refuse it now would leave a token that nobody knows of.
                log.warning("not on record", act=act, reason=str(fault))

    async def _organisation(self, workspace: str) -> str:
        if workspace not in self._grid and (kept := await self._vault.get(_GRID + workspace)):
            self._grid[workspace] = kept.decode()
        return self._grid.get(workspace, "")

    async def _read(self, name: str) -> Installed | None:
        kept = await self._vault.get(name)
        return Installed(**json.loads(kept)) if kept else None


class States(AsyncOAuthStateStore):
    """The states of installations under way: each is good once, for ten minutes, in whichever process the person comes back to."""

    def __init__(self, vault: Vault, *, now: Callable[[], float] = time.time) -> None:
        self._vault = vault
        self._now = now
        self._logger = logging.getLogger(__name__)

    @property
    def logger(self) -> logging.Logger:
        """Where Bolt may say something."""
        return self._logger

    async def async_issue(self, *_: object, **__: object) -> str:
        """A new state. Raises StoreFault."""
        await self._tidy()
        state = f"{int(self._now()) + STATE_SECONDS:012d}-{secrets.token_urlsafe(24)}"
        await self._vault.put(_STATE + state, b"1")
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it was issued here, not used before, and is not too old. Raises StoreFault."""
        if not state or len(state) > 100 or await self._vault.take(_STATE + state) is None:  # noqa: PLR2004 - ours are 45 characters long
            return False
        return int(state.partition("-")[0]) >= self._now()

    async def _tidy(self) -> None:
        for name in await self._vault.names(_STATE):
            # The names begin with the time at which they end, and come sorted.
            if int(name.removeprefix(_STATE).partition("-")[0]) >= self._now():
                break
            await self._vault.delete(name)


def _name(enterprise: str, team: str, *, everywhere: bool) -> str:
    return _ORGANISATION + enterprise if everywhere else _TEAM + team
