"""Records: what was decided and by whom, what is kept about people and for how long, and the sums of it.

    audit.py       searched, exported and verified
    access.py      who can do what, and when they last did
    retention.py   for how long each kind of data is kept, and the round that removes the rest
    privacy.py     what is kept about one person: shown, given to them, erased
    statistics.py  a workspace's jobs of some days, as numbers and as a chart

`Records` is all of it for commands. What takes long (a round of retention, an erasure) is only begun by a command: the queue's lane
`upkeep` goes on with it, in one worker at a time, in small steps that may be repeated.

Reasons, where the shape differs from what one might expect:

- Prompts and pictures are kept for ever unless an admin decides otherwise: a rerun years later is what people come for.
- An upload (a source picture, a mask) is kept for as long as a job starts from it; other temporary files go after a day.
- The audit is one chain for the whole installation, so it is cut from the front only as far as every workspace lets its own entries go.
- What a picture says of itself (the prompt in its metadata) goes with the picture, not with the prompt's rule.
"""

from dataclasses import dataclass

from bot.records.access import Access, access_of
from bot.records.audit import Audit, lines_of, rows_of, table_of, verify
from bot.records.privacy import Privacy
from bot.records.retention import Retention
from bot.records.statistics import Statistics

ROUND, ERASE = "round", "erase"
"""What the lane `upkeep` is asked to do."""
UPKEEP = "upkeep"
"""The queue's lane for what nobody waits for: one at a time, across all workers."""


@dataclass(frozen=True, kw_only=True)
class Records:
    """Everything about records that commands may ask for."""

    audit: Audit
    retention: Retention
    privacy: Privacy
    statistics: Statistics


__all__ = [
    "ERASE",
    "ROUND",
    "UPKEEP",
    "Access",
    "Audit",
    "Privacy",
    "Records",
    "Retention",
    "Statistics",
    "access_of",
    "lines_of",
    "rows_of",
    "table_of",
    "verify",
]
