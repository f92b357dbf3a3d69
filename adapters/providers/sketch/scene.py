"""A scene: what the words of a prompt amount to, before anything is painted."""

from dataclasses import dataclass, field

from adapters.providers.sketch.canvas import Colour


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Something to be seen in the picture."""

    name: str
    """A figure's name, as in `figures`."""
    colour: Colour | None = None
    """Its colour where the prompt says one."""
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What to paint."""

    place: str
    time: str
    weather: frozenset[str] = frozenset()
    season: str = ""
    subjects: tuple[Subject, ...] = ()
    features: frozenset[str] = frozenset()
    """Things that belong to the ground: lake, river, trees, flowers, road ..."""
    tints: tuple[Colour, ...] = ()
    """Colours of the whole picture."""
    absent: frozenset[str] = field(default_factory=frozenset[str])
    """What the negative prompt keeps out."""
    style: str = ""
    site: float | None = None
    """Where a building of the cast will stand, as a share of the width: a clearing is left there."""
    essence: str = ""
    """The words themselves: what they do not decide is drawn from them."""

    def has(self, *names: str) -> bool:
        """Whether any of these features or weathers is there, and none of them is unwanted."""
        return any((name in self.features or name in self.weather) and name not in self.absent for name in names)

    def lacks(self, name: str) -> bool:
        """Whether the negative prompt keeps it out."""
        return name in self.absent

    @property
    def wintry(self) -> bool:
        """Whether snow lies."""
        return (self.season == "winter" or "snow" in self.weather) and "snow" not in self.absent
