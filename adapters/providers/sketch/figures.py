"""Figures: the things that can stand, float or fly in a scene, each read from its page in `drawings/`.

A page has a line for each fact (`size`, `wide`, `main`, `habit`, `tone NAME #rrggbb`) and a line for each part, painted in order:
`TONE option=value ...: outline`. An outline is a run of points (see `shapes`), `ellipse x,y rx,ry`, or `stroke width x,y x,y ...`.
`mirror=46` paints the part again on the other side of that column.
"""

from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from adapters.providers.sketch.canvas import Colour, colour
from adapters.providers.sketch.shapes import Figure, Part, closed, ellipse, stroke

_PAGES = files("adapters.providers.sketch") / "drawings"


@lru_cache(maxsize=128)
def known(name: str) -> bool:
    """Whether there is a drawing of that name."""
    return (_PAGES / f"{name}.txt").is_file()


@lru_cache(maxsize=128)
def poses(name: str) -> tuple[str, ...]:
    """The pages of a figure: its own, and `name-2`, `name-3` ... where it can be drawn in another pose of the same habit."""
    own = figure(name).habit
    others = (f"{name}-{k}" for k in range(2, 5) if known(f"{name}-{k}"))
    return (name, *(other for other in others if figure(other).habit == own))


@lru_cache(maxsize=128)
def figure(name: str) -> Figure:
    """The figure of that name. Raises FileNotFoundError where there is none."""
    facts: dict[str, str] = {}
    tones: dict[str, Colour] = {}
    parts: list[Part] = []
    for line in (_PAGES / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        head, colon, outline = line.partition(":")
        words = head.split()
        if not words or (words[0] == "#" and not colon) or line.startswith("# "):
            continue
        if colon:
            parts.extend(_parts(words, outline, tones))
        elif words[0] == "tone":
            tones[words[1]] = colour(words[2])
        else:
            facts[words[0]] = words[1]
    return Figure(
        parts=tuple(parts),
        main=tones.get(facts.get("main", "")),
        habit=facts.get("habit", "stand"),
        size=float(facts.get("size", "0.5")),
        wide=float(facts.get("wide", "1")),
    )


def _parts(words: list[str], outline: str, tones: dict[str, Colour]) -> list[Part]:
    options = {name: value for name, _, value in (word.partition("=") for word in words[1:])}

    def number(name: str, usual: float) -> float:
        return float(options.get(name, usual))

    def pair(name: str) -> tuple[float, float] | None:
        return (float(options[name].split(",")[0]), float(options[name].split(",")[1])) if name in options else None

    tone = tones[words[0]] if words[0] in tones else colour(words[0])
    main = words[0].split("-")[0]
    part = Part(
        outline=_outline(outline.split()),
        tone=tone,
        family=main,
        round=number("round", 3.0),
        fur=number("fur", 0.0),
        flow=pair("flow") or (0.0, 1.0),
        fan=pair("fan"),
        lit=number("lit", 0.0),
        soft=number("soft", 0.0),
        alpha=number("alpha", 1.0),
        melt=number("melt", 0.0),
        inside="inside" in options,
    )
    if "mirror" not in options:
        return [part]
    axis = 2 * float(options["mirror"])
    return [
        part,
        replace(
            part,
            outline=tuple((axis - x, y) for x, y in part.outline),
            flow=(-part.flow[0], part.flow[1]),
            fan=None if part.fan is None else (axis - part.fan[0], part.fan[1]),
        ),
    ]


def _outline(words: list[str]) -> tuple[tuple[float, float], ...]:
    if words[0] == "ellipse":
        return ellipse(*_point(words[1]), *_point(words[2]))
    if words[0] == "stroke":
        return stroke(float(words[1]), [_point(word) for word in words[2:]])
    return closed([(*_point(word), word.endswith("!")) for word in words])


def _point(word: str) -> tuple[float, float]:
    x, y = word.rstrip("!").split(",")
    return float(x), float(y)
