"""Flight: memory and the longest stall of the event loop with 2,000 jobs in flight, beside the same process with none."""

import asyncio
import tempfile
import time
from pathlib import Path

import psutil

from bot import logs
from tests.bench.easel import InstantProvider, imagine, open_easel, png

JOBS = 2000
FLIGHT = 10
"""Seconds in which all are in the air and each is asked after every second."""


async def pulse(stalls: list[float]) -> None:
    """How late the loop came, every five milliseconds."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        stalls.append(time.perf_counter() - began - 0.005)


async def main() -> None:
    process = psutil.Process()
    # Open only when all are in the air, however long it takes to take them in.
    gate = asyncio.Event()
    with tempfile.TemporaryDirectory() as folder:
        async with open_easel(Path(folder), InstantProvider(png(64), gate=gate, running=JOBS)) as (app, platform):
            before = process.memory_info().rss
            stalls: list[float] = []
            async with asyncio.TaskGroup() as group:
                beat = group.create_task(pulse(stalls))
                for number in range(JOBS):
                    await imagine(app, person=f"p{number % 100}")
                while (await app.store.counts())["submitted"] < JOBS:
                    await asyncio.sleep(0.1)
                await asyncio.sleep(FLIGHT)
                during = process.memory_info().rss
                gate.set()
                for _ in range(JOBS):
                    await platform.results.acquire()
                beat.cancel()
    ordered = sorted(stalls)
    print(  # noqa: T201 - a benchmark prints its figures
        f"flight: {JOBS} jobs in flight: {during / 2**20:.0f} MiB, {(during - before) / 2**20:.0f} more than with none "
        f"({(during - before) / JOBS / 1024:.0f} KiB a job); loop stall longest {ordered[-1] * 1000:.0f} ms, "
        f"p99 {ordered[int(len(ordered) * 0.99)] * 1000:.1f} ms"
    )


if __name__ == "__main__":
    logs.set_up(form="json", level="error")
    asyncio.run(main())
