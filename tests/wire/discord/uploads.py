"""Files that come with a request: read from its parts, measured, named, and kept for the CDN."""

import io
import json
import re
import warnings
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from PIL import Image

from tests.wire.discord.clock import Clock
from tests.wire.discord.faults import Fault, Form, Json
from tests.wire.discord.limits import REQUEST_LIMIT

SPOILER = 1 << 3
TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "txt": "text/plain; charset=utf-8",
}
DAY = 24 * 60 * 60


@dataclass(kw_only=True, eq=False)
class Attachment:
    """A file on a message."""

    id: int
    filename: str
    content: bytes
    description: str | None = None
    spoiler: bool = False
    channel_id: int = 0
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False

    @property
    def media_type(self) -> str | None:
        return TYPES.get(self.filename.rpartition(".")[2].lower())

    def url(self, base: str, now: float) -> str:
        """A signed link, good for a day."""
        expires = int(now) + DAY
        path = f"/attachments/{self.channel_id}/{self.id}/{quote(self.filename)}"
        return f"{base}{path}?ex={expires:x}&is={int(now):x}&hm={self.signature(expires)}&"

    def signature(self, expires: int) -> str:
        return f"{(self.id * 2654435761 + expires) % (1 << 128):032x}"

    def payload(self, base: str, now: float) -> Json:
        url = self.url(base, now)
        body: Json = {
            "id": str(self.id), "filename": self.filename, "size": len(self.content), "url": url, "proxy_url": url,
            "content_type": self.media_type, "flags": SPOILER if self.spoiler else 0, "ephemeral": self.ephemeral,
        }  # fmt: skip
        body |= {"description": self.description} if self.description else {}
        return body | ({"width": self.width, "height": self.height} if self.width else {})


def measure(content: bytes) -> tuple[int | None, int | None]:
    """A picture's width and height in pixels, or nothing for any other file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content)) as picture:
                return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None, None


def clean(name: str) -> str:
    """A file's name as Discord keeps it: without spaces and signs."""
    return re.sub(r"[^A-Za-z0-9_.-]", "", name.replace(" ", "_")) or "unknown"


def keep(clock: Clock, name: str, content: bytes, *, channel_id: int, ephemeral: bool = False) -> Attachment:
    """A file as it is from now on, with an id and a clean name."""
    width, height = measure(content)
    name = clean(name)
    return Attachment(
        id=clock.snowflake(), filename=name, content=content, width=width, height=height,
        spoiler=name.startswith("SPOILER_"), channel_id=channel_id, ephemeral=ephemeral,
    )  # fmt: skip


async def read(request: web.Request) -> tuple[Json, dict[str, tuple[str, bytes]]]:
    """A request's JSON, and its files by the number in `files[n]`; raises 40005 over 25 MiB in all."""
    files: dict[str, tuple[str, bytes]] = {}
    body = b""
    total = 0
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise Fault(50109)
            content = bytes(await part.read())
            total += len(content)
            if part.name == "payload_json":
                body = content
            elif found := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
                files[found[1]] = (part.filename or "unknown", content)
    else:
        body = await request.read()
        total = len(body)
    if total > 4 * REQUEST_LIMIT:
        raise Fault(40005)
    try:
        return (json.loads(body) if body else {}), files
    except ValueError:
        raise Fault(50109) from None


def gather(
    clock: Clock, body: Json, files: dict[str, tuple[str, bytes]], *, limit: int, kept: list[Attachment], channel_id: int
) -> list[Attachment]:
    """The attachments of a message after a request: those it keeps and those it brings.

    With an `attachments` list, only what it names is there; without one everything new is added to what was there.
    Raises 40005 for a file over `limit` bytes or more than 25 MiB in all, 50035 for what the form says wrongly.
    """
    if any(len(content) > limit for _, content in files.values()) or sum(len(each) for _, each in files.values()) > max(
        REQUEST_LIMIT, limit
    ):
        raise Fault(40005)
    form = Form()
    listed: list[Json] | None = body.get("attachments")
    if listed is None:
        listed = [{"id": str(each.id)} for each in kept] + [{"id": number} for number in files]
    form.count("attachments", listed, 10)
    known = {str(each.id): each for each in kept}
    result: list[Attachment] = []
    for index, each in enumerate(listed):
        number = str(each.get("id"))
        form.length(f"attachments.{index}.description", each.get("description"), 1024)
        if number in known:
            known[number].description = each.get("description", known[number].description)
            result.append(known[number])
        elif number in files:
            name, content = files[number]
            result.append(keep(clock, str(each.get("filename") or name), content, channel_id=channel_id))
            result[-1].description = each.get("description")
            result[-1].spoiler |= bool(each.get("is_spoiler"))
        else:
            form.wrong(f"attachments.{index}", "ATTACHMENT_NOT_FOUND", f"There is no file and no attachment {number}")
    form.check()
    return result
