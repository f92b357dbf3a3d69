"""The journal is the Store: the truth about jobs, people, rules and events, in SQLite or PostgreSQL.

`database` runs transactions (in `sqlite` or `postgres`, with the `faults` of both), `documents` writes nouns as JSON, `quota` checks
limits, with what `uses` asks and in the words of `refusals`; `jobs`, `posts`, `people`, `rules`, `leases`, `audit`, `cases`, `verdicts`
and `records` are the families of the port's methods, each method one transaction.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import literal, select

from bot.errors import StoreFault
from storage import migrations
from storage.journal.audit import Audit
from storage.journal.cases import Cases
from storage.journal.database import Database, open_database
from storage.journal.jobs import Announce
from storage.journal.leases import Leases
from storage.journal.people import People
from storage.journal.posts import Posts
from storage.journal.records import Records
from storage.journal.rules import Rules
from storage.journal.verdicts import Verdicts
from storage.vault import Vault

__all__ = ["Announce", "Journal", "migrate", "open_journal"]


class Journal(Verdicts, Posts, People, Rules, Leases, Audit, Cases, Records):
    """The Store over a database whose tables are current."""

    async def ping(self) -> None:
        """As the port says."""
        await self._database.read(lambda connection: connection.execute(select(literal(1))).scalar_one())

    def vault(self, owner: str, *, secret: bytes) -> Vault:
        """A plugin's part of the vault, sealed with a key that is derived from `secret`."""
        return Vault(self._database, owner=owner, secret=secret, now=self._now)


def _clock() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def open_journal(
    url: str, *, migrate: bool, now: Callable[[], datetime] = _clock, announce: Announce | None = None
) -> AsyncGenerator[Journal]:
    """The journal at a URL: `sqlite:///path`, `sqlite:///:memory:` or `postgresql://user:password@host/name`.

    Args:
        url: where it is; the folder of a SQLite file is made.
        migrate: whether to bring its tables up to date first; costs nothing where they are.
        now: the clock for what the journal dates by itself (events, posts, people as seen). A job's times are its caller's.
        announce: on PostgreSQL, awaited inside `enqueue`'s transaction after the job is written; its error takes the job back.
            ValueError on SQLite, when a job is enqueued.

    Raises:
        SettingFault: the URL is none.
        StoreFault: the database cannot be reached, or its tables are old (`limner migrate`) or of a newer Limner.
    """
    async with open_database(url) as database:
        await _check(database, migrate=migrate)
        yield Journal(database, now, announce)


async def migrate(url: str) -> None:
    """Bring the tables at a URL up to date, as `limner migrate` does. Raises as `open_journal`."""
    async with open_database(url) as database:
        await _check(database, migrate=True)


async def _check(database: Database, *, migrate: bool) -> None:
    standing = await database.read(migrations.standing)
    if standing == "old" and migrate:
        await database.write(migrations.upgrade)
    elif standing == "old":
        raise StoreFault("The journal's tables are missing or old. Run `limner migrate` once, then start again.")
    elif standing == "newer":
        raise StoreFault("The journal was written by a newer Limner. Install that version, or restore the backup made before it.")
