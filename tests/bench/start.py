"""Start-up: from the command to the first answered request, beside an interpreter that only imports the libraries.

The first start of all is not counted: it compiles every module, as the first one after an installation does.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.flows.process import get, started

RUNS = 5
LIBRARIES = (
    "import sqlalchemy, aiosqlite, uvicorn, starlette.applications, pydantic_settings, structlog, typer, PIL.Image, obstore, pgqueuer, "
    "prometheus_client, disarm, ahocorasick_rs"
)


async def main() -> None:
    times: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        # What was compiled is kept here, whatever the shell that this runs in says of it.
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        for _ in range(RUNS + 1):
            began = time.perf_counter()
            async with started(Path(folder), **compiled) as process:
                assert (await get(f"{process.address}/readyz")).status_code == 200
                times.append(time.perf_counter() - began)
                await process.terminate()
        environment = {**os.environ, **compiled}  # noqa: TID251 - a child process needs PATH and HOME
        for _ in range(RUNS + 1):
            began = time.perf_counter()
            await (await asyncio.create_subprocess_exec(sys.executable, "-c", LIBRARIES, env=environment)).wait()
            bare.append(time.perf_counter() - began)
    ours, theirs = statistics.median(times[1:]), statistics.median(bare[1:])
    print(  # noqa: T201 - a benchmark prints its figures
        f"start: ready after {ours:.2f} s (median of {RUNS}); "
        f"importing the same libraries alone takes {theirs:.2f} s; ratio {ours / theirs:.2f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
