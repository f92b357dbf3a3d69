"""Pictures are brought within what a service takes, and left alone where they are within it."""

import io
from collections.abc import AsyncGenerator

import pytest
from PIL import Image

from adapters.calls import Pictures, open_pictures
from bot.errors import FaultKind, ProviderFault

MEGABYTE = 1024**2


def noise(width: int, height: int, mode: str = "RGB", kind: str = "PNG") -> bytes:
    """A picture that no format makes small."""
    written = io.BytesIO()
    bands = [Image.effect_noise((width, height), 90) for _ in mode]
    Image.merge(mode, bands).save(written, kind)
    return written.getvalue()


@pytest.fixture
async def pictures() -> AsyncGenerator[Pictures]:
    async with open_pictures() as opened:
        yield opened


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_what_is_within_its_bounds_is_sent_byte_for_byte(pictures: Pictures, kind: str) -> None:
    picture = noise(40, 30, kind=kind)
    source = await pictures.within(picture, pixels=1200, side=40, size=MEGABYTE)
    assert source.body == picture
    assert (source.width, source.height, source.media_type) == (40, 30, f"image/{kind.lower()}")
    assert source.file == (f"picture.{kind.lower()}", picture, f"image/{kind.lower()}")


@pytest.mark.parametrize(("pixels", "side"), [(1000, 1000), (1_000_000, 33), (7, 50)])
async def test_too_many_pixels_become_fewer_in_the_same_shape(pictures: Pictures, pixels: int, side: int) -> None:
    source = await pictures.within(noise(200, 100), pixels=pixels, side=side, size=MEGABYTE)
    assert Image.open(io.BytesIO(source.body)).size == (source.width, source.height)
    assert source.width * source.height <= pixels
    assert max(source.width, source.height) <= side
    assert source.width / source.height == pytest.approx(2, rel=0.5)


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "image/jpeg"), ("RGBA", "image/webp")])
async def test_too_many_bytes_become_fewer_and_what_is_transparent_stays_so(pictures: Pictures, mode: str, kind: str) -> None:
    picture = noise(200, 200, mode)
    source = await pictures.within(picture, pixels=MEGABYTE, side=1000, size=len(picture) * 3 // 4)
    assert len(source.body) <= len(picture) * 3 // 4
    assert source.media_type == kind
    assert Image.open(io.BytesIO(source.body)).has_transparency_data == (mode == "RGBA")


async def test_a_tiny_allowance_is_met_by_making_the_picture_smaller(pictures: Pictures) -> None:
    source = await pictures.within(noise(200, 200), pixels=MEGABYTE, side=1000, size=3000)
    assert len(source.body) <= 3000
    assert source.width < 200


@pytest.mark.parametrize("picture", [b"", b"no picture", noise(64, 64)[:300]])
async def test_what_is_no_picture_is_not_sent(pictures: Pictures, picture: bytes) -> None:
    with pytest.raises(ProviderFault) as fault:
        await pictures.within(picture, pixels=100, side=10, size=MEGABYTE)
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.BAD_REQUEST, False)
