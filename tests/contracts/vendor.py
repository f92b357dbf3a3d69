"""A vendor on loopback: a real HTTP server that answers what a test says, and remembers what it was asked."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, kw_only=True)
class Says:
    """One answer."""

    status: int = 200
    json: Any = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    stalls: bool = False
    """Takes the request and never answers."""
    breaks: bool = False
    """Takes the request and breaks the connection, in the middle of the body where there is one."""
    gate: asyncio.Event | None = None
    """Answers only when this is set."""
    halts: asyncio.Event | None = None
    """Answers with half of the body, and with the rest when this is set."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, as it came."""

    method: str
    path: str
    """With the query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def parts(self) -> dict[str, list[bytes]]:
        """The fields of a multipart or urlencoded form, each as often as it was there."""
        kind = self.headers.get("content-type", "")
        found: dict[str, list[bytes]] = {}
        boundary = re.search(r"boundary=([^;]+)", kind)
        if boundary is None:
            return found
        for part in self.body.split(b"--" + boundary[1].strip('"').encode())[1:-1]:
            head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
            name = re.search(rb'name="([^"]*)"', head)
            if name:
                found.setdefault(name[1].decode(), []).append(content)
        return found


class Vendor:
    """Answers by method and path. The last answer of a path is given again and again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.url = ""
        self._answers: list[tuple[str, re.Pattern[str], list[Says]]] = []
        self._ended = asyncio.Event()

    def on(self, method: str, path: str, *answers: Says) -> None:
        """What to answer to a path (a regular expression over path and query); a later word goes over an earlier one."""
        self._answers.insert(0, (method, re.compile(path), list(answers)))

    def heard(self, method: str, path: str = "") -> list[Asked]:
        """The requests of a method whose path matches."""
        return [each for each in self.asked if each.method == method and re.search(path, each.path)]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(method=request.method, path=request.path_qs, headers=headers, body=body))
        for method, path, answers in self._answers:
            if method == request.method and path.search(request.path_qs):
                return await self._say(request, answers.pop(0) if len(answers) > 1 else answers[0])
        return web.json_response({"error": "no such path"}, status=404)

    async def _say(self, request: web.Request, says: Says) -> web.StreamResponse:
        if says.gate is not None:
            await says.gate.wait()
        if says.stalls:
            await self._ended.wait()
        content = json.dumps(says.json).encode() if says.json is not None else says.body
        kind = {"Content-Type": "application/json"} if says.json is not None else {}
        if says.breaks:
            response = web.StreamResponse(status=says.status, headers={**kind, **says.headers, "Content-Length": str(len(content) + 100)})
            if content:
                await response.prepare(request)
                await response.write(content[: len(content) // 2])
            assert request.transport is not None
            request.transport.abort()
            return response
        if says.halts is not None:
            response = web.StreamResponse(status=says.status, headers={**kind, **says.headers, "Content-Length": str(len(content))})
            await response.prepare(request)
            await response.write(content[: len(content) // 2])
            await says.halts.wait()
            await response.write(content[len(content) // 2 :])
            return response
        return web.Response(status=says.status, body=content, headers={**kind, **says.headers})

    def end(self) -> None:
        self._ended.set()


@asynccontextmanager
async def open_vendor() -> AsyncGenerator[Vendor]:
    """A vendor that answers until the block ends."""
    vendor = Vendor()
    app = web.Application(client_max_size=256 * 1024**2)
    app.router.add_route("*", "/{path:.*}", vendor.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        vendor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield vendor
    finally:
        vendor.end()
        await runner.cleanup()
