"""What only a PostgreSQL journal does: share its transaction with a queue, and outlive lost connections."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import OverQuota, StoreFault
from bot.model import Job
from storage.journal import Journal, open_journal
from tests.contracts.stores import a_job, a_limit, enqueue


async def _announce(connection: AsyncConnection, job: Job) -> None:
    await connection.execute(text("INSERT INTO events (key, taken) VALUES (:key, 0)"), {"key": f"told of {job.id}"})


async def test_hook_writes_in_the_transaction_that_takes_the_job(postgres_url: str) -> None:
    async with open_journal(postgres_url, migrate=False, announce=_announce) as journal:
        await enqueue(journal, a_job("fox1"), a_limit(1))
        assert not await journal.take("told of fox1")
        with pytest.raises(OverQuota):
            await enqueue(journal, a_job("fox2"), a_limit(1))
        assert await journal.take("told of fox2")


async def test_hook_that_fails_takes_the_job_back(postgres_url: str) -> None:
    async def stumble(connection: AsyncConnection, job: Job) -> None:
        await _announce(connection, job)
        raise LookupError("the queue is gone")

    async with open_journal(postgres_url, migrate=False, announce=stumble) as journal:
        with pytest.raises(LookupError):
            await enqueue(journal, a_job("fox1"), event="click")
        assert await journal.recent() == []
        assert await journal.take("click")
        assert await journal.take("told of fox1")


async def test_hook_whose_statement_fails_is_a_fault(postgres_url: str) -> None:
    async def stumble(connection: AsyncConnection, _job: Job) -> None:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        await raw.execute("SELECT nothing FROM nowhere")

    async with open_journal(postgres_url, migrate=False, announce=stumble) as journal:
        with pytest.raises(StoreFault, match="nowhere"):
            await enqueue(journal, a_job("fox1"))
        assert await journal.recent() == []


async def _cut_all_others(journal: Journal) -> None:
    cut = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await journal._database.read(lambda connection: connection.execute(cut).scalar_one())  # pyright: ignore[reportPrivateUsage] - from here, a server's restart


async def test_connections_that_were_lost_while_they_rested_are_not_noticed(postgres_url: str) -> None:
    async with open_journal(postgres_url, migrate=False) as journal, open_journal(postgres_url, migrate=False) as other:
        await asyncio.gather(*(enqueue(journal, a_job(f"fox{n}")) for n in range(8)))
        await _cut_all_others(other)
        assert len(await journal.recent()) == 8
        await enqueue(journal, a_job("fox9"))


async def test_connection_lost_at_work_is_a_fault_and_the_job_is_not_half_taken(postgres_url: str) -> None:
    cut = asyncio.Event()

    async def wait_for_it(_connection: AsyncConnection, _job: Job) -> None:
        cut.set()
        await done.wait()

    done = asyncio.Event()
    async with (
        open_journal(postgres_url, migrate=False, announce=wait_for_it) as journal,
        open_journal(postgres_url, migrate=False) as other,
        asyncio.TaskGroup() as group,
    ):
        losing = group.create_task(_fails(enqueue(journal, a_job("fox1"), event="click")))
        await cut.wait()
        await _cut_all_others(other)
        done.set()
        assert await losing
        assert await other.recent() == []
        assert await journal.take("click")


async def _fails(call: Awaitable[Job]) -> bool:
    try:
        await call
    except StoreFault:
        return True
    return False
