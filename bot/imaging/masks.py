"""Masks: where a picture is to be painted anew, read out of whatever somebody drew.

Two things are understood. A drawn mask is white where the picture shall change; black, or nothing at all, is where it stays. An erased
picture is the picture itself with that part made transparent. Either may have any size and shape: it is laid over the whole picture.
"""

import io

from PIL import Image, ImageChops, ImageStat

from bot.errors import BadPicture
from bot.imaging.copies import upright
from bot.imaging.pictures import ORIGINAL, UPLOAD, opened

ADVICE = "Send a picture that is white where it shall change and black elsewhere, or the picture itself with that part erased."
_LOOK = 256
"""Longest side in pixels at which it is judged what a picture is."""
_FAINT, _FULL = 24, 231
"""Greys below and above count as black and white: JPEG and soft brushes leave a haze, and what is to stay must stay."""
_HALF = 128
_SOLID = 250
"""An alpha from here on covers."""
_COLOURED = 48
"""The least distance between the channels of a colour."""
_UNLIKE = 64
"""The least difference between two pixels that saving as JPEG does not explain."""
_SOME = 0.03
"""The share of pixels that may be otherwise: the soft edges of a brush, the noise of JPEG."""


def mask(upload: bytes, picture: bytes) -> bytes:
    """A mask for a picture: a PNG of the picture's own size (upright), 8-bit greyscale, white = paint anew, black = keep.

    Args:
        upload: what somebody attached.
        picture: the picture that it is for.

    Raises:
        BadPicture: it is no picture, no mask, or one that leaves everything or nothing as it is.
    """
    # The picture first, and only a small copy kept: two large ones at once would take a quarter of a gigabyte.
    under, size = _beneath(picture)
    drawn = upright(opened(upload, most=UPLOAD)[0])
    alpha = drawn.getchannel("A") if drawn.mode == "RGBA" else None
    if alpha is None or _least(alpha) >= _SOLID:
        level = _opaque(drawn.convert("RGB"), under)
    elif _is_drawn(drawn, under):
        level = ImageChops.multiply(drawn.convert("L"), alpha)
    else:
        level = ImageChops.invert(alpha)
    fitted = level.resize(size, Image.Resampling.BILINEAR).point(_settled)
    counts = fitted.histogram()
    if not any(counts[_HALF:]):
        raise BadPicture("This mask marks nothing: no part of it is white or erased.", advice=ADVICE)
    if not any(counts[:_HALF]):
        raise BadPicture("This mask marks the whole picture, so nothing of it would be kept.", advice="/edit changes a picture as a whole.")
    file = io.BytesIO()
    fitted.save(file, "PNG", compress_level=3)
    return file.getvalue()


def _opaque(drawn: Image.Image, under: Image.Image) -> Image.Image:
    """The greys of a drawn mask. Raises BadPicture for what is a picture rather than a mask."""
    small = _small(drawn)
    if not any(_strongest(ImageChops.difference(small, _small(drawn, under))).histogram()[_UNLIKE:]):
        raise BadPicture("This is the picture itself, with nothing erased.", advice=ADVICE)
    spread = _spread(small).histogram()
    if sum(spread[_COLOURED:]) > _SOME * sum(spread):
        raise BadPicture("This mask has colours, and I cannot tell which of them marks the part to repaint.", advice=ADVICE)
    return drawn.convert("L")


def _is_drawn(drawn: Image.Image, under: Image.Image) -> bool:
    """Whether a picture with clear parts is white paint on nothing, rather than the picture with a part erased."""
    small = _small(drawn)
    visible = small.getchannel("A").point(_shut)
    colours = small.convert("RGB")
    greys, spread = small.convert("L").histogram(visible), _spread(colours).histogram(visible)
    seen, between = sum(greys), sum(greys[_FAINT : _FULL + 1])
    if not any(greys[_FULL + 1 :]) or max(between, sum(spread[_COLOURED:])) > _SOME * seen:
        return False
    # A drawing in ink is black and white, too: it is told by being what is beneath.
    beneath = _small(drawn, under)
    varied = ImageStat.Stat(beneath.convert("L"), visible).stddev[0] > 12  # noqa: PLR2004 - of 255: more than one plain ground
    return not (varied and _distance(colours, beneath, visible) < 24)  # noqa: PLR2004 - of 255


def _beneath(picture: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """A small copy of the picture that the mask is for, and its size."""
    image = upright(opened(picture, most=ORIGINAL)[0])
    return _small(image).convert("RGB"), image.size


def _small(drawn: Image.Image, under: Image.Image | None = None) -> Image.Image:
    """A small copy; of the picture beneath, in the shape of what was drawn."""
    scale = min(1.0, _LOOK / max(drawn.size))
    size = (max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale)))
    return drawn.resize(size, Image.Resampling.BILINEAR) if under is None else under.resize(size, Image.Resampling.BILINEAR)


def _distance(one: Image.Image, other: Image.Image, where: Image.Image) -> float:
    """How far apart two pictures are in some part, 0 to 255."""
    means = ImageStat.Stat(ImageChops.difference(one, other), where).mean
    return sum(means) / len(means)


def _spread(image: Image.Image) -> Image.Image:
    """How far apart each pixel's channels are: 0 for grey."""
    red, green, blue = image.split()
    return ImageChops.subtract(_strongest(image), ImageChops.darker(ImageChops.darker(red, green), blue))


def _strongest(image: Image.Image) -> Image.Image:
    """Each pixel's strongest channel."""
    red, green, blue = image.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _least(alpha: Image.Image) -> int:
    return next(value for value, count in enumerate(alpha.histogram()) if count)


def _settled(value: int) -> int:
    return 0 if value < _FAINT else 255 if value > _FULL else value


def _shut(value: int) -> int:
    return 255 if value >= _FAINT else 0
