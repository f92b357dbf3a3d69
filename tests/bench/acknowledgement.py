"""Acknowledgement time: how long a command takes to be answered while 200 jobs run, beside the same with none."""

import asyncio
import tempfile
import time
from pathlib import Path

from bot import logs
from tests.bench.easel import InstantProvider, imagine, open_easel, png, quantiles

RUNNING = 200
COMMANDS = 300


async def measure(running: int) -> tuple[float, float]:
    """p50 and p99 in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_easel(Path(folder), InstantProvider(png(1024), delay=20, running=1000)) as (app, _):
            for number in range(running):
                await imagine(app, person=f"runner{number % 50}")
            while (await app.store.counts())["submitted"] < running:
                await asyncio.sleep(0.05)
            times: list[float] = []
            for number in range(COMMANDS):
                began = time.perf_counter()
                answer = await imagine(app, person=f"p{number % 30}")
                times.append(time.perf_counter() - began)
                assert answer.job
                await asyncio.sleep(0.01)
            return quantiles(times)


async def main() -> None:
    idle, busy = await measure(0), await measure(RUNNING)
    print(  # noqa: T201 - a benchmark prints its figures
        f"acknowledgement: p50 {busy[0]:.1f} ms, p99 {busy[1]:.1f} ms while {RUNNING} jobs run; "
        f"idle p50 {idle[0]:.1f} ms, p99 {idle[1]:.1f} ms; ratio of p50 {busy[0] / idle[0]:.2f}"
    )


if __name__ == "__main__":
    logs.set_up(form="json", level="error")
    asyncio.run(main())
