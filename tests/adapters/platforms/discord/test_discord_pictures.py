"""Pictures made to fit where they go."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from adapters.platforms.discord import pictures
from adapters.platforms.discord.pictures import Packed, Packer
from bot.errors import NotFound
from bot.model import Content, Message, Picture
from bot.plugins import Kit
from tests.contracts.vaults import MemoryVault


class Shelf:
    """Files by key, and links to them."""

    def __init__(self) -> None:
        self.contents: dict[str, Content] = {}

    def put(self, key: str, body: bytes, media_type: str = "image/png") -> str:
        self.contents[key] = Content(body=body, media_type=media_type)
        return key

    async def read(self, key: str) -> Content:
        if key not in self.contents:
            raise NotFound("There is no such file.")
        return self.contents[key]

    async def link(self, key: str, *, expires: timedelta, download: str = "") -> str:
        return f"https://limner.example/files/{key}?days={expires.days}&download={download}"

    def packer(self, public_url: str = "https://limner.example") -> Packer:
        now = datetime(2026, 11, 21, tzinfo=UTC)
        return Packer(
            Kit(folder=Path(), now=lambda: now, link=self.link, read=self.read, public_url=public_url, vault=MemoryVault()),
        )


def noise(side: int, kind: str = "PNG", **more: object) -> bytes:
    """A picture that does not get smaller by being packed: about three bytes a pixel."""
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, kind, **more)
    return out.getvalue()


def shows(*keys: tuple[str, str], spoiler: bool = False) -> Message:
    found = tuple(
        Picture(key=key, original=original, alt=f"alt {index}", width=8, height=8, index=index, spoiler=spoiler)
        for index, (key, original) in enumerate(keys, start=1)
    )
    return Message(text="t", pictures=found, job="7kq2mw9x")


def names(packed: Packed) -> list[str]:
    return [upload.name for upload in packed.uploads]


async def test_the_original_goes_where_it_fits() -> None:
    shelf = Shelf()
    original = noise(64)
    shelf.put("o", original)
    shelf.put("s", noise(32, "WEBP"), "image/webp")
    packed = await shelf.packer().pack(shows(("s", "o"), spoiler=True))
    [upload] = packed.uploads
    assert (upload.name, upload.body, upload.alt, upload.spoiler) == ("limner-7kq2mw9x-1.png", original, "alt 1", True)
    assert [(each.url, each.spoiler) for each in packed.shown] == [("attachment://limner-7kq2mw9x-1.png", True)]
    assert packed.notes == ()


async def test_the_copy_for_showing_goes_where_the_original_does_not_fit_and_says_so() -> None:
    shelf = Shelf()
    shelf.put("o.png", noise(256))
    copy = noise(32, "WEBP")
    shelf.put("s", copy, "image/webp")
    packed = await shelf.packer().pack(shows(("s", "o.png")), file=100_000)
    assert packed.uploads[0].body == copy
    link = "https://limner.example/files/o.png?days=7&download=limner-7kq2mw9x-1.png"
    assert packed.notes == (f"Image 1 is shown smaller than it is: [full size]({link})",)


async def test_without_a_public_address_no_link_is_promised() -> None:
    shelf = Shelf()
    shelf.put("o", noise(256))
    shelf.put("s", noise(32, "WEBP"), "image/webp")
    packed = await shelf.packer("http://127.0.0.1:8080").pack(shows(("s", "o")), file=100_000)
    assert packed.notes == ("Image 1 is shown smaller than it is.",)


async def test_what_fits_nowhere_is_made_smaller_and_stays_a_picture() -> None:
    shelf = Shelf()
    shelf.put("o", noise(512))
    packed = await shelf.packer().pack(shows(("o", "o")), file=60_000)
    [upload] = packed.uploads
    assert len(upload.body) <= 60_000
    assert upload.name.endswith(".webp")
    with Image.open(io.BytesIO(upload.body)) as picture:
        assert picture.format == "WEBP"


async def test_all_together_stay_within_one_request() -> None:
    shelf = Shelf()
    keys = [(shelf.put(f"k{i}", noise(256)), f"k{i}") for i in range(10)]
    packed = await shelf.packer().pack(shows(*keys), request=2 * 1024 * 1024)
    assert len(packed.uploads) == 10
    assert sum(len(upload.body) for upload in packed.uploads) <= 1.5 * 1024 * 1024
    assert any(upload.name.endswith(".png") for upload in packed.uploads)
    assert len(set(names(packed))) == 10


async def test_a_kind_that_discord_does_not_show_is_made_one_that_it_does() -> None:
    shelf = Shelf()
    shelf.put("o", noise(32, "TIFF"), "image/tiff")
    packed = await shelf.packer().pack(shows(("o", "")))
    assert names(packed) == ["limner-7kq2mw9x-1.webp"]


async def test_a_file_that_retention_took_is_said_to_be_gone() -> None:
    shelf = Shelf()
    shelf.put("here", noise(16))
    packed = await shelf.packer().pack(shows(("gone", "gone too"), ("here", "here")))
    assert names(packed) == ["limner-7kq2mw9x-2.png"]
    assert packed.notes == ("Image 1 is not kept any more.",)


async def test_what_is_no_picture_is_not_sent_as_one() -> None:
    shelf = Shelf()
    shelf.put("o", b"no picture at all" * 100, "image/tiff")
    packed = await shelf.packer().pack(shows(("o", "o")))
    assert packed.uploads == ()
    assert packed.notes[0].startswith("Image 1 cannot be shown here: [open it](")


def test_a_smaller_copy_keeps_transparency_and_label() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (255, 0, 0, 0)).save(out, "WEBP", xmp=b"<x:xmpmeta>made by a machine</x:xmpmeta>", lossless=True)
    small = pictures.reduce(out.getvalue(), 10_000)
    assert small is not None
    with Image.open(io.BytesIO(small)) as picture:
        assert picture.convert("RGBA").getpixel((0, 0))[3] == 0  # pyright: ignore[reportIndexIssue, reportOptionalSubscript] - RGBA has four
        assert picture.info["xmp"] == b"<x:xmpmeta>made by a machine</x:xmpmeta>"


async def test_at_most_ten_pictures_go() -> None:
    shelf = Shelf()
    keys = [(shelf.put(f"k{i}", noise(8)), f"k{i}") for i in range(12)]
    assert len((await shelf.packer().pack(shows(*keys))).uploads) == 10
