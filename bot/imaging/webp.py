"""WebP files, chunk by chunk: the label is put in and read without touching a pixel."""

import struct
from collections.abc import Iterator

from bot.imaging.label import Found, Label, damaged, user_comment

RECORD = b"LMNR"
"""Our own chunk. The format lets unknown chunks follow the known ones, and has readers ignore them."""
HAS_PROFILE, HAS_ALPHA, HAS_EXIF, HAS_XMP = 0x20, 0x10, 0x08, 0x04

_LOSSY_START = b"\x9d\x01\x2a"
_LOSSLESS_START = 0x2F


def size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the first chunk."""
    for kind, data in _chunks(content):
        return _size(kind, data)
    raise damaged("WebP")


def write(content: bytes, label: Label) -> bytes:
    """The same picture with a label, and without what a vendor wrote or hung behind the end."""
    chunks = list(_chunks(content))
    if not chunks:
        raise damaged("WebP")
    width, height = _size(*chunks[0])
    by_kind = dict(chunks)
    pixels = [(kind, data) for kind, data in chunks if kind in {b"ALPH", b"VP8 ", b"VP8L"}]
    flags = HAS_EXIF | HAS_XMP
    if _has_alpha(by_kind):
        flags |= HAS_ALPHA
    parts: list[bytes] = []
    if b"ICCP" in by_kind:
        flags |= HAS_PROFILE
        parts.append(_chunk(b"ICCP", by_kind[b"ICCP"]))
    head = struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    parts = [_chunk(b"VP8X", head), *parts, *(_chunk(kind, data) for kind, data in pixels)]
    parts += [_chunk(b"EXIF", label.exif), _chunk(b"XMP ", label.xmp), _chunk(RECORD, label.record)]
    body = b"".join((b"WEBP", *parts))
    return b"RIFF" + struct.pack("<I", len(body)) + body


def read(content: bytes) -> Found:
    """The label of a file."""
    by_kind = dict(_chunks(content))
    exif = by_kind.get(b"EXIF", b"").removeprefix(b"Exif\x00\x00")
    return Found(record=by_kind.get(RECORD, b""), parameters=user_comment(exif) if exif else "")


def _size(kind: bytes, data: bytes) -> tuple[int, int]:
    if kind == b"VP8X" and len(data) >= 10:  # noqa: PLR2004 - flags and two numbers of three bytes
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if kind == b"VP8 " and data[3:6] == _LOSSY_START and len(data) >= 10:  # noqa: PLR2004 - frame head and two numbers
        width, height = struct.unpack_from("<HH", data, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and data[:1] == bytes([_LOSSLESS_START]) and len(data) >= 5:  # noqa: PLR2004 - signature and 32 bits
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise damaged("WebP")


def _has_alpha(by_kind: dict[bytes, bytes]) -> bool:
    if b"ALPH" in by_kind:
        return True
    lossless = by_kind.get(b"VP8L", b"")
    return len(lossless) >= 5 and bool(lossless[4] & 0x10)  # noqa: PLR2004 - signature and 32 bits, of which the 29th says it


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Chunks up to the end that the file's head states; `VP8X` comes first where there is one."""
    at = 12
    stop = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    while at + 8 <= stop:
        kind, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length
        if end > stop:
            raise damaged("WebP")
        yield kind, content[at + 8 : end]
        at = end + (length & 1)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(data)) + data + b"\x00" * (len(data) & 1)
