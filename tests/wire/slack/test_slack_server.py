import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.slack.nouns import Impossible
from tests.wire.slack.server import SlackServer, open_slack

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@asynccontextmanager
async def open_client(slack: SlackServer, token: str | None = None) -> AsyncGenerator[Any]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=token or slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


@asynccontextmanager
async def open_app(slack: SlackServer, client: Any) -> AsyncGenerator[Any]:
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=1)
    await handler.connect_async()
    try:
        yield app
    finally:
        await handler.close_async()


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def buttons(*labels: str) -> dict[str, Any]:
    elements = [
        {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": f"a{label}", "value": f"v {label}"}
        for label in labels
    ]
    return {"type": "actions", "block_id": "buttons", "elements": elements}


async def refusal(call: Any) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value


async def uploaded(client: Any, content: bytes = PNG) -> str:
    ticket = await client.files_getUploadURLExternal(filename="fox.png", length=len(content))
    async with aiohttp.ClientSession() as session, session.post(ticket["upload_url"], data=content) as response:
        assert response.status == 200
    await client.files_completeUploadExternal(files=[{"id": ticket["file_id"], "title": "fox"}])
    return str(ticket["file_id"])


async def test_a_message_is_posted_and_edited_and_keeps_its_metadata() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        metadata = {"event_type": "job", "event_payload": {"id": "abc"}}
        ts = (await client.chat_postMessage(channel=channel, text="one", metadata=metadata))["ts"]
        await client.chat_update(channel=channel, ts=ts, text="two", blocks=[section("two")])
        message = slack.messages("general")[0]
        assert (message.text, message.said, message.metadata) == ("two", ["one", "two"], metadata)
        history = await client.conversations_history(channel=channel, include_all_metadata=True)
        assert history["messages"][0]["metadata"] == metadata


async def test_a_picture_can_be_shown_only_when_slack_has_processed_it() -> None:
    async with open_slack(file_polls=2) as slack, open_client(slack) as client:
        file = await uploaded(client)
        blocks = [{"type": "image", "slack_file": {"id": file}, "alt_text": "a fox"}]
        fault = await refusal(client.chat_postMessage(channel=slack.find_channel("general").id, text="a fox", blocks=blocks))
        assert fault.response["error"] == "invalid_blocks"
        assert "invalid slack file" in fault.response["response_metadata"]["messages"][0]
        looks = [(await client.files_info(file=file))["file"]["mimetype"] for _ in range(3)]
        assert looks == ["", "", "image/png"]
        await client.chat_postMessage(channel=slack.find_channel("general").id, text="a fox", blocks=blocks)
        assert slack.messages("general")[0].images[0]["alt_text"] == "a fox"


async def test_a_command_is_acknowledged_over_a_socket_and_the_seconds_are_measured() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_app(slack, client) as app:

        @app.command("/imagine")
        async def imagine(ack: Any, body: Any) -> None:
            await ack(f"you said {body['text']}")

        delivery = await slack.command("grace", "general", "/imagine", "a <fox> & @ada")
        assert delivery.acked
        assert delivery.seconds is not None
        assert delivery.seconds < 3
        assert slack.ephemerals("grace")[0].text == f"you said a &lt;fox&gt; &amp; <@{slack.find_user('ada').id}|ada>"


async def test_a_button_is_pressed_and_its_response_url_answers() -> None:
    async with open_slack() as slack, open_client(slack) as client, open_app(slack, client) as app:

        @app.action("aVary")
        async def vary(ack: Any, respond: Any, body: Any) -> None:
            await ack()
            await respond(f"{body['actions'][0]['value']} in {body['channel']['name']}", replace_original=False)

        await client.chat_postMessage(channel=slack.find_channel("general").id, text="x", blocks=[buttons("Vary")])
        delivery = await slack.press("ada", slack.messages("general")[0], "Vary")
        assert delivery.acked
        async with asyncio.timeout(5):
            while not slack.ephemerals("ada"):
                await asyncio.sleep(0.01)
        assert slack.ephemerals("ada")[0].text == "v Vary in general"


async def test_slash_commands_are_refused_in_threads() -> None:
    async with open_slack() as slack:
        with pytest.raises(Impossible):
            await slack.command("grace", "general", "/imagine", "a fox", thread_ts="1.2")
