"""Every question of the journal has an index: asked of a million jobs, none is answered by looking at all of them."""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from bot.model import Limit, Pool, State
from storage.journal import Journal, open_journal
from tests.contracts.stores import DAY_AGO, NOW, a_job, a_limit, a_person, a_post, an_entry, enqueue, walk

Ask = Callable[[Journal], Awaitable[object]]
ANN = a_person("ann")
HELD_SMALL = ("ix_jobs_live", "ix_jobs_queue", "ix_jobs_behind")
"""Indices of jobs that are not over, or whose card lags behind: never many."""


async def _save(journal: Journal) -> None:
    await walk(journal, await journal.find("fox1"), State.QUEUED)


async def _let_go(journal: Journal) -> None:
    held = await enqueue(journal, a_job("held1", state=State.HELD))
    await journal.let_go(replace(held, state=State.QUEUED), was=held, limits=[a_limit(50), of_all(50)])


def of_all(amount: int, *, rolling: bool = False, since: datetime = DAY_AGO) -> Limit:
    """A limit of a workspace."""
    return replace(a_limit(amount), pool=Pool.WORKSPACE, subject="playground:home", rolling=rolling, since=since)


async def _begin(journal: Journal) -> None:
    await journal.begin(await journal.find("fox1"), running=3, now=NOW)


ASKED: dict[str, Ask] = {
    "enqueue": lambda journal: enqueue(journal, a_job("fox9"), a_limit(50), a_limit(500), event="click"),
    "begin": _begin,
    "save": _save,
    "find": lambda journal: journal.find("fox1"),
    "recent": lambda journal: journal.recent(before=NOW + timedelta(days=1)),
    "recent of a person": lambda journal: journal.recent(person=ANN, before=NOW + timedelta(days=1)),
    "unfinished": lambda journal: journal.unfinished(),
    "unfinished for long": lambda journal: journal.unfinished(changed_before=NOW),
    "waiting": lambda journal: journal.waiting(ANN, limit=10),
    "queued": lambda journal: journal.queued("sketch", limit=50),
    "counts": lambda journal: journal.counts(),
    "usage": lambda journal: journal.usage([a_limit(5)]),
    "pace": lambda journal: journal.pace("sketch", "sketch"),
    "take": lambda journal: journal.take("click"),
    "keep post": lambda journal: journal.keep_post("fox1", "card", a_post(), shown=1),
    "posts": lambda journal: journal.posts("fox1"),
    "job of a post": lambda journal: journal.job_of(a_post()),
    "meet": lambda journal: journal.meet(ANN),
    "person": lambda journal: journal.person("playground", "home", "Ann"),
    "cases untold": lambda journal: journal.cases_untold(),
    "case post": lambda journal: journal.case_post("cfox"),
    "reporters": lambda journal: journal.reporters("fox1"),
    "strikes": lambda journal: journal.strikes(ANN, since=DAY_AGO, codes=("blocked",)),
    "moderators": lambda journal: journal.moderators(a_job("fox1").place),
    "rules": lambda journal: journal.rules([f"person:{ANN.key}"]),
    "mark": lambda journal: journal.mark("fox1", 1, ANN, "up", on=True),
    "unmark": lambda journal: journal.mark("fox1", 1, ANN, "up", on=False),
    "marks": lambda journal: journal.marks("fox1"),
    "marked": lambda journal: journal.marked(ANN, "keep", limit=5),
    "person of another workspace": lambda journal: journal.person("playground", "elsewhere", "ann"),
    "rules of a workspace": lambda journal: journal.rules_of("playground:home"),
    "account": lambda journal: journal.account(ANN),
    "use of a channel": lambda journal: journal.usage([replace(a_limit(5), pool=Pool.CHANNEL, subject="playground:home:general")]),
    "use of a workspace": lambda journal: journal.usage([replace(a_limit(5), pool=Pool.WORKSPACE, subject="playground:home", team=True)]),
    "use since an odd moment": lambda journal: journal.usage([of_all(5, since=DAY_AGO + timedelta(seconds=1))]),
    "use of a model": lambda journal: journal.usage([replace(of_all(5), model="sketch"), replace(a_limit(5), model="sketch")]),
    "when a person has room again": lambda journal: journal.renewals([replace(a_limit(5), rolling=True)]),
    "when all have room again": lambda journal: journal.renewals([of_all(5, rolling=True, since=DAY_AGO + timedelta(seconds=1))]),
    "let go": _let_go,
    "cases": lambda journal: journal.cases("playground:home"),
    "cases of a job": lambda journal: journal.cases_of("fox1"),
    "cases due": lambda journal: journal.cases_due(NOW),
    "note": lambda journal: journal.note(an_entry()),
    "lease": lambda journal: journal.lease("tell:fox1", holder="one", until=NOW),
    "release": lambda journal: journal.release("tell:fox1", holder="one"),
    "vault": lambda journal: journal.vault("slack", secret=b"key").get("token"),
    "vault names": lambda journal: journal.vault("slack", secret=b"key").names("token"),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_question_has_its_index_on_sqlite(asked: str, tmp_path: Path) -> None:
    async with open_journal(f"sqlite:///{tmp_path}/limner.db", migrate=True) as journal:
        await enqueue(journal, a_job("fox1"))
        statements = await _heard(journal, ASKED[asked])
    file = sqlite3.connect(tmp_path / "limner.db")
    plans = [line for sql, values in statements for *_, line in file.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    file.close()
    # To go through an index that holds only what is asked for is no look at everything.
    scans = [plan for plan in plans if plan.startswith("SCAN jobs") and not plan.endswith(HELD_SMALL)]
    assert scans + [plan for plan in plans if plan.startswith(("SCAN posts", "SCAN people", "SCAN rules", "SCAN marks", "SCAN sums"))] == []


async def test_quota_is_answered_from_an_index_alone(tmp_path: Path) -> None:
    async with open_journal(f"sqlite:///{tmp_path}/limner.db", migrate=True) as journal:
        [(sql, values)] = await _heard(journal, ASKED["usage"])
    file = sqlite3.connect(tmp_path / "limner.db")
    plans = [plan for *_, plan in file.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    file.close()
    assert any("COVERING INDEX ix_jobs_counted (account=? AND counted>?)" in plan for plan in plans)


@pytest.mark.parametrize("asked", ASKED)
async def test_question_has_its_index_on_postgresql(asked: str, postgres_url: str) -> None:
    async with open_journal(postgres_url, migrate=False) as journal:
        await enqueue(journal, a_job("fox1"))

        def explain(connection: Connection) -> list[str]:
            # With so few rows reading everything is cheapest, and is only not done where there is another way.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            return [line for sql, values in statements for (line,) in connection.exec_driver_sql(f"EXPLAIN {sql}", values)]

        statements = await _heard(journal, ASKED[asked])
        plan = await journal._database.write(explain)  # pyright: ignore[reportPrivateUsage] - plans are seen from inside only
    assert [line for line in plan if "Seq Scan" in line] == []


async def _heard(journal: Journal, ask: Ask) -> list[tuple[str, tuple[object, ...]]]:
    """What is sent to the database for a question, without what needs no plan."""
    heard: list[tuple[str, tuple[object, ...]]] = []

    def hear(_connection: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and "pg_advisory" not in statement:
            heard.append((statement, values))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        await ask(journal)
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    return heard
