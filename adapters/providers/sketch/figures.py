"""Every figure by its name."""

from types import MappingProxyType

from adapters.providers.sketch.figures_animals import FOX
from adapters.providers.sketch.shapes import Figure

FIGURES: MappingProxyType[str, Figure] = MappingProxyType({"fox": FOX})
