"""The audit's chain: it holds through everything that is meant, and breaks visibly wherever somebody lays hands on it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from bot.errors import NotFound
from bot.model import Inquiry, Seal
from bot.ports import Store
from bot.records import verify
from storage.journal import open_journal
from storage.schema import audit
from tests.contracts.stores import NOW, an_entry

Tamper = Callable[[Connection], object]


async def write(store: Any, work: Tamper) -> None:
    """Lay hands on the table itself."""
    await store._database.write(work)


async def fill(store: Store, count: int = 8) -> Seal:
    last = Seal(number=0, digest="")
    for number in range(count):
        entry = replace(an_entry(f"act.{number % 3}", who=("ann", "ben")[number % 2]), at=NOW + timedelta(days=number))
        written = await store.note(replace(entry, job=f"job{number}", facts={"score": str(number)}))
        last = Seal(number=written.number, digest=written.digest)
    return last


def swap(one: int, two: int) -> Tamper:
    """Two entries that change places, digests and all."""

    def work(connection: Connection) -> None:
        for old, new in ((one, 99), (two, one), (99, two)):
            connection.execute(update(audit).where(audit.c.number == old).values(number=new))

    return work


def rewritten(connection: Connection) -> None:
    """What a careful hand would do: an entry changed, and its own digest made to fit."""
    from storage.journal.chain import digest  # noqa: PLC0415 - what only this hand knows

    before = connection.execute(select(audit.c.digest).where(audit.c.number == 3)).scalar_one()
    row = dict(connection.execute(select(audit).where(audit.c.number == 4)).mappings().one()) | {"act": "act.none"}
    connection.execute(update(audit).where(audit.c.number == 4).values(act="act.none", digest=digest(row, before)))


BREAKS: dict[str, tuple[Tamper, int, str]] = {
    "a changed act": (lambda c: c.execute(update(audit).where(audit.c.number == 4).values(act="act.other")), 4, "was changed"),
    "a changed moment": (lambda c: c.execute(update(audit).where(audit.c.number == 1).values(at=audit.c.at + 1)), 1, "was changed"),
    "changed words": (
        lambda c: c.execute(update(audit).where(audit.c.number == 8).values(document=json.dumps({"before": {}, "after": {}, "facts": {}}))),
        8,
        "was changed",
    ),
    "a changed digest": (lambda c: c.execute(update(audit).where(audit.c.number == 5).values(digest="0" * 64)), 5, "was changed"),
    "a change made to fit": (rewritten, 5, "was changed"),
    "a missing entry": (lambda c: c.execute(delete(audit).where(audit.c.number == 4)), 4, "Entry 4 is missing"),
    "missing entries": (lambda c: c.execute(delete(audit).where(audit.c.number.in_([4, 5]))), 4, "Entries 4 to 5 are missing"),
    "moved entries": (swap(3, 6), 3, "was moved: it was written as entry 6"),
    "a front cut off": (lambda c: c.execute(delete(audit).where(audit.c.number < 4)), 1, "cut off at the front"),
}


async def test_a_chain_that_nobody_touched_holds(store: Store) -> None:
    assert (await verify(store)).seal is None
    last = await fill(store)
    walk = await verify(store)
    assert (walk.breach, walk.seal, walk.count) == (None, last, 8)
    assert (await verify(store, since=5)).count == 4
    assert (await verify(store, expect=last)).breach is None


@pytest.mark.parametrize("name", BREAKS)
async def test_a_hand_in_the_chain_is_found(store: Store, name: str) -> None:
    await fill(store)
    tamper, number, why = BREAKS[name]
    await write(store, tamper)
    breach = (await verify(store)).breach
    assert breach
    assert breach.number == number
    assert why in breach.why


async def test_a_tail_cut_off_is_found_by_whoever_noted_its_seal(store: Store) -> None:
    last = await fill(store)
    await write(store, lambda connection: connection.execute(delete(audit).where(audit.c.number > 6)))
    assert (await verify(store)).breach is None
    breach = (await verify(store, expect=last)).breach
    assert breach
    assert (breach.number, "end was cut off" in breach.why) == (7, True)
    again = Seal(number=3, digest=last.digest)
    rewritten_breach = (await verify(store, expect=again)).breach
    assert rewritten_breach
    assert "written anew" in rewritten_breach.why


async def test_what_retention_removes_leaves_its_mark_in_the_chain(store: Store) -> None:
    await fill(store)
    usual = NOW + timedelta(days=5)
    assert await store.prune({}, usual=usual, now=NOW + timedelta(days=9)) == 5
    assert await store.prune({}, usual=usual, now=NOW + timedelta(days=9)) == 0
    walk = await verify(store)
    assert (walk.breach, walk.count) == (None, 4)
    [record] = await store.entries(Inquiry(act="retention"))
    assert (record.facts["through"], record.facts["entries"], record.who) == ("5", "5", "limner")
    with pytest.raises(NotFound):
        await store.entry(5)
    # More than is on record cannot be taken away unseen.
    await write(store, lambda connection: connection.execute(delete(audit).where(audit.c.number == 6)))
    breach = (await verify(store)).breach
    assert breach
    assert breach.number == 6


async def test_no_entry_goes_before_its_own_workspace_lets_it_go(store: Store) -> None:
    await fill(store, 3)
    await store.note(replace(an_entry("act.kept"), workspace="patient", at=NOW + timedelta(days=3)))
    await store.note(replace(an_entry("act.late"), at=NOW + timedelta(days=4)))
    until = {"playground:home": NOW + timedelta(days=90), "playground:patient": None}
    assert await store.prune(until, usual=None, now=NOW + timedelta(days=90)) == 3
    assert [entry.act for entry in await store.chain(after=0, limit=9)] == ["act.kept", "act.late", "retention.audit"]


async def test_a_broken_front_is_not_cut_away(store: Store) -> None:
    await fill(store)
    await write(store, lambda connection: connection.execute(update(audit).where(audit.c.number == 3).values(act="act.other")))
    assert await store.prune({}, usual=NOW + timedelta(days=90), now=NOW + timedelta(days=90)) == 2
    breach = (await verify(store)).breach
    assert breach
    assert breach.number == 3


async def test_entries_are_found_by_all_that_one_may_ask_for(store: Store) -> None:
    await fill(store)
    await store.note(replace(an_entry("act.1"), workspace="elsewhere"))

    async def numbers(**asked: Any) -> list[int]:
        return [entry.number for entry in await store.entries(Inquiry(workspace="playground:home", **asked), limit=4)]

    assert await numbers() == [8, 7, 6, 5]
    assert await numbers(before=5) == [4, 3, 2, 1]
    assert await numbers(act="act") == [8, 7, 6, 5]
    assert await numbers(act="act.2") == [6, 3]
    assert await numbers(act="ac") == []
    assert await numbers(who="person:playground:home:ben") == [8, 6, 4, 2]
    assert await numbers(who="person:playground:home:nobody") == []
    assert await numbers(job="job2") == [3]
    assert await numbers(since=NOW + timedelta(days=6)) == [8, 7]
    assert await numbers(act="act.1", since=NOW + timedelta(days=3), who="person:playground:home:ann") == [5]


@pytest.mark.parametrize("kind", ["file", "postgres"])
async def test_two_processes_that_append_at_once_write_one_chain(kind: str, request: pytest.FixtureRequest, tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path}/limner.db" if kind == "file" else request.getfixturevalue("postgres_url")
    async with open_journal(url, migrate=True, now=lambda: NOW) as one, open_journal(url, migrate=True, now=lambda: NOW) as two:
        async with asyncio.TaskGroup() as group:
            for number in range(30):
                group.create_task((one, two)[number % 2].note(an_entry(f"act.{number}", who=f"somebody{number}")))
        walk = await verify(one)
        assert (walk.breach, walk.count) == (None, 30)
