"""Prints: copies of pictures that Slack can show, made in two threads of their own: PNG, JPEG or GIF, not too large, covered where asked.

Slack's image blocks take no WebP, and what is very large loads slowly on a phone or is not shown at all. A picture that is fine stays as it
is, byte by byte, with its record inside.
"""

import asyncio
import io
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from bot.errors import PlatformFault

THREADS = 2
BYTES = 8 * 1024 * 1024
"""What Slack shows at ease; more is re-encoded."""
SIDE = 4096
"""Pixels, likewise."""
_PIXELS = 120_000_000
_COVER = 16
"""Pixels on the longer side that are left of a covered picture before it is blown up again: colours, and nothing else."""
_COVERED = 640
_QUALITY = 88
_EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif"}


@dataclass(frozen=True, kw_only=True)
class Print:
    """A copy to upload."""

    body: bytes
    extension: str
    whole: bool
    """Whether it is the picture itself and no copy."""


class Darkroom:
    """Makes prints off the loop. Raises PlatformFault for what is no picture."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="slack-prints")
        # Whoever forgets to close it leaves no threads behind.
        self._closing = weakref.finalize(self, self._pool.shutdown, wait=False, cancel_futures=True)

    def close(self) -> None:
        """Let the threads go."""
        self._closing()

    async def show(self, content: bytes) -> Print:
        """A picture as Slack shows it best."""
        return await self._run(shown, content)

    async def cover(self, content: bytes) -> Print:
        """A picture behind a blur through which nothing can be recognised."""
        return await self._run(covered, content)

    async def _run(self, work: Callable[[bytes], Print], content: bytes) -> Print:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, content)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise PlatformFault(f"The picture is damaged and cannot be shown ({type(error).__name__}).", permanent=True) from None


def shown(content: bytes) -> Print:
    """See `Darkroom.show`."""
    with Image.open(io.BytesIO(content)) as image:
        _check(image)
        extension = _EXTENSIONS.get(image.format or "")
        if extension and len(content) <= BYTES and max(image.size) <= SIDE:
            return Print(body=content, extension=extension, whole=True)
        profile: object = image.info.get("icc_profile")
        small = ImageOps.exif_transpose(image)
        small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        if small.has_transparency_data:
            return Print(body=_within(small.convert("RGBA"), "PNG", profile), extension="png", whole=False)
        return Print(body=_within(small.convert("RGB"), "JPEG", profile if image.mode == "RGB" else None), extension="jpg", whole=False)


def covered(content: bytes) -> Print:
    """See `Darkroom.cover`."""
    with Image.open(io.BytesIO(content)) as image:
        _check(image)
        image.draft("RGB", (_COVERED, _COVERED))
        tiny = ImageOps.exif_transpose(image).convert("RGB")
        width, height = tiny.size
        tiny.thumbnail((_COVER, _COVER), Image.Resampling.BOX)
    scale = _COVERED / max(width, height)
    large = tiny.resize((max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.BICUBIC)
    return Print(body=_encoded(large.filter(ImageFilter.GaussianBlur(_COVERED / 40)), "JPEG", None), extension="jpg", whole=False)


def _check(image: Image.Image) -> None:
    if image.width * image.height > _PIXELS:
        raise ValueError("too many pixels")


def _within(image: Image.Image, kind: str, profile: object) -> bytes:
    """The picture encoded, half as wide as often as it takes to fit."""
    while len(body := _encoded(image, kind, profile)) > BYTES:
        image = image.resize((max(1, image.width // 2), max(1, image.height // 2)), Image.Resampling.LANCZOS)
    return body


def _encoded(image: Image.Image, kind: str, profile: object) -> bytes:
    file = io.BytesIO()
    options: dict[str, object] = {"quality": _QUALITY} if kind == "JPEG" else {"compress_level": 4}
    if isinstance(profile, bytes):
        options["icc_profile"] = profile
    image.save(file, kind, **options)
    return file.getvalue()
