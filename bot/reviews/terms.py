"""Terms: how a workspace wants reviews, reports, strikes and guidelines, as its admins decided; kept as options of the workspace."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import Misunderstood
from bot.grammar.amounts import span_of
from bot.model import CaseKind, CaseState, Place

CHANNEL, ADMINS, HOURS, DEFAULT = "review channel", "review admins", "review hours", "review default"
REPORTS, STRIKES, COOLDOWN, VENDOR, GUIDELINES = "reports", "strikes", "strikes cooldown", "strikes vendor", "guidelines"
OFF = "off"
USUAL = (
    "Ask for pictures that you would hang up in the office. No sexual content, gore, hate or harassment; no real people in scenes that "
    "deceive or degrade; no brands as if they had agreed; no personal data. Whoever sees something that should not be here presses 🚩. "
    "Doubtful requests wait for a reviewer, and a block can be appealed."
)
"""The guidelines of a workspace that has none of its own."""
_STRIKES = re.compile(r"(\d{1,3})\s*/\s*(\d{1,3})\s*d(?:ays?)?")
_OURS = ("blocked", "rejected")
_VENDORS = ("refused",)


@dataclass(frozen=True, kw_only=True)
class ReviewTerms:
    """What holds in a workspace."""

    channel: str = ""
    """The channel in which reviewers decide, or empty: then nobody can be asked."""
    admins: str = ""
    """The channel for what only admins decide; empty for the same one."""
    hours: float = 24.0
    """How long a case waits."""
    default: CaseState = CaseState.REJECTED
    """What becomes of a case that nobody decided in time."""
    reports: int = 3
    """So many people who report a picture have it hidden until a reviewer has looked."""
    strikes: int | None = 5
    """So many strikes within `days` are a cooldown; None for never."""
    days: int = 7
    cooldown: timedelta = timedelta(hours=1)
    """How long after the last strike somebody cannot ask for pictures."""
    vendor: bool = False
    """Whether what an image service refused is a strike, too."""
    guidelines: str = USUAL

    @property
    def codes(self) -> tuple[str, ...]:
        """The problems of jobs that are strikes."""
        return (*_OURS, *_VENDORS) if self.vendor else _OURS

    def room(self, kind: CaseKind) -> str:
        """The channel for cases of a kind, or empty."""
        return (self.admins or self.channel) if kind.for_admins else self.channel


def terms_of(said: Mapping[str, str]) -> ReviewTerms:
    """The terms that a workspace's options say; what cannot be read any more is as usual."""
    usual = ReviewTerms()
    strikes, days = usual.strikes, usual.days
    if said.get(STRIKES):
        strikes, days = (None, usual.days) if said[STRIKES] == OFF else parse_strikes(said[STRIKES])
    return ReviewTerms(
        channel=said.get(CHANNEL, ""),
        admins=said.get(ADMINS, ""),
        hours=float(said.get(HOURS) or usual.hours),
        default=CaseState.APPROVED if said.get(DEFAULT) == "approve" else CaseState.REJECTED,
        reports=int(said.get(REPORTS) or usual.reports),
        strikes=strikes,
        days=days,
        cooldown=span_of(said.get(COOLDOWN, "")) or usual.cooldown,
        vendor=said.get(VENDOR) == "on",
        guidelines=said.get(GUIDELINES) or usual.guidelines,
    )


def parse_strikes(text: str) -> tuple[int, int]:
    """`3/7d` as (3, 7): strikes, and the days after which one is forgotten.

    Raises:
        Misunderstood: it is not of that form.
    """
    found = _STRIKES.fullmatch(text.strip().casefold())
    if found is None or not int(found[1]) or not 0 < int(found[2]) <= 365:  # noqa: PLR2004 - a year
        raise Misunderstood(
            "Strikes are a number and the days after which one is forgotten.",
            advice="For example 3/7d: whoever is blocked three times within seven days has to pause. Or off.",
            line="review strikes 3/7d --cooldown 1d",
        )
    return int(found[1]), int(found[2])


def room_of(place: Place, channel: str) -> Place:
    """A channel of the workspace of a place."""
    return Place(platform=place.platform, workspace=place.workspace, channel=channel)
