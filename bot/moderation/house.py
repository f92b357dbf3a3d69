"""The house rules: what the admins of a channel and its workspace decided about categories and terms, read anew each time."""

from dataclasses import dataclass

from bot.errors import Misunderstood
from bot.model import Place, Rule, RuleKind, Term, subject_of_channel, subject_of_workspace
from bot.moderation.categories import TABLE, Consequence
from bot.moderation.policy import Policy, parse_slot, slot_of
from bot.ports import Store

ALLOW = "allow"
"""What a term counts as that wins over every list."""
_SURE, _DOUBTFUL = 1.0, 0.5
_LONGEST = 100
_MOST = 500


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A term that admins listed, with the rule that says so."""

    term: Term
    rule: Rule


class House:
    """What admins decided. One read of the journal for a prompt, so that a change holds in every process at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, place: Place) -> tuple[Policy, tuple[Term, ...]]:
        """The policy and the listed terms of a place; what a channel says goes over what its workspace says."""
        decided: dict[str, Consequence] = {}
        terms: dict[str, Term] = {}
        for rule in await self._rules(place):
            if rule.kind is RuleKind.POLICY:
                if rule.value in list(Consequence):
                    decided[rule.slot] = Consequence(rule.value)
            elif term := _term(rule):
                terms[rule.slot] = term
        return Policy(decided=decided), tuple(terms[name] for name in sorted(terms))

    async def listed(self, place: Place) -> list[Listed]:
        """The terms of a place, each with the rule that lists it."""
        found = {rule.slot: Listed(term=term, rule=rule) for rule in await self._rules(place) if (term := _term(rule))}
        return [found[name] for name in sorted(found)]

    async def decided(self, place: Place) -> dict[str, Rule]:
        """What was decided about categories, by slot."""
        return {rule.slot: rule for rule in await self._rules(place) if rule.kind is RuleKind.POLICY and parse_slot(rule.slot)}

    async def _rules(self, place: Place) -> list[Rule]:
        channel = subject_of_channel(place)
        rules = await self._store.rules([subject_of_workspace(place), channel], [RuleKind.POLICY, RuleKind.TERM])
        return sorted((rule for rule in rules if rule.value), key=lambda rule: rule.subject == channel)


def choice_of(category: str, consequence: str, *, doubtful: bool, restricted: bool) -> tuple[str, str]:
    """The slot and value of a decision about a category; `usual` takes it back.

    Raises:
        Misunderstood: there is no such category or consequence, or it is milder than what may be.
    """
    if category not in TABLE:
        raise Misunderstood(f"There is no category “{category[:40]}”.", advice=f"There are: {', '.join(TABLE)}.", line="policy show")
    slot = slot_of(category, sure=not doubtful, restricted=restricted)
    if consequence == "usual":
        return slot, ""
    if consequence not in list(Consequence):
        raise Misunderstood(
            f"“{consequence[:40]}” is nothing that can follow.",
            advice=f"There are: {', '.join(Consequence)}, and usual for the way it was.",
            line=f"policy set {category} review",
        )
    chosen, least = Consequence(consequence), TABLE[category].least(sure=not doubtful, restricted=restricted)
    if chosen is Consequence.MASK and category != "personal":
        raise Misunderstood(
            "Only personal data can be masked: of other things it is not known which words to take out.", line="policy show"
        )
    if chosen.strictness < least.strictness:
        where = "in age-restricted channels" if restricted else "outside age-restricted channels"
        raise Misunderstood(
            f"“{category}” cannot be milder than {least} {where}: the platforms or the law forbid it.",
            line=f"policy set {category} {least}",
        )
    return slot, chosen.value


def term_of(text: str, category: str, *, doubtful: bool) -> tuple[str, str]:
    """The slot and value of a listed term; the category may be `allow`.

    Raises:
        Misunderstood: there is no term, or it is too long, or there is no such category.
    """
    term = " ".join(text.split())
    if not any(letter.isalnum() for letter in term):
        raise Misunderstood("Which term?", advice="Say a word or a phrase with at least one letter.", line="policy term add lolcat")
    if len(term) > _LONGEST:
        raise Misunderstood(f"A term has at most {_LONGEST} characters.", advice="List its strongest words.")
    if category != ALLOW and category not in TABLE:
        raise Misunderstood(f"There is no category “{category[:40]}”.", advice=f"There are: {', '.join(TABLE)}.", option="category")
    return term.casefold(), ALLOW if category == ALLOW else f"{category} {'doubtful' if doubtful else 'sure'}"


def check_room(listed: int) -> None:
    """That one more term has room. Raises Misunderstood."""
    if listed >= _MOST:
        raise Misunderstood(
            f"{_MOST} terms are the most for a place.", advice="Remove some, or put them into a file: TERMS_LISTS.", line="policy term list"
        )


def _term(rule: Rule) -> Term | None:
    if rule.kind is not RuleKind.TERM:
        return None
    category, _, sureness = rule.value.partition(" ")
    if category != ALLOW and category not in TABLE:
        return None
    return Term(text=rule.slot, category=category, score=_DOUBTFUL if sureness == "doubtful" else _SURE)
