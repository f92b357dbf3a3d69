"""Overhead: command to posted image with an instant provider, beside a bare script that does the same I/O with no bot.

The bare script does what any program must do for one image that is not lost: write the job, label the picture and make its copies, store
the four files with their facts, post the card and the result, and write each of the job's four states; with sqlite3, Pillow and obstore
themselves, one after the other.
"""

import asyncio
import json
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot import logs
from bot.imaging import open_studio
from storage.files import open_files
from tests.bench.easel import InstantProvider, imagine, open_easel, png, quantiles

ROUNDS = 60
RECORD = {"prompt": "a red fox in the snow", "negative": "", "seed": 1, "model": "easel", "request": {"prompt": "a red fox in the snow"}}


async def bot(folder: Path, picture: bytes) -> list[float]:
    """Seconds from command to posted image."""
    times: list[float] = []
    async with open_easel(folder, InstantProvider(picture)) as (app, platform):
        await imagine(app)
        await platform.results.acquire()
        for number in range(ROUNDS):
            began = time.perf_counter()
            await imagine(app, person=f"p{number}")
            await platform.results.acquire()
            times.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)
    return times


async def bare(folder: Path, picture: bytes) -> list[float]:
    """The same I/O with no bot."""
    folder.mkdir()
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT, body TEXT)"
    )
    body = json.dumps(RECORD | {"filler": "x" * 1500})

    def write(kind: str) -> None:
        database.execute("INSERT INTO t (kind, body) VALUES (?, ?)", (kind, body))

    times: list[float] = []
    async with (
        open_studio() as studio,
        open_files(str(folder / "files"), secret=b"x" * 32, public_url="", now=lambda: datetime.now(UTC)) as files,
    ):
        for number in range(ROUNDS + 1):
            began = time.perf_counter()
            write("job")
            write("card")
            write("submitting")
            prints = await studio.finish(picture, RECORD | {"job": str(number)})
            owner = f"job{number}"
            await files.put(prints.original, kind="images", owner=owner, media_type=prints.media_type, facts={"prompt": "a red fox"})
            await files.put(prints.shown, kind="shown", owner=owner, media_type=prints.shown_type)
            await files.put(prints.thumbnail, kind="thumbnails", owner=owner, media_type=prints.thumbnail_type)
            write("generated")
            write("result")
            times.append(time.perf_counter() - began)
            write("delivered")
            await asyncio.sleep(0.05)
    return times[1:]


async def main() -> None:
    picture = png(1024)
    with tempfile.TemporaryDirectory() as folder:
        with_bot, without = quantiles(await bot(Path(folder) / "bot", picture)), quantiles(await bare(Path(folder) / "bare", picture))
    print(  # noqa: T201 - a benchmark prints its figures
        f"overhead: command to posted 1024×1024 image p50 {with_bot[0]:.1f} ms; bare script with the same I/O {without[0]:.1f} ms; "
        f"ratio {with_bot[0] / without[0]:.2f}"
    )


if __name__ == "__main__":
    logs.set_up(form="json", level="error")
    asyncio.run(main())
