"""A real process: `limner` started as a user starts it, spoken to as a browser does, and killed as only an operating system kills."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parents[2]
EVENTS = count()


@dataclass(kw_only=True)
class House:
    """Where a running Limner with the playground is found."""

    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def chat(self, who: str) -> AsyncGenerator["Chat"]:
        """Somebody's browser."""
        async with connect(f"ws://127.0.0.1:{self.port}/live?as={who}", max_size=None) as socket:
            yield Chat(socket=socket)


@dataclass(kw_only=True)
class Process(House):
    """A running `limner` and the address it said."""

    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """kill -9, of the process alone: it has no children."""
        self.process.kill()
        await self.process.wait()

    async def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


@dataclass(kw_only=True)
class Chat:
    """What somebody says to the playground."""

    socket: ClientConnection

    async def say(self, text: str, *, channel: str = "general", event: str = "") -> Mapping[str, Any]:
        """Send a line and wait for the acknowledgement."""
        key = event or f"event-{os.getpid()}-{next(EVENTS):06}"
        await self.socket.send(json.dumps({"do": "say", "event": key, "channel": channel, "text": text}))
        return await self._acknowledged(key)

    async def press(self, post: str, line: str) -> Mapping[str, Any]:
        key = f"event-{os.getpid()}-{next(EVENTS):06}"
        await self.socket.send(json.dumps({"do": "press", "event": key, "post": post, "line": line}))
        return await self._acknowledged(key)

    async def _acknowledged(self, key: str) -> Mapping[str, Any]:
        async with asyncio.timeout(20):
            while True:
                frame: dict[str, Any] = json.loads(await self.socket.recv())
                if frame.get("is") == "ack" and frame.get("event") == key:
                    return frame


@asynccontextmanager
async def started(folder: Path, command: str = "demo", **settings: str) -> AsyncGenerator[Process]:
    """A process on a folder; killed at the end if it still runs."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "SKETCH_"))},  # noqa: TID251 - a child process needs PATH and HOME
        "BOT_DATABASE_URL": f"sqlite:///{folder}/limner.db",
        "BOT_FILES_URL": f"{folder}/files",
        "BOT_HTTP_PORT": "0",
        "BOT_LOG_LEVEL": "info",
        "BOT_LOG_FORMAT": "json",
        # Small pictures of nothing, as in every story.
        "SKETCH_PIXELS": "65536",
        "SKETCH_ROUGH": "true",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    log = folder / "log"
    folder.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", command, stdout=asyncio.subprocess.PIPE, stderr=errors, env=environment, cwd=folder
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            said = (await process.stdout.readline()).decode()
        assert "http://" in said, said + log.read_text()
        yield Process(process=process, port=int(said.split("http://")[1].split("/")[0].split()[0].rsplit(":", 1)[1]))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def get(address: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(address)
