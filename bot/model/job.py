"""A job: one request on its way, and the table of its legal moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from bot.model.image import Image, Verdict
from bot.model.people import Person, Place
from bot.model.request import Request
from bot.model.rule import micro_dollars


class State(StrEnum):
    """Where a job is in its life."""

    HELD = "held"
    QUEUED = "queued"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    GENERATED = "generated"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def over(self) -> bool:
        """Whether nothing can happen to the job any more."""
        return not MOVES[self]

    @property
    def counts(self) -> bool:
        """Whether a job in this state uses up quota: reserve = it exists, refund = it failed."""
        return self not in UNCOUNTED

    @property
    def running(self) -> bool:
        """Whether a provider is at work."""
        return self in RUNNING


S = State
MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        # Before it is drawn, or with pictures that nobody but reviewers has seen yet.
        S.HELD: frozenset({S.HELD, S.QUEUED, S.GENERATED, S.BLOCKED, S.FAILED, S.CANCELLED, S.EXPIRED}),
        S.QUEUED: frozenset({S.QUEUED, S.SUBMITTING, S.BLOCKED, S.FAILED, S.CANCELLED, S.EXPIRED}),
        # Back to QUEUED only when the call was certainly not accepted, or to the next provider after a fault.
        S.SUBMITTING: frozenset({S.SUBMITTING, S.QUEUED, S.SUBMITTED, S.GENERATED, S.HELD, S.BLOCKED, S.FAILED, S.CANCELLING, S.EXPIRED}),
        S.SUBMITTED: frozenset({S.SUBMITTED, S.QUEUED, S.GENERATED, S.HELD, S.BLOCKED, S.FAILED, S.CANCELLING, S.EXPIRED}),
        S.GENERATED: frozenset({S.GENERATED, S.DELIVERED, S.BLOCKED, S.FAILED}),
        S.CANCELLING: frozenset({S.CANCELLED}),
        S.DELIVERED: frozenset(),
        S.BLOCKED: frozenset(),
        S.FAILED: frozenset(),
        S.CANCELLED: frozenset(),
        S.EXPIRED: frozenset(),
    }
)
RUNNING = frozenset({S.SUBMITTING, S.SUBMITTED, S.CANCELLING})
WAITING = frozenset({S.HELD, S.QUEUED})
# What waits for a reviewer is charged when it is approved, and not before.
UNCOUNTED = frozenset({S.HELD, S.BLOCKED, S.FAILED, S.CANCELLING, S.CANCELLED, S.EXPIRED})
UNFINISHED = frozenset(state for state in State if MOVES[state])
# Pictures that are there in these states wait for a reviewer, or went before one had looked.
UNSEEN = frozenset({S.HELD, S.BLOCKED, S.CANCELLING, S.CANCELLED, S.EXPIRED})


UNPOSTED = "post"
"""The code of the problem that a chat takes no posts about a job."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a job ended without a picture, in words for the person."""

    code: str
    """`blocked`, `provider`, `expired`, `broken`, `post` ...: for metrics and tests."""
    sentence: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class Parent:
    """The result a job came from."""

    job: str
    index: int | None = None


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What a job counts for: images and micro-dollars on the person, micro-dollars on the team."""

    images: int = 0
    money: int = 0
    spent: int = 0


@dataclass(frozen=True, kw_only=True)
class Job:
    """One request on its way. `version` grows by one with every save."""

    id: str
    person: Person
    account: str = ""
    """The key of the account that it counts for; empty for the person's own key."""
    place: Place
    request: Request
    state: State
    version: int = 1
    provider: str
    model: str
    fitted: Request
    """The request as fitted to the model: what the provider is really asked."""
    changes: tuple[str, ...] = ()
    """What fitting changed, in words."""
    estimate: Decimal | None = None
    """US dollars that it will probably cost, or None where nobody knows."""
    weight: int = 1
    """How many images each of its images counts as."""
    approved: str = ""
    """The key of the reviewer or admin who let it be drawn, or empty: then moderation does not hold it again."""
    command: str = "imagine"
    """The command it came by, for the history."""
    verdict: Verdict = field(default_factory=Verdict)
    """What moderation thought of the prompt; its images are at least as strict."""
    parent: Parent | None = None
    priority: int = 0
    """Higher goes first; falls with the number of unfinished jobs the person has."""
    ticket: str | None = None
    holder: str = ""
    """The process that called the provider."""
    attempts: int = 0
    tried: tuple[str, ...] = ()
    """`provider/model` of those that failed before, in order."""
    reuse: str = ""
    """The job whose images it gives, because it asked for the same: then nothing is drawn and nothing counts."""
    likeness: str = ""
    """What is really asked, as a digest, where asking again gives the same; else empty."""
    resubmitted: int = 0
    """How often a crash forced a second submission: suspected double cost."""
    problem: Problem | None = None
    images: tuple[Image, ...] = ()
    overview: str = ""
    """Key of one picture of all results, where there are several and none is blurred."""
    overview_size: tuple[int, int] = (0, 0)
    seed: int | None = None
    cost: Decimal | None = None
    vendor_id: str = ""
    model_version: str = ""
    short: str = ""
    """Why there are fewer images than asked for, where moderation was not the reason."""
    created: datetime
    changed: datetime
    due: datetime | None = None
    """Not to be touched before this, where a wait was agreed (retry)."""
    started: datetime | None = None
    finished: datetime | None = None
    deadline: datetime
    paused: str = ""
    """Why it waits for a pause to end, in the words of who paused; empty while nothing is paused."""
    paused_until: datetime | None = None
    """When that pause ends by itself, or None."""

    @property
    def counted_for(self) -> str:
        """The key of the account that it counts for."""
        return self.account or self.person.key

    @property
    def unseen(self) -> bool:
        """Whether nobody but reviewers may see the pictures it has."""
        return self.state in UNSEEN

    @property
    def sent(self) -> bool:
        """Whether its pictures could not be posted, and went to its person alone."""
        return self.state is State.FAILED and bool(self.images) and self.problem is not None and self.problem.code == UNPOSTED

    @property
    def charge(self) -> "Charge":
        """What the job costs now: reserved while it may still be drawn, settled once it is delivered, given back otherwise.

        Pictures that could not be posted are their person's all the same: they were sent to them alone, and count.

        What a vendor really charged stays on the team's money, whatever became of the job. Of one that was begun and then cancelled or ran
        out of time nobody knows, and of pictures without a price neither: the estimate stays. Each submission that a crash repeated may
        have been paid for. More images than were asked for are a present.
        """
        if self.reuse:
            return Charge()
        estimate = micro_dollars(self.estimate)
        paid = estimate if self.cost is None else micro_dollars(self.cost)
        twice = self.resubmitted * estimate
        given = self.state is State.DELIVERED or self.sent
        if given or self.state.counts:
            count = min(len(self.images), self.fitted.count) if given else self.fitted.count
            return Charge(images=count * self.weight, money=paid, spent=paid + twice)
        # A provider that certainly did not take it made us wait: `due`, which the next beginning takes away.
        begun = self.ticket is not None or (self.attempts > 0 and self.due is None)
        stopped = self.state in {State.CANCELLING, State.CANCELLED, State.EXPIRED}
        if self.cost is not None or self.images or (stopped and begun):
            return Charge(spent=paid + twice)
        return Charge(spent=twice)

    @property
    def drawn_by(self) -> str:
        """`provider/model`, or the one word where both are the same."""
        return self.model if self.model == self.provider else f"{self.provider}/{self.model}"
