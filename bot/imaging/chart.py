"""Charts: a board of statistics as one picture: figures, images and money by day, models, people.

The board is a sheet of paper with round corners: it is opaque, so it reads the same on a dark page and on a light one, and what is
around its corners is transparent. Shapes are drawn twice as large and made small, which smooths their edges; texts are written after.
No colour carries a meaning that words do not carry too.
"""

import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

WIDTH = 1600
_MARGIN = 56
_GAP = 24
_SMOOTH = 2
_PAPER, _EDGE, _PANEL, _GRID = "#fbfaf8", "#cfcac2", "#ffffff", "#e7e4df"
_INK, _GREY, _IMAGES, _MONEY, _TRACK = "#1c1917", "#5f5a54", "#4f46e5", "#0f8a7e", "#efedf8"
_TILE, _CHART, _ROW = 150, 330, 62
_STEPS = 4
_LABELS = 7
"""Days that are named under a chart, at most."""

_PLAIN = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What a day, a model or a person had."""

    name: str
    images: int
    dollars: float


@dataclass(frozen=True, kw_only=True)
class Board:
    """What a chart shows. Days, models and people are in their order."""

    title: str
    subtitle: str
    tiles: Sequence[Tile]
    days: Sequence[Bar]
    models: Sequence[Bar]
    people: Sequence[Bar]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show but zeros."""
        return not self.models and not any(day.images or day.dollars for day in self.days)


def chart(board: Board) -> bytes:
    """A board as a PNG."""
    rows = max(len(board.models), len(board.people), 1)
    lists = 96 + rows * _ROW
    height = _MARGIN * 2 + 104 + _TILE + _CHART * 2 + lists + _GAP * 4
    sheet = _Sheet(height)
    sheet.write((_MARGIN + 4, _MARGIN), board.title, 46, bold=True)
    sheet.write((_MARGIN + 4, _MARGIN + 58), board.subtitle, 27, _GREY)
    top = _MARGIN + 104 + _GAP
    _tiles(sheet, board.tiles, top)
    top += _TILE + _GAP
    images, dollars = [day.images for day in board.days], [day.dollars for day in board.days]
    _days(sheet, board, top, title="Images a day", colour=_IMAGES, values=images, say=lambda value: f"{value:,.0f}")
    top += _CHART + _GAP
    _days(sheet, board, top, title="Money a day", colour=_MONEY, values=dollars, say=_dollars)
    top += _CHART + _GAP
    half = (WIDTH - 2 * _MARGIN - _GAP) // 2
    _bars(sheet, "Models", board.models, (_MARGIN, top), (half, lists))
    _bars(sheet, "People", board.people, (_MARGIN + half + _GAP, top), (half, lists))
    return sheet.png()


class _Sheet:
    """Paper to draw on, in pixels of the picture as it will be."""

    def __init__(self, height: int) -> None:
        self._large = Image.new("RGBA", (WIDTH * _SMOOTH, height * _SMOOTH), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self._large)
        self._texts: list[tuple[tuple[float, float], str, int, str, str, bool]] = []
        self.box((2, 2), (WIDTH - 4, height - 4), 36, fill=_PAPER, edge=_EDGE)

    def box(self, at: tuple[float, float], size: tuple[float, float], radius: float, *, fill: str, edge: str = "") -> None:
        """A rectangle with round corners."""
        (x, y), (width, height) = at, size
        if width <= 0 or height <= 0:
            return
        frame = (x * _SMOOTH, y * _SMOOTH, (x + width) * _SMOOTH, (y + height) * _SMOOTH)
        rounded = min(radius, width / 2, height / 2) * _SMOOTH
        self._draw.rounded_rectangle(frame, rounded, fill=fill, outline=edge or None, width=_SMOOTH * 2 if edge else 0)

    def line(self, y: float, x: tuple[float, float]) -> None:
        """A level line of the grid."""
        self._draw.line((x[0] * _SMOOTH, y * _SMOOTH, x[1] * _SMOOTH, y * _SMOOTH), fill=_GRID, width=_SMOOTH * 2)

    def write(self, at: tuple[float, float], text: str, size: int, colour: str = _INK, *, anchor: str = "la", bold: bool = False) -> None:
        """A text; `anchor` as Pillow has it."""
        self._texts.append((at, text, size, colour, anchor, bold))

    def png(self) -> bytes:
        """The sheet, finished."""
        small = self._large.reduce(_SMOOTH)
        draw = ImageDraw.Draw(small)
        for at, text, size, colour, anchor, bold in self._texts:
            draw.text(at, text, fill=colour, font=_font(size), anchor=anchor, stroke_width=0.6 if bold else 0, stroke_fill=colour)
        written = io.BytesIO()
        small.save(written, "PNG")
        return written.getvalue()


def _tiles(sheet: _Sheet, tiles: Sequence[Tile], top: int) -> None:
    each = (WIDTH - 2 * _MARGIN - _GAP * (len(tiles) - 1)) / max(len(tiles), 1)
    for number, tile in enumerate(tiles):
        left = _MARGIN + number * (each + _GAP)
        sheet.box((left, top), (each, _TILE), 20, fill=_PANEL, edge=_GRID)
        sheet.write((left + 22, top + 20), _fitted(tile.label, 23, each - 40), 23, _GREY)
        sheet.write((left + 22, top + 52), _fitted(tile.value, 44, each - 40), 44, bold=True)
        sheet.write((left + 22, top + 108), _fitted(tile.note, 22, each - 40), 22, _GREY)


def _days(sheet: _Sheet, board: Board, top: int, *, title: str, colour: str, values: Sequence[float], say: Callable[[float], str]) -> None:
    sheet.box((_MARGIN, top), (WIDTH - 2 * _MARGIN, _CHART), 20, fill=_PANEL, edge=_GRID)
    sheet.write((_MARGIN + 26, top + 22), title, 28, bold=True)
    left, right, base, head = _MARGIN + 116, WIDTH - _MARGIN - 30, top + _CHART - 56, top + 84
    step = _step(max(values, default=0))
    steps = max(1, -(-max(values, default=0) // step)) if any(values) else 1
    for number in range(int(steps) + 1):
        y = base - (base - head) * number / steps
        sheet.line(y, (left, right))
        if any(values) or not number:
            sheet.write((left - 16, y), say(number * step), 22, _GREY, anchor="rm")
    if not any(values):
        sheet.write(((left + right) / 2, (head + base) / 2), "Nothing in these days", 28, _GREY, anchor="mm")
    slot = (right - left) / max(len(values), 1)
    wide = min(max(slot * 0.68, 1), 72)
    every = max(1, -(-len(values) // _LABELS))
    for number, value in enumerate(values):
        middle = left + slot * (number + 0.5)
        tall = (base - head) * value / (step * steps)
        if value:
            sheet.box((middle - wide / 2, base - max(tall, 3)), (wide, max(tall, 3)), 7, fill=colour)
        # Counted from the last day, which is today.
        if (len(values) - 1 - number) % every == 0:
            sheet.write((middle, base + 14), board.days[number].name, 22, _GREY, anchor="ma")


def _bars(sheet: _Sheet, title: str, bars: Sequence[Bar], at: tuple[int, int], size: tuple[int, int]) -> None:
    (left, top), (width, height) = at, size
    sheet.box((left, top), (width, height), 20, fill=_PANEL, edge=_GRID)
    sheet.write((left + 26, top + 22), title, 28, bold=True)
    inner = width - 52
    if not bars:
        sheet.write((left + 26, top + 84), "None in these days", 26, _GREY)
    most = max((bar.images for bar in bars), default=0)
    for number, bar in enumerate(bars):
        y = top + 76 + number * _ROW
        said = f"{bar.images:,} · {_dollars(bar.dollars)}"
        room = inner - _font(24).getlength(said) - 24
        sheet.write((left + 26, y), _fitted(_drawable(bar.name, number + 1), 24, room), 24)
        sheet.write((left + 26 + inner, y), said, 24, _GREY, anchor="ra")
        sheet.box((left + 26, y + 35), (inner, 12), 6, fill=_TRACK)
        if bar.images and most:
            sheet.box((left + 26, y + 35), (max(inner * bar.images / most, 12), 12), 6, fill=_IMAGES)


def _step(most: float) -> float:
    """A round distance between the lines of a grid: 1, 2 or 5 times a power of ten; of images, whole ones."""
    if most <= 0:
        return 1
    power = 0.01
    while True:
        for factor in (1, 2, 5):
            if most <= power * factor * _STEPS:
                return power * factor
        power *= 10


def _dollars(amount: float) -> str:
    if amount and amount < 1:
        return f"${amount:.2f}" if amount >= 0.01 else "<$0.01"  # noqa: PLR2004 - a cent
    return f"${amount:,.0f}" if amount >= 100 or amount == int(amount) else f"${amount:,.2f}"  # noqa: PLR2004 - cents matter below


def _fitted(text: str, size: int, room: float) -> str:
    """A text that is not wider than there is room."""
    font = _font(size)
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _drawable(name: str, number: int) -> str:
    """A name in letters that the font has, or its number in the list; the words beside the picture have every name as it is."""
    plain = "".join(letter if _has(letter) else _PLAIN.get(letter) or unicodedata.normalize("NFKD", letter)[0] for letter in name)
    return plain if plain and all(_has(letter) for letter in plain) else f"No. {number}"


@cache
def _has(letter: str) -> bool:
    if letter.isascii():
        return letter.isprintable()
    return _drawn(letter) != _drawn("\uffff")


def _drawn(letter: str) -> bytes:
    sheet = Image.new("L", (64, 64))
    ImageDraw.Draw(sheet).text((8, 8), letter, fill=255, font=_font(24))
    return sheet.tobytes()


@cache
def _font(size: int) -> Font:
    return ImageFont.load_default(size)
