"""JPEG files, segment by segment: the label is put in and read without touching a pixel."""

import re
import struct
from collections.abc import Iterator

from bot.imaging.label import Found, Label, damaged, user_comment

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
APP0, APP1, APP2, APP10, APP14, APP15, COM = 0xE0, 0xE1, 0xE2, 0xEA, 0xEE, 0xEF, 0xFE
EXIF = b"Exif\x00\x00"
XMP = b"http://ns.adobe.com/xap/1.0/\x00"
RECORD = b"Limner\x00"
"""The signature of our own APP10 segments; the number of the piece and of all pieces follow, 16 bits each."""
PROFILE = b"ICC_PROFILE\x00"
PIECE = 65_000
"""Bytes of the record in one segment; a segment holds 65,533."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset(range(0xD0, 0xD8)) | {0x01}
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the frame header."""
    for marker, data in _segments(content):
        if marker in _FRAMES and len(data) >= 5:  # noqa: PLR2004 - precision and two numbers
            height, width = struct.unpack_from(">HH", data, 1)
            return width, height
    raise damaged("JPEG")


def write(content: bytes, label: Label) -> bytes:
    """The same picture with a label, and without what a vendor wrote or hung behind the end."""
    head = [b"\xff\xd8"]
    body: list[bytes] = []
    for marker, data in _segments(content):
        if _kept(marker, data):
            # JFIF wants to come first, and EXIF right after it.
            (head if marker == APP0 else body).append(_segment(marker, data))
    pieces = [label.record[at : at + PIECE] for at in range(0, len(label.record), PIECE)]
    head.append(_segment(APP1, EXIF + label.exif))
    head.append(_segment(APP1, XMP + label.xmp))
    head += [_segment(APP10, RECORD + struct.pack(">HH", number, len(pieces)) + piece) for number, piece in enumerate(pieces, 1)]
    return b"".join((*head, *body, b"\xff\xd9"))


def read(content: bytes) -> Found:
    """The label of a file."""
    pieces: list[bytes] = []
    parameters = ""
    for marker, data in _segments(content):
        if marker == APP10 and data.startswith(RECORD):
            pieces.append(data[len(RECORD) + 4 :])
        elif marker == APP1 and data.startswith(EXIF) and not parameters:
            parameters = user_comment(data[len(EXIF) :])
    return Found(record=b"".join(pieces), parameters=parameters)


def _kept(marker: int, data: bytes) -> bool:
    """Whether a segment decides how the pixels look: tables, scans, JFIF, a colour profile, Adobe's note on the colour transform."""
    if marker == APP0:
        return data.startswith(b"JFIF\x00")
    if marker == APP2:
        return data.startswith(PROFILE)
    if marker == APP14:
        return data.startswith(b"Adobe")
    return not (APP1 <= marker <= APP15 or marker == COM)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers and their data up to the end of the picture; the data of a scan includes the coded pixels that follow."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:  # noqa: PLR2004 - every marker starts with it
            raise damaged("JPEG")
        marker = content[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - fill bytes may stand before a marker
            at += 1
            continue
        if marker == EOI:
            return
        if marker in _BARE:
            at += 2
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if end < at + 4 or end > len(content):
            raise damaged("JPEG")
        if marker == SOS:
            found = _NEXT.search(content, end)
            end = found.start() if found else len(content)
        yield marker, content[at + 4 : end]
        at = end


def _segment(marker: int, data: bytes) -> bytes:
    if marker == SOS:
        # The length covers the scan's header alone: one byte of count, two a component, three of spectrum.
        return struct.pack(">BBH", 0xFF, marker, 6 + 2 * data[0]) + data
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data
