"""Chat platforms to test with. A rig opens one, again and again on the same vendor, and looks at what people there see."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.platforms.discord import open_discord
from adapters.platforms.discord.inbound import attachment_of
from adapters.platforms.playground import Playground
from adapters.platforms.playground.cast import Cast
from adapters.platforms.slack import open_slack
from bot.model import Attachment, Person, Place
from bot.plugins import Kit
from bot.ports import ChatPlatform
from tests.adapters.platforms.playground.stage import PUBLIC, StageFiles, StageHub, open_stage
from tests.contracts.vaults import MemoryVault
from tests.wire.discord import server as discord_vendor
from tests.wire.discord_life import MENU, settings_for
from tests.wire.slack import server as slack_vendor
from tests.wire.slack_life import settings_of
from tests.wire.slack_posts import person_of, place_of


@dataclass(frozen=True, kw_only=True)
class Rig:
    """A vendor, and how to reach it."""

    open: Callable[[], AbstractAsyncContextManager[Any]]
    """Opens the platform; what was said before is still there."""
    place: Place
    nowhere: Place
    """A channel that the vendor does not have."""
    gone: str
    """The id of a message that is not there."""
    lost: Attachment
    """A file that is not there any more."""
    one: Person
    other: Person
    seen: Callable[[ChatPlatform, Person, Place], Awaitable[list[str]]]
    """The texts that a person sees in a channel or thread, oldest first."""
    attach: Callable[[ChatPlatform, bytes], Awaitable[Attachment]]
    files: StageFiles
    """Files that the hub keeps."""
    papers: Callable[[ChatPlatform, Person], Awaitable[list[bytes]]]
    """The files to download that one person alone was given."""


@asynccontextmanager
async def _playground(folder: Path) -> AsyncGenerator[Rig]:
    cast, files = Cast(), StageFiles()

    async def papers(platform: ChatPlatform, person: Person) -> list[bytes]:
        assert isinstance(platform, Playground)
        entries = await platform._room.history.page(person.id, "general")  # pyright: ignore[reportPrivateUsage] - the vendor's side of it
        keys = [document["key"] for entry in entries for document in entry.content.get("documents", ())]
        return [files.contents[key].body for key in keys if key in files.contents]

    async def seen(platform: ChatPlatform, person: Person, place: Place) -> list[str]:
        assert isinstance(platform, Playground)
        root = int(place.thread[1:]) if place.thread else None
        entries = await platform._room.history.page(person.id, place.channel, root=root)  # pyright: ignore[reportPrivateUsage] - the vendor's side of it
        return [entry.content["text"] for entry in entries if root is None or entry.number != root]

    async def attach(platform: ChatPlatform, body: bytes) -> Attachment:
        assert isinstance(platform, Playground)
        return await platform._uploads.keep("ada", "fox.png", "image/png", body)  # pyright: ignore[reportPrivateUsage] - the vendor's side of it

    yield Rig(
        open=lambda: open_stage(folder, files=files),
        place=cast.channels["general"].place(),
        nowhere=Place(platform="playground", workspace="studio", channel="attic"),
        gone="m999999",
        lost=Attachment(id="gone", name="fox.png", media_type="image/png", bytes=3),
        one=cast.players["ada"].person,
        other=cast.players["grace"].person,
        seen=seen,
        attach=attach,
        files=files,
        papers=papers,
    )


@asynccontextmanager
async def _slack(folder: Path) -> AsyncGenerator[Rig]:
    files = StageFiles()
    kit = _kit(folder, files)
    async with slack_vendor.open_slack() as server:
        place = place_of(server, "general")
        server.file_polls = 0

        async def papers(_: ChatPlatform, person: Person) -> list[bytes]:
            direct = server.messages(server.direct_channel(server.find_user(person.id)))
            return [server.files[file].content or b"" for message in direct for file in message.files]

        async def seen(_: ChatPlatform, person: Person, place: Place) -> list[str]:
            said = [*server.messages(place.channel, place.thread), *server.ephemerals(person.id, place.channel)]
            return [message.text for message in said]

        async def attach(_: ChatPlatform, body: bytes) -> Attachment:
            file = await server.upload("ada", "general", body, "fox.png")
            return Attachment(id=f"{place.workspace}/{file.id}", name=file.name, media_type="image/png", bytes=len(body))

        yield Rig(
            open=lambda: _running(open_slack(settings_of(server), kit)),
            place=place,
            nowhere=Place(platform="slack", workspace=place.workspace, channel="C0NOWHERE"),
            gone="1000000000.000001",
            lost=Attachment(id=f"{place.workspace}/F0GONE", name="fox.png", media_type="image/png", bytes=3),
            one=person_of(server, "ada"),
            other=person_of(server, "grace"),
            seen=seen,
            attach=attach,
            files=files,
            papers=papers,
        )


@asynccontextmanager
async def _discord(folder: Path) -> AsyncGenerator[Rig]:
    files = StageFiles()
    kit = _kit(folder, files)
    async with discord_vendor.open_discord() as server:
        workspace, channel = str(server.guild.id), server.channel("general")

        async def papers(_: ChatPlatform, person: Person) -> list[bytes]:
            who = next(user for user in server.world.users.values() if str(user.id) == person.id)
            return [each.content for message in server.dms(who) for each in message.attachments]

        def person(name: str) -> Person:
            return Person(platform="discord", workspace=workspace, id=str(server.user(name).id), name=name)

        async def seen(_: ChatPlatform, person: Person, place: Place) -> list[str]:
            who = server.user(next(user.name for user in server.world.users.values() if str(user.id) == person.id))
            # Outside an interaction a whisper is a direct message, which says the channel that it is about.
            about = [message for message in server.dms(who) if f"<#{place.channel}>" in message.text]
            said = [*server.messages(server.channel(int(place.thread or place.channel))), *about]
            return [message.text.partition("\n-# ")[0] for message in said]

        async def attach(_: ChatPlatform, body: bytes) -> Attachment:
            message = await server.say("ada", "general", "look", attachments={"fox.png": body})
            return attachment_of(message.payload(server.world)["attachments"][0])

        yield Rig(
            open=lambda: _running(open_discord(settings_for(server), kit)),
            place=Place(platform="discord", workspace=workspace, channel=str(channel.id)),
            nowhere=Place(platform="discord", workspace=workspace, channel="1"),
            gone="1",
            lost=Attachment(id=f"{server.world.cdn_url}/attachments/1/1/fox.png", name="fox.png", media_type="image/png", bytes=3),
            one=person("ada"),
            other=person("grace"),
            seen=seen,
            attach=attach,
            files=files,
            papers=papers,
        )


def _kit(folder: Path, files: StageFiles) -> Kit:
    # One vault for every opening: what a platform keeps there outlives its process.
    return Kit(folder=folder, now=lambda: datetime.now(UTC), link=files.link, read=files.read, public_url=PUBLIC, vault=MemoryVault())


@asynccontextmanager
async def _running(opening: AbstractAsyncContextManager[ChatPlatform]) -> AsyncGenerator[ChatPlatform]:
    """A platform, listening until the block ends."""
    async with opening as platform, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(platform.run(MENU, StageHub()))
        async with asyncio.timeout(20):
            while not platform.ready:
                await asyncio.sleep(0.01)
        try:
            yield platform
        finally:
            running.cancel()


RIGS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Rig]]] = {
    "discord": _discord,
    "playground": _playground,
    "slack": _slack,
}
"""A rig for each platform, made in a folder of its own."""
