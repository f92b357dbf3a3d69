"""Inbound: what Slack delivers, read as what somebody did."""

from typing import Any

import pytest

from adapters.platforms.slack.inbound import (
    Deed,
    read_button,
    read_command,
    read_form,
    read_message,
    read_reaction,
    read_shortcut,
)
from adapters.platforms.slack.slips import Slip
from adapters.platforms.slack.whose import enterprise_of, workspace_of
from bot.model import Origin, Place

BOT = "U0BOT"
HERE = {"team_id": "T1", "authorizations": [{"team_id": "T1", "is_enterprise_install": False}], "event_id": "Ev1"}


def command(text: str, name: str = "/imagine", **more: object) -> Deed:
    body = {"command": name, "text": text, "team_id": "T1", "channel_id": "C1", "channel_name": "general", "user_id": "U1"}
    return read_command({**body, "trigger_id": "1.2", "response_url": "https://hooks.slack.com/commands/1", **more})


def message(text: str, **more: Any) -> Deed | None:
    event = {"type": "app_mention", "user": "U1", "text": text, "ts": "5.5", "channel": "C1", **more}
    return read_message({**HERE, "event": event}, BOT)


def direct(text: str, **more: Any) -> Deed | None:
    return message(text, type="message", channel_type="im", channel="D1", **more)


def reaction(name: str = "repeat", **more: Any) -> Deed | None:
    event = {"type": "reaction_added", "user": "U1", "reaction": name, "item_user": BOT, **more}
    return read_reaction({**HERE, "event": {"item": {"type": "message", "channel": "C1", "ts": "5.5"}, **event}}, BOT)


def press(**more: Any) -> Deed | None:
    body = {
        "team": {"id": "T1"},
        "user": {"id": "U1", "name": "ada"},
        "trigger_id": "1.2",
        "container": {"type": "message", "message_ts": "5.5", "channel_id": "C1"},
        "channel": {"id": "C1", "name": "general"},
        "message": {"ts": "5.5"},
        "actions": [{"type": "button", "action_id": "say:0", "value": "vary 3f2a 2"}],
    }
    return read_button({**body, **more})


def shortcut(callback_id: str, **more: Any) -> Deed | None:
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "1.2", "callback_id": callback_id}
    return read_shortcut({**body, **more})


def test_a_command_is_a_line() -> None:
    deed = command("a red fox --ar 16:9")
    assert (deed.line, deed.user, deed.place.workspace, deed.place.channel) == ("imagine a red fox --ar 16:9", "U1", "T1", "C1")
    assert (deed.origin, deed.event, deed.trigger) == (Origin.COMMAND, "T1:command:1.2", "1.2")


def test_limner_takes_every_other_command_behind_it() -> None:
    assert command("quota show", name="/limner").line == "quota show"
    assert command("", name="/limner").line == "help"


def test_a_command_text_is_read_back_as_it_was_typed() -> None:
    assert command("tom &amp; jerry &lt;3 :art:").line == "imagine tom & jerry <3 🎨"
    assert command("set <@U2|ada> 50/day", name="/quota").line == "quota set <@U2> 50/day"


@pytest.mark.parametrize(
    ("channel", "name", "is_direct", "is_private"),
    [
        ("C1", "general", False, False),
        ("C1", "privategroup", False, True),
        ("G1", "mpdm-ada--ivy-1", False, True),
        ("D1", "directmessage", True, True),
    ],
)
def test_a_commands_place_is_known_from_its_channel(channel: str, name: str, is_direct: bool, is_private: bool) -> None:
    place = command("x", channel_id=channel, channel_name=name).place
    assert (place.direct, place.private) == (is_direct, is_private)


def test_a_mention_is_what_stands_behind_it() -> None:
    deed = message(f"<@{BOT}> imagine a &lt;red&gt; fox")
    assert deed
    assert (deed.line, deed.origin, deed.event) == ("imagine a <red> fox", Origin.MENTION, "T1:message:C1:5.5")
    assert deed.place.thread is None


def test_a_mention_in_a_thread_stays_in_it() -> None:
    deed = message(f"<@{BOT}> imagine a fox", thread_ts="4.4")
    assert deed
    assert deed.place.thread == "4.4"


def test_a_mention_that_begins_a_thread_is_not_in_it() -> None:
    deed = message(f"<@{BOT}> imagine a fox", thread_ts="5.5")
    assert deed
    assert deed.place.thread is None


def test_somebody_who_speaks_about_the_bot_is_left_alone() -> None:
    assert message(f"thank you <@{BOT}>") is None


def test_a_bare_mention_asks_for_help() -> None:
    deed = message(f"<@{BOT}>")
    assert deed
    assert deed.line == "help"


@pytest.mark.parametrize("more", [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"user": BOT}, {"user": ""}])
def test_what_no_person_wrote_is_left_alone(more: dict[str, str]) -> None:
    assert message(f"<@{BOT}> imagine a fox", **more) is None
    assert direct("imagine a fox", **more) is None


def test_a_direct_message_needs_no_mention() -> None:
    deed = direct("imagine a small boat")
    assert deed
    assert (deed.line, deed.place.direct, deed.place.private) == ("imagine a small boat", True, True)


def test_a_mention_in_a_direct_message_is_one_event_with_the_message() -> None:
    as_message, as_mention = direct(f"<@{BOT}> imagine a fox"), message(f"<@{BOT}> imagine a fox", channel="D1")
    assert as_message
    assert as_mention
    assert (as_message.event, as_message.line) == (as_mention.event, as_mention.line)


def test_a_message_in_a_channel_that_says_nothing_to_the_bot_is_left_alone() -> None:
    assert message("imagine a fox", type="message", channel_type="channel") is None


def test_pictures_come_along_and_other_files_do_not() -> None:
    files = [
        {"id": "F01", "name": "fox.png", "mimetype": "image/png", "size": 5},
        {"id": "F02", "name": "a.pdf", "mimetype": "application/pdf"},
    ]
    deed = message(f"<@{BOT}> imagine it at night", files=[*files, {"id": "F03", "file_access": "check_file_info"}])
    assert deed
    assert [one.id for one in deed.attachments] == ["T1/F01", "T1/F03"]


def test_a_picture_without_words_asks_for_a_drawing_of_it() -> None:
    deed = direct("", files=[{"id": "F01", "name": "fox.png", "mimetype": "image/png"}], subtype="file_share")
    assert deed
    assert deed.line == "imagine"


def test_a_reaction_is_known_by_message_emoji_and_person() -> None:
    deed = reaction("+1::skin-tone-2")
    assert deed
    assert (deed.emoji, deed.event, deed.once) == ("👍", "T1:reaction:C1:5.5:U1:+1", "Ev1")
    assert deed.post
    assert deed.post.id == "5.5"


def test_a_reaction_on_somebody_elses_message_is_left_alone() -> None:
    assert reaction(item_user="U9") is None


def test_a_reaction_on_a_message_without_an_author_may_be_about_ours() -> None:
    assert reaction(item_user=None) is not None


def test_the_bots_own_reaction_is_left_alone() -> None:
    assert reaction(user=BOT) is None


def test_a_reaction_on_a_file_is_left_alone() -> None:
    assert reaction(item={"type": "file", "file": "F01"}) is None


def test_a_button_says_its_line() -> None:
    deed = press()
    assert deed
    assert (deed.line, deed.origin, deed.event) == ("vary 3f2a 2", Origin.BUTTON, "T1:press:1.2")
    assert deed.post
    assert (deed.post.id, deed.place.thread) == ("5.5", None)


def test_a_button_on_a_result_in_a_thread_stays_there() -> None:
    deed = press(message={"ts": "5.5", "thread_ts": "4.4"})
    assert deed
    assert deed.post
    assert (deed.place.thread, deed.post.place.thread) == ("4.4", "4.4")


def test_a_button_on_a_card_that_has_a_thread_is_not_in_it() -> None:
    deed = press(message={"ts": "5.5", "thread_ts": "5.5"})
    assert deed
    assert deed.place.thread is None


def test_a_button_of_a_whisper_in_a_thread_stays_there() -> None:
    container = {"type": "message", "message_ts": "5.5", "channel_id": "C1", "is_ephemeral": True, "thread_ts": "4.4"}
    deed = press(container=container, message=None)
    assert deed
    assert deed.place.thread == "4.4"


def test_a_button_of_the_home_page_acts_in_the_direct_conversation() -> None:
    home = Place(platform="slack", workspace="T1", channel="D1", direct=True, private=True)
    view = {"type": "home", "private_metadata": Slip(line="", place=home).write()}
    deed = press(view=view, container={"type": "view"}, channel=None, message=None)
    assert deed
    assert (deed.place, deed.post) == (home, None)


def test_a_button_of_another_app_is_none_of_ours() -> None:
    assert press(actions=[{"type": "button", "action_id": "approve", "value": "vary 3f2a 2"}]) is None
    assert press(actions=[]) is None


def test_a_message_becomes_a_prompt_to_look_over() -> None:
    deed = shortcut("use_as_prompt", channel={"id": "C1", "name": "general"}, message={"ts": "5.5", "text": "a &lt;red&gt; fox :star:"})
    assert deed
    assert (deed.line, deed.options, deed.origin) == ("imagine --form", {"prompt": "a <red> fox ⭐"}, Origin.SHORTCUT)


def test_variations_are_made_of_the_first_picture_of_a_message() -> None:
    files = [{"id": "F01", "mimetype": "image/png"}, {"id": "F02", "mimetype": "image/png"}]
    told = {"ts": "5.5", "thread_ts": "4.4", "files": files}
    deed = shortcut("make_variations", channel={"id": "C1", "name": "general"}, message=told)
    assert deed
    assert deed.post
    assert (deed.line, [one.id for one in deed.attachments], deed.post.id, deed.place.thread) == ("vary", ["T1/F01"], "5.5", "4.4")


def test_the_global_shortcut_has_no_place_yet() -> None:
    deed = shortcut("create_image")
    assert deed
    assert (deed.line, deed.place.channel, deed.place.direct) == ("imagine --form", "", True)


def test_a_shortcut_of_another_app_is_none_of_ours() -> None:
    assert shortcut("approve") is None


def form(slip: Slip, values: dict[str, Any], **more: Any) -> Deed | None:
    view = {"id": "V1", "callback_id": "limner:form", "private_metadata": slip.write(), "state": {"values": values}}
    return read_form({"team": {"id": "T1"}, "user": {"id": "U1"}, "view": {**view, **more}})


THREAD = Place(platform="slack", workspace="T1", channel="C1", thread="4.4", private=True)


def test_a_form_comes_back_with_its_line_and_its_place() -> None:
    values = {
        "field:prompt": {"value": {"type": "plain_text_input", "value": "a fox :star:"}},
        "field:seed": {"value": {"type": "plain_text_input", "value": None}},
        "field:image": {"value": {"type": "file_input", "files": [{"id": "F01", "mimetype": "image/png"}]}},
    }
    deed = form(Slip(line="remix 3f2a", place=THREAD), values)
    assert deed
    assert (deed.line, deed.place, deed.origin) == ("remix 3f2a", THREAD, Origin.FORM)
    assert deed.options == {"prompt": "a fox ⭐", "seed": ""}
    assert [one.id for one in deed.attachments] == ["T1/F01"]
    assert deed.event == "T1:form:V1:remix 3f2a"


def test_a_form_that_asked_where_goes_there() -> None:
    nowhere = Place(platform="slack", workspace="T1", channel="", direct=True, private=True)
    values = {"where": {"value": {"type": "conversations_select", "selected_conversation": "C7"}}}
    chosen, left = form(Slip(line="imagine", place=nowhere), values), form(Slip(line="imagine", place=nowhere), {})
    assert chosen
    assert left
    assert (chosen.place.channel, chosen.place.direct, chosen.vague) == ("C7", False, True)
    assert left.place == nowhere


def test_a_form_of_another_app_is_none_of_ours() -> None:
    assert form(Slip(line="x", place=THREAD), {}, callback_id="approve") is None


def test_a_slip_that_somebody_else_wrote_is_an_empty_one() -> None:
    deed = form(Slip(line="x", place=THREAD), {}, private_metadata="not { json")
    assert deed
    assert (deed.line, deed.place.workspace, deed.place.channel) == ("", "T1", "")


def test_the_workspace_is_the_one_that_has_the_app() -> None:
    assert workspace_of({"team_id": "T9", "authorizations": [{"team_id": "T1"}]}) == "T1"
    assert workspace_of({"team": {"id": "T9"}, "view": {"app_installed_team_id": "T1"}}) == "T1"
    assert workspace_of({"team": None, "user": {"id": "U1", "team_id": "T3"}}) == "T3"


def test_a_button_that_somebody_from_elsewhere_presses_is_where_the_message_is() -> None:
    stranger = {
        "type": "block_actions",
        "team": {"id": "T9"},
        "user": {"id": "U9", "team_id": "T9"},
        "message": {"ts": "5.5", "team": "T1"},
    }
    assert workspace_of(stranger) == "T1"


def test_on_an_organisations_installation_the_workspace_is_where_it_was_said() -> None:
    whole = {"team_id": "T2", "authorizations": [{"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": True}]}
    assert (workspace_of(whole), enterprise_of(whole)) == ("T2", "E1")
    assert enterprise_of({"is_enterprise_install": "true", "enterprise_id": "E1"}) == "E1"
    assert enterprise_of({"is_enterprise_install": "false", "enterprise_id": "E1"}) == ""
    assert enterprise_of({"is_enterprise_install": False, "enterprise": {"id": "E1"}}) == ""


@pytest.mark.parametrize("read", [read_button, read_shortcut, read_form])
@pytest.mark.parametrize("body", [{}, {"actions": "x", "view": 5, "user": None}, {"view": {"state": []}, "callback_id": []}])
def test_what_makes_no_sense_is_nothing(read: Any, body: dict[str, Any]) -> None:
    assert read(body) is None
