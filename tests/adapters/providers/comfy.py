"""A ComfyUI on loopback: a queue, a history, files and a websocket, drawn by the test's hand or at once."""

import json
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.contracts.service import RECORDED


def recorded(name: str) -> Any:
    return json.loads((RECORDED / "comfyui" / f"{name}.json").read_text())


class Comfy:
    """What it was told, and what it will say."""

    def __init__(self) -> None:
        self.url = ""
        self.picture = b""
        self.at_once = False
        self.ending: dict[str, Any] = {}
        """What of the recorded ending is otherwise, where it draws at once."""
        self.breaks = False
        """Takes an order, and breaks the connection instead of answering."""
        self.orders: list[dict[str, Any]] = []
        self.pending: list[str] = []
        self.running: list[str] = []
        self.history: dict[str, Any] = {}
        self.uploads: list[tuple[str, bytes]] = []
        self.interrupts: list[Any] = []
        self.viewed: list[dict[str, str]] = []
        self.flags: list[Any] = []
        self.headers: list[str] = []
        self.sockets: dict[str, web.WebSocketResponse] = {}

    def graph(self, number: int = -1) -> dict[str, Any]:
        """The graph of an order."""
        return self.orders[number]["prompt"]

    def job(self, number: int = -1) -> str:
        """The id of an order."""
        return self.orders[number]["prompt_id"]

    def begin(self, job: str) -> None:
        """Take a job out of the queue."""
        self.pending.remove(job)
        self.running.append(job)

    def end(self, job: str, name: str = "history", **more: Any) -> None:
        """A job is over: as in a recorded entry of the history."""
        for place in (self.pending, self.running):
            if job in place:
                place.remove(job)
        self.history[job] = {**recorded(name), **more}

    def restart(self) -> None:
        """It was started anew, and knows nothing."""
        self.pending, self.running, self.history = [], [], {}

    async def tell(self, job: str, kind: str, **facts: Any) -> None:
        """An event, to whoever ordered the job."""
        await self._socket(job).send_str(json.dumps({"type": kind, "data": {"prompt_id": job, **facts}}))

    async def send(self, job: str, content: bytes) -> None:
        """Bytes, likewise."""
        await self._socket(job).send_bytes(content)

    def _socket(self, job: str) -> web.WebSocketResponse:
        client = next(order["client_id"] for order in self.orders if order["prompt_id"] == job)
        return self.sockets[client]

    async def _order(self, request: web.Request) -> web.StreamResponse:
        order = await request.json()
        self.headers.append(request.headers.get("Authorization", ""))
        self.orders.append(order)
        self.pending.append(order["prompt_id"])
        if self.at_once:
            self.end(order["prompt_id"], **self.ending)
        if self.breaks:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({**recorded("taken"), "prompt_id": order["prompt_id"]})

    async def _queue(self, _: web.Request) -> web.Response:
        # The heap's order is not the order they run in: the number is.
        pending: list[Any] = [[number, job, {}, {}, []] for number, job in enumerate(self.pending, start=10)]
        running: list[Any] = [[1, job, {}, {}, []] for job in self.running]
        return web.json_response({"queue_running": running, "queue_pending": pending[::-1]})

    async def _unqueue(self, request: web.Request) -> web.Response:
        gone = (await request.json()).get("delete", [])
        self.pending = [job for job in self.pending if job not in gone]
        return web.Response()

    async def _interrupt(self, request: web.Request) -> web.Response:
        self.interrupts.append(await request.json())
        for job in list(self.running):
            self.end(job, "interrupted")
        return web.Response()

    async def _history(self, request: web.Request) -> web.Response:
        job = request.match_info["job"]
        return web.json_response({job: self.history[job]} if job in self.history else {})

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        field: Any = form["image"]
        self.uploads.append((field.filename, field.file.read()))
        return web.json_response({"name": f"kept-{len(self.uploads)}.png", "subfolder": str(form["subfolder"]), "type": "input"})

    async def _view(self, request: web.Request) -> web.Response:
        self.viewed.append(dict(request.query))
        return web.Response(body=self.picture, content_type="image/png") if self.picture else web.Response(status=404)

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.headers.append(request.headers.get("Authorization", ""))
        self.sockets[request.query["clientId"]] = socket
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.flags.append(json.loads(message.data))
        return socket

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024**2)
        app.add_routes(
            [
                web.post("/prompt", self._order),
                web.get("/queue", self._queue),
                web.post("/queue", self._unqueue),
                web.post("/interrupt", self._interrupt),
                web.get("/history/{job}", self._history),
                web.post("/upload/image", self._upload),
                web.get("/view", self._view),
                web.get("/ws", self._listen),
            ]
        )
        return app


def preview(picture: bytes) -> bytes:
    """As older servers send one, who do not say whose it is."""
    return struct.pack(">II", 1, 1) + picture


def preview_of(job: str, picture: bytes) -> bytes:
    """As newer servers send one."""
    facts = json.dumps({"prompt_id": job, "node_id": "sampler", "image_type": "image/jpeg"}).encode()
    return struct.pack(">II", 4, len(facts)) + facts + picture


@asynccontextmanager
async def open_comfy() -> AsyncGenerator[Comfy]:
    """A ComfyUI until the block ends."""
    comfy = Comfy()
    runner = web.AppRunner(comfy.app(), shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        comfy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield comfy
    finally:
        await runner.cleanup()
