"""The SDK's own parts, pointed at this Slack: a web client and a bolt app on Socket Mode or HTTP."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.slack.server import SlackServer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WEBP = b"RIFF\x00\x00\x00\x00WEBP" + bytes(64)


@asynccontextmanager
async def open_client(slack: SlackServer, token: str | None = None) -> AsyncGenerator[Any]:
    """A client with the bot's token that repeats nothing by itself."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token if token is None else token, base_url=slack.api_url, session=session, retry_handlers=[])


@asynccontextmanager
async def open_bolt(slack: SlackServer, client: Any, *, sockets: int = 1) -> AsyncGenerator[Any]:
    """A bolt app with as many connections."""
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    handlers = [AsyncSocketModeHandler(app, slack.app_token, ping_interval=1) for _ in range(sockets)]
    for handler in handlers:
        await handler.connect_async()
    try:
        await slack.connected(sockets)
        yield app
    finally:
        for handler in handlers:
            await handler.close_async()


@asynccontextmanager
async def open_http(slack: SlackServer, client: Any) -> AsyncGenerator[Any]:
    """A bolt app behind a signed HTTP address."""
    app: Any = AsyncApp(client=client, signing_secret=slack.signing_secret)
    async with open_pages(app.web_app("/slack/events")) as slack.http_target:
        yield app


@asynccontextmanager
async def open_pages(app: web.Application) -> AsyncGenerator[str]:
    """A web server on loopback; gives its address."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def refused(call: Any) -> Any:
    """The error that a call ends with."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value


async def error_of(call: Any) -> str:
    return str((await refused(call)).response["error"])


async def uploaded(client: Any, content: bytes = PNG, name: str = "fox.png", **share: Any) -> str:
    """A file that went through the three steps; gives its id."""
    ticket = await client.files_getUploadURLExternal(filename=name, length=len(content))
    async with aiohttp.ClientSession() as session, session.post(ticket["upload_url"], data=content) as response:
        assert response.status == 200
    await client.files_completeUploadExternal(files=[{"id": ticket["file_id"], "title": "fox"}], **share)
    return str(ticket["file_id"])


def section(text: str, kind: str = "mrkdwn") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


def button(label: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": label.lower(), "value": f"v {label}", **more}


def buttons(*labels: str) -> dict[str, Any]:
    return {"type": "actions", "block_id": "buttons", "elements": [button(label) for label in labels]}


def field(label: str, *, block_id: str = "", optional: bool = False, **element: Any) -> dict[str, Any]:
    """An input block with a text field, or with another element."""
    body = {"type": "plain_text_input", "action_id": "value", **element}
    label_text = {"type": "plain_text", "text": label}
    return {"type": "input", "block_id": block_id or label.lower(), "label": label_text, "element": body, "optional": optional}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    title = {"type": "plain_text", "text": "A form"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": title,
        "submit": {"type": "plain_text", "text": "Go"},
        "blocks": list(blocks),
        **more,
    }
