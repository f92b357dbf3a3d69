"""The vault keeps what plugins must remember, and nobody who reads the database reads it."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import StoreFault
from bot.ports import Store
from storage.journal import Journal, open_journal

SECRET = b"a key that the installation was given"


@pytest.fixture
def journal(store: Store) -> Journal:
    assert isinstance(store, Journal)
    return store


async def test_a_value_is_kept_replaced_and_forgotten(journal: Journal) -> None:
    vault = journal.vault("slack", secret=SECRET)
    assert await vault.get("token") is None
    await vault.put("token", b"one")
    await vault.put("token", b"two")
    assert await vault.get("token") == b"two"
    await vault.delete("token")
    await vault.delete("token")
    assert await vault.get("token") is None


async def test_names_are_found_by_how_they_begin(journal: Journal) -> None:
    vault = journal.vault("slack", secret=SECRET)
    for name in ("team:b", "team:a", "tea", "teams"):
        await vault.put(name, b"x")
    assert await vault.names("team:") == ["team:a", "team:b"]
    assert await vault.names() == ["tea", "team:a", "team:b", "teams"]


async def test_another_plugin_sees_nothing_of_it(journal: Journal) -> None:
    await journal.vault("slack", secret=SECRET).put("token", b"one")
    assert await journal.vault("discord", secret=SECRET).get("token") is None
    assert await journal.vault("discord", secret=SECRET).names() == []


async def test_of_several_who_take_one_gets_it(journal: Journal) -> None:
    vault = journal.vault("slack", secret=SECRET)
    await vault.put("state", b"once")
    taken = await asyncio.gather(*(vault.take("state") for _ in range(8)))
    assert taken.count(b"once") == 1
    assert taken.count(None) == 7


async def test_the_database_does_not_hold_what_was_put(journal: Journal) -> None:
    await journal.vault("slack", secret=SECRET).put("token", b"xoxb-very-secret")
    database = journal._database  # pyright: ignore[reportPrivateUsage] - what somebody who reads the database sees
    sealed = await database.read(lambda connection: connection.execute(text("SELECT sealed FROM vault")).scalar_one())
    assert b"very-secret" not in bytes(sealed)


async def test_another_key_opens_nothing_and_says_what_to_do(journal: Journal) -> None:
    await journal.vault("slack", secret=SECRET).put("token", b"one")
    with pytest.raises(StoreFault, match="BOT_SECRET_KEY"):
        await journal.vault("slack", secret=b"another").get("token")


async def test_a_value_moved_under_another_name_does_not_open(journal: Journal) -> None:
    vault = journal.vault("slack", secret=SECRET)
    await vault.put("mine", b"one")
    database = journal._database  # pyright: ignore[reportPrivateUsage] - somebody who writes the database
    await database.write(lambda connection: connection.execute(text("UPDATE vault SET name = 'yours'")) and None)
    with pytest.raises(StoreFault):
        await vault.get("yours")


async def test_it_outlives_the_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/limner.db"
    async with open_journal(url, migrate=True) as first:
        await first.vault("slack", secret=SECRET).put("token", b"one")
    async with open_journal(url, migrate=True) as second:
        assert await second.vault("slack", secret=SECRET).get("token") == b"one"
