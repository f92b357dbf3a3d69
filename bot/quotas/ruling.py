"""Ruling: every rule that an admin makes about how much somebody may use, with before, after and a way back."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.decisions import Decisions
from bot.grammar import Rate
from bot.model import MICRO, Asker, Entry, Measure, Place, Rule, RuleKind, Window, subject_of_digest, subject_of_workspace
from bot.ports import Store
from bot.quotas.grants import Grant, concerned, read_grant
from bot.quotas.rates import UNLIMITED, write_amount
from bot.quotas.slots import EVERYTHING, Slot, read_slot

LISTED = (RuleKind.QUOTA, RuleKind.GRANT, RuleKind.WEIGHT, RuleKind.CAP, RuleKind.BUDGET, RuleKind.APPROVAL, RuleKind.PRICE)
"""The kinds of rules that are about how much somebody may use."""


class Ruling:
    """Makes rules. Whether somebody may is asked before, where the command is."""

    def __init__(self, store: Store, *, decisions: Decisions, now: Callable[[], datetime]) -> None:
        self._store = store
        self._decisions = decisions
        self._now = now

    async def rules(self, place: Place) -> list[Rule]:
        """Every rule of the workspace about how much somebody may use; grants that ended are left out."""
        now = self._now()
        found = await self._store.rules_of(f"{place.platform}:{place.workspace}", LISTED)
        return [rule for rule in found if rule.kind is not RuleKind.GRANT or read_grant(rule).end > now]

    async def about(self, subject: str) -> list[Rule]:
        """The rules about one subject that are about how much it may use; grants that ended are left out."""
        now = self._now()
        found = await self._store.rules(_also_erased(subject), LISTED)
        return [rule for rule in found if rule.kind is not RuleKind.GRANT or read_grant(rule).end > now]

    async def set(self, asker: Asker, subject: str, rate: Rate, *, rolling: bool = False, model: str = "", operation: str = "") -> Entry:
        """Give a subject a limit, in place of the one of the same slot. Unlimited in every window takes the place of all its others."""
        if not rate.window:
            # A rule about all of one model or operation would say less than it seems to.
            standing = await self._store.rules(_also_erased(subject), (RuleKind.QUOTA,))
            others = [self._rule(asker, rule.subject, rule.slot, "") for rule in standing if rule.slot != EVERYTHING]
            rules = [self._rule(asker, subject, EVERYTHING, UNLIMITED), *others]
        else:
            measure = Measure.MONEY if rate.money else Measure.IMAGES
            slot = Slot(measure=measure, window=Window(rate.window), rolling=rolling, model=model, operation=operation)
            amount = None if rate.amount is None else int(rate.amount * MICRO) if rate.money else int(rate.amount)
            rules = [self._rule(asker, subject, str(slot), write_amount(measure, amount))]
        return await self._decisions.decide(asker, rules, act="quota.set", about=subject)

    async def forget(self, asker: Asker, subject: str, *, model: str = "", operation: str = "") -> Entry | None:
        """Take back every limit of a subject, or those about a model or operation; None where there is none."""
        standing = await self._store.rules(_also_erased(subject), (RuleKind.QUOTA,))
        chosen = [rule for rule in standing if not (model or operation) or _about(rule.slot, model, operation)]
        rules = [self._rule(asker, rule.subject, rule.slot, "") for rule in chosen]
        return await self._decisions.decide(asker, rules, act="quota.set", about=subject) if rules else None

    async def reset(self, asker: Asker, subject: str) -> Entry:
        """Forgive what was used so far, of quotas; the team's budget stays, for it was paid."""
        rule = self._decisions.rule(asker, RuleKind.RESET, subject, self._now().isoformat())
        return await self._decisions.decide(asker, [rule], act="quota.reset")

    async def grant(self, asker: Asker, subject: str, amount: int, measure: Measure, until: datetime, *, name: str = "") -> Entry:
        """Give a subject so many images, or micro-dollars, more in all until a moment. A second grant of the same name changes nothing."""
        now = self._now()
        standing = [read_grant(rule) for rule in await self._store.rules([subject], (RuleKind.GRANT,))]
        # A name that nobody else takes in this very moment.
        slot = f"{measure.value}/{name or secrets.token_hex(3)}"
        if same := next((grant for grant in standing if grant.slot == slot), None):
            rule = self._decisions.rule(asker, RuleKind.GRANT, subject, same.value, slot=slot)
            return await self._decisions.decide(asker, [rule], act="quota.grant")
        given = Grant(measure=measure, amount=amount, start=now, end=until)
        rules = [self._decisions.rule(asker, RuleKind.GRANT, subject, given.value, slot=slot)]
        needed = {grant.slot for grant in concerned(standing, now)}
        over = [grant for grant in standing if grant.end <= now and grant.slot not in needed]
        rules += [self._decisions.rule(asker, RuleKind.GRANT, subject, "", slot=grant.slot) for grant in over]
        return await self._decisions.decide(asker, rules, act="quota.grant")

    async def revoke(self, asker: Asker, subject: str) -> Entry | None:
        """Take back every grant of a subject that is open; None where there is none."""
        now = self._now()
        grants = [read_grant(rule) for rule in await self._store.rules([subject], (RuleKind.GRANT,))]
        rules = [self._decisions.rule(asker, RuleKind.GRANT, subject, "", slot=grant.slot) for grant in grants if grant.end > now]
        return await self._decisions.decide(asker, rules, act="quota.revoke") if rules else None

    async def weigh(self, asker: Asker, weight: int | None, *, model: str = "", operation: str = "") -> Entry:
        """Let each image of a model or an operation count as so many, here and from now on; None takes it back."""
        slot = f"model={model}" if model else f"operation={operation}"
        value = "" if weight is None else str(weight)
        rule = self._decisions.rule(asker, RuleKind.WEIGHT, subject_of_workspace(asker.place), value, slot=slot)
        return await self._decisions.decide(asker, [rule], act="quota.weight")

    async def cap(self, asker: Asker, subject: str, caps: Mapping[str, int | None]) -> Entry:
        """Set how much of something there may be at once, by name; None takes a cap back."""
        rules = [
            self._decisions.rule(asker, RuleKind.CAP, subject, "" if most is None else str(most), slot=name) for name, most in caps.items()
        ]
        return await self._decisions.decide(asker, rules, act="limit.set", about=subject)

    async def caps(self, subject: str) -> Mapping[str, int]:
        """What is capped for a subject alone."""
        return {rule.slot: int(rule.value) for rule in await self._store.rules([subject], (RuleKind.CAP,))}

    def _rule(self, asker: Asker, subject: str, slot: str, value: str) -> Rule:
        return self._decisions.rule(asker, RuleKind.QUOTA, subject, value, slot=slot)


def _also_erased(subject: str) -> list[str]:
    """A subject, and of a person what an erasure left of the rules about them."""
    kind, _, key = subject.partition(":")
    return [subject, subject_of_digest(key)] if kind == "person" else [subject]


def _about(slot: str, model: str, operation: str) -> bool:
    read = read_slot(slot)
    return read is not None and (read.model, read.operation) == (model, operation)
