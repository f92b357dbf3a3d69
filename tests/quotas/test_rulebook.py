"""The rulebook: of several rules for one window the nearest counts, and only those of the place's own workspace."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TooLarge
from bot.model import (
    Load,
    Operation,
    Person,
    Place,
    Pool,
    Request,
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
from bot.quotas.caps import check_caps
from bot.quotas.rulebook import Rulebook, levels_of
from bot.quotas.slots import Slot
from tests.quotas.scene import NOON

HERE = Place(platform="slack", workspace="T1", channel="C1")
GRACE = Person(
    platform="slack", workspace="T1", id="U1", roles=frozenset({Role.MEMBER, Role.ADMIN}), groups=frozenset({"S1", "S2"})
)  # fmt: skip
SUBJECTS = {
    "person": subject_of_person(GRACE),
    "group": subject_of_group(HERE, "S1"),
    "other group": subject_of_group(HERE, "S2"),
    "admins": subject_of_role(HERE, Role.ADMIN),
    "members": subject_of_role(HERE, Role.MEMBER),
    "everybody": subject_of_everybody(HERE),
    "channel": subject_of_channel(HERE),
    "workspace": subject_of_workspace(HERE),
    "left": subject_of_digest(GRACE.key),
}
"""`left`: what an erasure left."""
DAY = Slot(window=Window.DAY)


def rule(subject: str, value: str, slot: str = "images/day", kind: RuleKind = RuleKind.QUOTA) -> Rule:
    return Rule(kind=kind, subject=SUBJECTS.get(subject, subject), slot=slot, value=value, by="slack:T1:U9", created=NOON)


def book(*rules: Rule, person: Person = GRACE, place: Place = HERE) -> Rulebook:
    defaults = {Window.DAY: 50, Window.MONTH: 500}
    return Rulebook(rules, levels_of(person, place), place, defaults=defaults, load=Load(running=3, waiting=10))


@pytest.mark.parametrize(
    ("rules", "amount"),
    [
        ({}, 50),
        ({"everybody": "20"}, 20),
        ({"everybody": "20", "members": "30"}, 30),
        ({"members": "30", "admins": "10"}, 10),
        ({"members": "30", "group": "200"}, 200),
        ({"group": "200", "other group": "100"}, 100),
        ({"group": "unlimited", "other group": "100"}, 100),
        ({"group": "unlimited", "other group": "unlimited", "everybody": "5"}, None),
        ({"group": "200", "person": "5"}, 5),
        ({"person": "unlimited", "everybody": "0"}, None),
        ({"person": "0"}, 0),
        ({"left": "3", "group": "200"}, 3),
        ({"left": "3", "person": "9"}, 9),
    ],
)
def test_the_nearest_rule_takes_the_place_of_all_others(rules: dict[str, str], amount: int | None) -> None:
    assert book(*(rule(subject, value) for subject, value in rules.items())).own[DAY] == amount


def test_each_window_has_a_nearest_rule_of_its_own() -> None:
    own = book(rule("everybody", "20"), rule("group", "$5", "money/week"), rule("person", "3", "images/day/model=fal/flux")).own
    assert own == {
        Slot(window=Window.DAY): 20,
        Slot(window=Window.DAY, model="fal/flux"): 3,
        Slot(window=Window.MONTH): 500,
        replace(Slot(window=Window.WEEK), measure=list(own)[-1].measure): 5_000_000,
    }


def test_unlimited_in_everything_frees_of_all_that_is_further_away() -> None:
    free = rule("person", "unlimited", "everything")
    assert set(book(free, rule("everybody", "2", "images/hour"), rule("group", "$1", "money/day")).own.values()) == {None}
    assert book(free, rule("person", "7")).own[DAY] == 7
    assert book(rule("group", "unlimited", "everything"), rule("person", "7")).own[DAY] == 7


def test_a_rolling_day_takes_the_place_of_the_settings_calendar_day() -> None:
    own = book(rule("everybody", "100", "images/day/rolling")).own
    assert DAY not in own
    assert own[Slot(window=Window.DAY, rolling=True)] == 100
    assert own[Slot(window=Window.MONTH)] == 500


def test_a_channels_and_the_workspaces_limits_stand_beside_ones_own() -> None:
    found = book(rule("channel", "$50", "money/month"), rule("workspace", "1000"), rule("person", "unlimited", "everything"))
    assert list(found.pooled(Pool.CHANNEL).values()) == [50_000_000]
    assert list(found.pooled(Pool.WORKSPACE).values()) == [1000]


@given(st.sampled_from(["person", "group", "admins", "everybody", "channel", "workspace"]), st.sampled_from(["T2", "T10"]))
def test_no_rule_of_another_workspace_counts_here(subject: str, other: str) -> None:
    foreign = rule(SUBJECTS[subject].replace(":T1", f":{other}"), "7")
    found = book(foreign)
    assert found.own == book().own
    assert found.pooled(Pool.CHANNEL) == found.pooled(Pool.WORKSPACE) == {}


def test_a_guest_brings_no_rule_along_and_obeys_those_for_everybody() -> None:
    guest = replace(GRACE, workspace="T2", roles=frozenset({Role.MEMBER}))
    brought = Rule(kind=RuleKind.QUOTA, subject=subject_of_person(guest), slot="everything", value="unlimited", by="x", created=NOON)
    assert book(brought, rule("everybody", "20"), rule("group", "90"), person=guest).own[DAY] == 20


def test_caps_on_a_request_are_the_tightest_and_loads_the_nearest() -> None:
    caps = [("everybody", "4", "count"), ("person", "8", "count"), ("channel", "6", "count")]
    loads = [("everybody", "2", "running"), ("person", "8", "running"), ("group", "5", "waiting"), ("other group", "4", "waiting")]
    found = book(
        *(rule(subject, value, slot, RuleKind.CAP) for subject, value, slot in caps + loads), rule("admins", "9", "priority", RuleKind.CAP)
    )
    assert found.most("count") == 4
    left, anew = rule("left", "1", "count", RuleKind.CAP), rule("person", "8", "count", RuleKind.CAP)
    assert (book(left).most("count"), book(left, anew).most("count")) == (1, 8), "what an admin says goes before what an erasure left"
    assert found.most("steps") is None
    assert found.load == Load(running=8, waiting=4, priority=9)


def test_a_models_weight_goes_before_its_operations() -> None:
    found = book(rule("workspace", "2", "operation=upscale", RuleKind.WEIGHT), rule("workspace", "0", "model=fal/draft", RuleKind.WEIGHT))
    assert [found.weight(*each) for each in [("fal/draft", "upscale"), ("fal/flux", "upscale"), ("fal/flux", "draw")]] == [0, 2, 1]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request(prompt="a fox", steps=30, size=(512, 512)), "--steps 20 would work"),
        (Request(prompt="a fox", count=3, steps=20), "--count 2 would work"),
        (Request(prompt="a fox", size=(1536, 640)), "--ar 1:1"),
        (Request(prompt="a fox", size=(2048, 2048)), "Another model may draw smaller"),
        (Request(operation=Operation.UPSCALE, scale=4, size=(4096, 4096), sources=("key",)), "Enlarge it less"),
    ],
)
def test_what_is_larger_than_a_request_may_be_is_told_what_would_fit(request_: Request, words: str) -> None:
    found = book(*(rule("everybody", value, slot, RuleKind.CAP) for slot, value in {"count": "2", "steps": "20", "size": "1024"}.items()))
    with pytest.raises(TooLarge) as refusal:
        check_caps(found, request_)
    assert words in refusal.value.advice
    check_caps(found, replace(request_, steps=20, count=2, size=(1024, 1024)))
