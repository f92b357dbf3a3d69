"""Company: who joins a scene whose words name nobody, who is spared because the ground shows it already, and where a building stands."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.providers.sketch.figures import figure, known
from adapters.providers.sketch.noise import Dice
from adapters.providers.sketch.scene import Scene, Subject

_STILL = ("vase", "fruit", "bottle", "cup", "teapot", "book")
_BIRDS = frozenset({"sea", "beach", "lake", "mountains", "clouds place"})
_WATERS = frozenset({"sea", "beach", "island"})
_GROWING = frozenset({"meadow", "mountains", "lake", "river", "forest"})


def gathered(scene: Scene, dice: Dice, *, upright: bool) -> Scene:
    """The scene with its cast complete; `upright` pictures have no room beside the middle."""
    named = [subject for subject in scene.subjects if known(subject.name) and not _grows(scene, subject)]
    cast = (*named, *_joining(scene, named, dice))
    far = any(figure(subject.name).habit == "far" for subject in cast)
    spot = dice.fork("site")
    site = 0.5 + spot.between(-0.06, 0.06) if upright else spot.pick((0.3, 0.36, 0.64, 0.7))
    return replace(scene, subjects=cast, site=site if far else None)


def _grows(scene: Scene, subject: Subject) -> bool:
    """Whether the ground is full of it: flowers of a meadow, trees of a forest."""
    return scene.place in _GROWING and (
        (subject.name == "flower" and scene.has("flowers", "lavender")) or (subject.name in {"tree", "pine"} and scene.place == "forest")
    )


def _joining(scene: Scene, named: Sequence[Subject], dice: Dice) -> tuple[Subject, ...]:
    if scene.place == "still life" and len(named) < 2:
        rest = [name for name in _STILL if all(name != subject.name for subject in named)]
        return tuple(Subject(name=rest.pop(dice.integer(0, len(rest) - 1))) for _ in range(3 - len(named)))
    if named:
        return ()
    animals = not scene.lacks("animals")
    found = ""
    if scene.place == "underwater" and animals:
        found = dice.pick(("whale", "fish", "turtle", "jellyfish"))
    elif scene.place == "window":
        found = dice.pick(("vase", "cup", "book"))
    elif scene.place in _WATERS and not scene.lacks("boats") and not scene.has("storm") and dice.chance(0.5):
        found = "boat"
    elif scene.place in _BIRDS and animals and not scene.lacks("birds") and dice.chance(0.35):
        return (Subject(name="bird", count=5),)
    return (Subject(name=found),) if found else ()
