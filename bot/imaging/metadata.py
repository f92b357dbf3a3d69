"""Metadata: a record written into a picture file, and read back out of it."""

import json
from collections.abc import Mapping
from typing import Any, Never, cast

from bot.errors import BadPicture, NotFound
from bot.imaging import jpeg, kinds, parameters, png, webp, xmp
from bot.imaging.label import LONGEST, Found, Label, too_long
from bot.imaging.pictures import ORIGINAL


def write(content: bytes, record: Mapping[str, Any], *, media_type: str, orientation: int, source: xmp.DigitalSource) -> bytes:
    """The same picture with a record inside, in the forms `records`, `parameters` and `xmp`.

    Args:
        content: a sound PNG, JPEG or WebP file.
        record: a JSON-able mapping.
        media_type: what the file is.
        orientation: the EXIF orientation that its pixels need.
        source: how the picture came to be.
    """
    full = {**record, "digital_source_type": str(source)}
    label = Label(
        record=encode(full),
        parameters=parameters.write(full),
        xmp=xmp_of(record, source),
        orientation=orientation,
    )
    match media_type:
        case kinds.PNG:
            return png.write(content, label)
        case kinds.JPEG:
            return jpeg.write(content, label)
        case _:
            return webp.write(content, label)


def read(content: bytes) -> dict[str, Any]:
    """The record in a picture file; of another tool's file, what its parameters say, with `"tool": "parameters"`.

    Raises:
        NotFound: the picture carries neither.
        BadPicture: the file is no picture, is damaged, or carries what no honest tool writes.
    """
    if len(content) > ORIGINAL:
        raise BadPicture(f"This file has {len(content) / 1048576:.0f} MB; the most we read is {ORIGINAL // 1048576} MB.")
    found = _found(content, kinds.media_type(content))
    if found.record:
        return decode(found.record)
    settings = parameters.read(found.parameters)
    if settings:
        return {**settings, "tool": "parameters"}
    raise NotFound(
        "This picture carries no drawing data: neither a record of Limner's nor the “parameters” text of other tools.",
        advice="Chat apps and editors often strip it. Use the file as it was downloaded from its message, or type the prompt.",
    )


def encode(record: Mapping[str, Any]) -> bytes:
    """A record as JSON in UTF-8, the same bytes for the same record; halves of a surrogate pair become escapes."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def decode(text: bytes) -> dict[str, Any]:
    """A record from JSON. Raises BadPicture where it is too long, too deep, or no object."""
    if len(text) > LONGEST:
        raise too_long()
    try:
        record: object = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(record, dict):
        raise _unreadable()
    return cast("dict[str, Any]", record)


def xmp_of(record: Mapping[str, Any], source: xmp.DigitalSource) -> bytes:
    """The XMP packet of a record."""
    return xmp.packet(
        source=source,
        system=str(record.get("model") or ""),
        version=str(record.get("model_version") or ""),
        prompt=str(record.get("prompt") or ""),
    )


def _found(content: bytes, media_type: str) -> Found:
    match media_type:
        case kinds.PNG:
            return png.read(content)
        case kinds.JPEG:
            return jpeg.read(content)
        case kinds.WEBP:
            return webp.read(content)
        case _:
            return Found()


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON")


def _unreadable() -> BadPicture:
    return BadPicture(
        "The drawing data in this picture cannot be read: it is damaged or was changed.",
        advice="Use the file as it was downloaded from its message, or type the prompt.",
    )
