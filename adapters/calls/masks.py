"""Masks: ours (8-bit greyscale, white = edit) in the forms that services ask for, made in two threads of their own.

Each form is a PNG of the size of the picture that it belongs to, for services refuse a mask of another size.
"""

import asyncio
import io
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.errors import FaultKind, ProviderFault

THREADS = 2


class Masks:
    """Converts masks off the loop. Raises ProviderFault BAD_REQUEST, certainly not accepted, where one of the two is no picture."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    async def white(self, mask: bytes, *, like: bytes) -> bytes:
        """Greyscale, white = edit, in the size of the picture `like`."""
        return await self._run(_white, mask, like)

    async def black(self, mask: bytes, *, like: bytes) -> bytes:
        """Greyscale, black = edit."""
        return await self._run(_black, mask, like)

    async def clear(self, mask: bytes, *, like: bytes) -> bytes:
        """RGBA, alpha 0 = edit; black where it is to stay."""
        return await self._run(_clear, mask, like)

    async def both(self, mask: bytes, *, like: bytes) -> bytes:
        """RGBA, white and alpha 0 = edit: for a service that may read either."""
        return await self._run(_both, mask, like)

    async def _run(self, work: Callable[[bytes, bytes], bytes], mask: bytes, like: bytes) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, mask, like)


@asynccontextmanager
async def open_masks() -> AsyncGenerator[Masks]:
    """Masks with threads of their own, which are let go with the block."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="masks")
    try:
        yield Masks(pool)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _white(mask: bytes, like: bytes) -> bytes:
    return _png(_fitted(mask, like))


def _black(mask: bytes, like: bytes) -> bytes:
    return _png(ImageOps.invert(_fitted(mask, like)))


def _clear(mask: bytes, like: bytes) -> bytes:
    kept = ImageOps.invert(_fitted(mask, like))
    nothing = Image.new("L", kept.size)
    return _png(Image.merge("RGBA", (nothing, nothing, nothing, kept)))


def _both(mask: bytes, like: bytes) -> bytes:
    edited = _fitted(mask, like)
    return _png(Image.merge("RGBA", (edited, edited, edited, ImageOps.invert(edited))))


def _fitted(mask: bytes, like: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(like)) as picture:
            size = picture.size
        with Image.open(io.BytesIO(mask)) as opened:
            grey = opened.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise ProviderFault("The mask or its picture cannot be read.", kind=FaultKind.BAD_REQUEST, accepted=False) from None
    return grey if grey.size == size else grey.resize(size, Image.Resampling.NEAREST)


def _png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
