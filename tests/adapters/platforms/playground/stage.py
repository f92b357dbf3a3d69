"""A stage: the playground with a small hub of its own that draws nothing, answers at once, and remembers what it was asked."""

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from adapters.platforms.playground import Playground, PlaygroundSettings, open_playground
from bot.errors import NotFound
from bot.model import (
    Action,
    Answer,
    CommandSpec,
    Content,
    Field,
    Form,
    Invocation,
    Kind,
    Message,
    Option,
    Origin,
    Person,
    Picture,
    Place,
    Tone,
)
from bot.plugins import Kit
from tests.contracts.vaults import MemoryVault

T = TypeVar("T")
NOTHING: dict[str, Any] = {}
PUBLIC = "http://127.0.0.1:8080"
MENU = (
    CommandSpec(
        name="imagine",
        about="Draw what you say",
        options=(
            Option(name="prompt", kind=Kind.TEXT, about="What to draw", positional=True, rest=True, required=True, example="a red fox"),
            Option(name="ar", kind=Kind.RATIO, about="Aspect ratio", example="16:9"),
            Option(name="count", kind=Kind.INTEGER, about="How many images", least=1, most=4, example="4"),
            Option(name="seed", kind=Kind.INTEGER, about="Same seed, same picture", least=0, most=2**32 - 1, example="42"),
            Option(name="no", kind=Kind.TEXT, about="What to leave out", example="text"),
            Option(name="style", kind=Kind.STYLE, about="A style", example="watercolour"),
        ),
        example="imagine a red fox in the snow --ar 16:9 --count 4",
    ),
    CommandSpec(
        name="remix", about="Change words in a form", options=(Option(name="job", kind=Kind.JOB, about="The job", positional=True),)
    ),
    CommandSpec(name="help", about="How this works"),
    CommandSpec(name="keep", about="Only buttons say this", hidden=True),
)
FORM = Form(
    title="Remix 7kq2",
    line="remix 7kq2",
    fields=(
        Field(name="prompt", label="Prompt", value="a red fox", required=True, long=True),
        Field(name="count", label="Images", value="2", numeric=True),
        Field(name="style", label="Style", choices=("ink", "watercolour")),
        Field(name="image", label="Picture", file=True),
    ),
    submit="Draw",
)


class StageHub:
    """Answers `say X` with a whisper X, `remix` with a form, `refuse` with a warning, all else with nothing, and an event once."""

    def __init__(self) -> None:
        self.heard: list[Invocation] = []
        self.homes: list[tuple[str, Place]] = []
        self.events: set[str] = set()
        self.gate = asyncio.Event()
        self.gate.set()

    async def handle(self, invocation: Invocation) -> Answer:
        await self.gate.wait()
        if invocation.event in self.events:
            return Answer()
        self.events.add(invocation.event)
        self.heard.append(invocation)
        word, _, rest = invocation.line.partition(" ")
        if word == "say":
            return Answer(whisper=Message(text=rest))
        if word == "break":
            raise RuntimeError("on purpose")
        if word == "refuse" or (invocation.options or {}).get("prompt") == "nothing":
            warning = Message(text="That is no prompt.", title="I did not understand that", tone=Tone.WARNING)
            return Answer(whisper=warning, field="prompt" if invocation.origin is Origin.FORM else "")
        if (word == "remix" and invocation.options is None) or rest == "--form":
            return Answer(form=FORM)
        return Answer(job="7kq2" if word in {"imagine", "remix"} else "")

    async def home(self, person: Person, place: Place) -> Sequence[Message]:
        self.homes.append((person.id, place))
        return (
            Message(text="How to begin", actions=(Action(label="Say hello", line="say hello"),)),
            Message(text="Last", pictures=(Picture(key="images/a.webp", original="images/a.png", alt="a fox", width=16, height=9),)),
        )

    async def complete(self, person: Person, place: Place, *, command: str, option: str, typed: str) -> Sequence[str]:
        del person, place, command
        return [value for value in {"ar": ["1:1", "16:9"], "style": ["ink", "watercolour"]}.get(option, []) if value.startswith(typed)]


class StageFiles:
    """Bytes by key, with links that name the key and count how often they were made."""

    def __init__(self) -> None:
        self.contents: dict[str, Content] = {}
        self.links = 0

    def put(self, body: bytes, media_type: str = "image/png") -> str:
        key = f"images/{hashlib.sha256(body).hexdigest()}.png"
        self.contents[key] = Content(body=body, media_type=media_type)
        return key

    async def link(self, key: str, *, expires: timedelta, download: str = "") -> str:
        self.links += 1
        return f"{PUBLIC}/files/{key}?expires={int(expires.total_seconds())}&download={download}&n={self.links}"

    async def read(self, key: str) -> Content:
        if key not in self.contents:
            raise NotFound("There is no such file.")
        return self.contents[key]


@asynccontextmanager
async def open_stage(
    folder: Path, *, hub: StageHub | None = None, files: StageFiles | None = None, opened: bool = False, run: bool = True
) -> AsyncGenerator[Playground]:
    """The playground in a folder, running with a hub."""
    files = files or StageFiles()
    kit = Kit(folder=folder, now=lambda: datetime.now(UTC), link=files.link, read=files.read, public_url=PUBLIC, vault=MemoryVault())
    async with open_playground(PlaygroundSettings(open=opened), kit) as playground, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(playground.run(MENU, hub or StageHub())) if run else None
        while run and not playground.ready:
            await asyncio.sleep(0)
        try:
            yield playground
        finally:
            if running:
                running.cancel()


class Tab:
    """A browser tab, without the browser: speaks the page's side of the WebSocket, straight into the application."""

    def __init__(self, playground: Playground, person: str, *, since: int | None = None) -> None:
        self.frames: list[dict[str, Any]] = []
        self.items: dict[str, dict[str, Any]] = {}
        self.change = since or 0
        self.closed: int | None = None
        self._app = playground.pages["/"]
        self._query = {"as": person} | ({} if since is None else {"since": str(since)})
        self._inbox: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self._news = asyncio.Condition()

    async def run(self, headers: Mapping[str, str]) -> None:
        """Stay connected until closed."""
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": "/live",
            "raw_path": b"/live",
            "root_path": "",
            "query_string": urlencode(self._query).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8080),
            "subprotocols": [],
        }
        await self._inbox.put({"type": "websocket.connect"})
        await self._app(scope, self._inbox.get, self._take)

    async def _take(self, message: Mapping[str, Any]) -> None:
        async with self._news:
            if message["type"] == "websocket.close":
                self.closed = message.get("code", 1000)
            elif message["type"] == "websocket.send":
                frame = json.loads(message["text"])
                self.frames.append(frame)
                if frame["is"] == "messages":
                    for item in frame["items"]:
                        assert item["change"] > self.change or self.items.get(item["id"], {}).get("change", 0) < item["change"]
                        self.items[item["id"]] = item
                        self.change = max(self.change, item["change"])
            self._news.notify_all()

    async def send(self, frame: Mapping[str, Any] | str) -> None:
        """A frame, or a text that is none."""
        await self._inbox.put({"type": "websocket.receive", "text": frame if isinstance(frame, str) else json.dumps(frame)})

    async def until(self, there: Callable[["Tab"], T]) -> T:
        """Wait until something is there, and give it."""
        async with asyncio.timeout(10), self._news:
            while not (found := there(self)):
                await self._news.wait()
        return found

    async def frame(self, kind: str, **fields: object) -> dict[str, Any]:
        """Wait for a frame."""

        def there(tab: Tab) -> dict[str, Any]:
            return next((one for one in tab.frames if one["is"] == kind and all(one.get(name) == fields[name] for name in fields)), NOTHING)

        return await self.until(there)

    async def item(self, text: str) -> dict[str, Any]:
        """Wait for a message with a text."""
        return await self.until(lambda tab: next((one for one in tab.items.values() if text in one["content"].get("text", "")), NOTHING))

    async def do(self, **deed: object) -> dict[str, Any]:
        """Do something, and wait for its acknowledgement."""
        event = deed.setdefault("event", f"event-{next(_EVENTS):08d}")
        await self.send(deed)
        return await self.frame("ack", event=event)

    async def say(self, text: str, *, channel: str = "general", root: str | None = None, **more: object) -> dict[str, Any]:
        """Type something and press Enter."""
        return await self.do(do="say", channel=channel, root=root, text=text, **more)

    async def load(self, channel: str = "general", **more: object) -> dict[str, Any]:
        """Ask for a page of messages."""
        ask = next(_EVENTS)
        await self.send({"do": "load", "ask": ask, "channel": channel, **more})
        return await self.frame("page", ask=ask)

    async def close(self) -> None:
        """Go away, as a closed tab does."""
        await self._inbox.put({"type": "websocket.disconnect", "code": 1001})


_EVENTS = count(1)
_HEADERS = {"host": "127.0.0.1:8080"}


@asynccontextmanager
async def open_tab(
    playground: Playground, person: str = "ada", *, since: int | None = None, headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Tab]:
    """A tab, open and welcomed (or refused)."""
    tab = Tab(playground, person, since=since)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(tab.run(headers or _HEADERS))
        await tab.until(lambda one: one.frames or one.closed)
        try:
            yield tab
        finally:
            await tab.close()
