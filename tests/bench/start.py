"""Start-up: from the command to the first answered request, beside an interpreter that only imports the libraries."""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.flows.process import get, started

RUNS = 5
LIBRARIES = (
    "import sqlalchemy.ext.asyncio, aiosqlite, uvicorn, starlette.applications, pydantic, structlog, typer, PIL.Image, obstore, pgqueuer"
)


async def main() -> None:
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS + 1):
            began = time.perf_counter()
            async with started(Path(folder)) as process:
                assert (await get(f"{process.address}/readyz")).status_code == 200
                times.append(time.perf_counter() - began)
                await process.terminate()
    bare: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await (await asyncio.create_subprocess_exec(sys.executable, "-c", LIBRARIES)).wait()
        bare.append(time.perf_counter() - began)
    ours, theirs = statistics.median(times[1:]), statistics.median(bare)
    print(  # noqa: T201 - a benchmark prints its figures
        f"start: ready after {ours:.2f} s (median of {RUNS}); "
        f"importing the same libraries alone takes {theirs:.2f} s; ratio {ours / theirs:.2f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
