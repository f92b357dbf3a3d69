"""Cases in every journal: one open case of a kind, one decision, what counts against somebody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NotFound, OverQuota, Overtaken
from bot.model import Case, CaseKind, CaseState, Job, Problem, Role, State
from bot.ports import Store
from tests.contracts.stores import NOW, a_job, a_limit, a_person, a_place, an_entry, enqueue, images_used


def a_case(name: str = "cfox", job: str = "fox1", kind: CaseKind = CaseKind.PROMPT, person: str = "ann") -> Case:
    return Case(id=name, kind=kind, job=job, person=a_person(person), place=a_place(), opened=NOW, deadline=NOW + timedelta(hours=24))


async def held(store: Store, job: str = "fox1", count: int = 1) -> tuple[Job, Case]:
    taken = await enqueue(store, a_job(job, state=State.HELD, count=count))
    return taken, await store.open_case(a_case(f"c{job}", job))


async def test_a_job_has_one_open_case_of_a_kind(store: Store) -> None:
    _, case = await held(store)
    assert await store.open_case(a_case("cother")) == case
    assert (await store.open_case(a_case("cimages", kind=CaseKind.IMAGES))).id == "cimages"
    await store.save_case(replace(case, state=CaseState.REJECTED), was=case)
    assert (await store.open_case(a_case("cagain"))).id == "cagain"
    assert [each.id for each in await store.cases_of("fox1")] == ["cagain", "cfox1", "cimages"]
    with pytest.raises(NotFound):
        await store.case("cnone")


async def test_a_case_and_its_job_are_decided_together_or_not_at_all(store: Store) -> None:
    job, case = await held(store)
    queued, approved = replace(job, state=State.QUEUED), replace(case, state=CaseState.APPROVED)
    with pytest.raises(OverQuota):
        await store.conclude(approved, was=case, job=queued, job_was=job, limits=[a_limit(0)], entry=an_entry())
    assert (await store.find("fox1"), await store.case(case.id)) == (job, case)
    decided, moved = await store.conclude(approved, was=case, job=queued, job_was=job, limits=[a_limit(1)], entry=an_entry())
    assert (decided.version, moved.version, await images_used(store)) == (2, job.version + 1, 1)
    assert (await store.find("fox1"), await store.case(case.id)) == (moved, decided)


async def test_whoever_comes_second_changes_nothing(store: Store) -> None:
    job, case = await held(store)
    rejected = replace(case, state=CaseState.REJECTED)
    cancelled = await store.save(replace(job, state=State.CANCELLED), was=job)
    with pytest.raises(Overtaken):
        await store.conclude(rejected, was=case, job=replace(job, state=State.BLOCKED), job_was=job, entry=an_entry())
    assert (await store.find("fox1"), await store.case(case.id)) == (cancelled, case)
    job, case = await held(store, "fox2")
    await store.save_case(replace(case, state=CaseState.WITHDRAWN), was=case)
    rejected = replace(case, state=CaseState.REJECTED)
    with pytest.raises(Overtaken):
        await store.conclude(rejected, was=case, job=replace(job, state=State.BLOCKED), job_was=job, entry=an_entry())
    assert await store.find("fox2") == job


async def test_only_a_held_job_waits_for_a_decision(store: Store) -> None:
    job = await enqueue(store, a_job("fox1"))
    with pytest.raises(ValueError, match="waits for a decision"):
        await store.conclude(a_case(), was=a_case(), job=job, job_was=job, entry=an_entry())


async def test_what_is_due_and_what_was_not_carried_out_is_found(store: Store) -> None:
    _, case = await held(store)
    assert await store.cases_due(NOW) == []
    assert await store.cases_due(NOW + timedelta(hours=24)) == [case]
    assert await store.cases_untold() == [case]
    assert await store.case_post(case.id) == (None, 0)
    await store.keep_case_post(case.id, None, shown=1)
    assert await store.cases_untold() == []
    decided = await store.save_case(replace(case, state=CaseState.REJECTED), was=case, entry=an_entry())
    assert await store.cases_untold() == [decided]
    assert await store.cases("playground:home") == []
    assert await store.cases("playground:home", state=CaseState.REJECTED) == [decided]


async def test_strikes_are_blocks_and_upheld_reports_that_nobody_forgave(store: Store) -> None:
    codes = ("blocked", "rejected")
    for number, code in enumerate(("blocked", "refused", "rejected", "blocked")):
        job = a_job(f"fox{number}", state=State.BLOCKED, created=NOW - timedelta(hours=number))
        await store.record(replace(job, problem=Problem(code=code, sentence="No.")), event=None)
    await enqueue(store, a_job("fox9"))
    report = await store.open_case(a_case("creport", "fox9", CaseKind.REPORT))
    await store.save_case(replace(report, state=CaseState.REJECTED, decided=NOW), was=report)
    since = NOW - timedelta(hours=2, minutes=30)
    assert await store.strikes(a_person("ann"), since=since, codes=codes) == [NOW - timedelta(hours=2), NOW, NOW]
    assert await store.strikes(a_person("bob"), since=since, codes=codes) == []
    assert len(await store.strikes(a_person("ann"), since=since, codes=(*codes, "refused"))) == 4
    appeal = await store.open_case(a_case("cappeal", "fox2", CaseKind.APPEAL))
    await store.save_case(replace(appeal, state=CaseState.APPROVED, decided=NOW), was=appeal)
    assert await store.strikes(a_person("ann"), since=since, codes=codes) == [NOW, NOW]


async def test_reporters_and_moderators_are_known_by_name(store: Store) -> None:
    await enqueue(store, a_job("fox1"))
    maya = replace(a_person("maya"), name="Maya", roles=frozenset({Role.MEMBER, Role.REVIEWER}))
    for person in (maya, replace(a_person("bob"), roles=frozenset({Role.MEMBER}))):
        await store.meet(person)
        await store.mark("fox1", 0, person, "report", on=True)
        await store.mark("fox1", 1, person, "report", on=True)
    assert [person.id for person in await store.reporters("fox1")] == ["bob", "maya"]
    assert await store.reporters("fox1", since=NOW) == []
    (found,) = await store.moderators(a_place())
    assert (found.key, found.name, found.moderates) == (maya.key, "Maya", True)
