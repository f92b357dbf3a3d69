"""The trial: prompts judged as a channel with the default policy would judge them, from a shell or a test, with nothing open but layers."""

import codecs
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from bot import config, plugins
from bot.errors import NotFound, StoreFault
from bot.model import Content, Person, Place
from bot.moderation.panel import Panel
from bot.plugins import Kit, Plugin
from bot.ports import Moderator

MODERATORS = "adapters.moderators"
OFFLINE = ("combinations", "personal", "terms")
"""The layers that read text on this machine and need nothing."""
_SOMEBODY = Person(platform="shell", workspace="shell", id="somebody")


class _NoVault:
    """A vault that keeps nothing: a trial leaves nothing behind."""

    async def get(self, name: str) -> bytes | None:  # noqa: ARG002 - the port's signature
        return None

    async def put(self, name: str, value: bytes) -> None:
        raise StoreFault(f"A trial keeps nothing, so not {name} of {len(value)} bytes either.")

    async def take(self, name: str) -> bytes | None:  # noqa: ARG002 - the port's signature
        return None

    async def delete(self, name: str) -> None:
        """Nothing is there."""

    async def names(self, prefix: str = "") -> list[str]:  # noqa: ARG002 - the port's signature
        return []


async def _no_link(key: str, *, expires: timedelta, download: str = "") -> str:  # noqa: ARG001 - the kit's signature
    raise NotFound(f"A trial has no files, so not {key} either.")


async def _no_file(key: str) -> Content:
    raise NotFound(f"A trial has no files, so not {key} either.")


@asynccontextmanager
async def open_panel(environment: config.Environment | None = None, *, also: Iterable[str] = ()) -> AsyncGenerator[Panel]:
    """The panel of the layers that work offline, and of others that are named. Raises SettingFault."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        kit = Kit(folder=folder, now=lambda: datetime.now(UTC), link=_no_link, read=_no_file, public_url="", vault=_NoVault())
        moderators: list[Moderator] = []
        for name in (*OFFLINE, *also):
            plugin: Plugin[Any, Moderator] = plugins.load(MODERATORS, name, "PLUGIN", group="limner.moderators")
            settings = config.load(plugin.settings, name, environment or {})
            moderators.append(await stack.enter_async_context(plugin.open(settings, kit)))
        yield Panel(moderators)


async def judge(panel: Panel, lines: Iterable[str], *, restricted: bool = False) -> AsyncIterator[Mapping[str, object]]:
    """A verdict for each line, in order, as soon as the line is there."""
    place = Place(platform="shell", workspace="shell", channel="shell", age_restricted=restricted)
    for line in lines:
        rulings = await panel.findings(_SOMEBODY, place, line)
        first = rulings[0] if rulings else None
        yield {
            "verdict": first.consequence.level.name.lower() if first else "allow",
            "category": first.concern.category if first else "",
            "source": first.concern.source if first else "",
            "score": round(first.concern.score, 3) if first else 0.0,
            "consequence": first.consequence.value if first else "allow",
        }


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream, empty ones too, whatever their encoding: what is no UTF-8 is read as Windows wrote it in western Europe."""
    for number, line in enumerate(iter(stream.readline, b"")):
        bare = line.removesuffix(b"\n").removesuffix(b"\r")
        if number == 0:
            bare = bare.removeprefix(codecs.BOM_UTF8)
        try:
            yield bare.decode("utf-8")
        except UnicodeDecodeError:
            yield bare.decode("cp1252", "replace")


__all__ = ["OFFLINE", "judge", "lines_of", "open_panel"]
