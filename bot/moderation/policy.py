"""The policy: what follows from findings in one place, from the defaults and from what admins decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.model import Concern, Level, Place, Verdict
from bot.moderation.categories import DOUBTFUL, RANKS, SURE, TABLE, Category, Consequence


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """A finding with what follows from it."""

    concern: Concern
    consequence: Consequence

    @property
    def weight(self) -> tuple[int, int, float]:
        """Strictness first, then the rank of the category, then how sure the finding is."""
        return self.consequence.strictness, -RANKS.get(self.concern.category, RANKS["custom"]), self.concern.score


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What follows in one place. `decided` are measures by slot; what a channel says goes over what its workspace says."""

    decided: dict[str, Consequence] = field(default_factory=dict[str, Consequence])

    def consequence(self, category: str, *, sure: bool, restricted: bool) -> Consequence:
        """What follows from a finding of a category. A category that nobody knows counts as `custom`."""
        known = TABLE.get(category, TABLE["custom"])
        decided = self.decided.get(slot_of(known.name, sure=sure, restricted=restricted))
        if decided is None:
            return known.usual(sure=sure, restricted=restricted)
        return max(decided, known.least(sure=sure, restricted=restricted), key=lambda each: each.strictness)

    def rulings(self, place: Place, concerns: Iterable[Concern]) -> list[Ruling]:
        """Every finding that counts, with what follows, the weightiest first."""
        found = [
            Ruling(
                concern=concern,
                consequence=self.consequence(concern.category, sure=concern.score >= SURE, restricted=place.age_restricted),
            )
            for concern in concerns
            if concern.score >= DOUBTFUL
        ]
        return sorted(found, key=lambda ruling: ruling.weight, reverse=True)


def verdict_of(rulings: Sequence[Ruling]) -> Verdict:
    """The verdict: what the weightiest ruling says. Nothing found, or only what is allowed, is an empty verdict."""
    first = max(rulings, key=lambda ruling: ruling.weight, default=None)
    if first is None or first.consequence.level is Level.ALLOW:
        return Verdict()
    return Verdict(
        level=first.consequence.level, category=first.concern.category, source=first.concern.source, score=round(first.concern.score, 3)
    )


def slot_of(category: str, *, sure: bool, restricted: bool) -> str:
    """The name under which a decision is kept: `sexual`, `sexual?` for doubtful findings, `sexual@restricted`, `sexual?@restricted`."""
    return f"{category}{'' if sure else '?'}{'@restricted' if restricted else ''}"


def parse_slot(slot: str) -> tuple[Category, bool, bool] | None:
    """A slot's category, whether it is for sure findings, whether for age-restricted channels; None for what is no slot."""
    name, at, where = slot.partition("@")
    if name.removesuffix("?") not in TABLE or (at and where != "restricted"):
        return None
    return TABLE[name.removesuffix("?")], not name.endswith("?"), bool(at)
