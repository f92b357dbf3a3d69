"""Messages as Slack's blocks: within its limits, dead whatever was typed, and looking as they should."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given

from adapters.platforms.slack.buttons import read_reveal
from adapters.platforms.slack.outbound import Shown, bare_of, blocks_of, home_of, text_of
from bot.model import Action, Emphasis, Message, Picture, Tone
from tests.adapters.platforms.slack.messages import MESSAGES, alive, types_of, words_of
from tests.wire.slack.blocks import check_message_blocks, check_view

FILE = Shown(file="F0FOX")
FOX = Picture(key="shown/a.webp", original="images/a.png", alt="AI-generated image: a red fox", title="seed 42", width=8, height=8)


def full(message: Message) -> list[Shown]:
    return [FILE for _ in message.pictures]


def buttons(blocks: Sequence[dict[str, object]]) -> list[list[str]]:
    return [[words_of(button["text"]) for button in block["elements"]] for block in blocks if block["type"] == "actions"]  # type: ignore[index, union-attr]


@given(MESSAGES)
def test_nothing_that_anybody_typed_pings_links_or_breaks_a_message(message: Message) -> None:
    for blocks in (blocks_of(message, full(message)), blocks_of(message), bare_of(message)):
        check_message_blocks(blocks, lambda _: "")
        assert alive(text_of(message), blocks) == []
        assert 0 < len(text_of(message)) <= 4000


@given(MESSAGES)
def test_a_home_page_takes_whatever_it_is_given(message: Message) -> None:
    pictures = tuple(replace(picture, key=f"shown/{number}.webp") for number, picture in enumerate(message.pictures))
    section = replace(message, pictures=pictures)
    view = home_of([section, section, section], {picture.key: FILE for picture in pictures})
    check_view(view, lambda _: "")
    assert alive("", view["blocks"]) == []


def test_a_link_of_our_own_is_the_only_thing_alive() -> None:
    picture = replace(FOX, alt="<https://evil.example|x>", title="<!here>")
    blocks = blocks_of(Message(text="x", pictures=(picture,)), [Shown(file="F1", link="https://limner.example/files/a?e=1&s=2")])
    assert alive("", blocks) == ["link https://limner.example/files/a?e=1&amp;s=2"]


def test_a_working_card_has_title_status_bar_context_and_cancel() -> None:
    card = Message(
        text="“a red fox” for Ada. Drawing 45%",
        title="“a red fox”",
        body="Drawing 45%",
        context="for Ada · sketch · job 3f2a",
        actions=(Action(label="Cancel", line="cancel 3f2a", emphasis=Emphasis.DANGER),),
        progress=0.45,
        tone=Tone.WORKING,
    )
    blocks = blocks_of(card)
    assert types_of(blocks) == ["header", "rich_text", "context", "actions"]
    assert words_of(blocks[1]).splitlines() == ["Drawing 45%", "▰" * 9 + "▱" * 11]
    assert blocks[3]["elements"][0]["style"] == "danger"
    assert blocks[3]["elements"][0]["value"] == "cancel 3f2a"


def test_a_finished_card_has_no_bar_and_says_that_it_went_well_in_words_and_sign() -> None:
    blocks = blocks_of(Message(text="Done", title="“a red fox”", body="Done in 8.2 s: 4 images.", progress=1.0, tone=Tone.GOOD))
    assert words_of(blocks[1]) == "✅ Done in 8.2 s: 4 images."


def test_a_result_shows_its_pictures_first_and_its_line_to_copy_as_code() -> None:
    result = Message(
        text="a red fox: seed 42",
        title="a red fox",
        body="Rerun: exact.",
        context="sketch · seed 42",
        code="/imagine a `red` *fox* --seed 42",
        pictures=(FOX,),
        actions=(Action(label="Again", line="again 3f2a"),),
    )
    blocks = blocks_of(result, [FILE])
    assert types_of(blocks) == ["header", "image", "rich_text", "context", "rich_text", "actions"]
    assert blocks[1] == {
        "type": "image",
        "slack_file": {"id": "F0FOX"},
        "alt_text": "AI-generated image: a red fox",
        "title": {"type": "plain_text", "text": "seed 42", "emoji": False},
    }
    assert blocks[4]["elements"] == [
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "/imagine a `red` *fox* --seed 42"}]}
    ]


def test_a_line_too_long_to_copy_is_replaced_by_one_that_does_the_same_and_never_cut() -> None:
    line = "/imagine " + "long " * 700 + "--seed 42"
    assert "/rerun 3f2a" in str(blocks_of(Message(text="a fox", code=line, job="3f2a")))
    assert "too long to show" in str(blocks_of(Message(text="a fox", code=line)))
    for job in ("3f2a", ""):
        assert "/imagine" not in str(blocks_of(Message(text="a fox", code=line, job=job)))


def test_buttons_of_four_images_stand_in_rows() -> None:
    several = [Action(label=f"{word} {n}", line=f"{word.lower()} 3f2a {n}") for word in ("Vary", "Upscale") for n in range(1, 5)]
    rest = [Action(label=word, line=f"{word.lower()} 3f2a") for word in ("Again", "Same", "Remix", "Details", "Delete")]
    assert buttons(blocks_of(Message(text="x", actions=(*several, *rest)))) == [
        ["Vary 1", "Vary 2", "Vary 3", "Vary 4"],
        ["Upscale 1", "Upscale 2", "Upscale 3", "Upscale 4"],
        ["Again", "Same", "Remix", "Details", "Delete"],
    ]


def test_buttons_of_one_image_are_two_even_rows() -> None:
    actions = [
        Action(label=word, line=f"{word.lower()} 3f2a") for word in ("Vary", "Upscale", "Again", "Same", "Remix", "Details", "Delete")
    ]
    assert [len(row) for row in buttons(blocks_of(Message(text="x", actions=tuple(actions))))] == [4, 3]


def test_a_question_is_asked_before_what_cannot_be_undone() -> None:
    delete = Action(label="Delete", line="delete 3f2a", emphasis=Emphasis.DANGER, confirm="Delete these images for everybody?")
    button = blocks_of(Message(text="x", actions=(delete,)))[-1]["elements"][0]
    assert words_of(button["confirm"]).splitlines() == ["Delete?", "Delete these images for everybody?", "Delete", "Go back"]
    assert button["confirm"]["style"] == "danger"


def test_short_facts_stand_side_by_side_and_long_ones_on_lines() -> None:
    fields = (("Model", "sketch"), ("Seed", "42"), ("Steps", "30"), ("Prompt", "a fox " * 20), ("Left out", "*birds*"))
    blocks = blocks_of(Message(text="x", title="Job 3f2a", fields=fields))
    assert types_of(blocks) == ["header", "section", "rich_text"]
    assert [field["text"] for field in blocks[1]["fields"]] == ["*Model*\nsketch", "*Seed*\n42", "*Steps*\n30"]
    assert "*birds*" in words_of(blocks[2])


def test_a_list_of_commands_is_a_list() -> None:
    blocks = blocks_of(Message(text="x", title="Help", fields=(("/imagine", "Draw"), ("/quota", "What you used"))))
    assert types_of(blocks) == ["header", "rich_text"]


def test_a_list_of_facts_shows_pictures_as_thumbnails() -> None:
    blocks = blocks_of(Message(text="x", fields=(("Seed", "42"),), pictures=(FOX,)), [FILE])
    assert types_of(blocks) == ["section", "section"]
    assert blocks[1]["accessory"]["slack_file"] == {"id": "F0FOX"}


def test_a_covered_picture_says_so_and_how_to_see_it() -> None:
    covered = replace(FOX, spoiler=True, index=2)
    message = Message(text="x", pictures=(FOX, covered))
    blocks = blocks_of(message, [Shown(file="F1", link="https://l.example/1"), Shown(file="F2", link="https://l.example/2")])
    assert words_of(blocks[1]["title"]) == "seed 42 · covered"
    assert blocks[1]["alt_text"].startswith("Covered.")
    assert "<https://l.example/2|show image 2>" in words_of(blocks)
    assert "Covered: 2. Not everybody may want to see this; the button shows it to you alone." in words_of(blocks)
    (button,) = blocks[-1]["elements"]
    assert button["text"]["text"] == "Show image 2"
    shown = read_reveal(button["value"])
    assert shown is not None
    assert (shown.key, shown.alt, shown.spoiler) == (covered.original, covered.alt, False)
    assert read_reveal("vary 3f2a 2") is None


def test_a_picture_that_slack_does_not_have_is_left_out() -> None:
    assert types_of(blocks_of(Message(text="x", title="a red fox", pictures=(FOX,)), [Shown()])) == ["header"]


def test_a_long_title_is_bold_instead_of_huge() -> None:
    blocks = blocks_of(Message(text="x", title="a red fox in the snow " * 10))
    assert blocks[0]["type"] == "rich_text"
    assert blocks[0]["elements"][0]["elements"][0]["style"] == {"bold": True}


def test_a_message_of_words_alone_still_shows_them() -> None:
    assert words_of(blocks_of(Message(text="These images were deleted."))) == "These images were deleted."


def test_too_many_blocks_lose_lines_and_keep_buttons() -> None:
    pictures = tuple(replace(FOX, index=number) for number in range(1, 61))
    blocks = blocks_of(Message(text="x", title="all", pictures=pictures, actions=(Action(label="Older", line="history"),)), [FILE] * 60)
    assert len(blocks) == 50
    assert buttons(blocks) == [["Older"]]


def test_a_value_with_a_ratio_in_it_stands_beside_the_others() -> None:
    fields = (
        ("--ar", "Width to height, such as 16:9"),
        ("--strength", "How much to change a source image, 0 to 1"),
        ("--seed", "Same seed"),
    )
    blocks = blocks_of(Message(text="x", title="Options", fields=(*fields, ("Left out", ":fox: *birds*"))))
    assert types_of(blocks) == ["header", "section", "rich_text"]
    assert len(blocks[1]["fields"]) == 3


def test_a_thumbnail_shows_the_beginning_of_a_long_description_and_keeps_all_of_it() -> None:
    long = replace(FOX, alt="a harbour at dusk " * 20)
    blocks = blocks_of(Message(text="x", fields=(("Seed", "42"),), pictures=(long,)), [FILE])
    assert len(words_of(blocks[1]["text"])) < 160
    assert len(blocks[1]["accessory"]["alt_text"]) > 300
