"""Pictures: sources brought within what a service takes, in two threads of their own.

A picture within its bounds is sent as it is, byte for byte.
"""

import asyncio
import io
import math
from collections.abc import AsyncGenerator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from PIL import Image, UnidentifiedImageError

from bot.errors import FaultKind, ProviderFault

THREADS = 2
_QUALITY = 92
_BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A picture to send. Width and height are in pixels."""

    body: bytes
    width: int
    height: int
    media_type: str

    @property
    def file(self) -> tuple[str, bytes, str]:
        """As a part of a multipart form: a name, the bytes, the media type."""
        return f"picture.{self.media_type.partition('/')[2]}", self.body, self.media_type


class Pictures:
    """Makes sources smaller off the loop. Raises ProviderFault BAD_REQUEST, certainly not accepted, for what is no picture."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    async def within(self, picture: bytes, *, pixels: int, side: int, size: int) -> Source:
        """A picture of at most so many pixels in all, so many a side and so many bytes, in its own shape."""
        work = partial(_within, picture, pixels=pixels, side=side, size=size)
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


@asynccontextmanager
async def open_pictures() -> AsyncGenerator[Pictures]:
    """Pictures with threads of their own, which are let go with the block."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="pictures")
    try:
        yield Pictures(pool)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _within(picture: bytes, *, pixels: int, side: int, size: int) -> Source:
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            width, height = opened.size
            scale = min(1.0, side / max(width, height), math.sqrt(pixels / (width * height)))
            if scale == 1.0 and len(picture) <= size:
                return Source(body=picture, width=width, height=height, media_type=f"image/{(opened.format or 'png').lower()}")
            mode = "RGBA" if opened.has_transparency_data else "RGB"
            smaller = opened.convert(mode)
    except _BROKEN:
        raise ProviderFault("The source picture cannot be read.", kind=FaultKind.BAD_REQUEST, accepted=False) from None
    while True:
        # Rounded down, so that the product stays within the bound.
        shape = max(1, int(width * scale)), max(1, int(height * scale))
        fitted = smaller if shape == smaller.size else smaller.resize(shape, Image.Resampling.LANCZOS)
        for kind in ("PNG", "WEBP" if mode == "RGBA" else "JPEG"):
            written = io.BytesIO()
            fitted.save(written, kind, quality=_QUALITY)
            if written.tell() <= size:
                return Source(body=written.getvalue(), width=shape[0], height=shape[1], media_type=f"image/{kind.lower()}")
        scale *= 0.7
