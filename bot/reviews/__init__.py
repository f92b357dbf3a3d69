"""Reviews: what waits for a person to decide, and what follows from it: prompts, pictures, prices, reports, appeals, wishes for more.

    terms.py     how a workspace wants it: channel, deadline, numbers, guidelines; options of the workspace
    opening.py   how something comes before a reviewer
    deciding.py  one decision a case: by a reviewer, an admin, or the deadline
    strikes.py   what counts against somebody, and the pause that follows

A case and the HELD job that waits for it move in one transaction of the journal, with the entry in the audit. What follows in the chats
(cards, posts hidden and shown, files removed, people told) is carried out by the worker (`worker/reviewing.py`) from what is written, and
again after a crash. An appeal or a wish that is granted does its work first, under a lease, and is decided then: a quota that is used up
leaves the case open, and a second try makes nothing twice.

Who decides: reviewers, and admins where money or quota is given. Nobody decides about their own, but an admin where nobody else was ever
seen here who could; the record says so. A deadline rejects, unless the workspace decided otherwise; it never spends money, overrules a
block, or gives quota away.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from bot.decisions import Decisions
from bot.ports import Queue, Store
from bot.preferences import Preferences
from bot.quotas import Quotas
from bot.reviews.deciding import Redraw, files_of
from bot.reviews.opening import APPEALABLE, MORE_FOR, NEVER, NONE
from bot.reviews.strikes import Record, Strikes
from bot.reviews.terms import (
    ADMINS,
    CHANNEL,
    COOLDOWN,
    DEFAULT,
    GUIDELINES,
    HOURS,
    OFF,
    REPORTS,
    STRIKES,
    USUAL,
    VENDOR,
    ReviewTerms,
    parse_strikes,
)


class Reviews(Strikes):
    """Opens cases, decides them, and knows what counts against whom."""

    def __init__(
        self,
        *,
        store: Store,
        queue: Queue,
        preferences: Preferences,
        quotas: Quotas,
        decisions: Decisions,
        room: str = "",
        now: Callable[[], datetime],
    ) -> None:
        """`room`: `platform:workspace:channel`, the review channel of a workspace whose admins decided nothing; or empty."""
        super().__init__(store=store, queue=queue, preferences=preferences, decisions=decisions, room=room, now=now)
        self.quotas = quotas
        self._greeted = OrderedDict()


__all__ = [
    "ADMINS",
    "APPEALABLE",
    "CHANNEL",
    "COOLDOWN",
    "DEFAULT",
    "GUIDELINES",
    "HOURS",
    "MORE_FOR",
    "NEVER",
    "NONE",
    "OFF",
    "REPORTS",
    "STRIKES",
    "USUAL",
    "VENDOR",
    "Record",
    "Redraw",
    "ReviewTerms",
    "Reviews",
    "files_of",
    "parse_strikes",
]
