"""The playground's life and sending: a ChatPlatform that is its own chat service, with a browser page in front."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from types import MappingProxyType

import structlog
from pydantic import Field

from adapters.platforms.playground.cast import PLATFORM, Cast
from adapters.platforms.playground.database import open_database
from adapters.platforms.playground.desk import Desk
from adapters.platforms.playground.guard import Guard
from adapters.platforms.playground.history import open_history
from adapters.platforms.playground.live import Audience
from adapters.platforms.playground.outbound import Writer
from adapters.platforms.playground.pages import Pages
from adapters.platforms.playground.reading import Reading
from adapters.platforms.playground.room import Room
from adapters.platforms.playground.switchboard import Switchboard
from adapters.platforms.playground.uploads import Uploads
from bot.errors import PlatformFault, StoreFault
from bot.model import Attachment, CommandSpec, Entry, Message, Person, Place, Post, subject_of_person
from bot.plugins import Kit, PluginSettings
from bot.ports import ASGI, Hub

log = structlog.get_logger()


class PlaygroundSettings(PluginSettings):
    """The playground's settings."""

    open: bool = Field(
        default=False,
        description="true lets other machines in. There is no sign-in: whoever reaches the page can act as anybody, admins included.",
    )


class Playground:
    """Raises PlatformFault and nothing else."""

    name = PLATFORM
    pause = 0.25

    def __init__(self, room: Room, uploads: Uploads, switchboard: Switchboard, guard: Guard) -> None:
        self.cast = room.cast
        self._room = room
        self._uploads = uploads
        self._switchboard = switchboard
        self._guard = guard

    @property
    def ready(self) -> bool:
        """Whether people can say something right now."""
        return self._switchboard.desk is not None

    @property
    def pages(self) -> Mapping[str, ASGI]:
        """The chat itself, at the root."""
        return MappingProxyType({"/": self._guard})

    async def run(self, menu: Sequence[CommandSpec], hub: Hub) -> None:
        """Take what people do until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._switchboard.open(Desk(self._room, self._uploads, hub, tasks), menu)
            try:
                await asyncio.Event().wait()
            finally:
                self._switchboard.close()

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        """Post a message. The history knows every key, so the same key gives the same post, whatever came between."""
        return await self._room.post(place, message, key=key)

    async def edit(self, post: Post, message: Message) -> None:
        """Replace a post's content."""
        await self._room.edit(post, message)

    async def whisper(self, person: Person, place: Place, message: Message) -> None:
        """Show something to one person only; it stays until they put it away."""
        await self._room.whisper(person.id, place, message)

    async def open_thread(self, post: Post, title: str) -> Place:
        """The thread under a post."""
        return await self._room.open_thread(post, title)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of an upload."""
        upload = await self._uploads.find(attachment.id)
        if upload is None:
            raise PlatformFault(f"The upload {attachment.name!r} is not kept any more; attach it again.", permanent=True)
        return upload.body


@asynccontextmanager
async def open_playground(settings: PlaygroundSettings, kit: Kit) -> AsyncGenerator[Playground]:
    """The playground on its own database in the kit's folder."""
    cast = Cast(kit.admins)
    async with open_database(kit.folder / "playground.db") as database, open_history(database, kit.now) as history:
        audience = Audience(cast)
        room = Room(cast, history, Writer(kit.link, kit.now, kit.public_url), audience)
        uploads = Uploads(database, kit.now)
        switchboard = Switchboard(room, Reading(database), signed_in=_Visits(kit).note)
        pages = Pages(cast, uploads, switchboard)
        yield Playground(room, uploads, switchboard, Guard(pages.app, opened=settings.open, public_url=kit.public_url))


class _Visits:
    """Puts on record whom somebody began to act as, once a day: it is all the sign-in that the playground has."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._day: tuple[date, set[str]] = (date.min, set())

    async def note(self, person: Person) -> None:
        """Somebody opened the page as this person."""
        today = self._kit.now().date()
        day, seen = self._day
        if day != today:
            seen = set[str]()
            self._day = (today, seen)
        if person.id in seen:
            return
        seen.add(person.id)
        entry = Entry(act="signin.page", who=subject_of_person(person), platform=PLATFORM, workspace=person.workspace, at=self._kit.now())
        try:
            await self._kit.record(entry)
        except StoreFault as fault:
            log.warning("not on record", act=entry.act, reason=str(fault))
