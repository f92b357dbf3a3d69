"""An atelier: a vendor on loopback that speaks as two services do, gives every order a number, and remembers all of them."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from tests.bench.easel import png


class Atelier:
    """Black Forest Labs' tasks, asked for by number, and Recraft's pictures, given in the answer itself."""

    def __init__(self) -> None:
        self.url = ""
        self.seeds: list[int] = []
        """The seed of every order that was taken, in order."""
        self.looks: Counter[str] = Counter()
        self.open = asyncio.Event()
        """Whether tasks become ready."""
        self.open.set()
        self.refused: set[int] = set()
        """Seeds whose pictures the safety system holds back."""
        self.late: set[int] = set()
        """Seeds that are never ready."""
        self.down = False
        """Whether every answer is 503."""
        self.answering = asyncio.Event()
        """Whether orders are answered at all."""
        self.answering.set()
        self.accepted: set[str] | None = None
        """The keys that are accepted; None: all."""
        self.keys: list[str] = []
        """The key that came with each order, taken or not."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The environment that points both providers here."""
        return {
            "BFL_API_KEY": "bfl-key-nobody-may-read",
            "BFL_BASE_URL": self.url,
            "RECRAFT_API_TOKEN": "recraft-key-nobody-may-read",
            "RECRAFT_BASE_URL": f"{self.url}/v1",
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.down:
            return web.json_response({}, status=503)
        key = request.headers.get("x-key") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.method == "POST":
            self.keys.append(key)
        if self.accepted is not None and key not in self.accepted and not request.path.startswith("/results/"):
            return web.json_response({"detail": f"Not authenticated: {key}"}, status=401)
        if request.method == "POST":
            return await self._order(request)
        if request.path == "/v1/get_result":
            return web.json_response(self._standing(request.query["id"]))
        if found := re.fullmatch(r"/results/(\d+)\.png", request.path):
            return web.Response(body=png(64 + 8 * (int(found[1]) % 16)), content_type="image/png")
        return web.json_response({}, status=404)

    async def _order(self, request: web.Request) -> web.StreamResponse:
        said = json.loads(await request.read())
        first = said["seed"] if "seed" in said else said["random_seed"]
        self.seeds.append(first)
        # Taken is taken, whether or not the answer arrives.
        await self.answering.wait()
        number = len(self.seeds)
        if request.path.startswith("/v1/images/"):
            links = [{"url": f"{self.url}/results/{first + place}.png"} for place in range(said["n"])]
            return web.json_response({"credits": 35 * said["n"], "data": links})
        task = f"{number}-{first}"
        return web.json_response({"id": task, "polling_url": f"{self.url}/v1/get_result?id={task}", "cost": 3.0})

    def _standing(self, task: str) -> Mapping[str, object]:
        self.looks[task] += 1
        seed = int(task.partition("-")[2])
        if seed in self.refused:
            return {"id": task, "status": "Content Moderated"}
        if self.looks[task] < 2 or not self.open.is_set() or seed in self.late:
            return {"id": task, "status": "Pending", "progress": 0.5}
        return {"id": task, "status": "Ready", "result": {"sample": f"{self.url}/results/{seed}.png", "seed": seed}}


@asynccontextmanager
async def open_atelier() -> AsyncGenerator[Atelier]:
    """A vendor that answers until the block ends."""
    atelier = Atelier()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", atelier.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        atelier.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield atelier
    finally:
        atelier.answering.set()
        await runner.cleanup()
