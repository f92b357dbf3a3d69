"""New pictures made from pictures: uploads made safe, overviews, previews."""

import io

import pytest
from PIL import Image, ImageCms

from bot.errors import BadPicture
from bot.imaging import open_studio
from bot.imaging.copies import clean, grid, preview
from tests.bot.pictures import encoded, picture


def _open(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def _photo(kind: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return encoded(kind, picture(64, 48), exif=exif, xmp=b"<x>home</x>") if kind != "PNG" else encoded(kind, picture(64, 48), exif=exif)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_upload_is_turned_upright_and_says_nothing_of_its_maker(kind: str) -> None:
    image = _open(clean(_photo(kind, 6)))
    assert image.size == (48, 64)
    assert not dict(image.getexif())
    assert {"exif", "xmp", "icc_profile", "comment"}.isdisjoint(image.info)
    # The picture is dark at its left and top; turned clockwise by 90°, what was left is on top.
    corner = image.convert("RGB").getpixel((45, 2))
    assert isinstance(corner, tuple)
    assert max(corner[:2]) < 40


@pytest.mark.parametrize(("kind", "becomes"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("WEBP", "JPEG"), ("GIF", "PNG")])
def test_an_upload_becomes_png_or_jpeg(kind: str, becomes: str) -> None:
    assert _open(clean(encoded(kind))).format == becomes


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_kept(kind: str) -> None:
    image = _open(clean(encoded(kind, picture(mode="RGBA"))))
    assert (image.format, image.mode) == ("PNG", "RGBA")


def test_a_source_never_outgrows_an_upload() -> None:
    opaque = _open(clean(encoded("PNG", picture(400, 400)), most=2_000))
    assert (opaque.format, opaque.size) == ("JPEG", (400, 400))
    transparent = clean(encoded("PNG", picture(400, 400, "RGBA")), most=2_000)
    assert len(transparent) <= 2_000
    assert _open(transparent).mode == "RGBA"


def test_a_transparent_palette_is_kept_transparent() -> None:
    palette = picture().quantize(8)
    assert _open(clean(encoded("PNG", palette, transparency=0))).mode == "RGBA"
    assert _open(clean(encoded("PNG", palette, transparency=bytes([0, 100, 255])))).mode == "RGBA"


def test_sixteen_bits_become_eight_with_the_same_tone() -> None:
    grey = Image.frombytes("I;16", (4, 4), (0x8080).to_bytes(2, "little") * 16)
    assert _open(clean(encoded("PNG", grey))).getpixel((1, 1)) == (128, 128, 128)


def test_print_colours_become_screen_colours() -> None:
    image = _open(clean(encoded("JPEG", picture(mode="CMYK"))))
    assert image.mode == "RGB"


def test_colours_are_turned_into_srgb_before_the_profile_is_dropped() -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - Pillow does not say what a profile is
    entries = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12)}
    red, blue = entries[b"rXYZ"] + 4, entries[b"bXYZ"] + 4
    profile[red : red + 4], profile[blue : blue + 4] = profile[blue : blue + 4], profile[red : red + 4]
    pixel = _open(clean(encoded("PNG", Image.new("RGB", (4, 4), (255, 0, 0)), icc_profile=bytes(profile)))).getpixel((1, 1))
    assert isinstance(pixel, tuple)
    assert pixel[0] < 40
    assert pixel[2] > 215


def test_an_srgb_profile_changes_nothing() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - Pillow does not say what a profile is
    image = _open(clean(encoded("PNG", icc_profile=lab.tobytes())))
    assert "icc_profile" not in image.info
    assert image.tobytes() == picture().tobytes()


def test_a_damaged_profile_harms_nothing() -> None:
    assert _open(clean(encoded("PNG", icc_profile=b"nonsense"))).tobytes() == picture().tobytes()


def test_cleaning_twice_gives_the_same_bytes() -> None:
    assert clean(_photo("JPEG", 3)) == clean(_photo("JPEG", 3))


@pytest.mark.parametrize("count", range(1, 11))
def test_an_overview_shows_every_picture(count: int) -> None:
    sheet = _open(grid([encoded("PNG", picture(60, 40)) for _ in range(count)]))
    assert sheet.format == "WEBP"
    assert sheet.width * sheet.height >= count * 60 * 40
    assert max(sheet.size) <= 10 * 520


def test_an_overview_takes_pictures_of_any_shape() -> None:
    sheet = _open(grid([encoded("PNG", picture(900, 300)), encoded("JPEG", picture(20, 90)), encoded("WEBP", picture(mode="RGBA"))]))
    assert sheet.size == (3 * 512 + 2 * 8, 171)


@pytest.mark.parametrize("count", [0, 11])
def test_an_overview_of_none_or_too_many_is_refused(count: int) -> None:
    with pytest.raises(BadPicture, match="1 to 10"):
        grid([encoded("PNG")] * count)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_preview_is_small(kind: str) -> None:
    image = _open(preview(encoded(kind, picture(1200, 600))))
    assert (image.format, image.size) == ("WEBP", (512, 256))


async def test_the_studio_makes_the_same_copies() -> None:
    upload = encoded("PNG", picture(700, 700))
    async with open_studio() as studio:
        assert await studio.clean(upload, name="fox.png") == clean(upload)
        assert await studio.preview(upload) == preview(upload)
        assert await studio.grid([upload, upload]) == grid([upload, upload])
