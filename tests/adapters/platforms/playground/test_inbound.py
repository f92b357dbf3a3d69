"""What a typed text means."""

import pytest

from adapters.platforms.playground.cast import Cast
from adapters.platforms.playground.inbound import Heard, fill, hear, quote, write_mentions
from bot.model import Origin, Role

CAST = Cast()


def test_a_slash_begins_a_command_that_others_do_not_see() -> None:
    heard = hear("  /imagine a red fox --ar 16:9 ", CAST, direct=False)
    assert heard == Heard(text="/imagine a red fox --ar 16:9", line="imagine a red fox --ar 16:9", origin=Origin.COMMAND, shown=False)


def test_a_lone_slash_asks_for_help() -> None:
    assert hear("/", CAST, direct=False).line == "help"


def test_chatter_is_no_line() -> None:
    heard = hear("shall we imagine a red fox?", CAST, direct=False)
    assert heard.line is None
    assert heard.shown


@pytest.mark.parametrize("text", ["@limner imagine a red fox", "@Limner, imagine a red fox", "hey @LIMNER: /imagine a red fox"])
def test_a_mention_works_like_the_command_and_is_seen(text: str) -> None:
    heard = hear(text, CAST, direct=False)
    assert (heard.line, heard.origin, heard.shown) == ("imagine a red fox", Origin.MENTION, True)


def test_a_bare_mention_asks_for_help() -> None:
    assert hear("@limner", CAST, direct=False).line == "help"


def test_thanks_at_the_end_of_a_sentence_is_chatter() -> None:
    assert hear("lovely, thanks @limner", CAST, direct=False).line is None


def test_a_direct_conversation_needs_no_prefix() -> None:
    heard = hear("imagine a small boat", CAST, direct=True)
    assert (heard.line, heard.origin) == ("imagine a small boat", Origin.MENTION)


def test_names_become_canonical_mentions() -> None:
    assert write_mentions("/quota set @Grace 50/day", CAST) == "/quota set <@grace> 50/day"
    assert hear("/quota set @grace 50/day", CAST, direct=False).line == "quota set <@grace> 50/day"


def test_groups_and_channels_become_marks_that_keep_their_names_in_a_line() -> None:
    heard = hear("/quota set @Design 50/day --alerts #brand", CAST, direct=False)
    assert heard.line == "quota set <@&design|Design> 50/day --alerts <#brand|brand>"
    assert hear("@limner imagine a poster for #brand, @grace", CAST, direct=False) == Heard(
        text="<@limner> imagine a poster for <#brand>, <@grace>",
        line="imagine a poster for <#brand|brand>, <@grace>",
        origin=Origin.MENTION,
        shown=True,
    )
    assert fill({"whom": "@design", "where": "#nowhere"}, CAST) == {"whom": "<@&design|design>", "where": "#nowhere"}


def test_everybody_is_in_the_groups_that_the_cast_says() -> None:
    groups = {name: player.person.groups for name, player in CAST.players.items()}
    assert groups == {"ada": set(), "grace": {"design"}, "linus": {"design"}, "maya": {"brand"}, "kenji": {"brand"}}


def test_the_review_channel_is_seen_by_reviewers_and_admins_alone() -> None:
    assert {name for name in CAST.players if CAST.channels["review"].seen_by(name)} == {"ada", "maya"}
    assert CAST.channels["review"].place().private
    assert Cast(frozenset({"playground:kenji"})).channels["review"].seen_by("kenji")
    assert not CAST.channels["general"].place().private


@pytest.mark.parametrize("text", ["me@grace.example", "@nobody here", "<@grace>", "@gracefully done"])
def test_what_only_looks_like_a_mention_is_left_alone(text: str) -> None:
    assert write_mentions(text, CAST) == text


def test_a_field_that_was_emptied_says_so() -> None:
    assert fill({"prompt": " a fox ", "seed": " ", "count": 2, "raw": False}, CAST) == {
        "prompt": "a fox",
        "seed": "",
        "count": 2,
        "raw": False,
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"text": "a fox at dusk"}, "a fox at dusk"),
        ({"text": "<@limner> imagine a fox"}, "a fox"),
        ({"text": "imagine a fox for <@grace>"}, "a fox for Grace"),
        ({"text": "x", "title": "“a fox”", "code": "/imagine a long-legged fox --ar 16:9 --seed 4"}, "a long-legged fox"),
        ({"text": "x", "title": "Variation of “a fox”", "code": "/rerun 7kq2"}, "a fox"),
        ({"text": "x", "title": "a fox", "code": "/rerun 7kq2"}, "a fox"),
        ({"text": "<@nobody>"}, ""),
        ({"text": "imagine a poster for <#brand> by <@&design>"}, "a poster for #brand by @design"),
    ],
)
def test_a_messages_words_become_a_prompt(content: dict[str, str], words: str) -> None:
    assert quote(content, CAST) == words


def test_admins_are_those_that_the_setting_names_as_well() -> None:
    cast = Cast(frozenset({"playground:grace", "slack:kenji"}))
    assert Role.ADMIN in cast.players["grace"].roles
    assert Role.ADMIN in cast.players["ada"].roles
    assert Role.ADMIN not in cast.players["kenji"].roles


def test_a_direct_conversation_is_seen_by_its_owner_alone() -> None:
    assert [channel.id for channel in CAST.seen_by("ada") if channel.owner] == ["dm-ada"]
    assert CAST.channels["dm-ada"].place().direct
    assert CAST.channels["after-dark"].place().age_restricted
