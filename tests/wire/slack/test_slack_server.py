import asyncio
from typing import Any

import aiohttp
import pytest

from tests.wire.slack.sdk import (
    buttons,
    error_of,
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
