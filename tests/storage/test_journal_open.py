"""How a journal is opened: where it is, how old its tables are, and what is said when it cannot be."""

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.errors import SettingFault, StoreFault
from storage.journal import database, migrate, open_journal, sqlite
from tests.contracts.stores import a_job, enqueue


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://root:hunter2@db/limner",
        "sqlite",
        "postgresql",
        "sqlite://data/limner.db",
        "file:///data/limner.db",
        "data/limner.db",
    ],
)
async def test_url_of_no_database_we_know_is_answered_with_those_we_do(url: str) -> None:
    with pytest.raises(SettingFault, match="sqlite:///path or postgresql://") as fault:
        async with open_journal(url, migrate=True):
            pass
    assert "hunter2" not in str(fault.value)


async def test_folder_of_a_file_is_made(tmp_path: Path) -> None:
    async with open_journal(f"sqlite:///{tmp_path}/a/b/limner.db", migrate=True) as journal:
        await journal.ping()
    assert (tmp_path / "a/b/limner.db").is_file()


async def test_path_is_taken_as_it_stands(tmp_path: Path) -> None:
    async with open_journal(f"sqlite:///{tmp_path}/50%20 & a fox?.db", migrate=True) as journal:
        await journal.ping()
    assert (tmp_path / "50%20 & a fox?.db").is_file()


async def test_jobs_are_still_there_when_a_file_is_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/limner.db"
    async with open_journal(url, migrate=True) as journal:
        job = await enqueue(journal, a_job("fox1"))
    async with open_journal(url, migrate=False) as journal:
        assert await journal.find("fox1") == job


async def test_empty_database_that_may_not_be_migrated_says_what_to_run(tmp_path: Path, blank_postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path}/limner.db", "sqlite:///:memory:", blank_postgres_url):
        with pytest.raises(StoreFault, match="Run `limner migrate`"):
            async with open_journal(url, migrate=False):
                pass


async def test_migrate_makes_the_tables_and_may_be_repeated(tmp_path: Path, blank_postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path}/limner.db", blank_postgres_url):
        await migrate(url)
        await migrate(url)
        async with open_journal(url, migrate=False) as journal:
            await enqueue(journal, a_job("fox1"))


async def test_processes_that_migrate_at_once_wait_for_each_other(tmp_path: Path, blank_postgres_url: str) -> None:
    for url in (f"sqlite:///{tmp_path}/limner.db", blank_postgres_url):
        await asyncio.gather(*(migrate(url) for _ in range(4)))
        async with open_journal(url, migrate=False) as journal:
            await journal.ping()


async def test_journal_of_a_newer_limner_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/limner.db"
    await migrate(url)
    with sqlite3.connect(tmp_path / "limner.db") as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.close()
    for may_migrate in (True, False):
        with pytest.raises(StoreFault, match="newer Limner"):
            async with open_journal(url, migrate=may_migrate):
                pass


async def test_journal_that_is_up_to_date_opens_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/limner.db"
    await migrate(url)
    program = f"""
import asyncio, sys
from storage.journal import open_journal
async def main():
    async with open_journal({url!r}, migrate=True) as journal:
        await journal.ping()
asyncio.run(main())
print([name for name in ("alembic", "asyncpg", "mako") if name in sys.modules])
"""
    root = Path(database.__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)  # noqa: ASYNC221, S603 - our own program, and nothing else to do meanwhile
    assert done.stdout.strip() == "[]"


async def test_folder_in_the_place_of_the_file_is_a_fault_that_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="BOT_DATABASE_URL"):
        async with open_journal(f"sqlite:///{tmp_path}", migrate=True):
            pass


async def test_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreFault, match="BOT_DATABASE_URL"):
        async with open_journal(f"sqlite:///{tmp_path}/file/limner.db", migrate=True):
            pass


async def test_file_that_is_no_database_is_a_fault_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "limner.db").write_text("my holiday notes, all of them\n" * 50)
    with pytest.raises(StoreFault, match="not a database"):
        async with open_journal(f"sqlite:///{tmp_path}/limner.db", migrate=True):
            pass
    assert (tmp_path / "limner.db").read_text().startswith("my holiday notes")


async def test_file_that_another_process_holds_is_a_fault_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0)
    async with open_journal(f"sqlite:///{tmp_path}/limner.db", migrate=True) as journal:
        holder = sqlite3.connect(tmp_path / "limner.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFault, match="locked by another process"):
            await enqueue(journal, a_job("fox1"))
        assert await journal.recent() == [], "readers do not wait for the writer"
        holder.execute("ROLLBACK")
        holder.close()
        await enqueue(journal, a_job("fox1"))


async def test_sqlite_file_survives_a_crash_of_the_process_and_is_not_synced_for_every_job(tmp_path: Path) -> None:
    async with open_journal(f"sqlite:///{tmp_path}/limner.db", migrate=True) as journal:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        database = journal._database  # pyright: ignore[reportPrivateUsage] - what SQLite was told is seen from inside only
        for run in (database.read, database.write):
            found = await run(lambda connection: [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas])
            assert found == ["wal", 1, 1]


async def test_hook_for_a_queue_in_the_same_database_is_refused_on_sqlite() -> None:
    async def announce(*_: object) -> None: ...

    async with open_journal("sqlite:///:memory:", migrate=True, announce=announce) as journal:
        with pytest.raises(ValueError, match="PostgreSQL only"):
            await enqueue(journal, a_job("fox1"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgres://bob:s%40fe@db/limner?sslmode=require", "postgresql://bob:s%40fe@db/limner?sslmode=require"),
        ("postgresql+asyncpg://bob@db/limner", "postgresql://bob@db/limner"),
        ("postgresql://bob@db/limner?channel_binding=require", "postgresql://bob@db/limner"),
        ("postgresql://bob@db/limner?sslmode=require&channel_binding=require", "postgresql://bob@db/limner?sslmode=require"),
        ("postgresql:///limner?host=/run/pg", "postgresql:///limner?host=/run/pg"),
    ],
)
def test_url_is_taken_as_hosts_hand_it_out(written: str, read: str) -> None:
    assert database.read_dsn(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("sqlite:///data/limner.db", "data/limner.db"),
        ("sqlite+aiosqlite:////srv/limner.db", "/srv/limner.db"),
        ("sqlite:///:memory:", ":memory:"),
        ("sqlite:///", ":memory:"),
        ("sqlite://", ":memory:"),
    ],
)
def test_path_is_what_follows_three_slashes(written: str, read: str) -> None:
    assert database.read_path(written) == read


async def test_closed_port_is_a_fault_that_names_the_setting() -> None:
    with pytest.raises(StoreFault, match="BOT_DATABASE_URL") as fault:
        async with open_journal("postgresql://bob:hunter2@127.0.0.1:9/limner", migrate=False):
            pass
    assert "hunter2" not in str(fault.value)


async def test_password_that_breaks_the_url_is_a_fault_that_does_not_repeat_it() -> None:
    with pytest.raises(SettingFault, match="%2F") as fault:
        async with open_journal("postgresql://bob:hunter2/x@127.0.0.1/limner", migrate=False):
            pass
    assert "hunter2" not in str(fault.value)


async def test_database_that_is_not_there_is_a_fault(postgres_url: str) -> None:
    missing = make_url(postgres_url).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(StoreFault, match="nowhere"):
        async with open_journal(missing, migrate=False):
            pass
