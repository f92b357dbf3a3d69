"""Copies: new pictures made from a picture, without anything that was written into it."""

import hashlib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms, ImageDraw, ImageFont, ImageOps

from bot.errors import BadPicture
from bot.imaging import kinds, metadata
from bot.imaging.pictures import ORIGINAL, UPLOAD, opened
from bot.imaging.xmp import DigitalSource

SHOWN = 1600
"""Longest side in pixels of the copy for showing."""
THUMBNAIL = 320
"""Longest side in pixels of a thumbnail."""
PREVIEW = 512
"""Longest side in pixels of a preview, and of a picture in an overview."""
MOST_IN_GRID = 10
GAP = 8
"""Pixels between the pictures of an overview."""
BACKGROUND = (24, 24, 27)
QUALITY = 82
EFFORT = 2
"""WebP's method: 2 takes less than half the time of the default and costs 3 kilobytes in 66 (libs.md §6)."""


@dataclass(frozen=True, kw_only=True)
class Prints:
    """What is kept of one result: the original with its record inside, a copy to show, a thumbnail."""

    original: bytes
    media_type: str
    width: int
    height: int
    digest: str
    """SHA-256 of `original`, hex."""
    shown: bytes
    shown_type: str
    shown_width: int
    shown_height: int
    thumbnail: bytes
    thumbnail_type: str


def finish(original: bytes, record: Mapping[str, Any], *, source: DigitalSource = DigitalSource.TRAINED) -> Prints:
    """The prints of a provider's picture.

    Args:
        original: what the provider sent.
        record: what was drawn, see `records.record_of`; width and height are added here.
        source: how the picture came to be, for the IPTC label.

    Raises:
        BadPicture: what the provider sent is no picture, or too large.
    """
    image, facts = opened(original, most=ORIGINAL)
    if facts.media_type == kinds.GIF:
        # A GIF has no place for a record that other tools would read; as PNG it loses nothing.
        return finish(_encode(upright(image), "PNG"), record, source=source)
    labelled = metadata.write(
        original,
        {**record, "width": facts.width, "height": facts.height},
        media_type=facts.media_type,
        orientation=facts.orientation,
        source=source,
    )
    shown = _reduced(upright(image), SHOWN)
    return Prints(
        original=labelled,
        media_type=facts.media_type,
        width=facts.width,
        height=facts.height,
        digest=hashlib.sha256(labelled).hexdigest(),
        shown=_webp(shown, xmp=metadata.xmp_of(record, source)),
        shown_type=kinds.WEBP,
        shown_width=shown.width,
        shown_height=shown.height,
        thumbnail=_webp(_reduced(shown, THUMBNAIL)),
        thumbnail_type=kinds.WEBP,
    )


def clean(upload: bytes, *, name: str = "", most: int = UPLOAD) -> bytes:
    """An upload as a source image: upright, in sRGB, 8 bits a channel, with nothing written into it, and itself fit to be an upload.

    JPEG stays JPEG (quality 95); PNG, GIF and whatever is transparent becomes PNG. What would have more than `most` bytes as PNG
    becomes JPEG, or half as wide where it is transparent.
    """
    image, facts = opened(upload, name=name)
    safe = upright(image)
    if facts.transparent:
        while len(content := _encode(safe, "PNG", compress_level=3)) > most:
            safe = _reduced(safe, max(safe.size) // 2)
        return content
    if facts.media_type in {kinds.PNG, kinds.GIF} and len(content := _encode(safe, "PNG", compress_level=3)) <= most:
        return content
    return _encode(safe.convert("RGB"), "JPEG", quality=95, subsampling=0)


def preview(content: bytes) -> bytes:
    """A small WebP of a picture, at most 512 pixels a side."""
    image, _ = opened(content, most=ORIGINAL)
    return _webp(_reduced(upright(image), PREVIEW))


def grid(images: Sequence[bytes]) -> bytes:
    """Up to ten pictures on one WebP, numbered from 1 as people type them.

    Raises:
        BadPicture: there is no picture, there are more than ten, or one cannot be read.
    """
    if not 1 <= len(images) <= MOST_IN_GRID:
        raise BadPicture(f"An overview takes 1 to {MOST_IN_GRID} pictures, not {len(images)}.")
    columns = _columns(len(images))
    small = [_reduced(upright(opened(content, most=ORIGINAL)[0]), PREVIEW).convert("RGBA") for content in images]
    width, height = max(one.width for one in small), max(one.height for one in small)
    rows = math.ceil(len(small) / columns)
    sheet = Image.new("RGB", (columns * (width + GAP) - GAP, rows * (height + GAP) - GAP), BACKGROUND)
    font = ImageFont.load_default(22)
    for number, one in enumerate(small, 1):
        row, column = divmod(number - 1, columns)
        left, top = column * (width + GAP), row * (height + GAP)
        sheet.paste(one, (left + (width - one.width) // 2, top + (height - one.height) // 2), one)
        if len(small) > 1:
            _number(ImageDraw.Draw(sheet), font, number, (left + 10, top + 10))
    return _webp(sheet)


def upright(image: Image.Image) -> Image.Image:
    """A picture turned as its EXIF says, in sRGB, as RGB or RGBA with 8 bits a channel, without metadata."""
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith(("I", "F")):
        turned = _eight_bits(turned)
    plain = _in_srgb(turned, profile).convert("RGBA" if turned.has_transparency_data else "RGB")
    plain.info = {}
    return plain


def _eight_bits(image: Image.Image) -> Image.Image:
    """A 16-bit grey picture as 8-bit grey; Pillow's own conversion would clip all but the darkest."""
    return image.convert("F").point(lambda value: value / 257 + 0.0).convert("L")


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The same colours in sRGB; as they are where the profile is missing or damaged."""
    if not isinstance(profile, bytes) or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    try:
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - Pillow does not say what a profile is
        converted = ImageCms.profileToProfile(image, theirs, ours, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return converted or image


def _reduced(image: Image.Image, longest: int) -> Image.Image:
    small = image.copy()
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return small


def _webp(image: Image.Image, *, xmp: bytes = b"") -> bytes:
    return _encode(image, "WEBP", quality=QUALITY, method=EFFORT, xmp=xmp)


def _encode(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _columns(count: int) -> int:
    """Two columns for 2 to 4 pictures, three for 5 to 9, five for 10: no row is left nearly empty."""
    return {1: 1, 2: 2, 3: 3, 4: 2, 5: 3, 6: 3, 7: 4, 8: 4, 9: 3}.get(count, 5)


def _number(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, number: int, at: tuple[int, int]) -> None:
    """A picture's number in its corner, light on dark so that it reads on any picture."""
    left, top = at
    box = (left, top, left + (34 if number < 10 else 46), top + 34)  # noqa: PLR2004 - two digits are wider
    draw.rounded_rectangle(box, radius=8, fill=BACKGROUND)
    draw.text(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), str(number), font=font, fill=(250, 250, 250), anchor="mm")
