"""The socket: Socket Mode, supervised: it connects before the old line ends, comes back after every drop, and gives up on a refused token.

The SDK has a client for this. It tries a refused token for ever, closes the old line before it has the new one, and acknowledges from
tasks that nobody keeps; so the line itself is ours, and Bolt reads what comes over it. An envelope is acknowledged on the line that it
came by. What people did goes on without the line: it runs in the platform's tasks.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.platforms.slack.clients import Clients
from adapters.platforms.slack.listeners import OTHERWISE
from adapters.platforms.slack.shapes import JSON, mapping, text
from bot.errors import PlatformFault

log = structlog.get_logger()

_PAUSES = (0.1, 30.0)
"""Seconds before the next try, doubled each time up to the last."""
_SETTLED = 10.0
"""Seconds after which a line counts as a good one: what comes then is a new trouble."""
_HELLO = 10.0
_BEAT = 15.0
"""Seconds between two pings; half of it without an answer, and the line is dead."""
_FAREWELL = 30.0
"""Seconds that an old line is kept once a new one is there; Slack ends it sooner."""
_OK = 200


class Socket:
    """Keeps a line to Slack."""

    def __init__(self, clients: Clients, app: AsyncApp, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._clients = clients
        self._app = app
        self._sleep = sleep
        self._lines: set[aiohttp.ClientWebSocketResponse] = set()

    @property
    def ready(self) -> bool:
        """Whether a line is open."""
        return any(not line.closed for line in self._lines)

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Keep a line open until cancelled; envelopes are answered in `tasks`.

        Raises:
            SettingFault: Slack refuses the token.
            PlatformFault: the first connection failed. Later ones are tried again here: work is under way that would be lost.
        """
        reading: set[asyncio.Task[None]] = set()
        pause, before = _PAUSES[0], False
        # Without the other session's time limit: a line stays open for hours.
        async with aiohttp.ClientSession() as session:
            try:
                while True:
                    try:
                        line = await self._connect(session)
                    except PlatformFault as fault:
                        if not before:
                            raise
                        log.warning("slack line not opened", reason=fault.sentence, again_in=pause)
                    else:
                        before, began, ending = True, time.monotonic(), asyncio.Event()
                        log.info("slack line opened")
                        task = tasks.create_task(self._read(line, ending, tasks))
                        reading.add(task)
                        task.add_done_callback(reading.discard)
                        await ending.wait()
                        pause = _PAUSES[0] if time.monotonic() - began > _SETTLED else pause
                    await self._sleep(pause)
                    pause = min(_PAUSES[1], pause * 2)
            finally:
                for task in reading:
                    task.cancel()
                await asyncio.gather(*reading, return_exceptions=True)

    async def _connect(self, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        address = await self._clients.open_socket()
        try:
            async with asyncio.timeout(_HELLO):
                line = await session.ws_connect(address, heartbeat=_BEAT, max_msg_size=0)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # Neither the address nor an error that quotes it is told: it lets anybody in.
            raise PlatformFault(f"Slack did not open a line ({type(error).__name__}).") from None
        try:
            hello = mapping(await line.receive_json(timeout=_HELLO))
        except (aiohttp.ClientError, TimeoutError, TypeError, ValueError) as error:
            await line.close()
            raise PlatformFault(f"Slack opened a line and said nothing ({type(error).__name__}).") from None
        if hello.get("type") != "hello":
            await line.close()
            raise PlatformFault(f"Slack opened a line and ended it ({text(hello.get('reason'))[:40] or 'no reason'}).")
        self._lines.add(line)
        return line

    async def _read(self, line: aiohttp.ClientWebSocketResponse, ending: asyncio.Event, tasks: asyncio.TaskGroup) -> None:
        """Take what comes until the line ends. `ending` is set as soon as another line is wanted."""
        try:
            async with asyncio.timeout(None) as limit:
                async for message in line:
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        continue
                    envelope = _decoded(message.data)
                    if envelope.get("type") == "disconnect":
                        log.info("slack line ends", reason=text(envelope.get("reason"))[:40])
                        ending.set()
                        limit.reschedule(asyncio.get_running_loop().time() + _FAREWELL)
                    elif text(envelope.get("envelope_id")):
                        tasks.create_task(self._answer(line, envelope))
        except (TimeoutError, aiohttp.ClientError) as error:
            log.info("slack line dropped", error=type(error).__name__)
        finally:
            self._lines.discard(line)
            ending.set()
            # A line that broke off cannot be closed properly either.
            with suppress(aiohttp.ClientError, ConnectionError):
                await line.close()

    async def _answer(self, line: aiohttp.ClientWebSocketResponse, envelope: JSON) -> None:
        headers = {f"x-slack-retry-{name}": str(envelope[f"retry_{key}"]) for name, key in _RETRIES if envelope.get(f"retry_{key}")}
        request: Any = AsyncBoltRequest(mode="socket_mode", body=mapping(envelope.get("payload")), headers=dict(headers))
        try:
            response = await self._app.async_dispatch(request)
        except Exception:
            # An entry point: one payload that nobody foresaw must not end the line and everything with it.
            log.exception("an envelope failed")
            return
        if response.status != _OK:
            # Without an acknowledgement Slack sends an event again, and shows people that something went wrong.
            log.info("slack asked to come again", status=response.status)
            return
        sent = {"envelope_id": envelope["envelope_id"], **_payload(response)}
        try:
            await line.send_json(sent)
        except (aiohttp.ClientError, ConnectionError) as error:
            log.info("slack did not get an acknowledgement", error=type(error).__name__)
            if otherwise := request.context.get(OTHERWISE):
                otherwise()


_RETRIES = (("num", "attempt"), ("reason", "reason"))


def _decoded(data: str) -> JSON:
    try:
        return mapping(json.loads(data))
    except ValueError:
        return {}


def _payload(response: BoltResponse) -> JSON:
    """What an acknowledgement holds beside the envelope's id."""
    if not response.body:
        return {}
    if response.first_headers().get("content-type", "").startswith("application/json"):
        return {"payload": json.loads(response.body)}
    return {"payload": {"text": response.body}}
