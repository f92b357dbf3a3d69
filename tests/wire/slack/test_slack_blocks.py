from typing import Any

import pytest

from tests.wire.slack.sdk import (
    JPEG,
    PNG,
    WEBP,
    button,
    buttons,
    error_of,
    field,
    modal,
    open_client,
    refused,
    section,
    uploaded,
)
from tests.wire.slack.server import open_slack


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "a-b", "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "job"}, "invalid_metadata_format"),
        ({"event_type": "job", "event_payload": {"Id": "x"}}, "invalid_metadata_schema"),
        ({"event_type": "job", "event_payload": {"id": None}}, "invalid_metadata_schema"),
        ({"event_type": "job", "event_payload": {"id": {"deep": {"er": 1}}}}, "invalid_metadata_schema"),
        ({"event_type": "job", "event_payload": {"id": "x" * 9000}}, "metadata_too_large"),
    ],
)
async def test_metadata_that_slack_refuses(metadata: Any, error: str) -> None:
    async with open_slack() as slack, open_client(slack) as client:
        call = client.chat_postMessage(channel=slack.find_channel("general").id, text="x", metadata=metadata)
        assert await error_of(call) == error


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        (section(""), "must be more than 0 characters"),
        ({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}, "must be less than 151 characters"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "unsupported type: mrkdwn"),
        ({"type": "actions", "elements": [button("x" * 76)]}, "must be less than 76 characters"),
        ({"type": "actions", "elements": [button("x", value="v" * 2001)]}, "must be less than 2001 characters"),
        ({"type": "actions", "elements": [button("x", style="loud")]}, "must be a valid enum value"),
        ({"type": "actions", "elements": [button("x"), button("x")]}, "action_id must be unique"),
        ({"type": "actions", "elements": [button(f"x{n}") for n in range(26)]}, "no more than 25 items allowed"),
        ({"type": "actions", "elements": [{"type": "plain_text_input"}]}, "unsupported type: plain_text_input"),
        ({"type": "image", "image_url": "https://x.example/a.png"}, "missing required field: alt_text"),
        ({"type": "image", "alt_text": "a"}, "must define either `image_url` or `slack_file`"),
        ({"type": "image", "alt_text": "a", "slack_file": {"id": "F0"}}, "invalid slack file [json-pointer:/blocks/0/slack_file]"),
        ({"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}, "no more than 10 items allowed"),
        ({"type": "section", "colour": "red", "text": {"type": "mrkdwn", "text": "x"}}, "invalid additional property: colour"),
        ({"type": "hologram"}, "unsupported type"),
    ],
)
async def test_blocks_that_slack_refuses(block: dict[str, Any], said: str) -> None:
    async with open_slack() as slack, open_client(slack) as client:
        fault = await refused(client.chat_postMessage(channel=slack.find_channel("general").id, text="x", blocks=[block]))
        assert fault.response["error"] == "invalid_blocks"
        assert said in " ".join(fault.response["response_metadata"]["messages"])


async def test_a_message_has_fifty_blocks_and_no_two_with_one_id() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        await client.chat_postMessage(channel=channel, text="x", blocks=[{"type": "divider"}] * 50)
        assert await error_of(client.chat_postMessage(channel=channel, text="x", blocks=[{"type": "divider"}] * 51)) == "invalid_blocks"
        assert await error_of(client.chat_postMessage(channel=channel, text="x", blocks=[buttons("a"), buttons("b")])) == "invalid_blocks"


@pytest.mark.parametrize(("content", "shown"), [(PNG, True), (JPEG, True), (WEBP, False), (b"hello", False)])
async def test_image_blocks_show_png_jpeg_and_gif(content: bytes, shown: bool) -> None:
    async with open_slack(file_polls=0) as slack, open_client(slack) as client:
        blocks = [{"type": "image", "slack_file": {"id": await uploaded(client, content)}, "alt_text": "a"}]
        call = client.chat_postMessage(channel=slack.find_channel("general").id, text="x", blocks=blocks)
        if shown:
            await call
        else:
            assert await error_of(call) == "invalid_blocks"


async def test_only_live_brackets_ping() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        blocks = [section("&lt;!channel&gt; <!here|x> `<@U1>`"), section("<!everyone>", "plain_text")]
        await client.chat_postMessage(channel=channel, text="<https://evil.example|bank> <!date^1^{date}|x>", blocks=blocks)
        assert [(ping.kind, ping.target) for ping in slack.fired] == [("link", "https://evil.example"), ("here", "here"), ("user", "U1")]
        slack.fired.clear()
        rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "channel"}]}]}
        await client.chat_postMessage(channel=channel, text="<!subteam^S1>", blocks=[rich])
        assert [ping.kind for ping in slack.fired] == ["subteam", "channel"]


async def test_bare_names_ping_only_when_the_post_asks_for_it() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        await client.chat_postMessage(channel=channel, text="@channel a fox")
        assert slack.fired == []
        await client.chat_postMessage(channel=channel, text="@channel a fox", link_names=True)
        assert [ping.kind for ping in slack.fired] == ["channel"]


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (modal(title={"type": "plain_text", "text": "x" * 25}), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(field("Prompt"), submit=None), "missing required field: submit"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal(field("x" * 2001, block_id="b")), "must be less than 2001 characters"),
        (modal(field("Prompt", max_length=3001)), "must be between 1 and 3000"),
        (modal(field("Prompt", max_length=5, initial_value="123456")), "must be less than 6 characters"),
        (modal(field("Picture", type="file_input", max_files=11)), "must be between 1 and 10"),
        (modal(field("A"), field("A")), "`block_id` already exists"),
    ],
)
async def test_views_that_slack_refuses(view: dict[str, Any], said: str) -> None:
    async with open_slack() as slack, open_client(slack) as client:
        trigger = slack.new_trigger(slack.team, slack.find_user("ada"))
        fault = await refused(client.views_open(trigger_id=trigger, view=view))
        assert fault.response["error"] == "invalid_arguments"
        assert said in " ".join(fault.response["response_metadata"]["messages"])


async def test_a_trigger_opens_one_view_within_three_seconds() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        ada = slack.find_user("ada")
        trigger = slack.new_trigger(slack.team, ada)
        view = (await client.views_open(trigger_id=trigger, view=modal(field("Prompt"))))["view"]
        assert await error_of(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
        late = slack.new_trigger(slack.team, ada)
        slack.pass_time(3.1)
        assert await error_of(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
        assert await error_of(client.views_update(view_id=view["id"], hash="old", view=modal())) == "hash_conflict"
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(field("Seed")))
        assert slack.views("ada")[0].blocks[0]["label"]["text"] == "Seed"
        await client.views_publish(user_id=ada.id, view={"type": "home", "blocks": [section("hello")]})
        home = slack.home("ada")
        assert home is not None
        assert home.blocks[0]["text"]["text"] == "hello"
