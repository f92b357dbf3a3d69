import asyncio
from typing import Any

import aiohttp
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


async def test_a_message_is_posted_and_edited_and_keeps_its_metadata() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        metadata = {"event_type": "job", "event_payload": {"id": "abc"}}
        ts = (await client.chat_postMessage(channel=channel, text="one", metadata=metadata))["ts"]
        await client.chat_update(channel=channel, ts=ts, text="two", blocks=[section("two")])
        message = slack.messages("general")[0]
        assert (message.text, message.said, message.metadata, message.edited) == ("two", ["one", "two"], metadata, False)
        history = await client.conversations_history(channel=channel, include_all_metadata=True)
        assert history["messages"][0]["metadata"] == metadata
        shy = await client.conversations_history(channel=channel)
        assert shy["messages"][0]["metadata"] == {"event_type": "job"}


async def test_an_edit_with_text_alone_takes_the_blocks_away() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        ts = (await client.chat_postMessage(channel=channel, text="one", blocks=[buttons("Vary")]))["ts"]
        await client.chat_update(channel=channel, ts=ts, text="two", metadata={})
        assert (slack.messages("general")[0].blocks, slack.messages("general")[0].edited) == ([], True)
        assert await error_of(client.chat_update(channel=channel, ts=ts, text="x" * 4001)) == "msg_too_long"
        assert await error_of(client.chat_update(channel=channel, ts="1.000001", text="x")) == "message_not_found"


@pytest.mark.parametrize(
    ("channel", "error"),
    [("design", ""), ("closed", "channel_not_found"), ("old", "is_archived"), ("secret", ""), ("@ada", ""), ("mpim", "")],
)
async def test_where_the_bot_may_post(channel: str, error: str) -> None:
    async with open_slack() as slack, open_client(slack) as client:
        call = client.chat_postMessage(channel=slack.find_channel(channel).id, text="x")
        if error:
            assert await error_of(call) == error
        else:
            await call
            assert slack.messages(channel)[0].text == "x"


async def test_a_public_channel_without_the_bot_takes_a_scope_and_never_its_files() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        design = slack.find_channel("design").id
        with pytest.raises(Exception, match="not_in_channel"):
            await uploaded(client, channel_id=design)
        slack.team.scopes.remove("chat:write.public")
        assert await error_of(client.chat_postMessage(channel=design, text="x")) == "not_in_channel"
        slack.invite("design")
        await client.chat_postMessage(channel=design, text="x")


async def test_a_persons_id_as_channel_opens_the_direct_messages() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        answer = await client.chat_postMessage(channel=slack.find_user("ada").id, text="psst")
        assert answer["channel"] == slack.find_channel("@ada").id
        assert await error_of(client.chat_update(channel=slack.find_user("ada").id, ts=answer["ts"], text="x")) == "channel_not_found"


async def test_a_thread_needs_its_parent() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        ts = (await client.chat_postMessage(channel=channel, text="parent"))["ts"]
        reply = (await client.chat_postMessage(channel=channel, text="reply", thread_ts=ts))["ts"]
        assert await error_of(client.chat_postMessage(channel=channel, text="x", thread_ts="1.000001")) == "thread_not_found"
        assert await error_of(client.chat_postMessage(channel=channel, text="x", thread_ts=reply)) == "cannot_reply_to_message"
        assert [message.text for message in slack.messages("general", ts)] == ["reply"]
        replies = await client.conversations_replies(channel=channel, ts=ts)
        assert [message["text"] for message in replies["messages"]] == ["parent", "reply"]
        found = await client.conversations_history(channel=channel, latest=reply, inclusive=True)
        assert [message["text"] for message in found["messages"]] == ["parent"]


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


async def test_a_picture_can_be_shown_only_when_slack_has_processed_it() -> None:
    async with open_slack(file_polls=2) as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        file = await uploaded(client)
        blocks = [{"type": "image", "slack_file": {"id": file}, "alt_text": "a fox"}]
        assert await error_of(client.chat_postMessage(channel=channel, text="a fox", blocks=blocks)) == "invalid_blocks"
        looks = [(await client.files_info(file=file))["file"]["mimetype"] for _ in range(3)]
        assert looks == ["", "", "image/png"]
        await client.chat_postMessage(channel=channel, text="a fox", blocks=blocks)
        assert slack.messages("general")[0].images[0]["alt_text"] == "a fox"


@pytest.mark.parametrize(("content", "shown"), [(PNG, True), (JPEG, True), (WEBP, False), (b"hello", False)])
async def test_image_blocks_show_png_jpeg_and_gif(content: bytes, shown: bool) -> None:
    async with open_slack(file_polls=0) as slack, open_client(slack) as client:
        blocks = [{"type": "image", "slack_file": {"id": await uploaded(client, content)}, "alt_text": "a"}]
        call = client.chat_postMessage(channel=slack.find_channel("general").id, text="x", blocks=blocks)
        if shown:
            await call
        else:
            assert await error_of(call) == "invalid_blocks"


async def test_an_upload_of_another_length_is_refused_and_completes_once() -> None:
    async with open_slack() as slack, open_client(slack) as client, aiohttp.ClientSession() as session:
        ticket = await client.files_getUploadURLExternal(filename="a.png", length=10)
        assert (await session.post(ticket["upload_url"], data=PNG)).status == 400
        assert await error_of(client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])) == "file_not_found"
        file = await uploaded(client)
        assert await error_of(client.files_completeUploadExternal(files=[{"id": file}])) == "file_not_found"
        slack.disable_file_uploads()
        assert await error_of(client.files_getUploadURLExternal(filename="a.png", length=10)) == "file_uploads_disabled"


async def test_a_shared_file_appears_late_and_one_with_an_alternative_text_never() -> None:
    async with open_slack(file_polls=1) as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        file = await uploaded(client, channel_id=channel, initial_comment="here")
        await client.chat_postMessage(channel=channel, text="later")
        await client.files_info(file=file)
        assert [message.text for message in slack.messages("general")] == ["later", "here"]
        ticket = await client.files_getUploadURLExternal(filename="b.png", length=len(PNG), alt_txt="a fox")
        async with aiohttp.ClientSession() as session, session.post(ticket["upload_url"], data=PNG):
            await client.files_completeUploadExternal(files=[{"id": ticket["file_id"]}], channel_id=channel)
        slack.pass_time(60)
        assert len(slack.messages("general")) == 2


async def test_a_persons_file_is_downloaded_with_the_bots_token_and_is_a_login_page_otherwise() -> None:
    async with open_slack() as slack, open_client(slack) as client, aiohttp.ClientSession() as session:
        file = await slack.upload("ada", "general", PNG)
        url = (await client.files_info(file=file.id))["file"]["url_private_download"]

        async def download(token: str) -> tuple[str, bytes]:
            async with session.get(url, headers={"Authorization": f"Bearer {token}"}) as response:
                assert response.status == 200
                return response.content_type, await response.read()

        assert await download(slack.bot_token) == ("image/png", PNG)
        assert (await download("xoxb-wrong"))[0] == "text/html"
        slack.team.scopes.remove("files:read")
        assert (await download(slack.bot_token))[0] == "text/html"
        closed = await slack.upload("ada", "closed", PNG)
        slack.team.scopes.add("files:read")
        assert await error_of(client.files_info(file=closed.id)) == "file_not_found"


async def test_tokens_and_scopes_are_checked() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        for token, error in [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), (slack.app_token, "not_allowed_token_type")]:
            async with open_client(slack, token) as other:
                assert await error_of(other.auth_test()) == error
        assert await error_of(client.apps_connections_open(app_token=slack.bot_token)) == "not_allowed_token_type"
        slack.team.scopes.remove("reactions:write")
        fault = await refused(client.reactions_add(channel="C1", timestamp="1.1", name="x"))
        assert (fault.response["error"], fault.response["needed"]) == ("missing_scope", "reactions:write")
        assert "chat:write" in fault.response["provided"]
        assert await error_of(client.api_call("chat.shout")) == "unknown_method"
        assert await error_of(client.api_call("chat.postMessage", params={"text": "x"})) == "invalid_arguments"
        await slack.revoke_tokens(tell=False)
        assert await error_of(client.auth_test()) == "token_revoked"
        slack.team.state = "uninstalled"
        assert await error_of(client.auth_test()) == "account_inactive"


async def test_history_needs_the_scope_of_the_kind_of_channel_and_the_bot_in_it() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        slack.team.scopes.remove("groups:history")
        assert await error_of(client.conversations_history(channel=slack.find_channel("secret").id)) == "missing_scope"
        assert await error_of(client.conversations_history(channel=slack.find_channel("design").id)) == "not_in_channel"
        await client.conversations_history(channel=slack.find_channel("general").id)


async def test_only_people_in_the_channel_are_whispered_to() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        general, mpim = slack.find_channel("general").id, slack.find_channel("mpim").id
        ts = (await client.chat_postEphemeral(channel=general, user=slack.find_user("ivy").id, text="psst"))["message_ts"]
        assert [message.text for message in slack.ephemerals("ivy", "general")] == ["psst"]
        assert slack.messages("general") == []
        assert await error_of(client.chat_postEphemeral(channel=mpim, user=slack.find_user("ivy").id, text="x")) == "user_not_in_channel"
        assert await error_of(client.chat_update(channel=general, ts=ts, text="x")) == "message_not_found"


async def test_only_the_bots_own_messages_are_edited_and_only_within_the_window() -> None:
    async with open_slack(edit_window=60.0) as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        said = (await slack.say("ada", "general", "hello")).message
        assert said is not None
        assert await error_of(client.chat_update(channel=channel, ts=said.ts, text="x")) == "cant_update_message"
        assert await error_of(client.chat_delete(channel=channel, ts=said.ts)) == "cant_delete_message"
        ts = (await client.chat_postMessage(channel=channel, text="one"))["ts"]
        slack.pass_time(61)
        assert await error_of(client.chat_update(channel=channel, ts=ts, text="x")) == "edit_window_closed"


async def test_a_channel_takes_a_burst_and_then_one_message_a_second() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        for number in range(4):
            await client.chat_postMessage(channel=channel, text=str(number))
        fault = await refused(client.chat_postMessage(channel=channel, text="5"))
        assert (fault.response.status_code, fault.response["error"]) == (429, "ratelimited")
        assert int(fault.response.headers["Retry-After"]) == 1
        await client.chat_postMessage(channel=slack.find_channel("secret").id, text="elsewhere")
    async with open_slack(limits=False) as slack, open_client(slack) as client:
        for number in range(9):
            await client.chat_postMessage(channel=slack.find_channel("general").id, text=str(number))


async def test_methods_have_a_number_of_calls_a_minute() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        group = next(iter(slack.team.groups))
        for _ in range(20):
            await client.usergroups_users_list(usergroup=group)
        assert await error_of(client.usergroups_users_list(usergroup=group)) == "ratelimited"
        slack.team.paid = False
        assert await error_of(client.usergroups_list()) == "plan_upgrade_required"


async def test_troubles_happen_once_and_a_lost_reply_has_taken_effect() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        slack.rate_limit("chat.postMessage", 7)
        assert (await refused(client.chat_postMessage(channel=channel, text="a"))).response.headers["Retry-After"] == "7"
        slack.fail("chat.postMessage", "internal_error", times=2)
        for _ in range(2):
            assert await error_of(client.chat_postMessage(channel=channel, text="b")) == "internal_error"
        slack.lost_reply("chat.postMessage")
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=channel, text="c")
        slack.slow("auth.test", 0.2)
        began = asyncio.get_running_loop().time()
        await client.auth_test()
        assert asyncio.get_running_loop().time() - began >= 0.2
        assert [message.text for message in slack.messages("general")] == ["c"]
        assert [call.error for call in slack.calls][:4] == ["ratelimited", "internal_error", "internal_error", ""]


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


async def test_files_go_to_several_channels_but_to_one_thread() -> None:
    async with open_slack(file_polls=0) as slack, open_client(slack) as client:
        both = f"{slack.find_channel('general').id},{slack.find_channel('secret').id}"
        file = await uploaded(client, channels=both)
        assert [slack.messages(name)[0].files for name in ("general", "secret")] == [[file], [file]]
        with pytest.raises(Exception, match="invalid_arguments"):
            await uploaded(client, channels=both, thread_ts=slack.messages("general")[0].ts)


async def test_people_are_described_as_slack_describes_them() -> None:
    async with open_slack() as slack, open_client(slack) as client:

        async def look(name: str) -> Any:
            return (await client.users_info(user=slack.find_user(name).id, include_locale=True))["user"]

        grace, guest, stranger = await look("grace"), await look("guest"), await look("stranger")
        assert (grace["is_owner"], guest["is_ultra_restricted"], stranger["is_stranger"]) == (True, True, True)
        assert "is_admin" not in stranger
        assert stranger["team_id"] != slack.team.id
        assert (await look("ada"))["locale"] == "de-DE"


async def test_reactions_are_added_once_and_read_back() -> None:
    async with open_slack() as slack, open_client(slack) as client:
        channel = slack.find_channel("general").id
        ts = (await client.chat_postMessage(channel=channel, text="x"))["ts"]
        await client.reactions_add(channel=channel, timestamp=ts, name="eyes")
        assert await error_of(client.reactions_add(channel=channel, timestamp=ts, name="eyes")) == "already_reacted"
        found = await client.reactions_get(channel=channel, timestamp=ts)
        assert found["message"]["reactions"][0]["name"] == "eyes"


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
