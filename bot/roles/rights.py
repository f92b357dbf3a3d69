"""Rights: everything that holds for one person in one place, and what follows from it."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.errors import NotAllowed
from bot.model import CommandSpec, Operation, Person, Place, Role, Rule, subjects_of
from bot.roles.ranks import RANKS
from bot.says import whom
from bot.says.words import cut, moment

EVERYTHING = "everything:limner:all"
"""The subject of a pause of the whole installation."""
UNSAID = "no reason given"
"""What a ban, mute or pause says whose maker gave no reason."""
OPEN = frozenset({"help", "privacy", "guidelines", "quota", "appeal"})
"""Commands that nobody is banned from: what one may know about oneself, and how to object."""
HERE = "here"
_MODEL, _OPERATION = "model=", "operation="


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What holds. A refusal is given, not raised, by everything but `check` and `admit`."""

    person: Person
    """With every role; of somebody who is banned, a member's alone."""
    place: Place
    rank: int
    ban: Rule | None = None
    mute: Rule | None = None
    pause: Rule | None = None
    access: tuple[Rule, ...] = ()

    def may(self, spec: CommandSpec) -> bool:
        """Whether a command is for this person here: what help lists and platforms complete."""
        return self.closed(spec) is None and self.unfit(spec.draws) is None

    def check(self, spec: CommandSpec) -> None:
        """The door of every command. Raises NotAllowed."""
        if refusal := self.closed(spec) or self.unfit(spec.draws) or (self.waits() if spec.draws else None):
            raise refusal

    def admit(self, operation: Operation) -> None:
        """Let somebody ask for pictures here. Raises NotAllowed."""
        if refusal := self.banned() or self.unfit((operation,)) or self.waits():
            raise refusal

    def closed(self, spec: CommandSpec) -> NotAllowed | None:
        """Why a command is not for this person."""
        if self.ban and spec.name not in OPEN:
            return self.banned()
        if self.rank < RANKS[spec.role]:
            return NotAllowed(f"/{spec.name} is for {spec.role.value}s.", advice="Ask an admin of this workspace.")
        return None

    def banned(self) -> NotAllowed | None:
        """That this person is banned."""
        if self.ban is None:
            return None
        until = f" until {moment(self.ban.until, self.person.zone)}" if self.ban.until else ""
        return NotAllowed(
            f"You are banned from Limner{until}: {cut(self.ban.value, 200)}{_stop(self.ban.value)}",
            advice="/help, /privacy, /guidelines, /quota and /appeal still work. An admin of this workspace can lift the ban.",
        )

    def unfit(self, operations: Collection[Operation]) -> NotAllowed | None:
        """Why this person may ask for none of these here; nothing where there are none."""
        if not operations:
            return None
        if self.mute:
            until = f" until {moment(self.mute.until, self.person.zone)}" if self.mute.until else ""
            return NotAllowed(
                f"You may look but not draw{until}: {cut(self.mute.value, 200)}{_stop(self.mute.value)}",
                advice="Nothing was counted. A reviewer of this workspace can lift it sooner.",
            )
        by_slot = {rule.slot: rule for rule in self.access}
        if (rule := by_slot.get(HERE)) and not self._among(rule.value):
            return NotAllowed(f"Only {whom(rule.value)} may draw in this channel.", advice="Nothing was counted. Try another channel.")
        shut = [by_slot.get(f"{_OPERATION}{operation.value}") for operation in operations]
        if all(rule and not self._among(rule.value) for rule in shut) and (first := shut[0]):
            what = first.slot.removeprefix(_OPERATION)
            return NotAllowed(f"“{what}” is for {whom(first.value)} only.", advice="Nothing was counted. Ask an admin of this workspace.")
        return None

    def waits(self) -> NotAllowed | None:
        """That nothing new is taken here just now."""
        if self.pause is None:
            return None
        until = f" until {moment(self.pause.until, self.person.zone)}" if self.pause.until else ""
        what = {"channel": "paused in this channel", "workspace": "paused in this workspace"}.get(
            self.pause.subject.partition(":")[0], "paused everywhere"
        )
        return NotAllowed(
            f"Limner is {what}{until}: {cut(self.pause.value, 200)}{_stop(self.pause.value)}",
            advice="Nothing was counted. " + ("Ask again after that." if until else "Ask again once an admin resumes it."),
        )

    @property
    def barred(self) -> frozenset[str]:
        """Providers and models that are not for this person here, by the names that the rules have for them."""
        models = [rule for rule in self.access if rule.slot.startswith(_MODEL)]
        return frozenset(rule.slot.removeprefix(_MODEL) for rule in models if not self._among(rule.value))

    def _among(self, value: str) -> bool:
        """Whether this person here is one of those a rule names. Who ranks above a named role has what that role has."""
        covering = set(subjects_of(self.person, self.place))
        return any(subject in covering or self._reaches(subject) for subject in value.split())

    def _reaches(self, subject: str) -> bool:
        kind, _, key = subject.partition(":")
        last = key.rsplit(":", 1)[-1]
        return kind == "role" and last in set(Role) and self.rank >= RANKS[Role(last)]


def _stop(text: str) -> str:
    """The full stop that a sentence of ours needs behind somebody's words."""
    return "" if cut(text, 200).endswith((".", "!", "?", "…")) else "."
