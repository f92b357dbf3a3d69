"""A real `limner run` beside the small chats: started as a user starts it, and killed as only an operating system kills."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from storage.journal import open_journal
from tests.flows.process import ROOT
from tests.flows.story import environment, eventually
from tests.wire.chats import Chat


@dataclass(kw_only=True)
class Process:
    """A running bot and its log."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    @property
    def address(self) -> str:
        """Where its HTTP server is."""
        return next(line["address"] for line in reversed(self.lines) if line["event"] == "started")

    async def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        await self.process.wait()

    async def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()


@asynccontextmanager
async def started(
    folder: Path, *chats: Chat, command: str = "run", wait: bool = True, settings: Mapping[str, str] = MappingProxyType({})
) -> AsyncGenerator[Process]:
    """A bot on a folder, connected to these chats; killed at the end if it still runs."""
    said = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},  # noqa: TID251 - a child process needs them
        **environment(folder),
        "BOT_PLATFORMS": ",".join(chat.name for chat in chats),
        "BOT_LOG_FORMAT": "json",
        "PYTHONPATH": str(ROOT),
    }
    for chat in chats:
        said |= chat.settings
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    before = len(log.read_text().splitlines()) if log.exists() else 0
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", command, stdout=errors, stderr=errors, env={**said, **settings}, cwd=folder
        )
    running = Process(process=process, log=log)

    async def connected() -> bool:
        if process.returncode is not None:
            return True
        told = {line["event"] for line in running.lines[before:]}
        return "started" in told and all(HEARD[chat.name] in told for chat in chats)

    try:
        if wait:
            await eventually(connected, within=40)
        yield running
    finally:
        if process.returncode is None:
            await running.kill()


HEARD = {"slack": "slack line opened", "discord": "connected"}
"""What the log says once a chat is connected."""


async def all_over(folder: Path, *, within: float = 60.0) -> list[Any]:
    """Every job of a folder's journal, once all of them are over and their cards say so."""
    async with open_journal(f"sqlite:///{folder}/limner.db", migrate=False) as journal:

        async def over() -> bool:
            return not await journal.unfinished()

        await eventually(over, within=within)
        return list(await journal.recent(limit=1000))


async def count_jobs(folder: Path) -> int:
    async with open_journal(f"sqlite:///{folder}/limner.db", migrate=False) as journal:
        return len(await journal.recent(limit=1000))


async def posts_of(folder: Path, job: str) -> Any:
    """Where a job's messages landed, by key."""
    async with open_journal(f"sqlite:///{folder}/limner.db", migrate=False) as journal:
        return await journal.posts(job)
