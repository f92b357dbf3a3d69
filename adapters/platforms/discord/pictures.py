"""Pictures: made to fit where they go, off the loop: the original, else the copy for showing, else a smaller one, else a link.

A place takes so many bytes a file, and Discord so many a request (platforms.md §22). What arrives smaller than it was drawn says so, with
a link to the original where this installation can be reached from outside.
"""

import asyncio
import io
import re
from collections.abc import Awaitable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from PIL import Image, ImageOps

from adapters.platforms.discord import markdown
from adapters.platforms.discord.courier import Upload
from adapters.platforms.discord.outbound import Shown
from bot.errors import LimnerError
from bot.model import Message, Picture
from bot.plugins import Kit

MIB = 1024 * 1024
FILE = 10 * MIB
"""Bytes a file may have where nobody paid for more."""
REQUEST = 25 * MIB
_FORM = MIB // 2
"""Bytes of a request kept for what is not a file."""
_ALT = 1024
_MOST = 10
_KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
"""What Discord shows."""
_QUALITIES = (90, 80, 65)
_SMALLEST = 64
_LINK_LASTS = timedelta(days=7)
_LONGEST_LINK = 700


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A message's pictures, ready to go."""

    uploads: tuple[Upload, ...] = ()
    shown: tuple[Shown, ...] = ()
    notes: tuple[str, ...] = ()
    """What must be said of them, as markup."""


@dataclass(kw_only=True)
class _Print:
    """One picture on its way: the bytes that will be sent, and whether they are less than the original."""

    picture: Picture
    number: int
    body: bytes = b""
    kind: str = ""
    reduced: bool = False
    missing: bool = False
    gone: bool = True
    """Whether its file is not kept any more."""


class Packer:
    """Reads, reduces and names pictures. At most two are reduced at once, and few messages' pictures are held at once."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._pool = asyncio.Semaphore(2)

    async def pack(self, message: Message, *, file: int = FILE, request: int = REQUEST) -> Packed:
        """A message's pictures, none larger than `file` bytes and all together not larger than `request`."""
        room = max(request - _FORM, MIB // 2)
        prints = [await self._load(picture, number, file) for number, picture in enumerate(message.pictures[:_MOST], start=1)]
        await self._fit(prints, file, room)
        uploads: list[Upload] = []
        shown: list[Shown] = []
        notes: list[str] = []
        for each in prints:
            alt = markdown.plain(each.picture.alt, _ALT)
            link = await self._link(each, message.job) if (each.reduced or each.missing) and not each.gone else ""
            if each.gone:
                notes.append(f"Image {each.number} is not kept any more.")
                continue
            if each.missing:
                notes.append(f"Image {each.number} cannot be shown here{f': [open it]({link})' if link else '.'}")
                continue
            if each.reduced:
                notes.append(f"Image {each.number} is shown smaller than it is{f': [full size]({link})' if link else '.'}")
            name = _name(message.job, each)
            uploads.append(Upload(name=name, body=each.body, alt=alt, spoiler=each.picture.spoiler))
            shown.append(Shown(url=f"attachment://{name}", alt=alt, title=each.picture.title, spoiler=each.picture.spoiler))
        return Packed(uploads=tuple(uploads), shown=tuple(shown), notes=tuple(notes))

    async def _load(self, picture: Picture, number: int, most: int) -> _Print:
        """The best file of a picture that the place takes, or the nearest to it."""
        each = _Print(picture=picture, number=number, missing=True)
        for key in dict.fromkeys((picture.original or picture.key, picture.key)):
            try:
                content = await self._kit.read(key)
            except LimnerError:
                # Retention took the file: the message is posted without it and says so.
                continue
            each.missing = each.gone = False
            each.reduced = bool(picture.original) and key != picture.original
            each.body, each.kind = content.body, _KINDS.get(content.media_type, "")
            if each.kind and len(each.body) <= most:
                break
        return each

    async def _fit(self, prints: Sequence[_Print], most: int, room: int) -> None:
        """Make what is too large smaller, the largest first, until everything fits."""
        here = [each for each in prints if not each.missing]
        for each in here:
            if not each.kind or len(each.body) > most:
                await self._reduce(each, min(most, room // len(here)))
        while sum(len(each.body) for each in here) > room:
            largest = max(here, key=lambda each: len(each.body))
            await self._reduce(largest, room // len(here))
            here = [each for each in here if not each.missing]

    async def _reduce(self, each: _Print, most: int) -> None:
        """A smaller copy, or none: a file that no picture can be made of is missed, not sent."""
        async with self._pool:
            small = await _apart(each.body, most)
        each.reduced = True
        each.body, each.kind, each.missing = small or b"", "webp", small is None

    async def _link(self, each: _Print, job: str) -> str:
        """An address of the original for people, or empty where nobody outside could open it."""
        if not is_public(self._kit.public_url):
            return ""
        key = each.picture.original or each.picture.key
        name = f"limner-{_safe(job) or 'picture'}-{each.number}.{key.rpartition('.')[2]}"
        try:
            link = await self._kit.link(key, expires=_LINK_LASTS, download=name)
        except LimnerError:
            return ""
        return link if is_writable(link) else ""


def _apart(body: bytes, most: int) -> Awaitable[bytes | None]:
    """`reduce` in a thread of its own, so that neither heartbeats nor acknowledgements wait for a picture."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="discord-picture")
    try:
        return asyncio.get_running_loop().run_in_executor(pool, reduce, body, most)
    finally:
        # The thread ends with its work, and nobody waits for it, not even who gave up waiting.
        pool.shutdown(wait=False)


def reduce(body: bytes, most: int) -> bytes | None:
    """A WebP of at most `most` bytes that looks the same, with its label and colour profile; first less exact, then smaller."""
    try:
        with Image.open(io.BytesIO(body)) as opened:
            icc, xmp = opened.info.get("icc_profile"), opened.info.get("xmp")
            picture = ImageOps.exif_transpose(opened)
            picture = picture if picture.mode in {"RGB", "RGBA"} else picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    kept = {name: value for name, value in (("icc_profile", icc), ("xmp", xmp)) if isinstance(value, bytes)}
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            picture.save(out, "WEBP", quality=quality, method=2, **kept)
            if out.tell() <= most:
                return out.getvalue()
        width, height = picture.width * 3 // 4, picture.height * 3 // 4
        if min(width, height) < _SMALLEST:
            return None
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)


def _name(job: str, each: _Print) -> str:
    return f"limner-{_safe(job) or 'picture'}-{each.number}.{each.kind}"


def _safe(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", word)[:40]


def is_writable(link: str) -> bool:
    """Whether an address can stand in markup."""
    return len(link) <= _LONGEST_LINK and not re.search(r"[\s()<>\[\]]", link)


def is_public(address: str) -> bool:
    """Whether people elsewhere can open this address."""
    parts = urlsplit(address)
    return parts.scheme == "https" and parts.hostname not in {None, "localhost", "127.0.0.1", "::1"}
