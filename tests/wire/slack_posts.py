"""Slack's sending half on a small Slack: Posts with pictures to show, and nothing that waits."""

import asyncio
import heapq
import io
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from adapters.platforms.slack.clients import Clients
from adapters.platforms.slack.pace import Pace
from adapters.platforms.slack.posts import Posts
from adapters.platforms.slack.settings import SlackSettings
from adapters.platforms.slack.workspaces import Workspaces
from bot.errors import NotFound
from bot.model import Action, Content, Message, Person, Picture, Place, Tone
from bot.plugins import Kit
from tests.contracts.vaults import MemoryVault
from tests.wire.slack.server import SlackServer

TEAM = "T0LIMNER"
_QUIET = 10
"""Rounds of the loop without a call, after which nobody is about to make one."""
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(kw_only=True)
class Cabinet:
    """What the hub lends to a plugin: files by key, a vault, a clock."""

    files: dict[str, Content] = field(default_factory=dict[str, Content])
    vault: MemoryVault = field(default_factory=MemoryVault)
    public_url: str = "http://127.0.0.1:8080"
    now: datetime = NOW
    read: list[str] = field(default_factory=list[str])
    """Keys that were read, in order."""

    def keep(self, key: str, kind: str = "PNG", colour: str = "orange") -> str:
        """A small picture under a key."""
        file = io.BytesIO()
        Image.new("RGB", (64, 48), colour).save(file, kind)
        self.files[key] = Content(body=file.getvalue(), media_type=f"image/{kind.lower()}")
        return key

    def kit(self, folder: Path) -> Kit:
        return Kit(folder=folder, now=lambda: self.now, link=self.link, read=self.get, public_url=self.public_url, vault=self.vault)

    async def link(self, key: str, *, expires: timedelta, download: str = "") -> str:
        return f"{self.public_url}/files/{key}?expires={expires.days}&download={download}"

    async def get(self, key: str) -> Content:
        self.read.append(key)
        if key not in self.files:
            raise NotFound("That picture is not kept any more.")
        return self.files[key]


@dataclass(kw_only=True)
class Nap:
    """A clock that sleepers move on in the order in which they are to wake, and Slack's with it."""

    slack: SlackServer
    time: float = 1000.0
    waking: list[float] = field(default_factory=list[float])
    calls: int = 0

    async def sleep(self, seconds: float) -> None:
        until = self.time + seconds
        heapq.heappush(self.waking, until)
        quiet = 0
        while self.waking[0] < until or quiet < _QUIET:
            # Somebody else is to wake before, or somebody is at work: time stands still for as long.
            await asyncio.sleep(0)
            quiet = 0 if self.calls else quiet + 1
        heapq.heappop(self.waking)
        self.slack.pass_time(max(0.0, until - self.time))
        self.time = max(self.time, until)

    def watch(self) -> aiohttp.TraceConfig:
        """What tells it of calls under way."""

        async def begin(*_: Any) -> None:
            self.calls += 1

        async def end(*_: Any) -> None:
            self.calls -= 1

        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(begin)
        trace.on_request_end.append(end)
        trace.on_request_exception.append(end)
        return trace


@asynccontextmanager
async def open_posts(slack: SlackServer, cabinet: Cabinet, folder: Path) -> AsyncGenerator[Posts]:
    """Posts with the workspace's bot token; where it would wait, Slack's clock is moved instead (`posts.nap`)."""
    nap = Nap(slack=slack)
    settings = SlackSettings.model_validate({"bot_token": slack.bot_token, "api_url": slack.api_url})
    async with aiohttp.ClientSession(trace_configs=[nap.watch()]) as session:
        clients = Clients(settings, session, Workspaces(cabinet.vault))
        posts = Posts(clients, cabinet.kit(folder), pace=Pace(now=lambda: nap.time, sleep=nap.sleep), sleep=nap.sleep)
        try:
            yield posts
        finally:
            posts.close()


def place_of(slack: SlackServer, name: str, thread: str | None = None) -> Place:
    """A channel of the small workspace by its name."""
    channel = slack.find_channel(name)
    direct = channel.kind == "im"
    return Place(platform="slack", workspace=TEAM, channel=channel.id, thread=thread, direct=direct, private=channel.kind != "public")


def person_of(slack: SlackServer, name: str) -> Person:
    """Somebody of the small workspace by their name."""
    return Person(platform="slack", workspace=TEAM, id=slack.find_user(name).id, name=name)


def card(body: str = "Queued: position 1 in the queue.", *, tone: Tone = Tone.PLAIN, **more: Any) -> Message:
    """A card of a job."""
    return Message(text=f"“a red fox” for Ada. {body}", title="“a red fox”", body=body, tone=tone, job="3f2a", **more)


def result(cabinet: Cabinet, *, many: int = 1, kind: str = "PNG", **more: Any) -> Message:
    """A result with pictures, kept."""
    pictures = tuple(
        Picture(
            key=cabinet.keep(f"shown/{number}.webp", "WEBP"),
            original=cabinet.keep(f"images/{number}.{kind.lower()}", kind),
            alt=f"AI-generated image {number}: a red fox",
            title=f"{number} · seed {41 + number}",
            width=64,
            height=48,
            index=number,
            **more,
        )
        for number in range(1, many + 1)
    )
    return Message(
        text="a red fox for Ada: seed 42",
        title="a red fox",
        body="Rerun: exact.",
        context="sketch · seed 42 · job 3f2a",
        code="/imagine a red fox --seed 42",
        pictures=pictures,
        actions=(Action(label="Again", line="again 3f2a"), Action(label="Delete", line="delete 3f2a")),
        job="3f2a",
    )


def called(slack: SlackServer, method: str) -> list[Mapping[str, Any]]:
    """The arguments of every call of a method, in order, refused ones too."""
    return [call.args for call in slack.calls if call.method == method]


def mark(part: str, job: str = "3f2a") -> dict[str, Any]:
    """The metadata of a post of ours."""
    return {"event_type": "limner_post", "event_payload": {"job_id": job, "part": part}}
