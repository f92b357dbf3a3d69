"""Threads under cards on Discord: made once, found again, and done without where there can be none."""

import pytest

from bot.errors import PlatformFault
from bot.model import Attachment, Post, Tone
from tests.wire.discord_sender import CARD, RESULT, card, open_sender, result


async def test_a_thread_is_made_once_even_after_a_restart() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place(), card(), key=CARD)
        thread = await sender.posts.open_thread(posted, "a red fox")
        assert await sender.posts.open_thread(posted, "a red fox") == thread
        sender.restart()
        assert await sender.posts.open_thread(posted, "a red fox") == thread
        assert len(sender.server.threads("general")) == 2 + 1


async def test_a_long_or_odd_title_makes_a_name_that_discord_takes() -> None:
    async with open_sender() as sender:
        for number, title in enumerate(("fox " * 100, "\u200b", "a\nb", "🦊" * 120)):
            posted = await sender.posts.post(sender.place(), card(), key=f"{number}:card")
            await sender.posts.open_thread(posted, title)
        names = [each.name for each in sender.server.threads("general")][-4:]
        assert names[1:3] == ["Images", "a b"]
        assert all(1 <= len(name) <= 100 for name in names)


@pytest.mark.parametrize("channel", ["no-threads", "no-posts-in-threads", "sketches"])
async def test_where_there_can_be_no_thread_the_result_goes_beside_the_card(channel: str) -> None:
    async with open_sender() as sender:
        place = sender.place(channel)
        posted = await sender.posts.post(place, card(), key=CARD) if channel != "no-threads" else Post(place=place, id="1")
        assert await sender.posts.open_thread(posted, "a red fox") == place


async def test_a_direct_conversation_has_no_threads() -> None:
    async with open_sender() as sender:
        place = await sender.posts.direct(sender.person())
        posted = await sender.posts.post(place, card(), key=CARD)
        assert await sender.posts.open_thread(posted, "a red fox") == place
        assert place.workspace == "dm"
        final = await sender.posts.post(place, result(sender.shelf), key=RESULT)
        assert [each.id for each in sender.server.dms("ada")] == [int(posted.id), int(final.id)]


async def test_too_many_open_threads_are_no_reason_to_lose_pictures() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place(), card(), key=CARD)
        sender.server.fail("POST /channels/*/messages/*/threads", 400, code=160006)
        assert await sender.posts.open_thread(posted, "a red fox") == sender.place()


async def test_an_archived_thread_is_opened_for_an_edit() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place(), card(), key=CARD)
        thread = await sender.posts.open_thread(posted, "a red fox")
        final = await sender.posts.post(thread, result(sender.shelf), key=RESULT)
        sender.server.channel(thread.thread or "").archived = True
        await sender.posts.edit(final, card("Deleted", progress=None, tone=Tone.PLAIN))
        assert "Deleted" in sender.seen(final).text


async def test_a_thread_of_somebody_elses_is_opened_too() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place("attic"), card(), key=CARD)
        sender.server.channel("attic").archived = True
        await sender.posts.edit(posted, card("Done", progress=None, tone=Tone.GOOD))
        assert "Done" in sender.seen(posted).text


async def test_a_locked_thread_is_left_alone_and_named() -> None:
    async with open_sender() as sender:
        sender.server.channel("sketches").locked = True
        with pytest.raises(PlatformFault, match="locked") as fault:
            await sender.posts.post(sender.place("sketches"), card(), key=CARD)
        assert fault.value.permanent


async def test_an_announcement_has_a_thread_too() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place("announcements"), card(), key=CARD)
        thread = await sender.posts.open_thread(posted, "a red fox")
        final = await sender.posts.post(thread, result(sender.shelf), key=RESULT)
        assert sender.seen(final).channel.parent is sender.server.channel("announcements")


async def test_a_file_larger_than_it_said_is_not_read_to_its_end() -> None:
    async with open_sender() as sender:
        said = await sender.server.say("ada", "general", "look", attachments={"fox.png": bytes(25 * 1024 * 1024 + 1)})
        address = said.attachments[0].url(sender.server.world.cdn_url, sender.server.world.clock.now())
        with pytest.raises(PlatformFault, match="25 MB"):
            await sender.posts.fetch(Attachment(id=address, name="fox.png", media_type="image/png", bytes=13))


async def test_a_file_that_somebody_attached_is_fetched_and_one_that_is_gone_is_not() -> None:
    async with open_sender() as sender:
        said = await sender.server.say("ada", "general", "look", attachments={"fox.png": b"\x89PNG and more"})
        [file] = said.attachments
        address = file.url(sender.server.world.cdn_url, sender.server.world.clock.now())
        attachment = Attachment(id=address, name="fox.png", media_type="image/png", bytes=13)
        assert await sender.posts.fetch(attachment) == b"\x89PNG and more"
        sender.server.delete(said)
        with pytest.raises(PlatformFault, match="attach it again") as fault:
            await sender.posts.fetch(attachment)
        assert fault.value.permanent
