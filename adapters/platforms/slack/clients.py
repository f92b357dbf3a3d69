"""Clients: the Web API by workspace, each with its own token, all on one session with a time limit.

The SDK's clients would open a session for every call, and repeat calls whose connection broke: neither is wanted (`calls`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.platforms.slack.faults import TOKEN, refusal, unreachable
from adapters.platforms.slack.settings import SlackSettings
from adapters.platforms.slack.shapes import JSON, mapping, text
from adapters.platforms.slack.workspaces import Installed, Workspaces
from bot.errors import PlatformFault, SettingFault, StoreFault

TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=10)
"""For a call."""
_WRONG = TOKEN | {"not_allowed_token_type", "invalid_token", "missing_scope", "no_permission", "org_login_required"}
"""Codes that say that a token is of no use, however often it is tried."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the bot is by its own token, as `auth.test` says."""

    team: str
    team_name: str
    enterprise: str
    bot_user: str
    bot_id: str
    bot_name: str
    scopes: frozenset[str]
    """What the token may do; empty where Slack did not say."""


class Clients:
    """Gives clients. Raises PlatformFault, and where it says so SettingFault."""

    def __init__(self, settings: SlackSettings, session: aiohttp.ClientSession, workspaces: Workspaces) -> None:
        self._settings = settings
        self.session = session
        self._workspaces = workspaces
        self._own = self.with_token(settings.bot_token.get_secret_value()) if settings.bot_token else None
        self._identity: Identity | None = None
        self._clients: dict[str, AsyncWebClient] = {}

    def trusts(self, address: str) -> bool:
        """Whether an address that came with a payload is Slack's: encrypted, or beside the Web API that the settings name."""
        return address.startswith(("https://", self._settings.api_url.removesuffix("api/")))

    def is_own(self, client: AsyncWebClient) -> bool:
        """Whether it has the token of the settings, and not that of a workspace which installed the app."""
        return self._own is not None and client.token == self._own.token

    def with_token(self, token: str = "") -> AsyncWebClient:
        """A client with this token, or with none."""
        return AsyncWebClient(token=token or None, base_url=self._settings.api_url, session=self.session, retry_handlers=[])

    async def of(self, workspace: str) -> AsyncWebClient:
        """A client with the workspace's token. PlatformFault, permanent, where there is no token."""
        if self._own is not None and (not self._settings.many or workspace == (await self.identity()).team):
            return self._own
        token = (await self._installed(workspace)).token
        known = self._clients.get(workspace)
        if known is None or known.token != token:
            known = self._clients[workspace] = self.with_token(token)
        return known

    async def bot_user(self, workspace: str) -> str:
        """The bot's own user id there."""
        if self._own is not None:
            identity = await self.identity()
            if not self._settings.many or workspace == identity.team:
                return identity.bot_user
        return (await self._installed(workspace)).bot_user

    async def belongs(self, workspace: str, enterprise: str) -> None:
        """Note that a workspace has the app from its organisation."""
        try:
            await self._workspaces.belongs(workspace, enterprise)
        except StoreFault as fault:
            raise PlatformFault("It could not be noted which organisation a workspace belongs to.") from fault

    async def identity(self) -> Identity:
        """Who the bot is; asked once. Without a token of its own there is nobody: PlatformFault."""
        if self._identity is None:
            try:
                return await self.check()
            except SettingFault as fault:
                raise PlatformFault(str(fault), permanent=True) from None
        return self._identity

    async def check(self) -> Identity:
        """Ask Slack who the bot is.

        Raises:
            SettingFault: Slack refuses the token.
            PlatformFault: Slack cannot be asked now.
        """
        if self._own is None:
            raise PlatformFault("There is no SLACK_BOT_TOKEN.", permanent=True)
        answer, headers = await _ask(self._own, "auth.test", "SLACK_BOT_TOKEN", "the bot token, xoxb-..., from OAuth & Permissions")
        self._identity = Identity(
            team=text(answer.get("team_id")),
            team_name=text(answer.get("team")),
            enterprise=text(answer.get("enterprise_id")),
            bot_user=text(answer.get("user_id")),
            bot_id=text(answer.get("bot_id")),
            bot_name=text(answer.get("user")),
            scopes=frozenset(scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",") if scope.strip()),
        )
        return self._identity

    async def works(self, workspace: str) -> bool:
        """Whether Slack still takes the token of a workspace that installed the app. Raises PlatformFault where it cannot be asked."""
        client = self.with_token((await self._installed(workspace)).token)
        try:
            await _ask(client, "auth.test", "a workspace's token", "another one")
        except SettingFault:
            return False
        return True

    async def open_socket(self) -> str:
        """The address of a new WebSocket for Socket Mode, which is as good as a token while it lasts. Raises as `check`."""
        token = self._settings.app_token.get_secret_value() if self._settings.app_token else ""
        wanted = "the app-level token, xapp-..., with connections:write, from Basic Information"
        answer, _ = await _ask(self.with_token(token), "apps.connections.open", "SLACK_APP_TOKEN", wanted)
        return text(answer.get("url"))

    async def _installed(self, workspace: str) -> Installed:
        try:
            found = await self._workspaces.find(workspace)
        except StoreFault as fault:
            raise PlatformFault("The workspace's token cannot be read right now.") from fault
        if found is None:
            raise PlatformFault("Limner is not installed in this workspace; an admin can install it at /slack/install.", permanent=True)
        return found


async def _ask(client: AsyncWebClient, method: str, variable: str, wanted: str) -> tuple[JSON, Mapping[str, str]]:
    untyped: Any = client
    try:
        answer = await untyped.api_call(method)
    except SlackApiError as error:
        response: object = error.response
        body, status = mapping(getattr(response, "data", None)), int(getattr(response, "status_code", 0) or 0)
        code = text(body.get("error"))
        if code in _WRONG:
            # `from None`: the SDK's error quotes the answer.
            raise SettingFault(f"Slack refuses {variable} ({code}): set it to {wanted}, or leave slack out of BOT_PLATFORMS.") from None
        raise refusal(status, body, method) from None
    except (aiohttp.ClientError, TimeoutError, SlackClientError) as error:
        raise unreachable(method, error) from None
    headers: Mapping[str, str] = {name.lower(): str(value) for name, value in dict(answer.headers).items()}
    return mapping(answer.data), headers
