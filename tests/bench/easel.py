"""The easel: an instant provider and a silent platform, so that a benchmark measures the bot and nothing else."""

import asyncio
import io
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from PIL import Image

from bot import config
from bot.app import App, Fakes, open_app, spare_collector
from bot.errors import FaultKind, ProviderFault
from bot.model import (
    Answer,
    Attachment,
    Capabilities,
    CommandSpec,
    Delivery,
    Finished,
    Inputs,
    Invocation,
    Message,
    Notice,
    Operation,
    Origin,
    Pending,
    Person,
    Place,
    Post,
    Progress,
    Request,
)
from bot.ports import ASGI, Hub, ImageProvider

NUMBERS = count()
PLACE = Place(platform="easel", workspace="w", channel="c")


def png(side: int) -> bytes:
    """A plain picture."""
    body = io.BytesIO()
    Image.new("RGB", (side, side), (180, 90, 40)).save(body, "PNG")
    return body.getvalue()


class InstantProvider:
    """Gives the same picture at once, or by polling: after `delay` seconds, and not before `gate` is open."""

    name = "easel"

    def __init__(self, picture: bytes, *, delay: float = 0.0, gate: asyncio.Event | None = None, running: int = 64) -> None:
        self._picture = picture
        self._delay = delay
        self._gate = gate
        self.models: Mapping[str, Capabilities] = {
            "easel": Capabilities(name="easel", operations=frozenset(Operation), running=running, keyed=True)
        }
        self._ready: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    async def submit(self, request: Request, inputs: Inputs, *, key: str) -> Progress:
        if not self._delay and not self._gate:
            return self._finished(request.count)
        self._counts[key] = request.count
        self._ready.setdefault(key, asyncio.get_running_loop().time() + self._delay)
        return Pending(ticket=key, check_after=min(1.0, self._delay) if self._delay else 1.0)

    async def check(self, ticket: str) -> Progress:
        if ticket not in self._ready:
            raise ProviderFault("The easel does not know that ticket.", kind=FaultKind.LOST)
        left = self._ready[ticket] - asyncio.get_running_loop().time()
        if left > 0:
            return Pending(ticket=ticket, check_after=min(1.0, left), fraction=1 - left / self._delay)
        if self._gate and not self._gate.is_set():
            return Pending(ticket=ticket, check_after=1.0)
        return self._finished(self._counts[ticket])

    async def cancel(self, ticket: str) -> None:
        self._ready.pop(ticket, None)

    async def receive(self, delivery: Delivery) -> Notice | None:
        return None

    def _finished(self, number: int) -> Finished:
        return Finished(images=(self._picture,) * number, seed=1)


class SilentPlatform:
    """Takes every message and keeps none."""

    name = "easel"
    pause = 1.0
    ready = True
    pages: Mapping[str, ASGI] = {}

    def __init__(self) -> None:
        self.posted: dict[str, Post] = {}
        self.results = asyncio.Semaphore(0)

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        await asyncio.Event().wait()

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        if key not in self.posted and key.endswith(":result"):
            self.results.release()
        return self.posted.setdefault(key, Post(place=place, id=key))

    async def edit(self, post: Post, message: Message) -> None:
        return

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        return

    async def open_thread(self, post: Post, title: str) -> Place:
        return post.place

    async def fetch(self, attachment: Attachment) -> bytes:
        return b""


@asynccontextmanager
async def open_easel(folder: Path, provider: ImageProvider, **settings: str) -> AsyncGenerator[tuple[App, SilentPlatform]]:
    """The assembled app, working, on a SQLite file in a folder."""
    platform = SilentPlatform()
    environment = {
        "BOT_DATABASE_URL": f"sqlite:///{folder}/limner.db",
        "BOT_FILES_URL": f"{folder}/files",
        "BOT_QUOTA_DAY": "1000000",
        "BOT_QUOTA_MONTH": "1000000",
        "BOT_RUNNING": "10000",
        "BOT_WAITING": "10000",
        **settings,
    }
    fakes = Fakes(platforms={"easel": platform}, providers={"easel": provider})
    async with open_app(config.load(config.BotSettings, "bot", environment), environment, fakes=fakes, serve=False) as app:
        spare_collector()
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(app.run(stop))
            yield app, platform
            stop.set()
            await running


async def imagine(app: App, *, person: str = "p", line: str = "imagine a red fox in the snow") -> Answer:
    """`/imagine` by somebody."""
    who = Person(platform="easel", workspace="w", id=person, name=person)
    return await app.dispatch.handle(Invocation(person=who, place=PLACE, event=f"e{next(NUMBERS)}", origin=Origin.COMMAND, line=line))


def quantiles(values: Sequence[float]) -> tuple[float, float]:
    """p50 and p99, in milliseconds."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] * 1000, ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000
