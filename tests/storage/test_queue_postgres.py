"""The queue on PostgreSQL: what only matters where several workers and a journal share a database."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from structlog.testing import capture_logs

from bot.errors import SettingFault, StoreFault
from storage.queue import announce, install, open_queue
from tests.contracts.queues import PATIENCE, Handled, at_work, put

LANES = {"sketch": 3}


@pytest.fixture
async def journal(postgres_queue_url: str) -> AsyncIterator[AsyncEngine]:
    """A database as the journal sees it."""
    engine = create_async_engine(postgres_queue_url.replace("postgresql:", "postgresql+asyncpg:"))
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def looking(journal: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """A connection on which each statement is its own transaction."""
    async with journal.connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")


async def becomes_true(journal: AsyncEngine, question: str) -> None:
    """Ask the database until it says yes."""
    async with looking(journal) as connection, asyncio.timeout(PATIENCE):
        while not (await connection.execute(text(question))).scalar_one():
            pass


async def test_a_wake_up_is_committed_with_the_job_or_not_at_all(postgres_queue_url: str, journal: AsyncEngine) -> None:
    handled = Handled()
    async with open_queue(postgres_queue_url) as queue, at_work(queue, LANES, handled):
        async with journal.connect() as connection:
            await announce(connection, "never", "sketch", 5)
            await connection.rollback()
        async with journal.begin() as connection:
            await announce(connection, "fox", "sketch", 0)
        await handled.started(1)
    assert handled.jobs == ["fox"]


async def test_a_wake_up_announced_twice_is_one_and_spoils_no_transaction(postgres_queue_url: str, journal: AsyncEngine) -> None:
    handled = Handled()
    async with journal.begin() as connection:
        await announce(connection, "fox", "sketch", 0)
        await announce(connection, "fox", "sketch", 0)
        await announce(connection, "hen", "sketch", -1)
    async with open_queue(postgres_queue_url) as queue, at_work(queue, {"sketch": 1}, handled):
        await put(queue, "fox")
        await handled.until(lambda: "hen" in handled.jobs)
    assert handled.jobs == ["fox", "hen"]


async def test_a_lanes_limit_holds_across_workers(postgres_queue_url: str) -> None:
    handled = Handled()
    handled.gate.clear()
    async with (
        open_queue(postgres_queue_url) as one,
        open_queue(postgres_queue_url) as other,
        at_work(one, LANES, handled),
        at_work(other, LANES, handled),
    ):
        await put(one, *(f"job{number}" for number in range(20)))
        await handled.started(3)
        handled.gate.set()
        await handled.until(lambda: len(handled.ended) == 20)
    assert handled.most == 3
    assert sorted(handled.jobs) == sorted(set(handled.jobs))


async def test_an_entry_put_at_one_worker_wakes_another_at_once(postgres_queue_url: str) -> None:
    # A heartbeat of ten minutes: without the notification, nobody would look within this test's patience.
    handled, calm = Handled(), timedelta(minutes=10)
    async with (
        open_queue(postgres_queue_url, heartbeat=calm) as here,
        open_queue(postgres_queue_url, heartbeat=calm) as there,
        at_work(there, LANES, handled),
    ):
        for number in range(3):
            await put(here, f"job{number}")
            await handled.started(number + 1)
    assert handled.jobs == ["job0", "job1", "job2"]


async def test_what_a_dead_worker_had_at_work_is_taken_over(postgres_queue_url: str, journal: AsyncEngine) -> None:
    handled = Handled()
    async with open_queue(postgres_queue_url, heartbeat=timedelta(seconds=30)) as queue:
        await put(queue, "fox")
        async with looking(journal) as connection:
            await connection.execute(
                text(
                    "UPDATE limner_queue SET status = 'picked', slot = 0, queue_manager_id = gen_random_uuid(), "
                    "execute_after = NOW() - INTERVAL '2 minutes', heartbeat = NOW() - INTERVAL '1 minute'"
                )
            )
        async with at_work(queue, {"sketch": 1}, handled):
            await handled.started(1)
    assert handled.jobs == ["fox"]


async def test_a_living_workers_long_job_is_not_taken_over(postgres_queue_url: str, journal: AsyncEngine) -> None:
    handled, brief = Handled(), timedelta(seconds=0.6)
    handled.gate.clear()
    async with (
        open_queue(postgres_queue_url, heartbeat=brief) as one,
        open_queue(postgres_queue_url, heartbeat=brief) as other,
        at_work(one, LANES, handled),
        at_work(other, LANES, handled),
    ):
        await put(one, "fox")
        await handled.started(1)
        await becomes_true(journal, "SELECT heartbeat - created > INTERVAL '1.5 seconds' FROM limner_queue")
        handled.gate.set()
    assert handled.jobs == ["fox"]


async def test_a_cancelled_workers_entries_go_to_another_at_once(postgres_queue_url: str) -> None:
    handled = Handled()
    handled.gate.clear()
    async with open_queue(postgres_queue_url) as leaving, open_queue(postgres_queue_url) as staying:
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(leaving.run(LANES, handled))
            await put(leaving, "fox")
            await handled.started(1)
            running.cancel()
        handled.gate.set()
        async with at_work(staying, LANES, handled):
            await handled.until(lambda: handled.ended == ["fox"])
    assert handled.jobs == ["fox", "fox"]


async def test_work_goes_on_after_the_database_cut_every_connection(postgres_queue_url: str, journal: AsyncEngine) -> None:
    handled = Handled()
    handled.gate.clear()
    with capture_logs():
        async with open_queue(postgres_queue_url, heartbeat=timedelta(seconds=3)) as queue, at_work(queue, LANES, handled):
            await put(queue, "fox")
            await handled.started(1)
            async with looking(journal) as connection:
                await connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            handled.gate.set()
            async with journal.begin() as connection:
                await announce(connection, "hen", "sketch", 0)
            await handled.until(lambda: sorted(handled.ended) == ["fox", "hen"])
    assert handled.jobs == ["fox", "hen"]


async def test_entries_leave_nothing_behind(postgres_queue_url: str, journal: AsyncEngine) -> None:
    handled = Handled()
    async with open_queue(postgres_queue_url, heartbeat=timedelta(seconds=0.3)) as queue, at_work(queue, LANES, handled):
        await put(queue, *(f"job{number}" for number in range(10)))
        await handled.until(lambda: len(handled.ended) == 10)
        await becomes_true(journal, "SELECT NOT EXISTS (SELECT FROM limner_queue) AND NOT EXISTS (SELECT FROM limner_queue_log)")


async def test_tables_may_be_made_again_and_by_several_at_once(blank_postgres_url: str) -> None:
    await asyncio.gather(*(install(blank_postgres_url) for _ in range(3)))
    await install(blank_postgres_url)
    async with open_queue(blank_postgres_url) as queue:
        await put(queue, "fox")


async def test_names_in_the_environment_do_not_move_the_queue(
    blank_postgres_url: str, monkeypatch: pytest.MonkeyPatch, journal: AsyncEngine
) -> None:
    for name in ("QUEUE_TABLE", "CHANNEL", "PGQUEUER_PREFIX", "FUNCTION", "PGQUEUER_SCHEMA"):
        monkeypatch.setenv(name, "elsewhere")
    await install(blank_postgres_url)
    async with open_queue(blank_postgres_url) as queue, looking(journal) as connection:
        await put(queue, "fox")
        assert (await connection.execute(text("SELECT to_regclass('limner_queue') IS NOT NULL"))).scalar_one()


async def test_a_database_without_the_queue_says_what_to_run(blank_postgres_url: str) -> None:
    with pytest.raises(StoreFault, match="limner migrate"):
        async with open_queue(blank_postgres_url):
            pass


async def test_a_database_that_is_not_there_says_which_setting_is_wrong() -> None:
    with pytest.raises(StoreFault, match="BOT_DATABASE_URL"):
        async with open_queue("postgresql://nobody:secret@127.0.0.1:1/none"):
            pass
    with pytest.raises(StoreFault, match="BOT_DATABASE_URL"):
        await install("postgresql://nobody:secret@127.0.0.1:1/none")


@pytest.mark.parametrize("url", ["postgresql://limner:se/cret@host/name", "mysql://limner@host/name"])
async def test_a_url_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(SettingFault, match="BOT_DATABASE_URL") as caught:
        async with open_queue(url):
            pass
    assert "cret" not in str(caught.value)


async def test_a_lost_database_is_a_fault_of_the_store(postgres_queue_url: str) -> None:
    async with open_queue(postgres_queue_url) as queue:
        await queue.ping()
    with pytest.raises(StoreFault, match="does not answer"):
        await queue.ping()
    with pytest.raises(StoreFault, match="did not take"):
        await put(queue, "fox")
