import aiohttp
import pytest

from tests.wire.slack.sdk import (
    PNG,
    error_of,
    open_client,
    uploaded,
)
from tests.wire.slack.server import open_slack


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


async def test_files_go_to_several_channels_but_to_one_thread() -> None:
    async with open_slack(file_polls=0) as slack, open_client(slack) as client:
        both = [slack.find_channel(name).id for name in ("general", "secret")]
        file = await uploaded(client, channels=both)
        assert [slack.messages(name)[0].files for name in ("general", "secret")] == [[file], [file]]
        with pytest.raises(Exception, match="invalid_arguments"):
            await uploaded(client, channels=both, thread_ts=slack.messages("general")[0].ts)
