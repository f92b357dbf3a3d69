"""The label inside a picture: written without touching a pixel, read back whole, refused when it is hostile."""

import hashlib
import io
import json
import tracemalloc
import zlib
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from bot.errors import BadPicture, NotFound
from bot.imaging import DigitalSource, open_studio, parameters, request_of, rerun_of
from bot.imaging.copies import finish
from bot.imaging.metadata import read
from bot.imaging.records import record_of
from tests.bot.pictures import JOB, encoded, picture, pixels, with_chunk

RECORD = record_of(JOB, index=1, seed=42)
KINDS = {
    "png": encoded("PNG"),
    "png with alpha": encoded("PNG", picture(mode="RGBA")),
    "png with palette": encoded("PNG", picture().quantize(16)),
    "grey png": encoded("PNG", picture(mode="L")),
    "jpeg": encoded("JPEG"),
    "progressive jpeg": encoded("JPEG", progressive=True, quality=90),
    "cmyk jpeg": encoded("JPEG", picture(mode="CMYK")),
    "jpeg without a colour transform": encoded("JPEG", keep_rgb=True),
    "grey jpeg": encoded("JPEG", picture(mode="L")),
    "webp": encoded("WEBP"),
    "lossless webp": encoded("WEBP", picture(63, 47), lossless=True),
    "webp with alpha": encoded("WEBP", picture(mode="RGBA")),
    "lossless webp with alpha": encoded("WEBP", picture(mode="RGBA"), lossless=True),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_label_leaves_every_pixel_as_it_was(name: str) -> None:
    original = KINDS[name]
    assert pixels(finish(original, RECORD).original) == pixels(original)


@pytest.mark.parametrize("name", KINDS)
def test_a_record_comes_back_whole(name: str) -> None:
    prints = finish(KINDS[name], RECORD)
    found = read(prints.original)
    assert found == {
        **RECORD,
        "width": 64 if prints.width == 64 else 63,
        "height": prints.height,
        "digital_source_type": str(DigitalSource.TRAINED),
    }
    assert request_of(found) == JOB.request


@pytest.mark.parametrize("name", KINDS)
def test_the_same_input_gives_the_same_bytes(name: str) -> None:
    assert finish(KINDS[name], RECORD) == finish(KINDS[name], RECORD)


@pytest.mark.parametrize("name", KINDS)
def test_a_label_is_written_once_however_often(name: str) -> None:
    once = finish(KINDS[name], RECORD).original
    assert finish(once, RECORD).original == once


def test_other_readers_find_the_texts_of_a_png() -> None:
    with Image.open(io.BytesIO(finish(KINDS["png"], RECORD).original)) as image:
        assert image.info["parameters"].startswith("a red fox\nSeed: 42, Size: 64x48, Model: sketch, ")
        assert json.loads(image.info["limner"])["vendor_id"] == "vendor-77"
        assert "digitalsourcetype/trainedAlgorithmicMedia" in image.info["XML:com.adobe.xmp"]


@pytest.mark.parametrize("name", ["jpeg", "webp", "lossless webp with alpha", "progressive jpeg"])
def test_other_readers_find_the_texts_of_a_jpeg_and_a_webp(name: str) -> None:
    with Image.open(io.BytesIO(finish(KINDS[name], RECORD).original)) as image:
        assert b"digitalsourcetype/trainedAlgorithmicMedia" in image.info["xmp"]
        comment = image.getexif().get_ifd(0x8769)[0x9286]
        assert comment.removeprefix(b"UNICODE\x00").decode("utf-16-be").startswith("a red fox\nSeed: 42")


def test_a_procedural_picture_says_that_it_learned_from_nothing() -> None:
    prints = finish(KINDS["png"], RECORD, source=DigitalSource.PROCEDURAL)
    with Image.open(io.BytesIO(prints.original)) as image:
        assert "digitalsourcetype/algorithmicMedia" in image.info["XML:com.adobe.xmp"]
        assert "AISystemUsed" not in image.info["XML:com.adobe.xmp"]
    with Image.open(io.BytesIO(prints.shown)) as image:
        assert b"digitalsourcetype/algorithmicMedia" in image.info["xmp"]


def test_markup_in_a_prompt_stays_text_in_the_xmp() -> None:
    prints = finish(KINDS["png"], {**RECORD, "prompt": "</rdf:RDF><a b='&'>\x00\ud83d]]>"})
    with Image.open(io.BytesIO(prints.original)) as image:
        packet = image.info["XML:com.adobe.xmp"]
    tree = ET.fromstring(packet)  # noqa: S314 - our own bytes
    assert "</rdf:RDF><a b='&'>]]>" in "".join(tree.itertext())


def test_what_a_vendor_wrote_is_dropped_but_the_colours_stay() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - Pillow does not say what a profile is
    info = PngInfo()
    info.add_text("workflow", "/home/somebody/secret")
    content = with_chunk(encoded("PNG", pnginfo=info, icc_profile=profile, dpi=(300, 300)), b"caBX", b"a vendor's manifest")
    with Image.open(io.BytesIO(finish(content + b"<script>", RECORD).original)) as image:
        assert "workflow" not in image.info
        assert image.info["icc_profile"] == profile
        assert round(image.info["dpi"][0]) == 300
    labelled = finish(content + b"<script>", RECORD).original
    assert b"manifest" not in labelled
    assert b"<script>" not in labelled


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_what_a_vendor_wrote_into_a_jpeg_or_webp_is_dropped(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "made for somebody@example.org"
    content = encoded(kind, exif=exif, xmp=b"<x>somebody</x>", icc_profile=b"profile") + b"<script>"
    labelled = finish(content, RECORD).original
    assert b"somebody" not in labelled
    assert b"<script>" not in labelled
    with Image.open(io.BytesIO(labelled)) as image:
        assert image.info["icc_profile"] == b"profile"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_original_that_needs_turning_still_says_so(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    prints = finish(encoded(kind, exif=exif), RECORD)
    with Image.open(io.BytesIO(prints.original)) as image:
        assert image.getexif()[0x0112] == 6
    assert (prints.width, prints.height) == (48, 64)


def test_a_phones_second_picture_does_not_travel_along() -> None:
    content = encoded("MPO", picture(), save_all=True, append_images=[picture(32, 24)])
    labelled = finish(content, RECORD).original
    assert labelled.count(b"\xff\xd8\xff") == 1
    assert read(labelled)["prompt"] == "a red fox"


def test_a_gif_becomes_a_png_that_carries_the_record() -> None:
    prints = finish(encoded("GIF"), RECORD)
    assert prints.media_type == "image/png"
    assert read(prints.original)["job"] == JOB.id


def test_a_record_longer_than_a_segment_fits_a_jpeg() -> None:
    long = {**RECORD, "prompt": "🦊" * 4000, "negative": "雪" * 4000, "asked": "x" * 200_000}
    found = read(finish(KINDS["jpeg"], long).original)
    assert {name: found[name] for name in long} == long


def test_digest_and_sizes_are_those_of_what_is_kept() -> None:
    prints = finish(encoded("PNG", picture(2000, 1000)), RECORD)
    assert prints.digest == hashlib.sha256(prints.original).hexdigest()
    assert (prints.width, prints.height) == (2000, 1000)
    for content, size in ((prints.shown, (1600, 800)), (prints.thumbnail, (320, 160))):
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size) == ("WEBP", size)
    assert (prints.shown_width, prints.shown_height) == (1600, 800)


A1111 = (
    "a (red:1.2) fox, <lora:snow:0.8>\nsecond line\nNegative prompt: text, people\nand more\n"
    'Steps: 30, Sampler: DPM++ 2M, CFG scale: 7.5, Seed: 4242, Size: 832x1216, Model hash: abc, Model: "some, model", Version: v1.9'
)


def _png_text(text: str) -> bytes:
    return with_chunk(encoded("PNG"), b"tEXt", b"parameters\x00" + text.encode("latin-1"))


def _user_comment(kind: str, comment: bytes) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = comment
    return encoded(kind, exif=exif)


@pytest.mark.parametrize(
    "content",
    [
        _png_text(A1111),
        with_chunk(encoded("PNG"), b"zTXt", b"parameters\x00\x00" + zlib.compress(A1111.encode())),
        with_chunk(encoded("PNG"), b"iTXt", b"parameters\x00\x01\x00en\x00\x00" + zlib.compress(A1111.encode())),
        _user_comment("JPEG", b"UNICODE\x00" + A1111.encode("utf-16-be")),
        _user_comment("WEBP", b"UNICODE\x00" + A1111.encode("utf-16-le")),
        _user_comment("JPEG", b"ASCII\x00\x00\x00" + A1111.encode()),
    ],
)
def test_another_tools_parameters_are_understood(content: bytes) -> None:
    found = read(content)
    assert found == {
        "prompt": "a (red:1.2) fox, <lora:snow:0.8>\nsecond line",
        "negative": "text, people\nand more",
        "steps": 30,
        "guidance": 7.5,
        "seed": 4242,
        "width": 832,
        "height": 1216,
        "model": "some, model",
        "tool": "parameters",
    }
    request = rerun_of(found)
    assert (request.seed, request.size, request.steps, request.guidance, request.model) == (4242, (832, 1216), 30, 7.5, None)


def test_our_text_form_is_read_as_other_tools_read_it() -> None:
    record = {**RECORD, "negative": "text, people", "steps": 30, "guidance": 7.5, "width": 64, "height": 48, "model": 'a "b", c: d'}
    found = parameters.read(parameters.write(record))
    assert found == {name: record[name] for name in found}
    assert {"prompt", "negative", "steps", "guidance", "seed", "width", "height", "model"} <= set(found)


def test_a_seed_of_sixty_four_bits_is_shown_but_not_asked_for() -> None:
    found = read(_png_text("fox\nSteps: 20, Seed: 18446744073709551615, Size: 64x64"))
    assert found["seed"] == 18446744073709551615
    assert request_of(found).seed is None


@pytest.mark.parametrize("content", [encoded("PNG"), encoded("JPEG"), encoded("WEBP"), encoded("GIF"), _png_text("just a comment: yes")])
def test_a_picture_without_a_record_says_so(content: bytes) -> None:
    with pytest.raises(NotFound, match="carries no drawing data"):
        read(content)


def _record_png(text: bytes) -> bytes:
    return with_chunk(encoded("PNG"), b"iTXt", b"limner\x00\x00\x00\x00\x00" + text)


HOSTILE = {
    "packed flood": with_chunk(encoded("PNG"), b"zTXt", b"parameters\x00\x00" + zlib.compress(bytes(64 * 1024 * 1024), 9)),
    "packed flood in iTXt": with_chunk(encoded("PNG"), b"iTXt", b"limner\x00\x01\x00\x00\x00" + zlib.compress(bytes(64 * 1024 * 1024), 9)),
    "ten megabytes": _record_png(b'{"prompt":"' + b"x" * 10_000_000 + b'"}'),
    "deep": _record_png(b"[" * 500_000),
    "a list": _record_png(b"[1,2]"),
    "no json": _record_png(b"{"),
    "not a number": _record_png(b'{"seed":NaN}'),
    "a number of a million digits": _record_png(b'{"seed":' + b"9" * 900_000 + b"}"),
    "bad utf-8": _record_png(b'{"prompt":"\xff\xfe"}'),
    "damaged packing": with_chunk(encoded("PNG"), b"zTXt", b"parameters\x00\x00nonsense"),
    "cut": encoded("PNG")[:-20],
    "no picture": b"hello",
}


def test_a_packed_flood_is_never_unpacked_in_full() -> None:
    content = HOSTILE["packed flood"]
    tracemalloc.start()
    try:
        with pytest.raises(BadPicture):
            read(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_a_long_record_in_a_jpeg_or_webp_is_refused() -> None:
    for kind in ("jpeg", "webp"):
        with pytest.raises(BadPicture, match="far longer"):
            read(finish(KINDS[kind], {**RECORD, "flood": "x" * 2_000_000}).original)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_data_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(BadPicture) as refusal:
        read(HOSTILE[name])
    assert refusal.value.sentence


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", 7),
        ("prompt", "x" * 200_000),
        ("seed", -1),
        ("seed", 2**32),
        ("seed", True),
        ("steps", "30"),
        ("guidance", [7]),
        ("guidance", 1e300),
        ("size", [64]),
        ("size", [64, "48"]),
        ("size", "64x48"),
        ("ratio", "wide"),
        ("ratio", "16:0"),
        ("count", 0),
        ("count", 10**9),
        ("operation", "format disk"),
        ("sources", ["../../etc/passwd"]),
        ("sources", ["/etc/passwd"]),
        ("sources", "a"),
        ("mask", "a/../b"),
        ("extras", {"a": 1}),
        ("extras", []),
    ],
)
def test_a_request_with_a_wrong_value_names_it(field: str, value: Any) -> None:
    record = {**RECORD, "request": {field: value}}
    with pytest.raises(BadPicture, match=field):
        request_of(read(_record_png(json.dumps(record).encode())))


@pytest.mark.parametrize("value", [None, 7, "text", []])
def test_a_request_that_is_no_request_is_refused(value: object) -> None:
    with pytest.raises(BadPicture, match="request"):
        request_of({"request": value})


async def test_the_studio_finishes_and_reads() -> None:
    async with open_studio() as studio:
        prints = await studio.finish(KINDS["jpeg"], RECORD)
        assert (await studio.read(prints.original))["cost_usd"] == 0.04
