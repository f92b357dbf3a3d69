"""Pictures, opened safely: size, pixels and frames are known from the header before anything is decoded."""

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageFile

from bot.errors import BadPicture
from bot.imaging import jpeg, kinds, png, webp

UPLOAD = 25 * 1024 * 1024
"""The most bytes of an upload."""
ORIGINAL = 96 * 1024 * 1024
"""The most bytes of a provider's picture: 33 megapixels of PNG fit."""
PIXELS = 33_000_000
"""The most pixels; 33 million are an 8K frame, and about 130 MB in memory."""
SIDE = 16_383
"""The longest side in pixels; WebP has no longer one."""
MULTI_FRAME = "MPO"
"""Pillow's word for a JPEG of several pictures, as phones make them (portrait, HDR); its first picture is the photo."""

BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error, zlib.error)
"""What Pillow raises on damaged files."""
_TURNED = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a picture is. Width and height are in pixels, as people see it (EXIF orientation applied)."""

    media_type: str
    width: int
    height: int
    bytes: int
    transparent: bool
    """Whether it has an alpha channel or a transparent colour."""
    orientation: int = 1
    """EXIF orientation, 1 to 8."""


def check(content: bytes, *, name: str = "", most: int = UPLOAD) -> Facts:
    """What a picture is, decoded once in full to be sure of it.

    Args:
        content: the file.
        name: its name, for the sentence only.
        most: the most bytes.

    Raises:
        BadPicture: it is not a still picture of a kind, size and soundness that is taken.
    """
    return opened(content, name=name, most=most)[1]


def opened(content: bytes, *, name: str = "", most: int = UPLOAD) -> tuple[Image.Image, Facts]:
    """A decoded picture (not yet turned upright) and its facts; raises BadPicture as `check` does."""
    if len(content) > most:
        raise BadPicture(
            f"This file has {len(content) / 1048576:.0f} MB; the most we take is {most // 1048576} MB.",
            advice="Save it as JPEG or make it smaller, and send it again.",
        )
    kind = kinds.media_type(content, name=name)
    _refuse_giants(*_header_size(content, kind))
    try:
        image = Image.open(io.BytesIO(content), formats=(kinds.FORMATS[kind],))
        # Asked again of Pillow, because a crafted file may tell two readers two sizes.
        _refuse_giants(*image.size)
        _refuse_frames(image)
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _giant() from error
    except BROKEN as error:
        raise BadPicture(
            "This picture is damaged or cut off: it cannot be read to the end.",
            advice="Open it, save it again as PNG or JPEG, and send that.",
        ) from error
    orientation = _orientation(image)
    width, height = image.size[::-1] if orientation in _TURNED else image.size
    facts = Facts(
        media_type=kind,
        width=width,
        height=height,
        bytes=len(content),
        transparent=image.has_transparency_data,
        orientation=orientation,
    )
    return image, facts


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except BROKEN:
        # A damaged EXIF block says nothing of the pixels, which are sound.
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1  # noqa: PLR2004 - EXIF knows eight


def _header_size(content: bytes, kind: str) -> tuple[int, int]:
    """Width and height as the header says, before any decoder sees the file."""
    match kind:
        case kinds.PNG:
            return png.size(content)
        case kinds.JPEG:
            return jpeg.size(content)
        case kinds.WEBP:
            return webp.size(content)
        case _:
            return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")


def _refuse_giants(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise BadPicture("This picture has no pixels.", advice=kinds.ADVICE)
    if width * height > PIXELS or max(width, height) > SIDE:
        raise _giant(width, height)


def _giant(width: int = 0, height: int = 0) -> BadPicture:
    size = f"This picture is {width:,} × {height:,} pixels" if width else "This picture has too many pixels"
    return BadPicture(
        f"{size}; the most we take is {PIXELS // 1_000_000} megapixels, and {SIDE:,} pixels a side.",
        advice="Make it smaller (2,048 pixels on the longest side are plenty) and send it again.",
    )


def _refuse_frames(image: ImageFile.ImageFile) -> None:
    if image.format != MULTI_FRAME and getattr(image, "n_frames", 1) > 1:
        raise BadPicture("This picture moves: it has more than one frame.", advice="Send a single frame as PNG or JPEG.")
