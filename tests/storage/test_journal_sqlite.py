"""Pieces of work that share a transaction: each succeeds or fails by itself, and none is lost."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.errors import StoreFault
from storage.journal.sqlite import Sqlite

Work = Callable[[Connection], object]


@asynccontextmanager
async def opened(tmp_path: Path) -> AsyncGenerator[Sqlite]:
    database = Sqlite(str(tmp_path / "pieces.db"))
    await database.write(lambda connection: connection.exec_driver_sql("CREATE TABLE pieces (name TEXT PRIMARY KEY)") and None)
    yield database
    await database.close()


async def together(database: Sqlite, *works: Work) -> list[object]:
    """What becomes of pieces of work that are asked for while the thread is busy, so that they share a transaction."""
    gate = threading.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(database.write(lambda _: gate.wait()))
        await asyncio.sleep(0)
        rest = asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)
        await asyncio.sleep(0)
        gate.set()
        return await rest


def put(name: str) -> Work:
    return lambda connection: connection.exec_driver_sql("INSERT INTO pieces VALUES (?)", (name,)).rowcount


async def names(database: Sqlite) -> list[str]:
    return await database.read(lambda connection: list(connection.exec_driver_sql("SELECT name FROM pieces ORDER BY name").scalars().all()))


async def test_piece_that_fails_takes_back_what_it_did_and_nothing_else(tmp_path: Path) -> None:
    def fail(connection: Connection) -> None:
        put("half")(connection)
        raise KeyError("a fox")

    async with opened(tmp_path) as database:
        before, failed, after = await together(database, put("before"), fail, put("after"))
        assert (before, after) == (1, 1)
        assert isinstance(failed, KeyError)
        assert await names(database) == ["after", "before"]


async def test_piece_that_breaks_a_constraint_is_a_fault_for_whoever_asked(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        outcomes = await together(database, put("fox"), put("fox"), put("owl"))
        assert [type(outcome) for outcome in outcomes] == [int, StoreFault, int]
        assert await names(database) == ["fox", "owl"]


async def test_pieces_see_what_those_before_them_wrote(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        _, seen = await together(
            database, put("fox"), lambda connection: connection.exec_driver_sql("SELECT count(*) FROM pieces").scalar_one()
        )
        assert seen == 1


async def test_more_pieces_than_one_transaction_takes_are_all_done(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        assert await together(database, *(put(f"{number:03}") for number in range(200))) == [1] * 200
        assert len(await names(database)) == 200


async def test_piece_that_nobody_waits_for_any_more_is_not_begun(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        gate = threading.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(database.write(lambda _: gate.wait()))
            await asyncio.sleep(0)
            unwanted, _ = (group.create_task(database.write(put(name))) for name in ("unwanted", "wanted"))
            await asyncio.sleep(0)
            unwanted.cancel()
            gate.set()
        assert await names(database) == ["wanted"]


async def test_transaction_that_breaks_is_a_fault_for_all_in_it_and_the_next_one_works(tmp_path: Path) -> None:
    def end_it(connection: Connection) -> None:
        # As SQLite does by itself when the disk is full.
        connection.exec_driver_sql("ROLLBACK")
        raise KeyError("a fox")

    async with opened(tmp_path) as database:
        outcomes = await together(database, put("fox"), end_it)
        assert [type(outcome) for outcome in outcomes] == [StoreFault, StoreFault]
        await database.write(put("owl"))
        assert await names(database) == ["owl"]


async def test_closing_waits_for_what_is_at_work(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as group:
        async with opened(tmp_path) as database:
            writing = group.create_task(database.write(put("fox")))
            await asyncio.sleep(0)
        assert writing.done()
        assert writing.result() == 1


async def test_readers_that_wait_are_answered_each_with_its_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        answers = [
            database.read(lambda connection, number=number: connection.exec_driver_sql("SELECT ?", (number,)).scalar_one())
            for number in range(50)
        ]
        assert await asyncio.gather(*answers) == list(range(50))
        with pytest.raises(StoreFault, match="no such table"):
            await database.read(lambda connection: connection.exec_driver_sql("SELECT * FROM owls").all())
