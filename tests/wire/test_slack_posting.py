"""Posting in Slack: once, where it belongs, whole or not at all, and with a sentence when it cannot be."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.platforms.slack.posts import Posts
from bot.errors import PlatformFault
from bot.model import Message, Place, Post, Tone
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_posts import Cabinet, called, card, mark, open_posts, person_of, place_of


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


async def fault_of(attempt: object) -> PlatformFault:
    with pytest.raises(PlatformFault) as fault:
        await attempt  # type: ignore[misc]
    assert fault.value.sentence.endswith(".") or fault.value.sentence.endswith(").")
    return fault.value


async def test_a_card_says_everything_in_its_text_and_only_ids_in_its_metadata(slack: SlackServer, posts: Posts, general: Place) -> None:
    post = await posts.post(general, card(context="for Ada · sketch"), key="3f2a:card")
    (message,) = slack.messages("general")
    assert (message.ts, message.text) == (post.id, "“a red fox” for Ada. Queued: position 1 in the queue.")
    assert message.metadata == mark("card")
    (args,) = called(slack, "chat.postMessage")
    assert (args["unfurl_links"], args["unfurl_media"], "link_names" in args) == (False, False, False)
    await posts.edit(post, card("Done."))
    await posts.whisper(person_of(slack, "ada"), general, card())
    assert [call.args["parse"] for call in slack.calls if call.method.startswith("chat.")] == ["none"] * 3


async def test_ten_posts_of_one_key_are_one_message(slack: SlackServer, posts: Posts, general: Place) -> None:
    made = await asyncio.gather(*(posts.post(general, card(), key="3f2a:card") for _ in range(10)))
    assert len(set(made)) == 1
    assert len(slack.messages("general")) == 1


async def test_a_post_that_landed_before_a_crash_is_found_again(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place, tmp_path: Path
) -> None:
    first = await posts.post(general, card(), key="3f2a:card")
    for number in range(3):
        await posts.post(general, card(), key=f"other{number}:card")
    async with open_posts(slack, cabinet, tmp_path / "again") as after:
        assert await after.post(general, card(), key="3f2a:card", again=True) == first
    assert len(slack.messages("general")) == 4


async def test_a_reply_that_landed_before_a_crash_is_found_in_its_thread(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, general: Place, tmp_path: Path
) -> None:
    thread = await posts.open_thread(await posts.post(general, card(), key="3f2a:card"), "a red fox")
    first = await posts.post(thread, card("Here it is."), key="3f2a:result")
    async with open_posts(slack, cabinet, tmp_path / "again") as after:
        assert await after.post(thread, card(), key="3f2a:result", again=True) == first
    assert len(slack.messages("general", first.place.thread)) == 1


async def test_what_did_not_land_is_posted_after_a_crash(slack: SlackServer, posts: Posts, general: Place) -> None:
    await posts.post(general, card(), key="3f2a:card")
    await posts.post(general, card("Here it is."), key="3f2a:result", again=True)
    assert [message.metadata for message in slack.messages("general")] == [mark("card"), mark("result")]


async def test_an_answer_that_was_lost_makes_no_second_message(slack: SlackServer, posts: Posts, general: Place) -> None:
    slack.lose_reply("chat.postMessage")
    fault = await fault_of(posts.post(general, card(), key="3f2a:card"))
    assert not fault.permanent
    post = await posts.post(general, card(), key="3f2a:card")
    assert [message.ts for message in slack.messages("general")] == [post.id]


async def test_a_post_that_had_to_wait_too_long_is_tried_again_without_a_search(slack: SlackServer, posts: Posts, general: Place) -> None:
    posts.pace.pause("T0LIMNER", "chat.postMessage", 300)
    assert not (await fault_of(posts.post(general, card(), key="3f2a:card"))).permanent
    with pytest.raises(PlatformFault):
        await posts.post(general, card(), key="3f2a:card", again=True)
    assert called(slack, "conversations.history") == []


async def test_a_breakdown_in_the_middle_is_looked_into_before_the_next_try(slack: SlackServer, posts: Posts, general: Place) -> None:
    slack.crash("chat.postMessage")
    await fault_of(posts.post(general, card(), key="3f2a:card"))
    await posts.post(general, card(), key="3f2a:card", again=True)
    assert len(called(slack, "conversations.history")) == 1
    assert len(slack.messages("general")) == 1


async def test_a_copied_mark_of_somebody_else_is_not_ours(slack: SlackServer, posts: Posts, general: Place) -> None:
    other = slack.find_user("otherbot")
    slack.write(slack.find_channel("general"), other.id, "hello", metadata=mark("card"))
    await posts.post(general, card(), key="3f2a:card", again=True)
    assert len(slack.messages("general")) == 2


async def test_without_the_scope_to_look_it_is_posted_again(slack: SlackServer, posts: Posts, general: Place) -> None:
    slack.team.scopes -= {"channels:history"}
    await posts.post(general, card(), key="3f2a:card", again=True)
    assert len(slack.messages("general")) == 1


async def test_while_slack_cannot_be_asked_nothing_is_posted_a_second_time(slack: SlackServer, posts: Posts, general: Place) -> None:
    slack.team.scopes |= {"channels:history"}
    slack.crash("conversations.history")
    assert not (await fault_of(posts.post(general, card(), key="3f2a:card", again=True))).permanent
    assert slack.messages("general") == []


async def test_a_thread_is_the_card_s_and_a_reply_s_thread_is_the_same(slack: SlackServer, posts: Posts, general: Place) -> None:
    post = await posts.post(general, card(), key="3f2a:card")
    thread = await posts.open_thread(post, "a red fox")
    assert thread == replace(general, thread=post.id)
    reply = await posts.post(thread, card("Here it is."), key="3f2a:result")
    assert await posts.open_thread(reply, "again") == thread
    assert [message.text for message in slack.messages("general", post.id)] == ["“a red fox” for Ada. Here it is."]
    assert len(slack.messages("general")) == 1


async def test_an_edit_replaces_text_and_blocks_and_keeps_the_mark(slack: SlackServer, posts: Posts, general: Place) -> None:
    post = await posts.post(general, card(), key="3f2a:card")
    for _ in range(2):
        await posts.edit(post, card("Done in 8.2 s.", tone=Tone.GOOD))
    (message,) = slack.messages("general")
    assert message.text == "“a red fox” for Ada. Done in 8.2 s."
    assert "✅ Done in 8.2 s." in str(message.blocks)
    assert message.metadata == mark("card")
    assert not message.edited


async def test_progress_is_dropped_when_the_budget_is_short_and_the_end_always_lands(
    slack: SlackServer, posts: Posts, general: Place
) -> None:
    post = await posts.post(general, card(), key="3f2a:card")
    for step in range(100):
        await posts.edit(post, card(f"Drawing {step}%", tone=Tone.WORKING, progress=step / 100))
    drawn = len(called(slack, "chat.update"))
    assert 3 < drawn < 12
    await posts.edit(post, card("Done.", tone=Tone.GOOD))
    assert slack.messages("general")[0].text.endswith("Done.")
    assert len(called(slack, "chat.update")) == drawn + 1


async def test_fifty_edits_that_must_land_all_do_without_a_429(slack: SlackServer, posts: Posts, general: Place) -> None:
    post = await posts.post(general, card(), key="3f2a:card")
    for step in range(60):
        await posts.edit(post, card(f"Done {step}.", tone=Tone.GOOD))
    assert [call.error for call in slack.calls if call.error] == []
    assert len(called(slack, "chat.update")) == 60


async def test_slow_down_is_heard_and_nothing_is_lost(slack: SlackServer, posts: Posts, general: Place) -> None:
    slack.rate_limit("chat.postMessage", seconds=7, times=2)
    post = await posts.post(general, card(), key="3f2a:card")
    slack.rate_limit("chat.update", seconds=9)
    await posts.edit(post, card("Done.", tone=Tone.GOOD))
    assert [message.text for message in slack.messages("general")] == ["“a red fox” for Ada. Done."]
    asked = [call.at for call in slack.calls if call.method == "chat.postMessage"]
    assert all(later - earlier >= 7 for earlier, later in pairwise(asked))


async def test_progress_during_a_pause_is_dropped_at_once(slack: SlackServer, posts: Posts, general: Place) -> None:
    post = await posts.post(general, card(), key="3f2a:card")
    posts.pace.pause("T0LIMNER", "chat.update", 20)
    await posts.edit(post, card("Drawing 10%", tone=Tone.WORKING, progress=0.1))
    assert called(slack, "chat.update") == []


async def test_thirty_cards_in_one_channel_come_one_a_second_and_all_arrive(slack: SlackServer, posts: Posts, general: Place) -> None:
    await asyncio.gather(*(posts.post(general, card(), key=f"job{number}:card") for number in range(30)))
    assert len(slack.messages("general")) == 30
    assert [call.error for call in slack.calls if call.error] == []


@pytest.mark.parametrize(
    ("channel", "words"),
    [("closed", "private"), ("old", "archived")],
)
async def test_where_the_bot_may_not_post_it_says_why(slack: SlackServer, posts: Posts, channel: str, words: str) -> None:
    fault = await fault_of(posts.post(place_of(slack, channel), card(), key="3f2a:card"))
    assert fault.permanent
    assert words in fault.sentence


async def test_a_public_channel_needs_no_invitation_but_the_scope(slack: SlackServer, posts: Posts) -> None:
    design = place_of(slack, "design")
    await posts.edit(await posts.post(design, card(), key="3f2a:card"), card("Done."))
    assert [message.text for message in slack.messages("design")] == ["“a red fox” for Ada. Done."]
    slack.team.scopes -= {"chat:write.public"}
    fault = await fault_of(posts.post(design, card(), key="other:card"))
    assert fault.permanent
    assert "/invite" in fault.sentence


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("posting_to_channel_denied", "does not let apps post"),
        ("missing_scope", "scope"),
    ],
)
async def test_each_refusal_has_its_sentence(slack: SlackServer, posts: Posts, general: Place, code: str, words: str) -> None:
    slack.fail("chat.postMessage", code)
    fault = await fault_of(posts.post(general, card(), key="3f2a:card"))
    assert fault.permanent
    assert words in fault.sentence
    assert "xoxb" not in f"{fault!r} {fault.__cause__!r}"


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_the_settings_own_token_can_be_set_anew_so_nothing_is_given_up(
    slack: SlackServer, posts: Posts, general: Place, code: str
) -> None:
    slack.fail("chat.postMessage", code)
    fault = await fault_of(posts.post(general, card(), key="3f2a:card"))
    assert not fault.permanent
    assert "SLACK_BOT_TOKEN" in fault.sentence


async def test_a_breakdown_is_passing_and_the_next_try_succeeds(slack: SlackServer, posts: Posts, general: Place) -> None:
    slack.crash("chat.postMessage", status=502)
    assert not (await fault_of(posts.post(general, card(), key="3f2a:card"))).permanent
    await posts.post(general, card(), key="3f2a:card")
    assert len(slack.messages("general")) == 1


async def test_what_is_gone_is_a_lasting_fault(slack: SlackServer, posts: Posts, general: Place) -> None:
    post = await posts.post(general, card(), key="3f2a:card")
    slack.find_channel("general").messages.clear()
    for attempt in (
        posts.edit(post, card("Done.")),
        posts.edit(Post(place=general, id="m999999"), card("Done.")),
        posts.open_thread(Post(place=general, id="m999999"), "a red fox"),
        posts.post(replace(general, thread="m999999"), card(), key="no thread"),
        posts.post(replace(general, thread=post.id), card(), key="gone thread"),
        posts.post(replace(general, channel="C0ATTIC"), card(), key="nowhere"),
        posts.whisper(person_of(slack, "ada"), replace(general, channel="C0ATTIC"), card()),
    ):
        assert (await fault_of(attempt)).permanent


async def test_a_whisper_is_seen_by_one_person(slack: SlackServer, posts: Posts, general: Place) -> None:
    await posts.whisper(person_of(slack, "ada"), general, Message(text="Your quota is used up.", title="Quota", tone=Tone.WARNING))
    assert [message.text for message in slack.ephemerals("ada", "general")] == ["Your quota is used up."]
    assert slack.ephemerals("grace") == []
    assert slack.messages("general") == []


async def test_a_whisper_in_a_thread_stays_in_it(slack: SlackServer, posts: Posts, general: Place) -> None:
    thread = await posts.open_thread(await posts.post(general, card(), key="3f2a:card"), "a red fox")
    await posts.whisper(person_of(slack, "ada"), thread, Message(text="Only you."))
    assert [message.thread_ts for message in slack.ephemerals("ada")] == [thread.thread]


@pytest.mark.parametrize("channel", ["closed", "old"])
async def test_a_whisper_that_cannot_be_heard_there_comes_as_a_direct_message(slack: SlackServer, posts: Posts, channel: str) -> None:
    await posts.whisper(person_of(slack, "ada"), place_of(slack, channel), Message(text="I am not in this channel."))
    assert [message.text for message in slack.messages("@ada")] == ["I am not in this channel."]


async def test_a_whisper_to_somebody_who_left_the_channel_comes_as_a_direct_message(
    slack: SlackServer, posts: Posts, general: Place
) -> None:
    ada = person_of(slack, "ada")
    slack.find_channel("general").members.discard(ada.id)
    await posts.whisper(ada, general, Message(text="Your picture is ready."))
    assert [message.text for message in slack.messages("@ada")] == ["Your picture is ready."]


async def test_a_whisper_in_a_direct_conversation_is_a_message_that_stays(slack: SlackServer, posts: Posts) -> None:
    await posts.whisper(person_of(slack, "ada"), place_of(slack, "@ada"), Message(text="Your quota is used up."))
    assert [message.text for message in slack.messages("@ada")] == ["Your quota is used up."]


async def test_a_direct_message_needs_no_conversation_opened_before(slack: SlackServer, posts: Posts, general: Place) -> None:
    post = await posts.direct(person_of(slack, "ada"), general, Message(text="The details you asked for."))
    assert post.place.channel == slack.find_channel("@ada").id
    assert post.place.direct
    await posts.edit(post, Message(text="The details, corrected."))
    assert [message.text for message in slack.messages("@ada")] == ["The details, corrected."]


async def test_nothing_in_a_prompt_fires_and_a_mention_becomes_a_name(slack: SlackServer, posts: Posts, general: Place) -> None:
    ada = slack.find_user("ada").id
    prompt = f"<!channel> <@{ada}> <!subteam^S1> <https://evil.example|bank> & ```code``` <@UGHOST>"
    message = Message(text=prompt, title=prompt, body=prompt, context=prompt, code=prompt, fields=((prompt, prompt),), job="3f2a")
    await posts.edit(await posts.post(general, message, key="3f2a:card"), message)
    await posts.whisper(person_of(slack, "grace"), general, message)
    assert slack.fired == []
    said = slack.messages("general")[0].text
    assert "@ada" in said
    assert "@UGHOST" in said
    assert len(called(slack, "users.info")) == 2
