"""The scenes: which painter paints which place, and who appears in it."""

from adapters.providers.sketch import land
from adapters.providers.sketch.canvas import Canvas, mix, scale
from adapters.providers.sketch.figures import FIGURES
from adapters.providers.sketch.light import light_of
from adapters.providers.sketch.noise import Dice
from adapters.providers.sketch.scene import Scene
from adapters.providers.sketch.shapes import draw_figure, place
from adapters.providers.sketch.sky import paint_sky
from adapters.providers.sketch.weather import paint_ground_shadow, paint_mist, paint_rain, paint_snowfall

_LANDS = {"mountains": land.paint_mountains, "meadow": land.paint_meadow, "snowfield": land.paint_snowfield, "desert": land.paint_dunes}


def paint_scene(canvas: Canvas, scene: Scene, dice: Dice) -> None:
    """Paint everything but the last coat."""
    light = light_of(scene, dice.fork("light"))
    horizon = 0.52
    paint_sky(canvas, scene, light, dice.fork("sky"), horizon)
    canvas.reached(0.25)
    _LANDS.get(scene.place, land.paint_mountains)(canvas, scene, light, dice.fork("land"), horizon)
    canvas.reached(0.5)
    for subject in scene.subjects:
        figure = FIGURES.get(subject.name)
        if figure is None:
            continue
        sprite = draw_figure(figure, figure.size * canvas.unit, light, dice.fork(subject.name), tone=None)
        lean = -1.0 if light.x > 0.5 else 1.0
        paint_ground_shadow(
            canvas,
            0.5,
            0.93 * canvas.height,
            sprite.alpha.shape[1] * 0.8,
            strength=0.5,
            lean=lean,
            tone=scale(mix(light.shade, light.haze, 0.2), 0.45),
        )
        place(canvas, sprite, 0.5, 0.93 * canvas.height, light)
    canvas.reached(0.7)
    if scene.has("fog"):
        paint_mist(canvas, light, dice.fork("mist"), base=horizon + 0.08, thickness=0.12, amount=0.8)
    if scene.has("snow"):
        paint_snowfall(canvas, light, dice.fork("snowfall"))
    if scene.has("rain", "storm"):
        paint_rain(canvas, light, dice.fork("rain"))
