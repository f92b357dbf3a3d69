"""Which workspaces have a rule of a kind: what rounds over all of them begin with."""

from dataclasses import replace
from datetime import timedelta

from bot.model import Place, Rule, RuleKind, subject_of_workspace
from bot.ports import Store
from tests.contracts.stores import NOW, an_entry


async def test_workspaces_with_a_rule_of_a_kind_are_told_once_each(store: Store) -> None:
    first, second = (subject_of_workspace(Place(platform="slack", workspace=name, channel="")) for name in ("T1", "T2"))
    budget = Rule(kind=RuleKind.BUDGET, subject=second, slot="day", value="$5", by="p:w:ann", created=NOW)
    rules = [budget, replace(budget, slot="month"), replace(budget, subject=first), replace(budget, kind=RuleKind.PRICE, slot="a/b")]
    await store.decide(rules, entry=an_entry())
    assert await store.ruled(RuleKind.BUDGET) == ["slack:T1", "slack:T2"]
    assert await store.ruled(RuleKind.PRICE) == ["slack:T2"]
    await store.decide([replace(budget, subject=first, value=""), replace(budget, until=NOW - timedelta(days=1))], entry=an_entry())
    assert await store.ruled(RuleKind.BUDGET) == ["slack:T2"]
    await store.decide([replace(budget, slot="month", value="")], entry=an_entry())
    assert await store.ruled(RuleKind.BUDGET) == []
