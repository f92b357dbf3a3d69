"""Retouching: what starts from a picture. Variations, edits, painting into a mask and beyond the edges."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image

from adapters.providers.sketch.canvas import Canvas, light, picture
from adapters.providers.sketch.cast import Stage, paint_cast
from adapters.providers.sketch.figures import known
from adapters.providers.sketch.light import Light, light_of
from adapters.providers.sketch.noise import Dice, Field, blur, cloudy, resize, shift, smoothstep
from adapters.providers.sketch.render import Drawing, Progress, paint
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.words import read

_GREY = np.asarray((0.299, 0.587, 0.114), np.float32)


def vary(drawing: Drawing, *, progress: Progress, cancelled: Callable[[], bool]) -> Image.Image:
    """The source seen anew: its composition stays, the light, the palette and the weather lean towards the prompt's.

    `strength` decides how far; 0 gives the source's own pixels, 1 a new drawing.

    Raises:
        ValueError: there is no source.
        Cancelled: `cancelled` said so.
    """
    old = covering(source_of(drawing), drawing.width, drawing.height)
    share = min(1.0, max(0.0, drawing.strength))
    if share == 0:
        return picture(old)
    new = paint(drawing, progress=_part(progress, 0.0, 0.85), cancelled=cancelled)
    dice = Dice(drawing.prompt.strip(), drawing.seed, "vary")
    moved = _bent(old, dice.fork("bend"), share)
    moved = _regraded(moved, new, share**0.7)
    # Where both pictures are alike already, one may turn into the other without a seam: sky into sky, ground into ground.
    unlike = blur(np.abs(new - moved).sum(axis=2), min(old.shape[:2]) / 40)
    drift = resize(cloudy(dice.fork("drift"), 64, 64, cells=4, octaves=4), drawing.height, drawing.width)
    threshold = 0.12 + 0.5 * share + (drift - 0.5) * 0.35
    reveal = smoothstep(0.0, 0.24, threshold - unlike) * min(1.0, share * 1.35)
    reveal = np.maximum(reveal, smoothstep(0.82, 1.0, np.full_like(reveal, share)))
    mixed = moved + (new - moved) * reveal[..., None]
    progress(0.97, None)
    return picture(mixed)


def inpaint(drawing: Drawing, *, progress: Progress, cancelled: Callable[[], bool]) -> Image.Image:
    """The prompt's things inside the mask, in the light of what is around it; outside the mask every pixel stays.

    A prompt that names a figure sets it into the picture's own ground, healed first; any other prompt paints its scene; an empty prompt
    removes what was there.

    Raises:
        ValueError: there is no source or no mask, or the mask is empty.
        Cancelled: `cancelled` said so.
    """
    old = light(source_of(drawing))
    height, width = old.shape[:2]
    if drawing.mask is None:
        raise ValueError("There is no mask: white in it says where to paint.")
    mask = np.asarray(drawing.mask.convert("L").resize((width, height), Image.Resampling.BILINEAR), np.float32) / 255
    return picture(_painted_into(drawing, old, mask, progress, cancelled))


def outpaint(drawing: Drawing, *, progress: Progress, cancelled: Callable[[], bool]) -> Image.Image:
    """The source within a larger picture of the drawing's size; where it would fill that wholly, it is made smaller first.

    Raises:
        ValueError: there is no source.
        Cancelled: `cancelled` said so.
    """
    source = source_of(drawing)
    room = min(drawing.width / source.width, drawing.height / source.height)
    scale = min(1.0, room)
    if source.width * scale * source.height * scale > 0.9 * drawing.width * drawing.height:
        scale *= 0.7
    inner = source.convert("RGB").resize(
        (max(1, round(source.width * scale)), max(1, round(source.height * scale))), Image.Resampling.LANCZOS
    )
    left, top = (drawing.width - inner.width) // 2, (drawing.height - inner.height) // 2
    old = np.zeros((drawing.height, drawing.width, 3), np.float32)
    mask = np.ones((drawing.height, drawing.width), np.float32)
    old[top : top + inner.height, left : left + inner.width] = light(inner)
    mask[top : top + inner.height, left : left + inner.width] = 0.0
    # The seam fades into what the source would go on as, not into nothing.
    old += _filled(old, mask) * mask[..., None]
    new = paint(drawing, progress=_part(progress, 0.0, 0.85), cancelled=cancelled)
    return picture(_joined(old, new, mask, pull=0.95))


def source_of(drawing: Drawing) -> Image.Image:
    """The source picture. Raises ValueError where there is none."""
    if drawing.source is None:
        raise ValueError("There is no source picture to start from.")
    return drawing.source


def covering(source: Image.Image, width: int, height: int) -> Field:
    """The source at a size, cut where its shape differs."""
    scale = max(width / source.width, height / source.height)
    wide, high = width / scale, height / scale
    box = ((source.width - wide) / 2, (source.height - high) / 2, (source.width + wide) / 2, (source.height + high) / 2)
    flat = source.convert("RGB")
    return light(flat if flat.size == (width, height) else flat.resize((width, height), Image.Resampling.LANCZOS, box=box))


def _part(progress: Progress, low: float, high: float) -> Progress:
    def tell(fraction: float, preview: Image.Image | None) -> None:
        progress(low + (high - low) * fraction, preview)

    return tell


def _bent(old: Field, dice: Dice, share: float) -> Field:
    """Shapes pushed a little aside, as another hand would draw them."""
    height, width = old.shape[:2]
    reach = 0.05 * share * min(height, width)
    dx = resize(cloudy(dice.fork("x"), 48, 48, cells=3, octaves=2) - 0.5, height, width) * reach
    dy = resize(cloudy(dice.fork("y"), 48, 48, cells=3, octaves=2) - 0.5, height, width) * reach
    return shift(old, dx, dy)


def _regraded(old: Field, new: Field, share: float) -> Field:
    """The old picture in the new one's palette: its mean, its spread, and its light over large areas."""
    mean_old, mean_new = old.mean(axis=(0, 1)), new.mean(axis=(0, 1))
    spread = np.clip((new.std(axis=(0, 1)) + 0.02) / (old.std(axis=(0, 1)) + 0.02), 0.6, 1.6)
    graded = (old - mean_old) * spread + mean_new
    wide = blur(new @ _GREY, min(old.shape[:2]) / 5)
    graded = graded * (0.7 + 0.3 * np.clip(wide / max(0.05, float(wide.mean())), 0.5, 1.8))[..., None]
    return np.clip(old + (graded - old) * np.float32(share), 0.0, 1.0)


def _painted_into(drawing: Drawing, old: Field, mask: Field, progress: Progress, cancelled: Callable[[], bool]) -> Field:
    rows, columns = np.flatnonzero(mask.max(axis=1) > 0.5), np.flatnonzero(mask.max(axis=0) > 0.5)  # more white than black
    if not len(rows) or not len(columns):
        raise ValueError("The mask is empty: white in it says where to paint.")
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    dice = Dice(drawing.prompt.strip(), drawing.seed, "inpaint")
    healed = _healed(old, mask, (top, bottom, left, right), dice.fork("heal"))
    scene = read(drawing.prompt, drawing.negative, drawing.style, dice.fork("words"))
    if any(known(subject.name) for subject in scene.subjects) or not drawing.prompt.strip():
        progress(0.4, None)
        patch = Canvas(right - left, bottom - top, _part(progress, 0.4, 0.95), cancelled)
        patch.pixels[:] = healed[top:bottom, left:right]
        patch.reached(0.2)
        paint_cast(patch, scene, _light_within(scene, old, dice), dice.fork("cast"), Stage(horizon=0.86, floor=0.94, deep=None, zoom=1.45))
        new = healed.copy()
        new[top:bottom, left:right] = patch.pixels
        return _joined(old, new, mask, pull=0.0)
    wide, high = right - left, bottom - top
    grow = max(1.0, 256 / min(wide, high))
    inner = replace(drawing, width=min(2048, round(wide * grow)), height=min(2048, round(high * grow)))
    painted = paint(inner, progress=_part(progress, 0.0, 0.9), cancelled=cancelled)
    new = old.copy()
    new[top:bottom, left:right] = resize(painted, high, wide) if painted.shape[:2] != (high, wide) else painted
    return _joined(old, new, mask, pull=0.6)


def _light_within(scene: Scene, old: Field, dice: Dice) -> Light:
    """The light that the prompt gives, dimmed or coloured by the picture it comes into."""
    found = light_of(scene, dice.fork("light"))
    mean = old.mean(axis=(0, 1))
    level = float(mean @ _GREY)
    tone = tuple(0.5 + 0.5 * float(part) / max(0.05, level) for part in mean)
    gain = min(1.1, 0.45 + level)
    return replace(
        found,
        sun=(min(1.0, tone[0] * gain), min(1.0, tone[1] * gain), min(1.0, tone[2] * gain)),
        shade=(0.6 * tone[0] * gain, 0.6 * tone[1] * gain, 0.6 * tone[2] * gain),
    )


def _healed(old: Field, mask: Field, box: tuple[int, int, int, int], dice: Dice) -> Field:
    """The picture without what is in the mask: covered by the piece of itself whose surroundings fit best, its colours matched."""
    top, bottom, left, right = box
    high, wide = bottom - top, right - left
    step = max(1, min(old.shape[:2]) // 160)
    small, hole = old[::step, ::step], mask[::step, ::step]
    # A ring around the mask has to fit; nothing may be taken from within the mask.
    ring = np.clip(blur(np.clip(hole * 4, 0, 1), 4.0) * 3, 0, 1) * (hole < 0.02)  # hardly masked
    plain = _filled(small, np.clip(hole, 0, 1))
    best, found = 1e9, None
    for k in range(90):
        dx = dice.integer(-old.shape[1], old.shape[1])
        dy = 0 if k % 3 else dice.integer(-high, high)
        if not (left + dx >= 0 and right + dx <= old.shape[1] and top + dy >= 0 and bottom + dy <= old.shape[0]):
            continue
        moved = np.roll(small, (-dy // step, -dx // step), axis=(0, 1))
        taken = np.roll(hole, (-dy // step, -dx // step), axis=(0, 1))
        # The piece should be as plain as the ground it covers: no second subject.
        busy = (np.abs(moved - plain).sum(axis=2) * hole).sum() * 0.7
        loss = float((np.abs(moved - small).sum(axis=2) * ring).sum() + (taken * hole).sum() * 8.0 + busy) + abs(dy) / step * 0.2
        if loss < best:
            best, found = loss, (dy, dx)
    soft = _filled(old, mask)
    if found is None or best > (0.5 * ring.sum() + 0.42 * hole.sum()):
        # Nothing fits: better plain than wrong.
        return old + (soft - old) * mask[..., None]
    patch = old.copy()
    patch[top:bottom, left:right] = old[top + found[0] : bottom + found[0], left + found[1] : right + found[1]]
    patch += _filled(old - patch, mask) * mask[..., None]
    # Where the piece itself was masked, only the smooth filling is left.
    bad = np.zeros_like(mask)
    bad[top:bottom, left:right] = mask[top + found[0] : bottom + found[0], left + found[1] : right + found[1]]
    patch += (soft - patch) * np.clip(blur(bad, max(2.0, wide / 30)) * 1.3, 0, 1)[..., None]
    return old + (patch - old) * mask[..., None]


def _joined(old: Field, new: Field, mask: Field, *, pull: float) -> Field:
    """`new` inside the mask, its colours pulled towards what they border on, over a seam that lies wholly inside; `old` outside."""
    if pull > 0:
        difference = _filled(old - new, mask)
        new = new + difference * np.float32(pull)
    reach = max(2.0, min(mask.shape) / 40)
    within = np.clip(blur(mask, reach) * 2.0 - 1.0, 0.0, 1.0)
    feather = np.minimum(mask, smoothstep(0.0, 0.9, within))
    # A pixel that the mask does not touch is never touched.
    return old + (np.clip(new, 0.0, 1.0) - old) * feather[..., None]


def _filled(field: Field, mask: Field) -> Field:
    """What is outside the mask, carried smoothly into it: averaged on ever coarser grids, then laid back level by level."""
    known_weight = (1.0 - mask) ** 2
    levels: list[tuple[Field, Field]] = [(field * known_weight[..., None], known_weight)]
    while min(levels[-1][1].shape) > 2:  # the coarsest grid
        tone, weight = levels[-1]
        high, wide = max(1, weight.shape[0] // 2), max(1, weight.shape[1] // 2)
        levels.append((resize(tone, high, wide, smooth=False), resize(weight, high, wide, smooth=False)))
    tone, weight = levels[-1]
    filled = tone / np.maximum(weight, 1e-3)[..., None]
    for tone, weight in reversed(levels[:-1]):
        coarse = resize(filled, *weight.shape, smooth=False)
        sure = np.clip(weight * 1.5, 0.0, 1.0)[..., None]
        filled = coarse + (tone / np.maximum(weight, 1e-3)[..., None] - coarse) * sure
    return filled
