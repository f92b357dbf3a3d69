"""Listeners: what Bolt calls when Slack delivers something: they acknowledge, hand it to the desk, and are done.

Bolt checks signatures, knows one kind of payload from another and writes the acknowledgements, for Socket Mode and for HTTP alike. What
it would do beside that is switched off: it asks for no token before the acknowledgement, and no work of ours runs in tasks of its
making, which nobody waits for at the end.
"""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse

from adapters.platforms.slack.clients import Clients
from adapters.platforms.slack.desk import Desk
from adapters.platforms.slack.home import Home
from adapters.platforms.slack.inbound import (
    Deed,
    read_button,
    read_command,
    read_form,
    read_message,
    read_reaction,
    read_shortcut,
)
from adapters.platforms.slack.shapes import JSON, mapping, mappings, text
from adapters.platforms.slack.whose import Body, enterprise_of, workspace_of

log = structlog.get_logger()

OTHERWISE = "limner.otherwise"
"""Where a listener leaves what to do should its acknowledgement not reach Slack: a key of Bolt's context."""
GROUP_EVENTS = ("subteam_created", "subteam_members_changed", "subteam_updated")
_ANYTHING = re.compile(r".*", re.DOTALL)
_BUSY = "Limner has its hands full, or is just starting again. Nothing was counted; try it in a minute."
Gone = Callable[[Body], Awaitable[None]]


class Listeners:
    """Takes what Slack delivers, while a desk is there; until then, and when it is full, Slack is asked to come again."""

    def __init__(self, clients: Clients, gone: Gone, regrouped: Callable[[str], None]) -> None:
        """`gone` hears of revoked tokens and of the app being taken away, `regrouped` of workspaces whose user groups changed."""
        self._clients = clients
        self._gone = gone
        self._regrouped = regrouped
        self.desk: Desk | None = None
        self.home: Home | None = None

    def app(self, *, signing_secret: str, oauth: AsyncOAuthSettings | None) -> AsyncApp:
        """Bolt's app with all listeners."""
        # Bolt's own lines quote payloads, and those hold what people typed.
        logger = logging.Logger("slack_bolt", logging.CRITICAL)  # noqa: LOG001 - one that no other part shares
        app: Any = AsyncApp(
            name="limner",
            logger=logger,
            signing_secret=signing_secret,
            client=self._clients.with_token(),
            authorize=_Anybody(),
            oauth_settings=oauth,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.middleware(self._turn_away)
        app.error(self._broken)
        app.command(_ANYTHING)(self._command)
        app.action(_ANYTHING)(self._button)
        app.shortcut(_ANYTHING)(self._shortcut)
        app.view(_ANYTHING)(self._form)
        app.event("app_mention")(self._message)
        app.event("message")(self._message)
        app.event("reaction_added")(self._reaction)
        app.event("app_home_opened")(self._home)
        app.event("app_uninstalled")(self._uninstalled)
        app.event("tokens_revoked")(self._revoked)
        for event in GROUP_EVENTS:
            app.event(event)(self._groups)
        # Whatever else an app is subscribed to is acknowledged, or Slack would send it again and again.
        app.event(_ANYTHING)(self._other)
        return app

    async def _turn_away(self, body: JSON, next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:  # noqa: A002 - Bolt passes arguments by name
        if self.desk is not None and self.desk.open:
            return await next()
        # Events come again, and a form stays open; whoever typed a command has to be told.
        return BoltResponse(status=200, body=_BUSY) if body.get("command") else BoltResponse(status=503, body="")

    async def _broken(self, error: Exception) -> None:
        log.error("a listener failed", exc_info=error)

    async def _command(self, ack: AsyncAck, body: JSON) -> None:
        since = time.monotonic()
        await ack()
        self._desk.take(read_command(body), since=since)

    async def _button(self, ack: AsyncAck, body: JSON) -> None:
        since = time.monotonic()
        await ack()
        deed = read_button(body)
        if deed is not None:
            self._desk.take(deed, since=since)
        elif any(text(action.get("type")) == "button" and not action.get("url") for action in mappings(body.get("actions"))):
            self._desk.disown(body)

    async def _shortcut(self, ack: AsyncAck, body: JSON) -> None:
        since = time.monotonic()
        await ack()
        if deed := read_shortcut(body):
            self._desk.take(deed, since=since)

    async def _form(self, ack: AsyncAck, body: JSON, context: Any) -> None:  # noqa: ANN401 - Bolt's context is a dictionary of anything
        since = time.monotonic()
        deed = read_form(body)
        if deed is None:
            await ack()
            return
        answer, context[OTHERWISE] = await self._desk.submit(deed, mapping(body.get("view")), since=since)
        await (ack(answer) if answer else ack())

    async def _message(self, body: JSON) -> None:
        self._hear(body, read_message)

    async def _reaction(self, body: JSON) -> None:
        self._hear(body, read_reaction)

    async def _home(self, body: JSON) -> None:
        if self.home is not None:
            self._desk.start(self.home.show(body))

    async def _uninstalled(self, body: JSON) -> None:
        self._desk.start(self._gone(body))

    async def _revoked(self, body: JSON) -> None:
        # Of people's own tokens Limner has none.
        if mapping(mapping(body.get("event")).get("tokens")).get("bot"):
            self._desk.start(self._gone(body))

    async def _groups(self, body: JSON) -> None:
        self._regrouped(workspace_of(body))

    async def _other(self, body: JSON) -> None:
        log.debug("slack event left alone", event_type=text(mapping(body.get("event")).get("type")))

    def _hear(self, body: Body, read: Callable[[Body, str], Deed | None]) -> None:
        since = time.monotonic()

        async def hear() -> None:
            if enterprise := enterprise_of(body):
                await self._clients.belongs(workspace_of(body), enterprise)
            if deed := read(body, await self._clients.bot_user(workspace_of(body))):
                self._desk.take(deed, since=since)

        self._desk.start(hear())

    @property
    def _desk(self) -> Desk:
        if self.desk is None:
            raise RuntimeError("nobody takes what Slack delivers")
        return self.desk


class _Anybody(AsyncAuthorize):
    """Lets every payload through: that Slack sent it is known already, and whose token answers it is asked after the acknowledgement."""

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
