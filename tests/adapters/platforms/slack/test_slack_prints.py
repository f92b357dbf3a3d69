"""Prints: what Slack can show is left alone, what it cannot becomes a copy, what is covered is unrecognisable."""

import io
import os
import threading
from collections.abc import AsyncGenerator

import pytest
from PIL import Image, ImageChops, ImageStat

from adapters.platforms.slack.prints import BYTES, SIDE, Darkroom
from bot.errors import PlatformFault


@pytest.fixture
async def darkroom() -> AsyncGenerator[Darkroom]:
    room = Darkroom()
    yield room
    room.close()


def drawn(kind: str, size: tuple[int, int] = (64, 48), *, mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, (255, 140, 0, 120)[: len(mode)]).save(file, kind)
    return file.getvalue()


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif")])
async def test_what_slack_shows_is_left_alone_byte_by_byte(darkroom: Darkroom, kind: str, extension: str) -> None:
    body = drawn(kind)
    copy = await darkroom.show(body)
    assert (copy.body, copy.extension, copy.whole) == (body, extension, True)


async def test_a_webp_becomes_a_jpeg_and_a_transparent_one_a_png(darkroom: Darkroom) -> None:
    assert opened((await darkroom.show(drawn("WEBP"))).body).format == "JPEG"
    clear = await darkroom.show(drawn("WEBP", mode="RGBA"))
    assert (opened(clear.body).format, opened(clear.body).mode, clear.extension, clear.whole) == ("PNG", "RGBA", "png", False)


async def test_a_picture_that_is_too_wide_becomes_a_smaller_copy(darkroom: Darkroom) -> None:
    copy = await darkroom.show(drawn("PNG", (SIDE + 1000, 100)))
    assert max(opened(copy.body).size) == SIDE
    assert not copy.whole


async def test_a_picture_that_weighs_too_much_becomes_a_lighter_copy(darkroom: Darkroom) -> None:
    file = io.BytesIO()
    Image.frombytes("RGB", (1700, 1700), os.urandom(3 * 1700 * 1700)).save(file, "PNG", compress_level=1)
    assert len(file.getvalue()) > BYTES
    copy = await darkroom.show(file.getvalue())
    assert len(copy.body) <= BYTES
    assert (opened(copy.body).format, opened(copy.body).size) == ("JPEG", (1700, 1700))


async def test_a_heavy_transparent_picture_is_halved_until_it_fits(darkroom: Darkroom) -> None:
    file = io.BytesIO()
    Image.frombytes("RGBA", (1500, 1500), os.urandom(4 * 1500 * 1500)).save(file, "PNG", compress_level=1)
    assert len(file.getvalue()) > BYTES
    copy = await darkroom.show(file.getvalue())
    assert len(copy.body) <= BYTES
    assert (opened(copy.body).mode, opened(copy.body).size) == ("RGBA", (750, 750))


async def test_a_covered_picture_keeps_its_shape_and_nothing_else(darkroom: Darkroom) -> None:
    left = Image.new("RGB", (800, 400), "white")
    left.paste("black", (390, 190, 410, 210))
    plain = Image.new("RGB", (800, 400), "white")
    covers: list[Image.Image] = []
    for image in (left, plain):
        file = io.BytesIO()
        image.save(file, "PNG")
        copy = await darkroom.cover(file.getvalue())
        assert copy.extension == "jpg"
        covers.append(opened(copy.body).convert("L"))
    assert covers[0].size == (640, 320)
    # The black square has left a breath of grey at most.
    assert max(ImageStat.Stat(ImageChops.difference(*covers)).extrema[0]) < 60


@pytest.mark.parametrize("body", [b"", b"no picture", drawn("WEBP")[:40]])
async def test_what_is_no_picture_is_a_lasting_fault(darkroom: Darkroom, body: bytes) -> None:
    for work in (darkroom.show, darkroom.cover):
        with pytest.raises(PlatformFault) as fault:
            await work(body)
        assert fault.value.permanent


async def test_the_threads_are_two_and_go_when_it_closes() -> None:
    darkroom = Darkroom()
    await darkroom.show(drawn("PNG"))
    mine = [thread for thread in threading.enumerate() if thread.name.startswith("slack-prints")]
    assert 1 <= len(mine) <= 2
    darkroom.close()
    for thread in mine:
        thread.join(timeout=10)
        assert not thread.is_alive()
