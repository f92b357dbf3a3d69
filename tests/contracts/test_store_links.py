"""The Store's contract on linked people: one quota and one history, each with their own jobs again when they part."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NotFound, OverQuota, Overtaken
from bot.model import NOWHERE, Account, Entry, Job, Person, State
from bot.ports import Store
from tests.contracts.stores import NOW, a_job, a_limit, a_person, an_entry, enqueue, images_used, walk

ANN, BOB, CAT = (a_person(name) for name in ("ann", "bob", "cat"))


def a_link() -> Entry:
    return an_entry("link")


async def linked(store: Store, *people: Person) -> Account:
    """These people as one account, the first of them the oldest."""
    first, *others = people
    account = await store.account(first)
    for other in others:
        account = await store.link(first, other, entry=a_link())
    return account


async def used_by(store: Store, account: str) -> int:
    [used] = await store.usage([replace(a_limit(0), subject=account)])
    return used


def of(job: Job, account: Account) -> Job:
    """The job, counted for an account."""
    return replace(job, account=account.key)


def ids(jobs: Sequence[Job]) -> set[str]:
    return {job.id for job in jobs}


async def test_who_linked_nobody_is_an_account_of_one(store: Store) -> None:
    assert await store.account(ANN) == Account(key=ANN.key, people=(ANN.key,))


async def test_linked_people_have_one_quota_one_history_and_the_older_key(store: Store) -> None:
    await enqueue(store, a_job("fox1", person="bob", count=2), replace(a_limit(4), subject=BOB.key))
    await enqueue(store, a_job("cat1", person="ann", count=1))
    account = await linked(store, BOB, ANN)
    assert account == Account(key=BOB.key, people=(BOB.key, ANN.key))
    assert await store.account(ANN) == await store.account(BOB) == account
    assert await used_by(store, account.key) == 3
    assert ids(await store.recent(person=ANN)) == ids(await store.recent(person=BOB)) == {"fox1", "cat1"}
    assert ids(await store.waiting(ANN, limit=9)) == {"fox1", "cat1"}
    with pytest.raises(OverQuota):
        await enqueue(store, of(a_job("cat2", count=2), account), replace(a_limit(4), subject=account.key))


async def test_somebody_outside_of_every_workspace_is_the_member_with_that_id(store: Store) -> None:
    member, outside = a_person("ann"), replace(a_person("ann"), workspace=NOWHERE)
    await store.meet(outside)
    before = replace(a_job("fox0", count=2), person=outside)
    await enqueue(store, before)
    assert (await store.account(outside)).people == (outside.key,)
    await store.meet(member)
    await store.meet(outside)
    await store.meet(a_person("bob"))
    account = await store.account(outside)
    assert account == await store.account(member)
    assert account.people == (member.key, outside.key)
    assert await images_used(store) == 2
    assert (await store.account(a_person("bob"))).people == (a_person("bob").key,)
    assert (await store.entry(1)).act == "link.same"
    await store.meet(replace(outside, name="Ann B."))
    with pytest.raises(NotFound):
        await store.entry(2)


async def test_a_job_for_an_account_that_is_no_more_is_overtaken_and_nothing_is_written(store: Store) -> None:
    account = await linked(store, ANN, BOB)
    with pytest.raises(Overtaken):
        await enqueue(store, a_job("fox1", person="bob"), event="click")
    await enqueue(store, of(a_job("fox1", person="bob"), account), event="click")
    await store.unlink(BOB, entry=a_link())
    with pytest.raises(Overtaken):
        await enqueue(store, of(a_job("fox2", person="bob"), account))


async def test_what_was_only_recorded_is_in_the_history_of_the_account(store: Store) -> None:
    await linked(store, ANN, BOB)
    await store.record(a_job("fox1", person="bob", state=State.BLOCKED), event=None)
    assert ids(await store.recent(person=ANN)) == {"fox1"}


async def test_linked_people_share_what_may_run_at_once_also_with_jobs_from_before(store: Store) -> None:
    first, second = await enqueue(store, a_job("fox1")), await enqueue(store, a_job("fox2", person="bob"))
    account = await linked(store, ANN, BOB)
    assert await store.begin(first, running=1, now=NOW) is not None
    assert await store.begin(second, running=1, now=NOW) is None
    third = await enqueue(store, of(a_job("fox3", person="bob"), account))
    assert await store.begin(third, running=1, now=NOW) is None
    await store.unlink(ANN, entry=a_link())
    assert await store.begin(third, running=1, now=NOW) is not None


async def test_what_one_of_them_kept_both_have_kept_once(store: Store) -> None:
    for identity in ("fox1", "fox2"):
        await enqueue(store, a_job(identity))
    await store.mark("fox1", 1, ANN, "keep", on=True)
    await linked(store, ANN, BOB)
    await store.mark("fox1", 1, BOB, "keep", on=True)
    await store.mark("fox2", 2, BOB, "keep", on=True)
    assert (
        sorted(await store.marked(ANN, "keep", limit=9)) == sorted(await store.marked(BOB, "keep", limit=9)) == [("fox1", 1), ("fox2", 2)]
    )


@pytest.mark.parametrize("leaver", [ANN, BOB, CAT], ids=["the oldest", "the middle", "the newest"])
async def test_who_leaves_an_account_of_three_takes_their_own_jobs_along(store: Store, leaver: Person) -> None:
    account = await linked(store, ANN, BOB, CAT)
    for number, person in enumerate((ANN, BOB, CAT)):
        await enqueue(store, of(a_job(f"fox{number}", person=person.id, count=number + 1), account))
    assert await store.unlink(leaver, entry=a_link())
    stay = tuple(key for key in account.people if key != leaver.key)
    rest = await store.account(next(person for person in (ANN, BOB, CAT) if person is not leaver))
    assert rest == Account(key=stay[0], people=stay)
    own = {ANN.key: 1, BOB.key: 2, CAT.key: 3}[leaver.key]
    assert await store.account(leaver) == Account(key=leaver.key, people=(leaver.key,))
    assert [await used_by(store, key) for key in (leaver.key, rest.key)] == [own, 6 - own]
    # Who left is nobody's any more: a new account under the old name would mix two people.
    await enqueue(store, a_job("new1", person=leaver.id), replace(a_limit(own + 1), subject=leaver.key))
    await enqueue(store, replace(a_job("new2", person=stay[1].rpartition(":")[2]), account=rest.key))


async def test_two_accounts_become_one_with_all_their_people(store: Store) -> None:
    dan = a_person("dan")
    await linked(store, ANN, BOB)
    await linked(store, CAT, dan)
    await enqueue(store, of(a_job("fox1", person="dan"), await store.account(dan)))
    account = await store.link(BOB, dan, entry=a_link())
    assert set(account.people) == {ANN.key, BOB.key, CAT.key, dan.key}
    assert account.key == ANN.key
    assert await used_by(store, ANN.key) == 1
    assert await store.link(CAT, ANN, entry=a_link()) == account


async def test_who_parts_twice_was_one_already(store: Store) -> None:
    await linked(store, ANN, BOB)
    assert await store.unlink(BOB, entry=a_link())
    assert not await store.unlink(BOB, entry=a_link())
    assert not await store.unlink(ANN, entry=a_link())


async def test_of_requests_that_come_while_people_link_and_part_none_is_lost_and_none_is_over(store: Store) -> None:
    """Whoever is overtaken asks again for the account as it is then, as the hub does."""

    async def ask(number: int) -> bool:
        person = (ANN, BOB)[number % 2]
        while True:
            account = await store.account(person)
            job = of(a_job(f"fox{number}", person=person.id), account)
            try:
                await enqueue(store, job, replace(a_limit(5), subject=account.key))
            except Overtaken:
                continue
            except OverQuota:
                return False
            return True

    async def link_and_part() -> None:
        for _ in range(4):
            await store.link(ANN, BOB, entry=a_link())
            await store.unlink(BOB, entry=a_link())

    *answers, _ = await asyncio.gather(*(ask(number) for number in range(30)), link_and_part())
    await store.link(ANN, BOB, entry=a_link())
    found = await store.recent(person=ANN, limit=99)
    assert sum(map(bool, answers)) == len(found) == await used_by(store, (await store.account(ANN)).key)
    # Apart they had five each; no moment let either of the two past that.
    mine = [sum(job.person == person for job in found) for person in (ANN, BOB)]
    assert all(each <= 5 for each in mine)
    assert 5 <= len(found) <= 10


async def test_begin_held_and_link_at_once_wait_for_each_other_and_end(store: Store) -> None:
    held = [await enqueue(store, a_job(f"held{n}", person=("ann", "bob")[n % 2], state=State.HELD)) for n in range(6)]
    queued = [await enqueue(store, a_job(f"fox{n}", person=("ann", "bob")[n % 2])) for n in range(6)]

    async def let_go(job: Job) -> Job:
        while True:
            limit = replace(a_limit(50), subject=(await store.account(job.person)).key)
            try:
                return await store.let_go(replace(job, state=State.QUEUED), was=job, limits=[limit])
            except Overtaken:
                assert (await store.find(job.id)).state is State.HELD

    async def link_and_part() -> None:
        for _ in range(3):
            await store.link(BOB, ANN, entry=a_link())
            await store.unlink(ANN, entry=a_link())

    begun = (store.begin(job, running=99, now=NOW) for job in queued)
    await asyncio.gather(link_and_part(), *map(let_go, held), *begun)
    assert [await used_by(store, person.key) for person in (ANN, BOB)] == [6, 6]
    assert (await store.counts())["submitting"] == 6
    for job in await store.unfinished(changed_before=NOW + timedelta(days=1)):
        await walk(store, job, *((State.FAILED,)))
    assert [await used_by(store, person.key) for person in (ANN, BOB)] == [0, 0]
