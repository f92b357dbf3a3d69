"""What somebody wrote on Discord, read as a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.platforms.discord import clerk, inbound
from adapters.platforms.discord.hearing import Tidy, hear
from bot.app import all_commands

ME = 123456789012345678
SPECS = {name: command.spec for name, command in all_commands().items()}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"<@{ME}> imagine a boat", "imagine a boat"),
        (f"<@!{ME}> imagine a boat", "imagine a boat"),
        (f"<@{ME}>, /imagine a boat", "imagine a boat"),
        (f"<@{ME}>: imagine a boat\nat dawn", "imagine a boat\nat dawn"),
        (f"hey <@{ME}> imagine a boat", "imagine a boat"),
        (f"<@{ME}>", "help"),
        (f"thanks <@{ME}>", ""),
        (f"thanks <@{ME}>.", "."),
        ("imagine a boat", ""),
        ("<@987654321098765432> imagine a boat", ""),
        ("", ""),
    ],
)
def test_in_a_channel_only_what_follows_the_name_is_meant(text: str, line: str) -> None:
    assert hear(text, ME, direct=False) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("imagine a boat", "imagine a boat"),
        (" /imagine a boat ", "imagine a boat"),
        (f"<@{ME}> imagine a boat", "imagine a boat"),
        (f"imagine a portrait of <@{ME}>", f"imagine a portrait of <@{ME}>"),
        (f"<@{ME}>", "help"),
        ("", ""),
    ],
)
def test_in_a_direct_conversation_everything_is_meant(text: str, line: str) -> None:
    assert hear(text, ME, direct=True) == line


@given(st.text(), st.booleans())
def test_nothing_that_somebody_writes_breaks_the_ear(text: str, direct: bool) -> None:
    assert isinstance(hear(text, ME, direct=direct), str)
    assert isinstance(Tidy(None)(text), str)


def test_without_a_server_signs_become_what_they_are() -> None:
    signs = "<#123456789012345678> <@&123456789012345678> <a:wave:123456789012345678> </imagine:123456789012345678>"
    assert Tidy(None)(signs) == "#channel @role :wave: /imagine"


def test_an_entry_of_another_version_or_without_its_message_says_nothing() -> None:
    tidy = Tidy(None)
    assert inbound.shortcut({"name": "Gone", "target_id": "1"}, ME, tidy)[0] == ""
    assert inbound.shortcut({"name": "Use as prompt", "target_id": "1", "resolved": {}}, ME, tidy)[0] == ""


def test_a_prompt_from_a_message_loses_the_bots_name_and_takes_the_words_of_a_preview() -> None:
    def used(message: dict[str, object]) -> object:
        data = {"name": "Use as prompt", "target_id": "1", "resolved": {"messages": {"1": message}}}
        return (inbound.shortcut(data, ME, Tidy(None))[1] or {})["prompt"]

    assert used({"content": f"<@{ME}> imagine a boat"}) == "a boat"
    assert used({"content": "a boat at dawn"}) == "a boat at dawn"
    assert used({"content": "", "embeds": [{"title": "x"}, {"description": "a harbour"}]}) == "a harbour"
    assert used({"content": ""}) == ""


@pytest.mark.parametrize(
    ("command", "options", "may"),
    [
        ("imagine", {}, True),
        ("imagine", {"prompt": "a boat"}, False),
        ("imagine", {"prompt": "a boat", "form": True}, True),
        ("remix", {"job": "7kq2mw9x"}, True),
        ("edit", {"job": "7kq2mw9x", "prompt": "at night"}, False),
        ("repaint", {"job": "7kq2mw9x", "prompt": "a red house"}, True),
        ("extend", {"job": "7kq2mw9x", "prompt": "a wide beach"}, True),
        ("extend", {"job": "7kq2mw9x", "ar": "16:9"}, False),
        ("cutout", {"job": "7kq2mw9x"}, False),
        ("settings", {}, True),
        ("settings", {"scope": "channel"}, True),
        ("vary", {"job": "7kq2mw9x", "image": 2}, False),
        ("again", {"job": "7kq2mw9x"}, False),
        ("delete", {"job": "7kq2mw9x"}, False),
    ],
)
def test_only_what_may_open_a_form_is_waited_for(command: str, options: dict[str, object], may: bool) -> None:
    assert clerk.opens(SPECS[command], options) is may


def test_a_command_with_its_picture_and_its_words_opens_no_form() -> None:
    said = {"job": "7kq2mw9x", "prompt": "a red house"}
    assert not clerk.opens(SPECS["repaint"], said, pictured=True)
    assert clerk.opens(SPECS["repaint"], {"job": "7kq2mw9x"}, pictured=True)


def test_the_commands_that_need_room_for_images_exist() -> None:
    assert set(SPECS) >= clerk.DRAWS


def test_a_whole_line_in_the_first_field_is_read_with_its_flags() -> None:
    spec = SPECS["imagine"]
    assert inbound.spoken(spec, {"prompt": "a red fox --seed 42", "count": 2}) == ("imagine a red fox --seed 42", {"count": 2})
    assert inbound.spoken(spec, {"prompt": "a red fox", "count": 2}) == ("imagine", {"prompt": "a red fox", "count": 2})
    assert inbound.spoken(SPECS["show"], {"job": "--"}) == ("show", {"job": "--"})
