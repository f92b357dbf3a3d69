"""The terminal: a chat platform of one person, for `limner imagine` on the command line.

A job's card is a progress bar on standard error; its result is pictures written to a folder, and so is every file to download. Nothing
comes in by itself: the command line hands its one invocation to the hub.
"""

import re
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import Field
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.errors import PlatformFault
from bot.model import Attachment, CommandSpec, Content, Message, Person, Place, Post
from bot.plugins import Kit, Plugin, PluginSettings
from bot.ports import ASGI, Hub

_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


class TerminalSettings(PluginSettings):
    """Where pictures go."""

    out: Path = Field(Path(), description="Folder for pictures drawn by `limner imagine`.")


class Terminal:
    """Writes pictures to a folder, and shows progress while they are drawn."""

    name = "terminal"
    pause = 0.1
    ready = True
    pages: Mapping[str, ASGI] = {}

    def __init__(self, settings: TerminalSettings, kit: Kit, progress: Progress) -> None:
        self._out = settings.out
        self._kit = kit
        self._progress = progress
        self._bars: dict[str, int] = {}

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        """Nothing comes in here."""

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        """Show a card as a bar, or write a result's pictures."""
        if message.pictures and message.progress is None:
            await self._write(message)
            await self._write_documents(message)
        elif message.documents and message.progress is None:
            self._progress.console.print(message.text, markup=False)
            await self._write_documents(message)
        elif key not in self._bars:
            self._bars[key] = self._progress.add_task(message.body, total=1.0)
        return Post(place=place, id=key)

    async def edit(self, post: Post, message: Message) -> None:
        """Move the bar."""
        if post.id in self._bars:
            done = 1.0 if message.progress is None else message.progress
            self._progress.update(self._bars[post.id], completed=done, description=message.body.splitlines()[0] if message.body else "")  # pyright: ignore[reportArgumentType] - rich numbers its tasks with ints of a name of its own

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Say something, and write what comes with it."""
        self._progress.console.print(message.text, markup=False)
        await self._write(message)
        await self._write_documents(message)

    async def open_thread(self, post: Post, title: str) -> Place:
        """There is one place only."""
        return post.place

    async def fetch(self, attachment: Attachment) -> bytes:
        """A file named on the command line; its path is its id."""
        try:
            return Path(attachment.id).read_bytes()  # noqa: ASYNC240 - one person, one file, nobody else waits
        except OSError as error:
            raise PlatformFault(f"{attachment.name} cannot be read: {error.strerror}.", permanent=True) from None

    async def _write(self, message: Message) -> None:
        for picture in message.pictures:
            content = await self._kit.read(picture.original or picture.key)
            name = f"{_slug(message.title)}-{_slug(picture.title.rsplit('·', 1)[-1])}.{_EXTENSIONS.get(content.media_type, 'img')}"
            self._keep(name, content, "picture")

    async def _write_documents(self, message: Message) -> None:
        for document in message.documents:
            name = Path(document.name)
            ending = f".{_slug(name.suffix)}" if name.suffix else ""
            self._keep(f"{_slug(name.stem)}{ending}", await self._kit.read(document.key), "file")

    def _keep(self, name: str, content: Content, noun: str) -> None:
        """Write something into the folder, and its path on standard output."""
        path = self._out / name
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.body)
        except OSError as error:
            raise PlatformFault(f"The {noun} cannot be written to {self._out}: {error.strerror}.", permanent=True) from None
        self._progress.console.file.flush()
        Console(stderr=False, highlight=False).print(_printable(path), markup=False, soft_wrap=True)


def _printable(path: Path) -> str:
    """A path as standard output can write it: a terminal that knows ASCII alone must not cost a picture that is drawn."""
    encoding = sys.stdout.encoding or "utf-8"
    return str(path).encode(encoding, "backslashreplace").decode(encoding)


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.casefold()).strip("-_")[:60].rstrip("-") or "picture"


@asynccontextmanager
async def open_terminal(settings: TerminalSettings, kit: Kit) -> AsyncGenerator[Terminal]:
    """The terminal with its progress bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Terminal(settings, kit, progress)


PLUGIN = Plugin(about="The command line", settings=TerminalSettings, open=open_terminal)
