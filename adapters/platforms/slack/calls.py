"""Calls of Slack's Web API: paced, repeated after a 429 and never after a doubt, with every error as a PlatformFault.

The SDK repeats a call whose connection broke. For a message that is one message too many, so its clients are used without that: whoever
posts looks first whether the message landed (`posts`).
"""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.platforms.slack.clients import Clients
from adapters.platforms.slack.faults import TOKEN, Refusal, refusal, unreachable
from adapters.platforms.slack.pace import LONGEST_WAIT, Pace
from adapters.platforms.slack.shapes import JSON, mapping
from bot.errors import PlatformFault

_ASKED_BY_FORM = frozenset(
    {
        # These take no JSON body.
        "conversations.history",
        "conversations.info",
        "conversations.replies",
        "files.getUploadURLExternal",
        "files.info",
        "reactions.get",
        "usergroups.list",
        "usergroups.users.list",
        "users.info",
    }
)
_WRITES_ANEW = frozenset({"chat.postMessage", "chat.postEphemeral", "files.completeUploadExternal"})
"""Done twice, these show twice."""
_OWN_TOKEN = "Slack does not accept SLACK_BOT_TOKEN any more; what was asked for goes on once there is a new one."  # noqa: S105 - a sentence
_TRIES = 4
_AGAIN = 0.5
"""Seconds before a broken connection is tried again, doubled each time."""


class Calls:
    """The Web API, by workspace."""

    def __init__(self, clients: Clients, pace: Pace, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.clients = clients
        self.pace = pace
        self._sleep = sleep

    async def call(
        self, workspace: str, method: str, arguments: Mapping[str, Any], *, lane: str = "", patience: float = LONGEST_WAIT
    ) -> JSON:
        """One call; gives Slack's answer. `lane` is the channel that a message goes into, `patience` the most seconds to wait for a turn.

        Raises:
            Refusal: Slack said no.
            PlatformFault: it could not be reached, or asks for a pause that is too long to wait for.
        """
        client: Any = copy.copy(await self.clients.of(workspace))
        client.retry_handlers = []
        given = {name: value for name, value in arguments.items() if value is not None}
        broken, paused = 0, 0.0
        while True:
            await self.pace.turn(workspace, method, channel=lane, patience=patience)
            try:
                answer = await (client.api_call(method, params=given) if method in _ASKED_BY_FORM else client.api_call(method, json=given))
            except SlackApiError as error:
                pause = _pause_of(error)
                if pause is None:
                    raise self._lasting(client, _refusal_of(error, method)) from None
                paused += max(pause, _AGAIN)
                self.pace.pause(workspace, method, pause)
                if paused > patience:
                    raise _refusal_of(error, method) from None
            except (aiohttp.ClientError, TimeoutError, SlackClientError) as error:
                broken += 1
                unsent = isinstance(error, aiohttp.ClientConnectorError)
                if broken == _TRIES or (method in _WRITES_ANEW and not unsent):
                    raise unreachable(method, error) from None
                await self._sleep(_AGAIN * 2 ** (broken - 1))
            else:
                return mapping(answer.data)

    def _lasting(self, client: AsyncWebClient, refused: Refusal) -> Refusal:
        """The refusal of a token. One from the settings can be set anew: what was asked for is kept until the bot starts with it."""
        if refused.code in TOKEN and self.clients.is_own(client):
            return Refusal(_OWN_TOKEN, code=refused.code, permanent=False)
        return refused

    async def session(self, workspace: str) -> tuple[aiohttp.ClientSession, str, str]:
        """The HTTP session, the token and the API's address of a workspace, for files, which are no methods. Raises PlatformFault."""
        client = await self.clients.of(workspace)
        if client.session is None:
            raise TypeError("a client of Slack's has to share its session")
        if client.session.closed:
            raise PlatformFault("The connection to Slack is closed; the bot is stopping.")
        return client.session, client.token or "", client.base_url


def _pause_of(error: SlackApiError) -> float | None:
    """The pause that Slack asks for, in seconds, or None where it asks for none."""
    response = _response_of(error)
    status = getattr(response, "status_code", 0)
    if status != 429 and _body_of(error).get("error") not in {"ratelimited", "rate_limited"}:  # noqa: PLR2004 - HTTP's
        return None
    headers: Mapping[str, str] = getattr(response, "headers", None) or {}
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    try:
        return max(0.0, float(said))
    except ValueError:
        return 1.0


def _body_of(error: SlackApiError) -> Mapping[str, Any]:
    return mapping(getattr(_response_of(error), "data", None))


def _refusal_of(error: SlackApiError, method: str) -> Refusal:
    return refusal(int(getattr(_response_of(error), "status_code", 0) or 0), _body_of(error), method)


def _response_of(error: SlackApiError) -> object:
    # The SDK says nothing about its type, and passes on aiohttp's own response where the body is no JSON.
    response: object = error.response
    return response
