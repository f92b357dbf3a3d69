"""Calls: what the provider layer costs beside bare httpx, a thousand polls at once, and how soon a webhook moves a job,
and what forged ones cost.

    python -m tests.bench.calls

The vendor answers from a process of its own, so that its work is not counted as ours.
"""

import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import httpx
import psutil
from pydantic import SecretStr, TypeAdapter

from adapters.calls import Caller, Keys, Pace, open_caller
from bot import config, logs
from bot.app import Fakes, open_app
from bot.model import Capabilities, Delivery, Finished, Inputs, Notice, Operation, Pending, Progress, Request
from tests.bench.easel import SilentPlatform, imagine, open_easel, png, quantiles
from tests.bench.flight import pulse

if TYPE_CHECKING:
    from collections.abc import Generator

AT_ONCE = 64
CALLS = 1_280
ROUNDS = 5
POLLS = 1_000
POLLING = 10.0
DELIVERIES = 200
FORGED, ACKS = 1_000, 300
STATUS = TypeAdapter(dict[str, str])
Call = Callable[[], Awaitable[object]]


def _serve(ready: "Connection[int, None]") -> None:
    import uvicorn  # noqa: PLC0415 - in the vendor's process alone
    from starlette.applications import Starlette  # noqa: PLC0415
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    async def status(_: object) -> Response:
        return JSONResponse({"id": "7kq2mw9x", "status": "processing"})

    app = Starlette(routes=[Route("/job", status, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False))

    async def run() -> None:
        serving = asyncio.ensure_future(server.serve())  # noqa: TID251 - the process ends with it
        while not server.started:
            await asyncio.sleep(0.01)
        ready.send(server.servers[0].sockets[0].getsockname()[1])
        await serving

    asyncio.run(run())


@contextmanager
def vendor() -> "Generator[str]":
    """A vendor's address."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


async def rate(call: Call) -> float:
    """Microseconds a call, at 64 at once."""

    async def some(number: int) -> None:
        for _ in range(number):
            await call()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(some(CALLS // AT_ONCE))
    return (time.perf_counter() - began) / CALLS * 1e6


async def overhead(caller: Caller, http: httpx.AsyncClient, url: str) -> None:
    async def bare() -> object:
        answer = await http.post(f"{url}/job", json={"prompt": "a fox"}, headers={"Authorization": "Bearer k"})
        return STATUS.validate_json(answer.raise_for_status().content)

    async def ours() -> object:
        return (await caller.post("/job", json={"prompt": "a fox"})).read(STATUS)

    pairs = [(await rate(bare), await rate(ours)) for _ in range(ROUNDS)]
    ratios = sorted(layer / plain for plain, layer in pairs)
    print(  # noqa: T201 - a benchmark prints its figures
        f"calls: {AT_ONCE} at once: {median(layer for _, layer in pairs):.0f} us a call, "
        f"bare httpx {median(plain for plain, _ in pairs):.0f} us, ratio {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


async def polls(caller: Caller) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    stalls: list[float] = []
    asked = 0
    until = time.monotonic() + POLLING

    async def poll() -> None:
        nonlocal asked
        while time.monotonic() < until:
            (await caller.get("/job")).read(STATUS)
            asked += 1
            await asyncio.sleep(2.0)

    async with asyncio.TaskGroup() as group:
        beat = group.create_task(pulse(stalls))
        polling = [group.create_task(poll()) for _ in range(POLLS)]
        await asyncio.wait(polling)
        during = process.memory_info().rss
        beat.cancel()
    ordered = sorted(stalls)
    print(  # noqa: T201 - as above
        f"polls: {POLLS} jobs asked after every 2 s: {asked / POLLING:.0f} polls/s, {(during - before) / POLLS / 1024:.0f} KiB each, "
        f"loop stall p99 {ordered[int(len(ordered) * 0.99)] * 1000:.1f} ms, longest {ordered[-1] * 1000:.0f} ms"
    )


class Patient:
    """A service that is asked again only after half a minute, unless it calls."""

    name = "easel"

    def __init__(self) -> None:
        self.models: Mapping[str, Capabilities] = {"easel": Capabilities(name="easel", operations=frozenset(Operation), running=1_000)}
        self.checked: dict[str, float] = {}
        self.done: set[str] = set()

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        return Pending(ticket=key, check_after=25.0)

    async def check(self, ticket: str) -> Progress:
        self.checked[ticket] = time.perf_counter()
        return Finished(images=(png(64),), seed=1)

    async def cancel(self, ticket: str) -> None:
        return

    async def receive(self, delivery: Delivery) -> Notice | None:
        return Notice(ticket=delivery.body.decode(), event=delivery.body.decode())


async def deliveries() -> None:
    service = Patient()
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with open_easel(Path(folder), service, BOT_PUBLIC_URL="https://limner.example") as (app, platform):
            for number in range(DELIVERIES):
                answer = await imagine(app, person=f"p{number % 50}")
                ticket = f"{answer.job}-1"
                while await app.store.job_of_ticket("easel", ticket) is None:
                    await asyncio.sleep(0.005)
                began = time.perf_counter()
                await app.worker.receive("easel", Delivery(body=ticket.encode(), addressed=True))
                await platform.results.acquire()
                waits.append(service.checked[ticket] - began)
    p50, p99 = quantiles(waits)
    print(f"webhook: from the delivery to the service being asked: p50 {p50:.1f} ms, p99 {p99:.1f} ms")  # noqa: T201 - as above


async def forgeries() -> None:
    """How long an acknowledgement takes while somebody sends deliveries that prove nothing."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "BOT_PUBLIC_URL": "https://limner.example",
            "REPLICATE_API_TOKEN": "r8_none",
            "REPLICATE_BASE_URL": "http://127.0.0.1:1/v1",
            "BOT_DATABASE_URL": f"sqlite:///{folder}/limner.db",
            "BOT_FILES_URL": f"{folder}/files",
            "BOT_PROVIDERS": "replicate",
        }
        fakes = Fakes(platforms={"easel": SilentPlatform()}, moderators=[])
        async with open_app(config.load(config.BotSettings, "bot", environment), environment, fakes=fakes, serve=False) as app:
            body = json.dumps({"id": "p1", "status": "succeeded"}).encode()
            stop = asyncio.Event()
            sent = 0
            # The first of them asks for the secret, in vain; nobody asks again in the next minutes.
            first = {"webhook-id": "m", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,Zm9yZ2Vk"}
            await app.worker.receive("replicate", Delivery(headers=first, body=body))

            async def forge() -> None:
                nonlocal sent
                began = time.perf_counter()
                while not stop.is_set():
                    sent += 1
                    signs = {"webhook-id": f"m{sent}", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,Zm9yZ2Vk"}
                    await app.worker.receive("replicate", Delivery(headers=signs, body=body))
                    await asyncio.sleep(max(0.0, began + sent / FORGED - time.perf_counter()))

            for busy in (False, True):
                waits: list[float] = []
                async with asyncio.TaskGroup() as group:
                    if busy:
                        group.create_task(forge())
                    start = time.perf_counter()
                    for number in range(ACKS):
                        began = time.perf_counter()
                        await imagine(app, person=f"p{number}", line="quota")
                        waits.append(time.perf_counter() - began)
                        await asyncio.sleep(0.01)
                    rate = sent / (time.perf_counter() - start)
                    stop.set()
                p50, p99 = quantiles(waits)
                stop.clear()
                print(f"forged deliveries: {rate:,.0f}/s, acknowledgement p50 {p50:.1f} ms, p99 {p99:.1f} ms")  # noqa: T201 - as above


async def main() -> None:
    with vendor() as url:
        keys = Keys(lambda: SecretStr("k"), variable="EASEL_API_KEY")
        pace = Pace(calls=1_000_000, seconds=1)
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=40)
        opened = open_caller(
            vendor="Easel",
            base_url=url,
            now=lambda: datetime.now(UTC),
            keys=keys,
            sign=lambda key: {"Authorization": f"Bearer {key}"},
            pace=pace,
        )
        async with opened as caller, httpx.AsyncClient(limits=limits) as http:
            await overhead(caller, http, url)
            await polls(caller)
    await deliveries()
    await forgeries()


if __name__ == "__main__":
    logs.set_up(form="json", level="error")
    asyncio.run(main())
