"""The rulebook: which of the standing rules hold for one person in one place.

For each slot (images or money, window, rolling or not, a model, an operation) the nearest rule counts alone: the person's own, else the
tightest of their groups', else that of their highest role, else everybody's, else what the settings say. So somebody gets more or less
than the others. A channel's and the workspace's limits are sums over everybody, and are asked beside a person's own; the tightest decides.

Only rules of the place's own workspace count: whoever is an admin elsewhere, and linked themselves, gives nobody more here. What somebody
used counts wherever they used it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from bot.model import (
    Load,
    Measure,
    Person,
    Place,
    Pool,
    Role,
    Rule,
    RuleKind,
    Window,
    subject_of_channel,
    subject_of_digest,
    subject_of_everybody,
    subject_of_group,
    subject_of_person,
    subject_of_role,
    subject_of_workspace,
)
from bot.quotas.grants import Grant, read_grant
from bot.quotas.rates import UNLIMITED, read_amount, read_dollars
from bot.quotas.slots import EVERYTHING, Slot, read_slot

_RANKED = (Role.OWNER, Role.ADMIN, Role.REVIEWER, Role.MEMBER)
ZONE = "zone"
"""The option that says in which time zone a workspace's days and months begin."""
ONCE = ("count", "steps", "size")
"""Caps on one request: the tightest of all that cover it counts."""
LOADS = ("running", "waiting", "priority")
"""Caps on a person's jobs: the nearest counts."""


def is_guest(person: Person, place: Place) -> bool:
    """Whether somebody is of another workspace than the place: no rule of this workspace is about them alone."""
    return (person.platform, person.workspace) != (place.platform, place.workspace)


def levels_of(person: Person, place: Place) -> list[list[str]]:
    """The subjects that say what each person may, the nearest level first."""
    guest = is_guest(person, place)
    return [
        [] if guest else [subject_of_person(person)],
        # What is left of their own limits after an erasure, until an admin says otherwise.
        [] if guest else [subject_of_digest(person.key)],
        [] if guest else [subject_of_group(place, group) for group in sorted(person.groups)],
        *([subject_of_role(place, role)] for role in _RANKED if role in person.roles),
        [subject_of_everybody(place)],
    ]


class Rulebook:
    """The rules that cover a person in a place."""

    def __init__(
        self, rules: Sequence[Rule], levels: Sequence[Sequence[str]], place: Place, *, defaults: Mapping[Window, int | None], load: Load
    ) -> None:
        self._rules = rules
        self._levels = levels
        self._place = place
        self._defaults = defaults
        self._load = load

    @cached_property
    def own(self) -> dict[Slot, int | None]:
        """Each slot that a limit of the person's own is about, with its amount; None for no limit."""
        rules = [rule for rule in self._of(RuleKind.QUOTA, self._near) if rule.slot != EVERYTHING]
        slots = {slot for rule in rules if (slot := read_slot(rule.slot))}
        # A rolling day takes the place of the usual calendar day, or nobody could ever have more of one.
        said = {(slot.measure, slot.window) for slot in slots if slot.plain}
        usual = {Slot(window=window): amount for window, amount in self._defaults.items() if (Measure.IMAGES, window) not in said}
        found = {slot: self._nearest(slot) for slot in slots} | {slot: self._nearest(slot, amount) for slot, amount in usual.items()}
        return dict(sorted(found.items(), key=lambda item: _order(item[0])))

    def pooled(self, pool: Pool) -> dict[Slot, int]:
        """Each slot that a limit of the channel or the workspace is about, with its amount."""
        rules = self._of(RuleKind.QUOTA, [self._subject(pool)])
        read = ((read_slot(rule.slot), rule.value) for rule in rules if rule.value != UNLIMITED)
        found = {slot: read_amount(slot.measure, value) or 0 for slot, value in read if slot}
        return dict(sorted(found.items(), key=lambda item: _order(item[0])))

    @cached_property
    def budgets(self) -> dict[Window, int]:
        """The team's money, window by window, in micro-dollars."""
        rules = self._of(RuleKind.BUDGET, [self._subject(Pool.WORKSPACE)])
        found = {Window(rule.slot): read_amount(Measure.MONEY, rule.value) or 0 for rule in rules}
        return {window: found[window] for window in Window if window in found}

    def forgiven(self, pool: Pool) -> datetime | None:
        """The moment before which use does not count."""
        subjects = self._near if pool is Pool.ACCOUNT else [self._subject(pool)]
        return max((_moment(rule) for rule in self._of(RuleKind.RESET, subjects)), default=None)

    def grants(self, pool: Pool) -> list[Grant]:
        """Every grant that is on record, those that ended included."""
        subjects = self._near if pool is Pool.ACCOUNT else [self._subject(pool)]
        return [read_grant(rule) for rule in self._of(RuleKind.GRANT, subjects)]

    def weight(self, model: str, operation: str) -> int:
        """How many images one image counts as: a rule about the model goes before one about the operation."""
        said = {rule.slot: int(rule.value) for rule in self._of(RuleKind.WEIGHT, [self._subject(Pool.WORKSPACE)])}
        return next((said[slot] for slot in (f"model={model}", f"operation={operation}") if slot in said), 1)

    def price(self, model: str) -> Decimal | None:
        """What admins say that an image of a model costs, in dollars."""
        rules = self._of(RuleKind.PRICE, [self._subject(Pool.WORKSPACE)])
        return next((read_dollars(rule.value) for rule in rules if rule.slot == model), None)

    @cached_property
    def approval(self) -> Decimal | None:
        """Dollars above which an admin must approve."""
        return next((read_dollars(rule.value) for rule in self._of(RuleKind.APPROVAL, [self._subject(Pool.WORKSPACE)])), None)

    def most(self, slot: str) -> int | None:
        """The most of something in one request: count, steps or size."""
        rules = self._of(RuleKind.CAP, [*self._near, self._subject(Pool.CHANNEL), self._subject(Pool.WORKSPACE)])
        found = {rule.subject: int(rule.value) for rule in rules if rule.slot == slot}
        if self._levels and found.keys() & set(self._levels[0]):
            # What an admin said since goes before what an erasure left.
            found = {subject: most for subject, most in found.items() if ":~" not in subject}
        return min(found.values(), default=None)

    @cached_property
    def load(self) -> Load:
        """How many jobs may run and wait, and how early they go: of one level's groups the tightest, and the earliest."""
        levels = [*self._levels, [self._subject(Pool.CHANNEL)], [self._subject(Pool.WORKSPACE)]]
        return Load(
            running=self._closest("running", levels, min, self._load.running),
            waiting=self._closest("waiting", levels, min, self._load.waiting),
            priority=self._closest("priority", levels, max, self._load.priority),
        )

    @property
    def zone(self) -> str:
        """The time zone that the workspace chose, or empty."""
        rules = self._of(RuleKind.OPTION, [self._subject(Pool.WORKSPACE)])
        return next((rule.value for rule in rules if rule.slot == ZONE), "")

    @property
    def _near(self) -> list[str]:
        return [subject for level in self._levels for subject in level]

    def _subject(self, pool: Pool) -> str:
        return subject_of_channel(self._place) if pool is Pool.CHANNEL else subject_of_workspace(self._place)

    def _of(self, kind: RuleKind, subjects: Iterable[str]) -> list[Rule]:
        wanted = set(subjects)
        return [rule for rule in self._rules if rule.kind is kind and rule.subject in wanted]

    def _nearest(self, slot: Slot, usual: int | None = None) -> int | None:
        """The amount of a slot by the nearest level that says anything about it."""
        for level in self._levels:
            rules = self._of(RuleKind.QUOTA, level)
            amounts = [read_amount(slot.measure, rule.value) for rule in rules if rule.slot == str(slot)]
            if amounts:
                return min((amount for amount in amounts if amount is not None), default=None)
            if any(rule.slot == EVERYTHING for rule in rules):
                return None
        return usual

    def _closest(self, slot: str, levels: Sequence[Sequence[str]], best: Callable[[list[int]], int], usual: int) -> int:
        for level in levels:
            values = [int(rule.value) for rule in self._of(RuleKind.CAP, level) if rule.slot == slot]
            if values:
                return best(values)
        return usual


def _order(slot: Slot) -> tuple[int, int, bool, str, str]:
    return list(Measure).index(slot.measure), list(Window).index(slot.window), slot.rolling, slot.model, slot.operation


def _moment(reset: Rule) -> datetime:
    """What a reset says, which stays the same when it is undone and done again; those of before only knew when they were made."""
    try:
        return datetime.fromisoformat(reset.value)
    except ValueError:
        return reset.created
