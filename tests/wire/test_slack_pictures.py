"""Pictures in Slack: brought there once, awaited, shown with alternative text, covered where asked, and never lost."""

import asyncio
import io
import os
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from adapters.platforms.slack.downloads import attachment
from adapters.platforms.slack.forms import modal
from adapters.platforms.slack.posts import Posts
from bot.errors import PlatformFault
from bot.model import Content, Field, Form, Message, Picture, Place, Tone
from tests.wire.slack.blocks import check_view
from tests.wire.slack.calls import describe_file
from tests.wire.slack.nouns import File
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_posts import Cabinet, called, card, mark, open_posts, person_of, place_of, result


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        yield server


@pytest.fixture
def cabinet() -> Cabinet:
    return Cabinet()


@pytest.fixture
async def posts(slack: SlackServer, cabinet: Cabinet, tmp_path: Path) -> AsyncGenerator[Posts]:
    async with open_posts(slack, cabinet, tmp_path) as opened:
        yield opened


@pytest.fixture
def general(slack: SlackServer) -> Place:
    return place_of(slack, "general")


def shown(slack: SlackServer, channel: str = "general", thread: str | None = None) -> list[File]:
    """The files that the last message shows."""
    return [slack.files[image["slack_file"]["id"]] for image in slack.messages(channel, thread)[-1].images]


async def test_a_result_is_one_message_with_pictures_words_buttons_and_mark(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place
) -> None:
    thread = await posts.open_thread(await posts.post(general, card(), key="3f2a:card"), "a red fox")
    await posts.post(thread, result(cabinet, many=4), key="3f2a:result")
    (message,) = slack.messages("general", thread.thread)
    assert [image["alt_text"] for image in message.images] == [f"AI-generated image {n}: a red fox" for n in range(1, 5)]
    assert [image["title"]["text"] for image in message.images] == ["1 · seed 42", "2 · seed 43", "3 · seed 44", "4 · seed 45"]
    assert message.labels == ["Again", "Delete"]
    assert message.metadata == mark("result")
    assert [file.name for file in shown(slack, thread=thread.thread)] == [f"limner-3f2a-{n}.png" for n in range(1, 5)]


async def test_the_original_itself_is_what_slack_shows(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    await posts.post(general, result(cabinet), key="3f2a:result")
    assert [file.content for file in shown(slack)] == [cabinet.files["images/1.png"].body]


async def test_alternative_text_never_goes_with_an_upload(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    await posts.post(general, result(cabinet), key="3f2a:result")
    assert [sorted(args) for args in called(slack, "files.getUploadURLExternal")] == [["filename", "length"]]


async def test_slow_processing_is_awaited(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    slack.delay_files(8)
    await posts.post(general, result(cabinet), key="3f2a:result")
    assert len(shown(slack)) == 1
    assert len(called(slack, "chat.postMessage")) == 1
    assert len(called(slack, "files.info")) > 3


async def test_without_leave_to_look_at_files_it_is_tried_until_they_show(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place
) -> None:
    slack.team.scopes -= {"files:read"}
    slack.delay_files(2)
    await posts.post(general, result(cabinet), key="3f2a:result")
    assert len(shown(slack)) == 1
    assert len(slack.messages("general")) == 1


async def test_a_picture_is_brought_to_slack_once_whatever_shows_it(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place, tmp_path: Path
) -> None:
    message = result(cabinet, many=2)
    await asyncio.gather(posts.post(general, message, key="3f2a:result"), posts.post(general, message, key="4f2a:result"))
    await posts.whisper(person_of(slack, "ada"), general, replace(message, fields=(("Seed", "42"),)))
    async with open_posts(slack, cabinet, tmp_path / "again") as after:
        await after.direct(person_of(slack, "ada"), general, message)
    assert len(called(slack, "files.getUploadURLExternal")) == 2


async def test_another_workspace_gets_its_own_files_and_old_marks_are_swept(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place, tmp_path: Path
) -> None:
    await posts.post(general, result(cabinet), key="3f2a:result")
    (kept,) = await cabinet.vault.names("file/")
    assert kept.startswith("file/2026-11/T0LIMNER/")
    cabinet.now += timedelta(days=70)
    async with open_posts(slack, cabinet, tmp_path / "later") as later:
        await later.post(general, result(cabinet), key="4f2a:result")
    assert [name[:13] for name in await cabinet.vault.names("file/")] == ["file/2027-01/"[:13]]
    assert len(called(slack, "files.getUploadURLExternal")) == 2


async def test_a_file_that_slack_has_deleted_since_is_brought_again(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place
) -> None:
    await posts.post(general, result(cabinet), key="3f2a:result")
    for file in slack.files.values():
        file.deleted = True
    await posts.post(general, result(cabinet), key="4f2a:result")
    (file,) = shown(slack)
    assert not file.deleted
    assert len(slack.messages("general")) == 2


async def test_a_webp_is_shown_as_a_jpeg(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    await posts.post(general, result(cabinet, kind="WEBP"), key="3f2a:result")
    (file,) = shown(slack)
    assert (file.name, Image.open(io.BytesIO(file.content or b"")).format) == ("limner-3f2a-1.jpg", "JPEG")


async def test_a_huge_picture_is_shown_as_a_copy_and_its_original_is_linked(
    slack: SlackServer, cabinet: Cabinet, general: Place, tmp_path: Path
) -> None:
    cabinet.public_url = "https://limner.example"
    message = result(cabinet)
    huge = io.BytesIO()
    Image.frombytes("RGB", (2000, 1600), os.urandom(3 * 2000 * 1600)).save(huge, "PNG", compress_level=0)
    cabinet.files["images/1.png"] = Content(body=huge.getvalue(), media_type="image/png")
    async with open_posts(slack, cabinet, tmp_path) as posts:
        await posts.post(general, message, key="3f2a:result")
    (file,) = shown(slack)
    assert len(file.content or b"") < 8 * 2**20 < len(huge.getvalue())
    links = [ping.target for ping in slack.fired]
    assert links == ["https://limner.example/files/images/1.png?expires=7&amp;download=limner-3f2a-1.png"]


async def test_no_link_leads_to_this_machine(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    await posts.post(general, result(cabinet, many=2), key="3f2a:result")
    assert slack.fired == []
    assert "127.0.0.1" not in str(slack.messages("general")[0].blocks)


async def test_a_covered_picture_never_reaches_slack_uncovered(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    message = result(cabinet, spoiler=True)
    await posts.post(general, message, key="3f2a:result")
    await posts.whisper(person_of(slack, "ada"), general, message)
    (file,) = slack.files.values()
    assert file.content != cabinet.files["images/1.png"].body
    assert cabinet.read == ["shown/1.webp"]
    (image,) = slack.messages("general")[0].images
    assert (image["title"]["text"], image["alt_text"].partition(" ")[0]) == ("1 · seed 42 · covered", "Covered.")


async def test_uploads_switched_off_are_a_sentence_for_a_result_and_no_trouble_for_a_card(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place
) -> None:
    slack.disable_file_uploads()
    preview = Picture(key=cabinet.keep("overviews/1.webp", "WEBP"), alt="Overview", width=64, height=48)
    post = await posts.post(general, card(), key="3f2a:card")
    await posts.edit(post, card("Done.", tone=Tone.GOOD, pictures=(preview,)))
    assert "Done." in slack.messages("general")[0].text
    with pytest.raises(PlatformFault) as fault:
        await posts.post(general, result(cabinet), key="3f2a:result")
    assert fault.value.permanent
    assert "File uploads are switched off" in fault.value.sentence
    await posts.whisper(person_of(slack, "ada"), general, replace(result(cabinet), body=fault.value.sentence, tone=Tone.BAD))
    assert "switched off" in str(slack.ephemerals("ada")[0].blocks)


async def test_full_storage_is_a_sentence(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    slack.fail("files.completeUploadExternal", "storage_limit_reached")
    with pytest.raises(PlatformFault) as fault:
        await posts.post(general, result(cabinet), key="3f2a:result")
    assert fault.value.permanent
    assert "no room" in fault.value.sentence


async def test_an_upload_that_breaks_is_passing(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    slack.crash("upload")
    with pytest.raises(PlatformFault) as fault:
        await posts.post(general, result(cabinet), key="3f2a:result")
    assert not fault.value.permanent
    await posts.post(general, result(cabinet), key="3f2a:result")
    assert len(slack.messages("general")) == 1


async def test_a_picture_that_retention_took_away_leaves_the_words(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place
) -> None:
    message = result(cabinet, many=2)
    del cabinet.files["images/1.png"]
    await posts.post(general, message, key="3f2a:result")
    assert [image["title"]["text"] for image in slack.messages("general")[0].images] == ["2 · seed 43"]


async def test_where_slack_never_shows_a_file_in_a_message_it_comes_beside_it(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place
) -> None:
    thread = await posts.open_thread(await posts.post(general, card(), key="3f2a:card"), "a red fox")
    slack.delay_files(10_000)
    await posts.post(thread, result(cabinet, many=2), key="3f2a:result")
    slack.pass_time(20_000)
    replies = slack.messages("general", thread.thread)
    assert sorted(len(one.files) for one in replies) == [0, 1, 1]
    (message,) = [one for one in replies if not one.files]
    assert message.images == []
    assert message.labels == ["Again", "Delete"]
    assert "posted beside it as files" in str(message.blocks)
    assert message.metadata == mark("result")


async def test_blocks_that_slack_does_not_know_yet_leave_the_bare_words_and_the_buttons(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place
) -> None:
    slack.fail("chat.update", "invalid_blocks_format", times=2)
    message = result(cabinet)
    post = await posts.post(general, card(), key="3f2a:card")
    await posts.edit(post, message)
    (said,) = slack.messages("general")
    assert [block["type"] for block in said.blocks] == ["section", "actions"]
    assert said.blocks[0]["text"]["text"] == message.text


async def test_a_preview_is_taken_away_when_the_next_one_has_landed(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place
) -> None:
    post = await posts.post(general, card(), key="3f2a:card")
    for number, colour in enumerate(("red", "green")):
        key = cabinet.keep(f"previews/{number}.webp", "WEBP", colour)
        preview = Picture(key=key, alt="Preview", width=64, height=48)
        await posts.edit(post, card("Drawing", tone=Tone.WORKING, progress=0.3, pictures=(preview,)))
    assert [file.deleted for file in slack.files.values()] == [True, False]
    await posts.edit(post, card("Cancelled."))
    assert [file.deleted for file in slack.files.values()] == [True, True]
    assert await cabinet.vault.names("file/") == []


async def test_a_picture_somebody_attached_is_fetched_with_the_token(slack: SlackServer, posts: Posts) -> None:
    file = await slack.upload("ada", "general", b"\x89PNG\r\n\x1a\n and more", "fox.png")
    found = attachment("T0LIMNER", describe_file(slack, file))
    assert found is not None
    assert (found.name, found.media_type) == ("fox.png", "image/png")
    assert await posts.fetch(found) == b"\x89PNG\r\n\x1a\n and more"


async def test_a_sign_in_page_is_no_picture(slack: SlackServer, posts: Posts) -> None:
    found = attachment("T0LIMNER", describe_file(slack, await slack.upload("ada", "general", b"\x89PNG\r\n\x1a\n", "fox.png")))
    assert found is not None
    slack.team.scopes -= {"files:read"}
    with pytest.raises(PlatformFault) as fault:
        await posts.fetch(found)
    assert fault.value.permanent
    assert "files:read" in fault.value.sentence


async def test_a_home_page_shows_pictures_and_can_be_published(slack: SlackServer, posts: Posts, cabinet: Cabinet) -> None:
    sections = [
        Message(text="Say what you want to see.", title="Limner draws what you say", body="Say what you want to see."),
        replace(result(cabinet, many=2), title="Your last images", body="", code="", context=""),
    ]
    view = await posts.home("T0LIMNER", sections)
    ada = person_of(slack, "ada")
    await posts.calls.call("T0LIMNER", "views.publish", {"user_id": ada.id, "view": view})
    home = slack.home("ada")
    assert home is not None
    assert [block["type"] for block in home.blocks] == ["header", "rich_text", "divider", "header", "section", "section", "actions"]
    assert "accessory" not in str(await posts.home("T0LIMNER", sections, pictures=False))


def test_a_form_for_a_picture_is_a_modal() -> None:
    form = Form(title="Edit", line="edit 3f2a", fields=(Field(name="image", label="Picture", file=True, required=True),))
    check_view(modal(form), lambda _: "")


async def test_all_of_a_result_with_nasty_words_is_dead(slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place) -> None:
    nasty = "<!channel> <https://evil.example|bank>"
    message = result(cabinet)
    pictures = tuple(replace(picture, alt=nasty, title=nasty) for picture in message.pictures)
    await posts.post(general, replace(message, title=nasty, pictures=pictures), key="3f2a:result")
    assert slack.fired == []
