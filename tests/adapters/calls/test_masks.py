"""Masks: white is what we edit; each service has it its own way."""

import io
from collections.abc import AsyncGenerator

import pytest
from PIL import Image

from adapters.calls import Masks, open_masks
from bot.errors import FaultKind, ProviderFault


@pytest.fixture
async def masks() -> AsyncGenerator[Masks]:
    async with open_masks() as opened:
        yield opened


def picture(mode: str, size: tuple[int, int], form: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "white").save(written, form)
    return written.getvalue()


def mask(*values: int) -> bytes:
    """One row of pixels."""
    written = io.BytesIO()
    row = Image.new("L", (len(values), 1))
    row.putdata(values)
    row.save(written, "PNG")
    return written.getvalue()


def row(png: bytes) -> tuple[str, list[object]]:
    with Image.open(io.BytesIO(png)) as opened:
        assert opened.format == "PNG"
        return opened.mode, [opened.getpixel((x, 0)) for x in range(opened.width)]


async def test_each_form_says_the_same_of_each_pixel(masks: Masks) -> None:
    ours, like = mask(255, 0, 100), picture("RGB", (3, 1))
    assert row(await masks.white(ours, like=like)) == ("L", [255, 0, 100])
    assert row(await masks.black(ours, like=like)) == ("L", [0, 255, 155])
    assert row(await masks.clear(ours, like=like)) == ("RGBA", [(0, 0, 0, 0), (0, 0, 0, 255), (0, 0, 0, 155)])
    assert row(await masks.both(ours, like=like)) == ("RGBA", [(255, 255, 255, 0), (0, 0, 0, 255), (100, 100, 100, 155)])


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
async def test_a_mask_gets_the_size_of_its_picture(masks: Masks, form: str) -> None:
    assert row(await masks.white(mask(255, 0), like=picture("RGB", (4, 1), form))) == ("L", [255, 255, 0, 0])


@pytest.mark.parametrize(("ours", "like"), [(b"nothing", picture("RGB", (2, 2))), (mask(255), b"nothing"), (mask(255)[:40], mask(255))])
async def test_what_is_no_picture_is_a_fault_before_anything_is_asked_for(masks: Masks, ours: bytes, like: bytes) -> None:
    with pytest.raises(ProviderFault) as fault:
        await masks.clear(ours, like=like)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
