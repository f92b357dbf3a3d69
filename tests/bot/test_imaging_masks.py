"""Masks: whatever somebody draws becomes greyscale of the picture's size, white where it is painted anew, or a sentence."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bot.errors import BadPicture
from bot.imaging import open_studio
from bot.imaging.copies import clean
from bot.imaging.masks import mask
from tests.bot.pictures import blank_png, encoded, moving, picture

SIZE = (96, 64)
PICTURE = encoded("PNG", picture(*SIZE))
LEFT, RIGHT = (10, 32), (86, 32)


def drawn(mode: str = "RGB", size: tuple[int, int] = SIZE, *, ground: object = "black", paint: object = "white") -> Image.Image:
    """The left third painted."""
    image = Image.new("RGBA" if mode in {"LA", "PA"} else mode, size, ground)  # pyright: ignore[reportArgumentType] - a colour by name or number
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 3, size[1]), fill=paint)  # pyright: ignore[reportArgumentType] - likewise
    return image.convert(mode) if image.mode != mode else image


def erased(size: tuple[int, int] = SIZE, *, of: Image.Image | None = None) -> Image.Image:
    """The picture itself, its left third cleared."""
    image = (of or picture(*size)).convert("RGBA").resize(size)
    image.paste((0, 0, 0, 0), (0, 0, size[0] // 3 + 1, size[1]))
    return image


def read(content: bytes, *, of: bytes = PICTURE) -> Image.Image:
    """The mask that comes of an upload, after the same washing that uploads get."""
    body = mask(clean(content), of)
    image = Image.open(io.BytesIO(body))
    image.load()
    assert (image.format, image.mode) == ("PNG", "L")
    return image


def is_left(image: Image.Image) -> bool:
    """Whether the left is marked, and nothing on the right."""
    width, height = image.size
    return (image.getpixel((width // 10, height // 2)), image.getpixel((width * 9 // 10, height // 2))) == (255, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_drawn_mask_is_understood_in_every_mode(mode: str) -> None:
    white = 65535 if mode == "I;16" else 255 if mode in {"1", "L"} else "white"
    image = drawn("RGB").convert("P") if mode == "P" else drawn(mode, ground=0 if mode in {"1", "L", "I;16"} else "black", paint=white)
    found = read(encoded("PNG", image))
    assert found.size == SIZE
    assert is_left(found)


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("JPEG", {"quality": 60}), ("WEBP", {"quality": 50}), ("GIF", {})])
def test_the_haze_of_a_lossy_file_marks_nothing(kind: str, options: dict[str, int]) -> None:
    counts = read(encoded(kind, drawn("RGB"), **options)).crop((40, 0, *SIZE)).histogram()
    assert counts[0] == sum(counts)


@pytest.mark.parametrize("ground", [(0, 0, 0, 0), (255, 255, 255, 0)])
def test_white_paint_on_nothing_is_a_drawn_mask(ground: tuple[int, ...]) -> None:
    assert is_left(read(encoded("PNG", drawn("RGBA", ground=ground, paint=(255, 255, 255, 255)))))


def test_white_paint_on_nothing_over_a_white_picture_is_a_drawn_mask() -> None:
    page = encoded("PNG", Image.new("RGB", SIZE, "white"))
    assert is_left(read(encoded("PNG", drawn("RGBA", ground=(0, 0, 0, 0), paint=(255, 255, 255, 255))), of=page))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_picture_with_a_part_erased_marks_that_part(kind: str) -> None:
    assert is_left(read(encoded(kind, erased())))


def test_a_black_picture_with_a_hole_marks_the_hole() -> None:
    assert is_left(read(encoded("PNG", drawn("RGBA", ground=(0, 0, 0, 255), paint=(0, 0, 0, 0)))))


def test_a_drawing_in_ink_with_a_part_erased_marks_that_part() -> None:
    ink = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(ink)
    for at in range(0, 96, 12):
        pen.line((at, 0, 96 - at, 64), fill="black", width=3)
    assert is_left(read(encoded("PNG", erased(of=ink)), of=encoded("PNG", ink)))


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(4, 400), st.integers(1, 400)),
    of=st.tuples(st.integers(16, 300), st.integers(1, 300)),
    clear=st.booleans(),
)
def test_a_mask_of_any_size_is_brought_to_the_pictures_own(size: tuple[int, int], of: tuple[int, int], clear: bool) -> None:
    under = encoded("PNG", picture(*of))
    found = read(encoded("PNG", erased(size) if clear else drawn("L", size, ground=0, paint=255)), of=under)
    assert found.size == of
    assert is_left(found)
    assert mask(clean(encoded("PNG", found)), under) == mask(encoded("PNG", found), under), "a mask stays what it is"


def test_a_photo_that_is_stored_lying_down_gets_its_mask_as_people_see_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read(encoded("PNG", drawn("L", (64, 96), ground=0, paint=255)), of=encoded("JPEG", picture(96, 64), exif=exif)).size == (64, 96)


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (encoded("PNG", Image.new("L", SIZE, 0)), "marks nothing"),
        (encoded("PNG", Image.new("RGBA", SIZE, (0, 0, 0, 255))), "marks nothing"),
        (encoded("PNG", Image.new("L", SIZE, 255)), "marks the whole picture"),
        (encoded("PNG", Image.new("RGBA", SIZE, (0, 0, 0, 0))), "marks the whole picture"),
        (PICTURE, "the picture itself, with nothing erased"),
        (encoded("JPEG", picture(*SIZE)), "the picture itself, with nothing erased"),
        (encoded("PNG", picture(*SIZE).rotate(180)), "has colours"),
        (encoded("PNG", drawn("RGB", paint="red")), "has colours"),
        (moving("GIF"), "more than one frame"),
        (blank_png(30_000, 30_000), "pixels"),
        (PICTURE[:200], "damaged"),
        (b"GIF89a", "pixels"),
        (b"%PDF-1.7", "PDF"),
        (b"", "empty"),
    ],
)
def test_what_is_no_mask_is_answered_with_a_sentence(upload: bytes, words: str) -> None:
    with pytest.raises(BadPicture, match=words) as caught:
        read(upload)
    assert caught.value.advice


async def test_the_studio_makes_masks_in_its_threads() -> None:
    async with open_studio() as studio:
        found = await studio.mask(encoded("PNG", drawn("L", (30, 30), ground=0, paint=255)), picture=PICTURE)
    assert is_left(Image.open(io.BytesIO(found)))


def test_the_largest_picture_that_is_taken_gets_its_mask() -> None:
    large = encoded("PNG", Image.new("L", (8000, 4000), 90), compress_level=1)
    found = read(encoded("PNG", drawn("L", (40, 20), ground=0, paint=255)), of=large)
    assert (found.size, is_left(found)) == ((8000, 4000), True)


def test_a_soft_brush_stays_soft() -> None:
    image = Image.new("L", SIZE, 0)
    image.paste(Image.linear_gradient("L").rotate(90).resize((48, 64)), (48, 0))
    counts = read(encoded("PNG", image)).histogram()
    assert sum(counts[1:255]) > 1000
