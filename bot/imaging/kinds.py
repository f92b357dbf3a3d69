"""Kinds of files, told by their first bytes and never by their name."""

from types import MappingProxyType

from bot.errors import BadPicture

PNG = "image/png"
JPEG = "image/jpeg"
WEBP = "image/webp"
GIF = "image/gif"
FORMATS = MappingProxyType({PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP", GIF: "GIF"})
"""What is taken, with Pillow's word for it."""
ADVICE = "Send a PNG, JPEG or WebP file."

_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
_REFUSED = (
    (b"%PDF", "a PDF document", "Save the page as a PNG or JPEG and send that."),
    (b"PK\x03\x04", "a ZIP archive or an office document", "Take the picture out of it and send that."),
    (b"\x1f\x8b", "a compressed archive", "Unpack it and send the picture."),
    (b"BM", "a BMP picture", "Save it as PNG and send that."),
    (b"II*\x00", "a TIFF picture or a camera's raw file", "Save it as PNG or JPEG and send that."),
    (b"MM\x00*", "a TIFF picture or a camera's raw file", "Save it as PNG or JPEG and send that."),
    (b"8BPS", "a Photoshop document", "Export it as PNG and send that."),
    (b"\x00\x00\x01\x00", "an icon", "Save it as PNG and send that."),
    (b"\xff\x0a", "a JPEG XL picture", "Save it as PNG or JPEG and send that."),
    (b"\x1aE\xdf\xa3", "a video", "Send a single frame as PNG or JPEG."),
)
_BRANDS = (
    ((b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim"), "a HEIC photo", "Share it as JPEG (“Most Compatible”) and send that."),
    ((b"avif", b"avis"), "an AVIF picture", "Save it as PNG or JPEG and send that."),
)


def media_type(content: bytes, *, name: str = "") -> str:
    """The media type of a picture.

    Args:
        content: the file, or its first 1,024 bytes.
        name: the file's name, only to say in the refusal that it promised something else.

    Raises:
        BadPicture: it is none of the four kinds that are taken; the sentence says what it is.
    """
    if not content:
        raise BadPicture("This file is empty.", advice="Send it again; the upload may have been cut off.")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    what, advice = _other(content)
    promised = name.rpartition(".")[2].upper() if name.lower().endswith(_PICTURE_SUFFIXES) else ""
    sentence = f"This file is named as a {promised} picture but holds {what}." if promised else f"This is {what}, not a picture we take."
    raise BadPicture(sentence, advice=advice)


def _other(content: bytes) -> tuple[str, str]:
    """What a file is that is not taken, and what to do."""
    if content[4:8] == b"ftyp":
        known = [(what, advice) for brands, what, advice in _BRANDS if content[8:12] in brands]
        return known[0] if known else ("a video", "Send a single frame as PNG or JPEG.")
    known = [(what, advice) for start, what, advice in _REFUSED if content.startswith(start)]
    return known[0] if known else (_text(content), ADVICE)


def _text(content: bytes) -> str:
    text = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "an SVG drawing"
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "a web page"
    if text.startswith(b"<?xml"):
        return "an XML document"
    return "a file of an unknown kind" if b"\x00" in content[:1024] else "text"
