"""Jobs per second with an instant provider, on SQLite."""

import asyncio
import tempfile
import time
from pathlib import Path

from bot import logs
from tests.bench.easel import InstantProvider, imagine, open_easel, png

JOBS = 1000


async def measure() -> float:
    with tempfile.TemporaryDirectory() as folder:
        async with open_easel(Path(folder), InstantProvider(png(64))) as (app, platform):
            await imagine(app)
            await platform.results.acquire()
            began = time.perf_counter()
            for number in range(JOBS):
                await imagine(app, person=f"p{number % 20}")
            for _ in range(JOBS):
                await platform.results.acquire()
            return JOBS / (time.perf_counter() - began)


if __name__ == "__main__":
    logs.set_up(form="json", level="error")
    print(f"throughput: {asyncio.run(measure()):.0f} jobs/s ({JOBS} jobs, instant provider, 64 px pictures, SQLite)")  # noqa: T201 - a benchmark prints its figures
