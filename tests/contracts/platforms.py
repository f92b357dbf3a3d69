"""Chat platforms to test with. A rig opens one, again and again on the same vendor, and looks at what people there see."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.platforms.playground import Playground
from adapters.platforms.playground.cast import Cast
from bot.model import Attachment, Person, Place
from bot.ports import ChatPlatform
from tests.adapters.platforms.playground.stage import open_stage


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


def _playground(folder: Path) -> Rig:
    cast = Cast()

    async def seen(platform: ChatPlatform, person: Person, place: Place) -> list[str]:
        assert isinstance(platform, Playground)
        root = int(place.thread[1:]) if place.thread else None
        entries = await platform._room.history.page(person.id, place.channel, root=root)  # pyright: ignore[reportPrivateUsage] - the vendor's side of it
        return [entry.content["text"] for entry in entries if root is None or entry.number != root]

    async def attach(platform: ChatPlatform, body: bytes) -> Attachment:
        assert isinstance(platform, Playground)
        return await platform._uploads.keep("ada", "fox.png", "image/png", body)  # pyright: ignore[reportPrivateUsage] - the vendor's side of it

    return Rig(
        open=lambda: open_stage(folder),
        place=cast.channels["general"].place(),
        nowhere=Place(platform="playground", workspace="studio", channel="attic"),
        gone="m999999",
        lost=Attachment(id="gone", name="fox.png", media_type="image/png", bytes=3),
        one=cast.players["ada"].person,
        other=cast.players["grace"].person,
        seen=seen,
        attach=attach,
    )


RIGS: Mapping[str, Callable[[Path], Rig]] = {"playground": _playground}
"""A rig for each platform, made in a folder of its own."""
