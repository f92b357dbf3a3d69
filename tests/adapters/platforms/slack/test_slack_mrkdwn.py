"""What goes out as Slack's markup is dead, and what comes in reads as it was typed."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.platforms.slack.mrkdwn import (
    cut,
    escape,
    escaped,
    length,
    linked_elements,
    linked_markup,
    mentioned,
    name,
    plain,
    read,
    unescape,
)
from bot.grammar import Mark, Noun

ANYTHING = st.text(st.one_of(st.characters(), st.sampled_from("<>&@!#|*_`~:;ampltg\n"))) | st.lists(
    st.sampled_from(
        ["<!channel>", "<!here|x>", "<@U123>", "&lt;", "&amp;lt;", "<https://a.b|c>", "```", "> ", "\ud83e", "🦊", "\u202e", "\0"]
    )
).map("".join)


@given(ANYTHING)
def test_an_escaped_text_has_no_angle_brackets_left(text: str) -> None:
    assert not set(escape(text)) & set("<>")


@given(ANYTHING)
def test_escaping_is_undone_to_the_letter(text: str) -> None:
    assert unescape(escape(text)) == text


@given(ANYTHING)
def test_a_text_that_goes_out_and_comes_back_is_the_same(text: str) -> None:
    assert read(escape(text)) == text


@given(ANYTHING, st.integers(1, 60))
def test_a_cut_text_fits_and_an_entity_is_never_cut(text: str, most: int) -> None:
    assert length(cut(text, most)) <= most
    short = escaped(text, most)
    assert length(short) <= most
    assert escape(unescape(short)) == short


@given(ANYTHING)
def test_a_plain_text_can_be_sent(text: str) -> None:
    plain(text).encode()
    assert "\0" not in plain(text)


def test_a_text_that_fits_is_left_alone() -> None:
    assert cut("a red fox", 9) == "a red fox"
    assert cut("a red fox", 8) == "a red f…"
    assert escaped("fox & hen", 13) == "fox &amp; hen"
    assert escaped("fox & hen", 12) == "fox &amp; h…"


def test_an_emoji_counts_as_two() -> None:
    assert cut("🦊🦊🦊", 6) == "🦊🦊🦊"
    assert cut("🦊🦊🦊", 5) == "🦊🦊…"


def test_a_mention_is_read_without_its_label() -> None:
    assert read("quota &lt;3 <@U024BE7LH|ada> 50") == "quota <3 <@U024BE7LH> 50"
    assert read("<@U024BE7LH>") == "<@U024BE7LH>"


def test_links_and_dates_are_read_as_they_look_and_groups_and_channels_as_marks() -> None:
    assert read("see <https://a.b/c?d=1&amp;e=2>") == "see https://a.b/c?d=1&e=2"
    assert read("see <http://example.com|example.com>") == "see example.com"
    assert read("<mailto:ada@example.com>") == "ada@example.com"
    assert read("in <#C024BE7LR|general> and <#C024BE7LS|>") == "in <#C024BE7LR|general> and <#C024BE7LS>"
    assert read("<!here> <!channel|channel> <!date^1700000000^{date}|Monday>") == "@here channel Monday"
    assert read("<!subteam^S1|@team> <!subteam^S2>") == "<@&S1|team> <@&S2>"


def test_what_was_typed_with_entities_is_not_unescaped_twice() -> None:
    assert read("&amp;lt;b&amp;gt;") == "&lt;b&gt;"


def test_a_mention_goes_out_as_a_name() -> None:
    text = "a portrait of <@U1A> and <@U2B> by <@&S1> for <#C1>, <#C2> and <@grace>"
    ada, team, brand = (Mark(noun=noun, id=id_) for noun, id_ in ((Noun.PERSON, "U1A"), (Noun.GROUP, "S1"), (Noun.CHANNEL, "C1")))
    assert {ada, team, brand} < mentioned(text)
    names = {ada: "ada", team: "design", brand: "brand"}
    assert name(text, names) == "a portrait of @ada and @U2B by @design for #brand, a private channel and <@grace>"
    assert name(text, names, linked=True).endswith("for <#C1>, <#C2> and <@grace>")


def test_a_channel_is_a_link_and_everything_beside_it_is_dead() -> None:
    text = "in <#C1A> & <#U1> <!channel>"
    assert linked_markup(text) == "in <#C1A> &amp; &lt;#U1&gt; &lt;!channel&gt;"
    assert linked_elements(text) == [
        {"type": "text", "text": "in "},
        {"type": "channel", "channel_id": "C1A"},
        {"type": "text", "text": " & <#U1> <!channel>"},
    ]
