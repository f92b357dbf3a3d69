"""A label: what is written into a picture file, and the EXIF and text forms it takes there."""

import struct
from dataclasses import dataclass

from PIL import ExifTags, Image

from bot.errors import BadPicture

LONGEST = 1024 * 1024
"""The most bytes of any one text that is read from a file."""
USER_COMMENT_LONGEST = 60_000
"""The most bytes of an EXIF user comment: a JPEG segment holds 65,533."""
_UNICODE = b"UNICODE\x00"
_ASCII = b"ASCII\x00\x00\x00"


@dataclass(frozen=True, kw_only=True)
class Label:
    """What is written into a file."""

    record: bytes
    """The full record: JSON in UTF-8, without a zero byte."""
    parameters: str
    """The text form that other tools read."""
    xmp: bytes
    """An XMP packet."""
    orientation: int = 1
    """The EXIF orientation that the picture's pixels need, 1 to 8."""

    @property
    def exif(self) -> bytes:
        """EXIF (from the TIFF header on) with the parameters as user comment, and the orientation where the pixels need it."""
        exif = Image.Exif()
        if self.orientation != 1:
            exif[ExifTags.Base.Orientation] = self.orientation
        comment = self.parameters.encode("utf-16-be", "replace")[:USER_COMMENT_LONGEST]
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = _UNICODE + comment
        return exif.tobytes().removeprefix(b"Exif\x00\x00")

    @property
    def turn(self) -> bytes:
        """EXIF (from the TIFF header on) with nothing but the orientation, or nothing where the pixels are upright."""
        if self.orientation == 1:
            return b""
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = self.orientation
        return exif.tobytes().removeprefix(b"Exif\x00\x00")


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found in a file: our record, the text form, or neither."""

    record: bytes = b""
    parameters: str = ""


def user_comment(exif: bytes) -> str:
    """The user comment of an EXIF block (from the TIFF header on), or the empty string."""
    if len(exif) > LONGEST:
        raise too_long()
    reader = Image.Exif()
    try:
        reader.load(b"Exif\x00\x00" + exif)
        comment = reader.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment, b"")
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error):
        # A damaged EXIF block says nothing; the picture may still carry a record elsewhere.
        return ""
    return _comment_text(comment) if isinstance(comment, bytes) else str(comment)


def _comment_text(comment: bytes) -> str:
    if comment.startswith(_UNICODE):
        text = comment[len(_UNICODE) :]
        # EXIF leaves the byte order open. Latin letters have their zero byte first in big-endian text.
        order = "utf-16-be" if text[0::2].count(0) >= text[1::2].count(0) else "utf-16-le"
        return text.decode(order, "replace").removeprefix("\ufeff")
    return comment.removeprefix(_ASCII).removeprefix(b"\x00" * 8).decode("utf-8", "replace").strip("\x00")


def too_long() -> BadPicture:
    """The refusal of a text that no honest tool writes."""
    return BadPicture(
        "The data inside this picture is far longer than a prompt and its settings can be.",
        advice="Type the prompt instead, or send the picture as Limner posted it.",
    )


def damaged(what: str) -> BadPicture:
    """The refusal of a file whose container is broken."""
    return BadPicture(
        f"This {what} file is damaged: its parts do not fit together.",
        advice="Open it, save it again as PNG or JPEG, and send that.",
    )
