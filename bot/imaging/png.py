"""PNG files, chunk by chunk: the label is put in and read without touching a pixel."""

import struct
import zlib
from collections.abc import Iterator

from bot.imaging.label import LONGEST, Found, Label, damaged, too_long

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RECORD = b"limner"
PARAMETERS = b"parameters"
XMP = b"XML:com.adobe.xmp"
KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT".split())
"""What decides how the pixels look; everything else a vendor wrote is dropped, and so is what follows IEND."""


def size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header."""
    if content[12:16] != b"IHDR" or len(content) < 24:  # noqa: PLR2004 - signature, chunk head and two numbers
        raise damaged("PNG")
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def write(content: bytes, label: Label) -> bytes:
    """The same picture with a label, and without what a vendor wrote."""
    ours = [
        _itxt(PARAMETERS, label.parameters.replace("\x00", "").encode("utf-8", "replace")),
        _itxt(RECORD, label.record),
        _itxt(XMP, label.xmp),
    ]
    if label.turn:
        ours.append(_chunk(b"eXIf", label.turn))
    parts = [SIGNATURE]
    for kind, data in _chunks(content):
        if kind == b"IDAT" and ours:
            # Before the pixels, so that a reader finds the label without decoding them.
            parts += ours
            ours = []
        if kind in KEPT:
            parts.append(_chunk(kind, data))
    return b"".join(parts)


def read(content: bytes) -> Found:
    """The label of a file. Raises BadPicture where a text is longer than any honest one."""
    texts: dict[bytes, bytes] = {}
    for kind, data in _chunks(content):
        if kind in {b"tEXt", b"zTXt", b"iTXt"}:
            keyword, text = _text(kind, data)
            texts.setdefault(keyword, text)
    parameters = texts.get(PARAMETERS, b"")
    try:
        return Found(record=texts.get(RECORD, b""), parameters=parameters.decode())
    except UnicodeDecodeError:
        return Found(record=texts.get(RECORD, b""), parameters=parameters.decode("latin-1"))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 8 + length
        if end + 4 > len(content):
            raise damaged("PNG")
        yield kind, content[at + 8 : end]
        if kind == b"IEND":
            return
        at = end + 4
    raise damaged("PNG")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return b"".join((struct.pack(">I4s", len(data), kind), data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))))


def _itxt(keyword: bytes, text: bytes) -> bytes:
    # Uncompressed, without a language: the form that every reader takes.
    return _chunk(b"iTXt", keyword + b"\x00\x00\x00\x00\x00" + text)


def _text(kind: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Keyword and text of a text chunk; the text is left out where the keyword is none of ours."""
    keyword, _, rest = data.partition(b"\x00")
    if keyword not in {RECORD, PARAMETERS}:
        return keyword, b""
    packed = kind == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        packed, rest = rest[:1] == b"\x01", rest[2:]
        _, _, rest = rest.partition(b"\x00")
        _, _, rest = rest.partition(b"\x00")
    text = _unpack(rest) if packed else rest
    if len(text) > LONGEST:
        raise too_long()
    return keyword, text


def _unpack(packed: bytes) -> bytes:
    """Unpacked text, at most one byte more than is taken: a few kilobytes can unpack to gigabytes."""
    try:
        return zlib.decompressobj().decompress(packed, LONGEST + 1)
    except zlib.error as error:
        raise damaged("PNG") from error
