"""The cast: who appears in a scene, where they stand, float or fly, and how the light and the distance take them in."""

from dataclasses import dataclass, replace

import numpy as np

from adapters.providers.sketch.canvas import Canvas, Colour, mix, scale
from adapters.providers.sketch.figures import figure, known, poses
from adapters.providers.sketch.light import Light
from adapters.providers.sketch.noise import Dice, blur, cloudy, profile, resize, slopes, smoothstep
from adapters.providers.sketch.scene import Scene, Subject
from adapters.providers.sketch.shapes import Figure, Sprite, draw_figure, place
from adapters.providers.sketch.terrain import View
from adapters.providers.sketch.weather import paint_ground_shadow


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What a painted scene offers to its cast."""

    horizon: float
    view: View | None = None
    """The ground, where there is ground in perspective."""
    liquid: bool = False
    """Whether water reaches the foreground: who stands there stands on a rock."""
    floor: float = 0.93
    """The row (share of the height) at which the foreground stands."""
    deep: Colour | None = None
    """Under water or in space: what distance fades into, and there is no ground."""
    zoom: float = 1.0


def paint_cast(canvas: Canvas, scene: Scene, light: Light, dice: Dice, stage: Stage) -> None:
    """Paint every subject that has a drawing, the least important first."""
    subjects = [subject for subject in scene.subjects if known(subject.name)]
    site = scene.site
    for rank in range(len(subjects) - 1, -1, -1):
        subject = subjects[rank]
        own = dice.fork(f"{rank} {subject.name}")
        thing = figure(own.pick(poses(subject.name)))
        if stage.deep is not None:
            _drift(canvas, subject, thing, light, own, stage, rank)
        elif thing.habit == "fly":
            _fly(canvas, subject, thing, light, own, stage, rank)
        elif thing.habit in {"float", "swim"}:
            _swim(canvas, subject, thing, light, own, stage, rank)
        else:
            _stand(canvas, subject, thing, light, own, stage, rank, grounded=not scene.wintry, site=site)
            site = None if thing.habit == "far" else site


def _sizes(canvas: Canvas, thing: Figure, stage: Stage) -> float:
    """Pixels high when it is the subject: never wider than the picture allows."""
    return stage.zoom * thing.size * canvas.unit * min(1.0, 0.9 * canvas.width / max(1.0, thing.size * canvas.unit * thing.wide))


def _stand(
    canvas: Canvas,
    subject: Subject,
    thing: Figure,
    light: Light,
    dice: Dice,
    stage: Stage,
    rank: int,
    *,
    grounded: bool,
    site: float | None,
) -> None:
    size = _sizes(canvas, thing, stage) * (0.62 if rank else 1.0)
    far = thing.habit == "far"
    aside = {0: (0.5,), 1: (0.2, 0.8), 2: (0.86, 0.14), 3: (0.34, 0.66)}[rank]
    if not rank and not far and subject.count == 1 and stage.zoom == 1.0:
        # One subject may be near or far, in the middle or a third aside.
        size *= dice.fork("near").pick((0.84, 0.95, 1.0, 1.1, 1.2))
        aside = (0.36, 0.43, 0.5, 0.57, 0.64) if canvas.aspect > 1.25 else (0.44, 0.5, 0.56)
    for k in range(subject.count - 1, -1, -1):
        own = dice.fork(str(k))
        back = k / max(1, subject.count)
        x = own.pick(aside) + own.between(-0.06, 0.06)
        if far and k == 0 and site is not None:
            x = site
        if k:
            x = 0.5 + (0.5 if k % 2 else -0.5) * (0.34 + 0.38 * back) * (1 if rank % 2 == 0 else -1) + own.between(-0.04, 0.04)
        high = size * (1.0 - 0.42 * back) * own.between(0.94, 1.04)
        foot = (stage.floor - 0.16 * back - (0.07 if rank else 0.0)) * canvas.height
        if far:
            foot = (stage.horizon + (stage.floor - stage.horizon) * (0.34 - 0.12 * back)) * canvas.height
            if stage.view is not None and not stage.liquid:
                foot = stage.view.row(canvas, x, _distance(stage.view, canvas, x, foot))
        toward = own.chance(0.5)
        haze = (0.1 + 0.25 * back) * light.haziness * 0.6 if far else 0.0
        if far:
            # The whole thing is to be seen, with some air above its top.
            high = min(high, (foot - 0.05 * canvas.height) / (1.2 if stage.liquid else 1.0))
        sprite = draw_figure(thing, high, light, own, tone=subject.colour, flip=toward)
        if stage.liquid:
            foot = _rock(
                canvas, light, own.fork("rock"), x, foot, high * thing.wide * (0.9 if far else 1.25), high * (0.22 if far else 0.16), haze
            )
        lean = -1.0 if light.x > 0.5 else 1.0  # the middle
        shadow = scale(mix(light.shade, light.haze, 0.15), 0.3 if grounded else 0.5)
        paint_ground_shadow(
            canvas, x, foot - high * 0.005, high * min(1.0, thing.wide) * 0.75, strength=0.42 if far else 0.55, lean=lean, tone=shadow
        )
        if subject.name == "lighthouse" and (light.night or light.overcast > 0.8 or light.height < 0.0):
            _beam(canvas, own.fork("beam"), x, (foot - 0.84 * high) / canvas.height)
        place(canvas, sprite, x, foot, light, haze=min(0.6, haze))


def _distance(view: View, canvas: Canvas, x: float, row: float) -> float:
    """How far away the ground at that row is."""
    column = min(canvas.width - 1, max(0, int(x * canvas.width)))
    line = view.depth[:, column]
    found = float(line[min(canvas.height - 1, max(0, int(row)))])
    return found if found > 0 else float(view.distances[-1]) * 0.3


def _fly(canvas: Canvas, subject: Subject, thing: Figure, light: Light, dice: Dice, stage: Stage, rank: int) -> None:
    size = _sizes(canvas, thing, stage) * (0.6 if rank else 1.0)
    company = max(subject.count, 3 if thing.size < 0.2 and not rank else 1)  # small things come in company
    for k in range(company - 1, -1, -1):
        own = dice.fork(str(k))
        back = k / max(1, company)
        high = size * (1.0 - 0.78 * back**0.7) * own.between(0.9, 1.1)
        x = own.pick((0.34, 0.4, 0.6, 0.66)) if k == 0 else own.between(0.08, 0.92)
        y = stage.horizon * (own.between(0.5, 0.6) if k == 0 else own.between(0.22, 0.86))
        y = max(y, high * 0.56 / canvas.height)
        sprite = draw_figure(thing, high, light, own, tone=subject.colour if k == 0 or subject.count > 1 else None, flip=own.chance(0.5))
        place(canvas, sprite, x, y * canvas.height + high / 2, light, haze=min(0.75, (0.06 + 0.6 * back) * 0.8), rim=0.7)


def _swim(canvas: Canvas, subject: Subject, thing: Figure, light: Light, dice: Dice, stage: Stage, rank: int) -> None:
    size = _sizes(canvas, thing, stage) * (0.55 if rank else 0.8)
    for k in range(subject.count - 1, -1, -1):
        own = dice.fork(str(k))
        back = k / max(1, subject.count)
        high = size * (1.0 - 0.66 * back) * own.between(0.92, 1.05)
        x = own.pick((0.34, 0.4, 0.6, 0.66)) if k == 0 else own.between(0.1, 0.9)
        near = 0.36 * (1 - back) ** 1.3 if k else own.between(0.24, 0.4)
        line = (stage.horizon + (1 - stage.horizon) * (0.03 + near * (0.6 if rank else 1.0))) * canvas.height
        sprite = draw_figure(thing, high, light, own, tone=subject.colour, flip=own.chance(0.5))
        draught = high * (0.36 if thing.habit == "swim" else 0.05)
        _double(canvas, sprite, x, line, draught, light)
        haze = min(0.6, (0.05 + 0.35 * back) * light.haziness)
        place(canvas, sprite, x, line + draught, light, haze=haze, below=line)
        _wake(canvas, light, own, x, line, sprite.alpha.shape[1])


def _double(canvas: Canvas, sprite: Sprite, x: float, line: float, draught: float, light: Light) -> None:
    """The reflection in the water: upside down, broken, fading."""
    keep = max(4, int(sprite.alpha.shape[0] - sprite.margin - draught))
    pixels, alpha = sprite.pixels[:keep][::-1], sprite.alpha[:keep][::-1]
    high, wide = alpha.shape
    rows = np.arange(high, dtype=np.float32)
    sway = (
        (np.sin(rows * 0.35 * 1000 / canvas.unit) + np.sin(rows * 0.13 * 1000 / canvas.unit + 1.0))
        * (0.6 + rows / high * 3.0)
        * canvas.unit
        / 700
    )
    moved = np.arange(wide, dtype=np.int32)[None, :] + np.asarray(sway).astype(np.int32)[:, None]
    columns = np.minimum(np.maximum(moved, 0), wide - 1)
    alpha = np.take_along_axis(alpha, columns, axis=1) * (0.5 * np.exp(-rows / high * 1.8))[:, None].astype(np.float32)
    dull = pixels * 0.7 + np.asarray(light.sky[1], np.float32) * 0.15
    canvas.cover(dull, alpha, top=int(line), left=int(x * canvas.width - wide / 2))


def _wake(canvas: Canvas, light: Light, dice: Dice, x: float, line: float, wide: int) -> None:
    high = max(4, wide // 9)
    torn = cloudy(dice.fork("wake"), high, wide, cells=9, octaves=4, gain=0.7, stretch=3.0)
    u = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    v = np.linspace(-1, 1, high, dtype=np.float32)[:, None]
    mask = smoothstep(0.48, 0.62, torn) * np.clip(1.0 - u**2 * 1.3, 0, 1) * np.clip(1.0 - v**2, 0, 1)
    canvas.cover(
        mix((0.95, 0.98, 1.0), light.shade, 0.35),
        (mask * 0.7).astype(np.float32),
        top=int(line - high * 0.45),
        left=int(x * canvas.width - wide / 2),
    )


def _drift(canvas: Canvas, subject: Subject, thing: Figure, light: Light, dice: Dice, stage: Stage, rank: int) -> None:
    size = _sizes(canvas, thing, stage) * (0.6 if rank else 1.0)
    deep = stage.deep or (0.0, 0.0, 0.0)
    company = max(subject.count, 7 if thing.size < 0.2 and not rank else 1)  # small fish swim in schools
    for k in range(company - 1, -1, -1):
        own = dice.fork(str(k))
        back = (k / company) ** 0.7 if k else 0.0
        high = size * (1.0 - 0.72 * back) * own.between(0.92, 1.08)
        x = 0.5 + own.between(-0.08, 0.08) if k == 0 else own.between(0.08, 0.92)
        y = own.between(0.46, 0.54) if k == 0 else own.between(0.14, 0.74)
        sprite = draw_figure(thing, high, light, own, tone=subject.colour, flip=dice.fork("way").chance(0.5))
        if sum(deep) > 0.2:  # in space there is no water to colour it
            sprite = replace(sprite, pixels=sprite.pixels * np.asarray(mix((1, 1, 1), scale(deep, 2.0), 0.45), np.float32))
        place(canvas, sprite, x, y * canvas.height + high / 2, replace(light, haze=deep), haze=0.08 + 0.66 * back, rim=0.45)


def _rock(canvas: Canvas, light: Light, dice: Dice, x: float, line: float, wide: float, tall: float, haze: float) -> float:
    """A crag out of the water; gives the row of its top."""
    across, high = int(wide * 2.6), int(tall * 1.9)
    if across < 8 or high < 6:  # too small to see
        return line
    u = np.linspace(-1, 1, across, dtype=np.float32)
    rough = profile(dice, across, cells=7, octaves=5, gain=0.6) - 0.5
    top = np.clip(
        np.exp(-((u / 0.6) ** 4)) * 0.74 + (rough * 0.42) * np.exp(-((u / 0.75) ** 6)) * np.clip(np.abs(u) * 3.0, 0.12, 1), 0, 1
    ) * np.clip((1 - np.abs(u)) * 4, 0, 1)
    rows = 1.0 - (np.arange(high, dtype=np.float32) + 0.5) / high
    mask = np.clip((top[None, :] - rows[:, None]) * high, 0, 1)
    cracks = cloudy(dice.fork("cracks"), high, across, cells=16, octaves=5, gain=0.62, stretch=0.7)
    swell = blur(mask, max(1.0, tall * 0.16)) + cracks * 0.5
    down, over = slopes(swell)
    toward = 1.0 if light.x > 0.5 else -1.0  # the middle
    level = np.clip(0.42 - (over * toward - down * 0.9) * tall * 0.09, 0.05, 1.1)
    stone = np.asarray((0.36, 0.33, 0.31), np.float32) * (0.55 + 0.8 * cracks)[..., None]
    wet = np.clip(1.0 - rows * 3.4, 0, 1)[:, None, None] * 0.45
    tone = stone * (1 - wet) * (np.asarray(light.shade, np.float32) * 0.7 + level[..., None] * np.asarray(light.sun, np.float32) * 0.8)
    tone += (np.asarray(light.haze, np.float32) - tone) * np.float32(min(0.6, haze))
    left = int(x * canvas.width - across / 2)
    canvas.cover(tone.astype(np.float32), mask.astype(np.float32), top=int(line - high), left=left)
    _surf(canvas, light, dice.fork("surf"), x, line, across, high)
    middle = float(top[across // 2 - across // 20 : across // 2 + across // 20 + 1].min())
    return line - middle * high + tall * 0.04


def _surf(canvas: Canvas, light: Light, dice: Dice, x: float, line: float, across: int, high: int) -> None:
    """Foam around a rock's foot: torn, highest in the middle, gone at the sides and below."""
    tall = int(high * 0.9)
    torn = resize(cloudy(dice, max(4, tall // 2), max(4, across // 2), cells=20, octaves=5, gain=0.68, stretch=1.7), tall, across)
    u = np.linspace(-1.0, 1.0, across, dtype=np.float32)[None, :]
    v = (np.arange(tall, dtype=np.float32)[:, None] + 0.5) / tall
    leaps = profile(dice.fork("leaps"), across, cells=9, octaves=4, gain=0.6)[None, :]
    middle = 0.62 - 0.3 * leaps * (1.0 - u**2)
    body = np.exp(-(((v - 0.66) / np.where(v < 0.66, 0.66 - middle + 0.05, 0.2)) ** 2)) * np.clip((1.0 - np.abs(u)) * 3.0, 0.0, 1.0)
    mask = smoothstep(0.5, 0.86, torn * 0.62 + body * 0.52) * body**0.5
    canvas.cover(
        mix((0.94, 0.97, 1.0), light.shade, 0.35),
        np.clip(mask, 0, 1) * np.float32(0.9),
        top=int(line - tall * 0.66),
        left=int(x * canvas.width - across / 2),
    )


def _beam(canvas: Canvas, dice: Dice, x: float, y: float) -> None:
    """The light that a lighthouse throws to both sides, and the glow around its lamp."""
    rows, columns = max(4, canvas.height // 3), max(4, canvas.width // 3)
    across = ((np.arange(columns, dtype=np.float32) + 0.5) / columns - x)[None, :] * canvas.aspect
    down = ((np.arange(rows, dtype=np.float32) + 0.5) / rows - y)[:, None]
    lean = dice.between(-0.12, 0.12)
    far = np.sqrt(across**2 + down**2) + 1e-3
    beam = np.exp(-(((down - across * lean) / (0.006 + 0.1 * np.abs(across))) ** 2)) * np.exp(-far * 1.5)
    canvas.shine((1.0, 0.93, 0.72), resize(beam, canvas.height, canvas.width, smooth=False) * np.float32(0.75))
    canvas.glow(x, y, 0.07, (1.0, 0.9, 0.65), 0.9)
