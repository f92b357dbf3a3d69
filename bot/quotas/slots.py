"""Slots: what a quota counts and in which window, as the text that tells rules of one subject apart."""

import re
from dataclasses import dataclass

from bot.model import Measure, Window

EVERYTHING = "everything"
"""The slot of a rule that gives as much as one likes of anything."""
_SLOT = re.compile(r"(images|money)/(hour|day|week|month)(/rolling)?(?:/model=(.+)|/operation=(.+))?")


@dataclass(frozen=True, kw_only=True)
class Slot:
    """`images/day`, `money/month/rolling`, `images/week/model=fal/flux`, `images/day/operation=upscale`."""

    measure: Measure = Measure.IMAGES
    window: Window
    rolling: bool = False
    model: str = ""
    """`provider/model`, or empty for all."""
    operation: str = ""

    def __str__(self) -> str:
        """As a rule has it."""
        ending = f"/model={self.model}" if self.model else f"/operation={self.operation}" if self.operation else ""
        return f"{self.measure.value}/{self.window.value}{'/rolling' if self.rolling else ''}{ending}"

    @property
    def plain(self) -> bool:
        """Whether it is about all models and operations."""
        return not self.model and not self.operation

    def covers(self, model: str, operation: str) -> bool:
        """Whether a job of this model (`provider/model`) and operation counts."""
        return self.model in {"", model} and self.operation in {"", operation}


def read_slot(text: str) -> Slot | None:
    """A slot from its text, or None where it is none."""
    match = _SLOT.fullmatch(text)
    if match is None:
        return None
    return Slot(measure=Measure(match[1]), window=Window(match[2]), rolling=bool(match[3]), model=match[4] or "", operation=match[5] or "")
