"""Cases: what waits for somebody to decide, whoever asked and whatever about."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.people import Person, Place


class CaseKind(StrEnum):
    """What is to be decided."""

    PROMPT = "prompt"
    """Whether a held job may be drawn. Rejected, it is BLOCKED."""
    IMAGES = "images"
    """Whether the pictures of a held job may be seen."""
    COST = "cost"
    """Whether a job dearer than the workspace's threshold may be drawn; admins decide."""
    REPORT = "report"
    """Whether a posted picture that people reported may stay; it is hidden meanwhile."""
    APPEAL = "appeal"
    """Whether a request that was blocked may be drawn after all."""
    MORE = "more"
    """Whether somebody gets more quota; admins decide."""
    ALARM = "alarm"
    """Nothing to decide: what admins must hear of. It is closed from the start."""

    @property
    def holds(self) -> bool:
        """Whether a HELD job waits for it."""
        return self in HOLDING

    @property
    def for_admins(self) -> bool:
        """Whether only admins decide."""
        return self in ADMINS


HOLDING = frozenset({CaseKind.PROMPT, CaseKind.IMAGES, CaseKind.COST})
ADMINS = frozenset({CaseKind.COST, CaseKind.MORE, CaseKind.ALARM})


class CaseState(StrEnum):
    """Where a case is."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """The job was cancelled or erased meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something that waits for a decision. One decision is made, by whoever comes first; `version` grows with every save."""

    id: str
    """`c` and seven characters, as people type it."""
    kind: CaseKind
    state: CaseState = CaseState.OPEN
    version: int = 1
    job: str = ""
    """The job it is about, or empty."""
    person: Person
    """The one whom it concerns: who asked for the job or for more."""
    place: Place
    """Where they did."""
    category: str = ""
    source: str = ""
    score: float = 0.0
    reason: str = ""
    """Why it is asked, in words that reviewers read; never the prompt."""
    images: tuple[int, ...] = ()
    """Which of the job's images it is about; empty for all."""
    opened: datetime
    deadline: datetime
    decided_by: str = ""
    """The key of who decided; `limner` where the deadline did."""
    decided: datetime | None = None
    words: str = ""
    """What the one who decided said, for the one who asked."""
    wish: str = ""
    """For MORE: how much, `20` or `$5`."""
    span: str = ""
    """For MORE: for how long, `2d`."""
    dropped: tuple[str, ...] = ()
    """Keys of files that nobody may see any more, to be removed once it is decided."""
