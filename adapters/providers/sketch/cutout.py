"""Cutting out: the subject without the ground.

The ground is what looks like the left and right margins at about the same height, as in a landscape or before a wall; what is unlike
them, and holds together, is the subject.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from adapters.providers.sketch.canvas import Cancelled, light
from adapters.providers.sketch.noise import Field, blur, resize, smoothstep
from adapters.providers.sketch.render import Drawing, Progress
from adapters.providers.sketch.retouch import source_of

Area = NDArray[np.bool_]
_SIDE = 256
_BAND = 8
_SAMPLES = 90


def cut_out(drawing: Drawing, *, progress: Progress, cancelled: Callable[[], bool]) -> Image.Image:
    """The source with a clear ground, as RGBA.

    Raises:
        ValueError: there is no source.
        Cancelled: `cancelled` said so.
    """
    source = source_of(drawing).convert("RGB")
    progress(0.1, None)
    small = source.copy()
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    inside = _subject(light(small), cancelled)
    progress(0.7, None)
    soft = resize(blur(inside.astype(np.float32), 1.4), source.height, source.width)
    alpha = smoothstep(0.36, 0.64, soft)
    cut = source.copy()
    cut.putalpha(Image.fromarray((np.clip(alpha, 0, 1) * 255).astype(np.uint8)))
    progress(0.97, None)
    return cut


def _subject(tone: Field, cancelled: Callable[[], bool]) -> Area:
    high, wide = tone.shape[:2]
    across = np.linspace(-1.0, 1.0, wide, dtype=np.float32)[None, :]
    down = np.linspace(-1.0, 1.0, high, dtype=np.float32)[:, None]
    middle = np.exp(-((across / 0.6) ** 2 + ((down - 0.12) / 0.75) ** 2))
    calm = blur(tone, 1.2)
    unlike = np.zeros((high, wide), np.float32)
    for top in range(0, high, _BAND):
        if cancelled():
            raise Cancelled
        unlike[top : top + _BAND] = _apart(calm[top : top + _BAND], _margins(calm, top))
    unlike = blur(unlike, 1.5)
    inside = unlike * (0.55 + 0.45 * middle) > _level(unlike)
    whole = blur(inside.astype(np.float32), 2.5) > 0.45  # nearly half of the neighbourhood: no specks
    # A white chest before snow: gaps that the subject surrounds belong to it.
    wider = ~_reached(~(blur(whole.astype(np.float32), 13.0) > 0.1))  # grown by a twentieth of the side
    filled = whole | (blur(wider.astype(np.float32), 13.0) > 0.93)  # and shrunk again
    filled = ~_reached(~filled)
    return filled & _joined(filled, middle)


def _margins(tone: Field, top: int) -> Field:
    """Samples of the ground around a band of rows: what the picture shows at its left and right there, and a little above and below."""
    edge = max(2, tone.shape[1] // 6)
    near = tone[max(0, top - _BAND) : top + 2 * _BAND]
    samples = np.concatenate([near[:, :edge], near[:, -edge:]], axis=1).reshape(-1, 3)
    return samples[:: max(1, len(samples) // _SAMPLES)]


def _apart(band: Field, samples: Field) -> Field:
    """How unlike each pixel is to the sample that it is most like; a difference in hue counts more than one in brightness."""
    turn = np.asarray(((0.6, 1.0, 0.5), (0.6, -1.0, 0.5), (0.6, 0.0, -1.0)), np.float32)
    flat = band.reshape(-1, 3)
    colours = sum(flat[:, i : i + 1] * turn[i] for i in range(3)) + np.zeros((1, 3), np.float32)
    others = sum(samples[:, i : i + 1] * turn[i] for i in range(3)) + np.zeros((1, 3), np.float32)
    difference = np.abs(colours[:, None, :] - others[None, :, :]).sum(axis=2)
    return np.asarray(difference.min(axis=1), np.float32).reshape(band.shape[:2])


def _level(unlike: Field) -> float:
    """The level that best parts two kinds of pixels (Otsu), within reason."""
    counts, edges = np.histogram(np.clip(unlike, 0, 1.2), bins=96, range=(0.0, 1.2))
    share = counts / max(1, counts.sum())
    below, mean = np.cumsum(share), np.cumsum(share * edges[:-1])
    parted = (mean[-1] * below - mean) ** 2 / np.maximum(below * (1 - below), 1e-6)
    return float(min(0.3, max(0.06, edges[int(parted.argmax())] * 0.7)))


def _grown(found: Area, within: Area) -> Area:
    """All of `within` that is joined to `found`."""
    count = -1
    while (now := int(found.sum())) != count:
        count = now
        for _ in range(8):
            wider = found.copy()
            wider[1:] |= found[:-1]
            wider[:-1] |= found[1:]
            wider[:, 1:] |= found[:, :-1]
            wider[:, :-1] |= found[:, 1:]
            found = wider & within
    return found


def _reached(outside: Area) -> Area:
    """What of the ground is joined to the border: holes in the subject are not."""
    start = np.zeros_like(outside)
    start[[0, -1], :] = outside[[0, -1], :]
    start[:, [0, -1]] = outside[:, [0, -1]]
    return _grown(start, outside)


def _joined(inside: Area, middle: Field) -> Area:
    """The piece around the most central place of the subject, and every other piece that is not small beside it."""
    kept = np.zeros_like(inside)
    rest = inside.copy()
    largest = 0
    for _ in range(6):
        if not rest.any():
            break
        seed = np.zeros_like(inside)
        seed[np.unravel_index(int((middle * rest).argmax()), rest.shape)] = True
        piece = _grown(seed, rest)
        largest = max(largest, int(piece.sum()))
        if piece.sum() > 0.12 * largest:  # an eighth of the largest
            kept |= piece
        rest &= ~piece
    return kept
