"""What people do in Slack reaches the hub once, acknowledged in time, and its answers reach them."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.model import Action, Answer, Message, Origin, Picture, Tone
from tests.flows.story import eventually
from tests.wire.slack.nouns import Channel
from tests.wire.slack.nouns import Message as Seen
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_life import REMIX, Life, Oracle, open_life, whispered
from tests.wire.slack_posts import TEAM, Cabinet, called, card, place_of


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        server.commands |= {"/limner", "/settings", "/remix"}
        yield server


@pytest.fixture
async def life(slack: SlackServer, tmp_path: Path) -> AsyncGenerator[Life]:
    async with open_life(slack, tmp_path) as opened:
        yield opened


async def posted(life: Life, thread: str | None = None, channel: str = "general") -> Seen:
    """A message of the bot's."""
    post = await life.platform.post(place_of(life.slack, channel, thread), card(), key=f"3f2a:{channel}:{thread}")
    return life.slack.message_at(life.slack.find_channel(channel), post.id)


async def test_a_command_is_acknowledged_before_the_hub_has_answered(life: Life) -> None:
    life.oracle.speaking.clear()
    life.oracle.answers["imagine"] = whispered("You have no images left.")
    delivery = await life.slack.command("ada", "general", "/imagine", "a red fox")
    assert (delivery.failed, delivery.ack) == ("", None)
    assert life.oracle.said == 0
    life.oracle.speaking.set()
    assert (await life.sees("ada", "general")).text == "You have no images left."
    heard = life.oracle.heard[0]
    assert (heard.line, heard.origin, heard.person.name, heard.place.channel) == (
        "imagine a red fox",
        Origin.COMMAND,
        "ada",
        life.slack.find_channel("general").id,
    )


async def test_a_repeated_envelope_is_heard_once(life: Life) -> None:
    await life.slack.command("ada", "general", "/imagine", "a red fox", retry=3)
    first = await life.slack.mention("ada", "general", "imagine a boat")
    assert not (await life.slack.retry(first)).failed
    await life.slack.command("ada", "general", "/imagine", "the last")
    await life.oracle.hears(3)
    await life.stop()
    assert sorted(invocation.line for invocation in life.oracle.heard) == ["imagine a boat", "imagine a red fox", "imagine the last"]


async def test_five_hundred_commands_are_acknowledged_in_time(life: Life) -> None:
    life.oracle.speaking.clear()
    users = ["ada", "grace", "ivy", "guest"]
    every = await asyncio.gather(*(life.slack.command(users[n % 4], "general", "/imagine", f"fox {n}") for n in range(500)))
    assert [delivery.failed for delivery in every if delivery.failed] == []
    assert max(delivery.seconds or 9 for delivery in every) < 3
    life.oracle.speaking.set()
    await life.oracle.hears(500)
    assert len({invocation.event for invocation in life.oracle.heard}) == 500
    assert len(called(life.slack, "users.info")) == 4


async def test_a_mention_in_a_thread_is_answered_in_it(life: Life) -> None:
    life.oracle.answers["imagine"] = whispered("Taken.")
    root = await life.slack.say("ada", "general", "Look at this")
    assert root.message
    # Slack shows a whisper in a thread only once somebody has answered there.
    await life.slack.mention("ada", "general", "imagine a red fox", thread_ts=root.message.ts)
    heard = await life.oracle.hears()
    assert (heard.line, heard.place.thread, heard.origin) == ("imagine a red fox", root.message.ts, Origin.MENTION)
    assert (await life.sees("ada", "general")).thread_ts == root.message.ts


async def test_a_direct_message_works_like_a_command(life: Life) -> None:
    life.oracle.answers["imagine"] = whispered("Taken.")
    await life.slack.direct("ada", "imagine a small boat")
    heard = await life.oracle.hears()
    assert (heard.line, heard.place.direct, heard.place.private) == ("imagine a small boat", True, True)

    async def answered() -> bool:
        return any(message.text == "Taken." for message in life.slack.messages("@ada"))

    await eventually(answered)


async def test_what_bots_say_and_do_is_left_alone(life: Life) -> None:
    message = await posted(life)
    await life.slack.mention("otherbot", "general", "imagine a fox")
    await life.slack.react("otherbot", message, "repeat")
    await life.slack.mention("ada", "general", "imagine a boat")
    await life.oracle.hears()
    await life.stop()
    assert [invocation.line for invocation in life.oracle.heard] == ["imagine a boat"]


async def test_a_private_channel_is_known_to_be_one(life: Life) -> None:
    for channel in ("general", "secret"):
        await life.slack.mention("ada", channel, f"imagine {channel}")
        await life.slack.command("ada", channel, "/imagine", f"{channel} too")
    await life.oracle.hears(4)
    private = {invocation.line: invocation.place.private for invocation in life.oracle.heard}
    assert private == {"imagine general": False, "imagine general too": False, "imagine secret": True, "imagine secret too": True}


async def test_a_channel_that_slack_does_not_show_counts_as_private(life: Life) -> None:
    life.slack.team.scopes -= {"groups:read"}
    await life.slack.mention("ada", "secret", "imagine a fox")
    assert (await life.oracle.hears()).place.private


async def test_a_reaction_on_a_message_of_ours_reaches_the_hub(life: Life) -> None:
    message = await posted(life)
    await life.slack.react("ada", message, "+1::skin-tone-3")
    heard = await life.oracle.hears()
    assert heard.post
    assert (heard.emoji, heard.origin, heard.post.id, heard.place.thread) == ("👍", Origin.REACTION, message.ts, None)


async def test_a_reaction_in_a_thread_is_about_that_thread(life: Life) -> None:
    root = await posted(life)
    message = await posted(life, root.ts)
    await life.slack.react("ada", message, "repeat")
    assert (await life.oracle.hears()).place.thread == root.ts
    assert called(life.slack, "reactions.get") == []


async def test_after_a_restart_a_reactions_thread_is_asked_for(life: Life, slack: SlackServer, tmp_path: Path) -> None:
    root = await posted(life)
    message = await posted(life, root.ts)
    await life.stop()
    async with open_life(slack, tmp_path) as again:
        await slack.react("ada", message, "repeat")
        assert (await again.oracle.hears()).place.thread == root.ts


async def test_a_reaction_on_somebody_elses_message_costs_no_call(life: Life) -> None:
    other = await life.slack.say("grace", "general", "Lunch?")
    assert other.message
    before = len(life.slack.calls)
    await life.slack.react("ada", other.message, "repeat")
    await life.slack.command("ada", "general", "/imagine", "a fox")
    await life.oracle.hears()
    assert {call.method for call in life.slack.calls[before:]} == {"users.info", "usergroups.list"}
    assert [invocation.origin for invocation in life.oracle.heard] == [Origin.COMMAND]


async def test_a_lasting_answer_goes_into_the_direct_conversation(life: Life) -> None:
    life.oracle.answers[""] = Answer(whisper=Message(text="Job 3f2a, seed 42."), lasting=True)
    await life.slack.react("ada", await posted(life), "envelope")

    async def kept() -> bool:
        return [message.text for message in life.slack.messages("@ada")] == ["Job 3f2a, seed 42."]

    await eventually(kept)
    assert life.slack.ephemerals("ada") == []


async def test_a_button_says_its_line_and_where_it_stands(life: Life) -> None:
    root = await posted(life)
    place = place_of(life.slack, "general", root.ts)
    message = Message(text="Done", actions=(Action(label="Again", line="again 3f2a"),))
    post = await life.platform.post(place, message, key="3f2a:result")
    seen = life.slack.message_at(life.slack.find_channel("general"), post.id)
    assert not (await life.slack.press("grace", seen, "Again")).failed
    heard = await life.oracle.hears()
    assert (heard.line, heard.origin, heard.place.thread, heard.post, heard.person.name) == (
        "again 3f2a",
        Origin.BUTTON,
        root.ts,
        post,
        "grace",
    )


async def test_a_button_from_another_time_says_so(life: Life) -> None:
    seen = await posted(life)
    old = {"type": "button", "action_id": "vary_v0", "text": {"type": "plain_text", "text": "Old"}, "value": "x", "block_id": "b"}
    seen.blocks = [{"type": "actions", "block_id": "b", "elements": [old]}]
    assert not (await life.slack.press("ada", seen, "Old")).failed
    assert "older version" in (await life.sees("ada", "general")).text
    assert life.oracle.heard == []


async def test_a_message_becomes_a_prompt(life: Life) -> None:
    life.oracle.answers["imagine"] = Answer(form=REMIX)
    message = (await life.slack.say("grace", "general", "a <red> fox & a boat")).message
    await life.slack.shortcut("ada", "use_as_prompt", message)
    heard = await life.oracle.hears()
    assert (heard.line, heard.options, heard.origin) == ("imagine --form", {"prompt": "a <red> fox & a boat"}, Origin.SHORTCUT)
    assert (await life.form("ada")).title == "Remix 3f2a"


async def test_a_picture_of_a_message_can_be_varied(life: Life) -> None:
    message = (await life.slack.say("grace", "general", "Our logo", files=[("fox.png", b"\x89PNG")])).message
    assert message
    await life.slack.shortcut("ada", "make_variations", message)
    heard = await life.oracle.hears()
    assert heard.post
    assert (heard.line, heard.post.id, [one.name for one in heard.attachments]) == ("vary", message.ts, ["fox.png"])
    assert await life.platform.fetch(heard.attachments[0]) == b"\x89PNG"


async def test_the_global_shortcut_asks_where_to_draw(life: Life) -> None:
    life.oracle.answers["imagine --form"] = Answer(form=REMIX)
    await life.slack.shortcut("ada", "create_image")
    view = await life.form("ada")
    await life.slack.submit("ada", view, {"Prompt": "a fox", "Where to draw it": life.slack.find_channel("secret").id})
    heard = await life.oracle.hears(2)
    assert (heard.place.channel, heard.place.private, heard.place.direct) == (life.slack.find_channel("secret").id, True, False)


async def test_without_a_channel_the_global_shortcut_draws_in_the_direct_conversation(life: Life) -> None:
    life.oracle.answers["imagine --form"] = Answer(form=REMIX)
    await life.slack.shortcut("ada", "create_image")
    await life.slack.submit("ada", await life.form("ada"), {"Prompt": "a fox", "where": None})
    heard = await life.oracle.hears(2)
    assert (heard.place.channel, heard.place.direct) == (life.slack.find_channel("@ada").id, True)


async def test_the_home_page_is_published_when_it_is_opened(slack: SlackServer, tmp_path: Path) -> None:
    sections = [
        Message(text="Type /imagine.", title="Limner", body="Type /imagine."),
        Message(text="Quota", actions=(Action(label="Again", line="again 3f2a"),)),
    ]
    async with open_life(slack, tmp_path, Oracle(sections=sections)) as life:
        await slack.open_home("ada", "messages")
        await slack.open_home("ada")

        async def published() -> object:
            return slack.home("ada")

        await eventually(published)
        home = slack.home("ada")
        assert home
        assert len(called(slack, "views.publish")) == 1
        await slack.press("ada", home, "Again")
        heard = await life.oracle.hears()
        assert (heard.line, heard.place.channel, heard.place.direct) == ("again 3f2a", slack.find_channel("@ada").id, True)


async def test_where_the_bot_is_not_the_answer_comes_by_the_clicks_own_address(life: Life) -> None:
    life.slack.fail("chat.postEphemeral", "internal_error", times=1)
    life.oracle.answers["imagine"] = whispered("Taken.", tone=Tone.GOOD)
    await life.slack.command("ada", "general", "/imagine", "a fox")
    assert (await life.sees("ada", "general")).text == "Taken."
    assert len(life.slack.responses) == 1


async def test_between_two_people_a_command_is_private_and_not_the_bots_own_conversation(life: Life) -> None:
    life.oracle.answers["imagine"] = whispered("Taken.")
    two = {life.slack.find_user("grace").id, life.slack.find_user("ada").id}
    theirs = life.slack.team.channels["D0BETWEEN"] = Channel(id="D0BETWEEN", name="between", team_id=TEAM, kind="im", members=two)
    await life.slack.command("ada", theirs, "/imagine", "a fox")
    heard = await life.oracle.hears()
    assert (heard.place.channel, heard.place.direct, heard.place.private) == (theirs.id, False, True)


async def test_everything_is_in_the_workspace_where_it_was_said(life: Life) -> None:
    await life.slack.command("ada", "general", "/imagine", "a fox")
    heard = await life.oracle.hears()
    assert (heard.place.workspace, heard.person.workspace) == (TEAM, TEAM)


@pytest.mark.parametrize("kept", [True, False])
async def test_what_is_covered_is_shown_to_whoever_presses_the_button_and_to_nobody_else(
    slack: SlackServer, tmp_path: Path, *, kept: bool
) -> None:
    cabinet = Cabinet()
    covered = Picture(key=cabinet.keep("held/1.png"), alt="A duel", width=64, height=48, spoiler=True)
    async with open_life(slack, tmp_path, cabinet=cabinet) as life:
        post = await life.platform.post(place_of(slack, "general"), Message(text="Held", body="Held", pictures=(covered,)), key="held")
        (card,) = slack.messages("general")
        assert card.ts == post.id
        if not kept:
            cabinet.files.clear()
        await slack.press("ada", card, "Show the picture")
        seen = await life.sees("ada")
        assert [image["alt_text"] for image in seen.images] == (["A duel"] if kept else [])
        assert "A duel. Only you see this." in seen.text if kept else "not kept any more" in seen.text
        assert slack.ephemerals("grace") == []
        assert life.oracle.heard == []
        contents = [file.content for file in slack.files.values()]
        assert (cabinet.files[covered.key].body in contents) if kept else len(contents) == 1
