"""The chart: a picture that can be read on every background, and words that say the same."""

import io
from datetime import date

import pytest
from PIL import Image

from bot.imaging import Bar, Board, Tile
from bot.imaging.chart import WIDTH, chart
from bot.model import Sums
from bot.says import board_of, stats_page, stats_words

PAPER = (251, 250, 248)


def a_board(**changes: list[Bar]) -> Board:
    days = [Bar(name=f"{number} Nov", images=number % 7, dollars=number / 10) for number in range(1, 31)]
    models = [Bar(name="sketch", images=80, dollars=0), Bar(name="flux-2-pro", images=20, dollars=1.5)]
    people = [
        Bar(name="Ada", images=60, dollars=1),
        Bar(name="Zoë Łukasz", images=30, dollars=0.4),
        Bar(name="健司", images=10, dollars=0.1),
    ]
    lists = {"days": days, "models": models, "people": people, **changes}
    return Board(
        title="The last 30 days", subtitle="1 Nov to 30 Nov 2026", tiles=[Tile(label="Images", value="100", note="50 jobs")], **lists
    )


def opened(board: Board) -> Image.Image:
    picture = Image.open(io.BytesIO(chart(board)))
    picture.load()
    return picture


def contrast(one: tuple[int, ...], two: tuple[int, ...]) -> float:
    """As WCAG 2 has it."""

    def light(colour: tuple[int, ...]) -> float:
        parts = [each / 255 for each in colour[:3]]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((light(one), light(two)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_a_chart_is_opaque_paper_with_round_corners() -> None:
    picture = opened(a_board())
    assert (picture.format, picture.mode, picture.width) == ("PNG", "RGBA", WIDTH)
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0), "the page shows around the corners"
    assert picture.getpixel((WIDTH // 2, 30)) == (*PAPER, 255), "and nowhere else"
    assert picture.getchannel("A").crop((40, 40, WIDTH - 40, picture.height - 40)).getextrema() == (255, 255)


def test_every_colour_of_text_and_bars_stands_out_from_the_paper() -> None:
    for colour in ("#1c1917", "#5f5a54", "#4f46e5", "#0f8a7e"):
        rgb = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
        assert contrast(rgb, PAPER) >= (3 if colour == "#0f8a7e" else 4.5), colour


@pytest.mark.parametrize(
    "board",
    [
        a_board(),
        a_board(days=[]),
        a_board(days=[Bar(name="1 Nov", images=1, dollars=0)], models=[], people=[]),
        a_board(days=[Bar(name=f"d{n}", images=10**n, dollars=10.0**n) for n in range(7)]),
        a_board(days=[Bar(name=f"d{n}", images=n, dollars=0.0001 * n) for n in range(366)]),
        a_board(people=[Bar(name=name, images=1, dollars=0) for name in ("N" * 400, "", "\u202eeve\n", "健司")]),
        board_of(Sums(), first=date(2026, 11, 21), last=date(2026, 11, 21), top=6),
    ],
)
def test_whatever_the_numbers_there_is_a_chart(board: Board) -> None:
    assert opened(board).height > 1000


def test_no_numbers_are_said_in_words_as_well() -> None:
    board = board_of(Sums(), first=date(2026, 10, 23), last=date(2026, 11, 21), top=6)
    assert board.empty
    page = stats_page(board, None)
    assert "Nothing was drawn" in page.text
    assert ("Images", "0 · 0 jobs") in page.fields


def test_the_words_have_every_number_of_the_lists() -> None:
    words = stats_words(a_board())
    for said in ("100", "sketch 80 images $0", "flux-2-pro 20 images $1.50", "健司 10 images $0.1", "Most images: 6 on 6 Nov"):
        assert said in words
