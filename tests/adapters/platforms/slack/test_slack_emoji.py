"""Emoji: Slack's names become the characters that the hub knows, and what has no character keeps its name."""

import pytest

from adapters.platforms.slack import emoji
from bot.preferences import REACTIONS, Preference

USUAL = {
    "repeat": "again",
    "game_die": "again",
    "one": "vary 1",
    "two": "vary 2",
    "three": "vary 3",
    "four": "vary 4",
    "arrow_up": "upscale 1",
    "email": "show",
    "envelope": "show",
    "star": "keep",
    "+1": "rate up",
    "thumbsup": "rate up",
    "-1": "rate down",
    "thumbsdown": "rate down",
    "triangular_flag_on_post": "report",
    "x": "delete",
}


@pytest.mark.parametrize(("name", "act"), USUAL.items())
def test_every_usual_reaction_says_what_it_should(name: str, act: str) -> None:
    word, _, rest = act.partition(" ")
    assert Preference().line(emoji.reaction(name), "3f2a") == " ".join(part for part in (word, "3f2a", rest) if part)


def test_no_usual_reaction_is_missing_from_the_table() -> None:
    assert set(USUAL.values()) == set(REACTIONS.values())


def test_a_skin_tone_is_left_out() -> None:
    assert emoji.reaction("+1::skin-tone-4") == "👍"


def test_a_name_that_nobody_knows_keeps_it() -> None:
    assert emoji.reaction("party-limner") == ":party-limner:"


def test_names_in_a_text_become_characters() -> None:
    assert emoji.spell_out(":art: remix, :+1::skin-tone-2: rate up, :party-limner: again") == "🎨 remix, 👍 rate up, :party-limner: again"


@pytest.mark.parametrize("text", ["at 10:one:5", "a:x:b", "::x::", "https://example.com/:star:page", "12:30"])
def test_what_only_looks_like_a_name_is_left_alone(text: str) -> None:
    assert emoji.spell_out(text) == text


def test_what_an_admin_types_is_what_a_reaction_says() -> None:
    for name in ("art", "party-limner"):
        assert emoji.spell_out(f":{name}:") == emoji.reaction(name)
