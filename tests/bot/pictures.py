"""Pictures made for tests: sound ones, awkward ones, and a job that could have drawn them."""

import io
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from PIL import Image

from bot.model import Job, Person, Place, Request, State

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
JOB = Job(
    id="3f2a9c01",
    person=Person(platform="playground", workspace="w", id="u1", name="Ada"),
    place=Place(platform="playground", workspace="w", channel="c"),
    request=Request(prompt="a red fox"),
    state=State.GENERATED,
    provider="sketch",
    model="sketch",
    fitted=Request(prompt="a red fox", model="sketch", size=(1024, 1024)),
    created=NOON,
    changed=NOON,
    deadline=NOON + timedelta(minutes=5),
    seed=42,
    cost=Decimal("0.04"),
    vendor_id="vendor-77",
    model_version="sketch-1",
)


def job_of(request: Request, **changes: Any) -> Job:
    return replace(JOB, request=request, fitted=request, **changes)


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A gradient, different in every corner, so that turning and mirroring show."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    image = Image.merge("RGB", (across, down, Image.new("L", (width, height), 90)))
    if mode == "RGBA":
        image.putalpha(across)
        return image
    return image.convert(mode)


def encoded(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    (image or picture()).save(file, kind, **options)
    return file.getvalue()


def moving(kind: str) -> bytes:
    first = picture()
    return encoded(kind, first, save_all=True, append_images=[first.rotate(90)])


def blank_png(width: int, height: int) -> bytes:
    """A PNG that claims so many pixels and holds them in a few kilobytes."""
    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    return png[:33] + chunk(kind, data) + png[33:]


def pixels(content: bytes) -> tuple[str, tuple[int, int], bytes]:
    with Image.open(io.BytesIO(content)) as image:
        return image.mode, image.size, image.tobytes()
