"""A sender: Discord's sending half on a small Discord, with the real discord.py and files to show."""

import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from adapters.platforms.discord.posts import Posts
from bot.errors import NotFound
from bot.model import Action, Content, Message, Person, Picture, Place, Post, Tone
from bot.plugins import Kit
from tests.contracts.vaults import MemoryVault
from tests.wire.discord.guest import Guest, connected
from tests.wire.discord.messages import Message as Seen
from tests.wire.discord.server import DiscordServer, open_discord

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
JOB = "7kq2mw9x"
CARD, RESULT = f"{JOB}:card", f"{JOB}:result"
POST, EDIT = "POST /channels/{channel_id}/messages", "PATCH /channels/{channel_id}/messages/{message_id}"


@dataclass(kw_only=True)
class Shelf:
    """What the hub lends to a platform."""

    files: dict[str, Content] = field(default_factory=dict[str, Content])

    def keep(self, key: str, *, side: int = 64, kind: str = "PNG") -> str:
        file = io.BytesIO()
        Image.effect_noise((side, side), 90).convert("RGB").save(file, kind)
        self.files[key] = Content(body=file.getvalue(), media_type=f"image/{kind.lower()}")
        return key

    async def read(self, key: str) -> Content:
        if key not in self.files:
            raise NotFound("There is no such file.")
        return self.files[key]

    async def link(self, key: str, *, expires: timedelta, download: str = "") -> str:
        return f"https://limner.example/files/{key}?download={download}"

    def kit(self) -> Kit:
        public = "https://limner.example"
        return Kit(folder=Path(), now=lambda: NOW, link=self.link, read=self.read, public_url=public, vault=MemoryVault())


@dataclass(kw_only=True)
class Sender:
    """Posts on a server, and what people there see."""

    server: DiscordServer
    guest: Guest
    shelf: Shelf
    posts: Posts

    def place(self, channel: str = "general", **more: Any) -> Place:
        found = self.server.channel(channel)
        if found.guild is None:
            return Place(platform="discord", workspace="dm", channel=str(found.id), direct=True)
        if found.parent:
            return Place(platform="discord", workspace=str(found.guild.id), channel=str(found.parent.id), thread=str(found.id), **more)
        return Place(platform="discord", workspace=str(found.guild.id), channel=str(found.id), **more)

    def person(self, name: str = "ada") -> Person:
        return Person(platform="discord", workspace=str(self.server.guild.id), id=str(self.server.user(name).id), name=name)

    def seen(self, post: Post) -> Seen:
        return self.server.world.messages[int(post.id)]

    def restart(self) -> None:
        """Forgets everything, as a new process would have."""
        self.posts = Posts(self.guest, self.shelf.kit())

    def count(self, route: str) -> int:
        return len(self.server.called(route))


@asynccontextmanager
async def open_sender(**options: Any) -> AsyncGenerator[Sender]:
    async with open_discord(**options) as server, connected(server, Guest()) as guest:
        shelf = Shelf()
        yield Sender(server=server, guest=guest, shelf=shelf, posts=Posts(guest, shelf.kit()))


def card(body: str = "Drawing 40%", *, progress: float | None = 0.4, tone: Tone = Tone.WORKING) -> Message:
    return Message(
        text=f"“a red fox” for Ada. {body}", title="“a red fox”", body=body, context=f"for Ada · sketch · job {JOB}", progress=progress,
        tone=tone, job=JOB, actions=(Action(label="Cancel", line=f"cancel {JOB}"),),
    )  # fmt: skip


def result(shelf: Shelf, number: int = 2, *, side: int = 64, spoiler: bool = False) -> Message:
    pictures = tuple(
        Picture(
            key=shelf.keep(f"s{i}.webp", kind="WEBP"),
            original=shelf.keep(f"o{i}.png", side=side),
            alt=f"AI-generated image {i}: a red fox",
            title=f"{i} · seed {41 + i}",
            width=side,
            height=side,
            index=i,
            spoiler=spoiler,
        )
        for i in range(1, number + 1)
    )
    vary = tuple(Action(label=f"Vary {i}", line=f"vary {JOB} {i}") for i in range(1, number + 1))
    delete = Action(label="Delete", line=f"delete {JOB}", confirm="Delete these images for everybody? This cannot be undone.")
    return Message(
        text="a red fox for Ada", title="a red fox", body="Rerun: exact.", context="sketch · 64×64 · seed 42",
        code="/imagine a red fox --seed 42", pictures=pictures, actions=(*vary, delete), job=JOB,
    )  # fmt: skip
