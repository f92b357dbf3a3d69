"""The Store's contract on rules that several admins make at the same moment: each change is seen whole, and on record in its order."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.decisions import Decisions
from bot.errors import Expired, Overtaken
from bot.model import Asker, Entry, Rule, RuleKind
from bot.ports import Store
from tests.contracts.stores import NOW, a_job, a_limit, a_person, a_place, an_entry, enqueue

ADA = Asker(person=a_person("ada"), place=a_place(), event=None)
HERE = "workspace:playground:home"


def a_rule(value: str, *, subject: str = HERE, slot: str = "images/day") -> Rule:
    return Rule(kind=RuleKind.QUOTA, subject=subject, slot=slot, value=value, by=ADA.person.key, created=NOW)


async def test_changes_of_one_rule_at_once_follow_each_other(store: Store) -> None:
    """Each entry's before is the after of the one in front of it, and the last after is what stands."""
    entries = await asyncio.gather(*(store.decide([a_rule(str(number))], entry=an_entry()) for number in range(20)))
    in_order = sorted(entries, key=lambda entry: entry.number)
    name = f"quota {HERE} images/day"
    said = ["", *(entry.after[name] for entry in in_order)]
    assert [entry.before[name] for entry in in_order] == said[:-1]
    assert [entry.number for entry in in_order] == list(range(1, 21))
    assert [rule.value for rule in await store.rules([HERE])] == [said[-1]]


async def test_of_decisions_that_expect_the_same_one_is_made(store: Store) -> None:
    calls = (store.decide([a_rule(str(number + 1))], entry=an_entry(), expected=[a_rule("")]) for number in range(8))
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [sum(isinstance(answer, kind) for answer in answers) for kind in (Entry, Overtaken)] == [1, 7]


async def test_undone_twice_at_once_is_undone_once(store: Store) -> None:
    decisions = Decisions(store, now=lambda: NOW)
    await store.decide([a_rule("10")], entry=an_entry())
    changed = await store.decide([a_rule("20")], entry=an_entry())
    answers = await asyncio.gather(*(decisions.undo(ADA, changed.number) for _ in range(5)), return_exceptions=True)
    assert [sum(isinstance(answer, kind) for answer in answers) for kind in (Entry, Expired)] == [1, 4]
    assert [rule.value for rule in await store.rules([HERE])] == ["10"]


async def test_of_a_decision_that_is_overtaken_no_rule_is_kept(store: Store) -> None:
    other = a_rule("5", subject="channel:playground:home:brand")
    try:
        await store.decide([other, a_rule("6")], entry=an_entry(), expected=[a_rule("4")])
    except Overtaken:
        assert await store.rules_of("playground:home") == []
    else:
        raise AssertionError("nothing of the kind stood")


async def test_rules_of_many_subjects_in_any_order_wait_for_each_other_and_end(store: Store) -> None:
    """Admins, links and new jobs at the same moment, each with many locks: none waits for ever, and the audit has them all."""
    subjects = [f"person:playground:home:u{number}" for number in range(6)]
    rules = [a_rule(str(number), subject=subject) for number, subject in enumerate(subjects)]
    decisions = (store.decide([*rules[turn:], *rules[:turn]], entry=an_entry()) for turn in range(6))
    links = (store.link(a_person(f"u{number}"), a_person(f"u{5 - number}"), entry=an_entry("link")) for number in range(3))
    notes = (store.note(an_entry("export.audit")) for _ in range(6))
    limits = [replace(a_limit(100), subject=f"playground:home:v{number}") for number in range(4)]
    jobs = (enqueue(store, a_job(f"fox{turn}", person="v0"), *limits[turn:], *limits[:turn]) for turn in range(4))
    await asyncio.gather(*decisions, *links, *notes, *jobs)
    last = await store.note(an_entry("last"))
    assert last.number == 6 + 3 + 6 + 1
    assert {rule.subject for rule in await store.rules(subjects)} == set(subjects)


async def test_rule_that_ends_is_undone_with_its_end(store: Store) -> None:
    decisions = Decisions(store, now=lambda: NOW)
    soon = NOW + timedelta(days=2)
    await store.decide([replace(a_rule("10"), until=soon)], entry=an_entry())
    changed = await store.decide([a_rule("20")], entry=an_entry())
    await decisions.undo(ADA, changed.number)
    [rule] = await store.rules([HERE])
    assert (rule.value, rule.until) == ("10", soon)


async def test_rules_about_somebody_are_found_in_every_workspace_and_of_nobody_else(store: Store) -> None:
    rules = [
        Rule(kind=kind, subject=subject, value="x", by="p:w:ada", created=NOW, until=until)
        for kind, subject, until in (
            (RuleKind.BAN, "person:p:one:7_7", None),
            (RuleKind.MUTE, "person:p:two:7_7", NOW + timedelta(days=1)),
            (RuleKind.MUTE, "person:p:three:7_7", NOW - timedelta(days=1)),
            (RuleKind.ROLE, "person:p:four:7_7", None),
            (RuleKind.BAN, "person:p:one:717", None),
            (RuleKind.BAN, "person:p:one:67_7", None),
            (RuleKind.BAN, "person:q:one:7_7", None),
        )
    ]
    await store.decide(rules, entry=Entry(act="ban.set", who="person:p:one:ada", at=NOW))
    found = await store.rules_about("p", "7_7", (RuleKind.BAN, RuleKind.MUTE))
    assert {rule.subject for rule in found} == {"person:p:one:7_7", "person:p:two:7_7"}
