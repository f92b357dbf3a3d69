"""Buttons: what their ids say, and how they stand."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.platforms.discord import buttons
from adapters.platforms.discord.buttons import Pressed
from bot.model import Action, Emphasis
from tests.adapters.platforms.discord.readers import JSON

DELETE = Action(label="Delete", line="delete 7kq2mw9x", confirm="Delete these images for everybody? This cannot be undone.")
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=99).filter(lambda line: bool(line.strip()))


def labels(rows: list[JSON]) -> list[list[str]]:
    return [[button["label"] for button in row["components"]] for row in rows]


def ids(rows: list[JSON]) -> list[str]:
    return [button["custom_id"] for row in rows for button in row["components"]]


@given(st.lists(LINES, max_size=40), st.booleans())
def test_every_button_says_its_line_and_no_two_are_alike(lines: list[str], confirm: bool) -> None:
    rows = buttons.rows([Action(label="Do", line=line, confirm="Sure | really?" if confirm else "") for line in lines])
    found = ids(rows)
    assert len(found) == len(set(found)) <= 25
    assert all(1 <= len(row["components"]) <= 5 for row in rows)
    assert len(rows) <= 7
    assert all(len(each) <= 100 for each in found)
    said = [buttons.read(each) for each in found]
    assert all(each is not None and each.line in lines and bool(each.question) == confirm for each in said)


def test_a_line_that_fits_is_never_left_out() -> None:
    line = "x" * 98
    assert ids(buttons.rows([Action(label="Do", line=line)])) == [f"1:{line}"]
    assert buttons.rows([Action(label="Do", line=line + "x")]) == []


def test_a_question_comes_back_whole_with_its_line() -> None:
    [custom_id] = ids(buttons.rows([DELETE]))
    assert buttons.read(custom_id) == Pressed(line="delete 7kq2mw9x", question="Delete these images for everybody? This cannot be undone.")


def test_a_yes_carries_the_message_it_is_about_and_a_no_does_nothing() -> None:
    pressed = Pressed(line="delete 7kq2mw9x", question="Delete them?")
    question, [yes, no] = buttons.ask(pressed, "123456789012345678")
    assert question.text == "Delete them?"
    assert yes["label"] == "Yes, delete"
    assert buttons.read(yes["custom_id"]) == Pressed(line="delete 7kq2mw9x", post="123456789012345678")
    refused = buttons.read(no["custom_id"])
    assert refused is not None
    assert refused.refused


def test_a_repeated_dangerous_line_asks_both_times() -> None:
    found = [buttons.read(each) for each in ids(buttons.rows([DELETE, DELETE]))]
    assert [each.question[:12] for each in found if each] == ["Delete these"] * 2


def test_ids_of_other_versions_and_of_nobody_are_not_understood() -> None:
    for custom_id in ("", "1", "1:", "2:vary 7kq2mw9x", "vary 7kq2mw9x", "11:vary", "1?really|", "1!x:delete 1"):
        assert buttons.read(custom_id) is None


def test_a_result_has_a_row_for_each_verb() -> None:
    actions = [Action(label=f"{verb} {index}", line=f"{verb.lower()} 7kq2mw9x {index}") for verb in ("Vary", "Upscale") for index in (1, 2)]
    actions += [Action(label="Again", line="again 7kq2mw9x", emphasis=Emphasis.PRIMARY), DELETE]
    assert labels(buttons.rows(actions)) == [["Vary 1", "Vary 2"], ["Upscale 1", "Upscale 2"], ["Again", "Delete"]]


def test_a_button_is_never_an_emoji_alone() -> None:
    assert labels(buttons.rows([Action(label="🔁", line="again 7kq2mw9x")])) == [["🔁 Again"]]


def test_a_correction_stands_first_and_names_its_form() -> None:
    rows = buttons.rows([Action(label="Again", line="again 7kq2mw9x")], [buttons.again("abc123")])
    assert labels(rows) == [["Correct it", "Again"]]
    assert buttons.read(ids(rows)[0]) == Pressed(form="abc123")


def test_a_dangerous_line_is_offered_only_where_its_yes_fits_too() -> None:
    fits = Action(label="Delete", line="x" * 77, confirm="Delete them?")
    [custom_id] = ids(buttons.rows([fits]))
    pressed = buttons.read(custom_id)
    assert pressed is not None
    assert all(len(button["custom_id"]) <= 100 for button in buttons.ask(pressed, "1" * 20)[1])
    assert buttons.rows([Action(label="Delete", line="x" * 78, confirm="Delete them?")]) == []
