"""The studio: where Limner works on pictures, with two threads of its own."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, ParamSpec, TypeVar

from bot.imaging import chart, copies, masks, metadata, pictures
from bot.imaging.chart import Board
from bot.imaging.copies import Prints
from bot.imaging.pictures import Facts
from bot.imaging.xmp import DigitalSource

THREADS = 2
"""Two are enough: Pillow lets go of the interpreter while it codes, and more would take the loop's core (libs.md §6)."""

P = ParamSpec("P")
R = TypeVar("R")


@asynccontextmanager
async def open_studio() -> AsyncGenerator["Studio"]:
    """A studio; work that waits when it closes is dropped, work in hand ends by itself."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="imaging")
    try:
        yield Studio(pool)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


class Studio:
    """Work on pictures, off the loop. Every method raises BadPicture with a sentence for the person, and nothing else unless it says so."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    async def check(self, content: bytes, *, name: str = "", most: int = pictures.UPLOAD) -> Facts:
        """What an upload is: a sound, still PNG, JPEG, WebP or GIF of so many bytes and 33 megapixels. `name` is for the sentence only."""
        return await self._run(pictures.check, content, name=name, most=most)

    async def clean(self, upload: bytes, *, name: str = "") -> bytes:
        """An upload made safe as a source image: checked, upright, sRGB, nothing written into it; PNG or JPEG."""
        return await self._run(copies.clean, upload, name=name)

    async def mask(self, upload: bytes, *, picture: bytes) -> bytes:
        """A mask for a picture, whatever somebody drew: a PNG of the picture's size, 8-bit greyscale, white = paint anew."""
        return await self._run(masks.mask, upload, picture)

    async def finish(self, original: bytes, record: Mapping[str, Any], *, source: DigitalSource = DigitalSource.TRAINED) -> Prints:
        """The original with its record inside (same pixels), a copy for showing (WebP, 1,600 px), a thumbnail (WebP, 320 px)."""
        return await self._run(copies.finish, original, record, source=source)

    async def read(self, content: bytes) -> dict[str, Any]:
        """The record that a picture carries, or another tool's parameters under the same names. Also raises NotFound."""
        return await self._run(metadata.read, content)

    async def grid(self, images: Sequence[bytes]) -> bytes:
        """One WebP with up to ten pictures, numbered."""
        return await self._run(copies.grid, images)

    async def preview(self, content: bytes) -> bytes:
        """A WebP of at most 512 pixels a side."""
        return await self._run(copies.preview, content)

    async def chart(self, board: Board) -> bytes:
        """A board of statistics as a PNG."""
        return await self._run(chart.chart, board)

    async def _run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **kwargs))
