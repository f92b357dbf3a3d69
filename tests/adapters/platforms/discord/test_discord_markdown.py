"""Text that people typed: shown as it is, and never more than that."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.platforms.discord import markdown
from tests.adapters.platforms.discord.readers import read

NASTY = st.sampled_from(
    (
        "@everyone", "@here", "<@123456789012345678>", "<@&123456789012345678>", "<#123456789012345678>", "</imagine:123456789012345678>",
        "<t:1700000000:R>", "<:fox:123456789012345678>", "[here](https://evil.example)", "https://evil.example", "```", "``", "`", "||",
        "**", "__", "~~", "# ", "-# ", "> ", ">>> ", "- ", "1. ", "\\", "\n", "\u202e", "\u200b", "\ufeff", "\ud800", "\x00", "🦊", " ",
    )
)  # fmt: skip
TEXT = st.lists(NASTY | st.text(max_size=8), max_size=30).map("".join)


@given(TEXT)
@example("@@everyone")
@example("\\@everyone")
@example("<@<@123456789012345678>>")
def test_escaped_text_reads_as_what_was_typed(text: str) -> None:
    shown = read(markdown.escape(text))
    assert shown.replace("\u200b", "") == "\n".join(line.rstrip() for line in markdown.clean(text).strip().split("\n")).replace(
        "\u200b", ""
    )


@given(TEXT, st.integers(0, 60))
def test_cutting_never_cuts_an_escape_and_never_exceeds_the_limit(text: str, most: int) -> None:
    written = markdown.escape(text, most)
    read(written)
    assert markdown.size(written) <= most


@given(TEXT)
def test_escaped_text_on_one_line_has_one_line(text: str) -> None:
    assert "\n" not in markdown.inline(text)


@given(TEXT)
def test_a_code_block_ends_where_we_end_it_and_copies_exactly(text: str) -> None:
    block = markdown.block(text, 4000)
    if not block:
        assert markdown.is_blank(text)
        return
    assert re.findall("```", block) == ["```", "```"]
    assert block.startswith("```\n")
    assert block.endswith("\n```")
    assert block[4:-4].replace("\ufeff", "") == markdown.clean(text).strip("\n").replace("\ufeff", "")


def test_a_code_block_that_does_not_fit_is_not_shown_in_part() -> None:
    assert markdown.block("x" * 100, 107) == ""
    assert markdown.block("x" * 100, 108) == f"```\n{'x' * 100}\n```"


@given(TEXT, st.integers(1, 40))
def test_plain_text_fits_and_has_one_line(text: str, most: int) -> None:
    shown = markdown.plain(text, most)
    assert markdown.size(shown) <= most
    assert "\n" not in shown


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\u2800\u3164", "\n\n", "\u202e"])
def test_what_nobody_sees_is_blank(text: str) -> None:
    assert markdown.is_blank(text)


def test_people_roles_and_channels_are_shown_by_name_and_nothing_else_is() -> None:
    marks = "<@123456789012345678> <@&123456789012345678> <#123456789012345678>"
    assert markdown.escape(marks.replace("<@1", "<@!1")) == marks
    assert markdown.escape("<@&1> <#x> <t:1>") == "\\<@&1\\> \\<#x\\> \\<t:1\\>"
