"""Entries: what the audit keeps of every act that changes what others may do or see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

LIMNER = "limner"
"""Who acted where nobody did: a deadline, a schedule, a moderator."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act. It holds no prompt and no name: people are subjects (`person:slack:T1:U1`), which an erasure makes unreadable.

    `number` and `digest` are given by the journal: each digest covers the entry and the digest before it.
    """

    act: str
    """`quota.set`, `role.set`, `verdict.block`, `case.approved`, `link`, `export.audit` ..."""
    who: str
    """The subject of the person who acted, or `limner`."""
    about: str = ""
    """The subject it was done to, or a job's or case's id, or empty."""
    platform: str = ""
    workspace: str = ""
    channel: str = ""
    before: Mapping[str, str] = field(default_factory=dict[str, str])
    after: Mapping[str, str] = field(default_factory=dict[str, str])
    """By what was changed, in the words of the rule: `quota person:... images/day` -> `50`."""
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else there is to know: category, source, score, reason, the number of the entry that was undone."""
    job: str = ""
    trace: str = ""
    """The id under which the log tells the rest."""
    at: datetime
    number: int = 0
    digest: str = ""
