"""Ratios: for services that are asked for a shape and choose the pixels themselves.

Such a model states the sizes that its ratios come to, so that fitting and cards speak of what will come, nearly.
"""

import math
from collections.abc import Sequence


def sizes_of(ratios: Sequence[str], *, pixels: int, multiple: int = 16) -> tuple[tuple[int, int], ...]:
    """What each ratio (`16:9`) comes to at an area, in pixels that are multiples of `multiple`."""
    shapes = [math.sqrt(pixels * _quotient(ratio)) for ratio in ratios]
    return tuple((multiple * round(width / multiple), multiple * round(pixels / width / multiple)) for width in shapes)


def ratio_of(size: tuple[int, int], ratios: Sequence[str]) -> str:
    """The ratio that is nearest to a size."""
    shape = math.log(size[0] / size[1])
    return min(ratios, key=lambda ratio: abs(math.log(_quotient(ratio)) - shape))


def _quotient(ratio: str) -> float:
    wide, _, high = ratio.partition(":")
    return float(wide) / float(high)
