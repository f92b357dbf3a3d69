"""What is taken as a picture, and the sentence for everything else."""

import io
import zlib

import pytest
from PIL import Image

from bot.errors import BadPicture
from bot.imaging import open_studio, pictures
from tests.bot.pictures import blank_png, encoded, moving, picture, with_chunk

BOMB = blank_png(12_000, 12_000)
REFUSED = {
    "empty": (b"", "empty"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
    "web page": (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "text": (b"hello there", "text"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
    "video": (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "video"),
    "archive": (b"PK\x03\x04" + bytes(64), "ZIP"),
    "bmp": (encoded("BMP"), "BMP"),
    "unknown": (bytes(range(256)), "unknown"),
    "cut jpeg": (encoded("JPEG", picture(400, 300))[:-2000], "cut off"),
    "cut png": (encoded("PNG", picture(400, 300))[:-400], "cut off"),
    "cut webp": (encoded("WEBP", picture(400, 300))[:-400], "parts"),
    "head of a png": (encoded("PNG")[:20], "damaged"),
    "head of a jpeg": (encoded("JPEG")[:30], "damaged"),
    "head of a gif": (encoded("GIF")[:9], "damaged"),
    "moving gif": (moving("GIF"), "moves"),
    "moving png": (moving("PNG"), "moves"),
    "moving webp": (moving("WEBP"), "moves"),
    "bomb": (BOMB, "12,000 × 12,000"),
    "larger bomb": (blank_png(20_000, 20_000), "20,000 × 20,000"),
    "long strip": (blank_png(20_000, 2), "16,383"),
    "no pixels": (encoded("GIF")[:6] + bytes(20), "no pixels"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_a_sentence_of_its_own(name: str) -> None:
    content, word = REFUSED[name]
    with pytest.raises(BadPicture) as refusal:
        pictures.check(content)
    assert word in refusal.value.sentence
    assert refusal.value.advice


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif")]
)
def test_still_pictures_are_taken_with_their_facts(kind: str, media_type: str) -> None:
    content = encoded(kind)
    facts = pictures.check(content)
    assert (facts.media_type, facts.width, facts.height, facts.bytes) == (media_type, 64, 48, len(content))
    assert not facts.transparent


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_seen(kind: str) -> None:
    assert pictures.check(encoded(kind, picture(mode="RGBA"))).transparent


def test_lossless_webp_is_measured_from_its_own_header() -> None:
    facts = pictures.check(encoded("WEBP", picture(301, 77), lossless=True))
    assert (facts.width, facts.height) == (301, 77)


def test_the_bomb_is_small_and_is_refused_by_its_header_alone() -> None:
    assert len(BOMB) < 25_000
    with pytest.raises(BadPicture, match="12,000"):
        pictures.check(BOMB[:64])


def test_a_file_that_tells_two_readers_two_sizes_is_refused() -> None:
    second_header = blank_png(6_000, 6_000)[16:29]
    with pytest.raises(BadPicture, match="6,000"):
        pictures.check(with_chunk(encoded("PNG"), b"IHDR", second_header))


def test_file_beyond_the_cap_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(BadPicture, match="25 MB"):
        pictures.check(bytes(26 * 1024 * 1024))


def test_a_name_that_promises_a_picture_is_mentioned_when_it_lies() -> None:
    with pytest.raises(BadPicture, match="named as a PNG picture but holds a web page"):
        pictures.check(b"<html></html>", name="fox.png")


def test_a_picture_is_taken_under_any_name() -> None:
    assert pictures.check(encoded("JPEG"), name="fox.png").media_type == "image/jpeg"


def test_a_phones_photo_of_several_pictures_is_its_first_picture() -> None:
    content = encoded("MPO", picture(), save_all=True, append_images=[picture(32, 24)])
    facts = pictures.check(content)
    assert (facts.media_type, facts.width, facts.height) == ("image/jpeg", 64, 48)


def test_facts_are_those_of_the_upright_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    facts = pictures.check(encoded("JPEG", exif=exif))
    assert (facts.width, facts.height, facts.orientation) == (48, 64, 6)


@pytest.mark.parametrize("keyword", [b"zTXt", b"iCCP"])
def test_text_that_unpacks_to_a_flood_is_refused_or_left_out(keyword: bytes) -> None:
    flood = b"parameters\x00\x00" + zlib.compress(bytes(64 * 1024 * 1024), 9)
    with pytest.raises(BadPicture):
        pictures.check(with_chunk(encoded("PNG"), keyword, flood))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_flipped_byte_gives_a_picture_or_a_sentence(kind: str) -> None:
    content = encoded(kind)
    for at in range(0, min(len(content), 900), 7):
        broken = bytearray(content)
        broken[at] ^= 0xFF
        try:
            facts = pictures.check(bytes(broken))
        except BadPicture:
            continue
        assert facts.width > 0


async def test_the_studio_says_the_same_off_the_loop() -> None:
    async with open_studio() as studio:
        facts = await studio.check(encoded("PNG"), name="fox.png")
        assert facts.width == 64
        with pytest.raises(BadPicture):
            await studio.check(b"")


def test_a_sixteen_bit_picture_is_taken() -> None:
    image = Image.frombytes("I;16", (4, 4), b"\x00\x80" * 16)
    file = io.BytesIO()
    image.save(file, "PNG")
    assert pictures.check(file.getvalue()).width == 4
