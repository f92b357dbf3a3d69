"""Posting on Discord: once, whole, and pinging nobody."""

import asyncio
from dataclasses import replace

import pytest

from bot.errors import PlatformFault
from bot.model import Message, Tone
from tests.flows.story import eventually
from tests.wire.discord_sender import CARD, EDIT, JOB, POST, RESULT, card, open_sender, result


async def test_a_card_and_its_result_are_of_one_kind_and_the_result_shows_every_picture() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place(), card(), key=CARD)
        thread = await sender.posts.open_thread(posted, "“a red fox”")
        final = await sender.posts.post(thread, result(sender.shelf), key=RESULT)
        await sender.posts.edit(posted, card("Done", progress=None, tone=Tone.GOOD))
        first, second = sender.seen(posted), sender.seen(final)
        assert first.is_v2
        assert second.is_v2
        assert "Done" in first.text
        assert "```\n/imagine a red fox --seed 42\n```" in second.text
        assert second.hidden == []
        assert [(each.filename, each.alt, each.spoiler) for each in second.pictures] == [
            (f"limner-{JOB}-1.png", "AI-generated image 1: a red fox", False),
            (f"limner-{JOB}-2.png", "AI-generated image 2: a red fox", False),
        ]
        assert second.pictures[0].content == sender.shelf.files["o1.png"].body
        assert second.labels == ["Vary 1", "Vary 2", "Delete"]
        assert second.channel.name == "“a red fox”"


async def test_a_blurred_picture_is_behind_a_cover() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place(), result(sender.shelf, spoiler=True), key=RESULT)
        assert all(each.spoiler for each in sender.seen(posted).pictures)


async def test_nobody_is_pinged_by_a_post_or_an_edit() -> None:
    async with open_sender() as sender:
        ada = sender.person().mention
        role = next(each for each in sender.server.guild.roles if each.name == "Illustrators")
        nasty = f"@everyone @here {ada} <@&{role.id}>"
        message = Message(text=nasty, title=nasty, body=nasty, context=nasty, code=nasty, fields=((nasty, nasty),))
        posted = await sender.posts.post(sender.place(), message, key=CARD)
        await sender.posts.edit(posted, replace(message, tone=Tone.GOOD))
        assert ada in sender.seen(posted).text
        assert sender.seen(posted).pings == set()


async def test_ten_at_once_and_one_later_are_one_message() -> None:
    async with open_sender() as sender:
        posts = await asyncio.gather(*(sender.posts.post(sender.place(), card(), key=CARD) for _ in range(10)))
        assert len({post.id for post in posts}) == 1
        assert await sender.posts.post(sender.place(), card("Other"), key=CARD) == posts[0]
        assert sender.count(POST) == 1


async def test_an_answer_that_got_lost_makes_no_second_message() -> None:
    async with open_sender() as sender:
        sender.server.lost_reply("POST /channels/*/messages")
        posted = await sender.posts.post(sender.place(), result(sender.shelf), key=RESULT)
        assert [each.id for each in sender.server.messages("general")] == [int(posted.id)]
        assert sender.count(POST) == 2


async def test_after_a_crash_the_earlier_message_is_found_by_its_mark_however_long_ago() -> None:
    async with open_sender() as sender:
        first = await sender.posts.post(sender.place(), card(), key=CARD)
        await sender.posts.post(sender.place(), result(sender.shelf), key=RESULT)
        for _ in range(120):
            await sender.server.say("ada", "general", "hello")
        sender.server.skip_clock(3600)
        sender.restart()
        assert await sender.posts.post(sender.place(), card(), key=CARD, again=True) == first
        assert sender.count(POST) == 2


async def test_what_never_landed_is_posted_after_a_crash() -> None:
    async with open_sender() as sender:
        await sender.posts.post(sender.place(), card(), key="another1:card")
        posted = await sender.posts.post(sender.place(), card(), key=CARD, again=True)
        assert [each.id for each in sender.server.messages("general")][-1] == int(posted.id)
        assert sender.count(POST) == 2


async def test_where_history_is_closed_discord_itself_remembers_the_key() -> None:
    async with open_sender() as sender:
        first = await sender.posts.post(sender.place("no-history"), card(), key=CARD)
        sender.restart()
        assert await sender.posts.post(sender.place("no-history"), card(), key=CARD, again=True) == first
        assert len(sender.server.messages("no-history")) == 1


async def test_pictures_that_are_too_large_for_a_place_are_made_smaller() -> None:
    async with open_sender() as sender:
        sender.server.too_large(40_000)
        sender.shelf.files.clear()
        message = result(sender.shelf, 1, side=256)
        with pytest.raises(PlatformFault, match="too large"):
            await sender.posts.post(sender.place(), message, key=CARD)
        sender.server.too_large(0)
        parcel = await sender.posts.parcel(message, place=sender.place(), file=30_000)
        assert len(parcel.uploads[0].body) <= 30_000


async def test_a_boosted_server_takes_larger_files_and_a_refusal_halves_them_once() -> None:
    async with open_sender() as sender:
        sender.server.fail("POST /channels/*/messages", 413, code=40005)
        posted = await sender.posts.post(sender.place(), result(sender.shelf), key=RESULT)
        assert len(sender.seen(posted).shown) == 2
        assert [call.status for call in sender.server.called(POST)] == [413, 200]


@pytest.mark.parametrize(
    ("channel", "says"),
    [("no-view", "View Channel"), ("no-sending", "Send Messages"), ("no-files", "Attach Files"), ("ideas", "Start a thread")],
)
async def test_a_missing_permission_is_named(channel: str, says: str) -> None:
    async with open_sender() as sender:
        with pytest.raises(PlatformFault, match=says) as fault:
            await sender.posts.post(sender.place(channel), result(sender.shelf), key=RESULT)
        assert fault.value.permanent
        assert len(sender.server.called(POST)) == 1


async def test_progress_is_dropped_when_edits_are_short_and_the_end_always_lands() -> None:
    async with open_sender() as sender:
        posts = [await sender.posts.post(sender.place(), card(), key=f"job{i}:card") for i in range(4)]
        await asyncio.gather(*(sender.posts.edit(post, card(f"Drawing {i}%", progress=i / 100)) for i in range(10) for post in posts))
        assert sender.count(EDIT) <= 4
        await asyncio.gather(*(sender.posts.edit(post, card("Done", progress=None, tone=Tone.GOOD)) for post in posts))
        assert all("Done" in sender.seen(post).text for post in posts)
        assert sender.server.invalid_requests == 0


async def test_an_edit_replaces_pictures_too() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place(), result(sender.shelf), key=RESULT)
        await sender.posts.edit(posted, Message(text="The images were deleted."))
        assert sender.seen(posted).attachments == []
        assert sender.seen(posted).buttons == []
        await sender.posts.edit(posted, result(sender.shelf, 1))
        assert len(sender.seen(posted).shown) == 1


async def test_an_old_card_that_takes_no_more_edits_says_its_end_anew_and_once() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place(), card(), key=CARD)
        sender.server.skip_clock(3700)
        sender.server.refuse_old_edits()
        done = card("Done", progress=None, tone=Tone.GOOD)
        await sender.posts.edit(posted, done)
        await sender.posts.edit(posted, done)
        assert [("Done" in each.text) for each in sender.server.messages("general")] == [False, True]


async def test_rate_limits_are_waited_for_and_nothing_is_lost() -> None:
    async with open_sender() as sender:
        sender.server.rate_limit("POST /channels/*/messages", 0.2, scope="shared")
        posted = await sender.posts.post(sender.place(), card(), key=CARD)
        assert [each.id for each in sender.server.messages("general")] == [int(posted.id)]


async def test_a_ban_page_stops_every_request_until_it_is_over() -> None:
    async with open_sender() as sender:
        sender.server.rate_limit("POST /channels/*/messages", 300, via=False)
        before = len(sender.server.calls)
        for _ in range(5):
            with pytest.raises(PlatformFault, match="pause") as fault:
                await sender.posts.post(sender.place(), card(), key=CARD)
            assert not fault.value.permanent
        assert len(sender.server.calls) == before + 1


async def test_a_revoked_token_is_named_and_asked_with_no_more() -> None:
    async with open_sender() as sender:
        await sender.server.revoke_token(close=False)
        before = len(sender.server.calls)
        for _ in range(5):
            with pytest.raises(PlatformFault, match="DISCORD_TOKEN"):
                await sender.posts.post(sender.place(), card(), key=CARD)
        assert len(sender.server.calls) == before + 1


async def test_a_card_is_quiet_and_a_result_is_heard() -> None:
    async with open_sender() as sender:
        first = await sender.posts.post(sender.place(), card(), key=CARD)
        second = await sender.posts.post(sender.place(), result(sender.shelf), key=RESULT)
        assert sender.seen(first).flags & 1 << 12
        assert not sender.seen(second).flags & 1 << 12


async def test_what_is_not_there_is_a_lasting_fault() -> None:
    async with open_sender() as sender:
        posted = await sender.posts.post(sender.place(), card(), key=CARD)
        sender.server.delete(sender.seen(posted))
        nowhere = replace(sender.place(), channel="999999999999999999")
        for attempt in (
            sender.posts.edit(posted, card("Done", progress=None, tone=Tone.GOOD)),
            sender.posts.open_thread(posted, "a red fox"),
            sender.posts.post(nowhere, card(), key="nowhere"),
            sender.posts.whisper(sender.person(), nowhere, Message(text="hello")),
        ):
            with pytest.raises(PlatformFault) as fault:
                await attempt
            assert fault.value.permanent


async def test_a_whisper_is_a_direct_message_that_says_where_it_is_from() -> None:
    async with open_sender() as sender:
        await sender.posts.whisper(sender.person(), sender.place(), Message(text="Only you see this.", context="id a1b2c3"))
        [seen] = sender.server.dms("ada")
        assert seen.text == f"Only you see this.\n-# About {sender.server.channel('general').mention} · id a1b2c3"
        assert sender.server.dms("ivy") == []
        assert sender.server.messages("general") == []


async def test_a_channel_that_the_bot_cannot_see_is_no_reason_to_be_silent() -> None:
    async with open_sender() as sender:
        await sender.posts.whisper(sender.person(), sender.place("no-view"), Message(text="Only you see this."))
        assert len(sender.server.dms("ada")) == 1


async def test_who_takes_no_direct_messages_is_told_so_in_the_fault() -> None:
    async with open_sender() as sender:
        sender.server.user("ada").takes_messages = False
        with pytest.raises(PlatformFault, match="direct messages") as fault:
            await sender.posts.whisper(sender.person(), sender.place(), Message(text="hello"))
        assert fault.value.permanent


async def test_a_slow_discord_is_no_reason_to_post_twice() -> None:
    async with open_sender() as sender:
        sender.server.slow("POST /channels/*/messages", 0.3)
        async with asyncio.TaskGroup() as tasks:
            one = tasks.create_task(sender.posts.post(sender.place(), card(), key=CARD))
            two = tasks.create_task(sender.posts.post(sender.place(), card(), key=CARD))
        assert one.result() == two.result()

        async def there() -> bool:
            return len(sender.server.messages("general")) == 1

        assert await eventually(there)
