"""A stage: the playground with a small hub of its own that draws nothing, answers at once, and remembers what it was asked."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.platforms.playground import Playground, PlaygroundSettings, open_playground
from bot.errors import NotFound
from bot.model import Answer, CommandSpec, Content, Field, Form, Invocation, Kind, Message, Option, Person, Place, Tone
from bot.plugins import Kit

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
    ),
    submit="Draw",
)


class StageHub:
    """Answers `say X` with a whisper X, `remix` with a form, `refuse` with a warning, and all else with nothing; twice the same event, once."""

    def __init__(self) -> None:
        self.heard: list[Invocation] = []
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
            return Answer(whisper=Message(text="That is no prompt.", title="I did not understand that", tone=Tone.WARNING))
        if word == "remix" and invocation.options is None:
            return Answer(form=FORM)
        return Answer(job="7kq2" if word in {"imagine", "remix"} else "")

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
    kit = Kit(folder=folder, now=lambda: datetime.now(UTC), link=files.link, read=files.read, public_url=PUBLIC)
    async with open_playground(PlaygroundSettings(open=opened), kit) as playground, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(playground.run(MENU, hub or StageHub())) if run else None
        while run and not playground.ready:
            await asyncio.sleep(0)
        try:
            yield playground
        finally:
            if running:
                running.cancel()
