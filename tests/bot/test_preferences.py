"""Preferences: what reactions say, read from an admin's words and looked up however a platform writes an emoji."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Misunderstood
from bot.model import Place, subject_of_channel, subject_of_workspace
from bot.preferences import REACTIONS, Preference, parse_reactions


def test_an_emoji_says_its_line_with_the_job_behind_the_first_word() -> None:
    assert Preference().line("2️⃣", "7kq2") == "vary 7kq2 2"
    assert Preference().line("⭐", "7kq2") == "keep 7kq2"
    assert Preference().line("👎", "7kq2") == "rate 7kq2 down"


def test_an_emoji_is_known_with_and_without_its_variation_selector() -> None:
    for emoji in REACTIONS:
        assert Preference().line(emoji.replace("\ufe0f", ""), "7kq2") == Preference().line(emoji, "7kq2") != ""


def test_an_emoji_that_nobody_gave_a_meaning_says_nothing() -> None:
    assert Preference().line("🦊", "7kq2") == ""
    assert Preference().line("", "7kq2") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("🎨 remix", {"🎨": "remix"}),
        (" 🎨  Vary   2 ,⭐ OFF,", {"🎨": "vary 2", "⭐": "off"}),
        (":party_parrot: rate up", {":party_parrot:": "rate up"}),
        ("👨‍👩‍👧‍👦 again", {"👨‍👩‍👧‍👦": "again"}),
        ("", {}),
    ],
)
def test_what_reactions_say_is_read_as_people_type_it(text: str, expected: dict[str, str]) -> None:
    assert parse_reactions(text) == expected


def test_more_reactions_than_anybody_remembers_are_refused() -> None:
    with pytest.raises(Misunderstood, match="the most") as refusal:
        parse_reactions(", ".join(f":e{number}: again" for number in range(41)))
    assert refusal.value.option == "reactions"


@given(st.text(max_size=60))
def test_no_text_does_more_than_what_a_reaction_may(text: str) -> None:
    try:
        found = parse_reactions(text)
    except Misunderstood:
        return
    for emoji, act in found.items():
        assert emoji
        assert act.split()[0] in {"again", "rerun", "remix", "vary", "upscale", "show", "keep", "rate", "report", "cancel", "delete", "off"}


def test_a_thread_has_the_subjects_of_its_channel() -> None:
    channel = Place(platform="slack", workspace="T1", channel="C1")
    thread = Place(platform="slack", workspace="T1", channel="C1", thread="1.2")
    assert subject_of_channel(thread) == subject_of_channel(channel) == "channel:slack:T1:C1"
    assert subject_of_workspace(thread) == "workspace:slack:T1"
