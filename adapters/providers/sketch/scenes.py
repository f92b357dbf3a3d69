"""The scenes: which painter paints which place, in which order the layers go on."""

from collections.abc import Callable
from dataclasses import replace

from adapters.providers.sketch import abstract, city, forest, land, portrait, rooms, sea, space, underwater, weather
from adapters.providers.sketch.canvas import Canvas, mix
from adapters.providers.sketch.cast import Stage, paint_cast
from adapters.providers.sketch.company import gathered
from adapters.providers.sketch.figures import figure, known
from adapters.providers.sketch.light import Light, light_of
from adapters.providers.sketch.noise import Dice
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.sky import paint_sky
from adapters.providers.sketch.terrain import View

Painter = Callable[[Canvas, Scene, Light, Dice, float], View]
_GROUNDS: dict[str, Painter] = {
    "mountains": land.paint_mountains,
    "meadow": land.paint_meadow,
    "snowfield": land.paint_snowfield,
    "desert": land.paint_dunes,
    "sea": sea.paint_sea,
    "beach": sea.paint_beach,
    "forest": forest.paint_forest,
    "lake": land.paint_lake,
    "river": land.paint_river,
    "island": sea.paint_islands,
    "clouds place": land.paint_cloud_sea,
}
_HORIZONS = {
    "mountains": 0.56,
    "meadow": 0.52,
    "snowfield": 0.5,
    "desert": 0.5,
    "sea": 0.5,
    "beach": 0.46,
    "forest": 0.52,
    "lake": 0.54,
    "river": 0.5,
    "island": 0.52,
    "clouds place": 0.6,
    "city": 0.56,
}


def paint_scene(canvas: Canvas, scene: Scene, dice: Dice) -> None:
    """Paint everything but the last coat."""
    scene = gathered(scene, dice.fork("company"), upright=canvas.aspect < 0.8)  # upright pictures have no room aside
    light = light_of(scene, dice.fork("light"))
    if scene.place == "abstract":
        abstract.paint_abstract(canvas, scene, dice.fork("abstract"))
        stage = Stage(horizon=0.9, floor=0.86, deep=(0.02, 0.02, 0.03))
    elif scene.place == "space":
        space.paint_space(canvas, scene, dice.fork("space"))
        stage = Stage(horizon=0.9, deep=(0.03, 0.03, 0.06))
    elif scene.place == "underwater":
        stage = Stage(horizon=0.9, deep=underwater.paint_depths(canvas, scene, light, dice.fork("depths")))
    elif scene.place == "portrait":
        stage = _portrait(canvas, scene, light, dice)
    elif scene.place in {"window", "interior"}:
        floor = rooms.paint_window(
            canvas, scene, light, dice.fork("window"), lambda view: _inner(view, _seen(scene, dice), light, dice.fork("outside"))
        )
        stage = Stage(horizon=0.4, floor=floor)
    elif scene.place == "still life":
        stage = Stage(horizon=0.6, floor=rooms.paint_table(canvas, scene, light, dice.fork("table")))
    else:
        stage = _outdoors(canvas, scene, light, dice)
    canvas.reached(0.6)
    if not (scene.place == "portrait" and stage.zoom == 0):
        paint_cast(canvas, scene, light, dice.fork("cast"), stage)
    canvas.reached(0.72)
    _air(canvas, scene, light, dice, stage)


def _outdoors(canvas: Canvas, scene: Scene, light: Light, dice: Dice) -> Stage:
    horizon = _HORIZONS.get(scene.place, 0.54) + dice.fork("horizon").between(-0.03, 0.03) + (0.04 if canvas.aspect < 0.8 else 0.0)
    skyline = scene.place == "city" and _is_skyline(scene, dice)
    if skyline:
        horizon += 0.1
    paint_sky(canvas, scene, light, dice.fork("sky"), horizon)
    canvas.reached(0.22)
    if skyline:
        city.paint_skyline(canvas, scene, light, dice.fork("city"), horizon)
        return Stage(horizon=horizon, liquid=True)
    if scene.place == "city":
        city.paint_street(canvas, scene, light, dice.fork("city"), horizon)
        return Stage(horizon=horizon)
    view = _GROUNDS.get(scene.place, land.paint_mountains)(canvas, scene, light, dice.fork("ground"), horizon)
    return Stage(horizon=horizon, view=view, liquid=scene.place in {"sea", "island"})


def _is_skyline(scene: Scene, dice: Dice) -> bool:
    if any(word in scene.essence for word in ("street", "alley", "cyberpunk", "neon", "traffic", "avenue", "rain", "downtown")):
        return False
    if any(word in scene.essence for word in ("skyline", "fireworks", "harbour", "harbor", "bay", "bridge", "boat", "river", "sea")):
        return True
    grounded = any(known(subject.name) and figure(subject.name).habit == "stand" for subject in scene.subjects)
    return not grounded and dice.fork("skyline").chance(0.6)


def _seen(scene: Scene, dice: Dice) -> Scene:
    """What is outside the window: the second place the words name, or something the dice like."""
    outside = next((place for place in ("city", "sea", "mountains", "forest", "meadow") if place in scene.essence), "")
    place = outside or dice.fork("outside").pick(("city", "mountains", "meadow", "lake", "sea"))
    return replace(scene, place=place, subjects=(), tints=())


def _portrait(canvas: Canvas, scene: Scene, light: Light, dice: Dice) -> Stage:
    animal = next(
        (subject for subject in scene.subjects if known(subject.name) and subject.name not in {"person", "astronaut", "robot"}), None
    )
    if animal is None:
        place = dice.fork("within").pick(("mountains", "forest", "sea", "lake", "city"))
        inner = replace(scene, place=place, subjects=(), tints=scene.tints)
        portrait.paint_portrait(canvas, scene, light, dice.fork("portrait"), lambda view: _inner(view, inner, light, dice.fork("inner")))
        return Stage(horizon=0.5, zoom=0)
    portrait.paint_backdrop(canvas, scene, light, dice.fork("backdrop"))
    return Stage(horizon=0.5, floor=1.34, zoom=1.75)


def _inner(canvas: Canvas, scene: Scene, light: Light, dice: Dice) -> None:
    stage = _outdoors(canvas, scene, light, dice)
    _air(canvas, scene, light, dice.fork("air"), stage)


def _air(canvas: Canvas, scene: Scene, light: Light, dice: Dice, stage: Stage) -> None:
    indoors = scene.place in {"window", "interior", "still life", "portrait", "abstract", "space", "underwater"}
    if scene.place == "underwater":
        underwater.paint_specks(canvas, dice.fork("specks"))
    if indoors:
        return
    if scene.has("fog") and scene.place != "forest":
        weather.paint_mist(canvas, light, dice.fork("mist"), base=stage.horizon + 0.06, thickness=0.13, amount=0.75)
    if scene.has("fireworks"):
        weather.paint_fireworks(canvas, dice.fork("fireworks"), stage.horizon)
    if scene.has("fireflies"):
        weather.paint_sparks(
            canvas, dice.fork("fireflies"), mix((1.0, 0.85, 0.35), (0.8, 1.0, 0.4), 0.4), count=70, low=stage.horizon - 0.1, high=0.97
        )
    if scene.has("snow"):
        weather.paint_snowfall(canvas, light, dice.fork("snowfall"))
    if scene.has("rain", "storm"):
        weather.paint_rain(canvas, light, dice.fork("rain"), slant=0.4 if scene.has("storm") else 0.12)
